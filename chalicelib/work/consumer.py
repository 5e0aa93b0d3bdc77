"""Takes one record from a queue and has its job done: waits out an outage, gives up on what keeps failing.

A batch is one record. An error that leaves here keeps the record on its queue, to be shown again when its visibility
timeout ends; `Postponed` may go back as an answer instead (`app.work`).
"""

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from chalicelib.errors import BridgeError, LoginNeeded, OperatorNeeded, Paused, ServiceAway, is_unanswered
from chalicelib.observability import count, logger, measure
from chalicelib.work.failures import Failures, can_wait, is_not_permitted
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

# What is called back as soon as a service answers again need not look by itself.
LONGEST_WAIT_WHILE_AWAY_SECONDS = 60 * 60.0

# A service that comes and goes for days calls back so often; the receives that are left are for 13 days.
MOST_CALLED_BACK = 100

# A call that is not answered while all others are: half a minute, and later a tenth of what it has waited, make some 60
# receives more until that is 25 minutes.
SHORT_WAIT_SECONDS = 30.0
SHARE_OF_WAITED = 0.1

# A reply that comes back for the fourth time has waited some 15 seconds: its agent should know.
RECEIVES_BEFORE_TELLING = 4
# Where telling failed too, the next of these tells.
RECEIVES_TO_TELL = frozenset(RECEIVES_BEFORE_TELLING * 2**number for number in range(8))
# The first failure may be that of a Lambda that was killed, or of what it would be written to.
FAILURES_TO_NOTE = (1, RECEIVES_BEFORE_TELLING)


class Record(NamedTuple):
    """One message of a queue, as Lambda hands it to a function.

    `receives` counts how often it was received; both moments are in epoch seconds; `group` is of a FIFO queue only.
    """

    queue_url: str
    body: str
    message_id: str
    receipt_handle: str
    receives: int
    sent_at: float
    first_received_at: float
    group: str

    @property
    def is_live(self) -> bool:
        """Whether it is not one of those that can wait."""
        return not self.queue_url.endswith("-background")

    @classmethod
    def read(cls, record: Mapping[str, Any], queue_url: str) -> "Record":
        attributes = record["attributes"]
        return cls(
            queue_url=queue_url,
            body=record["body"],
            message_id=record["messageId"],
            receipt_handle=record["receiptHandle"],
            receives=int(attributes["ApproximateReceiveCount"]),
            sent_at=int(attributes["SentTimestamp"]) / 1000,
            first_received_at=int(attributes["ApproximateFirstReceiveTimestamp"]) / 1000,
            group=attributes.get("MessageGroupId", ""),
        )


class Postponed(Exception):
    """The job went back to its queue on purpose."""


class Failed(Exception):
    """The job failed for a reason nobody foresaw, and comes back. Lambda prints what leaves it with an error."""


class Handlers(Protocol):
    """Does what the job of a record asks for, and tells what becomes of it."""

    def handle(self, record: Record) -> None: ...

    def note_failure(self, record: Record, error: Exception) -> None:
        """It has been put back after its first failure, or a little later once more."""

    def tell_waiting(self, record: Record) -> None:
        """It has been waiting for long enough that somebody should know. May be called again: tells once."""

    def is_new_dead_letter(self, record: Record) -> bool:
        """Whether it is to stand in the dead-letter queue; it is dropped where another stands there for the same."""

    def tell_given_up(self, record: Record) -> None:
        """It has been given up."""


class Consumer:
    """The one policy of going back, setting aside and waiting for a person, whatever the job.

    `choose` answers with a random number between two others.
    """

    def __init__(
        self,
        sqs: "SQSClient",
        handlers: Handlers,
        failures: Failures,
        parked_jobs: ParkedJobs,
        clock: Callable[[], datetime],
        choose: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._sqs = sqs
        self._handlers = handlers
        self._failures = failures
        self._parked_jobs = parked_jobs
        self._clock = clock
        self._choose = choose

    def run(self, record: Record) -> None:
        """Have the job of a record done; returns when it is done with, raises when it is to come back."""
        if record.receives > 1 and self._is_hopeless(record):
            self._give_up(record)
            return
        try:
            self._handlers.handle(record)
        except Exception as error:
            waits = can_wait(error)
            if waits:
                self._put_back(record, error)
            else:
                self._pause(record, error)
            if record.receives in FAILURES_TO_NOTE:
                self._handlers.note_failure(record, error)
            if not waits:
                # In words of ours: those of the error may quote anybody's.
                raise Failed(_reason(error)) from error
            # Who must log in again is told so by the flow itself.
            if record.receives in RECEIVES_TO_TELL and not isinstance(error, LoginNeeded):
                self._tell_waiting(record)
            raise Postponed(str(error)) from error

    def _tell_waiting(self, record: Record) -> None:
        try:
            self._handlers.tell_waiting(record)
        except Exception as error:
            # Where it is Chatwoot that is away, the next try tells.
            if not can_wait(error):
                raise

    def _is_hopeless(self, record: Record) -> bool:
        """Whether a job failed too often, or waited so long that the queue is about to drop it."""
        waited_seconds = self._clock().timestamp() - record.sent_at
        too_often = self._failures.add(record.message_id, 1) > FAILURES_ALLOWED
        return too_often or waited_seconds > LONGEST_IN_QUEUE_SECONDS or record.receives > MOST_RECEIVES

    def _pause(self, record: Record, error: Exception) -> None:
        """Come back soon after a failure that nobody foresaw."""
        if is_not_permitted(error):
            count("PermissionMissing")
        is_named = isinstance(error, BridgeError)
        logger.error("job failed", receives=record.receives, reason=_reason(error), exc_info=not is_named)
        if record.receives == 1:
            self._failures.add(record.message_id, 1)
        self._show_again_in(PAUSE_AFTER_FAILURE_SECONDS, record)

    def _put_back(self, record: Record, error: Exception) -> None:
        """Wait out an outage; that is no failure of the job."""
        if record.receives > 1:
            self._failures.add(record.message_id, -1)
        seconds = self._wait_seconds(record, error)
        self._show_again_in(seconds, record)
        receipt = Receipt(record.queue_url, record.receipt_handle)
        if isinstance(error, LoginNeeded | OperatorNeeded):
            self._parked_jobs.add(error.seller_id, record.message_id, receipt)
        if isinstance(error, ServiceAway) and record.receives <= MOST_CALLED_BACK:
            self._parked_jobs.add_until_back(error.place, record.message_id, receipt)
        # Who must log in again has an alarm of their own, and what can wait may.
        if record.is_live and not isinstance(error, LoginNeeded):
            measure("JobWait", self._clock().timestamp() - record.first_received_at)
        logger.info("job postponed", reason=str(error), receives=record.receives, wait_seconds=round(seconds, 1))

    def _wait_seconds(self, record: Record, error: Exception) -> float:
        if isinstance(error, Paused):
            return error.seconds
        asked_for = min(getattr(error, "retry_after_seconds", None) or 0.0, LONGEST_RETRY_AFTER_SECONDS)
        longest = LONGEST_WAIT_WHILE_AWAY_SECONDS if isinstance(error, ServiceAway) else LONGEST_WAIT_SECONDS
        seconds = min(FIRST_WAIT_SECONDS * 2.0 ** min(record.receives - 1, 20), longest)
        if is_unanswered(error):
            waited = self._clock().timestamp() - record.sent_at
            seconds = min(seconds, max(SHORT_WAIT_SECONDS, SHARE_OF_WAITED * waited))
        # Spread, so that what failed together does not come back together.
        seconds *= self._choose(0.8, 1.0)
        # A service that always asks for little would use up the receives; it gets no more calls than others.
        return max(seconds, asked_for)

    def _show_again_in(self, seconds: float, record: Record) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=record.queue_url,
            ReceiptHandle=record.receipt_handle,
            VisibilityTimeout=max(1, round(seconds)),
        )

    def _give_up(self, record: Record) -> None:
        if self._handlers.is_new_dead_letter(record):
            self._set_aside(record)
        else:
            logger.warning("job dropped: its thread was set aside before", sqs_message_id=record.message_id)
        self._handlers.tell_given_up(record)

    def _set_aside(self, record: Record) -> None:
        """Move a job aside, so that its thread goes on. Dying after the send only leaves it there twice."""
        fifo: dict[str, Any] = (
            {"MessageGroupId": record.group, "MessageDeduplicationId": record.message_id} if record.group else {}
        )
        self._sqs.send_message(QueueUrl=dead_letter_url(record.queue_url), MessageBody=record.body, **fifo)
        logger.error("job moved to the dead-letter queue", sqs_message_id=record.message_id)


def _reason(error: Exception) -> str:
    """What has a name says what it is; only of what has none is it told where it happened."""
    return str(error) if isinstance(error, BridgeError) else type(error).__name__


def dead_letter_url(queue_url: str) -> str:
    """The dead-letter queue beside a queue: `…-dead`, `…-dead.fifo`."""
    base, dot, fifo = queue_url.rpartition(".fifo")
    return f"{base}-dead{dot}{fifo}" if dot else f"{queue_url}-dead"
