"""What became of agents' replies after Mercado Livre took them: refused by moderation, or read by the buyer."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.mercado_livre.message_resources import PENDING, REJECTED, Exchange, Message
from chalicelib.mercado_livre.reply_matching import SPENT, Place
from chalicelib.models import Delivery, Part
from chalicelib.observability import logger
from chalicelib.sentences.wording import Wording
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import SyncThread
from chalicelib.work.read_back import ReadBack

# Moderation that takes longer than this is found by whatever is announced of the purchase next.
LONGEST_MODERATION = timedelta(days=1)


class ReplyOutcomes:
    """Keeps the outcome that an agent's message shows true."""

    def __init__(
        self,
        conversations: Conversations,
        read_back: ReadBack,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._conversations = conversations
        self._read_back = read_back
        self._wording = wording
        self._clock = clock

    def settle(self, record: ThreadRecord, exchange: Exchange, ours: dict[str, Place], job: SyncThread) -> None:
        """Tell what changed about the replies that became these messages. Repeating it is safe."""
        shown = {message.id: message for message in exchange.messages}
        found: dict[int, dict[int, Message]] = {}
        for message_id, place in ours.items():
            if place.part != SPENT:
                found.setdefault(place.chatwoot_message_id, {})[place.part] = shown[message_id]
        for chatwoot_message_id, messages in found.items():
            self._settle_one(record, record.deliveries[chatwoot_message_id], messages)
        if job.is_read_back and any(self._is_pending(shown[message_id]) for message_id in ours):
            self._read_back.again(record.thread)

    def _settle_one(self, record: ThreadRecord, delivery: Delivery, messages: dict[int, Message]) -> None:
        parts = tuple(
            _with_outcome(part, messages[index]) if index in messages else part
            for index, part in enumerate(delivery.parts)
        )
        changed = delivery._replace(parts=parts)
        if any(part.state == "refused" for part in parts):
            reason = next((message.reason for message in messages.values() if message.state == REJECTED), "")
            words = self._wording.partly_sent(parts, self._wording.moderation(reason))
            changed = changed._replace(state="refused", reason=words)
        elif all(part.state == "sent" for part in parts):
            changed = changed._replace(state="sent", reason="")
        if (changed.state, changed.reason) != (delivery.state, delivery.reason):
            changed = self._tell(record, changed, " ".join(message.text for message in messages.values()))
        is_read = changed.state == "sent" and len(messages) == len(parts) and all(m.is_read for m in messages.values())
        if is_read and not changed.is_read:
            self._conversations.tell_read(changed)
            changed = changed._replace(is_read=True)
        record.save_delivery(changed)

    def _tell(self, record: ThreadRecord, delivery: Delivery, excerpt: str) -> Delivery:
        delivery = self._conversations.tell_outcome(delivery, excerpt)
        if delivery.state == "refused" and record.has_conversation:
            # The agent must see it, and a message that fails does not reopen a resolved conversation.
            self._conversations.set_status(record.opened, "open")
        logger.info("reply settled after the fact", delivery_state=delivery.state)
        return delivery._replace(is_told=True)

    def _is_pending(self, message: Message) -> bool:
        return message.state == PENDING and self._clock() - message.created < LONGEST_MODERATION


def _with_outcome(part: Part, message: Message) -> Part:
    return part._replace(state="refused" if message.state == REJECTED else "sent", meli_message_id=message.id)
