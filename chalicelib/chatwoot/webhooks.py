"""Reads what Chatwoot posts to our webhook, or lists: is it true, is it an agent's reply, and to what? Pure.

An account webhook and the webhook of an API inbox deliver the same body; only headers and secrets differ.
Seen in Chatwoot 4.15.1: app/listeners/webhook_listener.rb, lib/webhooks/trigger.rb, app/models/message.rb.
"""

import hmac
import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.errors import Malformed, NotForUs, Untrusted
from chalicelib.models import SOURCE_ID_PREFIX

SIGNATURE_MAX_AGE_SECONDS = 300

# The Retry button is there for a day (Chatwoot: Message.vue). An older message that is updated for another reason,
# a translation say, must not be sent now.
RETRY_MAX_AGE = timedelta(days=1, hours=1)

OUTGOING = 1

# Chatwoot lets a message have 15 (app/models/message.rb); a forged event must still fit into a queue.
MOST_FILES = 26
LONGEST_ADDRESS = 2000

# What a column of ids holds there; a larger one, or none at all, would fit into no table of ours.
LARGEST_ID = 2**63 - 1


class Event(NamedTuple):
    """A Chatwoot event, as far as every kind of event has it."""

    name: str
    inbox_id: int | None
    fields: dict[str, Any]


class Reply(NamedTuple):
    """An agent's message that is meant for the buyer. `files` are addresses, and the sizes that Chatwoot names.

    `has_failed` is whether a listing shows that it could not be delivered.
    """

    chatwoot_message_id: int
    conversation_id: int
    contact_source_id: str
    content: str
    files: tuple[tuple[str, int], ...]
    is_retry: bool
    has_failed: bool = False


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
        raise Untrusted("the signature is missing", status=401)
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise Untrusted("the timestamp of the signature is not a number", status=401)
    if abs(now.timestamp() - int(timestamp)) > SIGNATURE_MAX_AGE_SECONDS:
        raise Untrusted("the signature is older than five minutes", status=401)
    signed = timestamp.encode() + b"." + body
    for secret in secrets:
        expected = "sha256=" + hmac.digest(secret.encode(), signed, "sha256").hex()
        if hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
            return
    raise Untrusted("the signature is wrong", status=401)


def reply_from_event(event: Event, *, forwards_bots: bool, now: datetime) -> Reply:
    """The reply that an event announces; raises NotForUs for every other event, Malformed for a broken one.

    A Retry comes as `message_updated` whose `external_error` is gone; whether there was one is for the worker to know.
    """
    fields = event.fields
    if event.name not in ("message_created", "message_updated"):
        raise NotForUs(f"event {event.name}")
    if fields.get("message_type") != "outgoing" or fields.get("private") is not False:
        raise NotForUs("not a public message of an agent")
    if _text(fields.get("source_id")).startswith(SOURCE_ID_PREFIX):
        raise NotForUs("our own message")
    attributes = _object(fields.get("content_attributes"))
    if not _is_from_person(fields, attributes, forwards_bots=forwards_bots):
        raise NotForUs("not written by a person")
    if attributes.get("deleted"):
        # The payload is built when it is sent: what an agent deleted at once comes with Chatwoot's words for it.
        raise NotForUs("deleted by its writer")
    conversation = _object(fields.get("conversation"))
    is_retry = event.name == "message_updated"
    if is_retry and not _may_be_retry(fields, attributes, conversation, now):
        raise NotForUs("an update that is no retry")
    return Reply(
        chatwoot_message_id=_id(fields, "id"),
        conversation_id=_id(conversation, "id", "conversation.id"),
        contact_source_id=_text(_object(conversation.get("contact_inbox")).get("source_id")),
        content=_text(fields.get("content")),
        files=_files(fields.get("attachments")),
        is_retry=is_retry,
    )


def reply_from_message(
    fields: Mapping[str, Any], *, contact_source_id: str, forwards_bots: bool, is_retry: bool = False
) -> Reply | None:
    """The reply that a message in a listing is; None where it is something else. A listing has types as numbers."""
    attributes = _object(fields.get("content_attributes"))
    is_public = fields.get("message_type") == OUTGOING and fields.get("private") is False
    is_ours = _text(fields.get("source_id")).startswith(SOURCE_ID_PREFIX)
    if not is_public or is_ours or attributes.get("deleted"):
        return None
    if not _is_from_person(fields, attributes, forwards_bots=forwards_bots):
        return None
    return Reply(
        chatwoot_message_id=_id(fields, "id"),
        conversation_id=_id(fields, "conversation_id"),
        contact_source_id=contact_source_id,
        content=_text(fields.get("content")),
        files=_files(fields.get("attachments")),
        is_retry=is_retry,
        has_failed=fields.get("status") == "failed",
    )


# A command is one word after the slash; paths, dates and fractions are words of a note.
COMMAND = re.compile(r"/[^\W\d_]{1,30}(?=\s|$)")
LONGEST_COMMAND = 1000


class CommandNote(NamedTuple):
    """A command that an agent wrote in a private note; `content` begins with it."""

    chatwoot_message_id: int
    conversation_id: int
    contact_source_id: str
    content: str


def command_from_event(event: Event) -> CommandNote | None:
    """The command that an event announces; None for every other event. Raises Malformed for a broken one."""
    fields = event.fields
    if event.name != "message_created" or fields.get("message_type") != "outgoing" or not _is_command(fields):
        return None
    conversation = _object(fields.get("conversation"))
    return CommandNote(
        chatwoot_message_id=_id(fields, "id"),
        conversation_id=_id(conversation, "id", "conversation.id"),
        contact_source_id=_text(_object(conversation.get("contact_inbox")).get("source_id")),
        content=_command(fields),
    )


def command_from_message(fields: Mapping[str, Any], *, contact_source_id: str) -> CommandNote | None:
    """The command that a message in a listing is; None where it is something else."""
    if fields.get("message_type") != OUTGOING or not _is_command(fields):
        return None
    return CommandNote(_id(fields, "id"), _id(fields, "conversation_id"), contact_source_id, _command(fields))


def _is_command(fields: Mapping[str, Any]) -> bool:
    attributes = _object(fields.get("content_attributes"))
    is_ours = _text(fields.get("source_id")).startswith(SOURCE_ID_PREFIX)
    is_agents = _object(fields.get("sender")).get("type") == "user" and not attributes.get("automation_rule_id")
    is_note = fields.get("private") is True and not is_ours and not attributes.get("deleted")
    return is_note and is_agents and COMMAND.match(_command(fields)) is not None


def _command(fields: Mapping[str, Any]) -> str:
    return _text(fields.get("content")).strip()[:LONGEST_COMMAND]


def _is_from_person(fields: Mapping[str, Any], attributes: Mapping[str, Any], *, forwards_bots: bool) -> bool:
    # An automation rule's message has no sender; surveys are of another content type.
    if attributes.get("automation_rule_id") or fields.get("content_type") == "input_csat":
        return False
    kind = _object(fields.get("sender")).get("type")
    return kind == "user" or (forwards_bots and kind == "agent_bot")


def _may_be_retry(
    fields: Mapping[str, Any], attributes: Mapping[str, Any], conversation: Mapping[str, Any], now: datetime
) -> bool:
    if attributes.get("external_error"):
        return False
    try:
        written = datetime.fromisoformat(_text(fields.get("created_at")))
        if now - written > RETRY_MAX_AGE:
            return False
    except (ValueError, TypeError):
        return False
    # The payload tells the status only of the conversation's last message. After a Retry it is `sent`.
    messages = conversation.get("messages")
    last = _object(messages[0]) if isinstance(messages, list) and messages else {}
    return last.get("id") != fields.get("id") or last.get("status") in (None, "sent")


def _files(attachments: object) -> tuple[tuple[str, int], ...]:
    """Locations, contacts and such have no address and count all the same: that they cannot be sent must be said."""
    if not isinstance(attachments, list):
        return ()
    return tuple(map(_file, attachments[:MOST_FILES]))


def _file(attachment: object) -> tuple[str, int]:
    fields = _object(attachment)
    address, size = fields.get("data_url"), fields.get("file_size")
    if not isinstance(address, str):
        address = ""
    is_usable = len(address) <= LONGEST_ADDRESS and re.fullmatch(r"https?://[!-Z^-~]+", address)
    return address if is_usable else "", size if isinstance(size, int) and 0 <= size <= LARGEST_ID else 0


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """A text without lone surrogates, which JSON can carry and no other text can; what is no text is empty."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _id(fields: Mapping[str, Any], name: str, called: str = "") -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(f"{called or name} is missing")
    if not 0 < value <= LARGEST_ID:
        raise Malformed(f"{called or name} is no id")
    return value
