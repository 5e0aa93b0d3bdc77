"""Asks for sweeps, every two minutes: one job for each seller and each desk, so that a thousand share no timeout."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from chalicelib.models import Seller
from chalicelib.rate_limit import BACKGROUND_TAKEN_BY, RateLimit
from chalicelib.recovery.waiting_sweeps import WaitingSweeps
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers
from chalicelib.work.jobs import SweepDesk, SweepSeller, sweep_name
from chalicelib.work.queue import Queue

ROUND_SECONDS = 2 * 60

# Of the missed feeds, the open questions, the unread messages and, after ten minutes or more, the changed orders; they
# are taken at once.
READS_OF_A_SWEEP = BACKGROUND_TAKEN_BY

# Of many sellers, each has its turn when those before it had theirs.
SWEPT_WITHIN_AT_LEAST = timedelta(minutes=10)
TURNS_ALLOWED = 2


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
        """Ask for a sweep of every seller and desk, but for those of which one still waits. Repeating it is safe.

        Who waited longest comes first, so that all have their turn where there are not reads enough for each round.
        """
        sellers = sorted(self._sellers.all(), key=_last_turn)
        sweeps, asked = list(self._sweeps(sellers, int(self._clock().timestamp()))), list[str]()
        swept = {sweep_name(seller.seller_id): max(seller.swept_at, seller.tried_at) for seller in sellers}
        waiting = self._waiting_sweeps.find((job.name for job, _ in sweeps), swept)
        for job, delay_seconds in sweeps:
            if job.name not in waiting:
                self._queue.send(job.to_json(), delay_seconds=delay_seconds)
                asked.append(job.name)
        self._waiting_sweeps.note_asked(asked, waiting)

    def _sweeps(self, sellers: list[Seller], now: int) -> Iterator[tuple[SweepSeller | SweepDesk, int]]:
        """One round of them, and for how many seconds each is to be delayed."""
        first = sellers_a_minute(self._rate_limit.background_reads)
        for number, seller in enumerate(_reader_first(sellers, now)):
            # Those for whom the first minute has no reads left may have the second, before the next round.
            site_ids = None if number else sorted({seller.site_id for seller in sellers if seller.site_id})
            yield SweepSeller(seller.seller_id, now, site_ids), 0 if number < first else 60
        for desk in ("", *self._settings.desk_names()):
            # Before anything is set up there is nothing to fail at.
            if sellers or not self._settings.at_desk(desk).problems():
                yield SweepDesk(desk, now), 0


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


def _last_turn(seller: Seller) -> tuple[bool, int]:
    return bool(seller.dead_reason), max(seller.swept_at, seller.tried_at)
