"""Threads that were not brought up to date: what kept them from it may be over, or a job was lost."""

from collections.abc import Iterable

from chalicelib.recovery.found import Found
from chalicelib.recovery.resumable import Scans
from chalicelib.stores.set_aside import SetAside


class SetAsideThreads:
    """Queues each again, with pauses that grow, until its conversation shows what it lacked."""

    name = "what was set aside"

    def __init__(self, set_aside: SetAside, scans: Scans) -> None:
        self._set_aside = set_aside
        self._scans = scans

    def keys(self, found: Found) -> Iterable[str]:  # noqa: ARG002 - it has no place in a list
        return ()

    def queue(self, found: Found) -> None:
        now, all_of_them = self._scans.now, self._set_aside.of(found.seller.seller_id)
        for one in all_of_them:
            if one.try_at <= now:
                found.add(one.thread, was_set_aside=True)
                self._set_aside.note_try(one, now=now)
        found.given_up = sum(one.was_given_up for one in all_of_them)
