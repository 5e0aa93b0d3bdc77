"""What is written into Chatwoot: messages of each kind. Pure."""

from collections.abc import Iterable
from typing import Any

from chalicelib.foreign_text import safe
from chalicelib.models import SOURCE_ID_PREFIX


def incoming_message(content: str, *, source_id: str, external_created_at: int | None) -> dict[str, Any]:
    """What the buyer wrote."""
    return {
        "content": content,
        "message_type": "incoming",
        "source_id": source_id,
        "content_attributes": _written_at(external_created_at),
    }


def echo_message(content: str, *, source_id: str, external_created_at: int | None) -> dict[str, Any]:
    """What the seller wrote on Mercado Livre's own pages; the dashboard shows no agent's name beside it."""
    return {
        "content": safe(content, "liquid"),
        "message_type": "outgoing",
        "source_id": source_id,
        "content_attributes": {"external_echo": True, **_written_at(external_created_at)},
    }


def private_note(content: str, *, source_id: str) -> dict[str, Any]:
    """A note that only agents see."""
    return {
        "content": safe(content, "liquid"),
        "message_type": "outgoing",
        "private": True,
        "source_id": source_id,
    }


def command_answer_id(chatwoot_message_id: int) -> str:
    """The source id of the note that answers an agent's command."""
    return f"{SOURCE_ID_PREFIX}note/command/{chatwoot_message_id}"


def with_remarks(words: str, remarks: Iterable[str]) -> str:
    """The words as they were written and, below a line, what an agent should know of them."""
    return "\n\n---\n".join(filter(None, (words, "\n".join(filter(None, remarks)))))


def _written_at(external_created_at: int | None) -> dict[str, int]:
    return {} if external_created_at is None else {"external_created_at": external_created_at}


def picture(title: str, address: str) -> str:
    """A small picture, so that the words above it stay in sight; its title is escaped already.

    Without a size Chatwoot shows it as wide as the bubble (since 3.5.0, seen on 4.16.2).
    """
    return f"![{title}]({address}{'&' if '?' in address else '?'}cw_image_height=96px)"
