"""Which jobs wait for a seller to mend something, or for a service to answer again, so that they can be called back.

A job that waits stays on its queue, in flight, for many minutes at a time. Whoever has the receipt of its last delivery
can end that; so the receipts are kept here, one item a job, in the table of threads.
"""

from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.stores.outages import Outages
from chalicelib.stores.tables import Table
from chalicelib.work.failures import is_aws_away, is_not_permitted

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

CALLED_BACK_PER_SECOND = 5


class Receipt(NamedTuple):
    """A job in flight: its queue, and the handle that SQS gave with its last delivery."""

    queue_url: str
    handle: str


class ParkedJobs:
    """Receipts by what is waited for: a seller, by their id, or the place of a service."""

    def __init__(self, table: Table, sqs: "SQSClient", outages: Outages) -> None:
        self._table = table
        self._sqs = sqs
        self._outages = outages

    def add(self, cause: int | str, message_id: str, receipt: Receipt) -> None:
        self._table.put({"thread": _key(cause), "item": message_id, **receipt._asdict()})

    def add_until_back(self, place: str, message_id: str, receipt: Receipt) -> None:
        """Park a job until a service answers again; where it does so by now, nobody would call the job back."""
        self.add(place, message_id, receipt)
        if not self._outages.is_away(place):
            self._show_again_in(1, receipt)

    def count(self, cause: int | str) -> int:
        """How many jobs wait; some may be done since."""
        return len(self._table.query("thread", _key(cause)))

    def call_back(self, cause: int | str) -> None:
        """Let the jobs that wait come back now, some each second. What is cut short goes on when it is repeated.

        Where the function may not call back those of one queue, those of the others come, and ClientError is raised.
        """
        refusal: ClientError | None = None
        for position, item in enumerate(self._table.query("thread", _key(cause))):
            # One that was taken since has come back, and waits anew.
            if taken := self._table.take({"thread": item["thread"], "item": item["item"]}):
                seconds = position // CALLED_BACK_PER_SECOND
                try:
                    self._show_again_in(seconds, Receipt(taken["queue_url"], taken["handle"]))
                except ClientError as error:
                    if not is_not_permitted(error):
                        raise
                    self._table.put(taken)
                    refusal = error
        if refusal:
            raise refusal

    def _show_again_in(self, seconds: int, receipt: Receipt) -> None:
        try:
            self._sqs.change_message_visibility(
                QueueUrl=receipt.queue_url, ReceiptHandle=receipt.handle, VisibilityTimeout=seconds
            )
        except ClientError as error:
            if is_aws_away(error) or is_not_permitted(error):
                raise
            # It came back by itself meanwhile, and may be done.


def _key(cause: int | str) -> str:
    return f"{cause}/waiting"
