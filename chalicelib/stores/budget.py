"""What the application may still ask of Mercado Livre this minute, shared by all Lambdas.

Mercado Livre allows an application 500 reads and 500 writes a minute, and blocks one that is refused too often.
https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda, …/bloqueio-de-aplicacoes

Live traffic never waits. What can wait, sweeps and audits, takes its reads out of a part of the budget and out of what
live traffic leaves of it, and takes none while Mercado Livre says that there were too many calls, refuses too many, or
has blocked the application. It writes nothing there, so that all writes are left to agents' replies; one that comes
too soon waits on its queue.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.observability import count, logger
from chalicelib.stores.tables import Table

# How much of the reads all work together may make, in percent, before the background stands back. The rest is for what
# live traffic does meanwhile, and for its reads that are not counted yet: each Lambda counts its own by so many.
MOST_IN_ALL = 90
LIVE_COUNTED_BY = 10

# What part of the reads of a minute, in percent, each kind of work in the background may make at most: sweeps, what
# they find, and audits.
SHARES = {"sweep": 40, "history": 20, "audit": 10}
PAUSE_AFTER_TOO_MANY_SECONDS = 60
MOST_REFUSALS_A_MINUTE = 60
PAUSE_AFTER_REFUSALS_SECONDS = 15 * 60
PAUSE_AFTER_BLOCK_SECONDS = 15 * 60
COUNTS_KEPT_SECONDS = 3600

PAUSE = "budget/pause"
BLOCKED = "blocked"

Work = Literal["sweep", "history", "audit"]


class Budget:
    """Counts by the minute, in the table of the cache. It watches the calls of live traffic.

    `reads_a_minute` is asked when something is taken: live traffic needs no setting for it.
    """

    def __init__(self, table: Table, clock: Callable[[], datetime], reads_a_minute: Callable[[], int]) -> None:
        self._table = table
        self._clock = clock
        self._reads_a_minute = reads_a_minute
        self._live_reads = 0

    def share(self, work: Work) -> int:
        """How many reads some work in the background may make in a minute."""
        return self._reads_a_minute() * SHARES[work] // 100

    def take_reads(self, number: int, work: Work = "sweep") -> bool:
        """Whether some work in the background may make so many reads now; they are taken then."""
        if self.paused_because:
            return False
        counted = self._add(f"{work}_reads", number, most=self.share(work) - number)
        if counted is None:
            return False
        made = sum(value for name, value in counted.items() if name.endswith("_reads"))
        if made <= self._reads_a_minute() * MOST_IN_ALL // 100:
            return True
        self._add(f"{work}_reads", -number)
        return False

    def add_reads(self, number: int, work: Work) -> None:
        """Count reads that some work makes in any case; those that come after it find so much less."""
        self._add(f"{work}_reads", number)

    def note_read(self) -> None:
        """A read of live traffic is about to be made. Every tenth is written down, with those before it."""
        self._live_reads += 1
        if self._live_reads >= LIVE_COUNTED_BY:
            self._live_reads = 0
            # To count them is worth no read that could be made.
            with suppress(BotoCoreError, ClientError):
                self._add("live_reads", LIVE_COUNTED_BY)

    def note_too_many(self) -> None:
        """Mercado Livre answered 429: what can wait waits."""
        self._pause("too many calls", PAUSE_AFTER_TOO_MANY_SECONDS)

    def note_refusal(self) -> None:
        """Mercado Livre refused a call, for whatever reason; one too many in a minute is told, and waited out."""
        counted = self._add("refusal_count", 1)
        if counted and counted["refusal_count"] == MOST_REFUSALS_A_MINUTE:
            self._pause("too many refused calls", PAUSE_AFTER_REFUSALS_SECONDS)
            count("TooManyRefusals")
            logger.error("Mercado Livre refuses so much that it may block the application")

    def note_block(self) -> None:
        """Mercado Livre answered that it has blocked the application: only what agents and buyers do is still tried."""
        self._pause(BLOCKED, PAUSE_AFTER_BLOCK_SECONDS)
        count("ApplicationBlocked")
        logger.error("Mercado Livre has blocked the application; see /health for what to do")

    @property
    def paused_because(self) -> str:
        """Why the background waits: too many of something, or `BLOCKED`; empty when it does not wait."""
        pause = self._table.get({"key": PAUSE})
        return str(pause["why"]) if pause and pause["expires_at"] > self._now() else ""

    def _pause(self, why: str, seconds: int) -> None:
        """Pause the background; a pause that lasts longer stays."""
        self._table.update(
            {"key": PAUSE},
            "SET why = :why, expires_at = :end",
            {":why": why, ":end": self._now() + seconds},
            condition="attribute_not_exists(expires_at) OR expires_at <= :end",
        )

    def _add(self, what: str, number: int, *, most: int | None = None) -> dict[str, Any] | None:
        values = {":number": number, ":end": self._now() + COUNTS_KEPT_SECONDS}
        condition = ""
        if most is not None:
            values[":most"], condition = most, f"attribute_not_exists({what}) OR {what} <= :most"
        key = {"key": f"budget/{self._now() // 60}"}
        return self._table.update(key, f"ADD {what} :number SET expires_at = :end", values, condition=condition)

    def _now(self) -> int:
        return int(self._clock().timestamp())
