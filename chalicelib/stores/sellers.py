"""The table of sellers: grants, and who is refreshing one."""

from typing import Any

from chalicelib.models import Seller
from chalicelib.stores.tables import Table

_SELLER_FIELDS = frozenset(Seller._fields)


class Sellers:
    """Connected sellers by id. Tokens are stored here and nowhere else; the table is encrypted."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, seller_id: int) -> Seller | None:
        item = self._table.get(_key(seller_id))
        return _seller(item) if item else None

    def all(self) -> list[Seller]:
        return [_seller(item) for item in self._table.scan()]

    def connect(self, seller: Seller) -> None:
        """Store a new grant, over whatever was stored of this seller's."""
        self._table.put({**seller._asdict(), **_key(seller.seller_id)})

    def begin_refresh(self, seller: Seller, *, now: int, until: int) -> bool:
        """Announce a refresh of this version of the grant; False when somebody else has."""
        announced = self._table.update(
            _key(seller.seller_id),
            "SET refreshing_until = :until",
            {":until": until, ":now": now, ":version": seller.version},
            condition="version = :version AND (attribute_not_exists(refreshing_until) OR refreshing_until < :now)",
        )
        return announced is not None

    def cancel_refresh(self, seller: Seller) -> None:
        """Let others try at once, after a refresh that failed."""
        self._table.update(
            _key(seller.seller_id),
            "SET refreshing_until = :never",
            {":never": 0, ":version": seller.version},
            condition="version = :version",
        )

    def end_refresh(self, seller: Seller, *, access_token: str, refresh_token: str, expires_at: int) -> Seller:
        """Store the new pair, and return what is stored: another pair, where another worker was later than us."""
        stored = self._table.update(
            _key(seller.seller_id),
            "SET access_token = :access, refresh_token = :refresh, expires_at = :expires, version = :next, "
            "refreshing_until = :never",
            {
                ":access": access_token,
                # A refresh without a new refresh token keeps the old one.
                ":refresh": refresh_token or seller.refresh_token,
                ":expires": expires_at,
                ":next": seller.version + 1,
                ":never": 0,
                ":version": seller.version,
            },
            condition="version = :version",
        )
        return _seller(stored) if stored else self.get(seller.seller_id) or seller

    def mark_dead(self, seller: Seller, reason: str) -> None:
        """Remember that only the seller can mend this grant; a grant newer than `seller` stays alive."""
        self._table.update(
            _key(seller.seller_id),
            "SET dead_reason = :reason, refreshing_until = :never",
            {":reason": reason, ":never": 0, ":version": seller.version},
            condition="version = :version",
        )


def _key(seller_id: int) -> dict[str, str]:
    return {"seller_id": str(seller_id)}


def _seller(item: dict[str, Any]) -> Seller:
    fields = {name: value for name, value in item.items() if name in _SELLER_FIELDS}
    return Seller(**{**fields, "seller_id": int(item["seller_id"])})
