"""Items of several tables in one call: what AWS leaves undone is asked for again."""

from typing import Any

from chalicelib.stores.tables import Table, get_together, put_together


class Busy:
    """A DynamoDB that does the first of what is asked for, and leaves the rest."""

    def __init__(self) -> None:
        self.items: dict[str, list[dict[str, Any]]] = {"sellers": [], "cache": []}
        self.calls = 0

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:
        self.calls += 1
        name = next(iter(RequestItems))
        request, *left = RequestItems[name]
        self.items[name].append(request["PutRequest"]["Item"])
        rest = {other: requests for other, requests in RequestItems.items() if other != name}
        return {"UnprocessedItems": {name: left, **rest} if left else rest}

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        name = next(iter(RequestItems))
        keys = RequestItems[name]["Keys"]
        found = [item for item in self.items[name] if any(key.items() <= item.items() for key in keys)]
        rest = {other: asked for other, asked in RequestItems.items() if other != name}
        return {"Responses": {name: found}, "UnprocessedKeys": rest}


def test_what_is_put_together_is_found_together_in_the_order_in_which_it_was_asked_for() -> None:
    busy = Busy()
    sellers, cache = Table(busy, "sellers"), Table(busy, "cache")  # type: ignore[arg-type]

    put_together([(sellers, {"seller_id": "1", "desk": ""}), (cache, {"key": "a"}), (cache, {"key": "b"})])
    found = get_together([(cache, {"key": "b"}), (cache, {"key": "c"}), (sellers, {"seller_id": "1"})])

    assert found == [{"key": "b"}, None, {"seller_id": "1", "desk": ""}]
    assert busy.calls == 3 + 2
