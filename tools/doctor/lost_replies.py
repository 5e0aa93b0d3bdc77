"""Looks at whether the schedule finds, at every desk, the replies of agents that no webhook brings."""

from collections.abc import Iterator
from functools import partial

from chalicelib.errors import BadSettings, BridgeError
from chalicelib.wiring import Container
from tools.doctor.findings import Check, Finding, ok, problem

UNHEARD = "replies that no webhook brought"

# The schedule comes every two minutes; after a pause it may take several rounds to look through all.
LATE_SECONDS = 15 * 60


def lost_reply_checks(bridge: Container) -> list[Check]:
    """A check for each desk; what is wrong with a desk itself is said where it is looked at."""
    try:
        desks = ["", *bridge.settings.desk_names()]
    except BridgeError:
        return []
    return [Check(UNHEARD, partial(_look, bridge, desk)) for desk in desks]


def _look(bridge: Container, desk: str) -> Iterator[Finding]:
    about, stage = f"{UNHEARD} of the desk {desk}" if desk else UNHEARD, bridge.settings.stage
    try:
        until = bridge.desk(desk).desk_scan.looked_through_until()
    except BadSettings:
        return
    late_seconds = bridge.clock().timestamp() - until
    if not until:
        yield ok(about, "the first look is still to come")
    elif late_seconds < LATE_SECONDS:
        yield ok(about, "looked for a moment ago")
    else:
        yield problem(
            about,
            f"not looked for since {late_seconds / 60:.0f} minutes",
            "See whether Chatwoot is well, and look for 'sweep' in the log: "
            f"aws logs tail /aws/lambda/ponte-{stage}-work_in_background --since 1h",
        )
