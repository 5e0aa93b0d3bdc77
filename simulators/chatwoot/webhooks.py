"""Who hears of what, and how a delivery is signed. app/listeners/webhook_listener.rb, lib/webhooks/trigger.rb"""

import hashlib
import hmac
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from simulators.chatwoot import payloads
from simulators.chatwoot.records import Contact, Conversation, Inbox, Json, Message, User
from simulators.chatwoot.state import State
from simulators.chatwoot.views import iso, unix
from simulators.service import dump_json

Settle = Callable[[int, str], None]
# Takes url, body, headers and who is told of the answer.
Outbox = Callable[[str, bytes, dict[str, str], Settle], None]
# Column → (value before, value now).
Changes = Mapping[str, tuple[Any, Any]]

SUBSCRIPTIONS = (
    "conversation_status_changed",
    "conversation_updated",
    "conversation_created",
    "contact_created",
    "contact_updated",
    "message_created",
    "message_updated",
    "webwidget_triggered",
    "inbox_created",
    "inbox_updated",
    "conversation_typing_on",
    "conversation_typing_off",
)

# What an API inbox's webhook_url always gets, asked or not.
INBOX_EVENTS = (
    "message_created",
    "message_updated",
    "conversation_created",
    "conversation_updated",
    "conversation_status_changed",
    "conversation_typing_on",
    "conversation_typing_off",
)

# Only a change in one of these makes a conversation_updated. app/models/conversation.rb, list_of_keys
WATCHED_COLUMNS = {
    "assignee_id",
    "status",
    "snoozed_until",
    "custom_attributes",
    "label_list",
    "waiting_since",
    "first_reply_created_at",
    "priority",
}


def dump_payload(payload: Json) -> bytes:
    """JSON with the escapes of Rails: a receiver must check the signature over these very bytes. [gem ActiveSupport]"""
    text = dump_json(payload).decode()
    for character in "&<>\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode()


def sign(secret: str, timestamp: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def describe_failure(status: int, reason: str) -> str:
    """The text that ends up as external_error: the status line, or the name of what went wrong."""
    if status:
        # From the number, since a receiver may spell its reason in its own way.
        return f"{status} {HTTPStatus(status).phrase if status in set(HTTPStatus) else reason}"
    return "Net::ReadTimeout with #<TCPSocket:(closed)>" if "Timeout" in reason else "Failed to open TCP connection"


class Events:
    """Puts what happened in the outbox, one delivery for each receiver. The caller holds the lock."""

    def __init__(self, state: State, send: Outbox, fail_message: Callable[[int, str], None]) -> None:
        self._state = state
        self._send = send
        self._fail_message = fail_message

    def message_created(self, message: Message) -> None:
        self._announce_message("message_created", message)

    def message_updated(self, message: Message) -> None:
        self._announce_message("message_updated", message)

    def conversation_created(self, conversation: Conversation) -> None:
        payload = payloads.conversation(self._state, conversation) | {"event": "conversation_created"}
        self._announce(payload, conversation.inbox)

    def conversation_changed(self, conversation: Conversation, changes: Changes) -> None:
        """A change of status gives two events; their changed_attributes differ."""
        payload = payloads.conversation(self._state, conversation)
        if "status" in changes:
            # Null in practice: the code passes a value that is empty after the commit.
            event: Json = {"event": "conversation_status_changed", "changed_attributes": None}
            self._announce(payload | event, conversation.inbox)
        if WATCHED_COLUMNS & changes.keys():
            event = {"event": "conversation_updated", "changed_attributes": _list_changes(changes)}
            self._announce(payload | event, conversation.inbox)

    def typing(self, conversation: Conversation, user: User, *, is_on: bool, is_private: bool = False) -> None:
        if not self._state.is_at_least(4, 2, 0):
            return
        event = "conversation_typing_on" if is_on else "conversation_typing_off"
        payload = payloads.typing(self._state, conversation, user, event, is_private=is_private)
        self._announce(payload, conversation.inbox)

    def contact_created(self, contact: Contact) -> None:
        self._announce(payloads.contact(self._state, contact) | {"event": "contact_created"}, None)

    def contact_updated(self, contact: Contact, changes: Changes) -> None:
        event = {"event": "contact_updated", "changed_attributes": _list_changes(changes)}
        self._announce(payloads.contact(self._state, contact) | event, None)

    def _announce_message(self, event: str, message: Message) -> None:
        """Activity messages are never sent, private notes are. models/concerns/message_filter_helpers.rb"""
        if message.message_type == "activity":
            return

        def settle(status: int, reason: str) -> None:
            if not 200 <= status < 300:
                self._fail_message(message.id, describe_failure(status, reason))

        payload = payloads.message(self._state, message) | {"event": event}
        self._announce(payload, message.conversation.inbox, settle)

    def _announce(self, payload: Json, inbox: Inbox | None, settle_inbox: Settle | None = None) -> None:
        """The same body goes to account webhooks and to the inbox; only the latter's failure has an effect."""
        event, body = payload["event"], dump_payload(payload)
        for webhook in self._state.webhooks.values():
            if event in webhook.subscriptions:
                secret = webhook.secret if self._state.is_at_least(4, 11, 2) else ""
                self._send(webhook.url, body, self._headers(secret, body), _ignore)
        if inbox and inbox.is_api and inbox.webhook_url and event in INBOX_EVENTS:
            secret = inbox.secret if self._state.is_at_least(4, 13, 0) else ""
            headers = self._headers(secret, body)
            self._send(inbox.webhook_url, body, headers, settle_inbox or _ignore)

    def sign_again(self, headers: dict[str, str], body: bytes) -> None:
        """Chatwoot signs as it sends, so a delivery that waited carries the time of its sending."""
        then, signature = headers.get("X-Chatwoot-Timestamp", ""), headers.get("X-Chatwoot-Signature")
        secrets = [inbox.secret for inbox in self._state.inboxes.values()]
        secrets += [webhook.secret for webhook in self._state.webhooks.values()]
        for secret in secrets:
            if signature == sign(secret, then, body):
                headers |= self._sign_now(secret, body)
                return

    def _headers(self, secret: str, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._state.is_at_least(4, 11, 2):
            headers["X-Chatwoot-Delivery"] = str(uuid.uuid4())
        return headers | (self._sign_now(secret, body) if secret else {})

    def _sign_now(self, secret: str, body: bytes) -> dict[str, str]:
        timestamp = str(unix(self._state.clock()))
        return {"X-Chatwoot-Timestamp": timestamp, "X-Chatwoot-Signature": sign(secret, timestamp, body)}


def _ignore(status: int, reason: str) -> None:
    """Nothing comes of this delivery's failure."""


def _list_changes(changes: Changes) -> list[Json]:
    return [
        {column: {"previous_value": _plain(before), "current_value": _plain(now)}}
        for column, (before, now) in changes.items()
    ]


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value
