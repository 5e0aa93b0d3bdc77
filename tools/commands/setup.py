"""`setup`: from an empty stage to one that only waits for its seller."""

from contextlib import suppress
from typing import Annotated, Any

import typer

from chalicelib.settings import SETTINGS, Settings
from tools.console import JSONOption, StageOption, console, errors, fail, plain_failures, print_json


def _option(setting: str) -> Any:
    row = SETTINGS[setting]
    return typer.Option(row.option, envvar=setting, help=f"{row.title}: {row.where}.", show_default=False)


def setup(
    *,
    stage: StageOption = "dev",
    desk: Annotated[str, typer.Option(help="A further desk: a Chatwoot account with two inboxes of its own.")] = "",
    chatwoot_url: Annotated[str, _option("CHATWOOT_URL")] = "",
    chatwoot_account: Annotated[str, _option("CHATWOOT_ACCOUNT_ID")] = "",
    chatwoot_token: Annotated[str, _option("CHATWOOT_TOKEN")] = "",
    app_id: Annotated[str, _option("MERCADO_LIVRE_APP_ID")] = "",
    client_secret: Annotated[str, _option("MERCADO_LIVRE_CLIENT_SECRET")] = "",
    public_url: Annotated[str, _option("PUBLIC_URL")] = "",
    site: Annotated[str, _option("MERCADO_LIVRE_SITE")] = "",
    language: Annotated[str, _option("AGENT_LANGUAGE")] = "",
    mercado_livre_url: Annotated[str, _option("MERCADO_LIVRE_URL")] = "",
    mercado_livre_auth_url: Annotated[str, _option("MERCADO_LIVRE_AUTH_URL")] = "",
    agents: Annotated[
        str, typer.Option(help="`all` makes every agent of the account a member of both inboxes.", show_default=False)
    ] = "",
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing; a missing value is an error.")] = False,
    as_json: JSONOption = False,
) -> None:
    """Set a stage up, or complete it: settings, and in Chatwoot inboxes, attributes and labels.

    Asks for what it is not told and checks every value at once. Options also come from the environment, by the
    settings' own names. Run again at any time: it reuses what is there, also inboxes that were renamed by hand.
    """
    # Imported here: boto3 and requests take a while, and --help should not.
    from boto3.session import Session

    from chalicelib.http import Transport
    from tools.chatwoot_setup import SetupFailed
    from tools.commands.asking import Progress, Prompts
    from tools.function_environment import tell_functions
    from tools.setting_up import StageSettings, set_up
    from tools.setup_checks import Unusable, check_desk
    from tools.setup_interview import Interview
    from tools.setup_report import print_report, report_as_json
    from tools.stage_access import open_stage

    if agents not in ("", "all"):
        fail("--agents takes `all`, or leave it out and choose the agents in Chatwoot.")
    given = {
        "CHATWOOT_URL": chatwoot_url,
        "CHATWOOT_ACCOUNT_ID": chatwoot_account,
        "CHATWOOT_TOKEN": chatwoot_token,
        "MERCADO_LIVRE_APP_ID": app_id,
        "MERCADO_LIVRE_CLIENT_SECRET": client_secret,
        "PUBLIC_URL": public_url,
        "MERCADO_LIVRE_SITE": site,
        "AGENT_LANGUAGE": language,
        "MERCADO_LIVRE_URL": mercado_livre_url,
        "MERCADO_LIVRE_AUTH_URL": mercado_livre_auth_url,
    }
    given = {name: value.strip() for name, value in given.items() if value.strip()}
    transport = Transport()
    with plain_failures(), Progress(errors) as progress:
        try:
            check_desk(desk)
        except Unusable as error:
            fail(f"--desk {error}.")
        progress.say("Reading the settings …")
        store = StageSettings(Session(), stage, desk)
        _check_stage(store.present, given, stage, desk)
        try:
            interview = Interview(
                given,
                store.present,
                store.desk,
                terminal=None if no_input else Prompts(progress),
                transport=transport,
                working=progress.say,
            )
            wanted = interview.gather(is_further_desk=bool(desk))
            outcome = set_up(
                store,
                wanted,
                adds_all_agents=agents == "all",
                has_sellers=lambda: any(seller.desk == desk for seller in open_stage(stage).sellers.all()),
                has_conversations=lambda: open_stage(stage).threads.has_conversations_at(desk),
                note_no_old_contacts=lambda: _note_no_old_contacts(stage, desk),
                tell_functions=lambda: tell_functions(Session(), stage),
                transport=transport,
                working=progress.say,
            )
        except (Unusable, SetupFailed) as error:
            fail(str(error))
        except typer.Abort:
            fail("Stopped; nothing was written. With --no-input and options nothing is asked: see --help.")
    settings = Settings({"PONTE_STAGE": stage}, lambda _stage: store.present, desk)
    report = report_as_json(outcome, wanted.version, settings)
    if as_json:
        print_json(report)
    else:
        print_report(console, report)


def _note_no_old_contacts(stage: str, desk: str) -> None:
    from botocore.exceptions import ClientError

    from tools.stage_access import open_stage

    # A stage that is not deployed yet has no tables, and finds it out by itself.
    with suppress(ClientError):
        open_stage(stage).threads.note_no_old_contacts(desk)


def _check_stage(present: dict[str, str], given: dict[str, str], stage: str, desk: str) -> None:
    if not (present.get("PUBLIC_URL") or given.get("PUBLIC_URL")):
        fail(
            f"The stage {stage} has no public address yet. Run `make deploy STAGE={stage}` first, "
            "or give the address with --public-url."
        )
    if desk and not (present.get("MERCADO_LIVRE_APP_ID") and present.get("CHATWOOT_URL")):
        fail(f"Set up the stage's first desk before {desk}: python -m tools setup --stage {stage}")
