"""Which sweeps were asked for and have not begun, so that none is queued while another one of its kind waits.

It also keeps when the last of each desk began, and whether that left something: desks rest as sellers do.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

from chalicelib.stores.cache import Cache
from chalicelib.work.jobs import SWEEP_STALE_SECONDS

ASKED = "sweeps-asked"
KEPT = timedelta(days=1)


class WaitingSweeps:
    """Sweeps by name: `seller/123`, `desk/abc`."""

    def __init__(self, cache: Cache, clock: Callable[[], datetime]) -> None:
        self._cache = cache
        self._clock = clock

    def find(self, names: Iterable[str], swept: Mapping[str, int]) -> dict[str, int]:
        """Those of these that wait, and since when, in epoch seconds; what waited for too long counts no more.

        `swept` says of some when they were last swept.
        """
        names = list(names)
        stored = self._cache.get_many([ASKED, *(_begun_key(name) for name in names if name not in swept)])
        asked: Mapping[str, int] = stored.get(ASKED) or {}
        recent = {name: asked[name] for name in names if self._now() - asked.get(name, 0) <= SWEEP_STALE_SECONDS}
        unswept = {name: at for name, at in recent.items() if swept.get(name, 0) < at}
        # Mostly there is none of these: their last sweep came to its end.
        if unknown := [_begun_key(name) for name in unswept if name in swept]:
            stored |= self._cache.get_many(unknown)
        return {name: at for name, at in unswept.items() if stored.get(_begun_key(name), 0) < at}

    def note_asked(self, names: Collection[str], waiting: Mapping[str, int]) -> None:
        """Remember what was asked for now, beside what was found to wait."""
        if names:
            self._cache.put(ASKED, {**waiting, **dict.fromkeys(names, self._now())}, keep=KEPT)

    def swept_at(self, name: str) -> int:
        """When a sweep last began that is noted here, in epoch seconds; 0 where it left something, or is not known."""
        stored = self._cache.get_many([_begun_key(name), _unfinished_key(name)], may_lag=True)
        begun_at = int(stored.get(_begun_key(name), 0))
        return begun_at if stored.get(_unfinished_key(name), -1) < begun_at else 0

    def note_begun(self, name: str) -> None:
        """A sweep begins: another one may be asked for."""
        self._cache.put(_begun_key(name), self._now(), keep=KEPT)

    def note_unfinished(self, name: str) -> None:
        """A sweep left something that the next one is to look at."""
        self._cache.put(_unfinished_key(name), self._now(), keep=KEPT)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _begun_key(name: str) -> str:
    return f"sweep-begun/{name}"


def _unfinished_key(name: str) -> str:
    return f"sweep-unfinished/{name}"
