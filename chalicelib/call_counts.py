"""How many calls a job makes to each service, for the line in the log that says that it is done.

A dashboard adds them up out of the log, where they cost nothing until somebody looks; a metric is paid for each month.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chalicelib.errors import BridgeError

_counts: ContextVar[Counter[str] | None] = ContextVar("call_counts", default=None)


@contextmanager
def counted_calls() -> Iterator[Counter[str]]:
    """Counts the calls that are made in here: `meli_calls`, and those of them that were refused as `meli_refused`."""
    counts = Counter[str]()
    before = _counts.set(counts)
    try:
        yield counts
    finally:
        _counts.reset(before)


@contextmanager
def counted_call(service: str) -> Iterator[None]:
    """Make a call to a service in here; one that is not answered counts as refused."""
    counts = _counts.get()
    if counts is None:
        yield
        return
    counts[f"{service}_calls"] += 1
    try:
        yield
    except BridgeError:
        counts[f"{service}_refused"] += 1
        raise
