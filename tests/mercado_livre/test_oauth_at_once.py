"""Many workers find a token expired at the same moment, and one of them refreshes it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from chalicelib.errors import TryAgainLater
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.tables import Table
from tests.mercado_livre.shop import SELLER, Shop

WORKERS = 50


class OneCallAtATime:
    """Calls to DynamoDB one after the other: what it does to an item is atomic, and the embedded one's is not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def take(self, **_: Any) -> None:
        self._lock.acquire()

    def give(self, **_: Any) -> None:
        self._lock.release()


@pytest.fixture
def table(shop: Shop) -> Table:
    """The shop's own table, for calls from many threads."""
    client, turns = boto3.client("dynamodb"), OneCallAtATime()
    client.meta.events.register("before-call", turns.take)
    client.meta.events.register("after-call", turns.give)
    client.meta.events.register("after-call-error", turns.give)
    return Table(client, shop.sellers._table.name)


@pytest.mark.parametrize("is_rejected", [False, True], ids=["expired", "rejected"])
def test_fifty_workers_make_one_refresh(shop: Shop, table: Table, *, is_rejected: bool) -> None:
    shop.sellers = Sellers(table)
    others_have_tried, is_refreshed = threading.Semaphore(0), threading.Event()

    def wait_for_the_others() -> None:
        for _ in range(WORKERS - 1):
            assert others_have_tried.acquire(timeout=30)

    def work(_: int) -> str:
        tokens = shop.make_worker()

        def ask() -> str:
            return tokens.renew(SELLER, rejected="APP_USR-1") if is_rejected else tokens.access_token(SELLER)

        try:
            token = ask()
        except TryAgainLater:
            others_have_tried.release()
            assert is_refreshed.wait(30)
            return ask()
        is_refreshed.set()
        return token

    shop.meli.meanwhile = wait_for_the_others
    if not is_rejected:
        shop.expire()

    with ThreadPoolExecutor(WORKERS) as workers:
        found = set(workers.map(work, range(WORKERS)))

    assert found == {"APP_USR-2"}
    assert shop.meli.refreshes == 1
    assert shop.stored.refresh_token == "TG-2"
