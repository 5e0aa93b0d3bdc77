"""Which services are known to be away, for all workers: one item for each service in the table of the cache."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.stores.tables import Table

PREFIX = "outage/"

# Longer than any job waits.
KEPT = timedelta(days=30)


class Outage(NamedTuple):
    """A service that does not answer: since when, in epoch seconds, and who looks whether it is back.

    `chain` names the row of jobs that look, each of which asks for the next, and `step` the one that is to come. The
    last of them was at `looked_at`.
    """

    since: int
    chain: str
    step: int
    is_over: bool
    looked_at: int


class Outages:
    """By the place of the service: Mercado Livre, or the Chatwoot of a desk."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def find(self, place: str) -> Outage | None:
        """The last outage of a service, which may be over."""
        return self.find_all([place]).get(place)

    def find_all(self, places: Iterable[str]) -> dict[str, Outage]:
        """The last outage of each of these services, by its place; one read."""
        return self.read(self._table.get_many(self.keys(places)))

    def keys(self, places: Iterable[str]) -> list[dict[str, str]]:
        """Where the outages of these services are stored, for reading them together with others of their table."""
        return [_key(place) for place in places]

    def read(self, items: Iterable[Mapping[str, Any]]) -> dict[str, Outage]:
        """The outages in these items, by the place of the service."""
        return {
            str(item["key"]).removeprefix(PREFIX): Outage(
                int(item["since"]),
                str(item["chain"]),
                int(item["step"]),
                bool(item["is_over"]),
                int(item["looked_at"]),
            )
            for item in items
        }

    def is_away(self, place: str) -> bool:
        outage = self.find(place)
        return outage is not None and not outage.is_over

    def begin(self, place: str, chain: str) -> None:
        """Note that a service does not answer, unless that is known; whoever notes it first is the one who looks."""
        now = self._clock()
        self._table.update(
            _key(place),
            "SET since = :now, looked_at = :now, chain = :chain, step = :first, is_over = :no, expires_at = :end",
            {
                ":now": int(now.timestamp()),
                ":chain": chain,
                ":first": 0,
                ":no": False,
                ":yes": True,
                ":end": int((now + KEPT).timestamp()),
            },
            condition="attribute_not_exists(chain) OR is_over = :yes",
        )

    def note_step(self, place: str, chain: str, step: int) -> None:
        """Note that the next look was asked for."""
        values = {":chain": chain, ":step": step, ":now": int(self._clock().timestamp())}
        self._table.update(_key(place), "SET step = :step, looked_at = :now", values, condition="chain = :chain")

    def end(self, place: str, chain: str) -> None:
        """Note that a service answers again."""
        values = {":chain": chain, ":yes": True}
        self._table.update(_key(place), "SET is_over = :yes", values, condition="chain = :chain")


def _key(place: str) -> dict[str, str]:
    return {"key": f"{PREFIX}{place}"}
