"""`python -m simulators`: the stand-ins alone, for trying a program against Mercado Livre and Chatwoot."""

import json
import logging
import signal
from contextlib import ExitStack
from typing import Annotated

import typer

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.page import Page
from simulators.service import Server
from simulators.serving import Served

STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})

# What the person who started it reads or, with --json, the program.
Facts = dict[str, str]

Host = Annotated[str, typer.Option(help="Address to bind.")]
NotificationUrl = Annotated[str, typer.Option(help="Where notifications go; nowhere without it.")]
RedirectUri = Annotated[str, typer.Option(help="Where the consent page sends the seller back to.")]
Empty = Annotated[bool, typer.Option("--empty", help="Start without the demonstration shop.")]
AsJSON = Annotated[bool, typer.Option("--json", help="Print JSON, for a script.")]

cli = typer.Typer(no_args_is_help=True, add_completion=False)


@cli.callback()
def main() -> None:
    """Stand-ins for Mercado Livre and Chatwoot. See simulators/README.md."""
    # A line for each call would drown the addresses; /_control/journal has them.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # Before any thread exists, so that none of them takes the signal that the main thread will wait for.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)


@cli.command("mercado-livre")
def mercado_livre(
    *,
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes any free one.")] = 8001,
    notification_url: NotificationUrl = "",
    redirect_uri: RedirectUri = "",
    app_id: Annotated[int, typer.Option(help="The application's id.")] = 1234567890123456,
    client_secret: Annotated[str, typer.Option(help="Its secret key.")] = "simulated-client-secret",
    site: Annotated[str, typer.Option(help="The country: MLB, MLA …")] = "MLB",
    empty: Empty = False,
    as_json: AsJSON = False,
) -> None:
    """Serve Mercado Livre until Ctrl-C."""
    meli = MercadoLivre(
        app_id=app_id,
        client_secret=client_secret,
        notification_url=notification_url,
        redirect_uri=redirect_uri,
        site_id=site,
    )
    with ExitStack() as running:
        running.callback(Served(meli, host=host, port=port).stop)
        wait({"mercado_livre": open_shop(meli, empty=empty)}, as_json=as_json)


@cli.command()
def chatwoot(
    *,
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes any free one.")] = 8002,
    account: Annotated[int, typer.Option(help="The account's id.")] = 1,
    admin_token: Annotated[str, typer.Option(help="The administrator's access token.")] = "chatwoot-admin-token",
    version: Annotated[str, typer.Option(help="Behave as this version does, from 3.4.0 on.")] = "4.16.2",
    as_json: AsJSON = False,
) -> None:
    """Serve Chatwoot until Ctrl-C."""
    try:
        service = Chatwoot(account_id=account, admin_token=admin_token, version=version)
    except ValueError as error:
        raise typer.BadParameter("a version is three numbers, as in 4.16.2", param_hint="--version") from error
    with ExitStack() as running:
        running.callback(Served(service, host=host, port=port).stop)
        wait({"chatwoot": open_desk(service)}, as_json=as_json)


@cli.command()
def both(
    *,
    host: Host = "127.0.0.1",
    mercado_livre_port: Annotated[int, typer.Option(help="0 takes any free one.")] = 8001,
    chatwoot_port: Annotated[int, typer.Option(help="0 takes any free one.")] = 8002,
    page_port: Annotated[int, typer.Option(help="0 takes any free one.")] = 8003,
    notification_url: NotificationUrl = "",
    redirect_uri: RedirectUri = "",
    empty: Empty = False,
    as_json: AsJSON = False,
) -> None:
    """Serve both until Ctrl-C, and a page on which one plays buyer and agent."""
    meli, service = MercadoLivre(notification_url=notification_url, redirect_uri=redirect_uri), Chatwoot()
    with ExitStack() as running:
        running.callback(Served(meli, host=host, port=mercado_livre_port).stop)
        running.callback(Served(service, host=host, port=chatwoot_port).stop)
        page = Server(Page(meli, service).wsgi, host=host, port=page_port)
        running.callback(page.stop)
        facts = {"mercado_livre": open_shop(meli, empty=empty), "chatwoot": open_desk(service)}
        wait({**facts, "page": {"url": page.url}}, as_json=as_json)


def open_shop(meli: MercadoLivre, *, empty: bool) -> Facts:
    """Unless it is to be empty, there is a shop whose seller has consented."""
    facts = {"url": meli.base_url, "app_id": str(meli.app_id), "client_secret": meli.client_secret}
    if not empty:
        seller_id = meli.seed_demo()
        facts |= {"seller_id": str(seller_id), "access_token": meli.grant_access(seller_id)["access_token"]}
    return {**facts, "notification_url": meli.notification_url, "redirect_uri": meli.redirect_uri}


def open_desk(service: Chatwoot) -> Facts:
    return {
        "url": service.base_url,
        "account_id": str(service.state.account_id),
        "administrator_token": service.admin_token,
        "agent_token": service.agent_token,
        "bot_token": service.bot_token,
    }


def wait(facts: dict[str, Facts], *, as_json: bool) -> None:
    """Say where everything is, and return when it is to stop."""
    if as_json:
        typer.echo(json.dumps(facts))
    else:
        for name, own in facts.items():
            typer.echo(name.replace("_", " ").title())
            for key, value in own.items():
                typer.echo(f"  {key.replace('_', ' '):<20} {value or '(none)'}")
        typer.echo("Stop with Ctrl-C.")
    signal.sigwait(STOP_SIGNALS)


if __name__ == "__main__":
    cli(prog_name="python -m simulators")
