"""Fixtures of the Mercado Livre simulator's tests; those of the Chatwoot simulator stand beside them."""

from collections.abc import Iterator

import pytest

from simulators.mercado_livre import MercadoLivre
from tests.simulators.mercado_livre_sales import SalesShop
from tests.simulators.mercado_livre_shop import REDIRECT_URI, Receiver, Shop, TurnableClock


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def meli(clock: TurnableClock) -> MercadoLivre:
    simulator = MercadoLivre(clock=clock, redirect_uri=REDIRECT_URI)
    simulator.base_url = "http://127.0.0.1:9"
    return simulator


@pytest.fixture
def shop(meli: MercadoLivre) -> Shop:
    return Shop(meli)


@pytest.fixture
def sales(meli: MercadoLivre) -> SalesShop:
    return SalesShop(meli)


@pytest.fixture
def receiver(meli: MercadoLivre) -> Iterator[Receiver]:
    receiver = Receiver()
    meli.notification_url = receiver.url
    yield receiver
    receiver.server.stop()
