"""`rotate-token`: another token in the address of a webhook, where somebody else may know it."""

from typing import Annotated, Literal

import typer

from tools.console import JSONOption, StageOption, console, fail, plain_failures, print_json


def rotate_token(
    service: Annotated[
        Literal["mercado-livre", "chatwoot"], typer.Argument(help="Whose address is to get another token.")
    ] = "mercado-livre",
    *,
    desk: Annotated[str, typer.Option(help="Of Chatwoot: the desk, if it is not the first.")] = "",
    stage: StageOption = "dev",
    as_json: JSONOption = False,
) -> None:
    """Replace the token in a webhook's address, without losing a webhook.

    The new one counts at once; the old one until the new was seen, and for an hour more. Chatwoot's inboxes are told by
    the command; at Mercado Livre you enter the new address in the DevCenter. Run again, it says how far that is, and in
    the end forgets the old token. A `make deploy` then ends it for functions that were deployed with it.
    """
    # Imported here: boto3 and requests take a while, and --help should not.
    from boto3.session import Session

    from chalicelib.http import Transport
    from tools.chatwoot_setup import SetupFailed
    from tools.rotating import NotPossible, TokenRotation, check_desk_is_there
    from tools.setting_up import StageSettings
    from tools.stage_access import open_stage

    with plain_failures():
        try:
            bridge, transport = open_stage(stage), Transport()
            check_desk_is_there(bridge.settings, desk)
            rotation = TokenRotation(StageSettings(Session(), stage, desk), service)
            begins = not rotation.is_under_way
            if begins:
                rotation.begin()
            found = rotation.look(bridge)
            rotation.check_door(transport)
            warnings = rotation.tell_chatwoot(transport) if service == "chatwoot" else []
            if found.is_over:
                rotation.end()
        except (NotPossible, SetupFailed) as error:
            fail(str(error))
    if as_json:
        state = "begun" if begins else "over" if found.is_over else "seen" if found.was_seen else "waiting"
        print_json({"service": service, "desk": desk, "state": state, "address": found.address, "warnings": warnings})
        return
    _tell(service, stage, begins=begins, is_over=found.is_over, was_seen=found.was_seen)
    if service == "mercado-livre" and not found.was_seen:
        console.print("In the DevCenter, as the notifications callback URL (keep it secret):")
        console.print(f"  {found.address}", soft_wrap=True, highlight=False, markup=False)
    for warning in warnings:
        console.print(f"! {warning}", style="yellow", highlight=False, markup=False, soft_wrap=True)


def _tell(service: str, stage: str, *, begins: bool, is_over: bool, was_seen: bool) -> None:
    if is_over:
        said = (
            "The old token is over and forgotten. Functions that were deployed with it take it until: "
            f"make deploy STAGE={stage}. To make another one, run this once more."
        )
    elif was_seen:
        said = "The new token was seen; the old one ends an hour after that. Run this again then."
    elif begins and service == "chatwoot":
        said = (
            "There is a new token, and both inboxes call it. The old one counts until it was seen. Run this again then."
        )
    elif begins:
        said = "There is a new token. The old one counts until the new one was seen. Run this again then."
    else:
        said = "The new token was not seen yet, so that the old one counts."
    console.print(said, highlight=False, soft_wrap=True)
