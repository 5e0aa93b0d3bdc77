"""The embedded AWS of `python -m tools local` keeps what AWS promises to threads that call it at the same time."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.stores.tables import Table
from tests.harness import BridgeUnderTest

NUMBERS = range(150)


@contextmanager
def often_switching() -> Iterator[None]:
    """Threads interrupt one another as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def test_nobody_reads_an_item_that_another_thread_has_half_made(bridge: BridgeUnderTest) -> None:
    """A newcomer's first `make run` logged `job failed … Seller.__new__() missing 5 required positional arguments`."""
    table = Table(bridge.session.client("dynamodb"), f"ponte-{bridge.name}-sellers")

    def connect() -> None:
        for number in NUMBERS:
            table.update({"seller_id": f"new {number}"}, "SET nickname = :name", {":name": "LOJA"})

    half_made = []
    connecting = threading.Thread(target=connect)
    with often_switching():
        connecting.start()
        for number in NUMBERS:
            while (item := table.get({"seller_id": f"new {number}"})) is None:
                pass
            half_made += [item] if "nickname" not in item else []
        connecting.join()

    assert half_made == []
