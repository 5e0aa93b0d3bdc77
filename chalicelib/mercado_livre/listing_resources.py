"""Listings as they are now, as frozen dataclasses; fields keep the vendor's names.

https://developers.mercadolivre.com.br/pt_br/itens-e-buscas
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Variation:
    """One of what there is to choose: `name` says which, such as `Cor: Azul`."""

    name: str
    available_quantity: int


@dataclass(frozen=True)
class Listing:
    """A listing with its stock. `sub_status` says why it is in its `status`; both are open sets."""

    id: str
    title: str
    permalink: str
    status: str
    sub_status: tuple[str, ...]
    available_quantity: int
    variations: tuple[Variation, ...]

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Listing":
        return cls(
            id=str(fields.get("id") or ""),
            title=str(fields.get("title") or ""),
            permalink=str(fields.get("permalink") or ""),
            status=str(fields.get("status") or ""),
            sub_status=tuple(map(str, fields.get("sub_status") or ())),
            available_quantity=int(fields.get("available_quantity") or 0),
            variations=tuple(map(_read_variation, fields.get("variations") or ())),
        )


@dataclass(frozen=True)
class SalePrice:
    """What buyers see: `amount`, and what it was before where that is an offer."""

    amount: float
    regular_amount: float | None
    currency_id: str

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "SalePrice":
        regular = fields.get("regular_amount")
        return cls(
            amount=float(fields["amount"]),
            regular_amount=float(regular) if isinstance(regular, int | float) else None,
            currency_id=str(fields.get("currency_id") or ""),
        )


def _read_variation(fields: Mapping[str, Any]) -> Variation:
    chosen = [f"{one.get('name')}: {one.get('value_name')}" for one in fields.get("attribute_combinations") or ()]
    return Variation(", ".join(chosen), int(fields.get("available_quantity") or 0))
