"""What the documents name is there: files, headings, commands with their options, and the verbs of the Makefile."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.core
import typer.main
from botocore import xform_name
from botocore.session import Session

from chalicelib.settings import SETTINGS
from simulators.__main__ import cli as simulators
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.mercado_livre.control import SWITCHES
from tools.__main__ import cli as tools

PROJECT = Path(__file__).parents[1]
README = PROJECT / "README.md"
DOCUMENTS = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), PROJECT / "simulators" / "README.md"]
COMMANDS: dict[str, Any] = {"tools": typer.main.get_command(tools), "simulators": typer.main.get_command(simulators)}

ASKED_BY_SETUP = (
    *("CHATWOOT_URL", "CHATWOOT_TOKEN", "CHATWOOT_ACCOUNT_ID"),
    *("MERCADO_LIVRE_APP_ID", "MERCADO_LIVRE_CLIENT_SECRET", "MERCADO_LIVRE_SITE", "AGENT_LANGUAGE"),
)

RUN_BY_PEOPLE = {"drill", "advisories", "bench", "load"}

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
    complaints = {
        f"python -m {program} {line}": _complain(command, shlex.split(line))
        for program, command in COMMANDS.items()
        for line in documented_commands(program)
    }
    assert {line: complaint for line, complaint in complaints.items() if complaint} == {}


def test_every_command_of_aws_exists_with_its_options() -> None:
    """They need an account, so that no test runs them; what there is, boto3 knows."""
    services, wrong, renamed = Session(), [], {"--notification-endpoint": "--endpoint"}
    for _, service, operation, *words in documented_lines("aws"):
        if operation in ("wait", "tail"):  # The CLI's own.
            continue
        model = services.get_service_model(service)
        shapes = {xform_name(name, "-"): model.operation_model(name).input_shape for name in model.operation_names}
        options = {renamed.get(word, word) for word in words if word.startswith("--")}
        known = {f"--{xform_name(member, '-')}" for member in shapes[operation].members} if operation in shapes else ()
        if unknown := options - set(known):
            wrong.append((service, operation, unknown))
    assert wrong == []


def test_every_command_is_told_of() -> None:
    told = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS["tools"].commands if f"`{name}" not in told] == []


def test_the_manual_names_every_question_that_setup_asks() -> None:
    manual = (PROJECT / "docs" / "pt-BR" / "manual-de-implantacao.md").read_text(encoding="utf-8")
    questions = [SETTINGS[name].title for name in ASKED_BY_SETUP]
    assert [question for question in questions if f"`{question}`" not in manual] == []


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


def test_every_verb_of_make_is_run_by_ci_or_by_a_test() -> None:
    """Or by people alone, where it takes an hour."""
    makefile, ci = ((PROJECT / name).read_text(encoding="utf-8") for name in ("Makefile", ".ci/run"))
    tests = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "tests").rglob("*.py"))
    started = set(re.findall(r'(?:emulated\.run\(|"tools", )"([a-z]+)"', tests))

    for verb, recipe in re.findall(r"^([a-z]+):.*\n((?:\t.*\n)*)", makefile, re.MULTILINE):
        command = re.search(r"-m tools ([a-z]+)", recipe)
        is_run = f"make {verb}" in ci or (command is not None and command[1] in started)
        assert is_run != (verb in RUN_BY_PEOPLE), verb


def documented_commands(program: str) -> list[str]:
    """What the documents have people type after `python -m tools` or `python -m simulators`, each line once."""
    lines = [line for document in DOCUMENTS for code in _code(document) for line in COMMAND.findall(code)]
    return sorted({shlex.join(shlex.split(words, comments=True)) for found, words in lines if found == program})


def documented_lines(program: str) -> list[list[str]]:
    """The words of each line that begins with a program's name, in the documents' order; without the comments."""
    lines = [line.strip() for document in DOCUMENTS for line in _code(document)]
    return [shlex.split(line, comments=True) for line in lines if line.startswith(f"{program} ")]


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
