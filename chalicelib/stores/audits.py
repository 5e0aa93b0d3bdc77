"""What the last audit of each seller found."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from chalicelib.stores.cache import Cache

KEPT = timedelta(days=30)


class LastAudit(NamedTuple):
    """Until when it looked, in epoch seconds, and how many of what it counted."""

    until: int
    tally: Mapping[str, int]

    @property
    def found(self) -> str:
        """What did not agree, in words; empty when all did."""
        kinds = ("missing", "doubled", "out of order", "undelivered")
        return ", ".join(f"{number} {kind}" for kind in kinds if (number := self.tally.get(kind, 0)))


class Audits:
    """The last one of each seller. Saving it again replaces it."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def save(self, seller_id: int, until: int, tally: Mapping[str, int]) -> None:
        self._cache.put(_key(seller_id), {"until": until, "tally": dict(tally)}, keep=KEPT)

    def last_of(self, seller_id: int) -> LastAudit | None:
        stored = self._cache.get(_key(seller_id))
        return LastAudit(stored["until"], stored["tally"]) if stored else None


def _key(seller_id: int) -> str:
    return f"audited/{seller_id}"
