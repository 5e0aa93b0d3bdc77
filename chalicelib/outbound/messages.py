"""Replies to what buyers write after a sale: one message each or, where the words are many, several."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.errors import Refused, TryAgainLater
from chalicelib.mercado_livre.message_resources import Exchange, find_recipient
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.models import Delivery, Part, text_digest
from chalicelib.outbound.attachments import ReplyFiles
from chalicelib.outbound.parts import Errand, Parts
from chalicelib.outbound.refusals import NotSendable, Refusals
from chalicelib.outbound.replies import is_withdrawn
from chalicelib.stores.tables import TableItem
from chalicelib.stores.threads import ThreadRecord
from chalicelib.text import has_words, length, split, to_sendable
from chalicelib.work.jobs import DeliverReply

LONGEST_SENDING = timedelta(seconds=50)

# It says that the buyer wrote first, so that messages are the way to answer.
NO_BLOCKS = frozenset({"blocked_by_conversation_use_message_api"})

KEY_REFUSED = 422

# Of 10,000 characters, the most that a job carries, at 350 a message of which half may stay unused. A service that
# names a limit of some letters is not to fill a buyer's telephone.
MOST_PARTS = 60


class Messages:
    """The way of a reply after a sale."""

    def __init__(
        self,
        messaging: Messaging,
        conversations: Conversations,
        parts: Parts,
        files: ReplyFiles,
        refusals: Refusals,
        clock: Callable[[], datetime],
    ) -> None:
        self._messaging = messaging
        self._conversations = conversations
        self._parts = parts
        self._files = files
        self._refusals = refusals
        self._clock = clock

    def deliver(
        self, record: ThreadRecord, delivery: Delivery, job: DeliverReply, wait_its_turn: Callable[[], None]
    ) -> Delivery:
        """What became of the reply after this attempt; `sent` or `refused`."""
        try:
            return self._deliver(record, delivery, job, wait_its_turn)
        except NotSendable as refused:
            stored = record.deliveries.get(delivery.chatwoot_message_id, delivery)
            return self._refusals.refuse(stored, refused.reason)

    def finish(self, record: ThreadRecord, delivery: Delivery) -> Sequence[TableItem]:
        return self._parts.finish(record.thread, delivery)

    def _deliver(
        self, record: ThreadRecord, delivery: Delivery, job: DeliverReply, wait_its_turn: Callable[[], None]
    ) -> Delivery:
        text = self._text(job)
        exchange = self._read(record, delivery)
        delivery = self._parts.look_up(record, delivery, exchange, job)
        if delivery.state == "sent":
            return delivery
        if is_withdrawn(self._conversations, delivery, job, self._clock):
            raise self._refusals.say("reply_withdrawn")
        errand = Errand(record, exchange, self._recipient(record, exchange, job), job)
        limit = delivery.part_limit if _was_begun(delivery) else exchange.longest_message
        pieces = self._cut(text, limit, exchange)
        wait_its_turn()
        # Before the first part, so that a file that cannot be sent keeps the words back too.
        delivery = self._upload(errand, _plan(delivery, pieces, limit))
        return self._send_parts(errand, delivery, pieces)

    # Before anything is sent

    def _text(self, job: DeliverReply) -> str:
        """The words as Mercado Livre's messages carry them."""
        text, strange = to_sendable(self._conversations.read_words(job.content))
        if strange:
            raise self._refusals.say("message_unsendable", characters=" ".join(strange))
        if not has_words(text) and not job.files:
            raise self._refusals.say("message_empty")
        if job.content_length > len(job.content):
            raise self._refusals.say("message_too_long", length=job.content_length, limit=len(job.content))
        return text if has_words(text) else ""

    def _read(self, record: ThreadRecord, delivery: Delivery) -> Exchange:
        try:
            return self._messaging.read_exchange(record.thread.seller_id, record.thread.meli_id)
        except Refused as refusal:
            raise self._refusals.of_reading(record.thread, delivery, refusal) from refusal

    def _recipient(self, record: ThreadRecord, exchange: Exchange, job: DeliverReply) -> int:
        if exchange.is_blocked and exchange.substatus not in NO_BLOCKS:
            raise self._refusals.of_block(record.thread, exchange.substatus or exchange.status, job)
        if not exchange.status:
            raise self._refusals.say("conversation_state_unknown")
        buyer_id = record.conversation.buyer_id if record.conversation else 0
        recipient_id = find_recipient(exchange, record.thread.seller_id, buyer_id)
        if recipient_id is None:
            raise self._refusals.of_recipient(record.thread, exchange)
        return recipient_id

    def _cut(self, text: str, limit: int, exchange: Exchange) -> list[str]:
        """The messages that a reply becomes."""
        pieces = split(text, limit)
        if len(pieces) > MOST_PARTS:
            raise self._refusals.say("message_too_long", length=length(text), limit=limit * MOST_PARTS)
        if len(pieces) > 1 and exchange.goes_through_agent:
            longest = exchange.longest_message
            raise self._refusals.say("message_too_long_for_agent", length=length(text), limit=longest)
        return pieces

    # Sending

    def _send_parts(self, errand: Errand, delivery: Delivery, pieces: list[str]) -> Delivery:
        """Send the parts that were not sent, in their order; the files go with the last."""
        started = self._clock()
        for index, text in enumerate(pieces):
            if delivery.parts[index].state == "sent":
                continue
            if self._clock() - started > LONGEST_SENDING:
                raise TryAgainLater("more parts are to be sent", retry_after_seconds=1)
            is_last = index == len(pieces) - 1
            try:
                delivery = self._parts.send(errand, delivery, index, text, with_files=is_last)
            except Refused as refusal:
                if refusal.status != KEY_REFUSED or not (is_last and errand.job.files):
                    raise self._refusals.of_sending(errand.record.thread, refusal, text, errand.job) from refusal
                delivery = self._send_with_new_keys(errand, index, text)
        return delivery

    def _send_with_new_keys(self, errand: Errand, index: int, text: str) -> Delivery:
        """The last part once more: a key that has expired is good for one more try with a new one."""
        delivery = self._upload(errand, _without_keys(errand))
        try:
            return self._parts.send(errand, delivery, index, text, with_files=True)
        except Refused as refusal:
            if refusal.status != KEY_REFUSED:
                raise self._refusals.of_sending(errand.record.thread, refusal, text, errand.job) from refusal
            _without_keys(errand)
            raise self._refusals.say("file_expired_again") from refusal

    def _upload(self, errand: Errand, delivery: Delivery) -> Delivery:
        if not errand.job.files:
            return delivery
        return self._files.upload(errand, delivery)


def _without_keys(errand: Errand) -> Delivery:
    """The delivery, stored without the keys of its files."""
    delivery = errand.delivery._replace(files=())
    errand.record.save_delivery(delivery)
    return delivery


def _was_begun(delivery: Delivery) -> bool:
    """Whether the buyer has some of it already, so that the rest must be cut as it was."""
    return any(part.state == "sent" for part in delivery.parts)


def _plan(delivery: Delivery, pieces: list[str], limit: int) -> Delivery:
    """The delivery with a part for each piece; those that were sent stay as they are."""
    parts = delivery.parts
    if not _was_begun(delivery):
        spent = [message_id for part in parts for message_id in (*part.spent_ids, part.meli_message_id) if message_id]
        parts = tuple(Part(text_digest(piece)) for piece in pieces)
        parts = (parts[0]._replace(spent_ids=tuple(spent)), *parts[1:])
    return delivery._replace(
        state="sending",
        parts=parts,
        part_limit=limit,
        attempts=delivery.attempts + 1,
        is_told=False,
        is_read=False,
    )
