"""What the last audit of each seller found."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from chalicelib.stores.cache import Cache

KEPT = timedelta(days=30)

# Whoever looks again some minutes later, as far back as before, has looked as far back.
SLACK_SECONDS = 3600


class LastAudit(NamedTuple):
    """What span it looked at, in epoch seconds, and how many of what it counted."""

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


class Audits:
    """The last one of each seller. Saving it again replaces it."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def save(self, seller_id: int, span: tuple[int, int], tally: Mapping[str, int]) -> None:
        """Remember an audit. What an earlier one found is forgotten only by one that looks as far back."""
        (since, until), last = span, self.last_of(seller_id)
        if last and last.found and last.since + SLACK_SECONDS < since:
            since = last.since
            added = {name: last.tally.get(name, 0) + tally.get(name, 0) for name in {**last.tally, **tally}}
            # What could not be read then may have been read by now.
            tally = {**added, "unreadable": tally.get("unreadable", 0)}
        stored = {"since": since, "until": until, "tally": dict(tally)}
        self._cache.put(_key(seller_id), stored, keep=KEPT)

    def last_of(self, seller_id: int) -> LastAudit | None:
        stored = self._cache.get(_key(seller_id))
        return LastAudit(**stored) if stored else None


def _key(seller_id: int) -> str:
    return f"audited/{seller_id}"
