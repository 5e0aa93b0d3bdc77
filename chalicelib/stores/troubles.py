"""Remembers what keeps the workers from their work, from what they met: /health asks no service."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.observability import count, logger
from chalicelib.stores.cache import Cache

# Every sweep calls every service, so that what is still so is soon met again.
REMEMBERED = timedelta(minutes=10)
NOTED_EVERY_SECONDS = 60

MERCADO_LIVRE = "mercado-livre"
INTERCEPTED = "intercepted"

# Kinds of which Mercado Livre may show a seller nothing.
KINDS_SHOWN = ("questions", "messages")

# One question or purchase of a seller that is not shown; it is tried again within six hours.
NOT_SHOWN = "not-shown"
NOT_SHOWN_REMEMBERED = timedelta(hours=7)


# Webhooks that come to the right address and are refused, by why; each may be an agent's reply.
FRONT_DOOR = "front-door"
REFUSED_REMEMBERED = timedelta(hours=1)


class Trouble(NamedTuple):
    """Something that lasts: since when, in epoch seconds, when it was met last, and what it was met with."""

    since: int
    met_at: int
    detail: str = ""

    @property
    def lasted_seconds(self) -> int:
        return self.met_at - self.since


class Troubles:
    """By the place where each is met and its kind. What is not met again is forgotten."""

    def __init__(self, cache: Cache, clock: Callable[[], datetime]) -> None:
        self._cache = cache
        self._clock = clock
        self._noted_at: dict[str, int] = {}

    def note(self, place: str, kind: str, detail: str = "", *, keep: timedelta = REMEMBERED) -> None:
        """Whoever met it waits for it to pass, and that is not to fail because it cannot be told."""
        key, now = trouble_key(place, kind), int(self._clock().timestamp())
        if now - self._noted_at.get(key, 0) < NOTED_EVERY_SECONDS:
            return
        with suppress(BotoCoreError, ClientError):
            known = self._cache.get(key)
            since = int(known["since"]) if known else now
            self._cache.put(key, Trouble(since, now, detail)._asdict(), keep=keep)
            self._noted_at[key] = now
            count("TroubleMet")
            if known is None:
                logger.warning("a trouble has begun; see /health for what to do", trouble=f"{place}/{kind}")

    def forget(self, place: str, kind: str) -> None:
        self._noted_at.pop(trouble_key(place, kind), None)
        self._cache.drop(trouble_key(place, kind))


def trouble_key(place: str, kind: str) -> str:
    return f"trouble/{place}/{kind}"


def find_trouble(cache: Cache, place: str, kind: str) -> Trouble | None:
    """What was met lately."""
    known = cache.get(trouble_key(place, kind))
    return Trouble(**known) if known else None


def with_troubles_read(cache: Cache, places: Iterable[str], kinds: Iterable[str]) -> Cache:
    """The same cache with all of these read at once."""
    wanted = list(kinds)
    return cache.read_ahead(trouble_key(place, kind) for place in places for kind in wanted)


def desk_place(desk: str) -> str:
    return f"desk/{desk}"


def seller_place(seller_id: int) -> str:
    return f"seller/{seller_id}"


class DeskTroubles:
    """Those that are met with one desk's Chatwoot; '' is the first one's."""

    def __init__(self, troubles: Troubles, desk: str) -> None:
        self._troubles = troubles
        self._place = desk_place(desk)

    def note(self, kind: str, detail: str = "") -> None:
        self._troubles.note(self._place, kind, detail)
