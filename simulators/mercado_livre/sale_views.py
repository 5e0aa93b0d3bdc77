"""How the API shows an order and a pack.

https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
https://developers.mercadolivre.com.br/pt_br/gestao-packs
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from simulators.mercado_livre.dates import site_milliseconds, site_milliseconds_without_colon
from simulators.mercado_livre.state import Cancellation, Claim, Order, Sale

SALE_FEE_RATE = 0.12  # invented, as are all amounts but price and total


@dataclass(frozen=True)
class SalePlace:
    site_id: str
    currency: str


def view_order(sale: Sale, order: Order, place: SalePlace, claims: Collection[Claim] = ()) -> dict[str, Any]:
    """Of buyer, shipment and claims only the ids."""
    return {
        "id": order.id,
        "date_created": site_milliseconds(order.date_created),
        "last_updated": site_milliseconds(order.last_updated),
        "date_closed": site_milliseconds(order.date_created),
        "pack_id": sale.id if sale.in_pack else None,
        "fulfilled": None,
        "buying_mode": "buy_equals_pay",
        "shipping_cost": 0.0,
        "mediations": [{"id": claim.id} for claim in claims],
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
        "status_detail": "splitted" if sale.was_split else None,
        "buyer": {"id": sale.buyer_id},
        "date_created": site_milliseconds_without_colon(sale.date_created),
        "last_updated": site_milliseconds_without_colon(sale.last_updated),
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
            "seller_sku": order.sku,
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
        "payment_method_id": PAYMENT_METHODS.get(order.payment_type, order.payment_type),
        "currency_id": place.currency,
        "installments": order.installments,
        "operation_type": "regular_payment",
        "payment_type": order.payment_type,
        "available_actions": ["refund"],
        **_view_payment_state(order),
        "status_code": None,
        "transaction_amount": order.total,
        "transaction_amount_refunded": order.refunded,
        "taxes_amount": 0.0,
        "shipping_cost": 0.0,
        "overpaid_amount": 0.0,
        "total_paid_amount": order.total,
        "date_approved": site_milliseconds(order.date_created),
        "date_created": site_milliseconds(order.date_created),
        "date_last_modified": site_milliseconds(order.date_created),
        "marketplace_fee": round(order.total * SALE_FEE_RATE, 2),
    }


PAYMENT_METHODS = {"credit_card": "visa", "ticket": "bolbradesco", "bank_transfer": "pix"}


def _view_payment_state(order: Order) -> dict[str, Any]:
    if order.refunded >= order.total:
        tags = {"tags": ["refund_account_money"]} if order.is_unfulfilled else {}
        return {"status": "refunded", "status_detail": "by_payer", **tags}
    if order.status in ("payment_required", "payment_in_process"):
        return {"status": "in_process", "status_detail": "pending_review_manual"}
    return {"status": "approved", "status_detail": "partially_refunded" if order.refunded else "accredited"}


def _view_party(user_id: int) -> dict[str, Any]:
    return {"id": user_id, "user_type": None, "tags": [], "status": None, "buy_restrictions": []}


def _view_cancellation(order: Order) -> dict[str, Any] | None:
    if order.status != "cancelled":
        return None
    told = order.cancellation or Cancellation("buyer", "buyer_cancel_express", "redacted", "buyer")
    return {**asdict(told), "date": site_milliseconds(order.last_updated)}


def _list_tags(sale: Sale, order: Order) -> list[str]:
    # Logistics sets `delivered` no more: https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
    return [
        *(["pack_order"] if sale.in_pack else []),
        "paid" if order.status in ("paid", "partially_refunded") else "not_paid",
        "not_delivered",
        *(["fraud_risk_detected"] if order.is_fraud_risk else []),
        *(["unfulfilled"] if order.is_unfulfilled else []),
    ]
