"""One message of a queue, as Lambda hands it to a function."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Record(NamedTuple):
    """`receives` counts how often it was received; `sent_at` is in epoch seconds; `group` is of a FIFO queue only."""

    queue_url: str
    body: str
    message_id: str
    receipt_handle: str
    receives: int
    sent_at: float
    group: str

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
            group=attributes.get("MessageGroupId", ""),
        )
