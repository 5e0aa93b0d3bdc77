"""Whether, and until when, a conversation about a purchase may be answered."""

from datetime import datetime

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.chatwoot.message_bodies import private_note
from chalicelib.mercado_livre.message_resources import REJECTED, Exchange, Message
from chalicelib.mercado_livre.sites import add_business_hours, time_zone
from chalicelib.models import SOURCE_ID_PREFIX, Conversation, Post, ThreadRecord
from chalicelib.sentences.wording import Wording
from chalicelib.stores.threads import Threads

# https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
HOURS_TO_RESOLVE = 48


class ConversationState:
    """Keeps agents told of blocks and deadlines."""

    def __init__(self, conversations: Conversations, threads: Threads, wording: Wording) -> None:
        self._conversations = conversations
        self._threads = threads
        self._wording = wording

    def tell(self, record: ThreadRecord, exchange: Exchange) -> None:
        """Tell what has changed since it was last told. Repeating it is safe."""
        if exchange.status:
            conversation = self._tell_block(record, record.opened, exchange)
            if exchange.is_whole or exchange.is_blocked:
                self._tell_deadline(record, conversation, exchange)

    def _tell_block(self, record: ThreadRecord, conversation: Conversation, exchange: Exchange) -> Conversation:
        """Say once that nobody may write any more, and why; and once that it is over."""
        state = exchange.substatus or exchange.status if exchange.is_blocked else ""
        if state == conversation.told_state:
            return conversation
        change = conversation.changes + 1
        content = self._wording.blocked(state) if state else self._wording.say("blocked/released")
        # Mercado Livre spells one reason in two ways.
        if not (state and conversation.told_state) or content != self._wording.blocked(conversation.told_state):
            self._note(record, f"{change}/{state or 'released'}", content)
        self._conversations.add_attributes(conversation, {"meli_conversation_state": state})
        conversation = conversation._replace(told_state=state, changes=change)
        self._threads.save_conversation(record.thread, conversation)
        return conversation

    def _tell_deadline(self, record: ThreadRecord, conversation: Conversation, exchange: Exchange) -> None:
        """Until when a conversation that goes through the messaging agent must be resolved."""
        deadline = find_deadline(exchange, record.thread.seller_id)
        told = deadline.isoformat() if deadline else ""
        if told == conversation.told_deadline:
            return
        written = self._wording.deadline(deadline) if deadline else ""
        if deadline:
            content = self._wording.say("agent_thread_deadline", deadline=written, limit=exchange.longest_message)
            self._note(record, "deadline", content)
        self._conversations.add_attributes(conversation, {"meli_reply_deadline": written})
        self._threads.save_conversation(record.thread, conversation._replace(told_deadline=told))

    def _note(self, record: ThreadRecord, occasion: str, content: str) -> None:
        source_id = f"{SOURCE_ID_PREFIX}note/conversation/{record.opened.conversation_id}/{occasion}"
        self._conversations.post(record, Post(source_id), private_note(content, source_id=source_id))


def find_deadline(exchange: Exchange, seller_id: int) -> datetime | None:
    """48 business hours after the first message that was not answered; None where nothing waits, or may be written."""
    waiting: Message | None = None
    for message in exchange.messages if exchange.goes_through_agent and not exchange.is_blocked else ():
        is_answer = message.from_user_id == seller_id and message.state != REJECTED
        waiting = None if is_answer else waiting or message
    return add_business_hours(waiting.created, HOURS_TO_RESOLVE, time_zone(waiting.site_id)) if waiting else None
