"""Purchases: orders and packs, paid, refunded, cancelled and divided.

https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
https://developers.mercadolivre.com.br/pt_br/gestao-packs
"""

import copy
import dataclasses
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Response

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import answer
from simulators.mercado_livre.items import Items
from simulators.mercado_livre.sale_views import SalePlace, view_order, view_pack
from simulators.mercado_livre.state import Cancellation, Claim, Order, Sale, Shipment, ShipmentState

HANDLING = timedelta(days=1)
DELIVERY = timedelta(days=5)

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

    def _start_afresh(self) -> None:
        super()._start_afresh()
        self.order_fields_missing: list[str] = []

    def buy(
        self,
        buyer_id: int,
        item_id: str,
        *,
        quantity: int = 1,
        in_pack: bool = True,
        logistic_type: str = "cross_docking",
        variation: dict[str, str] | None = None,
        is_paid: bool = True,
        has_invoice: bool = True,
    ) -> int:
        """An order with its shipment; returns the thread id. `variation` is what was chosen: {"Cor": "Azul"}.

        One that is not paid waits for `pay`, and its label, where it has no invoice, for `issue_invoice`.
        """
        with self.lock:
            if buyer_id not in self.state.buyers:
                raise errors.Unknown(f"no buyer {buyer_id}")
            check_choice(logistic_type, LOGISTIC_TYPES)
            order = self._make_order(item_id, quantity)
            order.variation = variation or {}
            now = self.clock()
            sale = Sale(
                id=next(self.state.pack_ids) if in_pack else order.id,
                in_pack=in_pack,
                seller_id=self._find_item(item_id).seller_id,
                buyer_id=buyer_id,
                orders=[order],
                shipment=self._make_shipment(logistic_type),
                date_created=now,
                last_updated=now,
                status_date=now,
            )
            self.state.sales[sale.id] = sale
            if not is_paid:
                order.status = "payment_in_process"
                self._set_state(sale.shipment, "pending", "waiting_for_payment")
            elif not has_invoice:
                self._set_state(sale.shipment, "ready_to_ship", "invoice_pending")
            self._notify_order(sale, order)
            self._notify_shipment(sale)
            return sale.id

    def pay(self, thread_id: int, *, has_invoice: bool = True) -> None:
        """The payment of a purchase is approved, and its label can be printed once it has an invoice."""
        with self.lock:
            sale = self._find_sale(thread_id)
            if any(order.status == "paid" for order in sale.orders):
                raise errors.NotPossible(f"sale {thread_id} is paid")
            for order in sale.orders:
                order.status = "paid"
                self._touch(sale, order)
            self._set_state(sale.shipment, "ready_to_ship", "ready_to_print" if has_invoice else "invoice_pending")
            self._notify_shipment(sale)

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
                shipment=dataclasses.replace(
                    sale.shipment, id=next(self.state.shipment_ids), history=[*sale.shipment.history]
                ),
                messages=[],
                last_updated=now,
                status_date=now,
            )
            self.state.sales[own.id] = own
            self._notify_order(own, order)
            return own.id

    def split(self, pack_id: int) -> list[int]:
        """The seller sends a purchase in two: it is cancelled, and two others take its place; their thread ids.

        https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
        """
        with self.lock:
            sale = self._find_sale(pack_id)
            if sale.shipment.logistic_type in ("self_service", "fulfillment"):
                raise errors.NotPossible("Flex and Full are not split")
            halves = _halve(sale.orders)
            if sale.shipment.status not in ("pending", "handling", "ready_to_ship"):
                raise errors.NotPossible(f"shipment {sale.shipment.id} is on its way")
            sale.was_split = True
            parts = [self._split_into(sale, half) for half in halves]
            for order in sale.orders:
                order.cancellation = Cancellation("shipment", "pack_splitted", "O pacote foi dividido", "seller")
                order.status = "cancelled"
                self._touch(sale, order)
            self._set_state(sale.shipment, "cancelled", "pack_splitted")
            self._notify_shipment(sale)
            for part in parts:
                self._notify_order(part, part.orders[0])
                self._notify_shipment(part)
            return [part.id for part in parts]

    def _split_into(self, sale: Sale, half: list[tuple[Order, int]]) -> Sale:
        now = self.clock()
        orders = [
            dataclasses.replace(
                order,
                id=next(self.state.order_ids),
                payment_id=next(self.state.payment_ids),
                quantity=quantity,
                date_created=now,
                last_updated=now,
            )
            for order, quantity in half
        ]
        shipment = self._make_shipment(sale.shipment.logistic_type)
        # How the new shipments name the old one is not documented; the field is.
        shipment.sibling_id = sale.shipment.id
        part = dataclasses.replace(
            sale,
            id=next(self.state.pack_ids),
            in_pack=True,
            orders=orders,
            shipment=shipment,
            messages=[],
            was_split=False,
            date_created=now,
            last_updated=now,
            status_date=now,
        )
        self.state.sales[part.id] = part
        return part

    def orders_of(self, thread_id: int) -> list[int]:
        with self.lock:
            return [order.id for order in self._find_sale(thread_id).orders]

    def refund(self, order_id: int, amount: float | None = None, *, to_account: bool = False) -> None:
        """Give money back, all of what is left unless told how much.

        To the account of a buyer in Mexico, the order stays paid.
        """
        with self.lock:
            sale, order = self._find_order(order_id)
            left = round(order.total - order.refunded, 2)
            if not 0 < (amount or left) <= left:
                raise errors.NotPossible(f"{amount} of {left} cannot be given back")
            order.refunded = round(order.refunded + (amount or left), 2)
            order.is_unfulfilled = to_account
            if not to_account:
                order.status = "partially_refunded" if order.refunded < order.total else order.status
            self._touch(sale, order)

    def cancel(
        self,
        thread_id: int,
        *,
        requested_by: str = "buyer",
        group: str = "buyer",
        code: str = "cancel_purchase_by_buyer",
        description: str = "O comprador desistiu da compra",
    ) -> None:
        """A purchase is cancelled and paid back, its shipment with it where it is not on its way."""
        with self.lock:
            sale = self._find_sale(thread_id)
            for order in sale.orders:
                order.cancellation = Cancellation(group, code, description, requested_by)
                order.refunded = order.total
                self.set_order_status(order.id, "cancelled")
            if sale.shipment.status in ("pending", "handling", "ready_to_ship"):
                self._set_state(sale.shipment, "cancelled", "")
                self._notify_shipment(sale)

    def flag_fraud(self, order_id: int) -> None:
        """Mercado Livre warns not to dispatch it."""
        with self.lock:
            sale, order = self._find_order(order_id)
            order.is_fraud_risk = True
            self._touch(sale, order)

    def touch_order(self, order_id: int) -> None:
        """Something of it changes that is not to be seen, which is notified as well."""
        with self.lock:
            self._touch(*self._find_order(order_id))

    def _touch(self, sale: Sale, order: Order) -> None:
        order.last_updated = sale.last_updated = self.clock()
        self._notify_order(sale, order)

    def set_order_status(self, order_id: int, status: str) -> None:
        """When all of a sale is cancelled before anyone wrote, the conversation does not open."""
        with self.lock:
            check_choice(status, ORDER_STATUSES)
            sale, order = self._find_order(order_id)
            order.status = status
            if not sale.messages and all(one.status == "cancelled" for one in sale.orders):
                sale.blocked = "blocked_by_cancelled_order"
                sale.status_date = self.clock()
            self._touch(sale, order)

    def set_shipment_status(self, thread_id: int, status: str, substatus: str = "") -> None:
        with self.lock:
            check_choice(status, SHIPMENT_STATUSES)
            sale = self._find_sale(thread_id)
            blocked_before = sale.substatus
            self._set_state(sale.shipment, status, substatus)
            if sale.substatus != blocked_before:
                sale.status_date = self.clock()
            self._notify_shipment(sale)

    def _set_state(self, shipment: Shipment, status: str, substatus: str) -> None:
        shipment.status, shipment.substatus = status, substatus
        shipment.last_updated = self.clock()
        shipment.history.append(ShipmentState(status, substatus, self.clock()))

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

    def _make_shipment(self, logistic_type: str) -> Shipment:
        now = self.clock()
        shipment = Shipment(
            next(self.state.shipment_ids), logistic_type, "", "", now, now, now + HANDLING, now + DELIVERY
        )
        self._set_state(shipment, "ready_to_ship", "ready_to_print")
        return shipment

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
            return self._answer_order(sale, order)

        @self.api_route("GET", "/packs/<int:pack_id>")
        def get_pack(caller: int, pack_id: int) -> Response:
            sale = self.state.sales.get(pack_id)
            if sale is None or not sale.in_pack:
                raise errors.not_found("Order do not exists")
            check_seller(caller, sale)
            return answer(view_pack(sale))

    def _answer_order(self, sale: Sale, order: Order) -> Response:
        """Whole or, with status 206, without what could not be had in time."""
        view = self._view_order(sale, order)
        if not self.order_fields_missing:
            return answer(view)
        whole = answer({name: value for name, value in view.items() if name not in self.order_fields_missing}, 206)
        whole.headers["X-Content-Missing"] = ",".join(self.order_fields_missing)
        return whole

    def _view_order(self, sale: Sale, order: Order) -> dict[str, Any]:
        return view_order(sale, order, self._place, self.claims_of(order.id))

    def claims_of(self, order_id: int) -> list[Claim]:
        return [claim for claim in self.state.claims.values() if order_id in claim.order_ids]

    @property
    def _place(self) -> SalePlace:
        return SalePlace(self.site_id, self._currency)


def check_seller(caller: int, sale: Sale) -> None:
    """How another seller's pack or shipment is refused is not documented; here as any resource of another user."""
    if sale.seller_id != caller:
        raise errors.access_denied()


def check_choice(value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise errors.NotPossible(f"{value} is not one of {', '.join(choices)}")


def _halve(orders: Iterable[Order]) -> list[list[tuple[Order, int]]]:
    """Two parts of a purchase: some of its orders each or, of one order, some of its units."""
    whole = [(order, order.quantity) for order in orders]
    if len(whole) > 1:
        return [whole[: len(whole) // 2], whole[len(whole) // 2 :]]
    [(order, quantity)] = whole
    if quantity < 2:
        raise errors.NotPossible(f"order {order.id} is of one unit")
    return [[(order, quantity // 2)], [(order, quantity - quantity // 2)]]
