"""What a job in the background may take: calls out of its share of the budget, and a part of its Lambda's minute.

It watches the calls of a `MercadoLivre` client, so that whatever a job does is counted call by call, whoever makes it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.errors import PutOff
from chalicelib.stores.budget import Budget, Work

# A Lambda has a minute, and the call that is made last may take some ten seconds.
LONGEST_RUN = timedelta(seconds=40)


class Allowance:
    """That of one job after the other. A job that has used it up is broken off: it keeps its place, and goes on later.

    What is not begun has no end, and takes each call as it comes.
    """

    def __init__(self, budget: Budget, work: Work, clock: Callable[[], datetime]) -> None:
        self._budget = budget
        self._work = work
        self._clock = clock
        self._left = 0
        self._deadline: datetime | None = None

    @property
    def reads_a_minute(self) -> int:
        """How many calls such jobs may make in a minute, all together."""
        return self._budget.share(self._work)

    def begin(self) -> None:
        """Start a job: its time runs from now."""
        self._left, self._deadline = 0, self._clock() + LONGEST_RUN

    def reserve(self, reads: int) -> None:
        """Take so many calls, which a job makes at least; raises PutOff when this minute has not so many left."""
        self._take(reads)
        self._left = reads

    def check_time(self) -> None:
        """Raises PutOff when a job has had its time."""
        if self._deadline and self._clock() > self._deadline:
            raise PutOff("this job has had its time")

    def note_read(self) -> None:
        """A call is about to be made; raises PutOff when there is neither call nor time left for it."""
        self.check_time()
        if not self._left:
            self._take(1)
            self._left = 1
        self._left -= 1

    def note_too_many(self) -> None:
        self._budget.note_too_many()

    def note_refusal(self) -> None:
        self._budget.note_refusal()

    def note_block(self) -> None:
        self._budget.note_block()

    def _take(self, reads: int) -> None:
        if not self._budget.take_reads(reads, self._work):
            raise PutOff("the background has made as many calls in this minute as it may")


class Tally:
    """That of a job which was let through with some calls taken: it counts those beyond them, and stops at none.

    A job on a thread must not break off midway: what live traffic has for the thread would wait behind it.
    """

    def __init__(self, budget: Budget, work: Work) -> None:
        self._budget = budget
        self._work = work
        self._left = 0

    def begin(self, reads: int) -> None:
        """Start a job for which so many calls have been taken."""
        self._left = reads

    def note_read(self) -> None:
        """A call is about to be made."""
        if self._left:
            self._left -= 1
        else:
            self._budget.add_reads(1, self._work)

    def note_too_many(self) -> None:
        self._budget.note_too_many()

    def note_refusal(self) -> None:
        self._budget.note_refusal()

    def note_block(self) -> None:
        self._budget.note_block()
