"""What the sweep of a seller finds: it is queued as if it had been announced, behind what was."""

from collections.abc import Iterable
from typing import Protocol

from chalicelib.errors import PutOff, TryAgainLater
from chalicelib.mercado_livre.calls import TOO_MANY_REQUESTS
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.models import Seller, Thread
from chalicelib.work.jobs import SyncThread
from chalicelib.work.queue import Queue


class Found:
    """What one sweep finds.

    `site_ids` are the countries whose missed listings it looks for; None where it looks at no missed feeds, which are
    those of all sellers. `unannounced` holds by topic what happened since the last sweep and was to be announced.
    `has_read` is whether any list could be read, `has_failed` whether one could not, and `was_disturbed` whether the
    next sweep may find that in order. `was_turned_down` is whether Mercado Livre said that there were too many calls,
    `needs_login` whether the seller's grant is gone. `shown` are the kinds of which it showed what there is, `lacking`
    those that it did not show, and `was_mended` is whether it shows one of them again. `given_up` is how many threads
    could not be brought up to date.
    """

    def __init__(self, seller: Seller, site_ids: Iterable[str] | None, queue: Queue) -> None:
        self.seller = seller
        self.site_ids = site_ids
        self.queued = 0
        self.has_read = False
        self.has_failed = False
        self.was_disturbed = False
        self.was_turned_down = False
        self.needs_login = False
        self.shown: set[str] = set()
        self.lacking: set[str] = set()
        self.was_mended = False
        self.given_up = seller.given_up
        self.unannounced: dict[str, list[Thread]] = {}
        self._queue = queue

    def add(self, thread: Thread, *, changed: str = "", was_set_aside: bool = False) -> None:
        """Queue a thread of which this changed, as a job says it."""
        job = SyncThread(thread, "sweep", can_wait=True, changed=changed, was_set_aside=was_set_aside)
        self._send(job.to_json())

    def add_notification(self, notification: Notification) -> None:
        self._send(notification.to_json())

    def note_unannounced(self, topic: str, thread: Thread) -> None:
        self.unannounced.setdefault(topic, []).append(thread)

    def _send(self, body: str) -> None:
        self._queue.send(body)
        self.queued += 1


class Feed(Protocol):
    """Something that Mercado Livre lists of a seller. `name` is for the log."""

    name: str

    def keys(self, found: Found) -> Iterable[str]:
        """Where the places in its lists are stored."""

    def queue(self, found: Found) -> None:
        """Queue what it shows and nothing told of. Repeating it is safe."""


def ends_sweep(error: Exception) -> bool:
    """Whether each further call would be one too many as well."""
    return isinstance(error, PutOff) or (isinstance(error, TryAgainLater) and error.status == TOO_MANY_REQUESTS)
