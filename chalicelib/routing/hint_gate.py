"""Lets hints in at the pace at which Mercado Livre may be read for them.

They come from outside, by an address that stands in somebody else's settings: whoever learns it sends any number of
them. What goes beyond their share waits, and takes nothing from agents' replies and from the sweeps, which find what
is true in it.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.errors import PutOff
from chalicelib.rate_limit import READS_OF_A_THREAD, RateLimit
from chalicelib.stores.cache import Cache
from chalicelib.stores.threads import Threads
from chalicelib.work.jobs import SyncThread

# One job of a thread runs at a time, and an agent's reply is one of them: no more of the same stand before it.
MOST_OF_THE_SAME_A_MINUTE = 5

# Clocks differ: a hint that waits is counted upon for a little less than it does.
MARGIN_SECONDS = 5


class HintGate:
    """Takes the reads of hints beforehand; raises PutOff where there are none."""

    def __init__(self, limit: RateLimit, threads: Threads, cache: Cache, clock: Callable[[], datetime]) -> None:
        self._limit = limit
        self._threads = threads
        self._cache = cache
        self._clock = clock
        self._minute = 0
        self._told: Counter[str] = Counter()

    def admit(self, reads: int) -> None:
        """Let a hint cost so many reads."""
        if reads:
            self._limit.take_for_hint(reads)

    def admit_job(self, job: SyncThread) -> bool:
        """Let a hint bring a thread up to date; False where another one waits that will do the very same."""
        try:
            self._keep_pace(job)
            self._take_reads(job)
        except PutOff as put_off:
            if self._waits(job):
                return False
            self._note_waiting(job, put_off.retry_after_seconds or 0)
            raise
        return True

    def _keep_pace(self, job: SyncThread) -> None:
        """What is told again and again in a minute waits for the next, as far as this process has met it."""
        now = int(self._clock().timestamp())
        if self._minute != now // 60:
            self._minute, self._told = now // 60, Counter()
        self._told[_key(job)] += 1
        if self._told[_key(job)] > MOST_OF_THE_SAME_A_MINUTE:
            raise PutOff("the same is told again and again", retry_after_seconds=60 - now % 60)

    def _take_reads(self, job: SyncThread) -> None:
        try:
            self.admit(READS_OF_A_THREAD)
        except PutOff:
            if not (self._limit.hints_wait and self._threads.has_conversation(job.thread)):
                raise
            self._limit.take_for_hint(READS_OF_A_THREAD, is_of_known=True)

    def _waits(self, job: SyncThread) -> bool:
        return self._cache.get(_key(job)) is not None

    def _note_waiting(self, job: SyncThread, seconds: float) -> None:
        """Until it is back nothing is read, so that what others tell meanwhile is read by it too."""
        if seconds > MARGIN_SECONDS:
            self._cache.put(_key(job), str(job.thread), keep=timedelta(seconds=seconds - MARGIN_SECONDS))


def _key(job: SyncThread) -> str:
    wanted = f"{job.thread}/{job.changed}/{job.expects}"
    return f"hint-waits/{hashlib.sha256(wanted.encode()).hexdigest()}"
