"""Orders, packs and shipments, as recorded, become what the bridge works with."""

from typing import Any

import pytest

from chalicelib.mercado_livre.sale_resources import Order, OrderItem, Pack, Shipment
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
    payment_status="approved",
    shipment_id=SHIPMENT,
)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("paid", {}),
        ("cancelled", {"status": "cancelled"}),
        ("no_pack_no_shipping", {"pack_id": "", "shipment_id": ""}),
        ("with_nickname", {"buyer_nickname": "COMPRADORTESTE"}),
    ],
)
def test_a_recorded_order_is_understood(name: str, fields: dict[str, Any]) -> None:
    order = Order.from_json(recorded(f"mercado_livre/orders/get.{name}.200"))

    assert vars(order) == vars(PAID) | fields


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


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("new_format", "ready_to_ship"),
        ("legacy", "ready_to_ship"),
        ("buffered", "pending"),
        ("delivered", "delivered"),
    ],
)
def test_a_recorded_shipment_is_understood(name: str, status: str) -> None:
    shipment = Shipment.from_json(recorded(f"mercado_livre/shipments/get.{name}.200"))

    assert shipment == Shipment(SHIPMENT, status, "MEL44900000001FMDOR01")


def test_no_recorded_shipment_is_left_out() -> None:
    assert len(names_in("mercado_livre/shipments", "get.*.200")) == 4


def test_a_shipment_may_have_no_tracking_number() -> None:
    assert Shipment.from_json({"id": 1, "tracking_number": None}) == Shipment("1", "", "")
