"""Reads what Chatwoot posts to our webhook: is it true, is it an agent's reply or command, and to what? Pure.

An account webhook and the webhook of an API inbox deliver the same body; only headers and secrets differ.
Seen in Chatwoot 4.15.1: app/listeners/webhook_listener.rb, lib/webhooks/trigger.rb.
"""

import hmac
import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.chatwoot.agent_messages import (
    DELETED,
    CommandNote,
    Reply,
    is_command,
    is_deleted_reply,
    read_command,
    read_object,
    read_reply,
    read_text,
    require_id,
    why_kept_inside,
    with_row,
)
from chalicelib.errors import Malformed, NotForUs, Untrusted

SIGNATURE_MAX_AGE_SECONDS = 300

# The Retry button is there for a day (Chatwoot: Message.vue). An older message that is updated for another reason,
# a translation say, must not be sent now.
RETRY_MAX_AGE = timedelta(days=1, hours=1)


class Event(NamedTuple):
    """A Chatwoot event, as far as every kind of event has it."""

    name: str
    inbox_id: int | None
    fields: dict[str, Any]


def parse_event(body: bytes) -> Event:
    """The event in a webhook's body; raises Malformed."""
    try:
        fields = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON in UTF-8") from error
    if not isinstance(fields, dict):
        raise Malformed("the body is not a JSON object")
    name = fields.get("event")
    if not isinstance(name, str) or not name:
        raise Malformed("event is missing")
    # Message events have `inbox`, conversation events have `inbox_id`, contact events neither.
    inbox = fields.get("inbox")
    inbox_id = inbox.get("id") if isinstance(inbox, dict) else fields.get("inbox_id")
    is_number = isinstance(inbox_id, int) and not isinstance(inbox_id, bool)
    return Event(name, inbox_id if is_number else None, fields)


def verify_signature(body: bytes, headers: Mapping[str, str], secrets: Collection[str], *, now: datetime) -> None:
    """Raises Untrusted unless one of the secrets signed exactly these bytes within the last five minutes.

    `headers` are looked up in lower case. With no secrets there is nothing to verify.
    """
    if not secrets:
        return
    timestamp, signature = headers.get("x-chatwoot-timestamp", ""), headers.get("x-chatwoot-signature", "")
    if not timestamp or not signature:
        raise Untrusted("the signature is missing", status=401, kind="signature")
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise Untrusted("the timestamp of the signature is not a number", status=401, kind="signature")
    if abs(now.timestamp() - int(timestamp)) > SIGNATURE_MAX_AGE_SECONDS:
        raise Untrusted("the signature is older than five minutes", status=401, kind="clock")
    signed = timestamp.encode() + b"." + body
    for secret in secrets:
        expected = "sha256=" + hmac.digest(secret.encode(), signed, "sha256").hex()
        if hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
            return
    raise Untrusted("the signature is wrong", status=401, kind="signature")


def reply_from_event(event: Event, *, forwards_bots: bool, now: datetime) -> Reply:
    """The reply that an event announces; raises NotForUs for every other event, Malformed for a broken one.

    A Retry comes as `message_updated` whose `external_error` is gone; whether there was one is for the worker to know.
    """
    fields = event.fields
    if event.name not in ("message_created", "message_updated"):
        raise NotForUs(f"event {event.name}")
    if fields.get("message_type") != "outgoing":
        raise NotForUs("not a message of an agent")
    conversation = read_object(fields.get("conversation"))
    fields = with_row(fields, _last_message(conversation))
    refused_for = why_kept_inside(fields, forwards_bots=forwards_bots)
    is_retry = event.name == "message_updated"
    if is_retry and not _may_be_retry(fields, conversation, now):
        raise NotForUs("an update that is no retry")
    return _read(fields, conversation, refused_for, is_retry=is_retry)


def deleted_from_event(event: Event) -> Reply | None:
    """The reply that an event tells to be deleted, without its words; None for every other event."""
    fields = event.fields
    if event.name != "message_updated" or fields.get("message_type") != "outgoing" or not is_deleted_reply(fields):
        return None
    return _read(fields, read_object(fields.get("conversation")), DELETED, is_retry=True)


def _read(fields: Mapping[str, Any], conversation: Mapping[str, Any], refused_for: str, *, is_retry: bool) -> Reply:
    return read_reply(
        fields,
        refused_for,
        conversation_id=require_id(conversation, "id", "conversation.id"),
        contact_source_id=read_text(read_object(conversation.get("contact_inbox")).get("source_id")),
        is_retry=is_retry,
    )


def command_from_event(event: Event) -> CommandNote | None:
    """The command that an event announces; None for every other event. Raises Malformed for a broken one."""
    fields = event.fields
    if event.name != "message_created" or fields.get("message_type") != "outgoing" or not is_command(fields):
        return None
    conversation = read_object(fields.get("conversation"))
    return CommandNote(
        chatwoot_message_id=require_id(fields, "id"),
        conversation_id=require_id(conversation, "id", "conversation.id"),
        contact_source_id=read_text(read_object(conversation.get("contact_inbox")).get("source_id")),
        content=read_command(fields),
    )


def _may_be_retry(fields: Mapping[str, Any], conversation: Mapping[str, Any], now: datetime) -> bool:
    if read_object(fields.get("content_attributes")).get("external_error"):
        return False
    try:
        written = datetime.fromisoformat(read_text(fields.get("created_at")))
        if now - written > RETRY_MAX_AGE:
            return False
    except (ValueError, TypeError):
        return False
    # The payload tells the status only of the conversation's last message. After a Retry it is `sent`.
    last = _last_message(conversation)
    return last.get("id") != fields.get("id") or last.get("status") in (None, "sent")


def _last_message(conversation: Mapping[str, Any]) -> dict[str, Any]:
    messages = conversation.get("messages")
    return read_object(messages[0]) if isinstance(messages, list) and messages else {}
