"""Reads lists, of which one entry that cannot be read hides no other."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from chalicelib.observability import logger

Read = TypeVar("Read")

# What it raises to read JSON that has another shape than its field.
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)


def read_each(read: Callable[[Any], Read], entries: Iterable[Any], *, kind: str) -> list[Read]:
    """What can be read of a list; `kind` names what it lists."""
    found = []
    for entry in entries:
        try:
            found.append(read(entry))
        except UNREADABLE as error:
            logger.warning("an entry of a list cannot be read", kind=kind, reason=type(error).__name__)
    return found
