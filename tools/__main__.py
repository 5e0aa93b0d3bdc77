"""`python -m tools`: everything that people run from a terminal."""

import typer

from tools.commands.cloud import deploy, package
from tools.commands.local import local

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Ponte: Mercado Livre and Chatwoot, bridged.")


@cli.callback()
def main() -> None:
    """Ponte: Mercado Livre and Chatwoot, bridged."""


for command in (local, deploy, package):
    cli.command()(command)


if __name__ == "__main__":
    cli(prog_name="python -m tools")
