"""Why a reply after a sale is not sent, in words for its agent."""

import re
from collections.abc import Callable
from datetime import datetime

from chalicelib.errors import Refused, TryAgainLater
from chalicelib.mercado_livre.message_resources import Exchange
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.mercado_livre.sites import sale_page
from chalicelib.models import Delivery, Thread
from chalicelib.sentences.wording import Wording
from chalicelib.stores.sellers import Sellers
from chalicelib.work.jobs import DeliverReply
from chalicelib.work.read_back import ReadBack

# A payment that is being checked blocks a conversation for about a minute.
PASSING_BLOCKS = frozenset({"blocked_by_payment"})
PASSING_BLOCK_SECONDS = 90
PAUSE_FOR_BLOCK_SECONDS = 20

BLOCKED_CODE = "blocked_conversation_send_message_forbidden"
ACCOUNT_GONE = 451

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


class NotSendable(Exception):
    """The reply will not be sent as it is; `reason` is the sentence for its agent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refusals:
    """Finds the reason and its sentence. What is still to pass by itself raises TryAgainLater."""

    def __init__(
        self,
        messaging: Messaging,
        sellers: Sellers,
        read_back: ReadBack,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._messaging = messaging
        self._sellers = sellers
        self._read_back = read_back
        self._wording = wording
        self._clock = clock

    def say(self, sentence: str, **facts: object) -> NotSendable:
        return NotSendable(self._wording.say(sentence, **facts))

    def refuse(self, delivery: Delivery, reason: str) -> Delivery:
        """The delivery as refused; the reason says how much of it went."""
        words = self._wording.partly_sent(delivery.parts, reason)
        return delivery._replace(state="refused", reason=words, is_told=False)

    def of_reading(self, thread: Thread, delivery: Delivery, refusal: Refused) -> NotSendable:
        """Why a reply cannot be sent whose exchange is not shown."""
        if any(part.state == "sending" for part in delivery.parts):
            # It may have gone; should the exchange be shown again, its outcome will be told then.
            self._read_back.soon(thread)
            return self.say("reply_given_up")
        return NotSendable(self._explain(refusal, ""))

    def of_sending(self, thread: Thread, refusal: Refused, text: str, job: DeliverReply) -> NotSendable:
        """Why Mercado Livre did not take a message."""
        if BLOCKED_CODE in (refusal.code, refusal.words):
            return self.of_block(thread, self._find_substatus(thread, refusal), job)
        return NotSendable(self._explain(refusal, text))

    def of_block(self, thread: Thread, substatus: str, job: DeliverReply) -> NotSendable:
        """Why nobody may write in a conversation; the next look shows it there too."""
        waited_seconds = self._clock().timestamp() - job.received_at
        if substatus in PASSING_BLOCKS and waited_seconds < PASSING_BLOCK_SECONDS:
            raise TryAgainLater("the conversation is blocked for a moment", retry_after_seconds=PAUSE_FOR_BLOCK_SECONDS)
        # Mercado Livre announces no blocks, so the conversation learns of it here.
        self._read_back.now(thread)
        return NotSendable(self._wording.blocked(substatus))

    def of_recipient(self, thread: Thread, exchange: Exchange) -> NotSendable:
        """That nobody can say to whom a reply must go, and where it can be sent by hand."""
        link = sale_page(exchange.site_id or self._sellers.site_of(thread.seller_id), thread.meli_id)
        return self.say("recipient_unknown" if exchange.messages else "buyer_has_not_written", link=link)

    def _find_substatus(self, thread: Thread, refusal: Refused) -> str:
        """Why a conversation is blocked that was not when it was read."""
        for cause in refusal.causes:
            if self._wording.knows(f"blocked/{cause}"):
                return cause
        try:
            exchange = self._messaging.read_exchange(thread.seller_id, thread.meli_id)
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
