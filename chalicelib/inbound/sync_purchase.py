"""What is written after a sale becomes one conversation per purchase."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.errors import NotFound, TryAgainLater
from chalicelib.inbound.conversation_state import ConversationState
from chalicelib.inbound.exchange_reader import ExchangeReader
from chalicelib.inbound.messages import MessageWriter
from chalicelib.inbound.reply_outcomes import ReplyOutcomes
from chalicelib.inbound.sale_note import SaleNotes
from chalicelib.mercado_livre.message_resources import Exchange, Message
from chalicelib.mercado_livre.reply_matching import Place, find_ours
from chalicelib.models import ThreadRecord
from chalicelib.observability import count, logger
from chalicelib.settings import Settings
from chalicelib.stores.threads import Threads
from chalicelib.work.jobs import SyncThread

# Chatwoot takes 200 messages a minute in one conversation (4.15.1, app/models/message.rb).
MOST_POSTS_AT_ONCE = 100
PAUSE_AFTER_MANY_POSTS_SECONDS = 61
LONGEST_RUN = timedelta(seconds=20)

# A sale may be read a little later than what is written about it.
TIME_TO_APPEAR = timedelta(minutes=1)


class PurchaseSync:
    """Brings the conversation of a purchase up to date."""

    def __init__(
        self,
        exchanges: ExchangeReader,
        conversations: Conversations,
        threads: Threads,
        sale_notes: SaleNotes,
        messages: MessageWriter,
        reply_outcomes: ReplyOutcomes,
        conversation_state: ConversationState,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._exchanges = exchanges
        self._conversations = conversations
        self._threads = threads
        self._sale_notes = sale_notes
        self._messages = messages
        self._reply_outcomes = reply_outcomes
        self._conversation_state = conversation_state
        self._settings = settings
        self._clock = clock

    def sync_thread(self, job: SyncThread) -> None:
        """Bring one purchase up to date. Repeating it is safe and, when nothing changed, costs one read."""
        record = self._threads.load(job.thread)
        exchange = _without_erased(record, self._exchanges.read(job))
        if not exchange.is_whole:
            if self._has_all(record, exchange):
                self._tell_state(record, exchange, job)
                return
            exchange = _without_erased(record, self._exchanges.read(job._replace(changed="")))
        if record.conversation is None and not exchange.messages:
            logger.info("nothing was written about this purchase")
            return
        ours = find_ours(record, exchange)
        self._reply_outcomes.settle(record, exchange, ours, job)
        missing = [message for message in exchange.messages if self._is_missing(record, message, ours)]
        if record.conversation is None and not missing:
            # Only replies of ours, from a conversation that was lost since: nothing to open another for.
            return
        record = self._open_where_missing(record, exchange)
        try:
            self._bring_up_to_date(record, exchange, missing, job)
        except NotFound:
            if not self._conversations.is_gone(record.opened):
                raise
            logger.warning("the conversation is gone", chatwoot_conversation_id=record.opened.conversation_id)
            if missing:
                # Another one for what comes now; what the deleted one held stays deleted.
                record = self._open_where_missing(record._replace(conversation=None), exchange)
                self._bring_up_to_date(record, exchange, missing, job)

    def _has_all(self, record: ThreadRecord, exchange: Exchange) -> bool:
        """Whether nothing that a page shows was written unannounced: what was, comes with whatever happens next."""
        ours = find_ours(record, exchange)
        return not any(self._is_missing(record, message, ours) for message in exchange.messages)

    def _tell_state(self, record: ThreadRecord, exchange: Exchange, job: SyncThread) -> None:
        """Whether an open conversation may be answered; all that was written in it is told by what announces that."""
        conversation = record.conversation
        if conversation is None or not conversation.conversation_id:
            return
        try:
            self._conversation_state.tell(record, exchange, job)
        except NotFound:
            if not self._conversations.is_gone(conversation):
                raise
            logger.warning("the conversation is gone", chatwoot_conversation_id=conversation.conversation_id)

    def _bring_up_to_date(
        self, record: ThreadRecord, exchange: Exchange, missing: list[Message], job: SyncThread
    ) -> None:
        self._post(record, missing)
        for message in exchange.messages:
            self._messages.tell_change(record, message)
        self._conversation_state.tell(record, exchange, job)

    def _is_missing(self, record: ThreadRecord, message: Message, ours: dict[str, Place]) -> bool:
        if message.id in ours:
            return False
        if message.from_user_id == record.thread.seller_id and not self._settings.echoes_seller_messages:
            return False
        return not self._messages.is_posted(record, message)

    def _open_where_missing(self, record: ThreadRecord, exchange: Exchange) -> ThreadRecord:
        """The record with its conversation, and the order in short told in it."""
        if record.conversation and record.conversation.is_labelled and self._sale_notes.is_noted(record):
            return record
        sale = self._sale_notes.read(record.thread)
        is_new = any(self._clock() - message.created < TIME_TO_APPEAR for message in exchange.messages)
        if is_new and not sale.buyer_id:
            raise TryAgainLater("the sale cannot be read yet")
        if record.conversation is None or not record.conversation.is_labelled:
            opening = self._sale_notes.describe(record.thread, sale, exchange)
            record = record._replace(conversation=self._conversations.open(record, opening))
            count("PurchaseBroughtIn")
            logger.info("purchase brought in", chatwoot_conversation_id=record.opened.conversation_id)
        self._sale_notes.post_note(record, sale)
        return record

    def _post(self, record: ThreadRecord, missing: list[Message]) -> None:
        """Add the messages that the conversation lacks, oldest first; a long history in several jobs."""
        until = self._clock() + LONGEST_RUN
        for number, message in enumerate(missing):
            if number == MOST_POSTS_AT_ONCE:
                raise TryAgainLater("more was written", retry_after_seconds=PAUSE_AFTER_MANY_POSTS_SECONDS)
            self._messages.post(record, message, until=until)
            count("MessageBroughtIn")


def _without_erased(record: ThreadRecord, exchange: Exchange) -> Exchange:
    """The exchange without what was written before its buyer was erased; what comes after is brought in as new."""
    if not record.erased_at:
        return exchange
    erased_at = datetime.fromtimestamp(record.erased_at, UTC)
    return replace(exchange, messages=tuple(m for m in exchange.messages if m.created > erased_at))
