"""What stands beside a conversation: listings, nicknames and sales.

What hardly changes is remembered, so that a busy listing does not cost a call for each question on it.
"""

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import timedelta

from chalicelib.errors import Refused
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.resources import Item, User
from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.sale_resources import Order, Pack
from chalicelib.mercado_livre.shipment_phases import has_deadline, phase_of
from chalicelib.mercado_livre.shipment_resources import Shipment
from chalicelib.mercado_livre.shipments import Shipments
from chalicelib.models import Thread, read_moment
from chalicelib.stores.cache import Cache
from chalicelib.stores.known_threads import KnownThreads

# A changed listing is announced by an `items` notification, which drops it; the hour is for announcements that get
# lost. Nicknames change rarely and nothing announces it.
ITEM_KEPT = timedelta(hours=1)
USER_KEPT = timedelta(days=1)

# Those that a purchase is split into are made when it is cancelled. The search goes by whole hours.
TIME_TO_SPLIT = timedelta(hours=1)

# A pack may have any number of orders; a note shows no more of them.
ORDERS_SHOWN = 10


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
        orders = tuple(order for order_id in order_ids if (order := self.order(thread.seller_id, order_id)))
        sale = Sale(pack, orders, None)
        self.remember(thread, sale)
        shipment = self.shipment(thread.seller_id, sale.shipment_id) if sale.shipment_id else None
        return self.with_shipment(thread.seller_id, sale, shipment)

    def remember(self, thread: Thread, sale: Sale) -> None:
        """What a purchase consists of."""
        order_ids = sale.pack.order_ids if sale.pack else ()
        self._known_threads.remember_sale(thread, order_ids=order_ids, shipment_id=sale.shipment_id)

    def remember_order(self, thread: Thread, order_id: str) -> None:
        """To which purchase an order belongs."""
        self._known_threads.remember_sale(thread, order_ids=[order_id])

    def find_parts(self, thread: Thread, sale: Sale) -> list[Thread]:
        """The purchases that took the place of one that was split. One read, since it names none of them.

        They are known by their buyer and their listing, and were made when it was cancelled.
        """
        cancelled = [moment for order in sale.orders if (moment := read_moment(order.last_updated))]
        if not cancelled or not sale.buyer_id:
            return []
        since = int((min(cancelled) - TIME_TO_SPLIT).timestamp())
        listings = {item.id for order in sale.orders for item in order.items}
        found = (
            order.pack_id or order.id
            for order in self._meli.find_new_orders(thread.seller_id, since=since)
            if order.buyer_id == sale.buyer_id
            and order.status != "cancelled"
            and listings.intersection(item.id for item in order.items)
        )
        others = dict.fromkeys(pack_id for pack_id in found if pack_id != thread.meli_id)
        return [Thread(thread.seller_id, "pack", pack_id) for pack_id in others]

    def with_shipment(self, seller_id: int, sale: Sale, shipment: Shipment | None) -> Sale:
        """The sale with its shipment as it is now, with its deadline or who carries it: one read, where one is due.

        A deadline is read again where the shipment does not show why it was announced; the carrier stays the same.
        """
        if shipment is None:
            return sale
        before, now = sale.shipment, replace(sale, shipment=shipment)
        if has_deadline(shipment):
            is_due = sale.sla is None or before is None or _shows_nothing_new(before, shipment)
            return replace(now, sla=self._shipments.get_sla(seller_id, shipment.id)) if is_due else now
        if phase_of(shipment) == "on its way" and sale.carrier is None:
            return replace(now, carrier=self._shipments.get_carrier(seller_id, shipment.id))
        return now

    def _pack(self, thread: Thread) -> Pack | None:
        try:
            return self._meli.get_pack(thread.seller_id, thread.meli_id)
        except Refused:
            return None

    def order(self, seller_id: int, order_id: str) -> Order | None:
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
        item = Item.from_stored(known[item_key]) if item_key in known else self._read_item(seller_id, item_id)
        user = User.from_stored(known[user_key]) if user_key in known else self._read_user(seller_id, user_id)
        read = [(item_key, item, ITEM_KEPT), (user_key, user, USER_KEPT)]
        self._cache.put_many((key, asdict(one), kept) for key, one, kept in read if one and key not in known)
        return item, user

    def item(self, seller_id: int, item_id: str) -> Item | None:
        """A listing, kept for an hour or until it changes."""
        key = _item_key(seller_id, item_id)
        if remembered := self._cache.get(key):
            return Item.from_stored(remembered)
        if item := self._read_item(seller_id, item_id):
            self._cache.put(key, asdict(item), keep=ITEM_KEPT)
        return item

    def user(self, seller_id: int, user_id: int) -> User | None:
        """Somebody's public data, kept for a day."""
        key = _user_key(seller_id, user_id)
        if remembered := self._cache.get(key):
            return User.from_stored(remembered)
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


def _shows_nothing_new(before: Shipment, now: Shipment) -> bool:
    """Whether two versions of a shipment look the same to us."""
    return replace(before.without_town, last_updated="") == replace(now.without_town, last_updated="")
