"""Threads that are to be brought up to date still: sweeps go on until their conversations show it.

One dead letter stands for each of which a job was set aside, and none for one that Mercado Livre does not show, or for
which a sweep has queued a job that has not come to its end.
"""

from typing import NamedTuple

from chalicelib.models import Thread
from chalicelib.stores.tables import Table

# In the place of a dead letter: Mercado Livre does not show the thread.
NOT_SHOWN = "not shown"

# The same: a job for it was queued, and may wait by itself.
QUEUED = "queued"

FIRST_PAUSE_SECONDS = 10 * 60
PAUSE_FOR_QUEUED_SECONDS = 3600
LONGEST_PAUSE_SECONDS = 6 * 3600


class SetAsideThread(NamedTuple):
    """`tries` is how often a sweep has queued it since, and `try_at`, in epoch seconds, when one may do so again.

    `was_given_up` is whether a job for it was, and `is_hidden` whether Mercado Livre does not show it.
    """

    thread: Thread
    tries: int
    try_at: int
    was_given_up: bool
    is_hidden: bool


class SetAside:
    """Kept in the table of threads, under the seller. What brings a thread up to date takes it out."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, thread: Thread, message_id: str, *, now: int) -> bool:
        """Whether this job is to stand among the dead letters: it is the first of its thread. Repeating it is safe."""
        added = self._table.update(
            _key(thread),
            "SET message_id = :id, tries = if_not_exists(tries, :none), try_at = if_not_exists(try_at, :try_at)",
            {
                ":id": message_id,
                ":none": 0,
                ":try_at": now + FIRST_PAUSE_SECONDS,
                ":not_shown": NOT_SHOWN,
                ":queued": QUEUED,
            },
            condition="attribute_not_exists(message_id) OR message_id IN (:id, :not_shown, :queued)",
        )
        return added is not None

    def knows(self, thread: Thread) -> bool:
        """Whether a job for a thread was queued and is not known to be done, or worse."""
        return self._table.get(_key(thread)) is not None

    def expect(self, thread: Thread, *, now: int) -> None:
        """Remember that a job is queued for a thread, unless that, or worse, is known already."""
        self._table.update(
            _key(thread),
            "SET message_id = :queued, tries = :none, try_at = :try_at",
            {":queued": QUEUED, ":none": 0, ":try_at": now + PAUSE_FOR_QUEUED_SECONDS},
            condition="attribute_not_exists(message_id)",
        )

    def of(self, seller_id: int) -> list[SetAsideThread]:
        return [
            SetAsideThread(
                thread,
                int(item["tries"]),
                int(item["try_at"]),
                was_given_up=item["message_id"] not in (NOT_SHOWN, QUEUED),
                is_hidden=item["message_id"] == NOT_SHOWN,
            )
            for item in self._table.query("thread", _partition(seller_id))
            if (thread := Thread.parse(str(item["item"])))
        ]

    def note_try(self, one: SetAsideThread, *, now: int) -> None:
        """Let each pause be longer than the one before."""
        pause = min(FIRST_PAUSE_SECONDS << min(one.tries + 1, 10), LONGEST_PAUSE_SECONDS)
        self._table.update(
            _key(one.thread),
            "SET tries = :tries, try_at = :try_at",
            {":tries": one.tries + 1, ":try_at": now + pause},
            condition="attribute_exists(message_id)",
        )

    def remove(self, thread: Thread) -> None:
        """All of the thread was brought up to date."""
        self._table.take(_key(thread))

    def remove_queued(self, thread: Thread) -> None:
        """Some of the thread was brought up to date, which is what a job was queued for; what was given up stays."""
        self._table.delete_where(_key(thread), "message_id = :queued", {":queued": QUEUED})


def _partition(seller_id: int) -> str:
    return f"{seller_id}/set-aside"


def _key(thread: Thread) -> dict[str, str]:
    return {"thread": _partition(thread.seller_id), "item": str(thread)}
