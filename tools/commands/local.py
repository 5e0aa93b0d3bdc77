"""`local`: the whole bridge on this machine."""

import os
import signal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.status import Status

from tools.chatwoot_setup import SetupFailed
from tools.console import console, fail


def local(
    host: Annotated[str, typer.Option(help="Address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The bridge's own HTTP port; 0 takes any free one.")] = 8000,
    mercado_livre_url: Annotated[str | None, typer.Option(help="API base, instead of the simulator.")] = None,
    mercado_livre_auth_url: Annotated[str | None, typer.Option(help="Base of the authorization page.")] = None,
    chatwoot_url: Annotated[str | None, typer.Option(help="A Chatwoot, instead of the simulator.")] = None,
    chatwoot_account: Annotated[str, typer.Option(help="Chatwoot account id.")] = "1",
    chatwoot_token: Annotated[str | None, typer.Option(help="api_access_token of an administrator.")] = None,
    app_id: Annotated[str | None, typer.Option(help="The Mercado Livre application.")] = None,
    client_secret: Annotated[str | None, typer.Option(help="Its secret key.")] = None,
    public_url: Annotated[str | None, typer.Option(help="What the outside calls us.")] = None,
    tick_seconds: Annotated[float, typer.Option(help="How often the schedule fires.", min=0.1)] = 120,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Any setting; see `settings`. Repeatable.")
    ] = None,
    ready_file: Annotated[Path | None, typer.Option(help="Written once everything answers (JSON).")] = None,
) -> None:
    """Run the whole bridge on this machine, with an embedded AWS and, unless told otherwise, simulated services."""
    from tools.local.given_settings import NotPossible, read_given

    options = {
        "MERCADO_LIVRE_URL": mercado_livre_url,
        "MERCADO_LIVRE_AUTH_URL": mercado_livre_auth_url,
        "MERCADO_LIVRE_APP_ID": app_id,
        "MERCADO_LIVRE_CLIENT_SECRET": client_secret,
        "CHATWOOT_URL": chatwoot_url,
        "CHATWOOT_ACCOUNT_ID": chatwoot_account,
        "CHATWOOT_TOKEN": chatwoot_token,
        "PUBLIC_URL": public_url,
    }
    try:
        given = read_given(settings or [], options)
    except NotPossible as error:
        fail(str(error))
    if "CHATWOOT_URL" in given and "CHATWOOT_TOKEN" not in given:
        fail("--chatwoot-url needs --chatwoot-token: the access token of an administrator (Chatwoot: Profile).")
    if "MERCADO_LIVRE_URL" in given and not {"MERCADO_LIVRE_APP_ID", "MERCADO_LIVRE_CLIENT_SECRET"} <= given.keys():
        fail("--mercado-livre-url needs --app-id and --client-secret, of your application in the DevCenter.")
    # What the runner says is what a person wants to read; POWERTOOLS_LOG_LEVEL=INFO shows every step of the bridge.
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")
    os.environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")
    # Imported here: moto and Chalice take a while, and neither --help nor a refusal should.
    from tools.local.front_door import PortTaken
    from tools.local.runner import STOP_SIGNALS, Options, run

    # Before any thread exists, so that none of them takes the signal that the main thread will wait for.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    status = console.status("Starting …")
    status.start()
    try:
        run(Options(host, port, given, tick_seconds, ready_file), lambda ready: announce(ready, status))
    except (PortTaken, SetupFailed) as error:
        status.stop()
        fail(str(error))


def announce(ready: dict[str, Any], status: Status) -> None:
    status.stop()
    simulators = ready["simulators"]
    console.print("[bold green]Ponte is running.[/]")
    if simulators["page"]:
        console.print(f"  Play buyer and agent:  [link]{simulators['page']}[/link]")
    elif simulators["mercado_livre"]:
        console.print(f"  Mercado Livre (simulated, its seller is connected):  {simulators['mercado_livre']}")
    else:
        console.print(f"  Connect a seller:      {ready['oauth_start_url']}")
    console.print(f"  The bridge:            {ready['base_url']}  ({ready['health_url']})")
    console.print("  Stop with Ctrl-C.")
