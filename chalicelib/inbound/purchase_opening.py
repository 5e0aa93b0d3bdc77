"""How a purchase is shown when its conversation begins: who bought, and the sale in short."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.chatwoot.contacts import Buyer
from chalicelib.chatwoot.conversations import Conversations, Opening
from chalicelib.errors import TryAgainLater
from chalicelib.inbound.sale_note import SaleNotes
from chalicelib.inbound.sales import Sales
from chalicelib.inbound.states import Purchase, show_states
from chalicelib.mercado_livre.message_resources import MESSAGING_AGENTS, Exchange
from chalicelib.mercado_livre.sale import Sale
from chalicelib.models import TOLD_FIELDS, Thread
from chalicelib.observability import count, logger
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import SyncThread

# How the order in short is called among the notes of its conversation.
SALE_NOTE = "sale"
SALE_LABELS = ("mercado-livre", "venda")

# A sale may be read a little later than what is written about it.
TIME_TO_APPEAR = timedelta(minutes=1)


class PurchaseOpenings:
    """Purchases as agents see them first."""

    def __init__(
        self,
        sales: Sales,
        sellers: Sellers,
        conversations: Conversations,
        sale_notes: SaleNotes,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._sales = sales
        self._sellers = sellers
        self._conversations = conversations
        self._sale_notes = sale_notes
        self._settings = settings
        self._clock = clock

    def opens_on(self, record: ThreadRecord, job: SyncThread) -> bool:
        """Whether a sale has its conversation although nobody has written about it: one that was found to be new."""
        return self._settings.opens_on_sale and job.changed_noun == "order" and not record.erased_at

    def open(self, record: ThreadRecord, exchange: Exchange) -> Sale:
        """Give a purchase its conversation, and the sale in short in it. Repeating it is safe.

        Answers with the sale that was read for it, and raises TryAgainLater while a new one may not be shown yet.
        """
        sale = self._sales.read(record, "")
        is_new = any(self._clock() - message.created < TIME_TO_APPEAR for message in exchange.messages)
        if is_new and not sale.buyer_id:
            raise TryAgainLater("the sale cannot be read yet")
        if record.conversation is None or not record.conversation.is_labelled:
            self._conversations.open(record, self._describe(record, sale, exchange))
            count("PurchaseBroughtIn")
            logger.info("purchase brought in", chatwoot_conversation_id=record.opened.conversation_id)
        note = self._sale_notes.write(record.thread, sale, record.origin)
        self._conversations.note(record, record.note_id(SALE_NOTE), note)
        return sale

    def _describe(self, record: ThreadRecord, sale: Sale, exchange: Exchange) -> Opening:
        """What the conversation of a purchase begins with: all that it is to show, but for what takes a note."""
        thread = record.thread
        shown = [
            (one, state)
            for one, state in show_states(Purchase(record, exchange, "", self._sales, sale))
            if one.noted_when_it_changes or not state.note
        ]
        attributes = {
            **{one.attribute: state.attribute for one, state in shown if one.attribute},
            "meli_sale_link": self._sale_notes.link(thread),
            "meli_pack_id": thread.meli_id if sale.pack else "",
            "meli_order_id": ", ".join(order.id for order in sale.orders) or ("" if sale.pack else thread.meli_id),
            "meli_seller": self._sellers.name_of(thread.seller_id),
        }
        return Opening(
            inbox_id=self._settings.sales_inbox_id,
            buyer=self._buyer(thread, sale, exchange),
            custom_attributes={name: value for name, value in attributes.items() if value},
            labels=(*SALE_LABELS, *(state.label for _, state in shown if state.label)),
            told={one.name: state.value for one, state in shown if one.name not in TOLD_FIELDS},
        )

    def _buyer(self, thread: Thread, sale: Sale, exchange: Exchange) -> Buyer:
        """Who bought, by the order; what a message says of its writer may be Mercado Livre's own agent."""
        buyer_id = sale.buyer_id or _writer(thread, exchange)
        if not buyer_id:
            return Buyer.hidden(thread)
        user = self._sales.user(thread.seller_id, buyer_id)
        shown = [user.nickname] if user else [order.buyer_nickname for order in sale.orders]
        return Buyer.shown(buyer_id, next(filter(None, shown), ""), user.permalink if user else "")


def _writer(thread: Thread, exchange: Exchange) -> int:
    """Who wrote and is not the seller; 0 where nobody did, or where Mercado Livre's agent stands between."""
    if exchange.goes_through_agent:
        return 0
    others = {thread.seller_id, 0, *MESSAGING_AGENTS.values()}
    return next((message.from_user_id for message in exchange.messages if message.from_user_id not in others), 0)
