"""The table of sellers: grants, and who is refreshing one."""

from collections.abc import Mapping
from typing import Any

from chalicelib.models import Seller
from chalicelib.stores.tables import ItemPlace, Table

# After the last that happened. It is written down anew when so much of it is over, and not each time.
AWAKE_SECONDS = 3600
AWAKE_NOTED_EVERY_SECONDS = 600

_SELLER_FIELDS = frozenset(Seller._fields)


class Sellers:
    """Connected sellers by id. Tokens are stored here and nowhere else; the table is encrypted."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._read: dict[int, Seller | None] = {}

    def get(self, seller_id: int) -> Seller | None:
        item = self._table.get(_key(seller_id))
        seller = self._read[seller_id] = _seller(item) if item else None
        return seller

    def place(self, seller_id: int) -> ItemPlace:
        """Where a seller is stored, for reading it together with other items."""
        return self._table, _key(seller_id)

    def recent(self, seller_id: int) -> Seller | None:
        """The seller as they were last read here: for a name and a country, which hardly change."""
        return self._read.get(seller_id) or self.get(seller_id)

    def site_of(self, seller_id: int) -> str:
        """The country of a seller; empty where it is not known."""
        seller = self.recent(seller_id)
        return seller.site_id if seller else ""

    def name_of(self, seller_id: int) -> str:
        """How a seller is called beside conversations: by their nickname and number."""
        seller = self.recent(seller_id)
        return f"{seller.nickname} ({seller_id})" if seller else str(seller_id)

    def all(self, *, may_lag: bool = False) -> list[Seller]:
        return [_seller(item) for item in self._table.scan(may_lag=may_lag)]

    def connect(self, seller: Seller) -> None:
        """Store a new grant over whatever was stored of this seller's, unless that is a newer one.

        When the seller first connected stays as it is.
        """
        fields = {name: value for name, value in seller._asdict().items() if name != "seller_id"}
        names = {f"#{name}": name for name in fields}
        changes = {name: f":{name}" for name in fields} | {
            "connected_at": "if_not_exists(#connected_at, :connected_at)"
        }
        self._table.update(
            _key(seller.seller_id),
            "SET " + ", ".join(f"#{name} = {value}" for name, value in changes.items()) + " REMOVE refreshing_until",
            {f":{name}": value for name, value in fields.items()},
            condition="attribute_not_exists(#version) OR #version <= :version",
            names=names,
        )

    def rename(self, seller: Seller) -> None:
        """Store how a seller is called, and in which country they sell."""
        self._set(
            seller,
            "SET nickname = :nickname, site_id = :site",
            {":nickname": seller.nickname, ":site": seller.site_id},
            condition="attribute_exists(seller_id)",
        )

    def disconnect(self, seller_id: int) -> None:
        """Forget a seller and their tokens; their conversations stay known, for the day when they connect again."""
        self._table.take(_key(seller_id))

    def move(self, seller: Seller, desk: str) -> None:
        """Let a seller's new conversations go to another desk."""
        self._set(seller, "SET desk = :desk", {":desk": desk}, condition="attribute_exists(seller_id)")

    def mark_swept(self, seller: Seller, *, now: int, given_up: int = 0, misses_topic: bool = False) -> None:
        """Remember when a seller was swept last, and what that found."""
        values = {":now": now, ":given_up": given_up, ":misses": misses_topic}
        expression = "SET swept_at = :now, given_up = :given_up, misses_topic = :misses"
        self._set(seller, expression, values, condition="attribute_exists(seller_id)")

    def keep_awake(self, seller_id: int, *, now: int) -> None:
        """Something happens for a seller: sweeps come at their usual pace for the next hour."""
        seller, until = self.recent(seller_id), now + AWAKE_SECONDS
        if seller is None or seller.awake_until > until - AWAKE_NOTED_EVERY_SECONDS:
            return
        self._set(
            seller,
            "SET awake_until = :until",
            {":until": until},
            condition="attribute_exists(seller_id) AND (attribute_not_exists(awake_until) OR awake_until < :until)",
        )
        self._read[seller_id] = seller._replace(awake_until=until)

    def mark_tried(self, seller: Seller, *, now: int) -> None:
        """Remember when a seller could last not be swept: Mercado Livre refused, or the grant is gone."""
        self._set(seller, "SET tried_at = :now", {":now": now}, condition="attribute_exists(seller_id)")

    def begin_refresh(self, seller: Seller, *, now: int, until: int, is_rejected: bool = False) -> bool:
        """Announce a refresh of this version of the grant; False when somebody else has."""
        announced = self._table.update(
            _key(seller.seller_id),
            "SET refreshing_until = :until" + (", rejected_at = :now" if is_rejected else ""),
            {":until": until, ":now": now, ":version": seller.version},
            condition="version = :version AND (attribute_not_exists(refreshing_until) OR refreshing_until < :now)",
        )
        return announced is not None

    def put_off_refresh(self, seller: Seller, *, until: int, trouble: str = "") -> None:
        """Let nobody try again before a moment, after a refresh that failed; `trouble` says what an operator mends."""
        self._set(
            seller,
            "SET refreshing_until = :until, trouble = :trouble",
            {":until": until, ":trouble": trouble, ":version": seller.version},
            condition="version = :version",
        )

    def end_refresh(
        self, seller: Seller, *, access_token: str, refresh_token: str, expires_at: int, now: int, scopes: str = ""
    ) -> Seller:
        """Store the new pair, and return what is stored: another pair, where another worker was later than us."""
        stored = self._table.update(
            _key(seller.seller_id),
            "SET access_token = :access, refresh_token = :refresh, expires_at = :expires, version = :next, "
            "refreshing_until = :never, refreshed_at = :now, scopes = :scopes, trouble = :nothing",
            {
                ":access": access_token,
                # A refresh without a new refresh token keeps the old one.
                ":refresh": refresh_token or seller.refresh_token,
                ":expires": expires_at,
                ":next": seller.version + 1,
                ":never": 0,
                ":now": now,
                ":scopes": scopes or seller.scopes,
                ":nothing": "",
                ":version": seller.version,
            },
            condition="version = :version",
        )
        return _seller(stored) if stored else self.get(seller.seller_id) or seller

    def mark_dead(self, seller: Seller, reason: str, *, expires_at: int) -> None:
        """Remember that only the seller can mend this grant; a grant newer than `seller` stays alive.

        `expires_at` is until when the last access token still serves.
        """
        self._set(
            seller,
            "SET dead_reason = :reason, expires_at = :expires, refreshing_until = :never, trouble = :nothing",
            {":reason": reason, ":expires": expires_at, ":never": 0, ":nothing": "", ":version": seller.version},
            condition="version = :version",
        )

    def _set(self, seller: Seller, expression: str, values: Mapping[str, Any], *, condition: str) -> None:
        self._table.update(_key(seller.seller_id), expression, values, condition=condition)


def _key(seller_id: int) -> dict[str, str]:
    return {"seller_id": str(seller_id)}


def _seller(item: dict[str, Any]) -> Seller:
    fields = {name: value for name, value in item.items() if name in _SELLER_FIELDS}
    return Seller(**{**fields, "seller_id": int(item["seller_id"])})
