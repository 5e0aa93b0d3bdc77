"""Shipments as frozen dataclasses, and what stands beside one; fields keep the vendor's names.

https://developers.mercadolivre.com.br/pt_br/envios
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.mercado_livre.sale_resources import known_fields
from chalicelib.models import read_id, read_link, read_moment

FULL, FLEX = "fulfillment", "self_service"


@dataclass(frozen=True)
class Shipment:
    """A parcel on its way. `last_updated` is the version of what is shown, as Mercado Livre writes it.

    `promised` is when its buyer is to have it, `buffered_until` when its label can be had at the earliest. `sibling_id`
    is the shipment that it came from. The town is all that is kept of an address.
    """

    id: str
    status: str
    substatus: str = ""
    mode: str = ""
    logistic_type: str = ""
    tags: tuple[str, ...] = ()
    tracking_number: str = ""
    promised: datetime | None = None
    buffered_until: datetime | None = None
    sibling_id: str = ""
    city: str = ""
    state: str = ""
    last_updated: str = ""

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Shipment":
        logistic, lead_time = fields.get("logistic") or {}, fields.get("lead_time") or {}
        address = (fields.get("destination") or {}).get("shipping_address") or {}
        return cls(
            id=read_id(fields.get("id")),
            status=str(fields.get("status") or ""),
            substatus=str(fields.get("substatus") or ""),
            mode=str(logistic.get("mode") or ""),
            logistic_type=str(logistic.get("type") or ""),
            tags=tuple(map(str, fields.get("tags") or ())),
            tracking_number=str(fields.get("tracking_number") or ""),
            promised=_date_in(lead_time.get("estimated_delivery_time")),
            buffered_until=_date_in(lead_time.get("buffering")),
            sibling_id=read_id((fields.get("sibling") or {}).get("sibling_id")),
            city=_name_in(address.get("city")),
            state=_name_in(address.get("state")),
            last_updated=str(fields.get("last_updated") or ""),
        )

    @property
    def without_town(self) -> "Shipment":
        """As it is stored: where its buyer lives is nobody's business then."""
        return replace(self, city="", state="")

    @classmethod
    def from_stored(cls, fields: Mapping[str, Any]) -> "Shipment":
        """One that was taken apart by `asdict`, in this version or another."""
        moments = {name: read_moment(fields.get(name)) for name in ("promised", "buffered_until")}
        return cls(**known_fields(cls, fields) | {"tags": tuple(fields.get("tags", ())), **moments})


@dataclass(frozen=True)
class Sla:
    """Until when a parcel must be dispatched. `status`: on_time, delayed, early, insuficient_info (as it is spelt)."""

    status: str
    expected_date: datetime | None
    service: str = ""

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Sla":
        return cls(
            status=str(fields.get("status") or ""),
            expected_date=read_moment(fields.get("expected_date")),
            service=str(fields.get("service") or ""),
        )

    @property
    def is_late(self) -> bool:
        return self.status == "delayed"


@dataclass(frozen=True)
class Carrier:
    """Who carries a parcel; `url` is the page on which anybody may follow it."""

    name: str
    url: str

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Carrier":
        return cls(str(fields.get("name") or ""), read_link(fields.get("url")))


@dataclass(frozen=True)
class ShipmentState:
    """A line of a shipment's history."""

    status: str
    substatus: str
    date: datetime | None

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "ShipmentState":
        return cls(
            status=str(fields.get("status") or ""),
            substatus=str(fields.get("substatus") or ""),
            date=read_moment(fields.get("date")),
        )


@dataclass(frozen=True)
class ShippedOrder:
    """Which order is in a shipment; `pack_id` is empty where it has no pack."""

    order_id: str
    pack_id: str

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "ShippedOrder":
        return cls(read_id(fields.get("order_id")), read_id(fields.get("pack_id")))


def _date_in(fields: object) -> datetime | None:
    return read_moment(fields.get("date")) if isinstance(fields, dict) else None


def _name_in(fields: object) -> str:
    return str(fields.get("name") or "") if isinstance(fields, dict) else ""
