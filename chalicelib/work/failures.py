"""How often a job failed for a reason that nobody foresaw.

SQS counts how often a message was received, whatever the reason, so a long outage would look like many failures. Here
a try is counted when a job comes back, before it is worked on, and taken off again when it only has to wait: what is
left are the failures, a killed Lambda among them. A job that succeeds the first time writes nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.stores.tables import Table

# As long as the queue keeps a message.
KEPT = timedelta(days=14)


class Failures:
    """Counts by SQS message id; they live in the table of idempotency records, which forgets by itself."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def of(self, message_id: str) -> int:
        """The count, where one is kept."""
        item = self._table.get({"id": f"tries/{message_id}"})
        return int(item["tries"]) if item else 0

    def add(self, message_id: str, number: int) -> int:
        """Count tries, or take them off; the new count."""
        item = self._table.update(
            {"id": f"tries/{message_id}"},
            "ADD tries :number SET expiration = :end",
            {":number": number, ":end": int((self._clock() + KEPT).timestamp())},
        )
        return int(item["tries"]) if item else 0
