"""The table of agents' commands: private notes that begin with a slash, answered by a private note.

A new command is a module here, with a function under `@command`, and a sentence `command/…` that says what it does.
No answer names a street, a document or a telephone number: whoever reads a conversation reads it.
"""

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from chalicelib.http import File
from chalicelib.mercado_livre.catalog import Catalog
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.shipments import Shipments
from chalicelib.mercado_livre.sites import sale_page
from chalicelib.models import Thread
from chalicelib.parcel_labels import LabelPrinter
from chalicelib.sale_words import SaleWords
from chalicelib.sentences.wording import Wording
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import ThreadRecord


class Sources(NamedTuple):
    """Where commands find what they answer. `describe_sale` writes a sale in short."""

    meli: MercadoLivre
    catalog: Catalog
    sellers: Sellers
    printer: LabelPrinter
    describe_sale: Callable[[Thread, Sale], str]

    @property
    def shipments(self) -> Shipments:
        return Shipments(self.meli)

    def link(self, thread: Thread) -> str:
        """The page of a sale on Mercado Livre."""
        return sale_page(self.sellers.site_of(thread.seller_id), thread.meli_id)

    def words(self, thread: Thread, wording: Wording) -> SaleWords:
        return SaleWords(wording, self.sellers.site_of(thread.seller_id))


class Request(NamedTuple):
    """What a command is given: the words after its name, and the thread whose conversation it was written in.

    `record` is None in a conversation that does not come from Mercado Livre.
    """

    words: str
    record: ThreadRecord | None
    wording: Wording
    sources: Sources

    @property
    def sale_thread(self) -> Thread | None:
        """The purchase that the conversation is about; None where it is about none."""
        return self.record.thread if self.record and self.record.thread.kind == "pack" else None


class Answer(NamedTuple):
    """What a command is answered with: words, and files that only agents see."""

    words: str
    files: tuple[File, ...] = ()


Act = Callable[[Request], Answer]


class Command(NamedTuple):
    """A command: its name in each language, all of which are understood, and what answers it."""

    names: dict[str, str]
    act: Act

    def describe(self, wording: Wording) -> str:
        """What an agent reads of it in a list."""
        sentence = f"command/{self.names['pt-BR']}"
        return f"**/{self.names[wording.language]}**: {wording.say(sentence)}"


_commands: list[Command] = []


def command(name: str, *, es: str = "", en: str = "") -> Callable[[Act], Act]:
    """Put a function into the table under its Portuguese name and, where they differ, those in other languages."""

    def add(act: Act) -> Act:
        _commands.append(Command({"pt-BR": name, "es": es or name, "en": en or name}, act))
        return act

    return add


def all_commands() -> list[Command]:
    _load()
    return sorted(_commands, key=lambda one: one.names["pt-BR"])


def find_command(word: str) -> Command | None:
    """The command that a word names, as `/ajuda` does; with accents and a stop behind it too, as people write."""
    found = re.fullmatch(r"/(\w+)[.,;:!?]*", word)
    wanted = _without_accents(found[1].casefold()) if found else ""
    return next((one for one in all_commands() if wanted in one.names.values()), None)


def _without_accents(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


@cache
def _load() -> None:
    """Import the modules, so that each puts its command into the table."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    names = [name for one in _commands for name in set(one.names.values())]
    assert len(names) == len(set(names)), "two commands have the same name"
