"""OPEN_CONVERSATION_ON_SALE: a purchase has its conversation as soon as it is paid."""

import pytest

from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tests.scenarios.test_life_of_a_sale import happen, reads


@pytest.fixture
def opening(bridge: BridgeUnderTest) -> BridgeUnderTest:
    bridge.set(OPEN_CONVERSATION_ON_SALE="on")
    bridge.restart()
    return bridge


def test_a_sale_opens_a_conversation_with_all_that_one_needs_to_prepare_it(opening: BridgeUnderTest) -> None:
    sale = opening.buy(quantity=2, variation={"Cor": "Azul"})

    (note,) = opening.notes()
    for line in (
        "2 × Caneca azul 300 ml (Cor: Azul, SKU: SKU-1)",
        "Envio: pronto para enviar · Coleta",
        "Despachar até: 23/11/2026 09:00",
        "Etiqueta: escreva `/etiqueta` em nota privada.",
    ):
        assert line in note, line
    opening.write(sale, "Quando chega?")
    assert len(opening.chatwoot.conversations()) == 1
    assert len(opening.messages()) == 1


def test_a_sale_opens_its_conversation_when_it_is_paid(opening: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = opening.buy(is_paid=False)
    assert opening.chatwoot.conversations() == []

    happen(opening, lambda: meli.pay(sale))
    assert len(opening.notes()) == 1
    happen(opening, lambda: meli.touch_order(meli.orders_of(sale)[0]))
    assert len(opening.notes()) == 1


def test_each_order_of_a_cart_leads_to_one_conversation(opening: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = meli.buy(opening.buyer, opening.item)
    meli.add_to_pack(sale, opening.item)
    opening.settle()

    assert len(opening.chatwoot.conversations()) == 1
    assert opening.conversation()["custom_attributes"]["meli_items"].count("Caneca") == 2


def test_an_old_sale_that_changes_opens_none(opening: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.notifications_enabled = False
    sale = opening.buy()
    opening.turn(days=5)
    meli.notifications_enabled = True
    reads(meli)

    happen(opening, lambda: meli.touch_order(meli.orders_of(sale)[0]))

    assert opening.chatwoot.conversations() == []
    assert reads(meli) <= 2


def test_a_sale_that_was_not_announced_is_found(opening: BridgeUnderTest, meli: MercadoLivre) -> None:
    opening.sweep()
    meli.notifications_enabled = False
    opening.turn(minutes=5)
    opening.buy()
    opening.turn(minutes=6)

    opening.sweep()

    assert len(opening.notes()) == 1


def test_a_reply_before_the_buyer_has_written_says_so_and_where_to_write(opening: BridgeUnderTest) -> None:
    sale = opening.buy()

    failed = opening.reply("Obrigado pela compra!")

    assert failed["status"] == "failed"
    assert "ainda não escreveu" in failed["external_error"]
    assert f"/vendas/{sale}/detalhe" in failed["external_error"]
    assert opening.situation().startswith("O comprador ainda não escreveu")
    opening.write(sale, "Quando chega?")
    assert opening.situation() == "Pode responder"
    assert opening.meli.messages_sent == []


def test_without_the_setting_a_sale_opens_none_and_costs_no_read(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    reads(meli)
    bridge.buy()

    assert bridge.chatwoot.conversations() == []
    assert reads(meli) == 0
