"""Fixtures are nouns: `bridge` with its `meli`, `chatwoot` and `clock`."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.drilling import IS_DRILL, TRIED

# The same examples in each run, so that a failure is never a matter of luck; other ones in each drill, which looks for
# what nobody has met. No deadline, for a busy machine is no defect. Loaded first, since settings that are made before
# know nothing of it.
settings.register_profile("ponte", derandomize=not IS_DRILL, print_blob=IS_DRILL, deadline=None, database=None)
settings.load_profile("ponte")

os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "INFO")

from tests.harness import BridgeUnderTest, Clock, Machine
from tools.simulators.chatwoot import Chatwoot
from tools.simulators.mercado_livre import MercadoLivre


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    machine = Machine()
    yield machine
    machine.stop()


@pytest.fixture
def bridge(machine: Machine) -> BridgeUnderTest:
    return BridgeUnderTest(machine)


@pytest.fixture
def meli(bridge: BridgeUnderTest) -> MercadoLivre:
    return bridge.meli


@pytest.fixture
def chatwoot(bridge: BridgeUnderTest) -> Chatwoot:
    return bridge.chatwoot


@pytest.fixture
def clock(bridge: BridgeUnderTest) -> Clock:
    return bridge.clock


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a drill tried: passing says little."""
    for report in terminalreporter.getreports("passed") if IS_DRILL else ():
        for name, value in report.user_properties:
            if name == TRIED:
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")
