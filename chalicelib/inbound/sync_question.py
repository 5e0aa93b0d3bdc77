"""Questions become conversations, and show what becomes of them."""

from chalicelib.chatwoot.conversations import SITUATION, Conversations, deleted_while_made
from chalicelib.errors import NotFound
from chalicelib.foreign_text import safe
from chalicelib.inbound.conversation_state import StateWriter
from chalicelib.inbound.listing_states import shown_of
from chalicelib.inbound.question_opening import QuestionOpenings
from chalicelib.inbound.states import Shown
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.resources import ANSWERED, GONE_STATES, UNANSWERED, UNDER_REVIEW, Question
from chalicelib.models import RETURNED, Delivery, Post, text_digest
from chalicelib.observability import count, logger
from chalicelib.sentences.wording import Wording
from chalicelib.settings import Settings
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import SyncThread

# In these a question can be answered, now or soon.
OPEN_STATES = frozenset({"", UNANSWERED, UNDER_REVIEW})


class QuestionSync:
    """Brings the conversation of a question up to date."""

    def __init__(
        self,
        meli: MercadoLivre,
        conversations: Conversations,
        openings: QuestionOpenings,
        states: StateWriter,
        wording: Wording,
        settings: Settings,
    ) -> None:
        self._meli = meli
        self._conversations = conversations
        self._openings = openings
        self._states = states
        self._wording = wording
        self._settings = settings

    def sync_thread(self, record: ThreadRecord, job: SyncThread) -> bool:
        """Bring one question up to date; whether it was looked at, and not only at its listing.

        Repeating it is safe and, when nothing changed, costs one read.
        """
        if job.changed_noun == "item":
            self._tell_listing(record, job.changed.partition("/")[2])
            return False
        question = self._sync_question(record, job)
        if (job.was_set_aside or job.can_wait) and question and question.item_id:
            # It may have been what its listing said that could not be told, or was lost.
            self._tell_listing(record, question.item_id)
        return True

    def _sync_question(self, record: ThreadRecord, job: SyncThread) -> Question | None:
        thread = record.thread
        if record.erased_at and record.conversation is None:
            # It was asked before, and so is part of what was erased.
            logger.info("question was erased")
            return None
        try:
            question = self._meli.get_question(thread.seller_id, thread.meli_id)
        except NotFound:
            question = None
        try:
            self._bring_up_to_date(record, question)
            is_gone = job.changed_noun == "conversation" and self._conversations.is_gone(record)
        except NotFound:
            is_gone = self._conversations.is_gone(record)
            if not is_gone:
                raise
            if question and _was_answered_natively(record, question):
                # Another one for what comes now, with the question, without which no answer can be read.
                record.leave_conversation()
                self._bring_up_to_date(record, question)
                return question
        if is_gone and question and question.state == UNANSWERED:
            self._show_once_more(record, question)
        return question

    def _show_once_more(self, record: ThreadRecord, question: Question) -> None:
        """Another conversation for a question that is to be answered still; who deletes that too has their way."""
        inbox_id = str(self._settings.questions_inbox_id)
        if record.opened.told_of(RETURNED) == inbox_id:
            return
        record.leave_conversation()
        try:
            self._bring_up_to_date(record, question)
        except NotFound as error:
            raise deleted_while_made() from error
        record.save_conversation(record.opened.with_told(RETURNED, inbox_id))

    def _bring_up_to_date(self, record: ThreadRecord, question: Question | None) -> None:
        if question is None:
            self._tell_gone(record)
            return
        if record.conversation is None or not record.conversation.is_labelled:
            self._conversations.open(record, self._openings.describe(record.thread, question))
            count("QuestionBroughtIn")
            logger.info("question brought in", chatwoot_conversation_id=record.opened.conversation_id)
        self._tell_state(record, question)

    def _tell_listing(self, record: ThreadRecord, item_id: str) -> None:
        """Tell what changed in the listing of a question that can still be answered: a read for all of them."""
        if not (record.has_conversation and record.opened.told_state in OPEN_STATES):
            record.forget_listing(item_id)
            return
        item = self._openings.listing(record.thread, item_id)
        if item is None:
            return
        try:
            for state, shown in shown_of(item, self._wording, record.opened.told_of):
                self._states.tell(record, state.name, shown, attribute=state.attribute)
        except NotFound:
            if not self._conversations.is_gone(record):
                raise

    def _tell_gone(self, record: ThreadRecord) -> None:
        if not record.has_conversation:
            logger.info("question is gone before it was seen")
            return
        self._show_state(record, "DELETED", "note_DELETED", status="resolved")

    def _tell_state(self, record: ThreadRecord, question: Question) -> None:
        """Show what became of a question since the conversation last showed it."""
        told = record.opened.told_state
        if question.state == told:
            return
        if question.status == ANSWERED:
            self._tell_answer(record, question)
        elif question.state == UNANSWERED:
            self._show_state(record, UNANSWERED, "note_UNANSWERED" if told else "", status="open" if told else "")
        elif question.state in GONE_STATES:
            self._show_state(record, question.state, f"note_{question.state}", status="resolved")
        else:
            self._show_state(record, question.state, f"note_{question.state}")

    def _tell_answer(self, record: ThreadRecord, question: Question) -> None:
        """An answer typed on Mercado Livre's own pages is echoed; ours only has its outcome settled."""
        ours = _our_answer(record, question)
        if ours and question.state == ANSWERED and (ours.state != "sent" or _was_removed(record)):
            self._settle(record, ours._replace(state="sent", reason=""))
        if question.answer and question.answer.text and not ours:
            echo = self._openings.describe_answer(record.thread, question, question.answer)
            self._conversations.post(record, Post(str(echo["source_id"])), echo)
        if question.state == ANSWERED:
            resolves = self._settings.resolves_answered_questions
            self._show_state(record, ANSWERED, "", status="resolved" if resolves else "")
        else:
            self._tell_answer_removed(record, question, ours)

    def _tell_answer_removed(self, record: ThreadRecord, question: Question, ours: Delivery | None) -> None:
        reason = self._meli.find_moderation_reason(record.thread.seller_id, question.id)
        sentence = "answer_removed_because" if reason else "answer_removed"
        if ours:
            ours = ours._replace(state="refused", reason=self._wording.say(sentence, reason=reason))
            if not self._settle(record, ours).is_shown:
                # A note has told of it, with the words.
                sentence = ""
        # The agent must see it, and a note alone does not reopen a resolved conversation.
        self._show_state(record, question.state, sentence, status="open", reason=safe(reason, "line of markdown"))

    def _settle(self, record: ThreadRecord, delivery: Delivery) -> Delivery:
        told = self._conversations.tell_outcome(delivery, "")._replace(is_told=True)
        record.save_delivery(told)
        return told

    def _show_state(self, record: ThreadRecord, state: str, sentence: str, *, status: str = "", **facts: str) -> None:
        if sentence and not self._wording.knows(sentence):
            sentence, facts = "note_unknown_state", {"state": state}
        note = self._wording.say(sentence, **facts) if sentence else ""
        shown = Shown(state, note=note, attribute=self._wording.situation(state), status=status)
        self._states.tell(record, "state", shown, attribute=SITUATION)


def _our_answer(record: ThreadRecord, question: Question) -> Delivery | None:
    """The delivery that made this answer; None when the seller typed it on Mercado Livre's own pages.

    A delivery whose outcome was never learnt made it when the words are the same, or were removed and cannot tell.
    """
    deliveries = record.deliveries.values()
    answered_by = record.opened.answered_by
    for delivery in deliveries:
        if delivery.state == "sent" or delivery.chatwoot_message_id == answered_by:
            return delivery
    text = question.answer.text if question.answer else ""
    for delivery in deliveries:
        if delivery.state == "sending" and (not text or delivery.text_digest == text_digest(text)):
            return delivery
    return None


def _was_answered_natively(record: ThreadRecord, question: Question) -> bool:
    return question.answer is not None and bool(question.answer.text) and _our_answer(record, question) is None


def _was_removed(record: ThreadRecord) -> bool:
    return record.opened.told_state.startswith(f"{ANSWERED}/")
