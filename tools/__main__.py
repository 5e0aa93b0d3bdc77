"""`python -m tools`: everything that people run from a terminal."""

import typer

from tools.commands.audit import audit
from tools.commands.authorize import authorize
from tools.commands.cloud import deploy, lock, package, remove, rollback
from tools.commands.doctor import doctor
from tools.commands.history import history
from tools.commands.local import local
from tools.commands.replay import replay
from tools.commands.restore import restore
from tools.commands.rotate_token import rotate_token
from tools.commands.sellers import sellers
from tools.commands.settings import settings
from tools.commands.setup import setup
from tools.commands.topics import topics

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    # So that the paragraphs of a docstring are filled to the width of the terminal.
    rich_markup_mode="markdown",
    help="Ponte: Mercado Livre and Chatwoot, bridged.",
)


@cli.callback()
def main() -> None:
    """Ponte: Mercado Livre and Chatwoot, bridged."""


for command in (local, deploy, rollback, remove, package, lock, setup, authorize):
    cli.command()(command)
cli.command()(doctor)
cli.command()(audit)
cli.command()(history)
cli.command()(replay)
cli.command()(restore)
cli.command()(rotate_token)
cli.command()(settings)
cli.command()(topics)
cli.add_typer(sellers, name="sellers")


if __name__ == "__main__":
    cli(prog_name="python -m tools")
