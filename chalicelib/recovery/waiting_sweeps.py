"""Which sweeps were asked for and have not begun, so that none is queued while another one of its kind waits."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from chalicelib.stores.cache import Cache
from chalicelib.work.jobs import SWEEP_STALE_SECONDS

ASKED = "sweeps-asked"
KEPT = timedelta(days=1)


class WaitingSweeps:
    """Sweeps by name: `seller/123`, `missed feeds`, `desk/abc`."""

    def __init__(self, cache: Cache, clock: Callable[[], datetime]) -> None:
        self._cache = cache
        self._clock = clock

    def find(self) -> dict[str, int]:
        """Those that wait, and since when, in epoch seconds. What waited for too long does nothing when it begins."""
        asked: Mapping[str, int] = self._cache.get(ASKED) or {}
        recent = {name: at for name, at in asked.items() if self._now() - at <= SWEEP_STALE_SECONDS}
        begun = self._cache.read_ahead(map(_begun_key, recent))
        return {name: at for name, at in recent.items() if (begun.get(_begun_key(name)) or 0) < at}

    def note_asked(self, names: Collection[str], waiting: Mapping[str, int]) -> None:
        """Remember what was asked for now, beside what was found to wait."""
        self._cache.put(ASKED, {**waiting, **dict.fromkeys(names, self._now())}, keep=KEPT)

    def note_begun(self, name: str) -> None:
        """A sweep begins: another one may be asked for."""
        self._cache.put(_begun_key(name), self._now(), keep=KEPT)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _begun_key(name: str) -> str:
    return f"sweep-begun/{name}"
