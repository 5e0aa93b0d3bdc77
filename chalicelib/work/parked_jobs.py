"""Which jobs wait for a seller or an operator to mend something, so that they can be called back once it is mended.

A job that waits stays on its queue, in flight, for up to 25 minutes at a time. Whoever has the receipt of its last
delivery can end that; so the receipts are kept here, one item a job, in the table of threads.
"""

from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.stores.tables import Table
from chalicelib.work.failures import is_aws_away

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

CALLED_BACK_PER_SECOND = 5


class Receipt(NamedTuple):
    """A job in flight: its queue, and the handle that SQS gave with its last delivery."""

    queue_url: str
    handle: str


class ParkedJobs:
    """Receipts by seller."""

    def __init__(self, table: Table, sqs: "SQSClient") -> None:
        self._table = table
        self._sqs = sqs

    def add(self, seller_id: int, message_id: str, receipt: Receipt) -> None:
        self._table.put({"thread": _key(seller_id), "item": message_id, **receipt._asdict()})

    def count(self, seller_id: int) -> int:
        """How many jobs wait for a seller; some may be done since."""
        return len(self._table.query("thread", _key(seller_id)))

    def take(self, seller_id: int) -> list[Receipt]:
        """Every receipt of a seller, which are then forgotten; some may be of jobs that are done since."""
        receipts = []
        for item in self._table.query("thread", _key(seller_id)):
            receipts.append(Receipt(item["queue_url"], item["handle"]))
            self._table.take({"thread": item["thread"], "item": item["item"]})
        return receipts

    def call_back(self, seller_id: int) -> None:
        """Let the jobs that wait for a seller to mend something come back now, some each second."""
        for position, receipt in enumerate(self.take(seller_id)):
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


def _key(seller_id: int) -> str:
    return f"{seller_id}/waiting"
