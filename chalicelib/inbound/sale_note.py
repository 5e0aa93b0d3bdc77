"""How a purchase is shown: whose conversation it is, and the note that tells the order in short."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.chatwoot.contacts import Buyer
from chalicelib.chatwoot.conversations import Conversations, Opening
from chalicelib.chatwoot.markdown import escape_line
from chalicelib.chatwoot.message_bodies import private_note
from chalicelib.errors import TryAgainLater
from chalicelib.mercado_livre.catalog import Catalog, Sale
from chalicelib.mercado_livre.messages import MESSAGING_AGENTS, Exchange
from chalicelib.mercado_livre.sale_resources import Order
from chalicelib.mercado_livre.sites import sale_page
from chalicelib.models import Post, Thread
from chalicelib.observability import count, logger
from chalicelib.sentences.wording import Wording
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import ThreadRecord

# How the order in short is called among the notes of its conversation.
SALE_NOTE = "sale"
SALE_LABELS = ("mercado-livre", "venda")

# A sale may be read a little later than what is written about it.
TIME_TO_APPEAR = timedelta(minutes=1)


class SaleNotes:
    """Purchases as agents see them."""

    def __init__(
        self,
        catalog: Catalog,
        sellers: Sellers,
        conversations: Conversations,
        wording: Wording,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog = catalog
        self._sellers = sellers
        self._conversations = conversations
        self._wording = wording
        self._settings = settings
        self._clock = clock

    def open(self, record: ThreadRecord, exchange: Exchange) -> None:
        """Give a purchase its conversation, and the order in short in it. Repeating it is safe.

        Raises TryAgainLater while a new sale may not be shown yet.
        """
        sale = self.read(record.thread)
        is_new = any(self._clock() - message.created < TIME_TO_APPEAR for message in exchange.messages)
        if is_new and not sale.buyer_id:
            raise TryAgainLater("the sale cannot be read yet")
        if record.conversation is None or not record.conversation.is_labelled:
            self._conversations.open(record, self._describe(record.thread, sale, exchange))
            count("PurchaseBroughtIn")
            logger.info("purchase brought in", chatwoot_conversation_id=record.opened.conversation_id)
        source_id = record.note_id(SALE_NOTE)
        note = private_note(self._note(record.thread, sale), source_id=source_id)
        self._conversations.post(record, Post(source_id), note)

    def read(self, thread: Thread) -> Sale:
        return self._catalog.sale(thread)

    def link(self, thread: Thread) -> str:
        """The page of the sale on Mercado Livre, as its seller sees it."""
        return sale_page(self._sellers.site_of(thread.seller_id), thread.meli_id)

    def _describe(self, thread: Thread, sale: Sale, exchange: Exchange) -> Opening:
        """What the conversation of a purchase begins with."""
        seller = self._sellers.recent(thread.seller_id)
        attributes = {
            "meli_pack_id": thread.meli_id if sale.pack else "",
            "meli_order_id": ", ".join(order.id for order in sale.orders) or ("" if sale.pack else thread.meli_id),
            "meli_sale_link": self.link(thread),
            "meli_items": "; ".join(_items(sale)),
            "meli_total": self._total(sale),
            "meli_site": seller.site_id if seller else "",
            "meli_seller": f"{seller.nickname} ({seller.seller_id})" if seller else str(thread.seller_id),
        }
        return Opening(
            inbox_id=self._settings.sales_inbox_id,
            buyer=self._buyer(thread, sale, exchange),
            custom_attributes={name: _cut(value) for name, value in attributes.items() if value},
            labels=SALE_LABELS,
        )

    def _buyer(self, thread: Thread, sale: Sale, exchange: Exchange) -> Buyer:
        """Who bought, by the order; what a message says of its writer may be Mercado Livre's own agent."""
        buyer_id = sale.buyer_id or _writer(thread, exchange)
        if not buyer_id:
            return Buyer(0, f"Mercado Livre {thread.meli_id}", {})
        user = self._catalog.user(thread.seller_id, buyer_id)
        shown = [user.nickname] if user else [order.buyer_nickname for order in sale.orders]
        nickname = next(filter(None, shown), "")
        profile = {
            "meli_user_id": str(buyer_id),
            "meli_nickname": nickname,
            "meli_profile": user.permalink if user else "",
        }
        return Buyer(
            buyer_id,
            nickname or f"Mercado Livre {buyer_id}",
            {name: value for name, value in profile.items() if value},
        )

    def _note(self, thread: Thread, sale: Sale) -> str:
        """The order in short, for agents only."""
        say = self._wording.say
        link = self.link(thread)
        if not sale.orders:
            return say("sale_unreadable", link=link)
        lines = [
            f"**{say('sale_note_title')}**",
            say("sale_pack", number=thread.meli_id) if sale.pack and len(sale.pack.order_ids) > 1 else "",
            *(say("sale_order", number=order.id) for order in sale.orders),
            *(say("sale_items_line", quantity=quantity, title=escape_line(title)) for quantity, title in _lines(sale)),
            say("sale_more_orders", count=sale.hidden_orders) if sale.hidden_orders else "",
            say("sale_total", amount=total) if (total := self._total(sale)) else "",
            say("sale_state", state=self._order_state(sale.orders)),
            say("sale_payment", state=payment) if (payment := self._payment_state(sale.orders)) else "",
            say("sale_shipment", state=self._shipment_state(sale)),
            say("sale_tracking", number=sale.shipment.tracking_number)
            if sale.shipment and sale.shipment.tracking_number
            else "",
            say("sale_link", link=link),
        ]
        return "\n".join(filter(None, lines))

    def _total(self, sale: Sale) -> str:
        """Of all orders; empty where one does not show its own."""
        amounts = [order.total_amount for order in sale.orders]
        if sale.hidden_orders or not amounts or None in amounts:
            return ""
        return self._wording.price(sum(filter(None, amounts)), sale.orders[0].currency_id)

    def _order_state(self, orders: tuple[Order, ...]) -> str:
        return ", ".join(dict.fromkeys(self._state("order", order.status) for order in orders))

    def _payment_state(self, orders: tuple[Order, ...]) -> str:
        states = [
            self._state("payment", order.payment_status) or self._state("order", order.status) for order in orders
        ]
        return ", ".join(dict.fromkeys(filter(None, states)))

    def _shipment_state(self, sale: Sale) -> str:
        return self._state("shipment", sale.shipment.status) if sale.shipment else self._wording.say("shipment_none")

    def _state(self, noun: str, state: str) -> str:
        """In words; a state that is new to us as Mercado Livre calls it."""
        sentence = f"{noun}_{state}"
        return self._wording.say(sentence) if self._wording.knows(sentence) else state


def _writer(thread: Thread, exchange: Exchange) -> int:
    """Who wrote and is not the seller; 0 where nobody did, or where Mercado Livre's agent stands between."""
    if exchange.goes_through_agent:
        return 0
    others = {thread.seller_id, 0, *MESSAGING_AGENTS.values()}
    return next((message.from_user_id for message in exchange.messages if message.from_user_id not in others), 0)


def _lines(sale: Sale) -> list[tuple[int, str]]:
    return [(item.quantity, item.described) for order in sale.orders for item in order.items]


def _items(sale: Sale) -> list[str]:
    return [f"{quantity} × {title}" for quantity, title in _lines(sale)]


def _cut(value: str) -> str:
    # Chatwoot refuses longer ones (4.15.1, app/models/jsonb_attributes_length_validator.rb).
    return value if len(value) <= 1500 else value[:1499] + "…"
