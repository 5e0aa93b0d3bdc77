"""How much is asked of Mercado Livre in a minute, by all Lambdas together. Four rules, and no more:

1. What can wait (sweeps, audits and what they found) makes a fixed number of reads a minute.
2. Live traffic goes first: what can wait makes no read that all together would bring near the application's limit.
3. What can wait makes none while Mercado Livre says that there are too many calls, refuses too many, or has blocked
   the application.
4. Hints, which come from outside and may be anybody's, cause a fixed number of reads a minute; what they cause to be
   refused holds up themselves alone.

Mercado Livre allows an application 500 reads and 500 writes a minute, and blocks one that is refused too often.
https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda, …/bloqueio-de-aplicacoes
What can wait writes nothing there, so that all writes are left to agents' replies.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import PutOff
from chalicelib.observability import count, logger
from chalicelib.stores.tables import Table
from chalicelib.stores.troubles import INTERCEPTED, KIND_REMEMBERED, MERCADO_LIVRE, Troubles, seller_place

# In percent of the application's reads.
BACKGROUND_SHARE = 60
MOST_IN_ALL = 90
HINTS_SHARE = 60

# Each Lambda writes down its reads by so many: the live ones after they were made, the others before.
LIVE_COUNTED_BY = 10
BACKGROUND_TAKEN_BY = 4
HINTS_TAKEN_BY = 12

# What bringing a thread up to date takes: one read of one that is known, up to five of a new one.
READS_OF_A_THREAD = 3

PAUSE_AFTER_TOO_MANY_SECONDS = 60
MOST_REFUSALS_A_MINUTE = 60
MOST_REFUSALS_OF_HINTS = 30
PAUSE_AFTER_REFUSALS_SECONDS = 15 * 60
PAUSE_AFTER_BLOCK_SECONDS = 15 * 60

KEY = {"key": "rate-limit"}
BLOCKED = "blocked"

# What pauses, by who has to wait.
BACKGROUND_PAUSE = "paused_until"
HINTS_PAUSE = "hints_paused_until"

# A minute that is further ahead than the next one was counted by a clock that is wrong: it holds up nobody.
_IS_ANOTHER_MINUTE = (
    "(attribute_not_exists(counted_minute) OR counted_minute < :minute OR counted_minute > :next_minute)"
)
_COUNTS = ("all_reads", "background_reads", "hint_reads", "refusals", "hint_refusals")

_is_for_hint: ContextVar[bool] = ContextVar("is_for_hint", default=False)


@contextmanager
def caused_by_hint() -> Iterator[None]:
    """What is asked in here is asked because of a hint."""
    before = _is_for_hint.set(True)
    try:
        yield
    finally:
        _is_for_hint.reset(before)


class RateLimit:
    """Counts the minute in one item of the table of the cache. It watches the calls of live traffic, which never wait.

    `reads_a_minute` is asked when something is taken: live traffic needs no setting for it.
    """

    def __init__(self, table: Table, clock: Callable[[], datetime], reads_a_minute: Callable[[], int]) -> None:
        self._table = table
        self._clock = clock
        self._reads_a_minute = reads_a_minute
        self._troubles = Troubles(table, clock)
        self._uncounted_reads = 0
        self._counted_minute = 0
        self._hint_reads_left = 0
        self._hint_minute = 0

    @property
    def background_reads(self) -> int:
        """How many reads a minute what can wait may make."""
        return self._reads_a_minute() * BACKGROUND_SHARE // 100

    def take_reads(self, number: int) -> bool:
        """Whether what can wait may make so many reads now; they are taken then."""
        limits = {
            "all_reads": self._reads_a_minute() * MOST_IN_ALL // 100 - number,
            "background_reads": self.background_reads - number,
        }
        if min(limits.values()) < 0:
            return False
        numbers = {"all_reads": number, "background_reads": number}
        return self._count(numbers, limits=limits, pause=BACKGROUND_PAUSE) is not None

    def reserve(self, number: int) -> None:
        """Take so many reads for something that can wait; raises PutOff where it has to."""
        if number and not self.take_reads(number):
            raise PutOff("live traffic goes first", retry_after_seconds=60)

    def take_for_hint(self, number: int, *, is_of_known: bool = False) -> None:
        """Take so many reads for a hint; raises PutOff where hints have had theirs, or caused too many refusals.

        What they cause to be refused holds up no hint of what is known already: that is there.
        """
        now = self._now()
        if self._hint_minute != now // 60:
            self._hint_minute, self._hint_reads_left = now // 60, 0
        if self._hint_reads_left < number:
            taken = max(number, HINTS_TAKEN_BY)
            # They are counted among all when they are made.
            limits = {"hint_reads": self._reads_a_minute() * HINTS_SHARE // 100 - taken}
            pause = "" if is_of_known else HINTS_PAUSE
            if self._count({"hint_reads": taken}, limits=limits, pause=pause) is None:
                raise PutOff("notifications have had their share of reads", retry_after_seconds=60 - now % 60)
            self._hint_reads_left += taken
        self._hint_reads_left -= number

    def note_read(self) -> None:
        """A read of live traffic is about to be made."""
        self._uncounted_reads += 1
        if self._uncounted_reads >= LIVE_COUNTED_BY:
            self._uncounted_reads = 0
            # To count them is worth no read that could be made.
            with suppress(BotoCoreError, ClientError):
                self._count({"all_reads": LIVE_COUNTED_BY})

    def note_too_many(self) -> None:
        """Mercado Livre answered 429."""
        self._pause("too many calls", PAUSE_AFTER_TOO_MANY_SECONDS)

    def note_refusal(self) -> None:
        """Mercado Livre refused a call, for whatever reason; one too many in a minute is told, and waited out.

        Hints have a count of their own: whoever sends made-up ones must not hold up every sweep.
        """
        of_hints = _is_for_hint.get()
        counts = "hint_refusals" if of_hints else "refusals"
        counted = self._count({counts: 1})
        if not counted or counted[counts] != (MOST_REFUSALS_OF_HINTS if of_hints else MOST_REFUSALS_A_MINUTE):
            return
        if of_hints:
            self._pause_hints(PAUSE_AFTER_REFUSALS_SECONDS)
        else:
            self._pause("too many refused calls", PAUSE_AFTER_REFUSALS_SECONDS)
        count("MercadoLivreRefuses")
        logger.error("Mercado Livre refuses so much that it may block the application", caused_by_hints=of_hints)

    def note_block(self) -> None:
        """Mercado Livre answered that it has blocked the application: only what agents and buyers do is still tried."""
        self._pause(BLOCKED, PAUSE_AFTER_BLOCK_SECONDS)
        count("MercadoLivreRefuses")
        logger.error("Mercado Livre has blocked the application; see /health for what to do")

    def note_interception(self) -> None:
        """Something before Mercado Livre answered a call."""
        self._troubles.note(MERCADO_LIVRE, INTERCEPTED)

    def note_permission_missing(self, seller_id: int, kind: str) -> None:
        """Mercado Livre shows nothing of a kind of a seller."""
        self._troubles.note(seller_place(seller_id), kind, keep=KIND_REMEMBERED)

    @property
    def paused_because(self) -> str:
        """Why what can wait waits: too many of something, or `BLOCKED`; empty when it does not wait."""
        state = self._table.get(KEY) or {}
        return str(state["why"]) if state.get(BACKGROUND_PAUSE, 0) > self._now() else ""

    @property
    def hints_wait(self) -> bool:
        """Whether hints wait because of what they caused to be refused."""
        return int((self._table.get(KEY) or {}).get(HINTS_PAUSE, 0)) > self._now()

    def _pause_hints(self, seconds: int) -> None:
        self._hint_reads_left = 0
        self._table.update(KEY, f"SET {HINTS_PAUSE} = :end", {":end": self._now() + seconds})

    def _pause(self, why: str, seconds: int) -> None:
        """Pause what can wait; a pause that lasts longer stays."""
        self._table.update(
            KEY,
            "SET why = :why, paused_until = :end",
            {":why": why, ":end": self._now() + seconds},
            condition="attribute_not_exists(paused_until) OR paused_until <= :end",
        )

    def _count(
        self, numbers: Mapping[str, int], *, limits: Mapping[str, int] | None = None, pause: str = ""
    ) -> dict[str, Any] | None:
        """The counts of this minute with these added; None where `limits` or the pause of that name do not allow it.

        `limits` are the most that each may have been before.
        """
        now, limits = self._now(), limits or {}
        minute = now // 60
        added = {f":{name}": number for name, number in numbers.items()}
        begun = {f":{name}": numbers.get(name, 0) for name in _COUNTS}
        steps = [
            (
                "ADD " + ", ".join(f"{name} :{name}" for name in numbers),
                {**added, **{f":most_{name}": number for name, number in limits.items()}},
                ["counted_minute = :minute", *(f"{name} <= :most_{name}" for name in limits)],
            ),
            (
                "SET counted_minute = :minute, " + ", ".join(f"{name} = :{name}" for name in _COUNTS),
                {**begun, ":next_minute": minute + 1},
                [_IS_ANOTHER_MINUTE],
            ),
        ]
        if self._counted_minute != minute:
            # Whoever counts first begins the minute: to try that first mostly saves a call.
            steps.reverse()
        self._counted_minute = minute
        for expression, values, conditions in steps:
            values |= {":minute": minute}
            if pause:
                conditions.append(f"(attribute_not_exists({pause}) OR {pause} <= :now)")
                values |= {":now": now}
            counted = self._table.update(KEY, expression, values, condition=" AND ".join(conditions))
            if counted is not None:
                return counted
        return None

    def _now(self) -> int:
        return int(self._clock().timestamp())


class TimedRun(Protocol):
    """The run of a job that can wait; `number` tells it from the one before."""

    number: int

    def check_time(self) -> None:
        """Raises PutOff when the job has had its time."""


class BackgroundLimit(RateLimit):
    """Watches the calls of what can wait: each is taken before it is made, some at a time.

    Raises PutOff where none is left, and where the job has had its time.
    """

    def __init__(
        self,
        table: Table,
        clock: Callable[[], datetime],
        reads_a_minute: Callable[[], int],
        run: TimedRun,
    ) -> None:
        super().__init__(table, clock, reads_a_minute)
        self._run = run
        self._taken = 0
        self._taken_for = (0, 0)

    def note_read(self) -> None:
        """A read of what can wait is about to be made."""
        self._run.check_time()
        taken_for = (self._run.number, self._now() // 60)
        if not self._taken or self._taken_for != taken_for:
            number = min(BACKGROUND_TAKEN_BY, max(1, self.background_reads))
            self.reserve(number)
            self._taken, self._taken_for = number, taken_for
        self._taken -= 1
