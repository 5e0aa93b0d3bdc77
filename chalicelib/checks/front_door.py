"""The front door: webhooks that come to the right address and are refused, as the door itself met them."""

from collections.abc import Iterator

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, problem
from chalicelib.stores.troubles import FRONT_DOOR

CURES = {
    "signature": (
        "Read the inboxes' secrets anew: python -m tools setup --stage {stage} (for another desk with --desk NAME). "
        "Agents' replies are found by the sweeps meanwhile, minutes later"
    ),
    "clock": "Set the clock of the server on which Chatwoot runs (NTP): what it signs carries its time",
    "age": (
        "Set STALE_NOTIFICATIONS to accept in .chalice/config.json, and run make deploy STAGE={stage}: an old "
        "notification does no harm, and Mercado Livre gives up on what is refused"
    ),
    "unreadable": (
        "Something else than Mercado Livre or Chatwoot writes to their address, or a proxy changes what they send: see "
        "«webhook refused» in the log of the function ponte-{stage}"
    ),
}


@check("refused webhooks", "cheap")
def look_at_refused_webhooks(deployment: Deployment) -> Iterator[Finding]:
    for kind, cure in CURES.items():
        if trouble := deployment.trouble(FRONT_DOOR, kind):
            seen = f"webhooks are refused: {trouble.detail}"
            yield problem("webhooks", seen, cure.format(stage=deployment.stage), alarm=seen)


@check("made-up notifications", "cheap")
def look_at_hints(deployment: Deployment) -> Iterator[Finding]:
    if deployment.bridge.rate_limit.hints_wait:
        seen = "notifications name so much that Mercado Livre does not show that they wait"
        cure = (
            "Somebody may know the address for notifications: give it another token with python -m tools rotate-token "
            f"--stage {deployment.stage}. Sweeps find what is true in them meanwhile, minutes later"
        )
        yield problem("notifications", seen, cure, alarm=seen)
