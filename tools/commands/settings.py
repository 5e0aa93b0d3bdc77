"""`settings`: which settings there are."""

from typing import Annotated

import typer

from tools.console import JSONOption, print_json, show_table


def settings(
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/settings.md.")] = False,
    as_json: JSONOption = False,
) -> None:
    """Show every setting that there is: what it does, its default, and what it may be. Asks nobody."""
    # Imported here, so that --help is quick.
    from chalicelib.settings import DESK, SETTINGS
    from tools.settings_document import default_of, marks_of, settings_as_json, settings_as_markdown, value_of

    if markdown:
        typer.echo(settings_as_markdown(), nl=False)
    elif as_json:
        print_json(settings_as_json())
    else:
        rows = [
            (
                row.name,
                default_of(row).replace("`", ""),
                marks_of(row),
                f"{row.title}: {value_of(row).replace('`', '')}",
            )
            for row in (*SETTINGS.values(), DESK)
        ]
        show_table(("NAME", "DEFAULT", "MARKS", "WHAT IT DOES"), rows)
