"""What stands beside a conversation: listings, nicknames and sales.

What hardly changes is remembered, so that a busy listing does not cost a call for each question on it.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta

from chalicelib.errors import Refused
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.resources import Item, User
from chalicelib.mercado_livre.sale_resources import Order, Pack
from chalicelib.mercado_livre.shipment_resources import Shipment
from chalicelib.mercado_livre.shipments import Shipments
from chalicelib.models import Thread
from chalicelib.stores.cache import Cache
from chalicelib.stores.known_threads import KnownThreads

# A changed listing is announced by an `items` notification, which drops it; the hour is for announcements that get
# lost. Nicknames change rarely and nothing announces it.
ITEM_KEPT = timedelta(hours=1)
USER_KEPT = timedelta(days=1)

# A pack may have any number of orders; a note shows no more of them.
ORDERS_SHOWN = 10


@dataclass(frozen=True)
class Sale:
    """One purchase: a pack, or an order without one. What Mercado Livre does not show is left out."""

    pack: Pack | None
    orders: tuple[Order, ...]
    shipment: Shipment | None

    @property
    def buyer_id(self) -> int:
        """Who bought; 0 where it is not shown."""
        shown = [order.buyer_id for order in self.orders] + ([self.pack.buyer_id] if self.pack else [])
        return next(filter(None, shown), 0)

    @property
    def hidden_orders(self) -> int:
        """How many orders of the pack are not among these."""
        return len(self.pack.order_ids) - len(self.orders) if self.pack else 0


class Catalog:
    """What stands beside a conversation. None where Mercado Livre does not show it to us."""

    def __init__(self, meli: MercadoLivre, known_threads: KnownThreads, cache: Cache) -> None:
        self._meli = meli
        self._shipments = Shipments(meli)
        self._known_threads = known_threads
        self._cache = cache

    def sale(self, thread: Thread) -> Sale:
        """The purchase that a thread is about, read anew.

        What it consists of is remembered, so that what is announced of an order or a shipment finds it without a call.
        """
        pack = self._pack(thread)
        order_ids = pack.order_ids[:ORDERS_SHOWN] if pack else (thread.meli_id,)
        orders = tuple(order for order_id in order_ids if (order := self._order(thread.seller_id, order_id)))
        shipment_ids = [pack.shipment_id] if pack else [order.shipment_id for order in orders]
        shipment_id = next(filter(None, shipment_ids), "")
        self._known_threads.remember_sale(thread, order_ids=pack.order_ids if pack else (), shipment_id=shipment_id)
        return Sale(pack, orders, self.shipment(thread.seller_id, shipment_id) if shipment_id else None)

    def _pack(self, thread: Thread) -> Pack | None:
        try:
            return self._meli.get_pack(thread.seller_id, thread.meli_id)
        except Refused:
            return None

    def _order(self, seller_id: int, order_id: str) -> Order | None:
        try:
            return self._meli.get_order(seller_id, order_id)
        except Refused:
            return None

    def shipment(self, seller_id: int, shipment_id: str) -> Shipment | None:
        return self._shipments.get(seller_id, shipment_id)

    def item_and_user(self, seller_id: int, item_id: str, user_id: int) -> tuple[Item | None, User | None]:
        """A listing, kept for an hour, and somebody's public data, kept for a day."""
        item_key, user_key = _item_key(seller_id, item_id), _user_key(seller_id, user_id)
        known = self._cache.get_many([item_key, user_key])
        item = Item(**known[item_key]) if item_key in known else self._read_item(seller_id, item_id)
        user = User(**known[user_key]) if user_key in known else self._read_user(seller_id, user_id)
        read = [(item_key, item, ITEM_KEPT), (user_key, user, USER_KEPT)]
        self._cache.put_many((key, asdict(one), kept) for key, one, kept in read if one and key not in known)
        return item, user

    def user(self, seller_id: int, user_id: int) -> User | None:
        """Somebody's public data, kept for a day."""
        key = _user_key(seller_id, user_id)
        if remembered := self._cache.get(key):
            return User(**remembered)
        if user := self._read_user(seller_id, user_id):
            self._cache.put(key, asdict(user), keep=USER_KEPT)
        return user

    def _read_item(self, seller_id: int, item_id: str) -> Item | None:
        try:
            return self._meli.get_item(seller_id, item_id)
        except Refused:
            # Foreign, forbidden or gone: the question is still worth showing.
            return None

    def _read_user(self, seller_id: int, user_id: int) -> User | None:
        if not user_id:
            return None
        try:
            return self._meli.get_user(seller_id, user_id)
        except Refused:
            return None

    def forget_buyer(self, seller_id: int, buyer_id: int, threads: Collection[Thread]) -> int:
        """Drop what is remembered of a buyer: their public data, and what belongs to their purchases; how many entries.

        Reads all that is remembered: for a person at a terminal.
        """
        key = _user_key(seller_id, buyer_id)
        is_remembered = key in self._cache.find(key)
        if is_remembered:
            self._cache.drop(key)
        return is_remembered + self._known_threads.forget_threads(seller_id, threads)

    def forget_item(self, seller_id: int, item_id: str) -> None:
        """Drop what is remembered of a listing; the next question asks again."""
        self._cache.drop(_item_key(seller_id, item_id))


def _user_key(seller_id: int, user_id: int) -> str:
    return f"user/{seller_id}/{user_id}"


def _item_key(seller_id: int, item_id: str) -> str:
    return f"item/{seller_id}/{item_id}"
