"""What writes is found in the source, whoever wrote it and whatever it is called."""

from pathlib import Path

from tests.writing import Source

APP = """
from chalicelib.new import Flow, Service

def handle() -> None:
    Flow(Store(client)).act()
    Service(transport).change()
    Service(transport).look()
"""

NEW = """
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Store:
    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client

    def save(self) -> None:
        self._client.put_item()

    def load(self) -> None:
        self._client.get_item()

    def erase(self) -> None:
        self._client.delete_item()

    def save_all(self, clients) -> None:
        for client in clients:
            client.batch_write_item()


class Flow:
    def __init__(self, store: Store) -> None:
        self._store = store

    def act(self) -> None:
        self._go_on()
        self._store.load()
        self._store.save_all()

    def _go_on(self) -> None:
        self._store.save()


class Service:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change(self) -> None:
        self._transport.call("PATCH", "/thing")

    def look(self) -> None:
        self._transport.call("GET", "/thing")
        self._transport.call("POST", "/thing/search", changes_nothing=True)
"""


def find_writes(root: Path, *, depth: int) -> list[str]:
    (root / "chalicelib").mkdir()
    (root / "app.py").write_text(APP)
    (root / "chalicelib" / "new.py").write_text(NEW)
    return [name.removeprefix("chalicelib.new.") for name in Source(root).find_writes(depth=depth)]


def test_what_writes_by_itself_is_found_and_what_only_reads_or_nothing_uses_is_not(tmp_path: Path) -> None:
    assert find_writes(tmp_path, depth=0) == ["Service.change", "Store.save", "Store.save_all"]


def test_what_has_another_write_is_found_as_deep_as_asked(tmp_path: Path) -> None:
    found = find_writes(tmp_path, depth=1)

    assert found == ["Flow._go_on", "Flow.act", "Service.change", "Store.save", "Store.save_all"]
