"""`topics`: what notifications of each topic do."""

from typing import Annotated

import typer

from tools.console import JSONOption, print_json, show_table


def topics(
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/topics.md.")] = False,
    as_json: JSONOption = False,
) -> None:
    """Show every topic of Mercado Livre's notifications: what it does, and whether to tick it. Asks nobody."""
    # Imported here, so that --help is quick.
    from tools.topics_document import topics_as_json, topics_as_markdown

    if markdown:
        typer.echo(topics_as_markdown(), nl=False)
    elif as_json:
        print_json(topics_as_json())
    else:
        rows = [
            (", ".join([one["name"], *one["aliases"]]), one["in_devcenter"], one["about"]) for one in topics_as_json()
        ]
        show_table(("TOPIC", "DEVCENTER", "WHAT IT DOES"), rows)
