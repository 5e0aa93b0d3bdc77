"""What stands beside a conversation: listings, nicknames and sales, and which message belongs to which purchase.

What hardly changes is remembered, so that a busy listing does not cost a call for each question on it.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta

from chalicelib.errors import NotFound, Refused
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.mercado_livre.resources import Item, User
from chalicelib.mercado_livre.sale_resources import Order, Pack, Shipment
from chalicelib.models import Thread
from chalicelib.stores.cache import Cache

# A changed listing is announced by an `items` notification, which drops it; the hour is for announcements that get
# lost. Nicknames change rarely and nothing announces it.
ITEM_KEPT = timedelta(hours=1)
USER_KEPT = timedelta(days=1)

# A message never changes its purchase, and an order never its pack; the time is for the table's sake.
THREAD_KEPT = timedelta(days=60)

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

    def __init__(self, meli: MercadoLivre, messaging: Messaging, cache: Cache) -> None:
        self._meli = meli
        self._messaging = messaging
        self._cache = cache

    def thread_of_message(self, seller_id: int, message_id: str, *, may_guess: bool) -> Thread | None:
        """The pack of a message, or its order where there is no pack; None for a message of nothing.

        Raises NotFound for a message, or an order, that Mercado Livre does not know, or not yet. An order that it does
        not show is taken for one without a pack, where guessing is allowed; that is not remembered.
        """
        if remembered := self._cache.get(_message_key(seller_id, message_id)):
            return Thread.parse(remembered)
        message = self._messaging.get_message(seller_id, message_id)
        if message is None:
            return None
        pack_id = message.pack_id
        if message.order_id and not pack_id:
            pack_id = self._pack_of_order(seller_id, message.order_id, may_guess=may_guess)
        thread = Thread.parse(f"{seller_id}/pack/{pack_id or message.order_id}")
        if thread and pack_id:
            self.remember_thread_of(thread, message_id)
        return thread

    def remember_thread_of(self, thread: Thread, message_id: str) -> None:
        """Note which purchase a message belongs to; what is announced of it then costs no call."""
        self._cache.put(_message_key(thread.seller_id, message_id), str(thread), keep=THREAD_KEPT)

    def _pack_of_order(self, seller_id: int, order_id: str, *, may_guess: bool) -> str:
        """A message may name its order although the order is in a pack; empty where the order is not shown."""
        key = _order_key(seller_id, order_id)
        if remembered := self._cache.get(key):
            return str(remembered)
        try:
            pack_id = self._meli.get_order(seller_id, order_id).pack_id or order_id
        except NotFound:
            if not may_guess:
                raise
            return ""
        except Refused:
            return ""
        self._cache.put(key, pack_id, keep=THREAD_KEPT)
        return pack_id

    def sale(self, thread: Thread) -> Sale:
        """The purchase that a thread is about, read anew.

        What it consists of is remembered, so that what is announced of an order or a shipment finds it without a call.
        """
        pack = self._pack(thread)
        order_ids = pack.order_ids[:ORDERS_SHOWN] if pack else (thread.meli_id,)
        orders = tuple(order for order_id in order_ids if (order := self._order(thread.seller_id, order_id)))
        shipment_ids = [pack.shipment_id] if pack else [order.shipment_id for order in orders]
        shipment_id = next(filter(None, shipment_ids), "")
        for order_id in pack.order_ids if pack else ():
            self._cache.put(_order_key(thread.seller_id, order_id), thread.meli_id, keep=THREAD_KEPT)
        if shipment_id:
            self._cache.put(_shipment_key(thread.seller_id, shipment_id), thread.meli_id, keep=THREAD_KEPT)
        return Sale(pack, orders, self._shipment(thread.seller_id, shipment_id) if shipment_id else None)

    def thread_of_order(self, seller_id: int, order_id: str) -> Thread | None:
        """The purchase that an order belongs to, as far as it is remembered; else that of an order without a pack."""
        pack_id = self._cache.get(_order_key(seller_id, order_id)) or order_id
        return Thread.parse(f"{seller_id}/pack/{pack_id}")

    def thread_of_shipment(self, seller_id: int, shipment_id: str) -> Thread | None:
        """The purchase that a shipment belongs to; None where that is not remembered."""
        pack_id = self._cache.get(_shipment_key(seller_id, shipment_id))
        return Thread.parse(f"{seller_id}/pack/{pack_id}") if pack_id else None

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

    def _shipment(self, seller_id: int, shipment_id: str) -> Shipment | None:
        try:
            return self._meli.get_shipment(seller_id, shipment_id)
        except Refused:
            return None

    def item(self, seller_id: int, item_id: str) -> Item | None:
        """A listing, kept for an hour."""
        key = _item_key(seller_id, item_id)
        if remembered := self._cache.get(key):
            return Item(**remembered)
        try:
            item = self._meli.get_item(seller_id, item_id)
        except Refused:
            # Foreign, forbidden or gone: the question is still worth showing.
            return None
        self._cache.put(key, asdict(item), keep=ITEM_KEPT)
        return item

    def user(self, seller_id: int, user_id: int) -> User | None:
        """Somebody's public data, kept for a day."""
        key = _user_key(seller_id, user_id)
        if remembered := self._cache.get(key):
            return User(**remembered)
        try:
            user = self._meli.get_user(seller_id, user_id)
        except Refused:
            return None
        self._cache.put(key, asdict(user), keep=USER_KEPT)
        return user

    def forget_buyer(self, seller_id: int, buyer_id: int, threads: Collection[Thread]) -> int:
        """Drop what is remembered of a buyer: his public data, and what belongs to his purchases; how many entries.

        Reads all that is remembered: for a person at a terminal.
        """
        messages = self._cache.find(f"message/{seller_id}/")
        packs = {**self._cache.find(_order_key(seller_id, "")), **self._cache.find(_shipment_key(seller_id, ""))}
        named = {str(thread) for thread in threads}
        pack_ids = {thread.meli_id for thread in threads if thread.kind == "pack"}
        users = self._cache.find(_user_key(seller_id, buyer_id))
        keys = [
            *(key for key in users if key == _user_key(seller_id, buyer_id)),
            *(key for key, thread in messages.items() if thread in named),
            *(key for key, pack_id in packs.items() if pack_id in pack_ids),
        ]
        for key in keys:
            self._cache.drop(key)
        return len(keys)

    def forget_item(self, seller_id: int, item_id: str) -> None:
        """Drop what is remembered of a listing; the next question asks again."""
        self._cache.drop(_item_key(seller_id, item_id))


def _user_key(seller_id: int, user_id: int) -> str:
    return f"user/{seller_id}/{user_id}"


def _message_key(seller_id: int, message_id: str) -> str:
    return f"message/{seller_id}/{message_id}"


def _order_key(seller_id: int, order_id: str) -> str:
    return f"pack/{seller_id}/{order_id}"


def _shipment_key(seller_id: int, shipment_id: str) -> str:
    return f"shipment/{seller_id}/{shipment_id}"


def _item_key(seller_id: int, item_id: str) -> str:
    return f"item/{seller_id}/{item_id}"
