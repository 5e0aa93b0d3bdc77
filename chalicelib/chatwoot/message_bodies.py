"""What is written into Chatwoot: messages, and words that neither it nor its readers take for code. Pure."""

import re
from typing import Any

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
        "content": neutralise_liquid(content),
        "message_type": "outgoing",
        "source_id": source_id,
        "content_attributes": {"external_echo": True, **_written_at(external_created_at)},
    }


def private_note(content: str, *, source_id: str) -> dict[str, Any]:
    """A note that only agents see."""
    return {
        "content": neutralise_liquid(content),
        "message_type": "outgoing",
        "private": True,
        "source_id": source_id,
    }


def command_answer_id(chatwoot_message_id: int) -> str:
    """The source id of the note that answers an agent's command."""
    return f"{SOURCE_ID_PREFIX}note/command/{chatwoot_message_id}"


def neutralise_liquid(content: str) -> str:
    """The same words to the eye, and no template to Chatwoot, which renders all outgoing content as Liquid.

    Seen in Chatwoot 4.15.1, app/models/concerns/liquidable.rb. A zero-width space parts the braces.
    """
    return re.sub(r"\{(?=[{%])", "{\u200b", content)


def storable(value: Any) -> Any:
    """The same JSON with nothing that Chatwoot's database refuses: NUL, and halves of surrogate pairs.

    Mercado Livre's JSON can carry both, and Chatwoot would answer 500 each time.
    """
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(name): storable(element) for name, element in value.items()}
    return list(map(storable, value)) if isinstance(value, list) else value


def _written_at(external_created_at: int | None) -> dict[str, int]:
    return {} if external_created_at is None else {"external_created_at": external_created_at}
