"""Orders and packs as frozen dataclasses; fields keep the vendor's names.

https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.models import read_id, read_moment, read_number

JUST_SOLD = timedelta(days=3)


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
class Payment:
    """`transaction_amount_refunded` is what of it was given back."""

    status: str
    transaction_amount: float = 0.0
    transaction_amount_refunded: float = 0.0
    installments: int = 1
    payment_type: str = ""


@dataclass(frozen=True)
class Cancellation:
    """Who cancelled an order, and why. Groups and codes are open sets; the description is for people."""

    group: str
    code: str
    description: str
    requested_by: str


@dataclass(frozen=True)
class Order:
    """An order, as far as an agent needs it. A cart is several orders in one pack.

    `last_updated` is the version of what is shown, as Mercado Livre writes it; empty for one of which something is
    missing, which is in no hurry to be taken for read.
    """

    id: str
    status: str
    pack_id: str
    buyer_id: int
    buyer_nickname: str
    items: tuple[OrderItem, ...]
    total_amount: float | None
    currency_id: str
    payments: tuple[Payment, ...]
    shipment_id: str
    tags: tuple[str, ...] = ()
    cancel_detail: Cancellation | None = None
    claim_ids: tuple[str, ...] = ()
    date_closed: datetime | None = None
    last_updated: str = ""

    @property
    def payment_status(self) -> str:
        """How the last payment that was tried ended."""
        return self.payments[-1].status if self.payments else ""

    def was_just_sold(self, now: datetime) -> bool:
        """Whether it is paid, and was so a short while ago: else it was seen to before, or is none to be prepared."""
        return self.status == "paid" and self.date_closed is not None and now - self.date_closed <= JUST_SOLD

    @property
    def refunded(self) -> float:
        return round(sum(payment.transaction_amount_refunded for payment in self.payments), 2)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any], *, is_partial: bool = False) -> "Order":
        # An answer with status 206 leaves fields out.
        buyer = fields.get("buyer") or {}
        total = fields.get("total_amount")
        return cls(
            id=read_id(fields.get("id")),
            status=str(fields.get("status") or ""),
            pack_id=read_id(fields.get("pack_id")),
            buyer_id=read_number(buyer.get("id")),
            buyer_nickname=str(buyer.get("nickname") or ""),
            items=tuple(map(_read_item, fields.get("order_items") or ())),
            total_amount=float(total) if isinstance(total, int | float) else None,
            currency_id=str(fields.get("currency_id") or ""),
            payments=tuple(_read_payment(payment or {}) for payment in fields.get("payments") or ()),
            shipment_id=_id_in(fields.get("shipping")),
            tags=tuple(map(str, fields.get("tags") or ())),
            cancel_detail=_read_cancellation(fields.get("cancel_detail")),
            claim_ids=tuple(filter(None, map(_id_in, fields.get("mediations") or ()))),
            date_closed=read_moment(fields.get("date_closed")),
            last_updated="" if is_partial else str(fields.get("last_updated") or ""),
        )

    @property
    def without_names(self) -> "Order":
        """As it is stored: without what its buyer is called."""
        return replace(self, buyer_nickname="")

    @classmethod
    def from_stored(cls, fields: Mapping[str, Any]) -> "Order":
        """One that was taken apart by `asdict`, in this version or another."""
        cancelled = fields.get("cancel_detail")
        return cls(
            **known_fields(cls, fields)
            | {
                "items": tuple(OrderItem(**known_fields(OrderItem, item)) for item in fields["items"]),
                "payments": tuple(Payment(**known_fields(Payment, payment)) for payment in fields["payments"]),
                "tags": tuple(fields.get("tags", ())),
                "claim_ids": tuple(fields.get("claim_ids", ())),
                "cancel_detail": Cancellation(**known_fields(Cancellation, cancelled)) if cancelled else None,
                "date_closed": read_moment(fields.get("date_closed")),
            }
        )

    def completed_by(self, before: "Order | None") -> "Order":
        """The same with what it lacks, and did not lack before."""
        if before is None or self.last_updated:
            return self
        return replace(
            self,
            buyer_id=self.buyer_id or before.buyer_id,
            shipment_id=self.shipment_id or before.shipment_id,
            claim_ids=self.claim_ids or before.claim_ids,
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


def _read_payment(fields: Mapping[str, Any]) -> Payment:
    return Payment(
        status=str(fields.get("status") or ""),
        transaction_amount=_amount(fields.get("transaction_amount")),
        transaction_amount_refunded=_amount(fields.get("transaction_amount_refunded")),
        installments=read_number(fields.get("installments")) or 1,
        payment_type=str(fields.get("payment_type") or ""),
    )


def _read_cancellation(fields: object) -> Cancellation | None:
    if not isinstance(fields, dict):
        return None
    return Cancellation(
        **{name: str(fields.get(name) or "") for name in ("group", "code", "description", "requested_by")}
    )


def _amount(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def known_fields(kind: type, stored: Mapping[str, Any]) -> dict[str, Any]:
    """What a dataclass knows of what is stored: another version may have stored more."""
    return {field.name: stored[field.name] for field in dataclasses.fields(kind) if field.name in stored}
