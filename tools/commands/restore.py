"""`restore`: what a table has lost comes back from a copy of it."""

from enum import StrEnum
from typing import Annotated

import typer

from tools.console import StageOption, agree, console, plain_failures


class TableName(StrEnum):
    THREADS = "threads"
    SELLERS = "sellers"


def restore(
    table: Annotated[TableName, typer.Argument(help="The table that has lost something.")],
    *,
    copy: Annotated[str, typer.Option("--from", help="The name of its copy, restored to an earlier moment.")],
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    stage: StageOption = "dev",
) -> None:
    """Put back what a table has lost and a copy of it still has; what the table has stays.

    What was erased at a buyer's wish stays erased. A seller who was disconnected since the moment of the copy comes
    back, with a grant that does not work any more: disconnect them again.
    """
    from boto3.session import Session

    from tools.restoring import restore as restore_table

    with plain_failures():
        agree(f"Put what ponte-{stage}-{table} lacks of {copy} into it?", yes=yes)
        with console.status("Comparing …"):
            done = restore_table(Session(), stage, table, copy)
        console.print(
            f"{done.put_back} items were put back. {done.kept} were there and stay; "
            f"{done.left_out} do not belong there any more."
        )
