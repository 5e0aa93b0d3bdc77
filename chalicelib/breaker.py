"""Keeps calls from a service that is known not to answer, and calls back what waits for it once it does.

A call without an answer may be that call's own trouble: one cheap read more tells. Where that is not answered either,
the service is away, for all workers: they make no more calls, and one job looks every few seconds whether it is back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import BridgeError, OutcomeUnknown, ServiceAway, TryAgainLater, is_unanswered
from chalicelib.http import Answer, Transport
from chalicelib.observability import count, logger
from chalicelib.stores.outages import Outages
from chalicelib.work.jobs import LookAtService
from chalicelib.work.parked_jobs import ParkedJobs
from chalicelib.work.queue import Queue

# What a process knows of a service is this old at most.
KNOWN_FOR = timedelta(seconds=5)

# How often it is looked at; after a while more rarely, since a minute more is little then.
LOOKED_AT_EVERY_SECONDS = 15
LONG = timedelta(minutes=15)
LOOKED_AT_LATER_EVERY_SECONDS = 60


class Breaker:
    """Of one service. `ask` makes a cheap read of it, past all breakers."""

    def __init__(
        self,
        place: str,
        ask: Callable[[], object],
        outages: Outages,
        parked_jobs: ParkedJobs,
        queue: Queue,
        clock: Callable[[], datetime],
    ) -> None:
        self._place = place
        self._ask = ask
        self._outages = outages
        self._parked_jobs = parked_jobs
        self._queue = queue
        self._clock = clock
        self._is_away = False
        self._known_until = clock()

    def let_pass(self) -> None:
        """Raises ServiceAway where the service is known not to answer."""
        if not self._is_away:
            return
        if self._clock() >= self._known_until:
            self._remember(is_away=self._outages.is_away(self._place))
        if self._is_away:
            raise ServiceAway(f"{self._place} does not answer", place=self._place)

    def note_no_answer(self) -> None:
        """A call was not answered. Whoever made it waits anyway, so that this never fails."""
        if not self._is_away and self._clock() < self._known_until:
            # It answered a moment ago: the trouble is that call's own.
            return
        with suppress(BotoCoreError, ClientError, TryAgainLater):
            is_away = self._outages.is_away(self._place)
            if not is_away and not self._answers():
                self._begin()
                is_away = True
            self._remember(is_away=is_away)

    def look(self, job: LookAtService) -> None:
        """See whether the service is back: then call back what waits, else ask for the next look. May be repeated."""
        outage = self._outages.find(self._place)
        if outage is None or outage.chain != job.chain or job.step < outage.step:
            return
        lasted = self._clock().timestamp() - outage.since
        if not outage.is_over and not self._answers():
            pause = LOOKED_AT_EVERY_SECONDS if lasted < LONG.total_seconds() else LOOKED_AT_LATER_EVERY_SECONDS
            self._queue.send(job._replace(step=job.step + 1).to_json(), delay_seconds=pause)
            self._outages.note_step(self._place, job.chain, job.step + 1)
            return
        # First, so that what is parked meanwhile comes back by itself.
        self._outages.end(self._place, job.chain)
        self._remember(is_away=False)
        self._parked_jobs.call_back(self._place)
        logger.info("a service answers again", service_place=self._place, lasted_seconds=round(lasted))

    def _begin(self) -> None:
        chain = uuid4().hex
        # Before it is noted: what is noted, and looked at by nobody, would hold up all.
        first = LookAtService(self._place, chain, 0)
        self._queue.send(first.to_json(), delay_seconds=LOOKED_AT_EVERY_SECONDS)
        self._outages.begin(self._place, chain)
        count("ServiceAway")
        logger.warning("a service does not answer", service_place=self._place)

    def _answers(self) -> bool:
        try:
            self._ask()
        except BridgeError as error:
            # What it refuses it has answered.
            return not is_unanswered(error)
        return True

    def _remember(self, *, is_away: bool) -> None:
        self._is_away = is_away
        self._known_until = self._clock() + KNOWN_FOR


class GuardedTransport(Transport):
    """Sends requests to one service as another transport does, as long as its breaker lets them pass."""

    def __init__(self, transport: Transport, breaker: Breaker) -> None:
        self._transport = transport
        self._breaker = breaker

    def call(self, method: str, url: str, **details: Any) -> Answer:
        with self._guarded():
            return self._transport.call(method, url, **details)

    def download(self, url: str, **details: Any) -> Answer:
        with self._guarded():
            return self._transport.download(url, **details)

    def download_through_redirects(self, url: str, **details: Any) -> Answer:
        with self._guarded():
            return self._transport.download_through_redirects(url, **details)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        self._breaker.let_pass()
        try:
            yield
        except (TryAgainLater, OutcomeUnknown) as error:
            if is_unanswered(error):
                self._breaker.note_no_answer()
            raise
