"""Looks at whether the schedule finds, at every desk, the replies of agents that no webhook brings."""

from collections.abc import Iterator

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, ok, problem
from chalicelib.errors import BadSettings, BridgeError

UNHEARD = "replies that no webhook brought"

# Beyond the longest pause while all sellers are at rest: it may take several rounds to look through all.
LATE_SECONDS = 15 * 60


@check(UNHEARD, "live")
def look_at_lost_replies(deployment: Deployment) -> Iterator[Finding]:
    """Every desk; what is wrong with a desk itself is said where it is looked at."""
    try:
        desks = deployment.desk_names
    except BridgeError:
        return
    for desk in ("", *desks):
        try:
            until = deployment.bridge.desk(desk).desk_scan.looked_through_until()
        except BadSettings:
            continue
        yield _judge(deployment, f"{UNHEARD} of the desk {desk}" if desk else UNHEARD, until)


def _judge(deployment: Deployment, about: str, until: int) -> Finding:
    late_seconds = deployment.now.timestamp() - until
    if not until:
        return ok(about, "the first look is still to come")
    if late_seconds < LATE_SECONDS + 60 * deployment.settings.sweep_at_rest_minutes:
        return ok(about, "looked for a moment ago")
    return problem(
        about,
        f"not looked for since {late_seconds / 60:.0f} minutes",
        "See whether Chatwoot is well, and look for 'sweep' in the log: "
        f"aws logs tail /aws/lambda/ponte-{deployment.stage}-work_in_background --since 1h",
    )
