"""`python -m tools settings`: the table, and the document that is made from it."""

import json

from typer.testing import CliRunner, Result

from chalicelib.settings import DESK, SETTINGS
from tools.__main__ import cli
from tools.settings_document import DOCUMENT


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["settings", *arguments], catch_exceptions=False)


def test_the_document_says_what_the_table_says() -> None:
    made = run("--markdown").stdout

    assert DOCUMENT.read_text(encoding="utf-8") == made, "python -m tools settings --markdown > docs/settings.md"
    assert not [name for name in (*SETTINGS, DESK.name) if f"| `{name}` |" not in made]


def test_every_setting_is_shown_to_a_person_and_to_a_script() -> None:
    shown, told = run().stdout, json.loads(run("--json").stdout)

    assert [row["name"] for row in told] == [*SETTINGS, DESK.name]
    assert not [name for name in SETTINGS if name not in shown]
