"""The messages that a reply becomes at Mercado Livre: each one's intent and outcome, stored around its sending."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.errors import OutcomeUnknown, Refused, TryAgainLater
from chalicelib.mercado_livre.message_resources import REJECTED, Exchange, Message
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.mercado_livre.reply_matching import find_ours
from chalicelib.models import Delivery, Part, Thread
from chalicelib.outbound.patience import why_never_taken
from chalicelib.outbound.refusals import NotSendable
from chalicelib.sentences.wording import Wording
from chalicelib.stores.known_threads import KnownThreads
from chalicelib.stores.tables import TableItem
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import DeliverReply
from chalicelib.work.read_back import ReadBack

# A message that was just sent may not be listed yet; only after this long is it held to have been lost.
TIME_TO_BE_LISTED_SECONDS = 60
PAUSE_FOR_LISTING_SECONDS = 15


class Errand(NamedTuple):
    """A reply on its way: what is known of its thread, what was written there, and to whom it goes."""

    record: ThreadRecord
    exchange: Exchange
    recipient_id: int
    job: DeliverReply

    @property
    def delivery(self) -> Delivery:
        """The reply as it was last stored."""
        return self.record.deliveries[self.job.chatwoot_message_id]


class Parts:
    """Sends parts, once each."""

    def __init__(
        self,
        messaging: Messaging,
        known_threads: KnownThreads,
        read_back: ReadBack,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._messaging = messaging
        self._known_threads = known_threads
        self._read_back = read_back
        self._wording = wording
        self._clock = clock

    def send(self, errand: Errand, delivery: Delivery, index: int, text: str, *, with_files: bool) -> Delivery:
        """Send one part and store what came of it; the intent first, from which on it may have been sent.

        Raises Refused when Mercado Livre did not take it, and NotSendable when it took it and moderation did not.
        """
        record, thread = errand.record, errand.record.thread
        keys = tuple(file.key for file in delivery.files) if with_files else ()
        begun = self._begin(delivery.parts[index], errand.exchange, keys)
        delivery = self._save_part(record, delivery, index, begun)
        try:
            receipt = self._messaging.send_message(
                thread.seller_id, thread.meli_id, recipient_id=errand.recipient_id, text=text, file_keys=keys
            )
        except (Refused, TryAgainLater):
            # Nothing happened.
            self._save_part(record, delivery, index, begun._replace(state="waiting"))
            raise
        except OutcomeUnknown as error:
            record.save_delivery(delivery._replace(kept_out=delivery.kept_out + error.is_intercepted))
            raise
        accepted = begun._replace(meli_message_id=receipt.id)
        if receipt.state == REJECTED:
            self._save_part(record, delivery, index, accepted._replace(state="refused"))
            raise NotSendable(self._wording.moderation(receipt.reason))
        return self._save_part(record, delivery, index, accepted._replace(state="sent"))

    def finish(self, thread: Thread, delivery: Delivery) -> Sequence[TableItem]:
        """Have moderation read back in a while: what was accepted may still be refused.

        What is to be stored is whose messages these are, of which their own notifications tell.
        """
        self._read_back.soon(thread)
        message_ids = {part.meli_message_id for part in delivery.parts if part.meli_message_id}
        return [self._known_threads.item_of_message(thread, message_id) for message_id in message_ids]

    def _begin(self, part: Part, exchange: Exchange, keys: tuple[str, ...]) -> Part:
        return Part(
            part.text_digest,
            state="sending",
            begun_at=int(self._clock().timestamp()),
            after=exchange.newest_created,
            file_keys=keys,
            spent_ids=(*part.spent_ids, part.meli_message_id) if part.meli_message_id else part.spent_ids,
            seen_ids=exchange.newest_ids,
        )

    def _save_part(self, record: ThreadRecord, delivery: Delivery, index: int, part: Part) -> Delivery:
        parts = (*delivery.parts[:index], part, *delivery.parts[index + 1 :])
        delivery = _settled(delivery._replace(parts=parts))
        record.save_delivery(delivery)
        return delivery

    def look_up(self, record: ThreadRecord, delivery: Delivery, exchange: Exchange, job: DeliverReply) -> Delivery:
        """The delivery with the outcome of each part that was begun and not finished."""
        if not delivery.parts:
            return delivery
        shown = {message.id: message for message in exchange.messages}
        found = {
            place.part: shown[message_id]
            for message_id, place in find_ours(record, exchange).items()
            if place.chatwoot_message_id == delivery.chatwoot_message_id
        }
        for index, part in enumerate(delivery.parts):
            message = found.get(index)
            if part.state == "refused" and message:
                delivery = self._save_part(record, delivery, index, part._replace(meli_message_id=message.id))
            elif part.state == "sending":
                delivery = self._save_part(record, delivery, index, self._outcome(part, message))
                self._check_outcome(delivery.parts[index], message)
                if delivery.parts[index].state == "waiting":
                    delivery = self._check_patience(record.thread, delivery, exchange, job)
        return _settled(delivery)

    def _outcome(self, part: Part, message: Message | None) -> Part:
        if message:
            return part._replace(state="refused" if message.state == REJECTED else "sent", meli_message_id=message.id)
        if self._clock().timestamp() - part.begun_at < TIME_TO_BE_LISTED_SECONDS:
            raise TryAgainLater("a message may not be listed yet", retry_after_seconds=PAUSE_FOR_LISTING_SECONDS)
        return part._replace(state="waiting")

    def _check_outcome(self, part: Part, message: Message | None) -> None:
        """Stop where moderation refused the part."""
        if part.state == "refused" and message:
            raise NotSendable(self._wording.moderation(message.reason))

    def _check_patience(self, thread: Thread, delivery: Delivery, exchange: Exchange, job: DeliverReply) -> Delivery:
        """Stop where one more try would only keep the thread waiting."""
        age_seconds = self._clock().timestamp() - job.received_at
        sentence = why_never_taken(delivery, age_seconds=age_seconds)
        if not sentence or not self._messaging.is_reached(thread.seller_id, exchange.site_id):
            return delivery
        if delivery.is_passed:
            raise NotSendable(self._wording.say(sentence))
        return delivery._replace(is_passed=True)


def _settled(delivery: Delivery) -> Delivery:
    """The delivery as sent, where all of it was."""
    if delivery.parts and all(part.state == "sent" for part in delivery.parts):
        return delivery._replace(state="sent", reason="", is_told=False)
    return delivery
