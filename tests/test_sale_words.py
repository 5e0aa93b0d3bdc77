"""Sales in words, out of recorded orders and shipments."""

from dataclasses import replace

from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.sale_resources import Order, Payment
from chalicelib.mercado_livre.shipment_phases import phase_of
from chalicelib.mercado_livre.shipment_resources import Shipment
from chalicelib.sale_words import SaleWords, is_cancelled, is_fraud_risk, is_split, payment_of
from chalicelib.sentences.wording import Wording
from tests.recorded import recorded


def sale_of(order: str) -> Sale:
    return Sale(None, (Order.from_json(recorded(f"mercado_livre/orders/{order}.200")),), None)


def shipment_of(name: str) -> Shipment:
    return Shipment.from_json(recorded(f"mercado_livre/shipments/{name}.200"))


def test_each_recorded_order_tells_how_far_it_is_paid_and_how_it_ended() -> None:
    for name, how_far in {
        "get.paid": "paid",
        "partially_refunded": "refunded in part",
        "paid_refunded_to_account_money": "refunded",
        "cancelled_by_buyer": "refunded",
        "no_shipping": "paid",
        "pending_cancel": "paid",
    }.items():
        assert payment_of(sale_of(name)) == how_far, name
    assert payment_of(Sale(None, (), None)) == "waiting"
    assert is_cancelled(sale_of("cancelled_fraud"))
    assert is_split(sale_of("cancelled_pack_splitted"))
    assert not is_split(sale_of("cancelled_by_buyer"))
    assert is_fraud_risk(sale_of("fraud_risk"))


def test_a_payment_that_was_refused_is_no_money_to_give_back() -> None:
    (order,) = sale_of("get.paid").orders
    refused, made = Payment("rejected", 125.92), Payment("refunded", 125.92, 125.92)

    assert payment_of(Sale(None, (replace(order, payments=(refused, made)),), None)) == "refunded"


def test_each_recorded_parcel_is_as_far_as_its_seller_sees_it() -> None:
    for name, phase in {
        "ready_to_ship.ready_to_print": "ready",
        "ready_to_ship.invoice_pending": "preparing",
        "pending.buffered": "preparing",
        # Its status says something else.
        "ready_to_ship.in_hub": "on its way",
        "ready_to_ship.dropped_off": "on its way",
        "shipped.out_for_delivery": "on its way",
        "unknown_substatus": "on its way",
        "full.shipped": "on its way",
        "delivered": "delivered",
        "not_delivered.lost": "not delivered",
        "not_delivered.returning_to_sender": "not delivered",
        "cancelled.label_expired": "cancelled",
        "to_be_agreed": "none",
    }.items():
        assert phase_of(shipment_of(name)) == phase, name


def test_a_parcel_is_told_in_each_language_with_its_way_and_in_the_time_of_its_country() -> None:
    parcel = replace(sale_of("get.paid"), shipment=shipment_of("turbo.ready_to_print"))
    told = {language: SaleWords(Wording(language), "MLB").shipment(parcel) for language in ("pt-BR", "es", "en")}

    assert told["pt-BR"].startswith("pronto para enviar · Turbo · MEL")
    assert told["es"].endswith("entrega prevista 06/11/2026")
    assert told["en"].endswith("expected 2026-11-06")
    # Midnight there is the day before further west.
    assert SaleWords(Wording("pt-BR"), "MLM").shipment(parcel).endswith("05/11/2026")
    raw = replace(parcel, shipment=shipment_of("unknown_substatus"))
    assert "(invented_new_substatus)" in SaleWords(Wording("pt-BR"), "MLB").shipment(raw)
