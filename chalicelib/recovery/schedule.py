"""Asks for sweeps, every two minutes: one job for each seller and each desk, so that a thousand share no timeout.

Sellers at rest, and desks while all sellers are, have theirs every quarter of an hour.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.models import Seller
from chalicelib.observability import logger
from chalicelib.rate_limit import BACKGROUND_TAKEN_BY, RateLimit
from chalicelib.recovery.waiting_sweeps import WaitingSweeps
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers
from chalicelib.work.jobs import SweepDesk, SweepSeller, sweep_name
from chalicelib.work.queue import Queue

ROUND_SECONDS = 2 * 60

# Of the open questions, the unread messages and, after ten minutes or more, the changed orders; and once a day of the
# seller's name. They are taken at once; the one who reads the missed feeds takes more.
READS_OF_A_SWEEP = BACKGROUND_TAKEN_BY

# Of many sellers, each has its turn when those before it had theirs.
SWEPT_WITHIN_AT_LEAST = timedelta(minutes=10)
TURNS_ALLOWED = 2

# A sweep, and for how many seconds it is to be delayed.
AskedSweep = tuple[SweepSeller | SweepDesk, int]


class SweepSchedule:
    """What the schedule does."""

    def __init__(
        self,
        sellers: Sellers,
        waiting_sweeps: WaitingSweeps,
        queue: Queue,
        rate_limit: RateLimit,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._sellers = sellers
        self._waiting_sweeps = waiting_sweeps
        self._queue = queue
        self._rate_limit = rate_limit
        self._settings = settings
        self._clock = clock

    def ask_for_sweeps(self) -> None:
        """Ask for the sweeps that are due, but for those of which one still waits. Repeating it is safe.

        Who has been due for longest comes first, so that all have their turn where there are not reads enough.
        """
        now, sellers = int(self._clock().timestamp()), self._sellers.all(may_lag=True)
        rest = Rest(sellers, self._settings.sweep_at_rest_minutes * 60, now)
        due = sorted(filter(rest.is_due, sellers), key=rest.turn)
        sites = sorted({seller.site_id for seller in sellers if seller.site_id})
        sweeps = [*self._of_sellers(due, sites, now), *self._of_desks(rest, now)]
        swept = {sweep_name(seller.seller_id): _last_turn(seller) for seller in due}
        waiting = self._waiting_sweeps.find((job.name for job, _ in sweeps), swept)
        asked = [(job, delay_seconds) for job, delay_seconds in sweeps if job.name not in waiting]
        self._queue.send_many([(job.to_json(), delay_seconds) for job, delay_seconds in asked])
        self._waiting_sweeps.note_asked([job.name for job, _ in asked], waiting)
        logger.info("sweeps asked for", sweeps_asked=len(asked), **rest.states())

    def _of_sellers(self, due: list[Seller], sites: list[str], now: int) -> Iterator[AskedSweep]:
        first = sellers_a_minute(self._rate_limit.background_reads)
        for number, seller in enumerate(_reader_first(due, now)):
            # Those for whom the first minute has no reads left may have the second, before the next round.
            yield SweepSeller(seller.seller_id, now, None if number else sites), 0 if number < first else 60

    def _of_desks(self, rest: "Rest", now: int) -> Iterator[AskedSweep]:
        for desk in ("", *self._settings.desk_names()):
            job = SweepDesk(desk, now)
            # Before anything is set up there is nothing to fail at.
            is_ready = bool(rest.sellers) or not self._settings.at_desk(desk).problems()
            if is_ready and (rest.is_anybody_awake or rest.is_over(self._waiting_sweeps.swept_at(job.name))):
                yield job, 0


class Rest:
    """Who is at rest: sellers for whom nothing has happened in the last hour. They are swept less often.

    While notifications of a topic no longer arrive for one of them nobody rests: it may be the topic of all.
    """

    def __init__(self, sellers: list[Seller], longest_seconds: int, now: int) -> None:
        self.sellers = sellers
        # The next round must not come too late.
        self._pause_seconds = max(0, longest_seconds - ROUND_SECONDS)
        self._now = now
        self._may_rest = not any(seller.misses_topic and not seller.dead_reason for seller in sellers)

    @property
    def is_anybody_awake(self) -> bool:
        return not self._pause_seconds or any(map(self._is_awake, self.sellers))

    def is_due(self, seller: Seller) -> bool:
        return self._is_awake(seller) or self.is_over(_last_turn(seller) if seller.dead_reason else seller.swept_at)

    def is_over(self, swept_at: int) -> bool:
        """Whether who was swept then, and is at rest, is to be swept again."""
        return self._now - swept_at >= self._pause_seconds

    def turn(self, seller: Seller) -> tuple[bool, int]:
        """In which order sellers are swept."""
        pause = 0 if self._is_awake(seller) else self._pause_seconds
        return bool(seller.dead_reason), _last_turn(seller) + pause

    def states(self) -> dict[str, Any]:
        """How many sellers there are in each state, for the log and a dashboard."""
        dead = sum(bool(seller.dead_reason) for seller in self.sellers)
        awake = sum(not seller.dead_reason and self._is_awake(seller) for seller in self.sellers)
        return {
            "sellers_awake": awake,
            "sellers_at_rest": len(self.sellers) - dead - awake,
            "sellers_without_grant": dead,
        }

    def _is_awake(self, seller: Seller) -> bool:
        return not (self._may_rest and seller.is_at_rest(self._now))


def sellers_a_minute(reads: int) -> int:
    """How many sellers so many reads a minute are enough for."""
    return max(1, reads // READS_OF_A_SWEEP)


def swept_within(sellers: int, reads: int) -> timedelta:
    """How long ago the last sweep of each of so many sellers may be, with so many reads a minute, while all is well."""
    return max(SWEPT_WITHIN_AT_LEAST, TURNS_ALLOWED * timedelta(minutes=sellers / sellers_a_minute(reads)))


def _reader_first(sellers: list[Seller], now: int) -> list[Seller]:
    """The sellers, led by the one in whose name the missed feeds are read, which are those of all.

    It is another one each round, so that a seller who is refused hides none.
    """
    living = sorted((seller for seller in sellers if not seller.dead_reason), key=lambda seller: seller.seller_id)
    if not living:
        return sellers
    reader = living[now // ROUND_SECONDS % len(living)]
    return [reader, *(seller for seller in sellers if seller.seller_id != reader.seller_id)]


def _last_turn(seller: Seller) -> int:
    return max(seller.swept_at, seller.tried_at)
