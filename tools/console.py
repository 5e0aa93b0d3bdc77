"""How the commands speak: to a person in colour, to a script in JSON, and never with a traceback."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.text import Text

from chalicelib.errors import BridgeError
from chalicelib.foreign_text import safe

# The exit status of a command that found something wrong, and of one that could not go on.
SOMETHING_WRONG, CANNOT_GO_ON = 1, 2

# A pipe has no width; within rich's 80 columns an id would stand in two pieces, where nobody's `grep` finds it.
PIPE_WIDTH = 250

# Between two columns of a table.
GAP = 2


class SafeConsole(Console):
    """Writes no character that commands the terminal but its own: names, topics and files are anybody's words."""

    def render_str(self, text: str, **details: Any) -> Text:
        return super().render_str(safe(text, "terminal"), **details)


def _open_console(*, stderr: bool) -> Console:
    opened = SafeConsole(stderr=stderr)
    if not opened.is_terminal and "COLUMNS" not in os.environ:
        opened.width = PIPE_WIDTH
    return opened


console = _open_console(stderr=False)
errors = _open_console(stderr=True)

StageOption = Annotated[str, typer.Option("--stage", envvar="PONTE_STAGE", help="The stage: dev, prod …")]
JSONOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a script.")]


def fail(message: str) -> NoReturn:
    """Say what is wrong and what to do, and end."""
    errors.print(message, style="red", highlight=False, markup=False)
    raise typer.Exit(CANNOT_GO_ON)


def agree(question: str, *, yes: bool) -> None:
    """Go on only where a person says yes, or said so beforehand with --yes."""
    if yes:
        return
    try:
        # On stderr, so that a script that reads JSON is not fed the question.
        agreed = typer.confirm(safe(question, "terminal"), err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        fail("Nothing was changed. (--yes agrees beforehand.)")


def several(number: int, noun: str) -> str:
    """`1 thread`, `2 threads`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table or, where the terminal is too narrow for one, a line for each row: an id must not be cut into pieces.

    In the last column stands prose, which may take several lines.
    """
    from rich.cells import cell_len
    from rich.table import Table

    shown = [[printable(cell) for cell in row] for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold")
    needed = max((cell_len(word) for row in (headings, *shown) for word in row[-1].split()), default=0)
    for position, heading in enumerate(headings[:-1]):
        needed += GAP + max(cell_len(row[position]) for row in (headings, *shown))
        table.add_column(heading, no_wrap=True)
    table.add_column(headings[-1], overflow="fold")
    for row in shown:
        table.add_row(*row)
    if needed <= console.width:
        console.print(table, highlight=False, markup=False)
        return
    console.print("  ".join(headings), style="bold", highlight=False, markup=False)
    for row in shown:
        console.print("  ".join(row), highlight=False, markup=False)


def printable(text: str) -> str:
    """The text on one line, and without characters that command a terminal."""
    return safe(" ".join(text.split()), "terminal")


def print_json(value: Any) -> None:
    # Not by rich, which would break long lines.
    lines = json.dumps(value, indent=2, ensure_ascii=False, default=str).split("\n")
    typer.echo("\n".join(safe(line, "log") for line in lines))


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turns what AWS or a service refuses into a message that says what to do."""
    try:
        yield
    except BridgeError as error:
        fail(str(error))
    except ClientError as error:
        code, words = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
        fail(f"AWS refused {error.operation_name}: {code} {words}\nCheck the credentials, the region and --stage.")
    except ValueError as error:
        # Botocore has no class of its own for it.
        if not str(error).startswith("Invalid endpoint"):
            raise
        fail(f"AWS cannot be reached: {error}\nCheck AWS_ENDPOINT_URL, which is for an AWS of your own, or unset it.")
    except BotoCoreError as error:
        fail(f"AWS cannot be reached: {error}\nCheck the credentials and the region (AWS_PROFILE, AWS_DEFAULT_REGION).")
