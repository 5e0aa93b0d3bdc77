"""Purchases: recorded shapes, refusals and notifications; and sales through the control routes."""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import Client

from simulators.mercado_livre import MercadoLivre, NotPossible, Unknown
from tests.simulators.mercado_livre_sales import INVOICE, SalesShop, keys
from tests.simulators.mercado_livre_shop import (
    Receiver,
    Reply,
    Shop,
    TurnableClock,
    load_sample,
    shape,
    without_numbers,
)

# Orders, packs and shipments


def read_order(sales: SalesShop, status: str = "paid", **options: Any) -> Reply:
    order_id = sales.meli.orders_of(sales.buy(**options))[0]
    if status != "paid":
        sales.meli.set_order_status(order_id, status)
    return sales.get(f"/orders/{order_id}")


def read_pack(sales: SalesShop) -> Reply:
    pack_id = sales.buy()
    sales.meli.add_to_pack(pack_id, sales.item_id, quantity=2)
    return sales.get(f"/packs/{pack_id}")


def read_shipment(sales: SalesShop, *status: str, header: dict[str, str] | None = None) -> Reply:
    thread_id = sales.buy()
    if status:
        sales.meli.set_shipment_status(thread_id, *status)
    shipment_id = sales.meli.thread(thread_id).shipment.id
    headers = {"Authorization": f"Bearer {sales.tokens['access_token']}"} | (header or {})
    return sales.http.get(f"/shipments/{shipment_id}", headers=headers)


NEW_FORMAT = {"x-format-new": "true"}

SALES: dict[str, Callable[[SalesShop], Reply]] = {
    "orders/get.paid.200": read_order,
    "orders/get.no_pack_no_shipping.200": lambda sales: read_order(sales, in_pack=False),
    "orders/get.cancelled.200": lambda sales: read_order(sales, "cancelled"),
    "packs/get.200": read_pack,
    "shipments/get.legacy.200": read_shipment,
    "shipments/get.new_format.200": lambda sales: read_shipment(sales, header=NEW_FORMAT),
    "shipments/get.delivered.200": lambda sales: read_shipment(sales, "delivered", header=NEW_FORMAT),
    "shipments/get.buffered.200": lambda sales: read_shipment(sales, "pending", "buffered", header=NEW_FORMAT),
}


@pytest.mark.parametrize("name", SALES)
def test_a_sale_has_the_fields_of_its_sample(sales: SalesShop, name: str) -> None:
    response, sample = SALES[name](sales), load_sample(name)

    assert response.status_code == 200, response.text
    assert keys(response.json) == keys(sample)
    assert [response.json.get(name) for name in ("status", "substatus")] == [
        sample.get(name) for name in ("status", "substatus")
    ]


def test_a_purchase_is_paid_and_ready_to_be_packed(sales: SalesShop) -> None:
    pack_id = sales.buy(quantity=2)
    (order_id,) = sales.meli.orders_of(pack_id)
    order = sales.get(f"/orders/{order_id}").json
    pack = sales.get(f"/packs/{pack_id}").json

    assert (order["status"], order["total_amount"], order["pack_id"]) == ("paid", 125.92, pack_id)
    assert order["order_items"][0]["item"]["title"] == "Produto de teste"
    assert order["payments"][0]["status"] == "approved"
    assert (order["buyer"]["id"], order["seller"]["id"]) == (sales.buyer_id, sales.seller_id)
    assert pack["orders"] == [{"id": order_id}]
    assert pack["shipment"] == order["shipping"]
    assert pack["date_created"] == "2026-06-10T09:44:21.746-0400"


def test_an_order_without_a_pack_is_its_own_thread(sales: SalesShop) -> None:
    thread_id = sales.buy(in_pack=False)

    assert sales.meli.orders_of(thread_id) == [thread_id]
    assert sales.get(f"/orders/{thread_id}").json["pack_id"] is None
    with pytest.raises(NotPossible):
        sales.meli.add_to_pack(thread_id, sales.item_id)


def test_a_pack_is_cancelled_with_all_its_orders(sales: SalesShop) -> None:
    pack_id = sales.buy()
    sales.meli.add_to_pack(pack_id, sales.item_id)
    statuses = []
    for order_id in sales.meli.orders_of(pack_id):
        sales.meli.set_order_status(order_id, "cancelled")
        statuses.append(sales.get(f"/packs/{pack_id}").json["status"])

    assert statuses == ["released", "cancelled"]
    assert sales.meli.thread(pack_id).blocked == "blocked_by_cancelled_order"


SALES_REFUSED: dict[str, Callable[[SalesShop], Reply]] = {
    "orders/get.404": lambda sales: sales.get(f"/orders/{sales.buy()}"),
    "orders/get.403": lambda sales: sales.make_stranger().get(f"/orders/{sales.buy(in_pack=False)}"),
    "packs/get.404": lambda sales: sales.get(f"/packs/{sales.buy(in_pack=False)}"),
    "errors/403.access_denied": lambda sales: sales.make_stranger().get(f"/packs/{sales.buy()}"),
}


@pytest.mark.parametrize("name", SALES_REFUSED)
def test_a_sale_is_refused_in_the_recorded_words(sales: SalesShop, name: str) -> None:
    response, sample = SALES_REFUSED[name](sales), load_sample(name)

    assert response.status_code == sample["status"]
    assert without_numbers(response.json) == without_numbers(sample)


def test_shipments_of_others_are_refused(sales: SalesShop) -> None:
    shipment_id = sales.meli.thread(sales.buy()).shipment.id

    assert sales.make_stranger().get(f"/shipments/{shipment_id}").status_code == 403
    assert sales.get("/shipments/1").status_code == 404


# The search over orders


def search(sales: SalesShop, **filters: Any) -> Reply:
    return sales.get(f"/orders/search?{urlencode({'seller': sales.seller_id, **filters})}")


def found(sales: SalesShop, **filters: Any) -> list[int]:
    response = search(sales, **filters)
    assert response.status_code == 200, response.text
    return [order["id"] for order in response.json["results"]]


def order_daily(sales: SalesShop, clock: TurnableClock, days: int) -> list[int]:
    orders = []
    for _ in range(days):
        orders.extend(sales.meli.orders_of(sales.buy()))
        clock.turn(days=1)
    sales.renew_token()
    return orders


def test_a_search_over_orders_has_the_fields_of_its_sample(sales: SalesShop) -> None:
    sales.buy()
    response, sample = search(sales, sort="date_desc"), load_sample("orders/search.200")

    assert response.status_code == 200, response.text
    assert keys(response.json) == keys(sample)
    assert {name: value for name, value in response.json.items() if name != "results"} == {
        name: value for name, value in sample.items() if name != "results"
    }


def test_a_search_shows_each_order_as_it_is_read_alone(sales: SalesShop) -> None:
    order_id = sales.meli.orders_of(sales.buy())[0]

    assert search(sales).json["results"] == [sales.get(f"/orders/{order_id}").json]


def test_a_pack_is_found_by_each_of_its_orders(sales: SalesShop) -> None:
    pack_id = sales.buy()
    sales.meli.add_to_pack(pack_id, sales.item_id)

    assert found(sales) == sales.meli.orders_of(pack_id)


def test_orders_are_searched_by_their_own_seller_alone(sales: SalesShop) -> None:
    sales.buy()
    stranger = sales.make_stranger()

    assert found(stranger) == []
    assert search(stranger, seller=sales.seller_id).status_code == 403
    assert without_numbers(search(stranger, seller=sales.seller_id).json) == without_numbers(
        load_sample("errors/403.access_denied")
    )
    assert sales.get("/orders/search").status_code == 400
    assert sales.get(f"/orders/search?buyer={sales.buyer_id}").status_code == 400


def test_orders_are_sorted_by_their_day(sales: SalesShop, clock: TurnableClock) -> None:
    orders = order_daily(sales, clock, 3)
    newest_first = search(sales, sort="date_desc").json

    assert found(sales, sort="date_asc") == orders
    assert [order["id"] for order in newest_first["results"]] == orders[::-1]
    assert newest_first["sort"] == {"id": "date_desc", "name": "Date descending"}
    assert newest_first["available_sorts"] == [{"id": "date_asc", "name": "Date ascending"}]
    assert search(sales, sort="price").status_code == 400


def test_orders_are_searched_by_status_and_by_words(sales: SalesShop) -> None:
    paid, partly = (sales.meli.orders_of(sales.buy())[0] for _ in range(2))
    sales.meli.set_order_status(partly, "partially_refunded")
    other_buyer = sales.meli.add_buyer("OUTROCOMPRADOR")
    other_item = sales.meli.add_item(sales.seller_id, "Mochila azul", 129.0)
    other = sales.meli.orders_of(sales.meli.buy(other_buyer, other_item))[0]

    assert found(sales, **{"order.status": "partially_refunded"}) == [partly]
    assert found(sales, **{"order.status": "no_such_status"}) == []
    assert found(sales, q=paid) == [paid]
    assert found(sales, q="mochila") == found(sales, q=other_item) == found(sales, q="OUTROCOMPRADOR") == [other]
    assert search(sales, q="mochila").json["query"] == "mochila"


@pytest.mark.parametrize("field", ["date_created", "date_last_updated"])
def test_orders_are_searched_by_a_span_with_both_its_ends(sales: SalesShop, clock: TurnableClock, field: str) -> None:
    orders = order_daily(sales, clock, 4)
    days = [order["date_created"] for order in search(sales).json["results"]]

    assert found(sales, **{f"order.{field}.from": days[2]}) == orders[2:]
    assert found(sales, **{f"order.{field}.to": days[1]}) == orders[:2]
    assert found(sales, **{f"order.{field}.from": days[1], f"order.{field}.to": days[2]}) == orders[1:3]
    assert found(sales, **{f"order.{field}.from": "2026-06-11T13:44:21.747Z"}) == orders[2:]
    assert found(sales, **{f"order.{field}.to": "2026-06-12T00:00:00+09:00"}) == orders[:2]


@pytest.mark.parametrize("end", ["from", "to"])
@pytest.mark.parametrize("field", ["date_created", "date_last_updated"])
@pytest.mark.parametrize("moment", ["yesterday", "2026-06-10T09:44:21.746", "2026-06-10", "1781098800", "2026-13-01Z"])
def test_a_span_that_cannot_be_read_is_refused(sales: SalesShop, field: str, end: str, moment: str) -> None:
    assert search(sales, **{f"order.{field}.{end}": moment}).status_code == 400


def test_a_plus_that_was_not_escaped_is_refused(sales: SalesShop) -> None:
    query = f"seller={sales.seller_id}&order.date_created.from=2026-06-10T09:44:21.746"

    assert sales.get(f"/orders/search?{query}%2B00:00").status_code == 200
    assert sales.get(f"/orders/search?{query}+00:00").status_code == 400


def test_orders_come_in_pages_of_fifty_at_most(sales: SalesShop) -> None:
    pack_id = sales.buy()
    for _ in range(51):
        sales.meli.add_to_pack(pack_id, sales.item_id)
    orders = sales.meli.orders_of(pack_id)

    assert search(sales, limit=200).json["paging"] == {"total": 52, "offset": 0, "limit": 50}
    assert found(sales) == orders[:50]
    assert found(sales, offset=50) == orders[50:]
    assert found(sales, offset=1, limit=2) == orders[1:3]
    assert found(sales, offset=52) == []
    assert search(sales, limit="many").status_code == search(sales, offset="-1").status_code == 400


def test_a_search_leaves_cancelled_orders_out(sales: SalesShop) -> None:
    kept, cancelled = (sales.meli.orders_of(sales.buy())[0] for _ in range(2))
    sales.meli.set_order_status(cancelled, "cancelled")

    assert found(sales) == [kept]
    assert found(sales, **{"order.status": "cancelled"}) == []
    assert search(sales).json["paging"]["total"] == 1

    sales.meli.search_hides_cancelled = False

    assert found(sales) == [kept, cancelled]
    assert found(sales, **{"order.status": "cancelled"}) == [cancelled]


def test_a_search_shows_no_order_older_than_twelve_months(sales: SalesShop, clock: TurnableClock) -> None:
    order_id = sales.meli.orders_of(sales.buy())[0]
    clock.turn(days=365)
    sales.renew_token()
    last_day = found(sales)
    clock.turn(seconds=1)

    assert (last_day, found(sales)) == ([order_id], [])


def test_an_order_is_updated_with_its_status_and_its_pack(sales: SalesShop, clock: TurnableClock) -> None:
    pack_id = sales.buy()
    (order_id,) = sales.meli.orders_of(pack_id)

    def read_updates() -> list[datetime]:
        return [order.last_updated for order in sales.meli.thread(pack_id).orders]

    bought = read_updates()
    clock.turn(hours=1)
    sales.meli.set_order_status(order_id, "partially_refunded")
    refunded = read_updates()
    clock.turn(hours=1)
    added = sales.meli.add_to_pack(pack_id, sales.item_id)

    assert bought < refunded < read_updates()
    assert found(sales, **{"order.date_last_updated.from": clock.now.isoformat(timespec="milliseconds")}) == [
        order_id,
        added,
    ]


def test_what_nobody_sells_cannot_be_bought(sales: SalesShop) -> None:
    other_item = sales.meli.add_item(sales.meli.add_seller("OUTRALOJA"), "De outra loja", 1.0)
    pack_id = sales.buy()
    sales.meli.set_item_status(sales.item_id, "paused")

    with pytest.raises(NotPossible):
        sales.buy()
    with pytest.raises(NotPossible):
        sales.meli.buy(sales.buyer_id, other_item, quantity=0)
    with pytest.raises(NotPossible):
        sales.meli.buy(sales.buyer_id, other_item, logistic_type="by_pigeon")
    with pytest.raises(NotPossible):
        sales.meli.add_to_pack(pack_id, other_item)
    with pytest.raises(NotPossible):
        sales.meli.set_shipment_status(pack_id, "ready_to_print")
    with pytest.raises(NotPossible):
        sales.meli.set_order_status(sales.meli.orders_of(pack_id)[0], "ready_to_ship")
    with pytest.raises(Unknown):
        sales.meli.buy(1, other_item)
    with pytest.raises(Unknown):
        sales.meli.orders_of(1)
    with pytest.raises(Unknown):
        sales.meli.set_order_status(1, "paid")


def test_changes_of_a_sale_are_notified(sales: SalesShop, receiver: Receiver) -> None:
    thread_id = sales.buy()
    order_id = sales.meli.orders_of(thread_id)[0]
    sales.meli.set_order_status(order_id, "cancelled")
    sales.meli.set_shipment_status(thread_id, "shipped")
    sales.meli.deliver_webhooks()
    order, shipment = f"/orders/{order_id}", f"/shipments/{sales.meli.thread(thread_id).shipment.id}"

    assert [(sent["topic"], sent["resource"]) for sent in receiver.notifications] == [
        ("orders_v2", order),
        ("shipments", shipment),
        ("orders_v2", order),
        ("shipments", shipment),
    ]
    assert shape(receiver.notifications[0]) == shape(load_sample("notifications/orders_v2"))
    assert shape(receiver.notifications[1]) == shape(load_sample("notifications/shipments"))


# Control


def test_a_page_can_tell_the_story_of_a_sale(meli: MercadoLivre) -> None:
    http: Any = Client(meli.wsgi)
    meli.seed_demo()

    def act(path: str, **body: Any) -> Any:
        response = http.post(f"/_control/sales{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json.get("id")

    state = http.get("/_control/state").json
    buyer, item = state["buyers"][0]["id"], state["items"][0]["id"]
    thread = act("", buyer_id=buyer, item_id=item, quantity=2)
    order = act(f"/{thread}/orders", item_id=item)
    content = base64.b64encode(INVOICE[2]).decode()
    files = [{"filename": INVOICE[0], "type": INVOICE[1], "content": content}]
    asked = act(f"/{thread}/messages", text="Hello", attachments=files, status="pending_translation", threat=True)
    act(f"/messages/{asked}/release", text="Olá")
    answered = act(f"/{thread}/native_messages", text="Oi")
    act(f"/{thread}/read")
    act(f"/messages/{answered}/moderate", reason="PERSONAL_DATA")
    act(f"/messages/{asked}/hide")
    act(f"/messages/{asked}/show")
    act(f"/{thread}/shipment", status="shipped", substatus="out_for_delivery")
    act(f"/orders/{order}/status", status="cancelled")
    act(f"/{thread}/migrate")
    last = act(f"/{thread}/messages", text="E agora?")
    act(f"/{thread}/unblock")
    act(f"/{thread}/block", substatus="blocked_by_time")
    act("/uploads/expire")
    sale, single, pack = http.get("/_control/state").json["sales"]
    attachment = sale["messages"][0]["attachments"][0]
    act(f"/files/{attachment['filename']}/fail", how="missing")
    file = http.get(attachment["url"].removeprefix(meli.base_url))

    assert (single["messages"], pack["messages"]) == ([], [])
    assert single["orders"] == [single["thread_id"]]
    assert [one["quantity"] for one in sale["items"]] == [2, 1]
    assert (sale["order_status"], sale["shipment_status"], sale["shipment_substatus"]) == (
        "paid",
        "shipped",
        "out_for_delivery",
    )
    assert (sale["migrated"], sale["blocked_substatus"], sale["can_buyer_write"]) == (True, "blocked_by_time", True)
    assert [(message["id"], message["from"], message["status"]) for message in sale["messages"]] == [
        (asked, "buyer", "available"),
        (answered, "seller", "moderated"),
        (last, "agent", "available"),
    ]
    assert sale["messages"][1]["read"]
    assert sale["messages"][1]["moderation_reason"] == "PERSONAL_DATA"
    assert (attachment["original_filename"], attachment["threat"]) == (INVOICE[0], True)
    assert (file.data, file.content_type) == (INVOICE[2], INVOICE[1])
    assert file.headers["Access-Control-Allow-Origin"] == "*"


def test_control_routes_of_sales_say_what_is_wrong(shop: Shop) -> None:
    thread_id = shop.meli.buy(shop.buyer_id, shop.item_id)

    def act(path: str, **body: Any) -> int:
        status: int = shop.http.post(f"/_control/{path}", json=body).status_code
        return status

    bad_file = {"filename": "a.txt", "type": "text/plain", "content": "not base64!"}

    assert act("sales", buyer_id=shop.buyer_id, item_id=shop.item_id, quantity="2") == 400
    assert act("sales", buyer_id=shop.buyer_id, item_id=shop.item_id, quantity=True) == 400
    assert act(f"sales/{thread_id}/messages", text="Oi", attachments=[bad_file]) == 400
    assert act(f"sales/{thread_id}/messages", text="Oi", attachments=[bad_file | {"filename": 1, "content": ""}]) == 400
    assert act("sales/1/messages", text="Oi") == 404
    assert act(f"sales/{thread_id}/shipment", status="lost") == 409
    assert act("sales/files/none/fail", how="missing") == 404
    assert act("switches", claim_key="claims") == 400
    assert act("switches", max_messages_listed=None, block_envelope="cause", page_limit_max=50) == 200
