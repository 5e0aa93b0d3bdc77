"""What is written after a sale becomes one conversation per purchase."""

from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.chatwoot.conversations import Conversations, deleted_while_made
from chalicelib.errors import NotFound, NotShown
from chalicelib.inbound.changed import Changed, leaves_writing_alone
from chalicelib.inbound.conversation_state import ConversationState
from chalicelib.inbound.exchange_reader import ExchangeReader
from chalicelib.inbound.messages import MessageWriter
from chalicelib.inbound.purchase_opening import SALE_NOTE, PurchaseOpenings
from chalicelib.inbound.reply_outcomes import ReplyOutcomes
from chalicelib.mercado_livre.message_resources import Exchange, Message
from chalicelib.mercado_livre.reply_matching import find_ours
from chalicelib.observability import logger
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import SyncThread

# What is known of an exchange that was not read: nothing.
UNREAD = Exchange((), "", "", "", longest_message=0, total=0, is_whole=False)


class PurchaseSync:
    """Brings the conversation of a purchase up to date."""

    def __init__(
        self,
        exchanges: ExchangeReader,
        conversations: Conversations,
        openings: PurchaseOpenings,
        messages: MessageWriter,
        reply_outcomes: ReplyOutcomes,
        conversation_state: ConversationState,
    ) -> None:
        self._exchanges = exchanges
        self._conversations = conversations
        self._openings = openings
        self._messages = messages
        self._reply_outcomes = reply_outcomes
        self._conversation_state = conversation_state

    def sync_thread(self, record: ThreadRecord, job: SyncThread) -> bool:
        """Bring one purchase up to date; whether it was looked at what was written about it.

        Repeating it is safe and, when nothing changed, costs one read.
        """
        changed = self._conversation_state.read_changed(record, job)
        if leaves_writing_alone(record, changed, job):
            self._tell_state(record, UNREAD, job, changed)
            return False
        try:
            self._sync_writing(record, job, changed)
        except NotShown:
            if changed.sale or changed.claims:
                # What became of the sale is told, though what was written is not shown.
                self._tell_state(record, UNREAD, job, changed)
            raise
        return True

    def _sync_writing(self, record: ThreadRecord, job: SyncThread, changed: Changed) -> None:
        exchange = _without_erased(record, self._exchanges.read(job))
        if not exchange.is_whole:
            if self._has_all(record, exchange):
                self._tell_state(record, exchange, job, changed)
                return
            exchange = _without_erased(record, self._exchanges.read(job._replace(changed="")))
        needs_agent = record.conversation is None and (
            self._openings.opens_on(record, job) or any(facts.claim.is_open for facts in changed.shown_claims)
        )
        if record.conversation is None and not exchange.messages and not needs_agent:
            logger.info("nothing was written about this purchase")
            return
        ours = find_ours(record, exchange) if record.deliveries else {}
        if ours:
            self._reply_outcomes.settle(record, exchange, ours, job)
        missing = self._messages.find_missing(record, exchange, ours)
        if record.conversation is None and not missing and not needs_agent:
            # Only replies of ours, from a conversation that was lost since: nothing to open another for.
            return
        try:
            self._bring_up_to_date(record, exchange, missing, job, changed)
        except NotFound:
            if not self._conversations.is_gone(record):
                raise
            if missing:
                # Another one for what comes now; what the deleted one held stays deleted.
                record.leave_conversation()
                self._open_another(record, exchange, missing, job, changed)

    def _open_another(
        self, record: ThreadRecord, exchange: Exchange, missing: list[Message], job: SyncThread, changed: Changed
    ) -> None:
        try:
            self._bring_up_to_date(record, exchange, missing, job, changed)
        except NotFound as error:
            raise deleted_while_made() from error

    def _has_all(self, record: ThreadRecord, exchange: Exchange) -> bool:
        """Whether nothing that a page shows was written unannounced: what was, comes with whatever happens next."""
        return not self._messages.find_missing(record, exchange, find_ours(record, exchange))

    def _tell_state(self, record: ThreadRecord, exchange: Exchange, job: SyncThread, changed: Changed) -> None:
        """Whether an open conversation may be answered; all that was written in it is told by what announces that."""
        if not record.has_conversation:
            return
        try:
            self._conversation_state.tell(record, exchange, job, changed)
        except NotFound:
            if not self._conversations.is_gone(record):
                raise

    def _open_where_missing(self, record: ThreadRecord, exchange: Exchange, changed: Changed) -> Changed:
        """What changed, with the sale where it was read for the opening."""
        is_open = record.conversation and record.conversation.is_labelled
        if not is_open or not record.has_posted(record.note_id(SALE_NOTE)):
            return changed._replace(sale=self._openings.open(record, exchange))
        return changed

    def _bring_up_to_date(
        self, record: ThreadRecord, exchange: Exchange, missing: list[Message], job: SyncThread, changed: Changed
    ) -> None:
        changed = self._open_where_missing(record, exchange, changed)
        self._messages.post_all(record, missing)
        for message in exchange.messages:
            self._messages.tell_change(record, message)
        self._conversation_state.tell(record, exchange, job, changed)


def _without_erased(record: ThreadRecord, exchange: Exchange) -> Exchange:
    """The exchange without what was written before its buyer was erased; what comes after is brought in as new."""
    if not record.erased_at:
        return exchange
    erased_at = datetime.fromtimestamp(record.erased_at, UTC)
    return replace(exchange, messages=tuple(m for m in exchange.messages if m.created > erased_at))
