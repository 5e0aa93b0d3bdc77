"""Threads that were not brought up to date: what kept them from it may be over, or a job was lost."""

from collections.abc import Iterable

from chalicelib.recovery.found import Found
from chalicelib.recovery.resumable import Scans
from chalicelib.stores.cache import Cache
from chalicelib.stores.set_aside import SetAside


class SetAsideThreads:
    """Queues each again, with pauses that grow, until its conversation shows what it lacked."""

    name = "what was set aside"

    def __init__(self, set_aside: SetAside, scans: Scans) -> None:
        self._set_aside = set_aside
        self._scans = scans

    def keys(self, found: Found) -> Iterable[str]:
        return [given_up_key(found.seller.seller_id)]

    def queue(self, found: Found) -> None:
        now, all_of_them = self._scans.now, self._set_aside.of(found.seller.seller_id)
        for one in all_of_them:
            if one.try_at <= now:
                found.add(one.thread, was_set_aside=True)
                self._set_aside.note_try(one, now=now)
        with self._scans.resume(given_up_key(found.seller.seller_id), {"number": 0}) as state:
            state["number"] = sum(one.was_given_up for one in all_of_them)


def given_up_key(seller_id: int) -> str:
    """Where it is cached how many threads of a seller could not be brought up to date."""
    return f"given-up/{seller_id}"


def number_given_up(cache: Cache, seller_id: int) -> int:
    stored = cache.get(given_up_key(seller_id))
    return int(stored["number"]) if stored else 0
