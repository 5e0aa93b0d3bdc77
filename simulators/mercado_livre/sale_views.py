"""How the API shows an order, a pack and a shipment, the last with and without the header x-format-new.

https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
https://developers.mercadolivre.com.br/pt_br/gestao-packs
https://developers.mercadolivre.com.br/pt_br/envios
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from simulators.mercado_livre.dates import site_milliseconds, site_milliseconds_without_colon
from simulators.mercado_livre.state import Order, Sale, Shipment

SALE_FEE_RATE = 0.12  # invented, as are all amounts but price and total
SHIPPING_METHOD = {"id": 511948, "name": "Normal", "type": "standard", "deliver_to": "address"}
HIDDEN = "XXXXXXX"


@dataclass(frozen=True)
class SalePlace:
    site_id: str
    currency: str


def view_order(sale: Sale, order: Order, place: SalePlace) -> dict[str, Any]:
    """Of buyer and shipment only the ids."""
    return {
        "id": order.id,
        "date_created": site_milliseconds(order.date_created),
        "last_updated": site_milliseconds(order.last_updated),
        "date_closed": site_milliseconds(order.date_created),
        "pack_id": sale.id if sale.in_pack else None,
        "fulfilled": None,
        "buying_mode": "buy_equals_pay",
        "shipping_cost": 0.0,
        "mediations": [],
        "total_amount": order.total,
        "paid_amount": order.total,
        "order_items": [_view_order_item(order, place)],
        "currency_id": place.currency,
        "payments": [_view_payment(sale, order, place)],
        "shipping": {"id": sale.shipment.id},
        "status": order.status,
        "status_detail": None,
        "tags": _list_tags(sale, order),
        "feedback": {"seller": None, "buyer": None},
        "context": {"channel": "marketplace", "site": place.site_id, "flows": ["catalog"]},
        "seller": _view_party(sale.seller_id),
        "buyer": _view_party(sale.buyer_id),
        "taxes": {"amount": None, "currency_id": None, "id": None},
        "cancel_detail": _view_cancellation(order),
        "manufacturing_ending_date": None,
        "order_request": {"change": None, "return": None},
    }


def view_pack(sale: Sale) -> dict[str, Any]:
    cancelled = all(order.status == "cancelled" for order in sale.orders)
    return {
        "shipment": {"id": sale.shipment.id},
        "orders": [{"id": order.id} for order in sale.orders],
        "id": sale.id,
        "status": "cancelled" if cancelled else "released",
        "status_detail": None,
        "buyer": {"id": sale.buyer_id},
        "date_created": site_milliseconds_without_colon(sale.date_created),
        "last_updated": site_milliseconds_without_colon(sale.last_updated),
    }


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
        "tracking_number": _make_tracking_number(shipment),
        "tracking_method": "MEL Distribution",
        "tags": [],
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
            "reason": None,
            "sibling_id": None,
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
        "tracking_number": _make_tracking_number(shipment),
        "receiver_id": sale.buyer_id,
        "sender_id": sale.seller_id,
        "date_created": site_milliseconds(shipment.date_created),
    }


def _view_order_item(order: Order, place: SalePlace) -> dict[str, Any]:
    return {
        "item": {
            "id": order.item_id,
            "title": order.title,
            "category_id": f"{place.site_id}188658",
            "variation_id": None,
            "seller_custom_field": None,
            "variation_attributes": [
                {"id": name.upper(), "name": name, "value_id": None, "value_name": value}
                for name, value in order.variation.items()
            ],
            "warranty": "Garantia de fábrica: 3 meses",
            "condition": "new",
            "seller_sku": "SKU-1",
            "global_price": None,
            "net_weight": None,
            "user_product_id": order.item_id.replace(place.site_id, f"{place.site_id}U"),
            "release_date": None,
        },
        "quantity": order.quantity,
        "requested_quantity": {"measure": "unit", "value": order.quantity},
        "picked_quantity": None,
        "unit_price": order.unit_price,
        "full_unit_price": order.unit_price,
        "currency_id": place.currency,
        "manufacturing_days": None,
        "sale_fee": round(order.unit_price * SALE_FEE_RATE, 2),
        "listing_type_id": "gold_special",
        "base_exchange_rate": None,
        "base_currency_id": None,
        "element_id": 1,
    }


def _view_payment(sale: Sale, order: Order, place: SalePlace) -> dict[str, Any]:
    return {
        "id": order.payment_id,
        "order_id": order.id,
        "payer_id": sale.buyer_id,
        "collector": {"id": sale.seller_id},
        "card_id": None,
        "reason": order.title,
        "site_id": place.site_id,
        "payment_method_id": "account_money",
        "currency_id": place.currency,
        "installments": 1,
        "operation_type": "regular_payment",
        "payment_type": "account_money",
        "available_actions": ["refund"],
        "status": "approved",
        "status_code": None,
        "status_detail": "accredited",
        "transaction_amount": order.total,
        "transaction_amount_refunded": 0.0,
        "taxes_amount": 0.0,
        "shipping_cost": 0.0,
        "overpaid_amount": 0.0,
        "total_paid_amount": order.total,
        "date_approved": site_milliseconds(order.date_created),
        "date_created": site_milliseconds(order.date_created),
        "date_last_modified": site_milliseconds(order.date_created),
        "marketplace_fee": round(order.total * SALE_FEE_RATE, 2),
    }


def _view_party(user_id: int) -> dict[str, Any]:
    return {"id": user_id, "user_type": None, "tags": [], "status": None, "buy_restrictions": []}


def _view_cancellation(order: Order) -> dict[str, Any] | None:
    if order.status != "cancelled":
        return None
    return {
        "group": "buyer",
        "code": "buyer_cancel_express",
        "description": "redacted",
        "requested_by": "buyer",
        "date": site_milliseconds(order.last_updated),
    }


def _list_tags(sale: Sale, order: Order) -> list[str]:
    return [
        *(["pack_order"] if sale.in_pack else []),
        "paid" if order.status == "paid" else "not_paid",
        "delivered" if sale.shipment.status == "delivered" else "not_delivered",
    ]


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
        return {"date": site_milliseconds(shipment.date_created + timedelta(days=days))}

    return {
        "option_id": 0,
        "cost": 0,
        "cost_type": "free",
        "list_cost": 0,
        "currency_id": place.currency,
        "delivery_type": "estimated",
        "shipping_method": SHIPPING_METHOD,
        "buffering": after(2) if shipment.substatus == "buffered" else {"date": None},
        "estimated_delivery_time": {
            "type": "known",
            **after(5),
            "unit": "hour",
            "shipping": 72,
            "handling": 24,
            "schedule": None,
            "pay_before": None,
            "offset": {"date": None, "shipping": None},
            "time_frame": {"from": None, "to": None},
        },
        "estimated_delivery_limit": after(10),
        "estimated_delivery_final": after(15),
        "estimated_delivery_extended": after(7),
    }


def _total(sale: Sale) -> float:
    return round(sum(order.total for order in sale.orders), 2)


def _make_tracking_number(shipment: Shipment) -> str:
    return f"MEL{shipment.id}FMDOR01"
