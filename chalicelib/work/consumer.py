"""Runs one job from a queue: waits out an outage, and gives up on what keeps failing for a reason nobody foresaw.

Chalice cannot tell the queue which records of a batch failed, so a batch is one record; an error that leaves here
puts the record back on its queue, to be shown again when its visibility timeout ends.
"""

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from chalicelib.errors import BadSettings, LoginNeeded, OperatorNeeded, OutcomeUnknown, TryAgainLater
from chalicelib.observability import count, logger
from chalicelib.work.failures import Failures
from chalicelib.work.parked_jobs import ParkedJobs, Receipt

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

FAILURES_ALLOWED = 5

# The queue drops a message after 14 days without a word.
LONGEST_IN_QUEUE_SECONDS = 13 * 24 * 3600
PAUSE_AFTER_FAILURE_SECONDS = 20

# 2, 4, 8 … seconds. A queue counts up to 1000 receives before it moves a message aside without a word: 25 minutes,
# spread over four fifths, make some 830 in 13 days.
FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 25 * 60.0
MOST_RECEIVES = 990
LONGEST_RETRY_AFTER_SECONDS = 6 * 3600.0

# A reply that comes back for the fourth time has waited some 15 seconds: its agent should know.
RECEIVES_BEFORE_TELLING = 4
# The first failure may be that of a Lambda that was killed, or of what it would be written to.
FAILURES_TO_NOTE = (1, RECEIVES_BEFORE_TELLING)

CALLED_BACK_PER_SECOND = 5

# What AWS answers with status 400 when it is busy, besides the codes that speak of throttling.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
BUSY_CODES = frozenset({"ProvisionedThroughputExceededException", "RequestLimitExceeded"})


class Postponed(Exception):
    """The job went back to its queue on purpose. Leaving the Lambda with an error is the only way to keep it there."""


class Worker:
    """Runs jobs. `choose` answers with a random number between two others."""

    def __init__(
        self,
        sqs: "SQSClient",
        tries: Failures,
        waiting: ParkedJobs,
        clock: Callable[[], datetime],
        *,
        choose: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._sqs = sqs
        self._failures = tries
        self._parked = waiting
        self._clock = clock
        self._choose = choose

    def run(
        self,
        record: Mapping[str, Any],
        queue_url: str,
        handle: Callable[[str], None],
        *,
        when_failed: Callable[[str, Exception], None] = lambda _, __: None,
        when_waiting: Callable[[str], None] = lambda _: None,
        when_given_up: Callable[[str], None] = lambda _: None,
        is_new_dead_letter: Callable[[str, str], bool] = lambda _, __: True,
    ) -> None:
        """Handle one SQS record; returns when it is done with, raises when it is to come back.

        `when_failed` is called when a job has been put back after its first failure, and a little later once more;
        `when_waiting` once, when a job has been waiting for long enough that somebody should know; `when_given_up` when
        it has been moved to the dead-letter queue. `is_new_dead_letter` is asked of a body and its message id before
        that; one that is not is dropped, since another stands there for the same.
        """
        body = record["body"]
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        if receives > 1 and self._is_hopeless(record):
            if is_new_dead_letter(body, record["messageId"]):
                self._dead_letter(record, queue_url)
            else:
                logger.warning("job dropped: its thread was set aside before", sqs_message_id=record["messageId"])
            when_given_up(body)
            return
        try:
            handle(body)
        except Exception as error:
            waits = can_wait(error)
            if waits:
                self._put_back(record, queue_url, receives, error)
            else:
                self._pause(record, queue_url, receives)
            if receives in FAILURES_TO_NOTE:
                when_failed(body, error)
            if not waits:
                raise
            # Who must log in again is told so by the flow itself.
            if receives == RECEIVES_BEFORE_TELLING and not isinstance(error, LoginNeeded):
                when_waiting(body)
            raise Postponed(str(error)) from error

    def call_back(self, seller_id: int) -> None:
        """Let the jobs that wait for a seller to mend something come back now, some each second."""
        for position, receipt in enumerate(self._parked.take(seller_id)):
            try:
                self._sqs.change_message_visibility(
                    QueueUrl=receipt.queue_url,
                    ReceiptHandle=receipt.handle,
                    VisibilityTimeout=position // CALLED_BACK_PER_SECOND,
                )
            except ClientError as error:
                if is_aws_away(error):
                    raise
                # It came back by itself meanwhile, and may be done.

    def _is_hopeless(self, record: Mapping[str, Any]) -> bool:
        """Whether a job failed too often, or waited so long that the queue is about to drop it."""
        waited_seconds = self._clock().timestamp() - int(record["attributes"]["SentTimestamp"]) / 1000
        too_often = self._failures.add(record["messageId"], 1) > FAILURES_ALLOWED
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        return too_often or waited_seconds > LONGEST_IN_QUEUE_SECONDS or receives > MOST_RECEIVES

    def _pause(self, record: Mapping[str, Any], queue_url: str, receives: int) -> None:
        """Come back soon after a failure that nobody foresaw."""
        if receives == 1:
            self._failures.add(record["messageId"], 1)
        count("JobFailed")
        logger.exception("job failed", receives=receives)
        self._show_again_in(PAUSE_AFTER_FAILURE_SECONDS, record, queue_url)

    def _put_back(self, record: Mapping[str, Any], queue_url: str, receives: int, error: Exception) -> None:
        """Wait out an outage; that is no failure of the job."""
        if receives > 1:
            self._failures.add(record["messageId"], -1)
        seconds = self._wait_seconds(receives, getattr(error, "retry_after_seconds", None))
        self._show_again_in(seconds, record, queue_url)
        if isinstance(error, LoginNeeded | OperatorNeeded):
            self._parked.add(error.seller_id, record["messageId"], Receipt(queue_url, record["receiptHandle"]))
        count("JobPostponed", reason=type(error).__name__)
        logger.info("job postponed", reason=str(error), receives=receives, wait_seconds=round(seconds, 1))

    def _wait_seconds(self, receives: int, retry_after_seconds: float | None) -> float:
        seconds = min(FIRST_WAIT_SECONDS * 2.0 ** min(receives - 1, 20), LONGEST_WAIT_SECONDS)
        # Spread, so that what failed together does not come back together.
        seconds *= self._choose(0.8, 1.0)
        # A service that always asks for little would use up the receives; it gets no more calls than others.
        return max(seconds, min(retry_after_seconds or 0.0, LONGEST_RETRY_AFTER_SECONDS))

    def _show_again_in(self, seconds: float, record: Mapping[str, Any], queue_url: str) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=queue_url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=max(1, round(seconds))
        )

    def _dead_letter(self, record: Mapping[str, Any], queue_url: str) -> None:
        """Move a job aside, so that its thread goes on. Dying after the send only leaves it there twice."""
        group = record["attributes"].get("MessageGroupId")
        fifo: dict[str, Any] = {"MessageGroupId": group, "MessageDeduplicationId": record["messageId"]} if group else {}
        self._sqs.send_message(QueueUrl=dead_letter_url(queue_url), MessageBody=record["body"], **fifo)
        count("JobDeadLettered")
        logger.error("job moved to the dead-letter queue", sqs_message_id=record["messageId"])


def dead_letter_url(queue_url: str) -> str:
    """The dead-letter queue beside a queue: `…-dead`, `…-dead.fifo`."""
    base, dot, fifo = queue_url.rpartition(".fifo")
    return f"{base}-dead{dot}{fifo}" if dot else f"{queue_url}-dead"


def can_wait(error: Exception) -> bool:
    """Whether a job that failed so need only be tried again later, however often."""
    waitable = TryAgainLater | OutcomeUnknown | LoginNeeded | OperatorNeeded | BadSettings
    return isinstance(error, waitable) or is_aws_away(error)


def is_aws_away(error: BaseException) -> bool:
    """Whether AWS did not answer, or answered that it is busy: time mends that. Powertools wraps such errors."""
    cause = error.__cause__ or error.__context__
    return _is_aws_away(error) or (cause is not None and is_aws_away(cause))


def _is_aws_away(error: BaseException) -> bool:
    if isinstance(error, HTTPClientError | NoConnection):
        return True
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = error.response.get("Error", {}).get("Code", "")
    return status >= 500 or "Throttl" in code or code in BUSY_CODES
