"""Renders the content of outgoing messages as Chatwoot does: it is a Liquid template. models/concerns/liquidable.rb

Only as much of Liquid as shows what happens to a text nobody meant as a template.
"""

import re
from collections.abc import Mapping
from typing import Any

from simulators.chatwoot.records import AgentBot, Contact, Conversation, Sender, User

# What stands in backticks is put in a raw block by Chatwoot, before anything is parsed.
_TOKEN = re.compile(
    r"(?P<code>`.*?`)"
    r"|\{%-?\s*raw\s*-?%\}(?P<raw>.*?)\{%-?\s*endraw\s*-?%\}"
    r"|(?P<comment>\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\})"
    r"|\{\{-?(?P<variable>[^{}]*?)-?\}\}"
    r"|(?P<broken>\{\{|\{%)",
    re.DOTALL,
)
_LITERAL = re.compile(r"'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<number>-?\d+(\.\d+)?)")


class LiquidError(Exception):
    """The text is no valid template."""


def render(content: str, conversation: Conversation, sender: Sender) -> str:
    """The rendered text; the content unchanged where Liquid finds a fault in it."""
    drops = _drops(conversation, sender)

    def replace(match: re.Match[str]) -> str:
        if match["broken"]:
            # An unknown or unclosed tag, or an unclosed variable: Liquid::SyntaxError.
            raise LiquidError(match["broken"])
        if match["comment"]:
            return ""
        if match["variable"] is not None:
            return _look_up(match["variable"], drops)
        return match["code"] if match["code"] is not None else match["raw"]

    try:
        return _TOKEN.sub(replace, content)
    except LiquidError:
        return content


def _look_up(expression: str, drops: Mapping[str, Any]) -> str:
    """A variable's value; filters are passed over. An unknown variable is empty."""
    name = expression.split("|")[0].strip()
    if literal := _LITERAL.fullmatch(name):
        return next(found for found in literal.group("single", "double", "number") if found is not None)
    value: Any = drops
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return "" if value is None or isinstance(value, Mapping) else str(value)


def _drops(conversation: Conversation, sender: Sender) -> dict[str, Any]:
    """app/drops/*.rb"""
    contact, inbox = conversation.contact, conversation.inbox
    agent: dict[str, Any] = {}
    if isinstance(sender, User | AgentBot):
        agent = {"id": sender.id} | _describe_name(sender.name)
    return {
        "contact": _describe_contact(contact),
        "agent": agent,
        "conversation": {
            "id": conversation.id,
            "display_id": conversation.id,
            "contact_name": contact.name.capitalize(),
            "custom_attribute": conversation.custom_attributes,
        },
        "inbox": {"id": inbox.id, "name": inbox.name},
    }


def _describe_contact(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "email": contact.email,
        "phone_number": contact.phone_number,
        "custom_attribute": contact.custom_attributes,
    } | _describe_name(contact.name)


def _describe_name(name: str) -> dict[str, Any]:
    words = [word.capitalize() for word in name.split()]
    return {
        "name": " ".join(words),
        "first_name": words[0] if words else None,
        "last_name": words[-1] if len(words) > 1 else None,
    }
