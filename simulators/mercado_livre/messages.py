"""Conversations after the sale: what buyers, sellers on Mercado Livre's pages, and Mercado Livre do in them.

https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
https://developers.mercadolivre.com.br/pt_br/mensagens-bloqueadas
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from simulators.mercado_livre import errors
from simulators.mercado_livre.attachments import Attachments, File
from simulators.mercado_livre.state import Attachment, Message, Sale

# The messaging agent's user on each site, as published.
AGENTS = {
    "MLB": 3037675074,
    "MLC": 3020819166,
    "MLA": 3037674934,
    "MLM": 3037204279,
    "MCO": 3037204123,
    "MLU": 3037204685,
}
BUYER_TEXT_LIMIT = 3500


class Messages(Attachments):
    """Whatever is written, released or read is notified to the seller's application; blocking is not."""

    def _start_afresh(self) -> None:
        super()._start_afresh()
        self.seller_max_message_length = 350

    def write(
        self,
        thread_id: int,
        text: str,
        attachments: Iterable[File] = (),
        *,
        threat: bool = False,
        status: str = "available",
        moderation: str = "clean",
    ) -> str:
        """The buyer writes, which is always possible; in a migrated conversation the agent passes it on."""
        with self.lock:
            sale, files = self._find_sale(thread_id), list(attachments)
            if status == "available":
                _check_text(text, files, BUYER_TEXT_LIMIT)
            kept = self._keep_files(sale, sale.buyer_id, files, threat=threat)
            sender_id = self._find_counterpart(sale)
            message = self._add_message(sale, sender_id, sale.seller_id, text, kept, status, moderation)
            if not message.is_rejected:
                self._notify_message(message, "created")
            return message.id

    def write_natively(self, thread_id: int, text: str, attachments: Iterable[File] = ()) -> str:
        """The seller writes on Mercado Livre's own page."""
        with self.lock:
            sale, files = self._find_sale(thread_id), list(attachments)
            if sale.substatus:
                raise errors.NotPossible(f"the conversation is {sale.substatus}")
            _check_text(text, files, self.seller_max_message_length)
            kept = self._keep_files(sale, sale.seller_id, files, threat=False)
            message = self._add_message(sale, sale.seller_id, self._find_counterpart(sale), text, kept)
            self._notify_message(message, "created")
            return message.id

    def migrate(self, thread_id: int) -> None:
        """From now on the site's messaging agent stands between buyer and seller."""
        with self.lock:
            if self.site_id not in AGENTS:
                raise errors.NotPossible(f"{self.site_id} has no messaging agent")
            self._find_sale(thread_id).migrated = True

    def block(self, thread_id: int, substatus: str) -> None:
        """Any substatus will do: the published list keeps growing."""
        with self.lock:
            if not substatus:
                raise errors.NotPossible("a block needs a substatus")
            sale = self._find_sale(thread_id)
            sale.blocked = substatus
            sale.status_date = self.clock()
            if "mediation" in substatus or "claim" in substatus:
                sale.claim_id = sale.claim_id or next(self.state.claim_ids)

    def unblock(self, thread_id: int) -> None:
        """Lifts what `block` or a cancellation did; Full still waits for its delivery."""
        with self.lock:
            sale = self._find_sale(thread_id)
            sale.blocked = ""
            sale.claim_id = None
            sale.status_date = self.clock()

    def moderate(self, message_id: str, reason: str) -> None:
        """A message of the seller's that was accepted is rejected afterwards."""
        with self.lock:
            message, sale = self._find_message(message_id)
            if message.from_user_id != sale.seller_id:
                raise errors.NotPossible(f"message {message_id} is not the seller's")
            self._reject(message, reason)
            self._notify_message(message, "created")

    def release_message(self, message_id: str, text: str | None = None) -> None:
        """A held message becomes available, with another text when it was being translated."""
        with self.lock:
            message, _ = self._find_message(message_id)
            if not message.is_held:
                raise errors.NotPossible(f"message {message_id} is not held")
            message.text = message.text if text is None else text
            message.status, message.moderation = "available", "clean"
            message.available = message.moderation_date = self._now_or_written(message)
            self._notify_message(message, "created")

    def read_messages(self, thread_id: int) -> None:
        """The buyer reads what has arrived."""
        with self.lock:
            sale = self._find_sale(thread_id)
            for message in sale.messages:
                reached = message.from_user_id == sale.seller_id and message.status == "available" and not message.lost
                if reached and message.read is None:
                    message.read = self._now_or_written(message)
                    self._notify_message(message, "read")

    def hide_from_pack(self, message_id: str) -> None:
        """The message is found by its id but not yet in its conversation."""
        with self.lock:
            self._find_message(message_id)[0].hidden_from_pack = True

    def show_in_pack(self, message_id: str) -> None:
        with self.lock:
            self._find_message(message_id)[0].hidden_from_pack = False

    def _find_message(self, message_id: str) -> tuple[Message, Sale]:
        message = self.state.messages.get(message_id)
        if message is None:
            raise errors.Unknown(f"no message {message_id}")
        return message, self.state.sales[message.thread_id]

    def _find_counterpart(self, sale: Sale) -> int:
        """To whom the seller writes, and from whom messages come."""
        return AGENTS[self.site_id] if sale.migrated else sale.buyer_id

    def _add_message(
        self,
        sale: Sale,
        from_user_id: int,
        to_user_id: int,
        text: str,
        attachments: list[Attachment],
        status: str = "available",
        moderation: str = "clean",
    ) -> Message:
        now = self._take_message_date()
        message = Message(
            id=uuid.uuid4().hex,
            thread_id=sale.id,
            from_user_id=from_user_id,
            to_user_id=to_user_id,
            text=text,
            date_created=now,
            status=status,
            moderation=moderation,
            moderation_date=now,
            first=not sale.messages,
            attachments=attachments,
            available=now if status == "available" else None,
        )
        sale.messages.append(message)
        self.state.messages[message.id] = message
        return message

    def _take_message_date(self) -> datetime:
        """No two messages are of the same millisecond, even when the clock stands still."""
        now = self.clock()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self.state.last_message_date = max(now, self.state.last_message_date + timedelta(milliseconds=1))
        return self.state.last_message_date

    def _now_or_written(self, message: Message) -> datetime:
        """A message may have been written a little after what the clock says."""
        return max(self.clock(), message.date_created)

    def _reject(self, message: Message, reason: str) -> None:
        message.status, message.moderation, message.moderation_reason = "moderated", "rejected", reason
        message.moderation_date = self._now_or_written(message)

    def _notify_message(self, message: Message, action: str) -> None:
        seller_id = self.state.sales[message.thread_id].seller_id
        self._notify_change("messages", message.id, seller_id, actions=[action])


def _check_text(text: str, files: list[File], limit: int) -> None:
    if not text.strip() and not files:
        raise errors.NotPossible("the message is empty")
    if len(text) > limit:
        raise errors.NotPossible(f"the text is longer than {limit} characters")
