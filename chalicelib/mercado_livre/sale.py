"""A whole purchase: its orders, its shipment, and what stands beside that."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.mercado_livre.sale_resources import Order, Pack, known_fields
from chalicelib.mercado_livre.shipment_resources import Carrier, Shipment, Sla
from chalicelib.models import read_moment


@dataclass(frozen=True)
class Sale:
    """One purchase: a pack, or an order without one. What Mercado Livre does not show is left out.

    `sla` is known while the parcel is to be dispatched, and `carrier` once it is on its way.
    """

    pack: Pack | None
    orders: tuple[Order, ...]
    shipment: Shipment | None
    sla: Sla | None = None
    carrier: Carrier | None = None

    @property
    def buyer_id(self) -> int:
        """Who bought; 0 where it is not shown."""
        shown = [order.buyer_id for order in self.orders] + ([self.pack.buyer_id] if self.pack else [])
        return next(filter(None, shown), 0)

    @property
    def hidden_orders(self) -> int:
        """How many orders of the pack are not among these."""
        shown = {order.id for order in self.orders}
        return sum(order_id not in shown for order_id in self.pack.order_ids) if self.pack else 0

    @property
    def items(self) -> list[tuple[int, str]]:
        """How many of what."""
        return [(item.quantity, item.described) for order in self.orders for item in order.items]

    @property
    def claim_ids(self) -> list[str]:
        """The claims that its orders name."""
        return [claim_id for order in self.orders for claim_id in order.claim_ids]

    @property
    def shipment_id(self) -> str:
        """That of its parcel, whether or not it could be read."""
        named = [self.pack.shipment_id if self.pack else "", *(order.shipment_id for order in self.orders)]
        return next(filter(None, named), "")

    def order(self, order_id: str) -> Order | None:
        return next((order for order in self.orders if order.id == order_id), None)

    def with_order(self, order: Order) -> "Sale":
        """The same with an order as it is now, and with the parcel that it names; one that is new comes last."""
        pack = self.pack and replace(
            self.pack,
            order_ids=tuple(dict.fromkeys((*self.pack.order_ids, order.id))),
            shipment_id=order.shipment_id or self.pack.shipment_id,
        )
        others = {one.id: one for one in self.orders}
        return replace(self, pack=pack, orders=tuple({**others, order.id: order}.values()))

    def without_order(self, order_id: str) -> "Sale":
        """The same without an order that goes its own way."""
        pack = self.pack and replace(self.pack, order_ids=tuple(one for one in self.pack.order_ids if one != order_id))
        return replace(self, pack=pack, orders=tuple(order for order in self.orders if order.id != order_id))

    def to_json(self) -> str:
        """As it is stored: without names and towns, and in text, since the tables hold whole numbers only."""
        orders = tuple(order.without_names for order in self.orders)
        stored = replace(self, orders=orders, shipment=self.shipment and self.shipment.without_town)
        return json.dumps(asdict(stored), default=datetime.isoformat, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Sale":
        """One that was stored, by this version or another."""
        fields: dict[str, Any] = json.loads(text)
        pack, shipment, sla, carrier = (fields.get(name) for name in ("pack", "shipment", "sla", "carrier"))
        return cls(
            pack=_read_pack(pack) if pack else None,
            orders=tuple(map(Order.from_stored, fields["orders"])),
            shipment=Shipment.from_stored(shipment) if shipment else None,
            sla=_read_sla(sla) if sla else None,
            carrier=Carrier(**known_fields(Carrier, carrier)) if carrier else None,
        )


def _read_pack(fields: Mapping[str, Any]) -> Pack:
    return Pack(**known_fields(Pack, fields) | {"order_ids": tuple(fields["order_ids"])})


def _read_sla(fields: Mapping[str, Any]) -> Sla:
    return Sla(**known_fields(Sla, fields) | {"expected_date": read_moment(fields.get("expected_date"))})
