"""Replies to what buyers write after a sale: one message each or, where the words are many, several."""

import re
from collections.abc import Callable
from datetime import datetime

from chalicelib.conversations import Conversations
from chalicelib.errors import Refused, TryAgainLater
from chalicelib.facts import Facts
from chalicelib.jobs import DeliverReply
from chalicelib.markdown import has_words, to_plain_text
from chalicelib.matching import find_ours
from chalicelib.mercado_livre.message_resources import ACTIVE, REJECTED, Exchange, Message, Receipt, find_recipient
from chalicelib.mercado_livre.messaging import Messaging
from chalicelib.mercado_livre.sites import sale_page
from chalicelib.models import Delivery, Part, ThreadRecord, text_digest
from chalicelib.outbound.files import ReplyFiles
from chalicelib.outbound.plain_text import length, split, to_sendable
from chalicelib.outbound.refusing import NotSendable
from chalicelib.outbound.withdrawing import is_withdrawn
from chalicelib.readback import ReadBack
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import Threads
from chalicelib.wording import Wording

# A message that was just sent may not be listed yet; only after this long is it held to have been lost.
TIME_TO_BE_LISTED_SECONDS = 20

# A payment that is being checked blocks a conversation for about a minute.
PASSING_BLOCKS = frozenset({"blocked_by_payment"})
PASSING_BLOCK_SECONDS = 15 * 60
PAUSE_FOR_BLOCK_SECONDS = 30

# It says that the buyer wrote first, so that messages are the way to answer.
NO_BLOCKS = frozenset({"blocked_by_conversation_use_message_api"})

BLOCKED_CODE = "blocked_conversation_send_message_forbidden"
KEY_REFUSED, ACCOUNT_GONE = 422, 451

# Most refusals of a message share a code, so that only the words tell them apart.
# https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
SENTENCES_BY_WORDS = (
    (r"too long", "length_refused"),
    (r"not supported", "charset_refused"),
    (r"does not belong to pack", "wrong_recipient"),
    (r"mediation", "mediation_open"),
    (r"Env[ií]os Full", "full_not_delivered"),
    (r"Receiver does not belong", "receiver_not_in_order"),
    (r"token invalid for resource", "sale_not_ours"),
)


class Messages:
    """The way of a reply after a sale."""

    def __init__(
        self,
        messaging: Messaging,
        conversations: Conversations,
        threads: Threads,
        sellers: Sellers,
        facts: Facts,
        files: ReplyFiles,
        read_back: ReadBack,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._messaging = messaging
        self._conversations = conversations
        self._threads = threads
        self._sellers = sellers
        self._facts = facts
        self._files = files
        self._read_back = read_back
        self._wording = wording
        self._clock = clock

    def deliver(self, record: ThreadRecord, delivery: Delivery, job: DeliverReply) -> Delivery:
        """What became of the reply after this attempt; `sent` or `refused`."""
        try:
            self._deliver(record, delivery, job)
        except NotSendable as refused:
            return self._refused(_stored(record, delivery), refused.reason)
        return _stored(record, delivery)._replace(state="sent", reason="", is_told=False)

    def finish(self, record: ThreadRecord, delivery: Delivery) -> None:
        """Have moderation read back in a while: what was accepted may still be refused."""
        for part in delivery.parts:
            if part.meli_message_id:
                self._facts.remember_thread_of(record.thread, part.meli_message_id)
        self._read_back.soon(record.thread)

    def _deliver(self, record: ThreadRecord, delivery: Delivery, job: DeliverReply) -> None:
        text = self._text(job)
        exchange = self._read(record)
        delivery = self._look_up(record, delivery, exchange)
        if delivery.parts and all(part.state == "sent" for part in delivery.parts):
            return
        if is_withdrawn(self._conversations, delivery, job, self._clock):
            raise NotSendable(self._wording.say("reply_withdrawn"))
        recipient_id = self._recipient(record, exchange, job)
        limit = delivery.part_limit if _was_begun(delivery) else exchange.longest_message
        pieces = self._cut(text, limit, exchange)
        delivery = _plan(delivery, pieces, limit)
        for index, piece in enumerate(pieces):
            if delivery.parts[index].state != "sent":
                is_last = index == len(pieces) - 1
                delivery = self._send(
                    record, delivery, index, piece, exchange, recipient_id, job if is_last else job._replace(files=())
                )

    # Before anything is sent

    def _text(self, job: DeliverReply) -> str:
        """The words as Mercado Livre's messages carry them."""
        text, strange = to_sendable(to_plain_text(job.content))
        if strange:
            raise NotSendable(self._wording.say("message_unsendable", characters=" ".join(strange)))
        if not has_words(text) and not job.files:
            raise NotSendable(self._wording.say("message_empty"))
        if job.content_length > len(job.content):
            limit = len(job.content)
            raise NotSendable(self._wording.say("message_too_long", length=job.content_length, limit=limit))
        return text if has_words(text) else ""

    def _read(self, record: ThreadRecord) -> Exchange:
        try:
            return self._messaging.read_exchange(record.thread.seller_id, record.thread.meli_id)
        except Refused as refusal:
            raise NotSendable(self._explain(refusal, "")) from refusal

    def _recipient(self, record: ThreadRecord, exchange: Exchange, job: DeliverReply) -> int:
        if exchange.is_blocked and exchange.substatus not in NO_BLOCKS:
            self._refuse_blocked(exchange, job)
        if not exchange.is_blocked and exchange.status != ACTIVE:
            raise NotSendable(self._wording.say("conversation_state_unknown"))
        recipient_id = find_recipient(exchange, record.thread.seller_id)
        if recipient_id is None:
            link = sale_page(self._site_id(record, exchange), record.thread.meli_id)
            raise NotSendable(self._wording.say("recipient_unknown", link=link))
        return recipient_id

    def _refuse_blocked(self, exchange: Exchange, job: DeliverReply) -> None:
        waited_seconds = self._clock().timestamp() - job.received_at
        if exchange.substatus in PASSING_BLOCKS and waited_seconds < PASSING_BLOCK_SECONDS:
            raise TryAgainLater("the conversation is blocked for a moment", retry_after_seconds=PAUSE_FOR_BLOCK_SECONDS)
        raise NotSendable(self._wording.not_sent_while_blocked(exchange.substatus or exchange.status))

    def _cut(self, text: str, limit: int, exchange: Exchange) -> list[str]:
        """The messages that a reply becomes."""
        pieces = split(text, limit)
        if len(pieces) > 1 and exchange.goes_through_agent:
            raise NotSendable(
                self._wording.say("message_too_long_for_agent", length=length(text), limit=exchange.longest_message)
            )
        return pieces

    # Sending

    def _send(
        self,
        record: ThreadRecord,
        delivery: Delivery,
        index: int,
        text: str,
        exchange: Exchange,
        recipient_id: int,
        job: DeliverReply,
    ) -> Delivery:
        """The delivery with this part sent. A key of a file that is refused is good for one more try with new ones."""
        for is_last_try in (False, True):
            if job.files:
                delivery = self._files.upload(record, self._site_id(record, exchange), delivery, job)
            keys = tuple(file.key for file in delivery.files) if job.files else ()
            delivery = self._begin(record, delivery, index, exchange, keys)
            try:
                receipt = self._messaging.send_message(
                    record.thread.seller_id,
                    record.thread.meli_id,
                    recipient_id=recipient_id,
                    text=text,
                    file_keys=keys,
                )
            except Refused as refusal:
                delivery = self._save_part(record, delivery, index, delivery.parts[index]._replace(state="waiting"))
                if refusal.status == KEY_REFUSED and keys:
                    delivery = delivery._replace(files=())
                    if not is_last_try:
                        continue
                    raise NotSendable(self._wording.say("file_expired_again")) from refusal
                raise NotSendable(self._explain_sending(record, refusal, text)) from refusal
            return self._accept(record, delivery, index, receipt)
        raise AssertionError("the last try ends the loop")

    def _begin(
        self, record: ThreadRecord, delivery: Delivery, index: int, exchange: Exchange, keys: tuple[str, ...]
    ) -> Delivery:
        """Store the intent: from here on the part may have been sent."""
        part = delivery.parts[index]
        spent = (*part.spent_ids, part.meli_message_id) if part.meli_message_id else part.spent_ids
        begun = Part(
            part.text_digest,
            state="sending",
            begun_at=int(self._clock().timestamp()),
            after=exchange.newest_created,
            file_keys=keys,
            spent_ids=spent,
        )
        return self._save_part(record, delivery, index, begun)

    def _accept(self, record: ThreadRecord, delivery: Delivery, index: int, receipt: Receipt) -> Delivery:
        part = delivery.parts[index]._replace(meli_message_id=receipt.id)
        if receipt.state == REJECTED:
            self._save_part(record, delivery, index, part._replace(state="refused"))
            raise NotSendable(self._wording.moderation(receipt.reason))
        return self._save_part(record, delivery, index, part._replace(state="sent"))

    def _save_part(self, record: ThreadRecord, delivery: Delivery, index: int, part: Part) -> Delivery:
        parts = (*delivery.parts[:index], part, *delivery.parts[index + 1 :])
        delivery = delivery._replace(parts=parts)
        record.deliveries[delivery.chatwoot_message_id] = delivery
        self._threads.save_delivery(record.thread, delivery)
        return delivery

    # What is not known

    def _look_up(self, record: ThreadRecord, delivery: Delivery, exchange: Exchange) -> Delivery:
        """The delivery with the outcome of each part that was begun and not finished."""
        record.deliveries[delivery.chatwoot_message_id] = delivery
        shown = {message.id: message for message in exchange.messages}
        found = {
            place.part: shown[message_id]
            for message_id, place in find_ours(record, exchange).items()
            if place.chatwoot_message_id == delivery.chatwoot_message_id
        }
        for index, part in enumerate(delivery.parts):
            if part.state == "refused" and not part.meli_message_id and index in found:
                delivery = self._save_part(record, delivery, index, part._replace(meli_message_id=found[index].id))
            if part.state == "sending":
                delivery = self._save_part(record, delivery, index, self._outcome(part, found.get(index)))
                if delivery.parts[index].state == "refused":
                    raise NotSendable(self._wording.moderation(found[index].reason))
        return delivery

    def _outcome(self, part: Part, message: Message | None) -> Part:
        if message:
            return part._replace(state="refused" if message.state == REJECTED else "sent", meli_message_id=message.id)
        if self._clock().timestamp() - part.begun_at < TIME_TO_BE_LISTED_SECONDS:
            raise TryAgainLater("a message may not be listed yet", retry_after_seconds=TIME_TO_BE_LISTED_SECONDS)
        return part._replace(state="waiting")

    # Words

    def _explain_sending(self, record: ThreadRecord, refusal: Refused, text: str) -> str:
        if BLOCKED_CODE in (refusal.code, refusal.words):
            return self._wording.not_sent_while_blocked(self._find_substatus(record, refusal))
        return self._explain(refusal, text)

    def _find_substatus(self, record: ThreadRecord, refusal: Refused) -> str:
        """Why a conversation is blocked that was not when it was read."""
        for cause in refusal.causes:
            if self._wording.knows(f"blocked/{cause}"):
                return cause
        exchange = self._read(record)
        return exchange.substatus or next(iter(refusal.causes), "") or BLOCKED_CODE

    def _explain(self, refusal: Refused, text: str) -> str:
        words = refusal.words or refusal.code or str(refusal.status)
        if refusal.status == ACCOUNT_GONE:
            return self._wording.say("buyer_gone")
        for pattern, sentence in SENTENCES_BY_WORDS:
            if re.search(pattern, words, re.IGNORECASE):
                characters = dict.fromkeys(character for character in text if ord(character) > 0xFF)
                return self._wording.say(sentence, words=words, characters=" ".join(characters) or words)
        return self._wording.say("reply_forbidden" if refusal.status == 403 else "reply_refused", words=words)

    def _refused(self, delivery: Delivery, reason: str) -> Delivery:
        sent, total = sum(part.state == "sent" for part in delivery.parts), len(delivery.parts)
        if 0 < sent < total:
            reason = self._wording.say("message_parts_sent", sent=sent, total=total, reason=reason)
        return delivery._replace(state="refused", reason=reason, is_told=False)

    def _site_id(self, record: ThreadRecord, exchange: Exchange) -> str:
        shown = [message.site_id for message in exchange.messages if message.site_id]
        if shown:
            return shown[-1]
        seller = self._sellers.get(record.thread.seller_id)
        return seller.site_id if seller else ""


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
        state="sending", parts=parts, part_limit=limit, attempts=delivery.attempts + 1, is_told=False
    )


def _stored(record: ThreadRecord, delivery: Delivery) -> Delivery:
    """The delivery as it was last saved; the given one where none was."""
    return record.deliveries.get(delivery.chatwoot_message_id, delivery)
