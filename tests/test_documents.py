"""What the documents name is there: files, headings, commands with their options, and the verbs of the Makefile."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.core
import typer.main

from simulators.__main__ import cli as simulators
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.mercado_livre.control import SWITCHES
from tools.__main__ import cli as tools

PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"
DOCUMENTS = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), PROJECT / "simulators" / "README.md"]
COMMANDS: dict[str, Any] = {"tools": typer.main.get_command(tools), "simulators": typer.main.get_command(simulators)}

FENCE = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
INLINE_CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^()\s]+)\)")
COMMAND = re.compile(r"python -m (tools|simulators) ([a-z][^|]*)")


def test_the_readme_is_read_in_one_sitting() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 150


def test_every_link_leads_somewhere() -> None:
    broken = []
    for document in DOCUMENTS:
        for link in LINK.findall(_prose(document)):
            path, _, anchor = link.partition("#")
            target = (document.parent / path).resolve() if path else document
            if ":" not in link and not (target.exists() and (not anchor or anchor in _anchors(target))):
                broken.append(f"{document.relative_to(PROJECT)}: {link}")
    assert broken == []


def test_every_command_exists_with_its_options() -> None:
    wrong = []
    for document in DOCUMENTS:
        for line in _code(document):
            for program, words in COMMAND.findall(line):
                if complaint := _complain(COMMANDS[program], shlex.split(words, comments=True)):
                    wrong.append(f"{document.relative_to(PROJECT)}: {line}: {complaint}")
    assert wrong == []


def test_every_command_is_told_of() -> None:
    told = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS["tools"].commands if f"`{name}" not in told] == []


def test_every_control_route_and_switch_is_told_of() -> None:
    """Other programs use them, and find them nowhere else."""
    told = (PROJECT / "simulators" / "README.md").read_text(encoding="utf-8")
    rules = {rule.rule for service in (MercadoLivre(), Chatwoot()) for rule in service.flask.url_map.iter_rules()}
    words = {word for rule in rules if rule.startswith("/_control/") for word in re.findall(r"/\w+", rule)}
    assert [word for word in (*words, *(f"`{name}`" for name in SWITCHES)) if word not in told] == []


def test_every_verb_of_make_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        verb for document in DOCUMENTS for line in _code(document) for verb in re.findall(r"\bmake ([a-z]+)", line)
    }
    assert named - targets == set()
    assert targets - named == set()


def _complain(command: Any, words: list[str]) -> str:
    """What is wrong with a command line; an option's value is not looked at."""
    while isinstance(command, typer.core.TyperGroup) and words and not words[0].startswith("-"):
        name, *words = words
        if name not in command.commands:
            return f"there is no {name}"
        command = command.commands[name]
    known = {"--help", *(option for parameter in command.params for option in parameter.opts)}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"it does not know {', '.join(unknown)}" if unknown else ""


def _prose(document: Path) -> str:
    return INLINE_CODE.sub("", FENCE.sub("", document.read_text(encoding="utf-8")))


def _code(document: Path) -> Iterator[str]:
    """Each line of the blocks, and what stands between backticks."""
    text = document.read_text(encoding="utf-8")
    for block in FENCE.findall(text):
        yield from block.replace("\\\n", " ").splitlines()
    for code in INLINE_CODE.findall(FENCE.sub("", text)):
        yield " ".join(code.split())


def _anchors(document: Path) -> set[str]:
    """Those that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
