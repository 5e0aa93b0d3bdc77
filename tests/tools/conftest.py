"""A stage as an operator has it: deployed and set up, all of its settings in Parameter Store, one seller connected."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import tools.doctor
from chalicelib.checks.checklist import all_checks, examine, load_checks
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding
from chalicelib.settings import SETTINGS
from tests.harness import CHATWOOT_TOKEN, MELI_TOKEN, BridgeUnderTest
from tests.tools.traffic import Traffic
from tools.__main__ import cli
from tools.console import console, errors
from tools.deploy import make_environment
from tools.provision import put_settings
from tools.stage_access import open_stage


class Deployed:
    """The stage, both services beside it, and the command line with which one works at it."""

    def __init__(self, bridge: BridgeUnderTest) -> None:
        self.name, self.session, self.url = bridge.name, bridge.session, bridge.url
        self.bridge, self.meli, self.chatwoot, self.seller = bridge, bridge.meli, bridge.chatwoot, bridge.seller
        settings = {name: value for name, value in bridge.settings.items() if name in SETTINGS}
        settings |= {"MERCADO_LIVRE_WEBHOOK_TOKEN": MELI_TOKEN, "CHATWOOT_WEBHOOK_TOKEN": CHATWOOT_TOKEN}
        put_settings(self.session, self.name, settings)
        # Its functions find no more in their environment than deployed ones do.
        endpoint = {"AWS_ENDPOINT_URL_SQS": bridge.settings["AWS_ENDPOINT_URL_SQS"]}
        bridge.settings = make_environment(bridge.queues, settings) | endpoint
        bridge.restart()
        # The commands go by the clock on the wall, so everybody does; the seller's tokens are as old as the seller.
        bridge.clock.now = datetime.now(UTC).replace(microsecond=0)
        bridge.connect(self.seller)

    def run(self, *arguments: str, input: str | None = None) -> Result:  # noqa: A002 - the runner's own name for it
        """What `python -m tools` answers for this stage; a defect raises."""
        width = console.width
        # As wide as no terminal is, so that no sentence is broken.
        console.width = errors.width = 1000
        try:
            return CliRunner().invoke(cli, [*arguments, "--stage", self.name], input=input, catch_exceptions=False)
        finally:
            console.width = errors.width = width

    def set(self, **settings: str) -> None:
        """Change settings in Parameter Store, and let the functions see them."""
        put_settings(self.session, self.name, settings)
        self.bridge.restart()

    def unset(self, *names: str) -> None:
        self.session.client("ssm").delete_parameters(Names=[f"/ponte/{self.name}/{name}" for name in names])
        self.bridge.restart()


def examine_stage(
    deployed: Deployed, *subjects: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC), session: Any = None
) -> list[Finding]:
    """What the doctor finds about these subjects, in its order."""
    load_checks()
    load_checks(tools.doctor)
    checks = [one for one in all_checks() if one.subject in subjects]
    assert {one.subject for one in checks} == set(subjects)
    return [*examine(checks, Deployment(open_stage(deployed.name, clock), "live", session or deployed.session))]


@pytest.fixture
def deployed(bridge: BridgeUnderTest) -> Deployed:
    return Deployed(bridge)


@pytest.fixture
def traffic(deployed: Deployed) -> Traffic:
    return Traffic(deployed)
