"""The two searches over questions.

https://developers.mercadolibre.com.ar/es_ar/gestiona-preguntas-respuestas
"""

from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import Core, answer, read_number
from simulators.mercado_livre.question_views import view_found
from simulators.mercado_livre.state import Question

MAX_LIMIT = 50
STATUSES = ("ANSWERED", "BANNED", "CLOSED_UNANSWERED", "DELETED", "DISABLED", "UNANSWERED", "UNDER_REVIEW")
AVAILABLE_SORTS = ["item_id", "from_id", "date_created", "seller_id"]
AVAILABLE_FILTERS = [
    {"id": "from", "name": "From user id", "type": "number"},
    {"id": "seller", "name": "Seller id", "type": "number"},
    {"id": "totalDivisions", "name": "total divisions", "type": "number"},
    {"id": "division", "name": "Division", "type": "number"},
    {"id": "status", "name": "Status", "type": "text", "values": list(STATUSES)},
]


class QuestionSearch(Core):
    """Parameters the page does not list, such as `sort_order`, are ignored."""

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("GET", "/questions/search")
        def search_questions(caller: int) -> Response:
            args = request.args
            if not (args.get("seller_id") or args.get("item")):
                raise errors.bad_request("seller_id or item is required")  # wording not documented
            item = self.state.items.get(args.get("item", ""))
            # That another seller's questions are refused is not documented.
            if args.get("seller_id", str(caller)) != str(caller) or (item and item.seller_id != caller):
                raise errors.access_denied()
            named = {}
            if args.get("seller_id"):
                named["seller"] = caller
            return answer(self._search(caller, named, AVAILABLE_FILTERS))

        @self.api_route("GET", "/my/received_questions/search")
        def search_received_questions(caller: int) -> Response:
            return answer(self._search(caller, {}, []))

    def _search(self, caller: int, named: dict[str, Any], available_filters: list[Any]) -> dict[str, Any]:
        args = request.args
        offset, limit = read_number("offset", 0), min(read_number("limit", MAX_LIMIT), MAX_LIMIT)
        found = [
            question
            for question in self.state.questions.values()
            if question.seller_id == caller
            and args.get("item", question.item_id) == question.item_id
            and args.get("from", str(question.buyer_id)) == str(question.buyer_id)
            and args.get("status", question.status).upper() == question.status
        ]
        sorts = [field for field in args.get("sort_fields", "").split(",") if field in AVAILABLE_SORTS]
        # The order without sort_fields is not documented: here it is the order of asking.
        for sort in reversed(sorts):
            descending = args.get("sort_types", "ASC").split(",")[0].upper() == "DESC"
            found.sort(key=lambda question: _sort_key(question, sort), reverse=descending)
        version = {"api_version": args["api_version"]} if "api_version" in args else {}
        filters = {name: args[name] for name in ("item", "from", "status") if args.get(name)}
        return {
            # That it may count some that it does not list is our suspicion.
            "total": len(found) + self.questions_counted_unlisted,
            "limit": limit,
            "questions": [view_found(question) for question in found[offset : offset + limit]],
            "filters": {
                "limit": limit,
                "offset": offset,
                **version,
                "is_admin": False,
                "sorts": sorts,
                "caller": caller,
                **named,
                **filters,
            },
            "available_filters": available_filters,
            "available_sorts": AVAILABLE_SORTS,
        }


def _sort_key(question: Question, sort: str) -> Any:
    if sort == "from_id":
        return question.buyer_id
    if sort == "date_created":
        return (question.date_created, question.id)
    return getattr(question, sort)
