"""Shipments: what becomes of them on their way, and what the API tells of them.

https://developers.mercadolivre.com.br/pt_br/envios
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import answer
from simulators.mercado_livre.sales import Sales, check_choice, check_seller
from simulators.mercado_livre.shipment_views import (
    make_tracking_number,
    view_costs,
    view_delays,
    view_history,
    view_lead_time,
    view_shipment,
    view_shipment_before,
    view_shipped_items,
    view_shipped_orders,
    view_sla,
)
from simulators.mercado_livre.state import Sale

# What happens to a parcel, by the name of an act: the state in which it is then.
EVENTS = {
    "wait_for_invoice": ("ready_to_ship", "invoice_pending"),
    "hold_back": ("pending", "buffered"),
    "print": ("ready_to_ship", "printed"),
    "pack": ("ready_to_ship", "packed"),
    "pick_up": ("ready_to_ship", "picked_up"),
    "drop_off": ("ready_to_ship", "dropped_off"),
    "reach_hub": ("ready_to_ship", "in_hub"),
    "ship": ("shipped", ""),
    "go_out": ("shipped", "out_for_delivery"),
    "miss_receiver": ("shipped", "receiver_absent"),
    "wait_for_buyer": ("shipped", "waiting_for_withdrawal"),
    "deliver": ("delivered", ""),
    "turn_back": ("not_delivered", "returning_to_sender"),
    "bring_back": ("not_delivered", "returned"),
    "lose": ("not_delivered", "lost"),
}

# How a parcel leaves its seller, by the kind of logistics.
HAND_OVERS = {
    "cross_docking": "pick_up",
    "xd_drop_off": "drop_off",
    "drop_off": "ship",
    "self_service": "go_out",
    "fulfillment": "ship",
}
WITHOUT_DEADLINE = ("cancelled", "delivered", "not_delivered")
NEW_DOMAIN = "X-New-Domain"


class Shipping(Sales):
    def issue_invoice(self, thread_id: int) -> None:
        """The invoice that a label waits for is there."""
        with self.lock:
            sale = self._find_sale(thread_id)
            if sale.shipment.substatus != "invoice_pending":
                raise errors.NotPossible(f"shipment {sale.shipment.id} waits for no invoice")
            self.set_shipment_status(thread_id, "ready_to_ship", "ready_to_print")

    def hand_over(self, thread_id: int) -> None:
        """The seller gives the parcel away, as its kind of logistics has it."""
        with self.lock:
            self.carry(thread_id, HAND_OVERS[self._find_sale(thread_id).shipment.logistic_type])

    def carry(self, thread_id: int, event: str) -> None:
        """Something happens to a parcel: one of `EVENTS`."""
        check_choice(event, tuple(EVENTS))
        self.set_shipment_status(thread_id, *EVENTS[event])

    def delay(self, thread_id: int, *, days: int = 0) -> None:
        """It is late: its dispatch or, where days are given, its arrival, which is promised for later."""
        with self.lock:
            sale = self._find_sale(thread_id)
            sale.shipment.promised += timedelta(days=days)
            sale.shipment.is_late = sale.shipment.is_late or not days
            self.touch_shipment(thread_id)

    def set_handling_limit(self, thread_id: int, moment: datetime) -> None:
        """Until when it must be dispatched; the hour may change until the day before."""
        with self.lock:
            self._find_sale(thread_id).shipment.handling_limit = moment
            self.touch_shipment(thread_id)

    def touch_shipment(self, thread_id: int) -> None:
        """Something of it changes that is not to be seen in it, which is notified as well."""
        with self.lock:
            sale = self._find_sale(thread_id)
            sale.shipment.last_updated = self.clock()
            self._notify_shipment(sale)

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("GET", "/shipments/<int:shipment_id>")
        def get_shipment(caller: int, shipment_id: int) -> Response:
            sale = self._read_shipped(caller, shipment_id)
            new = request.headers.get("x-format-new") == "true"
            return answer((view_shipment if new else view_shipment_before)(sale, self._place))

        @self.api_route("GET", "/shipments/<int:shipment_id>/<part>")
        def get_part(caller: int, shipment_id: int, part: str) -> Response:
            return answer(self._read_part(self._read_shipped(caller, shipment_id), part))

        @self.api_route("GET", "/orders/<int:order_id>/shipments")
        def list_shipments(caller: int, order_id: int) -> Response:
            sale, _ = self._find_order(order_id)
            check_seller(caller, sale)
            _check_new_domain()
            return answer([{"id": sale.shipment.id, "type": "forward"}])

    def _read_part(self, sale: Sale, part: str) -> Any:
        """What belongs to a shipment; which refusals come without a header is not documented but for `orders`."""
        shipment, is_late = sale.shipment, sale.shipment.is_late
        if part == "orders":
            _check_new_domain()
        has_deadline = shipment.logistic_type != "fulfillment" and shipment.status not in WITHOUT_DEADLINE
        if part == "sla" and not has_deadline:
            raise errors.not_found("failed to retrieve data")
        if part == "delays" and not is_late:
            raise errors.not_found("Delays Not Found for shipment")
        views: dict[str, Callable[[], Any]] = {
            "carrier": lambda: self._view_carrier(sale),
            "sla": lambda: view_sla(shipment, self.clock()),
            "delays": lambda: view_delays(shipment),
            "lead_time": lambda: view_lead_time(sale, self._place),
            "history": lambda: view_history(shipment),
            "costs": lambda: view_costs(sale),
            "items": lambda: view_shipped_items(sale),
            "orders": lambda: view_shipped_orders(sale),
        }
        if part not in views:
            raise errors.not_found()
        return views[part]()

    def _view_carrier(self, sale: Sale) -> dict[str, Any]:
        number = make_tracking_number(sale.shipment)
        if sale.shipment.logistic_type == "self_service" or number is None:
            raise errors.not_found()  # that Flex has none is an assumption
        return {"name": "Transportadora de Teste", "url": f"https://rastreio.example.invalid/?c={number}"}

    def _read_shipped(self, caller: int, shipment_id: int) -> Sale:
        for sale in self.state.sales.values():
            if sale.shipment.id == shipment_id:
                check_seller(caller, sale)
                return sale
        raise errors.not_found(f"Not found shipping for id: {shipment_id}")  # wording not documented


def _check_new_domain() -> None:
    """The header is mandatory; how it is asked for is not documented."""
    if request.headers.get(NEW_DOMAIN) != "true":
        raise errors.bad_request(f"{NEW_DOMAIN} is required")
