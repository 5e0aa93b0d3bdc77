"""The sales beside conversations: what was read of them last, with what changed read anew."""

from collections.abc import Callable
from dataclasses import replace

from chalicelib.errors import Refused
from chalicelib.mercado_livre.catalog import Catalog
from chalicelib.mercado_livre.resources import User
from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.sites import sale_page
from chalicelib.models import Conversation, Thread, read_moment
from chalicelib.parcel_labels import why_not_printable
from chalicelib.sale_words import SaleWords
from chalicelib.sentences.wording import Wording
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import ThreadRecord, Threads


class Sales:
    """Reads sales, and says them in words."""

    def __init__(
        self,
        catalog: Catalog,
        threads: Threads,
        sellers: Sellers,
        wording: Wording,
        link_conversation: Callable[[Conversation], str],
        settings: Settings,
    ) -> None:
        self.wording = wording
        self._catalog = catalog
        self._threads = threads
        self._sellers = sellers
        self._link_conversation = link_conversation
        self._settings = settings

    def words(self, thread: Thread) -> SaleWords:
        return SaleWords(self.wording, self._sellers.site_of(thread.seller_id))

    def offer_label(self, sale: Sale) -> str:
        """How an agent gets the label of a sale, where there is one and it does not come by itself."""
        is_offered = self._settings.attach_labels == "on-request" and not why_not_printable(sale)
        return self.wording.say("sale_label") if is_offered else ""

    def read(self, record: ThreadRecord, changed: str) -> Sale:
        """The sale as it is now: of one that is known, only what changed is read."""
        known = Sale.from_json(record.sale) if record.sale else None
        noun, _, changed_id = changed.partition("/")
        if known is None or not changed_id or noun not in ("order", "shipment"):
            return known if known and noun in ("messages", "claim") else self._catalog.sale(record.thread)
        return (self._with_order if noun == "order" else self._with_shipment)(record.thread, known, changed_id)

    def _with_order(self, thread: Thread, known: Sale, order_id: str) -> Sale:
        order, before = self._catalog.order(thread.seller_id, order_id), known.order(order_id)
        if order is None or (before and _is_older(order.last_updated, before.last_updated)):
            return known
        if (order.pack_id or order.id) != thread.meli_id and len(known.orders) > 1:
            return self._without_order(thread, known, order_id, order.pack_id or order.id)
        sale = known.with_order(order.completed_by(before))
        if sale.shipment_id and (sale.shipment is None or sale.shipment.id != sale.shipment_id):
            # It has a parcel now, or another one.
            self._catalog.remember(thread, sale)
            shipment = self._catalog.shipment(thread.seller_id, sale.shipment_id)
            return self._catalog.with_shipment(thread.seller_id, replace(sale, sla=None, carrier=None), shipment)
        return sale

    def _without_order(self, thread: Thread, known: Sale, order_id: str, pack_id: str) -> Sale:
        """An order has left its pack: what is announced of it from now on is about another purchase."""
        self._catalog.remember_order(Thread(thread.seller_id, "pack", pack_id), order_id)
        return known.without_order(order_id)

    def _with_shipment(self, thread: Thread, known: Sale, shipment_id: str) -> Sale:
        if known.shipment and known.shipment.id != shipment_id:
            # One of before, or one that goes back.
            return known
        shipment, before = self._catalog.shipment(thread.seller_id, shipment_id), known.shipment
        if shipment is None or (before and _is_older(shipment.last_updated, before.last_updated)):
            return known
        if shipment.without_town == before:
            return known
        return self._catalog.with_shipment(thread.seller_id, known, shipment)

    # What took the place of one that was split

    def link_parts(self, thread: Thread, sale: Sale) -> list[tuple[str, str]]:
        """The purchases that a purchase was split into: the number of each, and a link to its conversation or page."""
        try:
            parts = self._catalog.find_parts(thread, sale)
        except Refused:
            return []
        for part in parts:
            self._threads.save_origin(part, thread)
        return [(part.meli_id, self.link(part)) for part in parts]

    def link(self, thread: Thread) -> str:
        """The conversation of a purchase or, where there is none, its page on Mercado Livre."""
        conversation = self._threads.conversation_of(thread)
        if conversation and conversation.conversation_id:
            return self._link_conversation(conversation)
        return self.page(thread)

    def page(self, thread: Thread) -> str:
        """The page of a purchase on Mercado Livre, as its seller sees it."""
        return sale_page(self._sellers.site_of(thread.seller_id), thread.meli_id)

    def user(self, seller_id: int, user_id: int) -> User | None:
        """Somebody's public data."""
        return self._catalog.user(seller_id, user_id)


def _is_older(version: str, than: str) -> bool:
    """Whether what was read was overtaken by what is known. What lacks its version is taken for new."""
    moment, known = read_moment(version), read_moment(than)
    return bool(moment and known and moment < known)
