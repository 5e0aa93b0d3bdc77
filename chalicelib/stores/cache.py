"""Facts that could be asked for again, and small things that live for minutes. DynamoDB's TTL sweeps them away."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.stores.tables import ItemPlace, Table, TableItem


class Cache:
    """Values by key, each for a time of its own, shared by all Lambdas."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock
        self._read_ahead: dict[str, Any] = {}
        self.read_beside: list[dict[str, Any]] = []

    def read_ahead(self, keys: Iterable[str], *, beside: Sequence[Mapping[str, str]] = ()) -> "Cache":
        """The same cache, which knows what is stored under these keys, read at once, and does not ask for it again.

        What was written in the last second may be missing: it is for what is written every few minutes. In the same
        call items of other kinds are read, which have the keys `beside` in this table.
        """
        wanted = list(dict.fromkeys(keys))
        items = self._table.get_many([*({"key": key} for key in wanted), *beside], may_lag=True)
        found = {item["key"]: item for item in items}
        ahead = Cache(self._table, self._clock)
        ahead._read_ahead = {key: self.read(found.pop(key, None)) for key in wanted}
        ahead.read_beside = list(found.values())
        return ahead

    def get_many(self, keys: Sequence[str], *, may_lag: bool = False) -> dict[str, Any]:
        """What is stored under these keys, each named once, read at once."""
        items = self._table.get_many([{"key": key} for key in keys], may_lag=may_lag)
        return {item["key"]: json.loads(item["value"]) for item in items if self._is_fresh(item)}

    def get(self, key: str) -> Any | None:
        if key in self._read_ahead:
            return self._read_ahead[key]
        return self.read(self._table.get({"key": key}))

    def place(self, key: str) -> ItemPlace:
        """Where a value is stored, for reading it together with others; `read` says what was found there."""
        return self._table, {"key": key}

    def read(self, item: dict[str, Any] | None) -> Any | None:
        return json.loads(item["value"]) if item and self._is_fresh(item) else None

    def item(self, key: str, value: Any, *, keep: timedelta) -> TableItem:
        """What is to be stored under a key, for storing it together with other items."""
        return self._table, self._item(key, value, keep)

    def put(self, key: str, value: Any, *, keep: timedelta) -> None:
        self._table.put(self._item(key, value, keep))
        self._read_ahead.pop(key, None)

    def put_many(self, entries: Iterable[tuple[str, Any, timedelta]]) -> None:
        """Store values under their keys, each for its own time, at once."""
        self._table.put_many([self._item(*entry) for entry in entries])

    def drop(self, key: str) -> None:
        self._table.take({"key": key})
        self._read_ahead.pop(key, None)

    def take(self, key: str) -> Any | None:
        """What is stored under a key, which is gone afterwards: of several callers, one gets it."""
        return self.read(self._table.take({"key": key}))

    def claim(self, key: str, *, keep: timedelta) -> bool:
        """Whether nobody has claimed this key before: of several callers, one is told so."""
        return self._table.put_new(self._item(key, "claimed", keep), key_name="key")

    def find(self, prefix: str) -> dict[str, Any]:
        """Every value whose key begins so, fresh or not. Reads the whole table: for a person at a terminal."""
        return {str(item["key"]): json.loads(item["value"]) for item in self._table.find("key", prefix)}

    def _item(self, key: str, value: Any, keep: timedelta) -> dict[str, Any]:
        return {"key": key, "value": json.dumps(value), "expires_at": int((self._clock() + keep).timestamp())}

    def _is_fresh(self, item: dict[str, Any]) -> bool:
        # TTL deletes within days, not at once.
        return int(item["expires_at"]) > self._clock().timestamp()
