"""Anybody's words, made safe for the place where they come to stand. Pure.

What buyers, sellers, agents, strangers and services wrote is read there as words, and as nothing else. Whoever writes
it somewhere names the place.
"""

import html
import json
import re
from collections.abc import Callable
from typing import Any, Literal

from chalicelib.foreign_text.markdown import escape_line, escape_text

Place = Literal["markdown", "line of markdown", "liquid", "log", "terminal", "html"]


def safe(text: str, place: Place) -> str:
    """The words for one place.

    `markdown` are several lines that stand in a message by themselves, `line of markdown` what stands in a line of
    ours. `liquid` is all that an outgoing message of Chatwoot says, and comes last: nothing is taken out afterwards.
    `log` is a line of it, already in JSON.
    """
    # First: what is taken out between two signs would bring them together.
    return WAYS[place](storable(text))


def storable(value: Any) -> Any:
    """The same text or JSON with nothing that databases refuse: NUL, and halves of surrogate pairs.

    The services' JSON can carry both, and Chatwoot would answer 500 each time.
    """
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(name): storable(element) for name, element in value.items()}
    return list(map(storable, value)) if isinstance(value, list) else value


def _without_templates(text: str) -> str:
    """The same words to the eye, and no template to Chatwoot, which renders all outgoing content as Liquid.

    Seen in Chatwoot 4.15.1, app/models/concerns/liquidable.rb. A zero-width space parts the braces.
    """
    return re.sub(r"\{(?=[{%])", "{\u200b", text)


def _without_commands(text: str) -> str:
    """Without characters that command a terminal, or turn what stands beside them around."""
    return "".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text)


def _with_numbers(text: str) -> str:
    """With the number of each character that is not printed, as JSON writes it."""
    return text if text.isprintable() else "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


WAYS: dict[Place, Callable[[str], str]] = {
    "markdown": escape_text,
    "line of markdown": escape_line,
    "liquid": _without_templates,
    "log": _with_numbers,
    "terminal": _without_commands,
    "html": html.escape,
}
