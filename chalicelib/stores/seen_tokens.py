"""Remembers when the new token of a webhook's address was seen, after which the one before ends."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.stores.cache import Cache

# Mercado Livre repeats a notification for an hour, and what Chatwoot has queued keeps the address that it had.
OVER_AFTER_SECONDS = 3600

KEPT = timedelta(days=400)


class SeenTokens:
    """By the place of the address and the digest of its new token. No webhook fails because it cannot be told."""

    def __init__(self, cache: Cache, clock: Callable[[], datetime]) -> None:
        self._cache = cache
        self._clock = clock

    def note(self, place: str, digest: str) -> bool:
        """Note that the new token was used, of which the first time counts; whether it is noted."""
        with suppress(BotoCoreError, ClientError):
            if self.seen_at(place, digest) is None:
                self._cache.put(_key(place, digest), int(self._clock().timestamp()), keep=KEPT)
            return True
        return False

    def seen_at(self, place: str, digest: str) -> int | None:
        """When it was seen first, in epoch seconds."""
        found: int | None = self._cache.get(_key(place, digest))
        return found

    def is_old_one_over(self, place: str, digest: str) -> bool:
        """Whether the token before counts no more."""
        with suppress(BotoCoreError, ClientError):
            seen = self.seen_at(place, digest)
            return seen is not None and self._clock().timestamp() - seen >= OVER_AFTER_SECONDS
        return False


def _key(place: str, digest: str) -> str:
    return f"path-token/{place}/{digest.removeprefix('sha256:')[:16]}"
