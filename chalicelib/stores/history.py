"""Every notification and what became of it, for thirty days."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.mercado_livre.notifications import MISSED_FEEDS, Notification
from chalicelib.stores.tables import Table

KEPT = timedelta(days=30)

# How the outcome begins of one that led to a thread, whose name follows.
QUEUED = "queued: "


class History:
    """Records by seller and time. Holds ids, topics and times; never what people wrote."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def record(self, notification: Notification, outcome: str) -> None:
        """Write down how a notification ended; recording the same one again replaces the record."""
        self._table.put(self._view(notification, outcome))

    def record_repeated(self, notification: Notification) -> None:
        """Write down one that was resolved before; where its queue brought this very one twice, its outcome stays."""
        self._put_unless_resolved(self._view(notification, "repeated"))

    def record_unresolved(self, notification: Notification, state: str) -> None:
        """Write down one that waits or was given up; its outcome replaces this, and is not replaced by it."""
        self._put_unless_resolved(self._view(notification, state) | {"is_unresolved": True})

    def _put_unless_resolved(self, view: dict[str, Any]) -> None:
        self._table.put_new(view, key_name="seller_id", or_over="is_unresolved")

    def _view(self, notification: Notification, outcome: str) -> dict[str, Any]:
        name = notification.correlation_id or notification.notification_id
        age = notification.age_seconds
        return {
            "seller_id": str(notification.seller_id),
            "time": f"{notification.arrived_at}#{name}",
            "topic": notification.topic,
            "resource": notification.resource,
            "application_id": str(notification.application_id or ""),
            "notification_id": notification.notification_id,
            "delivery_id": notification.delivery_id,
            "attempts": notification.attempts,
            "age_seconds": None if age is None else round(age),
            "is_stale": notification.is_stale,
            "outcome": outcome,
            "expires_at": int((self._clock() + KEPT).timestamp()),
        }

    def was_announced(self, seller_id: int, topics: Collection[str], *, since: datetime) -> bool:
        """Whether a notification on one of these topics came for a seller since a moment; one missed did not."""
        heard = [record for record in self.since(seller_id, since) if not _was_missed(record)]
        return any(record["topic"] in topics for record in heard)

    def since(self, seller_id: int, moment: datetime) -> list[dict[str, Any]]:
        """The records of a seller since a moment in UTC, oldest first."""
        return self._table.query_from("seller_id", str(seller_id), "time", moment.isoformat())

    def queued_since(self, seller_id: int, moment: datetime) -> Iterator[list[str]]:
        """The threads for which work was queued since a moment in UTC, page by page: a day may hold many."""
        start = moment.isoformat()
        for page in self._table.values_from(
            "seller_id", str(seller_id), "time", start, attribute="outcome", prefix=QUEUED
        ):
            yield [outcome.removeprefix(QUEUED) for outcome in page]

    def all_since(self, moment: datetime) -> list[dict[str, Any]]:
        """The records of every seller since a moment in UTC, connected or not, in no order. Reads the whole table."""
        return self._table.scan_from("time", moment.isoformat())

    def last_of(self, seller_id: int) -> dict[str, Any] | None:
        """The newest record of a seller."""
        return self._table.last("seller_id", str(seller_id))


def _was_missed(record: dict[str, Any]) -> bool:
    """Whether a notification was found in the missed feeds, and did not come by itself."""
    return str(record["time"]).partition("#")[2].startswith(MISSED_FEEDS)
