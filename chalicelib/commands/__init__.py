"""The table of agents' commands: private notes that begin with a slash, answered by a private note.

A new command is a module here, with a function under `@command`, and a sentence `command/…` that says what it does.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from chalicelib.sentences.wording import Wording
from chalicelib.stores.threads import ThreadRecord


class Request(NamedTuple):
    """What a command is given: the words after its name, and the thread whose conversation it was written in.

    `record` is None in a conversation that does not come from Mercado Livre.
    """

    words: str
    record: ThreadRecord | None
    wording: Wording


Answer = Callable[[Request], str]


class Command(NamedTuple):
    """A command: its name in each language, all of which are understood, and what answers it."""

    names: dict[str, str]
    answer: Answer

    def describe(self, wording: Wording) -> str:
        """What an agent reads of it in a list."""
        sentence = f"command/{self.names['pt-BR']}"
        return f"**/{self.names[wording.language]}**: {wording.say(sentence)}"


_commands: list[Command] = []


def command(name: str, *, es: str = "", en: str = "") -> Callable[[Answer], Answer]:
    """Put a function into the table under its Portuguese name and, where they differ, those in other languages."""

    def add(answer: Answer) -> Answer:
        _commands.append(Command({"pt-BR": name, "es": es or name, "en": en or name}, answer))
        return answer

    return add


def all_commands() -> list[Command]:
    _load()
    return sorted(_commands, key=lambda one: one.names["pt-BR"])


def find_command(word: str) -> Command | None:
    """The command that a word names, as `/ajuda` does."""
    found = re.fullmatch(r"/(\w+)", word)
    wanted = found[1].casefold() if found else ""
    return next((one for one in all_commands() if wanted in one.names.values()), None)


@cache
def _load() -> None:
    """Import the modules, so that each puts its command into the table."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    names = [name for one in _commands for name in set(one.names.values())]
    assert len(names) == len(set(names)), "two commands have the same name"
