"""How the API shows a shipment, with and without the header x-format-new, and what belongs to one.

https://developers.mercadolivre.com.br/pt_br/envios
"""

from datetime import datetime, timedelta
from typing import Any

from simulators.mercado_livre.dates import site_milliseconds, utc_milliseconds
from simulators.mercado_livre.sale_views import SalePlace
from simulators.mercado_livre.state import Sale, Shipment

SHIPPING_METHOD = {"id": 511948, "name": "Normal", "type": "standard", "deliver_to": "address"}
HIDDEN = "XXXXXXX"
BUFFERED = timedelta(days=2)

# In these the label is not made yet.
WITHOUT_TRACKING = ("pending", "handling")


def view_shipment(sale: Sale, place: SalePlace) -> dict[str, Any]:
    """With x-format-new: true; it names no order."""
    shipment = sale.shipment
    return {
        "id": shipment.id,
        "external_reference": None,
        "status": shipment.status,
        "substatus": shipment.substatus or None,
        "date_created": site_milliseconds(shipment.date_created),
        "last_updated": site_milliseconds(shipment.last_updated),
        "declared_value": _total(sale),
        "items_types": ["new"],
        "tracking_number": make_tracking_number(shipment),
        "tracking_method": "MEL Distribution",
        "tags": [*shipment.tags],
        "logistic": {"mode": "me2", "type": shipment.logistic_type, "direction": "forward"},
        "source": {"site_id": place.site_id, "market_place": "MELI", "customer_id": None, "application_id": None},
        "origin": {
            "type": "selling_address",
            "sender_id": sale.seller_id,
            "shipping_address": _view_address("BR-SP-44", "BR-SP", "São Paulo", "São Paulo"),
        },
        "destination": {
            "type": "buyer_address",
            "receiver_id": sale.buyer_id,
            "receiver_name": "Nome Inventado",
            "receiver_phone": HIDDEN,
            "comments": None,
            "shipping_address": {
                **_view_address("BR-RJ-01", "BR-RJ", "Rio de Janeiro", "Rio de Janeiro"),
                "street_name": HIDDEN,
                "street_number": HIDDEN,
                "delivery_preference": "residential",
            },
        },
        "lead_time": _view_lead_time(shipment, place),
        "dimensions": {"height": 10, "width": 10, "length": 10, "weight": 500},
        "priority_class": {"id": None},
        "sibling": {
            "reason": "splitted" if shipment.sibling_id else None,
            "sibling_id": shipment.sibling_id,
            "description": None,
            "source": None,
            "date_created": None,
            "last_updated": None,
        },
        "snapshot_packing": {"snapshot_id": "x", "pack_hash": "y"},
        "quotation": None,
    }


def view_shipment_before(sale: Sale, place: SalePlace) -> dict[str, Any]:
    """Without the header: the older body, which names the first order."""
    shipment = sale.shipment
    return {
        "id": shipment.id,
        "mode": "me2",
        "created_by": "receiver",
        "order_id": sale.orders[0].id,
        "order_cost": _total(sale),
        "base_cost": 22.07,
        "site_id": place.site_id,
        "status": shipment.status,
        "substatus": shipment.substatus or None,
        "logistic_type": shipment.logistic_type,
        "tracking_number": make_tracking_number(shipment),
        "receiver_id": sale.buyer_id,
        "sender_id": sale.seller_id,
        "date_created": site_milliseconds(shipment.date_created),
    }


def _view_address(city_id: str, state_id: str, city: str, state: str) -> dict[str, Any]:
    return {
        "city": {"id": city_id, "name": city},
        "state": {"id": state_id, "name": state},
        "country": {"id": "BR", "name": "Brasil"},
        "zip_code": HIDDEN,
    }


def _view_lead_time(shipment: Shipment, place: SalePlace) -> dict[str, Any]:
    """The label of a buffered shipment is withheld until `buffering.date`."""

    def after(days: int) -> dict[str, Any]:
        return {"date": site_milliseconds(shipment.promised + timedelta(days=days))}

    return {
        "option_id": 0,
        "cost": 0,
        "cost_type": "free",
        "list_cost": 0,
        "currency_id": place.currency,
        "delivery_type": "estimated",
        "shipping_method": SHIPPING_METHOD,
        "buffering": {"date": _buffered_until(shipment)},
        "estimated_delivery_time": {
            "type": "known",
            **after(0),
            "unit": "hour",
            "shipping": 72,
            "handling": 24,
            "schedule": None,
            "pay_before": None,
            "offset": {"date": None, "shipping": None},
            "time_frame": {"from": None, "to": None},
        },
        "estimated_delivery_limit": after(5),
        "estimated_delivery_final": after(10),
        "estimated_delivery_extended": after(2),
    }


def _total(sale: Sale) -> float:
    return round(sum(order.total for order in sale.orders), 2)


def make_tracking_number(shipment: Shipment) -> str | None:
    """For Flex it is the shipment's own id."""
    if shipment.status in WITHOUT_TRACKING:
        return None
    return str(shipment.id) if shipment.logistic_type == "self_service" else f"MEL{shipment.id}FMDOR01"


def _buffered_until(shipment: Shipment) -> str | None:
    return site_milliseconds(shipment.date_created + BUFFERED) if shipment.substatus == "buffered" else None


def view_lead_time(sale: Sale, place: SalePlace) -> dict[str, Any]:
    """As a resource of its own it says of delays too."""
    delay = ["shipping_delayed"] if sale.shipment.is_late else []
    return {**_view_lead_time(sale.shipment, place), "delay": delay}


def view_sla(shipment: Shipment, now: datetime) -> dict[str, Any]:
    """The deadline of dispatch."""
    is_late = shipment.is_late or now > shipment.handling_limit
    return {
        "status": "delayed" if is_late else "on_time",
        "service": None,
        "expected_date": site_milliseconds(shipment.handling_limit),
        "last_updated": utc_milliseconds(shipment.last_updated),
    }


def view_delays(shipment: Shipment) -> dict[str, Any]:
    moment = utc_milliseconds(shipment.last_updated)
    entries = [{"type": kind, "date": moment, "source": "shipping-delays"} for kind in ("handling_delayed",)]
    return {"shipment_id": shipment.id, "delays": entries}


def view_history(shipment: Shipment) -> list[dict[str, Any]]:
    """Newest first."""
    return [
        {"status": state.status, "substatus": state.substatus or None, "date": utc_milliseconds(state.date)}
        for state in reversed(shipment.history)
    ]


def view_costs(sale: Sale) -> dict[str, Any]:
    """The seller pays."""
    return {
        "gross_amount": 24.9,
        "receiver": {"user_id": sale.buyer_id, "cost": 0, "compensation": 0, "discounts": []},
        "senders": [{"user_id": sale.seller_id, "cost": 24.9, "compensation": 0, "discounts": []}],
    }


def view_shipped_orders(sale: Sale) -> list[dict[str, Any]]:
    """Which orders are in it; the ids of order and pack are text here."""
    return [
        {
            "order_id": str(order.id),
            "pack_id": str(sale.id) if sale.in_pack else None,
            "item_id": order.item_id,
            "variation_id": None,
            "user_product_id": None,
            "seller_id": sale.seller_id,
            "requested_quantity": {"value": order.quantity, "measure": "unit"},
        }
        for order in sale.orders
    ]


def view_shipped_items(sale: Sale) -> list[dict[str, Any]]:
    return [
        {
            "item_id": order.item_id,
            "description": order.title,
            "quantity": order.quantity,
            "variation_id": None,
            "dimensions": {"height": 10, "width": 10, "length": 10, "weight": 500},
            "order_id": order.id,
            "sender_id": sale.seller_id,
        }
        for order in sale.orders
    ]
