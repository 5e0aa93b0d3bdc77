"""Labels of parcels: in private notes for those who dispatch, or why there is none; never to the buyer."""

from typing import Any

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def ask_for_label(bridge: BridgeUnderTest) -> dict[str, Any]:
    """The note that answers an agent's /etiqueta."""
    bridge.chatwoot.reply(bridge.conversation()["id"], "/etiqueta", private=True)
    bridge.settle()
    return bridge.messages(private=True)[-1]


def assert_nothing_went_out(bridge: BridgeUnderTest) -> None:
    assert bridge.meli.messages_sent == []
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


def test_a_label_is_put_into_a_private_note_and_a_second_one_is_called_a_reprint(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    shipment = meli.thread(sale).shipment.id

    first = ask_for_label(bridge)
    again = ask_for_label(bridge)

    assert first["content"].startswith(f"Etiqueta do envio {shipment}. ")
    assert first["content"].endswith("Despache até 23/11/2026 09:00.")
    assert again["content"].startswith(f"Reimpressão da etiqueta do envio {shipment}")
    for note in (first, again):
        ((name, kind, content),) = chatwoot.files(note["id"])
        assert (name, kind, content[:5]) == (f"etiqueta-{shipment}.pdf", "application/pdf", b"%PDF-")
    assert meli.thread(sale).shipment.substatus == "printed"
    assert_nothing_went_out(bridge)


def test_a_label_that_comes_zipped_is_unpacked(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    bridge.bought_and_wrote()
    meli.labels_come_zipped = True

    note = ask_for_label(bridge)

    ((_, _, content),) = chatwoot.files(note["id"])
    assert content.startswith(b"%PDF-")


def test_why_there_is_no_label_is_told_in_words(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    (order,) = meli.orders_of(sale)
    meli.set_order_status(order, "payment_required")
    bridge.settle()
    meli.set_shipment_status(sale, "pending", "waiting_for_payment")
    told = [ask_for_label(bridge)]
    meli.set_order_status(order, "paid")
    for status, substatus in (
        ("ready_to_ship", "invoice_pending"),
        ("pending", "buffered"),
        ("handling", "waiting_for_label_generation"),
        ("ready_to_ship", "picked_up"),
        ("shipped", ""),
        ("delivered", ""),
        ("to_be_agreed", ""),
        ("cancelled", ""),
    ):
        meli.set_shipment_status(sale, status, substatus)
        bridge.settle()
        told.append(ask_for_label(bridge))

    assert [note["content"] for note in told] == [
        "Ainda não há etiqueta: a venda não está paga.",
        "Ainda não há etiqueta: falta a nota fiscal. O Mercado Livre a libera depois de receber a NF-e desta venda.",
        "Ainda não há etiqueta: o Mercado Livre a libera em 24/11/2026 09:00.",
        "Ainda não há etiqueta: em preparação (etiqueta sendo gerada). Peça de novo mais tarde.",
        "Não há mais etiqueta: o pacote já saiu. Estado: a caminho (coletado).",
        "Não há mais etiqueta: o pacote já saiu. Estado: a caminho.",
        "Não há mais etiqueta: o pacote já saiu. Estado: entregue.",
        "Não há etiqueta: a entrega é combinada com o comprador.",
        "Não há etiqueta: a venda ou o envio foi cancelado. Não despache o pacote.",
    ]
    assert not [path for path in paths_asked(meli) if "shipment_labels" in path]


def paths_asked(meli: MercadoLivre) -> list[str]:
    return [call.path for call in meli.journal]


def test_a_parcel_of_full_and_one_at_risk_of_fraud_have_none(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote(logistic_type="fulfillment")
    assert ask_for_label(bridge)["content"].startswith("Não há etiqueta: o pacote sai do Full")
    (order,) = meli.orders_of(sale)
    meli.flag_fraud(order)
    bridge.settle()

    assert ask_for_label(bridge)["content"].startswith("A etiqueta não foi pedida: o Mercado Livre vê risco de fraude")


def test_a_label_that_mercado_livre_refuses_is_explained(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    for status, body, beginning in (
        (400, '{"failed_shipments": [{"shipment_id": "1", "message": "x", "cause": "NOT_PRINTABLE_STATUS"}]}', "Ainda"),
        (
            400,
            '{"message": "x", "error": "invalid_shipment_ff_public", "status": 400, "cause": []}',
            "Não há etiqueta:",
        ),
        (
            400,
            '{"message": "Algo", "error": "novo", "status": 400, "cause": []}',
            "O Mercado Livre não deu a etiqueta (Algo)",
        ),
        (
            401,
            '{"message": "unauthorized_scopes", "error": "unauthorized_scopes", "status": 401}',
            "Não há mais etiqueta",
        ),
    ):
        meli.add_fault("status", method="GET", path="/shipment_labels", status=status, body=body)
        note = ask_for_label(bridge)
        assert note["content"].startswith(beginning), note["content"]
        assert not note["attachments"]
    assert_nothing_went_out(bridge)


def test_a_label_that_chatwoot_does_not_take_is_told_without_it(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.bought_and_wrote()
    chatwoot.add_fault("status", method="POST", path="/messages", status=413, body="<html>too large</html>")

    note = ask_for_label(bridge)

    assert "O Chatwoot não aceitou o arquivo." in note["content"]
    assert not note["attachments"]


def test_no_label_is_fetched_where_that_is_switched_off(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.set(ATTACH_LABELS="off")
    bridge.bought_and_wrote()

    assert ask_for_label(bridge)["content"].startswith("A busca de etiquetas está desligada nesta instalação.")
    assert not [path for path in paths_asked(meli) if "shipment_labels" in path]


# Without being asked for


def labels_brought(bridge: BridgeUnderTest) -> list[str]:
    notes = bridge.messages(private=True)
    return [name for note in notes for name, _, _ in bridge.chatwoot.files(note["id"])]


def test_a_label_comes_once_as_soon_as_it_can_be_printed(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.set(ATTACH_LABELS="auto")
    sale = bridge.bought_and_wrote(has_invoice=False)
    assert labels_brought(bridge) == []

    meli.issue_invoice(sale)
    bridge.settle()
    for _ in range(2):
        meli.touch_shipment(sale)
        bridge.settle()
    meli.hand_over(sale)
    bridge.settle()

    assert labels_brought(bridge) == [f"etiqueta-{meli.thread(sale).shipment.id}.pdf"]
    assert_nothing_went_out(bridge)


def test_messages_do_not_wait_for_a_label(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.set(ATTACH_LABELS="auto")
    meli.add_fault("status", method="GET", path="/shipment_labels", status=503, times=3)
    sale = bridge.bought_and_wrote()

    bridge.write(sale, "E então?")
    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Quando chega?", "E então?"]
    assert labels_brought(bridge) == []
    bridge.wait_out(minutes=2)

    assert len(labels_brought(bridge)) == 1
    assert_nothing_went_out(bridge)


def test_no_label_comes_unasked_for_where_an_agent_is_to_ask(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    meli.touch_shipment(sale)
    bridge.settle()

    assert labels_brought(bridge) == []
    assert meli.thread(sale).shipment.substatus == "ready_to_print"
