"""Every notification and what became of it, for thirty days."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.mercado_livre.notifications import MISSED_FEEDS, Notification
from chalicelib.models import Thread
from chalicelib.stores.known_threads import KnownThreads
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.tables import Table, TableItem, get_together, put_together

KEPT = timedelta(days=30)

# Missed feeds bring a notification back for two days.
REMEMBERED = timedelta(days=3)

# No message has a longer one; what a stranger sends may be too long for a key.
LONGEST_NAME = 64

# How the outcome begins of one that led to a thread, whose name follows.
QUEUED = "queued: "


class History:
    """Records by seller and time. Holds ids, topics and times; never what people wrote."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def item(self, notification: Notification, outcome: str) -> TableItem:
        """How a notification ended, to be stored over what is stored of it."""
        return self._table, self._view(notification, outcome)

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


class Known(NamedTuple):
    """What was known when a notification came, and what is learnt while it is resolved.

    `thread` is the purchase of the message that it names, where that was known; where Mercado Livre had to be asked
    for it, `learnt` gets it.
    """

    was_resolved: bool
    is_connected: bool
    thread: Thread | None
    learnt: list[Thread]


class Resolutions:
    """Which notifications were resolved: what is known of one is read in one call, and its end is written in one."""

    def __init__(
        self,
        table: Table,
        history: History,
        sellers: Sellers,
        known_threads: KnownThreads,
        clock: Callable[[], datetime],
    ) -> None:
        self._table = table
        self._history = history
        self._sellers = sellers
        self._known_threads = known_threads
        self._clock = clock

    def look_up(self, notification: Notification) -> Known:
        places = [
            (self._table, _resolution_key(notification)),
            self._sellers.place(notification.seller_id),
            self._known_threads.place_of_message(notification.seller_id, notification.resource_id[:LONGEST_NAME]),
        ]
        resolved, seller, message = get_together(places)
        was_resolved = resolved is not None and int(resolved["expiration"]) > self._clock().timestamp()
        return Known(was_resolved, seller is not None, self._known_threads.read_message(message), learnt=[])

    def save(self, notification: Notification, outcome: str, known: Known) -> None:
        """Note that a notification was resolved, how it ended and what was learnt; doing so again replaces the note.

        One that cannot be told from others of its kind is resolved each time.
        """
        items = [self._history.item(notification, outcome), *self._learnt(notification, known)]
        if notification.content_key:
            expires_at = int((self._clock() + REMEMBERED).timestamp())
            items.append((self._table, {**_resolution_key(notification), "expiration": expires_at}))
        put_together(items)

    def save_learnt(self, notification: Notification, known: Known) -> None:
        """Note what was learnt from Mercado Livre of one that was not resolved: its next try need not ask again."""
        if items := self._learnt(notification, known):
            put_together(items)

    def _learnt(self, notification: Notification, known: Known) -> list[TableItem]:
        return [self._known_threads.item_of_message(thread, notification.resource_id) for thread in known.learnt]

    def save_repeated(self, notification: Notification) -> None:
        self._history.record_repeated(notification)


def _resolution_key(notification: Notification) -> dict[str, str]:
    return {"id": f"resolved/{notification.content_key}"}


def _was_missed(record: dict[str, Any]) -> bool:
    """Whether a notification was found in the missed feeds, and did not come by itself."""
    return str(record["time"]).partition("#")[2].startswith(MISSED_FEEDS)
