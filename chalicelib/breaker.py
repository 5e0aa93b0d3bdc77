"""Keeps calls from a service that is known not to answer, and calls back what waits for it once it does.

A call without an answer may be that call's own trouble: one cheap read more tells. Where that is not answered either,
the service is away, for all workers: they make no more calls, and one job looks every few seconds whether it is back.

Where that takes long it may be the look alone that gets no answer: then each worker makes a call of its own now and
then, as each new one does with its first, and one that is answered ends it. A look that was lost is asked for by the
next sweep.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.call_counts import counted_call
from chalicelib.errors import BridgeError, OutcomeUnknown, ServiceAway, TryAgainLater, is_unanswered
from chalicelib.http import Answer, Transport
from chalicelib.observability import logger
from chalicelib.stores.outages import Outage, Outages
from chalicelib.stores.troubles import MERCADO_LIVRE
from chalicelib.work.jobs import LookAtService
from chalicelib.work.parked_jobs import ParkedJobs
from chalicelib.work.queue import Queue

# What a process knows of a service is this old at most.
KNOWN_FOR = timedelta(seconds=5)

# How often it is looked at; after a while more rarely, since a minute more is little then.
LOOKED_AT_EVERY_SECONDS = 15
LONG = timedelta(minutes=15)
LOOKED_AT_LATER_EVERY_SECONDS = 60

# Longer than a look waits in a full queue, and comes back after it failed.
LOOK_IS_LOST_AFTER = timedelta(minutes=5)


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
        self.place = place
        self._ask = ask
        self._outages = outages
        self._parked_jobs = parked_jobs
        self._queue = queue
        self._clock = clock
        self._is_away = False
        self._known_at = clock() - KNOWN_FOR
        self._tried_at = clock()
        self._answered_at = clock() - KNOWN_FOR
        # Whether it was answered, and not asked yet what others know of the service.
        self._owes_look = False
        self._has_looked = False

    def let_pass(self) -> None:
        """Raises ServiceAway where the service is known not to answer, and it is not time to try it all the same."""
        if not self._is_away:
            return
        if not self._is_recent(self._known_at):
            self._remember(is_away=self._outages.is_away(self.place))
        if self._is_away and self._clock() - self._tried_at < LONG:
            raise ServiceAway(f"{self.place} does not answer", place=self.place)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Make a call in here: it is kept back where the service is away, and tells whether that answers."""
        self._look_at_what_others_know()
        self.let_pass()
        is_trial = self._is_away
        if is_trial:
            self._tried_at = self._clock()
        try:
            yield
        except (TryAgainLater, OutcomeUnknown) as error:
            if is_unanswered(error):
                self._note_no_answer()
            raise
        self._answered_at = self._clock()
        if is_trial:
            self._remember(is_away=False)
        # Before the next call: nothing stands between an answer and whoever stores what it says.
        self._owes_look = is_trial or not self._has_looked

    def look(self, job: LookAtService) -> None:
        """See whether the service is back: then call back what waits, else ask for the next look. May be repeated."""
        outage = self._outages.find(self.place)
        if outage is None or outage.chain != job.chain or (job.step < outage.step and not job.has_answered):
            return
        if not (outage.is_over or job.has_answered or self._answers()):
            pause = LOOKED_AT_LATER_EVERY_SECONDS if self._has_lasted_long(outage) else LOOKED_AT_EVERY_SECONDS
            self._queue.send(job._replace(step=job.step + 1).to_json(), delay_seconds=pause)
            self._outages.note_step(self.place, job.chain, job.step + 1)
            return
        self._end(outage)

    def make_up_for_lost_look(self, outage: Outage) -> None:
        """Ask for the next look in an outage where nobody has looked for long. Repeating it is safe."""
        if not outage.is_over and self._clock().timestamp() - outage.looked_at > LOOK_IS_LOST_AFTER.total_seconds():
            self._queue.send(LookAtService(self.place, outage.chain, outage.step).to_json())

    def _end(self, outage: Outage) -> None:
        # First, so that what is parked meanwhile comes back by itself.
        self._outages.end(self.place, outage.chain)
        self._remember(is_away=False)
        self._parked_jobs.call_back(self.place)
        lasted_seconds = round(self._clock().timestamp() - outage.since)
        logger.info("a service answers again", service_place=self.place, lasted_seconds=lasted_seconds)

    def _note_no_answer(self) -> None:
        """A call was not answered. Whoever made it waits anyway, so that this never fails."""
        if not self._is_away:
            self._tried_at = self._clock()
        if not self._is_away and (self._is_recent(self._known_at) or self._is_recent(self._answered_at)):
            # It answered a moment ago: the trouble is that call's own.
            return
        with suppress(BotoCoreError, ClientError, TryAgainLater):
            is_away = self._outages.is_away(self.place)
            if not is_away and not self._answers():
                self._begin()
                is_away = True
            self._remember(is_away=is_away)

    def _look_at_what_others_know(self) -> None:
        """A call was answered: where the service is said to be away for long, it is the look alone that is not.

        Whoever does the next look calls back what waits, for which not every function has the permission.
        """
        if not self._owes_look:
            return
        # At a terminal there may be no credentials in the environment, by which the queue is sent to.
        with suppress(BotoCoreError, ClientError, TryAgainLater, KeyError):
            outage = self._outages.find(self.place)
            if outage and not outage.is_over and self._has_lasted_long(outage):
                self._queue.send(LookAtService(self.place, outage.chain, outage.step, has_answered=True).to_json())
            self._owes_look, self._has_looked = False, True

    def _has_lasted_long(self, outage: Outage) -> bool:
        return self._clock().timestamp() - outage.since >= LONG.total_seconds()

    def _begin(self) -> None:
        chain = uuid4().hex
        # Before it is noted: what is noted, and looked at by nobody, would hold up all.
        first = LookAtService(self.place, chain, 0)
        self._queue.send(first.to_json(), delay_seconds=LOOKED_AT_EVERY_SECONDS)
        self._outages.begin(self.place, chain)
        logger.warning("a service does not answer", service_place=self.place)

    def _answers(self) -> bool:
        try:
            self._ask()
        except BridgeError as error:
            # What it refuses it has answered.
            return not is_unanswered(error)
        return True

    def _is_recent(self, moment: datetime) -> bool:
        """Whether something was found out a moment ago; a clock that was put back says nothing."""
        return timedelta() <= self._clock() - moment < KNOWN_FOR

    def _remember(self, *, is_away: bool) -> None:
        self._is_away = is_away
        self._known_at = self._clock()


class GuardedTransport(Transport):
    """Sends requests to one service as another transport does, as long as its breaker lets them pass."""

    def __init__(self, transport: Transport, breaker: Breaker) -> None:
        self._transport = transport
        self._breaker = breaker
        self._service = "meli" if breaker.place == MERCADO_LIVRE else "chatwoot"

    def call(self, method: str, url: str, **details: Any) -> Answer:
        with self._breaker.guarded(), counted_call(self._service):
            return self._transport.call(method, url, **details)

    def download(self, url: str, **details: Any) -> Answer:
        with self._breaker.guarded(), counted_call(self._service):
            return self._transport.download(url, **details)

    def download_through_redirects(self, url: str, **details: Any) -> Answer:
        with self._breaker.guarded(), counted_call(self._service):
            return self._transport.download_through_redirects(url, **details)
