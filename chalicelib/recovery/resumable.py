"""Scans of long lists, by jobs that each have some seconds and some reads: one goes on where another broke off."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from chalicelib.errors import PutOff
from chalicelib.stores.cache import Cache

# A Lambda has a minute, and the call that is made last may take some ten seconds.
LONGEST_RUN = timedelta(seconds=40)
KEPT = timedelta(days=400)


class Scans:
    """The scans of one job after the other, its number and its time. What is not begun has no end."""

    def __init__(self, cache: Cache, clock: Callable[[], datetime]) -> None:
        self._cache = cache
        self._clock = clock
        self._known = cache
        self._deadline: datetime | None = None
        self.number = 0

    def begin(self, keys: Iterable[str] = (), *, beside: Sequence[Mapping[str, str]] = ()) -> list[dict[str, Any]]:
        """Start a job: its time runs from now. The scans under `keys` are read at once, and the items `beside` them."""
        self.number += 1
        self._deadline = self._clock() + LONGEST_RUN
        self._known = self._cache.read_ahead(keys, beside=beside)
        return self._known.read_beside

    @property
    def now(self) -> int:
        """In epoch seconds."""
        return int(self._clock().timestamp())

    @property
    def has_time(self) -> bool:
        return self._deadline is None or self._clock() <= self._deadline

    def check_time(self) -> None:
        """Raises PutOff when the job has had its time."""
        if not self.has_time:
            raise PutOff("this job has had its time")

    @contextmanager
    def resume(self, key: str, start: Mapping[str, Any], *, keep: timedelta = KEPT) -> Iterator[dict[str, Any]]:
        """The state of a scan, to be changed as the scan goes on; `start` is that of one which is new.

        It is stored however the work on it ends: by its end, for want of reads or of time, or by an error. So it says
        at each moment how far everything is dealt with. What was not changed is not written.
        """
        before = {**start, **(self._known.get(key) or {})}
        state = _copy(before)
        try:
            yield state
        finally:
            if state != before:
                self._known.put(key, state, keep=keep)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(element) for name, element in value.items()}
    return list(value) if isinstance(value, list) else value
