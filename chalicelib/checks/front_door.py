"""The front door: webhooks that come to the right address and are refused, as the door itself met them."""

from collections.abc import Iterator

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.desks import LASTING_SECONDS, named, setup_command
from chalicelib.checks.findings import Finding, problem
from chalicelib.errors import TryAgainLater
from chalicelib.stores.troubles import SIGNATURE, Trouble, front_door

# One that cannot be read may be anybody's; several are a sender's.
SEVERAL = 3

CURES = {
    SIGNATURE: (
        "Read the inboxes' secrets anew: {setup}. Agents' replies are found by the sweeps meanwhile, minutes later, "
        "and are shown as sent after that"
    ),
    "clock": "Set the clock of the server on which Chatwoot runs (NTP): what it signs carries its time",
    "age": (
        "Run aws ssm put-parameter --overwrite --type String --name /ponte/{stage}/STALE_NOTIFICATIONS --value accept, "
        "and make deploy STAGE={stage}: an old notification does no harm, and Mercado Livre gives up on what is refused"
    ),
    "source": (
        "Mercado Livre may send from new addresses, or a proxy stands before the API, whose address is then the one "
        "that is seen: run aws ssm put-parameter --overwrite --type String --name /ponte/{stage}/NOTIFICATION_SOURCES "
        "--value any, and make deploy STAGE={stage}. What was refused is found by the sweeps, minutes later"
    ),
    "unreadable": (
        "Something else than Mercado Livre or Chatwoot writes to their address, or a proxy changes what they send: see "
        "«webhook refused» in the log of the function ponte-{stage}"
    ),
}


@check("refused webhooks", "cheap")
def look_at_refused_webhooks(deployment: Deployment) -> Iterator[Finding]:
    try:
        desks = ("", *deployment.desk_names)
    except TryAgainLater:
        # As is said of the settings.
        return
    for desk in desks:
        for kind, cure in CURES.items():
            trouble = deployment.trouble(front_door(desk), kind)
            if trouble and (kind != "unreadable" or _has_lasted(trouble)):
                about, stage = named("webhooks", desk), deployment.stage
                seen = f"{about} are refused: {trouble.detail}"
                yield problem(about, seen, cure.format(stage=stage, setup=setup_command(stage, desk)), alarm=seen)


def _has_lasted(trouble: Trouble) -> bool:
    return trouble.times >= SEVERAL and trouble.lasted_seconds >= LASTING_SECONDS


@check("made-up notifications", "cheap")
def look_at_hints(deployment: Deployment) -> Iterator[Finding]:
    if deployment.bridge.rate_limit.hints_wait:
        seen = "notifications name so much that Mercado Livre does not show that they wait"
        cure = (
            "Somebody may know the address for notifications: give it another token with python -m tools rotate-token "
            f"--stage {deployment.stage}. Sweeps find what is true in them meanwhile, minutes later"
        )
        yield problem("notifications", seen, cure, alarm=seen)
