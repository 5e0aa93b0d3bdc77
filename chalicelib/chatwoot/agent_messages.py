"""What agents wrote, as events and listings have it: what may go out to the buyer, what may not, and commands. Pure.

Seen in Chatwoot 4.15.1: app/models/message.rb.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from chalicelib.errors import Malformed, NotForUs
from chalicelib.models import SOURCE_ID_PREFIX, read_number

# What an event calls `outgoing` a listing has as a number.
OUTGOING = 1

# Chatwoot's bots, its own assistant among them (enterprise/app/models/captain/assistant.rb).
BOTS = ("agent_bot", "captain_assistant")

# The kind of message with which a bot lets the buyer choose. https://developers.chatwoot.com/ (input_select)
CHOICES = "input_select"

# Of a reply whose agent has deleted it: that reaches no buyer, and is told.
DELETED = "deleted"

# Of a message of which nobody can tell who wrote it.
NO_WRITER = "no_writer"

# Kinds are short names, and excerpts are cut once more where they are shown.
LONGEST_KIND, LONGEST_EXCERPT = 40, 100

# Chatwoot lets a message have 15 (app/models/message.rb); a forged event must still fit into a queue.
MOST_FILES = 26
LONGEST_ADDRESS = 2000

# What a column of ids holds there; a larger one, or none at all, would fit into no table of ours.
LARGEST_ID = 2**63 - 1


class Reply(NamedTuple):
    """A message that its agent takes for sent to the buyer. `files` are addresses, and the sizes that Chatwoot names.

    `has_failed` is whether a listing shows that it could not be delivered, `created_at` when it was written there, in
    epoch seconds. `refused_for` says what keeps it inside, and is empty for what may go out; what may not has neither
    words nor files, only an `excerpt` to name it by.
    """

    chatwoot_message_id: int
    conversation_id: int
    contact_source_id: str
    content: str
    files: tuple[tuple[str, int], ...]
    is_retry: bool
    has_failed: bool = False
    refused_for: str = ""
    excerpt: str = ""
    created_at: int = 0


# A command is one word after the slash; paths, dates and fractions are words of a note.
COMMAND = re.compile(r"/[^\W\d_]{1,30}(?=[.,;:!?]*(?:\s|$))")
LONGEST_COMMAND = 1000


class CommandNote(NamedTuple):
    """A command that an agent wrote in a private note; `content` begins with it."""

    chatwoot_message_id: int
    conversation_id: int
    contact_source_id: str
    content: str


def why_kept_inside(fields: Mapping[str, Any], *, forwards_bots: bool) -> str:
    """What keeps an outgoing message inside though its agent may take it for sent; empty where it may go out.

    This is the list of what may: words and files, written by a person or in a person's name, and those of bots where
    the desk wants it so. Raises NotForUs for what nobody takes for sent: notes, our own messages, deleted ones, and
    what Chatwoot writes by rule.
    """
    attributes, kind = read_object(fields.get("content_attributes")), fields.get("content_type")
    if fields.get("private") is not False:
        raise NotForUs("not public")
    if read_text(fields.get("source_id")).startswith(SOURCE_ID_PREFIX):
        raise NotForUs("our own message")
    if attributes.get("deleted"):
        # The payload is built when it is sent: what an agent deleted at once comes with Chatwoot's words for it.
        raise NotForUs("deleted by its writer")
    # Only an event, or the row of a last message, tells of a campaign; Chatwoot runs none in API inboxes.
    is_by_rule = attributes.get("automation_rule_id") or read_object(fields.get("additional_attributes")).get(
        "campaign_id"
    )
    if is_by_rule or kind == "input_csat":
        raise NotForUs("written by a rule")
    writer = read_object(fields.get("sender")).get("type")
    is_bot = writer in BOTS
    if is_bot and not forwards_bots:
        raise NotForUs("written by a bot")
    if not is_bot and writer != "user" and not _is_from_slack(fields):
        return NO_WRITER
    # Some versions leave the kind out where it is text.
    may_go_out = kind in (None, "", "text") or (is_bot and kind == CHOICES and _choices(attributes))
    return "" if may_go_out else read_text(kind)[:LONGEST_KIND] or "unknown"


def reply_from_message(
    fields: Mapping[str, Any], *, contact_source_id: str, forwards_bots: bool, is_retry: bool = False
) -> Reply | None:
    """The reply that a message in a listing is; None where it is something else."""
    if fields.get("message_type") != OUTGOING:
        return None
    try:
        refused_for = why_kept_inside(fields, forwards_bots=forwards_bots)
    except NotForUs:
        return None
    return read_reply(
        fields,
        refused_for,
        conversation_id=require_id(fields, "conversation_id"),
        contact_source_id=contact_source_id,
        is_retry=is_retry,
        has_failed=fields.get("status") == "failed",
        created_at=read_number(fields.get("created_at")),
    )


def command_from_message(fields: Mapping[str, Any], *, contact_source_id: str) -> CommandNote | None:
    """The command that a message in a listing is; None where it is something else."""
    if fields.get("message_type") != OUTGOING or not is_command(fields):
        return None
    return CommandNote(
        require_id(fields, "id"), require_id(fields, "conversation_id"), contact_source_id, read_command(fields)
    )


def was_typed_again(reply: Reply, later: Iterable[Reply]) -> bool:
    """Whether an agent who saw a reply fail has written it once more: then the buyer is to have that one only."""
    return reply.has_failed and any(
        (other.content, len(other.files)) == (reply.content, len(reply.files))
        for other in later
        if not other.refused_for
    )


def with_row(fields: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """A message with what only its row in a conversation says of it: which integration wrote it, and for what."""
    known = row if row.get("id") == fields.get("id") else {}
    return {
        **{name: known[name] for name in ("external_source_ids", "additional_attributes") if name in known},
        **fields,
    }


def _is_from_slack(fields: Mapping[str, Any]) -> bool:
    """Whether somebody answered from Slack: with a mail there that no user has, such a message has no sender.

    lib/integrations/slack/slack_message_helper.rb. What Chatwoot itself has taken there, a bot's words too, has another
    name: `cw-origin-1795967606.1` (send_on_slack_service.rb).
    """
    name = read_text(read_object(fields.get("external_source_ids")).get("slack"))
    return not fields.get("sender") and re.fullmatch(r"[0-9]+\.[0-9]+", name) is not None


def read_reply(fields: Mapping[str, Any], refused_for: str, **details: Any) -> Reply:
    content, files = _content(fields), _files(fields.get("attachments"))
    if refused_for:
        details |= {"excerpt": content[:LONGEST_EXCERPT]}
        content, files = "", ()
    return Reply(require_id(fields, "id"), content=content, files=files, refused_for=refused_for, **details)


def _content(fields: Mapping[str, Any]) -> str:
    """The words; the choices that a bot offers stand below them as numbered lines."""
    words = read_text(fields.get("content"))
    if fields.get("content_type") != CHOICES:
        return words
    choices = _choices(read_object(fields.get("content_attributes")))
    lines = [f"{number}. {choice}" for number, choice in enumerate(choices, start=1)]
    return "\n".join(filter(None, (words, *lines)))


def _choices(attributes: Mapping[str, Any]) -> list[str]:
    """What a bot lets the buyer choose from; empty where one of them has no words."""
    items = attributes.get("items")
    titles = [read_text(read_object(item).get("title")).strip() for item in items] if isinstance(items, list) else []
    return titles if all(titles) else []


def is_deleted_reply(fields: Mapping[str, Any]) -> bool:
    """Whether a person has deleted what a person wrote to the buyer."""
    is_ours = read_text(fields.get("source_id")).startswith(SOURCE_ID_PREFIX)
    is_public = fields.get("private") is False and not is_ours
    return is_public and bool(read_object(fields.get("content_attributes")).get("deleted"))


def is_command(fields: Mapping[str, Any]) -> bool:
    attributes = read_object(fields.get("content_attributes"))
    is_ours = read_text(fields.get("source_id")).startswith(SOURCE_ID_PREFIX)
    is_agents = read_object(fields.get("sender")).get("type") == "user" and not attributes.get("automation_rule_id")
    is_note = fields.get("private") is True and not is_ours and not attributes.get("deleted")
    return is_note and is_agents and COMMAND.match(read_command(fields)) is not None


def read_command(fields: Mapping[str, Any]) -> str:
    return read_text(fields.get("content")).strip()[:LONGEST_COMMAND]


def _files(attachments: object) -> tuple[tuple[str, int], ...]:
    """Locations, contacts and such have no address and count all the same: that they cannot be sent must be said."""
    if not isinstance(attachments, list):
        return ()
    return tuple(map(_file, attachments[:MOST_FILES]))


def _file(attachment: object) -> tuple[str, int]:
    fields = read_object(attachment)
    address, size = fields.get("data_url"), fields.get("file_size")
    if not isinstance(address, str):
        address = ""
    is_usable = len(address) <= LONGEST_ADDRESS and re.fullmatch(r"https?://[!-Z^-~]+", address)
    return address if is_usable else "", size if isinstance(size, int) and 0 <= size <= LARGEST_ID else 0


def read_object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def read_text(value: object) -> str:
    """A text without lone surrogates, which JSON can carry and no other text can; what is no text is empty."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def require_id(fields: Mapping[str, Any], name: str, called: str = "") -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(f"{called or name} is missing")
    if not 0 < value <= LARGEST_ID:
        raise Malformed(f"{called or name} is no id")
    return value
