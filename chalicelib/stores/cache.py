"""Facts that could be asked for again, and small things that live for minutes. DynamoDB's TTL sweeps them away."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.stores.tables import Table


class Cache:
    """Values by key, each for a time of its own, shared by all Lambdas."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def get(self, key: str) -> Any | None:
        item = self._table.get({"key": key})
        return json.loads(item["value"]) if item and self._is_fresh(item) else None

    def put(self, key: str, value: Any, *, keep: timedelta) -> None:
        expires_at = int((self._clock() + keep).timestamp())
        self._table.put({"key": key, "value": json.dumps(value), "expires_at": expires_at})

    def drop(self, key: str) -> None:
        self._table.take({"key": key})

    def take(self, key: str) -> Any | None:
        """Get and drop in one: of several callers, one gets the value."""
        item = self._table.take({"key": key})
        return json.loads(item["value"]) if item and self._is_fresh(item) else None

    def find(self, prefix: str) -> dict[str, Any]:
        """Every value whose key begins so, fresh or not. Reads the whole table: for a person at a terminal."""
        return {str(item["key"]): json.loads(item["value"]) for item in self._table.find("key", prefix)}

    def _is_fresh(self, item: dict[str, Any]) -> bool:
        # TTL deletes within days, not at once.
        return int(item["expires_at"]) > self._clock().timestamp()
