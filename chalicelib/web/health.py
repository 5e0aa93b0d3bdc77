"""Prints the cheap checks for a monitor: whether the bridge can do its work and, where it cannot, what to do.

Which sellers there are, and what an operator would type, is nothing for strangers: they see status and counts.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chalicelib.checks.checklist import Check, cheap_checks, examine, load_checks
from chalicelib.checks.deployment import Deployment
from chalicelib.errors import BridgeError
from chalicelib.settings import Settings
from chalicelib.web.signing import is_signed, sign

if TYPE_CHECKING:
    from chalicelib.wiring import Container


OPERATOR = "operator"


def operators_key(settings: Settings) -> str:
    """What opens all of /health, in the header `X-Ponte-Key` or as `key` in the address."""
    return sign(settings.signing_key, OPERATOR)


class Health:
    """Shows nothing secret."""

    def __init__(self, bridge: "Container") -> None:
        self._bridge = bridge

    def show(self, key: str) -> dict[str, Any]:
        """All of the report for whoever has the operator's key; for others how it is, and of how much."""
        report = self.report()
        if self._may_see_all(key):
            return report
        sellers = {problem["seller"] for problem in report["problems"] if problem["seller"]}
        return {"status": report["status"], "counts": {"problems": len(report["problems"]), "sellers": len(sellers)}}

    def _may_see_all(self, key: str) -> bool:
        # Where the settings cannot be read nobody can be told from a stranger.
        with suppress(BridgeError):
            settings = self._bridge.settings
            return settings.is_open or is_signed(key, settings.signing_key, OPERATOR)
        return False

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
