"""Remembers that Chatwoot refuses a desk's token, from what the workers met: /health asks no service."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.stores.cache import Cache

# Every sweep calls every desk, so that what is still so is soon met again.
REMEMBERED = timedelta(minutes=10)


class RefusedTokens:
    """What was met lately at one desk; '' is the first one."""

    def __init__(self, cache: Cache, desk: str) -> None:
        self._cache = cache
        self._desk = desk

    def note_refused_token(self) -> None:
        # The job that met it waits, and that is not to fail because this cannot be told.
        with suppress(BotoCoreError, ClientError):
            self._cache.put(_key(self._desk), "refused", keep=REMEMBERED)


def desks_refused(cache: Cache, desks: Iterable[str]) -> list[str]:
    """Those of the desks whose token Chatwoot refused lately; read at once."""
    wanted = list(desks)
    ahead = cache.read_ahead(map(_key, wanted))
    return [desk for desk in wanted if ahead.get(_key(desk))]


def _key(desk: str) -> str:
    return f"refused-token/{desk}"
