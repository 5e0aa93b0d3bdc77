"""Orders and packs, as recorded, become what the bridge works with."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.mercado_livre.sale_resources import Cancellation, Order, OrderItem, Pack, Payment
from tests.recorded import names_in, recorded

SHIPMENT = "44900000001"


def make_order(**fields: Any) -> Order:
    return Order.from_json(recorded("mercado_livre/orders/get.paid.200") | fields)


PAID = Order(
    id="2000011000000001",
    status="paid",
    pack_id="2000007000000001",
    buyer_id=3100000099,
    buyer_nickname="",
    items=(OrderItem("MLB9000000001", "Produto de teste", 2, sku="SKU-1"),),
    total_amount=125.92,
    currency_id="BRL",
    payments=(Payment("approved", 125.92, payment_type="account_money"),),
    shipment_id=SHIPMENT,
    tags=("pack_order", "order_has_discount", "catalog", "paid", "not_delivered"),
    date_closed=datetime(2026, 6, 10, 13, 35, 43, tzinfo=UTC),
    last_updated="2026-06-10T09:37:20.000-04:00",
)


CANCELLED = Cancellation("buyer", "cancel_purchase_by_buyer", "O comprador desistiu da compra", "buyer")


def test_a_recorded_order_is_understood() -> None:
    for name, fields in {
        "get.paid": {},
        "get.cancelled": {"status": "cancelled"},
        "get.no_pack_no_shipping": {"pack_id": "", "shipment_id": ""},
        "get.with_nickname": {"buyer_nickname": "COMPRADORTESTE"},
        "cancelled_by_buyer": {"status": "cancelled", "cancel_detail": CANCELLED, "refunded": 125.92},
        "partially_refunded": {"status": "partially_refunded", "claim_ids": ("5300000130",), "refunded": 62.96},
        "paid_refunded_to_account_money": {"refunded": 125.92, "payment_status": "refunded"},
        "fraud_risk": {"tags": ("pack_order", "paid", "not_delivered", "fraud_risk_detected")},
        "no_shipping": {"shipment_id": "", "pack_id": ""},
        "variation_custom_field": {
            "items": (OrderItem("MLB9000000001", "Liquidificador de teste 110V", 1, "Voltagem: 110V", "OLD-77"),)
        },
    }.items():
        order = Order.from_json(recorded(f"mercado_livre/orders/{name}.200"))

        for field, value in fields.items():
            assert getattr(order, field) == value, (name, field)
        if name == "get.paid":
            assert order == PAID


def test_an_order_is_stored_and_read_again_by_another_version_too() -> None:
    for name in ("cancelled_by_buyer", "partially_refunded", "variation"):
        order = Order.from_json(recorded(f"mercado_livre/orders/{name}.200"))
        stored = json.loads(json.dumps(asdict(order), default=datetime.isoformat))

        assert Order.from_stored({**stored, "of_a_newer_version": 1}) == order
        del stored["claim_ids"], stored["tags"]
        assert Order.from_stored(stored) == replace(order, claim_ids=(), tags=())


def test_an_order_in_part_keeps_what_was_known_and_is_not_taken_for_read() -> None:
    fields = recorded("mercado_livre/orders/partial.206")
    partial = Order.from_json(fields, is_partial=True)
    before = replace(PAID, buyer_id=7, last_updated="before")

    assert (partial.buyer_id, partial.last_updated) == (0, "")
    assert partial.completed_by(before).buyer_id == 7
    assert partial.completed_by(None) == partial
    assert replace(partial, last_updated="now").completed_by(before).buyer_id == 0


def test_no_recorded_order_is_left_out() -> None:
    assert len(names_in("mercado_livre/orders", "get.*.200")) == 4


def test_every_order_of_a_recorded_search_is_understood() -> None:
    assert [Order.from_json(fields) for fields in recorded("mercado_livre/orders/search.200")["results"]] == [PAID]


def test_an_answer_in_part_may_lack_any_field_but_the_id() -> None:
    whole = recorded("mercado_livre/orders/get.paid.200")
    for name in whole.keys() - {"id"}:
        left_out = {field: value for field, value in whole.items() if field != name}
        for fields in (left_out, {**whole, name: None}):
            order = Order.from_json(fields)

            shown = (order.status, order.pack_id, order.currency_id, order.shipment_id, order.items)
            assert order.id == PAID.id, name
            assert "None" not in map(str, shown), name


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], ()),
        ([{}], (OrderItem("", "", 1),)),
        ([{"item": None, "quantity": None}], (OrderItem("", "", 1),)),
        ([{"item": {"id": "MLB1", "title": None}, "quantity": 3}], (OrderItem("MLB1", "", 3),)),
    ],
)
def test_an_item_may_lack_what_an_agent_can_do_without(items: object, expected: tuple[OrderItem, ...]) -> None:
    assert make_order(order_items=items).items == expected


def test_a_payment_that_was_tried_again_tells_the_last_outcome() -> None:
    assert make_order(payments=[{"status": "rejected"}, {"status": "approved"}]).payment_status == "approved"


@pytest.mark.parametrize(("payments", "expected"), [([], ""), (None, ""), ([None], ""), ([{"status": None}], "")])
def test_an_order_may_have_no_payment(payments: object, expected: str) -> None:
    assert make_order(payments=payments).payment_status == expected


@pytest.mark.parametrize(("amount", "expected"), [(125, 125.0), (0, 0.0), (None, None), ("125.92", None)])
def test_an_amount_that_is_no_number_is_unknown(amount: object, expected: float | None) -> None:
    assert make_order(total_amount=amount).total_amount == expected


def test_a_recorded_pack_is_understood() -> None:
    assert Pack.from_json(recorded("mercado_livre/packs/get.200")) == Pack(
        id="2000007000000001",
        buyer_id=3100000099,
        order_ids=("2000011000000001", "2000011000000002"),
        shipment_id=SHIPMENT,
    )


@pytest.mark.parametrize("missing", [{"buyer": None}, {"orders": None}, {"shipment": None}, {"shipment": {"id": None}}])
def test_a_pack_may_lack_what_the_bridge_can_do_without(missing: dict[str, Any]) -> None:
    pack = Pack.from_json(recorded("mercado_livre/packs/get.200") | missing)

    assert pack.id == "2000007000000001"
    assert pack.shipment_id in ("", SHIPMENT)
