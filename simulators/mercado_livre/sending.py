"""Sending a message through the API, and all that makes Mercado Livre refuse it.

https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
https://developers.mercadolivre.com.br/pt_br/mensagens-bloqueadas
"""

import copy
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.attachments import check_tag, invalid_key
from simulators.mercado_livre.charset import is_supported
from simulators.mercado_livre.core import answer
from simulators.mercado_livre.message_reading import MessageReading, token_invalid_for
from simulators.mercado_livre.message_views import view_sent
from simulators.mercado_livre.messages import AGENTS
from simulators.mercado_livre.state import Attachment, Message, Sale, SentMessage

ATTACHMENTS_LIMIT = 25


@dataclass(frozen=True)
class SendRequest:
    from_user_id: int
    to_user_id: int
    text: str
    keys: list[str]


class Sending(MessageReading):
    """Which of several refusals comes first is not documented: here the body's own faults before the sale's."""

    def _start_afresh(self) -> None:
        super()._start_afresh()
        self.block_envelope = "code"
        self.send_gives_no_id = False
        self.next_moderation = ""
        self.holds_messages = False

    @property
    def messages_sent(self) -> list[SentMessage]:
        """Each message ever accepted by POST, in order, whatever became of it; native ones are not in it."""
        with self.lock:
            return copy.deepcopy(self.state.messages_sent)

    @property
    def lost_messages(self) -> list[SentMessage]:
        """Those of them that were sent past the messaging agent: accepted, and received by nobody."""
        with self.lock:
            return [sent for sent in self.messages_sent if self.state.messages[sent.message_id].lost]

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("POST", "/messages/packs/<int:thread_id>/sellers/<int:seller_id>")
        def post_message(caller: int, thread_id: int, seller_id: int) -> Response:
            check_tag()
            sale = self._read_sale(caller, thread_id, seller_id)
            wish = _read_body()
            self._check_text_sent(wish)
            self._check_parties(sale, wish)
            self._check_open(sale, wish)
            message = self._send(sale, wish, [self._find_upload(caller, key) for key in wish.keys])
            return answer({} if self.send_gives_no_id else view_sent(message), 201)

    def _send(self, sale: Sale, wish: SendRequest, attachments: list[Attachment]) -> Message:
        for attachment in attachments:
            attachment.expires = None
        held = self.holds_messages and not self.next_moderation
        status, moderation = ("pending", "pending") if held else ("available", "clean")
        message = self._add_message(
            sale, wish.from_user_id, wish.to_user_id, wish.text, attachments, status, moderation
        )
        message.lost = sale.migrated and wish.to_user_id == sale.buyer_id
        if self.next_moderation:
            self._reject(message, self.next_moderation)
            message.available = None
            self.next_moderation = ""
        files = [(file.original_filename, file.content_type, file.content) for file in attachments]
        self.state.messages_sent.append(SentMessage(sale.id, message.id, wish.to_user_id, wish.text, files))
        self._notify_message(message, "created")
        return message

    def _check_text_sent(self, wish: SendRequest) -> None:
        if not wish.text.strip() and not wish.keys:
            raise errors.bad_request("The text is required")  # wording not documented
        limit = self.seller_max_message_length
        if len(wish.text) > limit:
            message = f"The message content is too long, max characters allowed are {limit}"
            raise errors.standard_error(400, "limit_exceeded", message)
        if not is_supported(wish.text):
            raise errors.bad_request("The text has character/s that is/are not supported.")

    def _check_parties(self, sale: Sale, wish: SendRequest) -> None:
        """On a migrated conversation the buyer is accepted too, though the message will reach nobody."""
        if wish.from_user_id == wish.to_user_id:
            raise errors.bad_request("Sender and received must not be equals")
        if wish.from_user_id != sale.seller_id:
            raise token_invalid_for(sale.id)
        if wish.to_user_id in (sale.buyer_id, self._find_counterpart(sale)):
            return
        if wish.to_user_id in AGENTS.values():
            path = f"/packs/{sale.id}/sellers/{sale.seller_id}"
            raise errors.bad_request(f"to_user_id {wish.to_user_id} does not belong to pack {path}")
        raise errors.forbidden(f"Receiver does not belong to order {sale.orders[0].id}")

    def _check_open(self, sale: Sale, wish: SendRequest) -> None:
        if "mediation" in sale.blocked and self.site_id == "MLB":
            raise errors.forbidden("You can not send the message because a mediation is in process")
        if sale.blocked and sale.blocked != "blocked_by_fulfillment":
            raise self._blocked(sale.blocked)
        if sale.substatus:
            raise errors.forbidden(
                "You can not send the message because the purchase is Mercado Envíos Full "
                "and has not been yet delivered"
            )
        # The limit of one message at a time is documented, how a second one is refused is not.
        if sale.migrated and wish.to_user_id != sale.buyer_id and _waits_for_agent(sale, wish.to_user_id):
            raise errors.forbidden("You can only send one message until you receive an answer")

    def _blocked(self, substatus: str) -> errors.APIError:
        """The published envelope is unlike any other; clients have met the standard one, too."""
        code = "blocked_conversation_send_message_forbidden"
        if self.block_envelope == "code":
            return errors.APIError(403, {"status_code": 403, "code": "forbidden", "message": code})
        cause = [{"code": substatus, "message": "blocked"}]
        return errors.APIError(
            403, {"message": "The conversation is blocked", "error": code, "status": 403, "cause": cause}
        )


def _waits_for_agent(sale: Sale, agent_id: int) -> bool:
    """Whether the newest message that counts is ours to the agent; what moderation rejected was not delivered."""
    for message in reversed(sale.messages):
        if message.from_user_id != sale.seller_id:
            return False
        if message.to_user_id == agent_id and not message.is_rejected:
            return True
    return False


def _read_body() -> SendRequest:
    body: Any = request.get_json(silent=True)
    if not isinstance(body, dict) or not {"from", "to", "text"} <= set(body) <= {"from", "to", "text", "attachments"}:
        raise errors.bad_request("Invalid JSON. Valid attributes are: from, to, text, attachments")  # invented wording
    if not isinstance(body["text"], str):
        raise errors.bad_request("The text is required")  # wording not documented
    return SendRequest(_read_user(body, "from"), _read_user(body, "to"), body["text"], _read_keys(body))


def _read_user(body: dict[str, Any], party: str) -> int:
    """Ids may be numbers or text; how a missing one is refused is documented in words only."""
    user = body[party]
    user_id = user.get("user_id") if isinstance(user, dict) and len(user) == 1 else None
    if type(user_id) not in (int, str) or not str(user_id).isdecimal():
        raise errors.bad_request(f"{party}.user_id is required")
    return int(str(user_id))


def _read_keys(body: dict[str, Any]) -> list[str]:
    """Without attachments the field must be left out."""
    if "attachments" not in body:
        return []
    keys = body["attachments"]
    if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
        raise errors.bad_request("attachments must be a list of keys, not empty")  # wording not documented
    if len(keys) > ATTACHMENTS_LIMIT:
        raise errors.bad_request(f"The message exceeds the allowed number of attachments: {ATTACHMENTS_LIMIT}")
    if len(set(keys)) < len(keys):
        raise invalid_key()
    return keys
