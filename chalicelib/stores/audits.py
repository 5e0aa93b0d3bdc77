"""What the last audits of each seller found."""

from collections.abc import Mapping
from datetime import timedelta
from operator import add
from typing import Any, NamedTuple

from chalicelib.stores.cache import Cache

# As far as an audit can look back; what was found before that, nobody can look at again.
KEPT = timedelta(days=30)
KEPT_SECONDS = int(KEPT.total_seconds())

# Whoever looks again some minutes later, as far back as before, has looked as far back.
SLACK_SECONDS = 3600


class LastAudit(NamedTuple):
    """What span was looked at, in epoch seconds, and how many of what was counted in it."""

    since: int
    until: int
    tally: Mapping[str, int]

    @property
    def found(self) -> str:
        """What did not agree, in words; empty when all did."""
        kinds = ("missing", "doubled", "out of order", "undelivered")
        return ", ".join(f"{number} {kind}" for kind in kinds if (number := self.tally.get(kind, 0)))

    @property
    def unread(self) -> str:
        """How much could not be compared, in words; empty when all could."""
        number = self.tally.get("unreadable", 0)
        return f"{number} thread{'s' * (number > 1)}" if number else ""


class Done(NamedTuple):
    """One audit that came to its end, of one desk or, with None, of all."""

    since: int
    until: int
    tally: Mapping[str, int]
    desk: str | None = None

    @property
    def is_troubled(self) -> bool:
        told = LastAudit(self.since, self.until, self.tally)
        return bool(told.found or told.unread)

    def covers(self, other: "Done") -> bool:
        """Whether this one looked at all that the other one did, as far as anybody can look back."""
        earliest = max(other.since, self.until - KEPT_SECONDS)
        is_same = self.desk is None or self.desk == other.desk
        return is_same and self.since <= earliest + SLACK_SECONDS and other.until <= self.until

    def overlaps(self, earlier: "Done") -> bool:
        """Whether both may have counted the same, even at two desks: Mercado Livre lists the threads of both."""
        return self.since < earlier.until


class Audits:
    """The last one of each seller, and those before it that found something which nobody has looked at since."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def save(self, seller_id: int, span: tuple[int, int], tally: Mapping[str, int], *, desk: str | None = None) -> None:
        """Remember an audit. Saving it again replaces it.

        What an earlier one found is forgotten when one looks as far back, and after thirty days.
        """
        done = Done(*span, tally, desk)
        kept = [
            one
            for one in self._all_of(seller_id)
            if one.is_troubled and not done.covers(one) and one.until > done.until - KEPT_SECONDS
        ]
        self._cache.put(audit_key(seller_id), {"audits": [*kept, done]}, keep=KEPT)

    def last_of(self, seller_id: int) -> LastAudit | None:
        """All that is remembered of a seller's audits, as one."""
        audits = sorted(self._all_of(seller_id), key=lambda one: one.until)
        if not audits:
            return None
        tally: dict[str, int] = {}
        for number, one in enumerate(audits):
            join = max if any(map(one.overlaps, audits[:number])) else add
            tally = {name: join(tally.get(name, 0), one.tally.get(name, 0)) for name in {**tally, **one.tally}}
        since = min(one.since for one in audits)
        return LastAudit(since, audits[-1].until, tally)

    def _all_of(self, seller_id: int) -> list[Done]:
        stored: Any = self._cache.get(audit_key(seller_id)) or {"audits": []}
        # The first version kept one of each seller.
        return [Done(*fields) for fields in stored["audits"]] if "audits" in stored else [Done(**stored)]


def audit_mark_key(desk: str) -> str:
    """Where it is cached until when a desk was audited."""
    return f"audited-until/{desk}"


def audit_key(seller_id: int) -> str:
    """Where the audits of a seller are cached."""
    return f"audited/{seller_id}"
