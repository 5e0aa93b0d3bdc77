"""Desks: whether the workers are let into every Chatwoot, as they met it; the doctor asks Chatwoot itself."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, problem, warning
from chalicelib.errors import BadSettings, TryAgainLater
from chalicelib.stores.troubles import INTERCEPTED, Trouble, desk_place

WAITS = "what buyers and agents write waits"
LATE = "agents' replies are found by the sweeps alone, minutes later"
STAND_IN = "a line stands in their place, with the page that shows them"

# What one call met may have been over with the next.
LASTING_SECONDS = 60


class Told(NamedTuple):
    """How a trouble is told: the alarm, where `{token}` and `{chatwoot}` name the desk too, the cure, and what it does.

    `detail` is what was met.
    """

    alarm: str
    cure: Callable[[str, str], str]
    consequence: str = WAITS


@check("Chatwoot", "cheap")
def look_at_troubles(deployment: Deployment) -> Iterator[Finding]:
    try:
        desks = ("", *deployment.desk_names)
    except TryAgainLater:
        # As is said of the settings.
        return
    for desk in desks:
        for kind, told in TROUBLES.items():
            trouble = deployment.trouble(desk_place(desk), kind)
            if trouble and (kind != INTERCEPTED or trouble.lasted_seconds >= LASTING_SECONDS):
                yield _tell(told, trouble, deployment.stage, desk)


@check("signatures of webhooks", "cheap")
def look_at_signatures(deployment: Deployment) -> Iterator[Finding]:
    """Anybody who learns the address of an inbox's webhook can send to it what no secret signs."""
    try:
        desks = ("", *deployment.desk_names)
    except TryAgainLater:
        return
    for desk in desks:
        settings = deployment.settings.at_desk(desk)
        # What is missing or cannot be read is said of the settings.
        with suppress(BadSettings):
            secrets, inboxes = settings.chatwoot_webhook_secrets, (settings.questions_inbox_id, settings.sales_inbox_id)
            if "account" not in secrets and not all(str(inbox) in secrets for inbox in inboxes):
                seen = f"what {named('Chatwoot', desk)} sends is not signed"
                cure = f"Update Chatwoot to 4.13 or later, and then: {setup_command(deployment.stage, desk)}"
                told = f"{seen}: it is asked for each reply before that is sent"
                yield warning(named("signatures of webhooks", desk), told, cure, alarm=seen)


def _tell(told: Told, trouble: Trouble, stage: str, desk: str) -> Finding:
    seen = told.alarm.format(token=named("the token", desk), chatwoot=named("Chatwoot", desk), detail=trouble.detail)
    return problem(named("Chatwoot", desk), f"{seen}: {told.consequence}", told.cure(stage, desk), alarm=seen)


def cure_of_token(stage: str, desk: str) -> str:
    return (
        "Copy an administrator's access token (Profile settings in Chatwoot) and give it to: "
        f"{setup_command(stage, desk)}"
    )


def _cure_of_owner(stage: str, desk: str) -> str:
    return (
        "In Chatwoot, make the token's owner an administrator of the account again (Settings > Agents). "
        f"Or: {cure_of_token(stage, desk)}"
    )


def _cure_of_account(stage: str, desk: str) -> str:
    return (
        "See in Chatwoot's super admin console whether the account is suspended, and activate it. To use another one: "
        f"{setup_command(stage, desk)}"
    )


def _cure_of_interception(stage: str, desk: str) -> str:
    return (
        "A firewall, a proxy or a maintenance page answers in its place: let the bridge's calls to /api pass there. "
        f"Where the address is wrong (http for https, say): {setup_command(stage, desk)}"
    )


def _cure_of_inbox(stage: str, desk: str) -> str:
    return f"Make another one, which what waits goes to: {setup_command(stage, desk)}"


def _cure_of_silence(stage: str, desk: str) -> str:
    return (
        "See why with python -m tools doctor: the inbox calls another address or none, or Chatwoot does not reach the "
        f"bridge. This gives the inboxes the right one: {setup_command(stage, desk)}"
    )


def _cure_of_words(stage: str, desk: str) -> str:  # noqa: ARG001 - as all cures are asked
    return (
        "Let the bridge's calls to /api pass the firewall before Chatwoot, whatever is in them; where there is none, "
        "look in Chatwoot's log for what it refused. This is forgotten after six hours"
    )


TROUBLES = {
    "token": Told("Chatwoot refuses {token}", cure_of_token),
    "member": Told("the owner of {token} of Chatwoot is no member of the account any more", _cure_of_owner),
    "role": Told("the owner of {token} of Chatwoot is no administrator", _cure_of_owner),
    "account": Told("{chatwoot} keeps the bridge out of the account, which may be suspended", _cure_of_account),
    "inbox": Told("the inbox {detail} is not in {chatwoot} any more", _cure_of_inbox),
    "words": Told("{chatwoot}, or a firewall before it, does not take some words: {detail}", _cure_of_words, STAND_IN),
    "silent-question": Told("nothing is heard of the questions inbox of {chatwoot}", _cure_of_silence, LATE),
    "silent-pack": Told("nothing is heard of the sales inbox of {chatwoot}", _cure_of_silence, LATE),
    INTERCEPTED: Told("something before {chatwoot} answers in its place", _cure_of_interception),
}


def setup_command(stage: str, desk: str) -> str:
    """What makes a desk as it should be."""
    return f"python -m tools setup --stage {stage}" + (f" --desk {desk}" if desk else "")


def named(about: str, desk: str) -> str:
    return f"{about} of the desk {desk}" if desk else about
