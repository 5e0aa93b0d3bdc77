"""From what a hint names (a message, an order, a shipment) to the thread it belongs to."""

from datetime import datetime

from chalicelib.errors import NotFound, Refused
from chalicelib.mercado_livre.claims import Claims
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.message_resources import Message
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.mercado_livre.shipments import Shipments
from chalicelib.models import Thread
from chalicelib.stores.known_threads import KnownThreads


class ThreadLookup:
    """Finds threads, and remembers what it had to ask Mercado Livre for, but for that of a message."""

    def __init__(self, meli: MercadoLivre, messaging: Messaging, claims: Claims, known: KnownThreads) -> None:
        self._meli = meli
        self._messaging = messaging
        self._claims = claims
        self._known = known

    def of_message(self, seller_id: int, message_id: str, *, may_guess: bool) -> tuple[Thread | None, bool]:
        """The pack of a message, or its order where there is no pack, and whether that is sure; None for no purchase.

        Raises NotFound for a message, or an order, that Mercado Livre does not know, or not yet. An order that it does
        not show is taken for one without a pack, where guessing is allowed.
        """
        message = self._messaging.get_message(seller_id, message_id)
        if message is None:
            return None, True
        pack_id = message.pack_id
        if message.order_id and not pack_id:
            pack_id = self._pack_of_order(seller_id, message.order_id, may_guess=may_guess)
        return Thread.parse(f"{seller_id}/pack/{pack_id or message.order_id}"), bool(pack_id)

    def ask_anew(self, thread: Thread, message: Message) -> Thread:
        """The purchase of a message that was taken for one of this thread, whatever was remembered of it.

        This thread, where Mercado Livre does not show another.
        """
        if thread.meli_id in (message.pack_id, message.order_id):
            return thread
        pack_id = message.pack_id
        if message.order_id and not pack_id:
            try:
                pack_id = self._ask_pack_of(thread.seller_id, message.order_id)
            except Refused:
                return thread
        found = Thread.parse(f"{thread.seller_id}/pack/{pack_id}") or thread
        self._known.remember_message(found, message.id)
        return found

    def _pack_of_order(self, seller_id: int, order_id: str, *, may_guess: bool) -> str:
        """A message may name its order although the order is in a pack; empty where the order is not shown."""
        if known := self._known.of_order(seller_id, order_id):
            return known.meli_id
        try:
            return self._ask_pack_of(seller_id, order_id)
        except NotFound:
            if not may_guess:
                raise
            return ""
        except Refused:
            return ""

    def _ask_pack_of(self, seller_id: int, order_id: str) -> str:
        pack_id = self._meli.get_order(seller_id, order_id).pack_id or order_id
        if thread := Thread.parse(f"{seller_id}/pack/{pack_id}"):
            self._known.remember_sale(thread, order_ids=[order_id])
        return pack_id

    def of_order(self, seller_id: int, order_id: str) -> Thread | None:
        """The purchase that an order belongs to, as far as it is remembered; else that of an order without a pack."""
        return self._known.of_order(seller_id, order_id) or Thread.parse(f"{seller_id}/pack/{order_id}")

    def of_sold(self, seller_id: int, order_id: str, *, now: datetime) -> Thread | None:
        """The purchase of an order that was just sold: one read. None for any other."""
        try:
            order = self._meli.get_order(seller_id, order_id)
        except Refused:
            return None
        thread = Thread.parse(f"{seller_id}/pack/{order.pack_id or order_id}")
        if thread is None or not order.was_just_sold(now):
            return None
        self._known.remember_sale(thread, order_ids=[order_id])
        return thread

    def of_shipment(self, seller_id: int, shipment_id: str) -> Thread | None:
        """The purchase that a shipment belongs to; None where that is not remembered."""
        return self._known.of_shipment(seller_id, shipment_id)

    def of_claim(self, seller_id: int, claim_id: str) -> Thread | None:
        """The purchase that a claim is about; None where it is about none that we know."""
        if known := self._known.of_claim(seller_id, claim_id):
            return known
        claim = self._claims.get_and_pass_on(seller_id, claim_id)
        pack_id = ""
        if claim.resource == "order":
            pack_id = self._pack_of_order(seller_id, claim.resource_id, may_guess=True) or claim.resource_id
        elif claim.resource == "shipment":
            pack_id = self._pack_of_shipment(seller_id, claim.resource_id)
        elif claim.resource == "purchase":
            pack_id = claim.resource_id
        thread = Thread.parse(f"{seller_id}/pack/{pack_id}")
        if thread:
            self._known.remember_claim(thread, claim_id)
        return thread

    def _pack_of_shipment(self, seller_id: int, shipment_id: str) -> str:
        """Empty where Mercado Livre shows no order in it."""
        if known := self._known.of_shipment(seller_id, shipment_id):
            return known.meli_id
        orders = Shipments(self._meli).list_orders(seller_id, shipment_id)
        return next((order.pack_id or order.order_id for order in orders), "")
