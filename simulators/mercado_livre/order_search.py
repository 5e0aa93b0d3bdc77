"""The search over a seller's orders.

https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import answer, read_number
from simulators.mercado_livre.sales import Sales
from simulators.mercado_livre.state import Order, Sale

MAX_LIMIT = 50
KEPT_ORDERS = timedelta(days=365)
SORT_NAMES = {"date_asc": "Date ascending", "date_desc": "Date descending"}


class OrderSearch(Sales):
    """Parameters the page does not list are ignored."""

    def _start_afresh(self) -> None:
        super()._start_afresh()
        # Seen by a seller, the search leaves cancelled orders out, whatever status is asked for.
        self.search_hides_cancelled = True

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("GET", "/orders/search")
        def search_orders(caller: int) -> Response:
            seller = request.args.get("seller", "")
            if not seller:
                raise errors.bad_request("seller is required")  # wording not documented
            if seller != str(caller):
                raise errors.access_denied()
            return answer(self._search_orders(caller))

    def _search_orders(self, caller: int) -> dict[str, Any]:
        sort, words = _read_sort(), request.args.get("q", "")
        offset, limit = read_number("offset", 0), min(read_number("limit", MAX_LIMIT), MAX_LIMIT)
        status = request.args.get("order.status", "")
        created, updated = _Span.read("order.date_created"), _Span.read("order.date_last_updated")
        found = [
            (sale, order)
            for sale, order in self._list_searchable(caller)
            if status in ("", order.status)
            and order.date_created in created
            and order.last_updated in updated
            and (not words or self._is_about(words, sale, order))
        ]
        found.sort(key=lambda pair: (pair[1].date_created, pair[1].id), reverse=sort == "date_desc")
        return {
            "query": words,
            "results": [self._view_order(sale, order) for sale, order in found[offset : offset + limit]],
            "sort": _view_sort(sort),
            "available_sorts": [_view_sort(other) for other in SORT_NAMES if other != sort],
            # How filters are shown back is not documented; in the sample there are none.
            "filters": [],
            "paging": {"total": len(found), "offset": offset, "limit": limit},
            "display": "complete",
        }

    def _list_searchable(self, seller_id: int) -> list[tuple[Sale, Order]]:
        oldest = self.clock() - KEPT_ORDERS
        return [
            (sale, order)
            for sale in self.state.sales.values()
            if sale.seller_id == seller_id
            for order in sale.orders
            if order.date_created >= oldest and not (self.search_hides_cancelled and order.status == "cancelled")
        ]

    def _is_about(self, words: str, sale: Sale, order: Order) -> bool:
        """By the order's id, the listing's id or title, or the buyer's nickname; how they are matched is invented."""
        if words in (str(order.id), order.item_id):
            return True
        texts = (order.title, self.state.buyers[sale.buyer_id].nickname)
        return any(words.casefold() in text.casefold() for text in texts)


class _Span:
    """From one moment to another; whether both ends are part of it is not documented, here they are."""

    def __init__(self, start: datetime | None, end: datetime | None) -> None:
        self.start = start
        self.end = end

    @classmethod
    def read(cls, name: str) -> "_Span":
        return cls(_read_moment(f"{name}.from"), _read_moment(f"{name}.to"))

    def __contains__(self, moment: datetime) -> bool:
        # As orders show it: one that says .746 is found by an end of .746.
        shown = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        return (self.start is None or shown >= self.start) and (self.end is None or shown <= self.end)


def _read_moment(name: str) -> datetime | None:
    """A query parameter in ISO 8601 with an offset; a plus that was not escaped is a space, and unreadable."""
    value = request.args.get(name)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise errors.bad_request(f"Invalid value for {name}")  # wording not documented
    return moment


def _read_sort() -> str:
    """Which order applies when none is asked for, and what becomes of an unknown one, are not documented."""
    sort = request.args.get("sort") or "date_asc"
    if sort not in SORT_NAMES:
        raise errors.bad_request("Invalid value for sort")
    return sort


def _view_sort(sort: str) -> dict[str, str]:
    return {"id": sort, "name": SORT_NAMES[sort]}
