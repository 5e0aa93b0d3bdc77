"""The life of an order: paid, invoice, label, carried, delivered; cancelled, refunded, split and claimed."""

from typing import Any

import pytest

from simulators.mercado_livre import MercadoLivre, NotPossible
from simulators.mercado_livre.shipping import EVENTS
from tests.simulators.mercado_livre_sales import SalesShop, keys
from tests.simulators.mercado_livre_shop import load_sample

CLAIMS = "/post-purchase/v1/claims"


def get(sales: SalesShop, path: str) -> Any:
    token = sales.tokens["access_token"]
    headers = {"Authorization": f"Bearer {token}", "x-format-new": "true", "X-New-Domain": "true"}
    return sales.http.get(path, headers=headers)


def shipment_of(sales: SalesShop, sale: int) -> str:
    return f"/shipments/{sales.meli.thread(sale).shipment.id}"


def state_of(sales: SalesShop, sale: int) -> tuple[str, str]:
    shown = get(sales, shipment_of(sales, sale)).json
    return shown["status"], shown["substatus"]


def test_what_belongs_to_a_sale_has_the_fields_of_its_sample(sales: SalesShop) -> None:
    sale = sales.buy()
    sales.meli.delay(sale)
    shipment, claim = shipment_of(sales, sale), f"{CLAIMS}/{sales.meli.open_claim(sale)}"
    order = sales.meli.orders_of(sale)[0]
    for sample, path in {
        "shipments/carrier.200": f"{shipment}/carrier",
        "shipments/sla.delayed.200": f"{shipment}/sla",
        "shipments/delays.200": f"{shipment}/delays",
        "shipments/history.200": f"{shipment}/history",
        "shipments/orders.200": f"{shipment}/orders",
        "claims/pdd.opened.200": claim,
        "claims/detail.seller.200": f"{claim}/detail",
        "claims/affects_reputation.with_incentive.200": f"{claim}/affects-reputation",
        "claims/reason.200": f"{CLAIMS}/reasons/PDD9939",
        "items/sale_price.no_offer.200": f"/items/{sales.item_id}/sale_price",
        "items/bulk.200": f"/items/bulk?ids={sales.item_id}",
    }.items():
        response = get(sales, path)

        assert response.status_code == 200, path
        shown, expected = keys(response.json), keys(load_sample(sample))
        assert (shown[:1] if isinstance(shown, list) else shown) == (
            expected[:1] if isinstance(expected, list) else expected
        ), sample
    assert get(sales, f"/orders/{order}").json["mediations"] == [{"id": int(claim.rpartition("/")[2])}]


def test_a_purchase_waits_for_its_payment_and_its_invoice(sales: SalesShop) -> None:
    sale = sales.buy(is_paid=False)
    label = f"/shipment_labels?shipment_ids={shipment_of(sales, sale).rpartition('/')[2]}"

    assert state_of(sales, sale) == ("pending", "waiting_for_payment")
    assert get(sales, label).json["failed_shipments"][0]["cause"] == "NOT_PRINTABLE_STATUS"
    sales.meli.pay(sale, has_invoice=False)
    assert state_of(sales, sale) == ("ready_to_ship", "invoice_pending")
    sales.meli.issue_invoice(sale)
    assert state_of(sales, sale) == ("ready_to_ship", "ready_to_print")
    assert get(sales, label).data.startswith(b"%PDF")
    assert state_of(sales, sale) == ("ready_to_ship", "printed")
    with pytest.raises(NotPossible):
        sales.meli.pay(sale)
    with pytest.raises(NotPossible):
        sales.meli.issue_invoice(sale)


def test_each_kind_of_logistics_takes_a_parcel_in_its_own_way(sales: SalesShop) -> None:
    handed = {}
    for kind in ("cross_docking", "xd_drop_off", "drop_off", "self_service"):
        sale = sales.buy(logistic_type=kind)
        sales.meli.hand_over(sale)
        handed[kind] = state_of(sales, sale)

    assert handed == {
        "cross_docking": ("ready_to_ship", "picked_up"),
        "xd_drop_off": ("ready_to_ship", "dropped_off"),
        "drop_off": ("shipped", None),
        "self_service": ("shipped", "out_for_delivery"),
    }
    for event, (status, substatus) in EVENTS.items():
        sales.meli.carry(sale, event)
        assert state_of(sales, sale) == (status, substatus or None)


def test_money_is_given_back_and_a_purchase_cancelled(sales: SalesShop) -> None:
    sale = sales.buy(quantity=2)
    order = sales.meli.orders_of(sale)[0]

    sales.meli.refund(order, 62.96)
    shown = get(sales, f"/orders/{order}").json
    assert (shown["status"], shown["payments"][0]["transaction_amount_refunded"]) == ("partially_refunded", 62.96)
    with pytest.raises(NotPossible):
        sales.meli.refund(order, 100)
    sales.meli.cancel(sale, requested_by="seller", group="seller", code="no_stock", description="Sem estoque")
    shown = get(sales, f"/orders/{order}").json
    assert (shown["status"], shown["cancel_detail"]["requested_by"]) == ("cancelled", "seller")
    assert state_of(sales, sale) == ("cancelled", None)
    mexican = sales.meli.orders_of(sales.buy())[0]
    sales.meli.refund(mexican, to_account=True)
    shown = get(sales, f"/orders/{mexican}").json
    assert (shown["status"], "unfulfilled" in shown["tags"]) == ("paid", True)


def test_two_purchases_take_the_place_of_one_that_is_split(sales: SalesShop) -> None:
    sale = sales.buy(quantity=3)

    first, second = sales.meli.split(sale)

    assert state_of(sales, sale) == ("cancelled", "pack_splitted")
    assert get(sales, f"/packs/{sale}").json["status_detail"] == "splitted"
    shown = [get(sales, shipment_of(sales, part)).json["sibling"]["sibling_id"] for part in (first, second)]
    assert shown == [sales.meli.thread(sale).shipment.id] * 2
    assert [sales.meli.thread(part).orders[0].quantity for part in (first, second)] == [1, 2]
    with pytest.raises(NotPossible):
        sales.meli.split(first)


def test_a_claim_is_announced_mediated_and_closed(sales: SalesShop, meli: MercadoLivre) -> None:
    sale = sales.buy()
    claim = meli.open_claim(sale, reason_id="PNR3430", about="shipment")
    shown = get(sales, f"{CLAIMS}/{claim}").json
    assert (shown["stage"], shown["resource"], len(shown["players"])) == ("claim", "shipment", 2)

    meli.mediate_claim(claim)
    assert meli.thread(sale).blocked == "blocked_by_mediation"
    assert get(sales, f"{CLAIMS}/{claim}").json["stage"] == "dispute"
    meli.close_claim(claim, reason="coverage_decision")
    assert meli.thread(sale).blocked == ""
    assert get(sales, f"{CLAIMS}/{claim}").json["resolution"]["reason"] == "coverage_decision"
    with pytest.raises(NotPossible):
        meli.close_claim(claim)
    order = meli.orders_of(sale)[0]
    assert get(sales, f"{CLAIMS}/search?order_id={order}").json["paging"]["total"] == 1
    assert get(sales, f"{CLAIMS}/search").status_code == 400


def test_an_order_in_part_says_what_it_lacks(sales: SalesShop) -> None:
    order = sales.meli.orders_of(sales.buy())[0]
    sales.meli.order_fields_missing = ["buyer", "feedback"]

    response = get(sales, f"/orders/{order}")

    assert (response.status_code, response.headers["X-Content-Missing"]) == (206, "buyer,feedback")
    assert response.json.keys() == load_sample("orders/partial.206").keys()


def test_a_listing_sells_out_and_is_offered_for_less(sales: SalesShop) -> None:
    sales.meli.set_variations(sales.item_id, {"Azul": 3, "Verde": 0})
    sales.meli.set_price(sales.item_id, 50.0, regular_price=62.96)

    assert get(sales, f"/items/{sales.item_id}").json["available_quantity"] == 3
    assert get(sales, f"/items/{sales.item_id}/sale_price").json["amount"] == 50.0
    sales.meli.set_stock(sales.item_id, 0)
    assert get(sales, f"/items/{sales.item_id}").json["sub_status"] == ["out_of_stock"]
    sales.meli.set_stock(sales.item_id, 2)
    assert get(sales, f"/items/{sales.item_id}").json["status"] == "active"
