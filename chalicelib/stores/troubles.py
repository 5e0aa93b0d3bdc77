"""Remembers what keeps the workers from their work, from what they met: /health asks no service."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.observability import count, logger
from chalicelib.stores.tables import Table

# Every sweep calls every service, so that what is still so is soon met again.
REMEMBERED = timedelta(minutes=10)
NOTED_EVERY_SECONDS = 60

KEY = {"key": "troubles"}

MERCADO_LIVRE = "mercado-livre"
INTERCEPTED = "intercepted"

# Kinds of which Mercado Livre may show a seller nothing. Sellers at rest are swept less often than others.
KINDS_SHOWN = ("questions", "messages", "claims")
KIND_REMEMBERED = timedelta(hours=1)

# One question or purchase of a seller that is not shown; it is tried again within six hours.
NOT_SHOWN = "not-shown"
NOT_SHOWN_REMEMBERED = timedelta(hours=7)


# Webhooks that come to the right address and are refused, by why; each may be an agent's reply.
FRONT_DOOR = "front-door"
SIGNATURE = "signature"
REFUSED_REMEMBERED = timedelta(hours=1)


class Trouble(NamedTuple):
    """Something that lasts: since when, in epoch seconds, when it was met last, what with, and how often."""

    since: int
    met_at: int
    remembered_until: int
    detail: str = ""
    times: int = 1

    @property
    def lasted_seconds(self) -> int:
        return self.met_at - self.since


class Troubles:
    """By the place where each is met and its kind, all in one item of the table of the cache, to be read at once.

    What is not met again is forgotten.
    """

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock
        self._noted_at: dict[str, int] = {}
        self._met_since: dict[str, int] = {}

    def note(self, place: str, kind: str, detail: str = "", *, keep: timedelta = REMEMBERED) -> None:
        """Whoever met it waits for it to pass, and that is not to fail because it cannot be told."""
        name, now = _name(place, kind), self._now()
        self._met_since[name] = self._met_since.get(name, 0) + 1
        if now - self._noted_at.get(name, 0) < NOTED_EVERY_SECONDS:
            return
        with suppress(BotoCoreError, ClientError):
            known = self.all().get((place, kind))
            times = self._met_since[name] + (known.times if known else 0)
            until = now + int(keep.total_seconds())
            self._store(name, Trouble(known.since if known else now, now, until, detail, times))
            self._noted_at[name], self._met_since[name] = now, 0
            count("TroubleMet")
            if known is None:
                logger.warning("a trouble has begun; see /health for what to do", trouble=name)

    def forget(self, place: str, kind: str) -> None:
        self._noted_at.pop(_name(place, kind), None)
        self._store(_name(place, kind), Trouble(0, 0, 0))

    def all(self) -> dict[tuple[str, str], Trouble]:
        """What was met lately, by place and kind; one read."""
        item = self._table.get(KEY) or {}
        found = {name: Trouble(**json.loads(value)) for name, value in item.items() if name not in KEY}
        now = self._now()
        return {
            (name.rpartition("/")[0], name.rpartition("/")[2]): trouble
            for name, trouble in found.items()
            if trouble.remembered_until > now
        }

    def _store(self, name: str, trouble: Trouble) -> None:
        values = {":trouble": json.dumps(trouble._asdict())}
        self._table.update(KEY, "SET #name = :trouble", values, names={"#name": name})

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _name(place: str, kind: str) -> str:
    return f"{place}/{kind}"


def front_door(desk: str) -> str:
    """The door at which a desk's Chatwoot calls, and at the first one's Mercado Livre; '' is the first one."""
    return f"{FRONT_DOOR}/{desk}" if desk else FRONT_DOOR


def desk_place(desk: str) -> str:
    return f"desk/{desk}"


def desk_at(place: str) -> str:
    """The desk that a place names."""
    return place.removeprefix(desk_place(""))


def seller_place(seller_id: int) -> str:
    return f"seller/{seller_id}"


class DeskTroubles:
    """Those that are met with one desk's Chatwoot; '' is the first one's."""

    def __init__(self, troubles: Troubles, desk: str) -> None:
        self._troubles = troubles
        self._place = desk_place(desk)

        self._door = front_door(desk)

    def note(self, kind: str, detail: str = "", *, keep: timedelta = REMEMBERED) -> None:
        self._troubles.note(self._place, kind, detail, keep=keep)

    def forget(self, kind: str) -> None:
        self._troubles.forget(self._place, kind)

    @property
    def is_door_shut(self) -> bool:
        """Whether its webhooks are not believed: Chatwoot then shows as failed whatever is written there."""
        return (self._door, SIGNATURE) in self._troubles.all()
