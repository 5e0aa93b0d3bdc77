"""Reading conversations through the API: by conversation, by message, and what is unread.

https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
https://developers.mercadolivre.com.br/pt_br/mensagens-pendentes
"""

from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.attachments import check_tag
from simulators.mercado_livre.core import answer, read_number
from simulators.mercado_livre.message_views import (
    MessageStyle,
    view_conversation_status,
    view_message,
    view_message_flat,
)
from simulators.mercado_livre.messages import BUYER_TEXT_LIMIT, Messages
from simulators.mercado_livre.state import Message, Sale

PAGE_LIMIT = 10
UNREAD_LIMIT = 500


class MessageReading(Messages):
    """A buyer's message that moderation rejected is not there for the seller; the seller's own rejected ones are."""

    def _start_afresh(self) -> None:
        super()._start_afresh()
        self.messages_not_found = 0
        self.legacy_message_shape = False
        self.max_messages_listed: int | None = None
        self.newest_first = True
        self.page_limit_max = 100
        self.omits_max_lengths = False
        self.user_ids_as_text = False
        self.lacks_dates = False
        self.lacks_resource_ids = False
        self.claim_key = "claim_id"

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("GET", "/messages/<message_id>")
        def get_message(caller: int, message_id: str) -> Response:
            check_tag()
            message, sale = self._read_message(caller, message_id)
            if self.legacy_message_shape:
                return answer(view_message_flat(sale, message, self._style))
            messages = [view_message(sale, message, self._style)]
            return answer({"paging": None, "conversation_status": None, "messages": messages})

        @self.api_route("GET", "/messages/packs/<int:thread_id>/sellers/<int:seller_id>")
        def list_messages(caller: int, thread_id: int, seller_id: int) -> Response:
            check_tag()
            sale = self._read_sale(caller, thread_id, seller_id)
            offset, limit = read_number("offset", 0), min(read_number("limit", PAGE_LIMIT), self.page_limit_max)
            view = self._view_conversation(sale, offset, limit)
            if request.args.get("mark_as_read") != "false":
                self._mark_as_read(sale)
            return answer(view)

        @self.api_route("GET", "/messages/unread")
        def list_unread(caller: int) -> Response:
            check_tag()
            # A seller who buys is not simulated: in the role of a buyer nothing is unread.
            role = request.args.get("role")
            if role not in ("seller", "buyer"):
                raise errors.bad_request("The queryparam 'role' is required")  # wording not documented
            sales = [sale for sale in self.state.sales.values() if sale.seller_id == caller and role == "seller"]
            return answer(_view_unread(caller, sales))

        @self.api_route("GET", "/messages/unread/packs/<int:thread_id>/sellers/<int:seller_id>")
        def count_unread(caller: int, thread_id: int, seller_id: int) -> Response:
            check_tag()
            return answer(_view_unread(caller, [self._read_sale(caller, thread_id, seller_id)]))

    @property
    def _style(self) -> MessageStyle:
        return MessageStyle(self.site_id, self.app_id, self.user_ids_as_text, self.lacks_dates, self.lacks_resource_ids)

    def _read_message(self, caller: int, message_id: str) -> tuple[Message, Sale]:
        message = self.state.messages.get(message_id)
        if self.messages_not_found > 0 or message is None:
            self.messages_not_found = max(0, self.messages_not_found - 1)
            raise _not_in_storage(message_id)
        sale = self.state.sales[message.thread_id]
        if sale.seller_id != caller:
            raise token_invalid_for(message_id)
        if not _is_visible(sale, message):
            raise _not_in_storage(message_id)
        return message, sale

    def _read_sale(self, caller: int, thread_id: int, seller_id: int) -> Sale:
        """The caller's own; an order that is in a pack is only found by its pack."""
        sale = self.state.sales.get(thread_id)
        if sale is None:
            raise errors.not_found()  # body not documented
        if sale.seller_id != caller or seller_id != caller:
            raise token_invalid_for(thread_id)
        return sale

    def _view_conversation(self, sale: Sale, offset: int, limit: int) -> dict[str, Any]:
        newest_first = [message for message in reversed(sale.messages) if _is_listed(sale, message)]
        if sale.blocked == "blocked_by_conversation_expired":
            newest_first = []  # after 18 months
        listed = newest_first[: self.max_messages_listed]
        ordered = listed if self.newest_first else listed[::-1]
        view: dict[str, Any] = {
            "paging": {"limit": limit, "offset": offset, "total": len(newest_first)},
            "conversation_status": view_conversation_status(sale, self.claim_key),
            "messages": [view_message(sale, message, self._style) for message in ordered[offset : offset + limit]],
        }
        if not self.omits_max_lengths:
            view["seller_max_message_length"] = self.seller_max_message_length
            view["buyer_max_message_length"] = BUYER_TEXT_LIMIT
        return view

    def _mark_as_read(self, sale: Sale) -> None:
        """The only way to mark as read through the API, and what a read does unless told otherwise."""
        sale.marked_as_read_by_api += 1
        for message in _list_unread(sale):
            message.read = self._now_or_written(message)


def _view_unread(caller: int, sales: list[Sale]) -> dict[str, Any]:
    """The samples show the user id as a string, and no total, when there is nothing unread."""
    counts = [(sale.id, len(_list_unread(sale))) for sale in sales]
    results = [
        {"resource": f"/packs/{thread_id}/sellers/{caller}", "count": count} for thread_id, count in counts if count
    ]
    if not results:
        return {"user_id": str(caller), "results": []}
    return {"user_id": caller, "total": len(results), "results": results[:UNREAD_LIMIT]}


def _list_unread(sale: Sale) -> list[Message]:
    return [
        message
        for message in sale.messages
        if message.from_user_id != sale.seller_id and message.read is None and _is_listed(sale, message)
    ]


def _is_listed(sale: Sale, message: Message) -> bool:
    return _is_visible(sale, message) and not message.hidden_from_pack


def _is_visible(sale: Sale, message: Message) -> bool:
    return message.from_user_id == sale.seller_id or not message.is_rejected


def _not_in_storage(message_id: str) -> errors.APIError:
    return errors.not_found(f"The message with id: {message_id} could not be retrieved from storage")


def token_invalid_for(resource: int | str) -> errors.APIError:
    return errors.forbidden(f"User access token invalid for resource {resource}")
