"""Replies to what buyers write after a sale: one message each or, where the words are many, several."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.errors import Refused, TryAgainLater
from chalicelib.mercado_livre.message_resources import Exchange, find_recipient
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.mercado_livre.sites import sale_page
from chalicelib.models import Delivery, Part, ThreadRecord, text_digest
from chalicelib.outbound.attachments import ReplyFiles
from chalicelib.outbound.parts import Errand, Parts
from chalicelib.outbound.refusing import NotSendable
from chalicelib.outbound.withdrawing import is_withdrawn
from chalicelib.sentences.wording import Wording
from chalicelib.stores.known_threads import KnownThreads
from chalicelib.stores.sellers import Sellers
from chalicelib.text.markdown import has_words, to_plain_text
from chalicelib.text.plain_text import length, split, to_sendable
from chalicelib.work.jobs import DeliverReply
from chalicelib.work.read_back import ReadBack

LONGEST_RUN = timedelta(seconds=50)

# A payment that is being checked blocks a conversation for about a minute.
PASSING_BLOCKS = frozenset({"blocked_by_payment"})
PASSING_BLOCK_SECONDS = 90
PAUSE_FOR_BLOCK_SECONDS = 20

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
        parts: Parts,
        sellers: Sellers,
        known_threads: KnownThreads,
        files: ReplyFiles,
        read_back: ReadBack,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._messaging = messaging
        self._conversations = conversations
        self._parts = parts
        self._sellers = sellers
        self._known_threads = known_threads
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
                self._known_threads.remember_message(record.thread, part.meli_message_id)
        self._read_back.soon(record.thread)

    def _deliver(self, record: ThreadRecord, delivery: Delivery, job: DeliverReply) -> None:
        text = self._text(job)
        exchange = self._read(record, delivery)
        delivery = self._parts.look_up(record, delivery, exchange, job)
        if delivery.parts and all(part.state == "sent" for part in delivery.parts):
            return
        if is_withdrawn(self._conversations, delivery, job, self._clock):
            raise NotSendable(self._wording.say("reply_withdrawn"))
        recipient_id = self._recipient(record, exchange, job)
        limit = delivery.part_limit if _was_begun(delivery) else exchange.longest_message
        pieces = self._cut(text, limit, exchange)
        delivery = _plan(delivery, pieces, limit)
        # Before the first part, so that a file that cannot be sent keeps the words back too.
        errand = Errand(record, exchange, recipient_id, job)
        self._send_parts(errand, self._upload(errand, delivery), pieces)

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

    def _read(self, record: ThreadRecord, delivery: Delivery) -> Exchange:
        try:
            return self._messaging.read_exchange(record.thread.seller_id, record.thread.meli_id)
        except Refused as refusal:
            if any(part.state == "sending" for part in delivery.parts):
                # It may have gone; should the exchange be shown again, its outcome will be told then.
                self._read_back.soon(record.thread)
                raise NotSendable(self._wording.say("reply_given_up")) from refusal
            raise NotSendable(self._explain(refusal, "")) from refusal

    def _recipient(self, record: ThreadRecord, exchange: Exchange, job: DeliverReply) -> int:
        if exchange.is_blocked and exchange.substatus not in NO_BLOCKS:
            self._refuse_blocked(record, exchange.substatus or exchange.status, job)
        if not exchange.status:
            raise NotSendable(self._wording.say("conversation_state_unknown"))
        buyer_id = record.conversation.buyer_id if record.conversation else 0
        recipient_id = find_recipient(exchange, record.thread.seller_id, buyer_id)
        if recipient_id is None:
            link = sale_page(self._site_id(record, exchange), record.thread.meli_id)
            raise NotSendable(self._wording.say("recipient_unknown", link=link))
        return recipient_id

    def _refuse_blocked(self, record: ThreadRecord, substatus: str, job: DeliverReply) -> NoReturn:
        waited_seconds = self._clock().timestamp() - job.received_at
        if substatus in PASSING_BLOCKS and waited_seconds < PASSING_BLOCK_SECONDS:
            raise TryAgainLater("the conversation is blocked for a moment", retry_after_seconds=PAUSE_FOR_BLOCK_SECONDS)
        # Mercado Livre announces no blocks, so the conversation learns of it here.
        self._read_back.now(record.thread)
        raise NotSendable(self._wording.not_sent_while_blocked(substatus))

    def _cut(self, text: str, limit: int, exchange: Exchange) -> list[str]:
        """The messages that a reply becomes."""
        pieces = split(text, limit)
        if len(pieces) > 1 and exchange.goes_through_agent:
            raise NotSendable(
                self._wording.say("message_too_long_for_agent", length=length(text), limit=exchange.longest_message)
            )
        return pieces

    # Sending

    def _send_parts(self, errand: Errand, delivery: Delivery, pieces: list[str]) -> None:
        """Send the parts that were not sent, in their order; the files go with the last."""
        started = self._clock()
        for index, text in enumerate(pieces):
            if delivery.parts[index].state == "sent":
                continue
            if self._clock() - started > LONGEST_RUN:
                raise TryAgainLater("more parts are to be sent", retry_after_seconds=1)
            is_last = index == len(pieces) - 1
            try:
                delivery = self._parts.send(errand, delivery, index, text, with_files=is_last)
            except Refused as refusal:
                if refusal.status != KEY_REFUSED or not (is_last and errand.job.files):
                    raise NotSendable(self._explain_sending(errand, refusal, text)) from refusal
                self._send_with_new_keys(errand, index, text)

    def _send_with_new_keys(self, errand: Errand, index: int, text: str) -> None:
        """The last part once more: a key that has expired is good for one more try with a new one."""
        try:
            self._parts.send(errand, self._upload(errand, self._without_keys(errand)), index, text, with_files=True)
        except Refused as refusal:
            if refusal.status != KEY_REFUSED:
                raise NotSendable(self._explain_sending(errand, refusal, text)) from refusal
            self._without_keys(errand)
            raise NotSendable(self._wording.say("file_expired_again")) from refusal

    def _without_keys(self, errand: Errand) -> Delivery:
        delivery = errand.record.deliveries[errand.job.chatwoot_message_id]
        return self._parts.save(errand.record, delivery._replace(files=()))

    def _upload(self, errand: Errand, delivery: Delivery) -> Delivery:
        if not errand.job.files:
            return delivery
        return self._files.upload(errand.record, self._site_id(errand.record, errand.exchange), delivery, errand.job)

    # Words

    def _explain_sending(self, errand: Errand, refusal: Refused, text: str) -> str:
        if BLOCKED_CODE in (refusal.code, refusal.words):
            self._refuse_blocked(errand.record, self._find_substatus(errand.record, refusal), errand.job)
        return self._explain(refusal, text)

    def _find_substatus(self, record: ThreadRecord, refusal: Refused) -> str:
        """Why a conversation is blocked that was not when it was read."""
        for cause in refusal.causes:
            if self._wording.knows(f"blocked/{cause}"):
                return cause
        try:
            exchange = self._messaging.read_exchange(record.thread.seller_id, record.thread.meli_id)
        except Refused:
            return BLOCKED_CODE
        return exchange.substatus or next(iter(refusal.causes), "") or BLOCKED_CODE

    def _explain(self, refusal: Refused, text: str) -> str:
        if refusal.status == ACCOUNT_GONE:
            return self._wording.say("buyer_gone")
        for pattern, sentence in SENTENCES_BY_WORDS:
            if re.search(pattern, refusal.words, re.IGNORECASE):
                characters = dict.fromkeys(character for character in text if ord(character) > 0xFF)
                named = " ".join(characters) or refusal.brief
                return self._wording.say(sentence, words=refusal.brief, characters=named)
        return self._wording.say("reply_forbidden" if refusal.status == 403 else "reply_refused", words=refusal.brief)

    def _refused(self, delivery: Delivery, reason: str) -> Delivery:
        words = self._wording.partly_sent(delivery.parts, reason)
        return delivery._replace(state="refused", reason=words, is_told=False)

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
        state="sending",
        parts=parts,
        part_limit=limit,
        attempts=delivery.attempts + 1,
        is_told=False,
        is_read=False,
    )


def _stored(record: ThreadRecord, delivery: Delivery) -> Delivery:
    """The delivery as it was last saved; the given one where none was."""
    return record.deliveries.get(delivery.chatwoot_message_id, delivery)
