"""Questions and answers: what buyers and Mercado Livre do to them, and the API's way to read, answer and delete.

https://developers.mercadolibre.com.ar/es_ar/preguntas-y-respuestas
"""

import copy
from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import answer
from simulators.mercado_livre.items import Items
from simulators.mercado_livre.question_views import (
    view_after_answer,
    view_moderation,
    view_version_4,
    view_with_from,
)
from simulators.mercado_livre.state import Answer, Moderation, Question

TEXT_LIMIT = 2000


class Questions(Items):
    """Every act that changes a question notifies its seller's application."""

    @property
    def answers_published(self) -> list[tuple[int, str]]:
        """Each answer ever accepted by POST /answers, in order; answers written natively are not in it."""
        with self.lock:
            return list(self.state.answers_published)

    def question(self, question_id: int) -> Question:
        """A snapshot; texts are there even when banned."""
        with self.lock:
            return copy.deepcopy(self._find_question(question_id))

    def questions(self) -> list[Question]:
        """Snapshots of all, in the order of asking."""
        with self.lock:
            return copy.deepcopy(list(self.state.questions.values()))

    def ask(self, buyer_id: int, item_id: str, text: str, *, hides_buyer: bool = False) -> int:
        """`hides_buyer`: nobody is shown to have asked, as where an account is gone."""
        with self.lock:
            if buyer_id not in self.state.buyers:
                raise errors.Unknown(f"no buyer {buyer_id}")
            item = self._find_item(item_id)
            if item.status != "active":
                raise errors.NotPossible(f"item {item_id} is {item.status}: it takes no questions")
            _check_text(text)
            now = self.clock()
            question = Question(next(self.state.question_ids), item.seller_id, buyer_id, item_id, text, now, now)
            question.hides_buyer = hides_buyer
            self.state.questions[question.id] = question
            self._notify_question(question)
            return question.id

    def answer_natively(self, question_id: int, text: str) -> None:
        """The seller answers on Mercado Livre's own page."""
        with self.lock:
            question = self._find_question(question_id)
            _check_text(text)
            self._check_status(question, "UNANSWERED")
            if self._find_item(question.item_id).status != "active":
                raise errors.NotPossible(f"item {question.item_id} is not active")
            self._write_answer(question, text)

    def ban_question(self, question_id: int, reason: str) -> None:
        with self.lock:
            question = self._find_question(question_id)
            self._moderate(question, reason)
            self._change(question, "BANNED")

    def ban_answer(self, question_id: int, reason: str) -> None:
        """Moderation comes after acceptance: the question stays ANSWERED, the answer's text is emptied."""
        with self.lock:
            question = self._find_question(question_id)
            if question.answer is None:
                raise errors.NotPossible(f"question {question_id} has no answer")
            self._moderate(question, reason)
            question.answer.status = "BANNED"
            self._change(question, question.status)

    def delete_question(self, question_id: int) -> None:
        with self.lock:
            question = self._find_question(question_id)
            question.deleted_from_listing = True
            self._change(question, "DELETED")

    def close_question(self, question_id: int) -> None:
        with self.lock:
            question = self._find_question(question_id)
            self._check_status(question, "UNANSWERED", "UNDER_REVIEW")
            self._change(question, "CLOSED_UNANSWERED")

    def disable_question(self, question_id: int) -> None:
        with self.lock:
            self._change(self._find_question(question_id), "DISABLED")

    def hold_question(self, question_id: int) -> None:
        """Withheld for review until it is released."""
        with self.lock:
            question = self._find_question(question_id)
            self._check_status(question, "UNANSWERED")
            self._change(question, "UNDER_REVIEW")

    def release_question(self, question_id: int) -> None:
        with self.lock:
            question = self._find_question(question_id)
            self._check_status(question, "UNDER_REVIEW")
            self._change(question, "UNANSWERED")

    def _find_question(self, question_id: int) -> Question:
        question = self.state.questions.get(question_id)
        if question is None:
            raise errors.Unknown(f"no question {question_id}")
        return question

    def _check_status(self, question: Question, *statuses: str) -> None:
        if question.status not in statuses:
            raise errors.NotPossible(f"question {question.id} is {question.status}")

    def _moderate(self, question: Question, reason: str) -> None:
        question.moderation = Moderation(next(self.state.moderation_ids), reason, self.clock())

    def _write_answer(self, question: Question, text: str) -> None:
        question.answer = Answer(text, "ACTIVE", self.clock())
        self._change(question, "ANSWERED")

    def _change(self, question: Question, status: str) -> None:
        question.status = status
        question.hold = status == "UNDER_REVIEW"
        question.last_updated = self.clock()
        self._notify_question(question)

    def _notify_question(self, question: Question) -> None:
        self._notify_change("questions", f"/questions/{question.id}", question.seller_id)

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("GET", "/questions/<int:question_id>")
        def get_question(caller: int, question_id: int) -> Response:
            question = self._read_question(caller, question_id)
            # The sources disagree on whether a deleted question is shown or missing; shown unless told.
            if question.status == "DELETED" and self.hides_deleted_questions:
                raise _question_not_found(question_id)
            view = view_version_4 if request.args.get("api_version") == "4" else view_with_from
            return answer(view(question))

        @self.api_route("POST", "/answers")
        def post_answer(caller: int) -> Response:
            question_id, text = _read_answer_body()
            question = self.state.questions.get(question_id)
            if question is None:
                raise _invalid_question()
            self._check_answerable(caller, question)
            self.state.answers_published.append((question_id, text))
            self._write_answer(question, text)
            return answer(view_after_answer(question))

        @self.api_route("DELETE", "/questions/<int:question_id>")
        def delete_question(caller: int, question_id: int) -> Response:
            question = self._read_question(caller, question_id)
            if question.status == "DELETED":
                raise _question_not_found(question_id)
            if question.status != "UNANSWERED":
                raise errors.standard_error(
                    400, "not_unanswered_question", f"Question {question_id} must be unanswered"
                )
            self.delete_question(question_id)
            return answer(["Question deleted."])

        @self.api_route("GET", "/moderations/last_moderation/<int:question_id>-QUE")
        def get_last_moderation(caller: int, question_id: int) -> Response:
            question = self._read_question(caller, question_id)
            if question.moderation is None:
                raise errors.not_found()
            return answer(view_moderation(question))

    def _read_question(self, caller: int, question_id: int) -> Question:
        """A question of the caller's; another seller's is as good as missing."""
        question = self.state.questions.get(question_id)
        if question is None or question.seller_id != caller:
            raise _question_not_found(question_id)
        return question

    def _check_answerable(self, caller: int, question: Question) -> None:
        if question.seller_id != caller:
            # The code is documented, its wording and envelope are not.
            raise errors.standard_error(403, "forbidden", "You are not allowed to answer this question")
        if question.status == "DELETED":
            raise _question_not_found(question.id)
        if question.status != "UNANSWERED" or question.hold:
            raise errors.standard_error(400, "not_unanswered_question", f"Question {question.id} is not unanswered")
        if self.state.items[question.item_id].status != "active":
            raise errors.standard_error(400, "not_active_item", "Item must be active")


def _read_answer_body() -> tuple[int, str]:
    body: Any = request.get_json(silent=True)
    if not isinstance(body, dict) or set(body) != {"question_id", "text"}:
        raise _invalid_body("Invalid JSON. Valid attributes are: question_id, text.")
    question_id, text = body["question_id"], body["text"]
    if not isinstance(question_id, int) or isinstance(question_id, bool):
        raise _invalid_question()
    # The limit is documented; how an empty or a longer text is refused is not.
    if not isinstance(text, str) or not text.strip():
        raise _invalid_body("text is required")
    if len(text) > TEXT_LIMIT:
        raise _invalid_body(f"text must not exceed {TEXT_LIMIT} characters")
    return question_id, text


def _invalid_body(message: str) -> errors.APIError:
    return errors.standard_error(400, "invalid_post_body", message)


def _invalid_question() -> errors.APIError:
    return errors.standard_error(400, "invalid_question", "The question is invalid.")


def _question_not_found(question_id: int) -> errors.APIError:
    return errors.not_found(f"Question {question_id} not found")


def _check_text(text: str) -> None:
    if not text.strip():
        raise errors.NotPossible("the text is empty")
    if len(text) > TEXT_LIMIT:
        raise errors.NotPossible(f"the text is longer than {TEXT_LIMIT} characters")
