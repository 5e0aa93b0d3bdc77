"""Desks: whether the workers are let into every Chatwoot."""

from collections.abc import Iterator

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, problem
from chalicelib.errors import TryAgainLater
from chalicelib.stores.refused_tokens import desks_refused


@check("Chatwoot", "cheap")
def look_at_refused_tokens(deployment: Deployment) -> Iterator[Finding]:
    """What the workers met; the doctor asks Chatwoot itself."""
    try:
        desks = deployment.desk_names
    except TryAgainLater:
        # As is said of the settings.
        return
    for desk in desks_refused(deployment.bridge.cache, ("", *desks)):
        about = named("Chatwoot's token", desk)
        seen = "Chatwoot refuses it: what buyers and agents write waits"
        yield problem(
            about, seen, cure_of_token(deployment.stage, desk), alarm=f"Chatwoot refuses {named('the token', desk)}"
        )


def cure_of_token(stage: str, desk: str) -> str:
    return (
        "Copy an administrator's access token (Profile settings in Chatwoot) and give it to: "
        f"{setup_command(stage, desk)}"
    )


def setup_command(stage: str, desk: str) -> str:
    """What makes a desk as it should be."""
    return f"python -m tools setup --stage {stage}" + (f" --desk {desk}" if desk else "")


def named(about: str, desk: str) -> str:
    return f"{about} of the desk {desk}" if desk else about
