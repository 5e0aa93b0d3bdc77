"""The four shapes in which the API shows a question; they differ in fields and in how dates are written.

https://developers.mercadolibre.com.ar/es_ar/preguntas-y-respuestas
"""

from typing import Any

from simulators.mercado_livre.dates import site_milliseconds, site_milliseconds_without_colon, utc_nanoseconds
from simulators.mercado_livre.state import Answer, Question

QUESTION_APP_ID = 8304540643508652  # the application in which the buyer asked; any constant will do


def view_version_4(question: Question) -> dict[str, Any]:
    """GET /questions/{id}?api_version=4: the asker is `buyer_id`, dates have nine fractional digits."""
    return {
        "id": question.id,
        "seller_id": question.seller_id,
        "buyer_id": question.shown_buyer_id,
        "item_id": question.item_id,
        "deleted_from_listing": question.deleted_from_listing,
        "suspected_spam": False,
        "status": question.status,
        "hold": question.hold,
        "text": _visible_text(question),
        "app_id": QUESTION_APP_ID,
        "date_created": utc_nanoseconds(question.date_created, nanoseconds=question.id),
        "last_updated": utc_nanoseconds(question.last_updated, nanoseconds=question.id),
        "answer": _view_answer(question.answer),
    }


def view_with_from(question: Question) -> dict[str, Any]:
    """GET /questions/{id} without api_version: the asker is `from.id`."""
    return {
        "id": question.id,
        "seller_id": question.seller_id,
        "item_id": question.item_id,
        "deleted_from_listing": question.deleted_from_listing,
        "suspected_spam": False,
        "status": question.status,
        "hold": question.hold,
        "text": _visible_text(question),
        "date_created": site_milliseconds(question.date_created),
        "answer": _view_answer(question.answer),
        "from": {"id": question.shown_buyer_id, "answered_questions": 0},
    }


def view_after_answer(question: Question) -> dict[str, Any]:
    """POST /answers: the question, so `id` and `text` are the question's."""
    view = view_with_from(question)
    del view["suspected_spam"]
    return view


def view_found(question: Question) -> dict[str, Any]:
    """An entry of the searches."""
    return {
        "date_created": site_milliseconds(question.date_created),
        "item_id": question.item_id,
        "seller_id": question.seller_id,
        "status": question.status,
        "text": _visible_text(question),
        "id": question.id,
        "deleted_from_listing": question.deleted_from_listing,
        "hold": question.hold,
        "suspected_spam": False,
        "answer": _view_answer(question.answer),
        "from": {"id": question.shown_buyer_id},
    }


def view_moderation(question: Question) -> list[dict[str, Any]]:
    """https://developers.mercadolibre.com.ar/es_ar/gestionar-moderaciones (the values for questions are invented)."""
    moderation = question.moderation
    if moderation is None:
        return []
    return [
        {
            "name": moderation.reason,
            "id": str(moderation.id),
            "date_created": site_milliseconds_without_colon(moderation.date_created),
            "evidences": [{"text_matched": "redacted", "section_name": "text"}],
            "wordings": [
                {"type": "REMEDY", "value": "Reescreva o texto sem o trecho indicado."},
                {"type": "REASON", "value": moderation.reason},
            ],
        }
    ]


def _visible_text(question: Question) -> str:
    return "" if question.status == "BANNED" else question.text


def _view_answer(answer: Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "text": "" if answer.status == "BANNED" else answer.text,
        "status": answer.status,
        "date_created": site_milliseconds(answer.date_created),
    }
