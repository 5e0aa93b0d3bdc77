"""The life of a sale beside its conversation: attributes, labels and one note for each thing that matters."""

from collections import Counter
from collections.abc import Callable

import pytest

from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


@pytest.fixture
def sale(bridge: BridgeUnderTest, meli: MercadoLivre) -> int:
    """A paid purchase of two mugs about which its buyer has written, ready to be dispatched by collection."""
    meli.state.items[bridge.item].price = 62.96
    sale = bridge.buy(quantity=2, variation={"Cor": "Azul"})
    bridge.write(sale, "Quando chega?")
    meli.journal.clear()
    return sale


def reads(meli: MercadoLivre) -> int:
    found = [call for call in meli.journal if call.path.startswith("/") and call.direction == "in"]
    meli.journal.clear()
    return len(found)


def news(bridge: BridgeUnderTest) -> list[str]:
    """What was told in notes since the note of the sale."""
    return [note.split("\n")[0] for note in bridge.notes()[1:]]


def happen(bridge: BridgeUnderTest, act: Callable[[], object]) -> None:
    """Something happens at Mercado Livre, a little later."""
    bridge.clock.turn(minutes=1)
    act()
    bridge.settle()


def labels(bridge: BridgeUnderTest) -> set[str]:
    return set(bridge.conversation()["labels"]) - {"mercado-livre", "venda"}


def attribute(bridge: BridgeUnderTest, name: str) -> str:
    return str(bridge.conversation()["custom_attributes"].get(name, ""))


def test_a_conversation_begins_with_all_that_one_needs_to_prepare_it(bridge: BridgeUnderTest, sale: int) -> None:
    (note,) = bridge.notes()
    for line in (
        "2 × Caneca azul 300 ml (Cor: Azul, SKU: SKU-1)",
        "Total: R$ 125,92",
        "Pagamento: aprovado · saldo no Mercado Pago",
        "Envio: pronto para enviar · Coleta",
        "Despachar até: 23/11/2026 09:00",
        "Entrega prevista: 27/11/2026",
    ):
        assert line in note, line
    assert attribute(bridge, "meli_items") == "2 × Caneca azul 300 ml (Cor: Azul, SKU: SKU-1)"
    assert attribute(bridge, "meli_payment") == "aprovado · saldo no Mercado Pago"
    assert attribute(bridge, "meli_shipment").startswith("pronto para enviar · despachar até 23/11/2026 09:00 · Coleta")
    assert labels(bridge) == {"a-enviar"}


def test_each_step_of_a_parcel_is_told_once_whatever_its_carrier_does_between(
    bridge: BridgeUnderTest, meli: MercadoLivre, sale: int
) -> None:
    cost = Counter[str]()
    for event in ("print", "pack", "pick_up", "reach_hub", "ship", "go_out", "miss_receiver", "go_out", "deliver"):
        happen(bridge, lambda event=event: meli.carry(sale, event))  # type: ignore[misc]
        cost[event] = max(cost[event], reads(meli))

    assert [note.split(".")[0] for note in news(bridge)] == [
        "O pacote está a caminho (Coleta)",
        "O pacote foi entregue ao comprador",
    ]
    assert "https://rastreio.example.invalid/" in news(bridge)[0]
    assert max(cost.values()) <= 2, cost
    assert attribute(bridge, "meli_tracking").startswith("https://rastreio.example.invalid/")
    assert attribute(bridge, "meli_shipment").startswith("entregue · Coleta · MEL")
    assert labels(bridge) == {"entregue"}


def test_where_a_parcel_is_stands_in_words_between_the_notes(
    bridge: BridgeUnderTest, meli: MercadoLivre, sale: int
) -> None:
    for event, words in (
        ("wait_for_invoice", "pronto para enviar (falta a nota fiscal)"),
        ("reach_hub", "a caminho (no centro de distribuição)"),
        ("miss_receiver", "a caminho (ninguém para receber)"),
    ):
        happen(bridge, lambda event=event: meli.carry(sale, event))  # type: ignore[misc]

        assert attribute(bridge, "meli_shipment").startswith(words)
    happen(bridge, lambda: meli.set_shipment_status(sale, "shipped", "invented_new_substatus"))
    assert attribute(bridge, "meli_shipment").startswith("a caminho (invented_new_substatus)")


def test_what_mercado_livre_dispatches_itself_is_not_for_its_seller_to_send(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote(logistic_type="fulfillment")
    for act, words in (
        (lambda: meli.carry(sale, "print"), "em preparação · Full"),
        # There it lies until it is shipped.
        (lambda: meli.set_shipment_status(sale, "ready_to_ship", "in_warehouse"), "em preparação (no depósito) · Full"),
        (lambda: meli.carry(sale, "ship"), "a caminho · Full"),
    ):
        assert labels(bridge) == set()
        happen(bridge, act)
        assert attribute(bridge, "meli_shipment").startswith(words)

    assert labels(bridge) == {"enviado"}
    # Before it, that Mercado Livre takes no message yet.
    assert [note.split(" (")[0] for note in news(bridge)[1:]] == ["O pacote está a caminho"]


def test_a_purchase_that_waits_for_its_payment_tells_when_it_is_paid_and_ready(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.buy(is_paid=False)
    bridge.write(sale, "Já paguei")
    assert labels(bridge) == set()
    # Nobody is to dispatch it yet.
    assert "espach" not in bridge.notes()[0] + attribute(bridge, "meli_shipment")

    happen(bridge, lambda: meli.pay(sale, has_invoice=False))
    assert news(bridge) == ["Pagamento aprovado: R$ 62,96 · saldo no Mercado Pago."]
    assert labels(bridge) == {"a-enviar"}
    happen(bridge, lambda: meli.issue_invoice(sale))
    assert news(bridge)[1:] == [
        "Pronta para enviar (Coleta): despache até 23/11/2026 09:00. Etiqueta: escreva `/etiqueta` em nota privada."
    ]


def test_money_given_back_is_told_and_leaves_a_resolved_conversation_so(
    bridge: BridgeUnderTest, meli: MercadoLivre, sale: int
) -> None:
    order = meli.orders_of(sale)[0]
    bridge.chatwoot.set_status(bridge.conversation()["id"], "resolved")

    happen(bridge, lambda: meli.refund(order, 62.96))
    assert news(bridge) == ["Reembolso parcial: R$ 62,96 devolvidos ao comprador até agora. A venda continua."]
    assert labels(bridge) == {"a-enviar"}
    happen(bridge, lambda: meli.refund(order, to_account=True))
    assert labels(bridge) == set()
    assert news(bridge)[1:] == ["Reembolso total: R$ 125,92 devolvidos ao comprador."]
    assert attribute(bridge, "meli_payment") == "reembolsado · saldo no Mercado Pago · R$ 125,92 devolvidos"
    assert bridge.conversation()["status"] == "resolved"


def test_a_cancellation_says_by_whom_and_why_and_opens_a_resolved_conversation(
    bridge: BridgeUnderTest, meli: MercadoLivre, sale: int
) -> None:
    bridge.chatwoot.set_status(bridge.conversation()["id"], "resolved")

    happen(bridge, lambda: meli.cancel(sale, requested_by="Mercado Livre", description="Venda cancelada por segurança"))

    assert news(bridge) == ["Venda cancelada pelo Mercado Livre: Venda cancelada por segurança."]
    assert bridge.conversation()["status"] == "open"
    assert labels(bridge) == {"cancelado"}


def test_a_risk_of_fraud_opens_a_resolved_conversation(bridge: BridgeUnderTest, meli: MercadoLivre, sale: int) -> None:
    bridge.chatwoot.set_status(bridge.conversation()["id"], "resolved")

    happen(bridge, lambda: meli.flag_fraud(meli.orders_of(sale)[0]))

    assert "Não envie o produto" in news(bridge)[0]
    assert bridge.conversation()["status"] == "open"
    assert "despachar" not in attribute(bridge, "meli_shipment")
    assert labels(bridge) == set()
    for act in (lambda: meli.carry(sale, "hold_back"), lambda: meli.delay(sale), lambda: meli.carry(sale, "print")):
        happen(bridge, act)
    assert len(news(bridge)) == 1


def test_a_sale_to_a_malicious_buyer_is_neither_paid_nor_to_be_sent(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.buy(is_paid=False)
    bridge.write(sale, "Já paguei")

    happen(bridge, lambda: meli.set_order_status(meli.orders_of(sale)[0], "invalid"))

    (told,) = news(bridge)
    assert "Não envie o produto" in told
    assert labels(bridge) == set()


def test_a_parcel_that_does_not_arrive_opens_a_resolved_conversation_and_tells_that_it_came_back(
    bridge: BridgeUnderTest, meli: MercadoLivre, sale: int
) -> None:
    happen(bridge, lambda: meli.carry(sale, "ship"))
    bridge.chatwoot.set_status(bridge.conversation()["id"], "resolved")

    happen(bridge, lambda: meli.carry(sale, "turn_back"))
    assert news(bridge)[1:] == ["O pacote não foi entregue (voltando ao vendedor). Veja na venda o que fazer."]
    assert bridge.conversation()["status"] == "open"
    happen(bridge, lambda: meli.carry(sale, "bring_back"))
    assert news(bridge)[2:] == ["O pacote foi devolvido ao vendedor."]


def test_what_is_late_is_told_once(bridge: BridgeUnderTest, meli: MercadoLivre, sale: int) -> None:
    happen(bridge, lambda: meli.delay(sale))
    happen(bridge, lambda: meli.touch_shipment(sale))
    assert news(bridge) == [
        "Despacho atrasado: o prazo era 23/11/2026 09:00. Envie o quanto antes; atrasos contam na reputação."
    ]
    happen(bridge, lambda: meli.carry(sale, "ship"))
    happen(bridge, lambda: meli.delay(sale, days=2))
    assert news(bridge)[2:] == ["A entrega foi adiada de 27/11/2026 para 29/11/2026."]
    happen(bridge, lambda: meli.delay(sale, days=-3))
    assert len(news(bridge)) == 3


def test_a_split_links_to_what_took_its_place_and_back(bridge: BridgeUnderTest, meli: MercadoLivre, sale: int) -> None:
    parts: list[int] = []
    happen(bridge, lambda: parts.extend(meli.split(sale)))

    (note,) = bridge.notes()[1:]
    assert "foi dividida" in note
    for part in parts:
        assert f"/vendas/{part}/detalhe" in note
    old = bridge.conversation()["id"]
    bridge.write(parts[0], "E a outra?")
    (new,) = [one["id"] for one in bridge.chatwoot.conversations() if one["id"] != old]
    sale_note = next(message["content"] for message in bridge.chatwoot.messages(new) if message["private"])
    assert f"/conversations/{old}" in sale_note


def test_an_order_that_joins_a_purchase_is_shown_with_it_and_one_that_leaves_it_no_more(
    bridge: BridgeUnderTest, meli: MercadoLivre, sale: int
) -> None:
    orders: list[int] = []
    happen(bridge, lambda: orders.append(meli.add_to_pack(sale, bridge.item)))
    # Nobody has announced of it to which purchase it belongs; the schedule finds it.
    bridge.turn(minutes=11)
    bridge.sweep()
    assert attribute(bridge, "meli_total") == "R$ 188,88"

    happen(bridge, lambda: meli.split_off(orders[0]))
    assert attribute(bridge, "meli_total") == "R$ 125,92"
    assert attribute(bridge, "meli_items").count("Caneca") == 1
    assert news(bridge) == []


def test_another_parcel_of_the_same_order_takes_the_place_of_the_first(
    bridge: BridgeUnderTest, meli: MercadoLivre, sale: int
) -> None:
    happen(bridge, lambda: meli.carry(sale, "lose"))
    meli.state.sales[sale].shipment = meli._make_shipment("drop_off")

    happen(bridge, lambda: meli.touch_order(meli.orders_of(sale)[0]))
    assert attribute(bridge, "meli_shipment").startswith("pronto para enviar · despachar até")
    happen(bridge, lambda: meli.carry(sale, "ship"))
    assert [note.split(" (")[0].split(":")[0] for note in news(bridge)] == [
        "O pacote não foi entregue",
        "Pronta para enviar",
        "O pacote está a caminho",
    ]


def test_what_agents_have_set_stays(bridge: BridgeUnderTest, meli: MercadoLivre, sale: int) -> None:
    conversation = bridge.conversation()["id"]
    present = bridge.conversation()
    bridge.as_administrator(
        "POST",
        f"/conversations/{conversation}/custom_attributes",
        {"custom_attributes": {**present["custom_attributes"], "own": "mine"}},
    )
    bridge.as_administrator("POST", f"/conversations/{conversation}/labels", {"labels": [*present["labels"], "vip"]})

    happen(bridge, lambda: meli.carry(sale, "ship"))

    assert attribute(bridge, "own") == "mine"
    assert labels(bridge) == {"enviado", "vip"}


def test_what_nobody_sees_costs_a_read_and_adds_nothing(bridge: BridgeUnderTest, meli: MercadoLivre, sale: int) -> None:
    before = bridge.conversation()["custom_attributes"]
    bridge.chatwoot.journal.clear()

    for act in (lambda: meli.touch_order(meli.orders_of(sale)[0]), lambda: meli.touch_shipment(sale)):
        happen(bridge, act)
        assert reads(meli) <= 2
    meli.notify("payments", "/collections/1", bridge.seller)
    meli.notify("orders_feedback", "/orders/1/feedback", bridge.seller)
    bridge.settle()

    assert reads(meli) == 0
    assert news(bridge) == []
    assert bridge.conversation()["custom_attributes"] == before
    assert [call.path for call in bridge.chatwoot.journal if call.method != "GET" and call.direction == "in"] == []


def test_an_older_version_changes_nothing(
    bridge: BridgeUnderTest, meli: MercadoLivre, sale: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(bridge, lambda: meli.carry(sale, "ship"))
    shipment = meli.state.sales[sale].shipment
    monkeypatch.setattr(shipment, "status", "ready_to_ship")
    monkeypatch.setattr(shipment, "last_updated", shipment.date_created)

    meli.notify("shipments", f"/shipments/{shipment.id}", bridge.seller)
    bridge.settle()

    assert labels(bridge) == {"enviado"}
    assert len(news(bridge)) == 1


def test_an_order_in_part_takes_nothing_away_and_is_read_again(
    bridge: BridgeUnderTest, meli: MercadoLivre, sale: int
) -> None:
    meli.order_fields_missing = ["buyer", "shipping"]
    order = meli.orders_of(sale)[0]
    happen(bridge, lambda: meli.refund(order, 62.96))
    assert attribute(bridge, "meli_shipment").startswith("pronto para enviar")

    meli.order_fields_missing = []
    bridge.turn(minutes=11)
    bridge.sweep()
    assert len(news(bridge)) == 1


def test_a_change_that_was_not_announced_is_found_and_one_that_was_is_not_read_again(
    bridge: BridgeUnderTest, meli: MercadoLivre, sale: int
) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    happen(bridge, lambda: meli.refund(meli.orders_of(sale)[0], 62.96))
    bridge.turn(minutes=11)
    bridge.sweep()
    assert len(news(bridge)) == 1

    reads(meli)
    bridge.turn(minutes=2)
    bridge.sweep()
    bridge.turn(minutes=11)
    bridge.sweep()
    paths = [call.path for call in meli.journal if call.path.startswith(("/orders/2", "/shipments", "/packs"))]
    assert paths == []
