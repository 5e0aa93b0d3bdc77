"""Answers to questions."""

from collections.abc import Callable, Sequence
from datetime import datetime

from chalicelib.chatwoot.conversations import SITUATION, Conversations
from chalicelib.errors import NotFound, NotShown, OutcomeUnknown, PermissionMissing, Refused
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.resources import ANSWERED, UNANSWERED, Question
from chalicelib.models import Delivery, Thread, text_digest
from chalicelib.outbound.patience import why_never_taken
from chalicelib.outbound.replies import is_withdrawn
from chalicelib.sentences.wording import Wording
from chalicelib.settings import Settings
from chalicelib.stores.tables import TableItem
from chalicelib.stores.threads import ThreadRecord
from chalicelib.text import has_words
from chalicelib.work.jobs import DeliverReply

# https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas
LONGEST_ANSWER = 2000

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


class Answers:
    """Replies to questions: one a question, public, and for good."""

    def __init__(
        self,
        meli: MercadoLivre,
        conversations: Conversations,
        wording: Wording,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._clock = clock
        self._meli = meli
        self._conversations = conversations
        self._wording = wording
        self._settings = settings

    def deliver(
        self, record: ThreadRecord, delivery: Delivery, job: DeliverReply, wait_its_turn: Callable[[], None]
    ) -> Delivery:
        """What became of the reply after this attempt; `sent` or `refused`."""
        text = self._conversations.read_words(job.content)
        if refused := self._refusal_before_sending(delivery, text, job):
            return refused
        if delivery.state == "sending":
            if outcome := self._look_up(record.thread, delivery):
                return outcome
            if sentence := self._why_never_taken(record.thread, delivery, job):
                if delivery.is_passed:
                    return self._refused(delivery, sentence)
                delivery = delivery._replace(is_passed=True)
        if is_withdrawn(self._conversations, delivery, job, self._clock):
            return self._refused(delivery, "reply_withdrawn")
        wait_its_turn()
        attempt = delivery._replace(
            state="sending", text_digest=text_digest(text), attempts=delivery.attempts + 1, is_told=False
        )
        record.save_delivery(attempt)
        try:
            self._meli.answer_question(record.thread.seller_id, record.thread.meli_id, text)
        except Refused as refusal:
            return self._explain(record.thread, attempt, refusal, was_uncertain=delivery.state == "sending")
        except OutcomeUnknown as error:
            record.save_delivery(attempt._replace(kept_out=attempt.kept_out + error.is_intercepted))
            raise
        return attempt._replace(state="sent", reason="")

    def _why_never_taken(self, thread: Thread, delivery: Delivery, job: DeliverReply) -> str:
        """The sentence for an answer that one more try would only keep waiting; empty where others wait too."""
        sentence = why_never_taken(delivery, age_seconds=self._clock().timestamp() - job.received_at)
        return sentence if sentence and self._meli.is_reached(thread.seller_id) else ""

    def _look_up(self, thread: Thread, delivery: Delivery) -> Delivery | None:
        """What became of an attempt whose outcome is not known; None when the question is still unanswered."""
        try:
            question = self._meli.get_question(thread.seller_id, thread.meli_id)
        except NotFound:
            return self._refused(delivery, "question_gone")
        except NotShown:
            # It may have gone; the question takes no second answer, so that Retry does no harm.
            return self._refused(delivery, "reply_given_up")
        if question.status == UNANSWERED:
            return None
        return self._outcome_found(delivery, question, was_uncertain=True)

    def _refusal_before_sending(self, delivery: Delivery, text: str, job: DeliverReply) -> Delivery | None:
        """What can be known without asking Mercado Livre."""
        if delivery.state == "sending":
            return None
        if job.files:
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
        except (Refused, PermissionMissing):
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

    def finish(self, record: ThreadRecord, delivery: Delivery) -> Sequence[TableItem]:
        """Close the conversation where the setting says so, and note that the question shows its answer."""
        if not record.has_conversation:
            return ()
        conversation = record.opened
        if self._settings.resolves_answered_questions:
            self._conversations.set_status(conversation, "resolved")
        self._conversations.show(conversation, {SITUATION: self._wording.situation(ANSWERED)})
        # So that the notification of our own answer finds nothing to do.
        answered_by = delivery.chatwoot_message_id
        record.save_conversation(conversation._replace(told_state=ANSWERED, answered_by=answered_by))
        return ()
