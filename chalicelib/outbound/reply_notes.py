"""Private notes that tell an agent of a reply what the message itself does not show."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.chatwoot.agent_messages import DELETED
from chalicelib.chatwoot.conversations import Conversations
from chalicelib.foreign_text import safe
from chalicelib.models import Delivery
from chalicelib.outbound.login_note import LOGIN_NOTE
from chalicelib.sentences.wording import Wording
from chalicelib.work.jobs import DeliverReply

WAITING = "waiting"

# One that is through sooner has not been told to wait.
TOLD_TO_WAIT_AFTER_SECONDS = 10


class ReplyNotes:
    """Each is told once for each reply. Every method may be repeated."""

    def __init__(self, conversations: Conversations, wording: Wording, clock: Callable[[], datetime]) -> None:
        self._conversations = conversations
        self.wording = wording
        self._clock = clock

    def tell_erased(self, delivery: Delivery) -> None:
        """What became of it was erased with its buyer."""
        self._conversations.note_once(delivery, "erased", self.wording.say("reply_erased"))

    def tell_deleted(self, delivery: Delivery) -> None:
        """What went out cannot be taken back, which its agent may believe to have done."""
        self._conversations.note_once(delivery, DELETED, self.wording.say("reply_deleted"))

    def tell_waiting(self, delivery: Delivery) -> None:
        """It is held up and still on its way."""
        self._conversations.note_once(delivery, WAITING, self.wording.say("reply_waiting"))

    def tell_sent_late(self, delivery: Delivery, job: DeliverReply, excerpt: str) -> None:
        """It went out, where its agent was told that it waits: Chatwoot shows it as sent from the first."""
        if self._clock().timestamp() - job.received_at < TOLD_TO_WAIT_AFTER_SECONDS:
            return
        if self._conversations.has_note(delivery, WAITING, or_any=LOGIN_NOTE):
            words = safe(self.wording.excerpt(excerpt, has_files=bool(job.files)), "line of markdown")
            self._conversations.note_once(delivery, "sent late", self.wording.say("reply_sent_late", excerpt=words))
