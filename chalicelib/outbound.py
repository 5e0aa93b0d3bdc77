"""Delivers an agent's reply and tells its outcome in the conversation.

An answer on Mercado Livre is public and cannot be taken back. So the intent is stored before it is sent and the
result after it; an intent without a result is looked up at Mercado Livre before anything is sent again.
"""

from collections.abc import Callable
from datetime import datetime

from chalicelib.conversations import Conversations
from chalicelib.errors import LoginNeeded, NotFound, Refused
from chalicelib.jobs import DeliverReply
from chalicelib.markdown import has_words, to_plain_text
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.resources import ANSWERED, UNANSWERED, Question
from chalicelib.models import Delivery, Thread, ThreadRecord, text_digest
from chalicelib.observability import count, logger
from chalicelib.settings import Settings
from chalicelib.stores.threads import Threads
from chalicelib.wording import Wording

# https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas
LONGEST_ANSWER = 2000

# A reply that comes to be sent later than this is first looked at again: its agent may have deleted it.
TIME_TO_THINK_SECONDS = 30

# What Mercado Livre says when it takes no answer, and our sentence for it.
# not_active_item is not in the documentation; several public code bases handle it.
SENTENCES_BY_CODE = {"not_active_item": "item_not_active"}
SENTENCES_BY_STATUS = {
    ANSWERED: "question_already_answered",
    "DELETED": "question_gone",
    "BANNED": "question_banned",
    "DISABLED": "question_banned",
    "CLOSED_UNANSWERED": "question_closed",
    "UNDER_REVIEW": "question_under_review",
}


class Outbound:
    """Chatwoot → Mercado Livre."""

    def __init__(
        self,
        meli: MercadoLivre,
        conversations: Conversations,
        threads: Threads,
        wording: Wording,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._clock = clock
        self._meli = meli
        self._conversations = conversations
        self._threads = threads
        self._wording = wording
        self._settings = settings

    def deliver_reply(self, job: DeliverReply) -> None:
        """Deliver one reply, once, and show what became of it. Repeating it is safe."""
        record = self._threads.load(job.thread) if job.thread else None
        if record is None or _is_stray(record, job):
            self._refuse_stray(job)
            return
        delivery = record.deliveries.get(job.chatwoot_message_id) or _new_delivery(job)
        if _is_settled(delivery, job):
            if not delivery.is_told:
                self._tell(record, delivery, job)
            return
        try:
            delivery = self._deliver(record, delivery, job)
        except LoginNeeded:
            self._tell_login_needed(delivery)
            raise
        self._threads.save_delivery(record.thread, delivery)
        self._tell(record, delivery, job)

    def tell_waiting(self, job: DeliverReply) -> None:
        """Let the agent know that a reply is held up and still on its way; once for each reply."""
        if self._stored_state(job) in ("sent", "refused"):
            # Only telling so is held up.
            return
        self._conversations.note_once(_new_delivery(job), "waiting", self._wording.say("reply_waiting"))

    def tell_given_up(self, job: DeliverReply) -> None:
        """Show that a reply failed for a reason nobody foresaw. Whether it went out may not be known: Retry looks."""
        if self._stored_state(job) == "sent":
            self._conversations.tell_outcome(_new_delivery(job)._replace(state="sent"), job.content)
            return
        delivery = _new_delivery(job)._replace(state="refused", reason=self._wording.say("reply_given_up"))
        self._conversations.tell_outcome(delivery, job.content)
        count("ReplyGivenUp")

    def _stored_state(self, job: DeliverReply) -> str:
        delivery = self._threads.load(job.thread).deliveries.get(job.chatwoot_message_id) if job.thread else None
        return delivery.state if delivery else ""

    def _deliver(self, record: ThreadRecord, delivery: Delivery, job: DeliverReply) -> Delivery:
        """What became of the reply after this attempt; `sent` or `refused`."""
        text = to_plain_text(job.content)
        if refused := self._refusal_before_sending(delivery, text, job):
            return refused
        if delivery.state == "sending" and (outcome := self._look_up(record.thread, delivery)):
            return outcome
        if self._has_waited(delivery, job) and self._conversations.is_withdrawn(delivery):
            return self._refused(delivery, "reply_withdrawn")
        attempt = delivery._replace(
            state="sending", text_digest=text_digest(text), attempts=delivery.attempts + 1, is_told=False
        )
        self._threads.save_delivery(record.thread, attempt)
        try:
            self._meli.answer_question(record.thread.seller_id, record.thread.meli_id, text)
        except Refused as refusal:
            return self._explain(record.thread, attempt, refusal, was_uncertain=delivery.state == "sending")
        return attempt._replace(state="sent", reason="")

    def _look_up(self, thread: Thread, delivery: Delivery) -> Delivery | None:
        """What became of an attempt whose outcome is not known; None when the question is still unanswered."""
        try:
            question = self._meli.get_question(thread.seller_id, thread.meli_id)
        except NotFound:
            return self._refused(delivery, "question_gone")
        if question.status == UNANSWERED:
            return None
        return self._outcome_found(delivery, question, was_uncertain=True)

    def _has_waited(self, delivery: Delivery, job: DeliverReply) -> bool:
        """Whether the agent had time to think better of it and delete the message."""
        age_seconds = self._clock().timestamp() - job.received_at
        return delivery.state == "sending" or age_seconds > TIME_TO_THINK_SECONDS

    def _refusal_before_sending(self, delivery: Delivery, text: str, job: DeliverReply) -> Delivery | None:
        """What can be known without asking Mercado Livre."""
        if delivery.state == "sending":
            return None
        if job.attachment_count:
            return self._refused(delivery, "answer_with_attachment")
        if not has_words(text):
            return self._refused(delivery, "answer_empty")
        length = len(text) if job.content_length == len(job.content) else job.content_length
        if length > LONGEST_ANSWER:
            return self._refused(delivery, "answer_too_long", length=length, limit=LONGEST_ANSWER)
        return None

    def _explain(self, thread: Thread, delivery: Delivery, refusal: Refused, *, was_uncertain: bool) -> Delivery:
        """Why Mercado Livre took no answer, in the agent's words; `sent` when it had already taken this very one."""
        if sentence := SENTENCES_BY_CODE.get(refusal.code):
            return self._refused(delivery, sentence)
        try:
            question = self._meli.get_question(thread.seller_id, thread.meli_id)
        except NotFound:
            return self._refused(delivery, "question_gone")
        except Refused:
            # Who may not answer may not read either; what was said of the answer is what counts.
            return self._refused_as_told(delivery, refusal)
        if question.status != UNANSWERED:
            return self._outcome_found(delivery, question, was_uncertain=was_uncertain)
        return self._refused_as_told(delivery, refusal)

    def _refused_as_told(self, delivery: Delivery, refusal: Refused) -> Delivery:
        sentence = "reply_forbidden" if refusal.status == 403 else "reply_refused"
        return self._refused(delivery, sentence, words=refusal.words or refusal.code or str(refusal.status))

    def _outcome_found(self, delivery: Delivery, question: Question, *, was_uncertain: bool) -> Delivery:
        """What became of an answer, as the question shows it; an earlier attempt may have made it if one is open."""
        words = question.answer.text if question.answer else ""
        # Words that moderation has removed already cannot be compared; the intent was ours.
        is_ours = not words or text_digest(words) == delivery.text_digest
        if question.status == ANSWERED and was_uncertain and is_ours:
            return delivery._replace(state="sent", reason="")
        sentence = SENTENCES_BY_STATUS.get(question.status, "reply_refused")
        return self._refused(delivery, sentence, words=question.status)

    def _refused(self, delivery: Delivery, sentence: str, **facts: object) -> Delivery:
        return delivery._replace(state="refused", reason=self._wording.say(sentence, **facts), is_told=False)

    def _tell(self, record: ThreadRecord, delivery: Delivery, job: DeliverReply) -> None:
        self._conversations.tell_outcome(delivery, job.content)
        if delivery.state == "sent":
            self._close_question(record, delivery)
        # Last, so that whatever is cut short before is done again.
        self._threads.save_delivery(record.thread, delivery._replace(is_told=True))
        count("ReplySent" if delivery.state == "sent" else "ReplyRefused")
        logger.info("reply settled", delivery_state=delivery.state, attempts=delivery.attempts)

    def _close_question(self, record: ThreadRecord, delivery: Delivery) -> None:
        conversation = record.conversation
        if conversation is None or not conversation.conversation_id:
            return
        if self._settings.resolves_answered_questions:
            self._conversations.set_status(conversation, "resolved")
        # So that the notification of our own answer finds nothing to do.
        answered = conversation._replace(told_state=ANSWERED, answered_by=delivery.chatwoot_message_id)
        self._threads.save_conversation(record.thread, answered)

    def _tell_login_needed(self, delivery: Delivery) -> None:
        link = f"{self._settings.public_url}/oauth/mercado-livre/start"
        content = self._wording.say("reply_waiting_for_login", link=link)
        self._conversations.note_once(delivery, "login", content)

    def _refuse_stray(self, job: DeliverReply) -> None:
        delivery = self._refused(_new_delivery(job), "not_a_mercado_livre_conversation")
        self._conversations.tell_outcome(delivery, job.content)
        count("ReplyRefused")
        logger.info("reply in a conversation that is not from Mercado Livre")


def _new_delivery(job: DeliverReply) -> Delivery:
    return Delivery(job.chatwoot_message_id, job.conversation_id, "waiting")


def _is_stray(record: ThreadRecord, job: DeliverReply) -> bool:
    """Whether the agent wrote in another conversation than the thread's.

    Chatwoot offers a contact's latest contact inbox for a new conversation
    (app/services/contacts/contactable_inboxes_service.rb): what is written there was not meant as the public answer.
    """
    known = record.conversation.conversation_id if record.conversation else 0
    return known not in (0, job.conversation_id)


def _is_settled(delivery: Delivery, job: DeliverReply) -> bool:
    """Whether there is nothing left to send: sent is for good, refused until the agent presses Retry."""
    return delivery.state == "sent" or (delivery.state == "refused" and not job.is_retry)
