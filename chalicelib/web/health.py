"""Prints the cheap checks for a monitor: whether the bridge can do its work and, where it cannot, what to do."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from chalicelib.checks.checklist import Check, cheap_checks, examine, load_checks
from chalicelib.checks.deployment import Deployment

if TYPE_CHECKING:
    from chalicelib.wiring import Container


class Health:
    """Shows nothing secret."""

    def __init__(self, bridge: "Container") -> None:
        self._bridge = bridge

    def report(self) -> dict[str, Any]:
        """`status` is `ok`; `degraded` when a person is needed but the bridge works; `down` when it cannot receive."""
        load_checks()
        deployment, checks = Deployment(self._bridge), cheap_checks()
        if broken := _alarms(deployment, [one for one in checks if one.is_vital]):
            return {"status": "down", "problems": broken}
        problems = _alarms(deployment, [one for one in checks if not one.is_vital])
        return {"status": "degraded" if problems else "ok", "problems": problems}


def _alarms(deployment: Deployment, checks: Iterable[Check]) -> list[dict[str, Any]]:
    return [
        {"what": finding.alarm, "seller": finding.seller, "do": finding.cure}
        for finding in examine(checks, deployment)
        if finding.alarm
    ]
