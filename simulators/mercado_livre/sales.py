"""Purchases: orders, packs and shipments.

https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
https://developers.mercadolivre.com.br/pt_br/gestao-packs
https://developers.mercadolivre.com.br/pt_br/envios
"""

import copy
import dataclasses

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import answer
from simulators.mercado_livre.items import Items
from simulators.mercado_livre.sale_views import (
    SalePlace,
    view_order,
    view_pack,
    view_shipment,
    view_shipment_before,
)
from simulators.mercado_livre.state import Order, Sale, Shipment

LOGISTIC_TYPES = ("cross_docking", "drop_off", "xd_drop_off", "self_service", "fulfillment")
ORDER_STATUSES = (
    "confirmed",
    "payment_required",
    "payment_in_process",
    "partially_paid",
    "paid",
    "partially_refunded",
    "pending_cancel",
    "cancelled",
    "invalid",
)
SHIPMENT_STATUSES = (
    "to_be_agreed",
    "pending",
    "handling",
    "ready_to_ship",
    "shipped",
    "delivered",
    "not_delivered",
    "cancelled",
)


class Sales(Items):
    """A sale is known by its thread id: the pack's id, or the order's when it has no pack."""

    def buy(
        self,
        buyer_id: int,
        item_id: str,
        *,
        quantity: int = 1,
        in_pack: bool = True,
        logistic_type: str = "cross_docking",
        variation: dict[str, str] | None = None,
    ) -> int:
        """A paid order with its shipment; returns the thread id. `variation` is what was chosen: {"Cor": "Azul"}."""
        with self.lock:
            if buyer_id not in self.state.buyers:
                raise errors.Unknown(f"no buyer {buyer_id}")
            _check_choice(logistic_type, LOGISTIC_TYPES)
            order = self._make_order(item_id, quantity)
            order.variation = variation or {}
            now = self.clock()
            sale = Sale(
                id=next(self.state.pack_ids) if in_pack else order.id,
                in_pack=in_pack,
                seller_id=self._find_item(item_id).seller_id,
                buyer_id=buyer_id,
                orders=[order],
                shipment=Shipment(
                    next(self.state.shipment_ids), logistic_type, "ready_to_ship", "ready_to_print", now, now
                ),
                date_created=now,
                last_updated=now,
                status_date=now,
            )
            self.state.sales[sale.id] = sale
            self._notify_order(sale, order)
            self._notify_shipment(sale)
            return sale.id

    def add_to_pack(self, pack_id: int, item_id: str, *, quantity: int = 1) -> int:
        """Another order of the same cart; returns the order's id."""
        with self.lock:
            sale = self._find_sale(pack_id)
            if not sale.in_pack:
                raise errors.NotPossible(f"order {pack_id} is in no pack")
            if self._find_item(item_id).seller_id != sale.seller_id:
                raise errors.NotPossible(f"item {item_id} is of another seller")
            order = self._make_order(item_id, quantity)
            sale.orders.append(order)
            sale.last_updated = self.clock()
            for one in sale.orders:
                one.last_updated = sale.last_updated
            self._notify_order(sale, order)
            return order.id

    def split_off(self, order_id: int, *, in_pack: bool = False) -> int:
        """An order goes its own way, with a shipment and a conversation of its own; returns the thread id."""
        with self.lock:
            sale, order = self._find_order(order_id)
            if len(sale.orders) < 2:
                raise errors.NotPossible(f"order {order_id} is alone")
            sale.orders.remove(order)
            now = self.clock()
            own = dataclasses.replace(
                sale,
                id=next(self.state.pack_ids) if in_pack else order.id,
                in_pack=in_pack,
                orders=[order],
                shipment=dataclasses.replace(sale.shipment, id=next(self.state.shipment_ids)),
                messages=[],
                last_updated=now,
                status_date=now,
            )
            self.state.sales[own.id] = own
            self._notify_order(own, order)
            return own.id

    def orders_of(self, thread_id: int) -> list[int]:
        with self.lock:
            return [order.id for order in self._find_sale(thread_id).orders]

    def set_order_status(self, order_id: int, status: str) -> None:
        """When all of a sale is cancelled before anyone wrote, the conversation does not open."""
        with self.lock:
            _check_choice(status, ORDER_STATUSES)
            sale, order = self._find_order(order_id)
            order.status = status
            order.last_updated = sale.last_updated = self.clock()
            if not sale.messages and all(one.status == "cancelled" for one in sale.orders):
                sale.blocked = "blocked_by_cancelled_order"
                sale.status_date = self.clock()
            self._notify_order(sale, order)

    def set_shipment_status(self, thread_id: int, status: str, substatus: str = "") -> None:
        with self.lock:
            _check_choice(status, SHIPMENT_STATUSES)
            sale = self._find_sale(thread_id)
            blocked_before = sale.substatus
            sale.shipment.status = status
            sale.shipment.substatus = substatus
            sale.shipment.last_updated = self.clock()
            if sale.substatus != blocked_before:
                sale.status_date = self.clock()
            self._notify_shipment(sale)

    def thread(self, thread_id: int) -> Sale:
        """A snapshot of the sale with its messages in the order of writing."""
        with self.lock:
            return copy.deepcopy(self._find_sale(thread_id))

    def _make_order(self, item_id: str, quantity: int) -> Order:
        item = self._find_item(item_id)
        if item.status != "active":
            raise errors.NotPossible(f"item {item_id} is {item.status}: it cannot be bought")
        if quantity < 1:
            raise errors.NotPossible(f"nobody buys {quantity}")
        now = self.clock()
        return Order(
            id=next(self.state.order_ids),
            item_id=item_id,
            title=item.title,
            quantity=quantity,
            unit_price=item.price,
            payment_id=next(self.state.payment_ids),
            status="paid",
            date_created=now,
            last_updated=now,
        )

    def _find_sale(self, thread_id: int) -> Sale:
        sale = self.state.sales.get(thread_id)
        if sale is None:
            raise errors.Unknown(f"no sale {thread_id}")
        return sale

    def _find_order(self, order_id: int) -> tuple[Sale, Order]:
        for sale in self.state.sales.values():
            for order in sale.orders:
                if order.id == order_id:
                    return sale, order
        raise errors.Unknown(f"no order {order_id}")

    def _notify_order(self, sale: Sale, order: Order) -> None:
        self._notify_change("orders_v2", f"/orders/{order.id}", sale.seller_id)

    def _notify_shipment(self, sale: Sale) -> None:
        self._notify_change("shipments", f"/shipments/{sale.shipment.id}", sale.seller_id)

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("GET", "/orders/<int:order_id>")
        def get_order(caller: int, order_id: int) -> Response:
            try:
                sale, order = self._find_order(order_id)
            except errors.Unknown as error:
                raise errors.not_found("Order does not exist") from error
            if sale.seller_id != caller:
                raise errors.forbidden("The user has not access to the order")
            return answer(view_order(sale, order, self._place))

        @self.api_route("GET", "/packs/<int:pack_id>")
        def get_pack(caller: int, pack_id: int) -> Response:
            sale = self.state.sales.get(pack_id)
            if sale is None or not sale.in_pack:
                raise errors.not_found("Order do not exists")
            _check_seller(caller, sale)
            return answer(view_pack(sale))

        @self.api_route("GET", "/shipments/<int:shipment_id>")
        def get_shipment(caller: int, shipment_id: int) -> Response:
            sale = self._find_shipped(shipment_id)
            _check_seller(caller, sale)
            new = request.headers.get("x-format-new") == "true"
            return answer((view_shipment if new else view_shipment_before)(sale, self._place))

    def _find_shipped(self, shipment_id: int) -> Sale:
        for sale in self.state.sales.values():
            if sale.shipment.id == shipment_id:
                return sale
        raise errors.not_found(f"Not found shipping for id: {shipment_id}")  # wording not documented

    @property
    def _place(self) -> SalePlace:
        return SalePlace(self.site_id, self._currency)


def _check_seller(caller: int, sale: Sale) -> None:
    """How another seller's pack or shipment is refused is not documented; here as any resource of another user."""
    if sale.seller_id != caller:
        raise errors.access_denied()


def _check_choice(value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise errors.NotPossible(f"{value} is not one of {', '.join(choices)}")
