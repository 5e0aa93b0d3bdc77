"""Messages as they stand in a conversation, for whoever compares them with what was written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.chatwoot.agent_messages import reply_from_message
from chalicelib.chatwoot.resources import Message
from chalicelib.models import LONGEST_CARRIED_CONTENT, text_digest


@dataclass(frozen=True)
class ShownMessage:
    """A message as it stands in a conversation. `is_reply` is whether its agent takes it for sent to the buyer.

    `created_at` is in epoch seconds of Chatwoot's time; `has_failed` is whether it is shown as not delivered. `digests`
    name the words of a reply, as they were written and in each form in which they may be sent. One that `is_deleted`
    has lost its words, and keeps its place and its source id. `may_go_out` is false for a reply that is kept inside.
    """

    id: int
    source_id: str
    created_at: int
    is_reply: bool
    has_failed: bool
    digests: frozenset[str] = frozenset()
    is_deleted: bool = False
    may_go_out: bool = True


def show_message(fields: Mapping[str, Any], *, forwards_bots: bool) -> ShownMessage:
    """What a message in a listing shows."""
    reply = reply_from_message(fields, contact_source_id="", forwards_bots=forwards_bots)
    return ShownMessage(
        id=int(fields["id"]),
        source_id=str(fields.get("source_id") or ""),
        created_at=int(fields["created_at"]),
        is_reply=reply is not None,
        has_failed=fields.get("status") == "failed",
        digests=_digests(reply.content) if reply and not reply.refused_for else frozenset(),
        is_deleted=Message.from_json(fields).is_deleted,
        may_go_out=reply is None or not reply.refused_for,
    )


def _digests(content: str) -> frozenset[str]:
    """The names of the words, in each form in which they may go out; of none that are too long for any way out."""
    if len(content) > LONGEST_CARRIED_CONTENT:
        return frozenset()
    # Imported here: they would cost every other job, and only the audit asks.
    from chalicelib.text import to_plain_text, to_sendable, without_formatting

    readings = (to_plain_text(content), without_formatting(content))
    return frozenset(map(text_digest, (content, *readings, *(to_sendable(words)[0] for words in readings))))
