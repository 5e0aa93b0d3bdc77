"""Orders, packs and shipments as frozen dataclasses; fields keep the vendor's names.

https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.models import read_id, read_number


@dataclass(frozen=True)
class OrderItem:
    """`variation` says which one was chosen, and `sku` is what its seller calls it; each empty where there is none."""

    id: str
    title: str
    quantity: int
    variation: str = ""
    sku: str = ""

    @property
    def described(self) -> str:
        """The title, with what tells this one from others of the listing."""
        told = ", ".join(filter(None, (self.variation, f"SKU: {self.sku}" if self.sku else "")))
        return f"{self.title or self.id} ({told})" if told else self.title or self.id


@dataclass(frozen=True)
class Order:
    """An order, as far as an agent needs it. A cart is several orders in one pack."""

    id: str
    status: str
    pack_id: str
    buyer_id: int
    buyer_nickname: str
    items: tuple[OrderItem, ...]
    total_amount: float | None
    currency_id: str
    payment_status: str
    shipment_id: str

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Order":
        # An answer with status 206 leaves fields out.
        buyer = fields.get("buyer") or {}
        total = fields.get("total_amount")
        payments = fields.get("payments") or []
        return cls(
            id=read_id(fields.get("id")),
            status=str(fields.get("status") or ""),
            pack_id=read_id(fields.get("pack_id")),
            buyer_id=read_number(buyer.get("id")),
            buyer_nickname=str(buyer.get("nickname") or ""),
            items=tuple(map(_read_item, fields.get("order_items") or ())),
            total_amount=float(total) if isinstance(total, int | float) else None,
            currency_id=str(fields.get("currency_id") or ""),
            payment_status=str((payments[-1] or {}).get("status") or "") if payments else "",
            shipment_id=_id_in(fields.get("shipping")),
        )


@dataclass(frozen=True)
class Pack:
    """One purchase of several orders. It shows only orders of sellers that authorised the application."""

    id: str
    buyer_id: int
    order_ids: tuple[str, ...]
    shipment_id: str

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Pack":
        return cls(
            id=read_id(fields.get("id")),
            buyer_id=read_number(_id_in(fields.get("buyer"))),
            order_ids=tuple(filter(None, map(_id_in, fields.get("orders") or ()))),
            shipment_id=_id_in(fields.get("shipment")),
        )


@dataclass(frozen=True)
class Shipment:
    id: str
    status: str
    tracking_number: str

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Shipment":
        return cls(
            id=read_id(fields.get("id")),
            status=str(fields.get("status") or ""),
            tracking_number=str(fields.get("tracking_number") or ""),
        )


def _read_item(fields: Mapping[str, Any]) -> OrderItem:
    item = fields.get("item") or {}
    chosen = [
        f"{attribute.get('name')}: {attribute['value_name']}"
        for attribute in item.get("variation_attributes") or ()
        if attribute.get("value_name")
    ]
    return OrderItem(
        id=str(item.get("id") or ""),
        title=str(item.get("title") or ""),
        quantity=int(fields.get("quantity") or 1),
        variation=", ".join(chosen),
        sku=str(item.get("seller_sku") or item.get("seller_custom_field") or ""),
    )


def _id_in(fields: object) -> str:
    return read_id(fields.get("id")) if isinstance(fields, dict) else ""
