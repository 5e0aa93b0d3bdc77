"""Feeds a queue to its Lambda, the way AWS's event source mapping does.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html: a record that the function returns from is deleted; one
that it raises on, or names among the failures of its answer, stays, and is shown again when its visibility timeout
ends. Receive counts, groups and redrive are the queue's own.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from chalice.local import LambdaContext

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    Function = Callable[[dict[str, Any], LambdaContext], Any]

FUNCTION_TIMEOUT_MILLISECONDS = 60_000


class EventSource:
    """One queue and the function that works on it, a record at a time.

    `reads_answers` is what AWS calls `ReportBatchItemFailures`.
    """

    def __init__(
        self,
        sqs: "SQSClient",
        queue_url: str,
        function_name: str,
        function: "Function",
        *,
        timeout_milliseconds: int = FUNCTION_TIMEOUT_MILLISECONDS,
        reads_answers: bool = True,
    ) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self.function_name = function_name
        self._function = function
        self._timeout_milliseconds = timeout_milliseconds
        self._reads_answers = reads_answers

    def receive(self) -> dict[str, Any] | None:
        """The next visible record, in the form in which Lambda hands it on; None when there is none."""
        # No long polling: moto's spins while the only messages belong to a group that is being worked on.
        messages = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=1, WaitTimeSeconds=0, MessageSystemAttributeNames=["All"]
        ).get("Messages", [])
        if not messages:
            return None
        message = messages[0]
        name = self._queue_url.rpartition("/")[2]
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:{name}",
            "awsRegion": "us-east-1",
        }

    def invoke(self, record: dict[str, Any]) -> Exception | None:
        """Run the function on one record; the error that it left with, if it did."""
        context = LambdaContext(self.function_name, 512, self._timeout_milliseconds)
        try:
            answer = self._function({"Records": [record]}, context)
        except Exception as error:  # noqa: BLE001 - Lambda keeps the record whatever the error was
            # Whatever the function raises keeps the record on its queue; Lambda asks no more of an error.
            return error
        if self._reads_answers and answer and answer["batchItemFailures"]:
            return None
        self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=record["receiptHandle"])
        return None


class Pump:
    """Keeps an event source going from threads: one that polls, and several that work."""

    def __init__(self, source: EventSource, *, workers: int, pause_seconds: float = 0.1) -> None:
        self._source = source
        self._pause_seconds = pause_seconds
        self._free = threading.Semaphore(workers)
        self._pool = ThreadPoolExecutor(workers)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take nothing more, and let the records being worked on finish."""
        self._stopping.set()
        self._thread.join()
        self._pool.shutdown()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._free.acquire()
            try:
                record = self._source.receive()
            except Exception:  # noqa: BLE001 - the queue did not answer; it is asked again
                record = None
            if record is None:
                self._free.release()
                self._stopping.wait(self._pause_seconds)
            else:
                self._pool.submit(self._work, record)

    def _work(self, record: dict[str, Any]) -> None:
        try:
            self._source.invoke(record)
        finally:
            self._free.release()
