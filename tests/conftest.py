"""Fixtures are nouns: `bridge` with its `meli`, `chatwoot` and `clock`."""

import gc
import os
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A failure in a story is to say as much as one in a test.
pytest.register_assert_rewrite("tests.stories")

from tests.costs import Costs
from tests.drilling import COUNTED, IS_DRILL, TRIED, list_numbers

# The same examples in each run, so that a failure is never a matter of luck; other ones in each drill, which looks for
# what nobody has met. No deadline, for a busy machine is no defect. Loaded first, since settings that are made before
# know nothing of it.
settings.register_profile("ponte", derandomize=not IS_DRILL, print_blob=IS_DRILL, deadline=None, database=None)
settings.load_profile("ponte")

os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "INFO")

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest, Clock, Machine
from tests.in_memory import listeners


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    machine = Machine()
    yield machine
    machine.stop()


@pytest.fixture
def bridge(machine: Machine) -> BridgeUnderTest:
    return BridgeUnderTest(machine)


@pytest.fixture
def sockets() -> Iterator[None]:
    """Every call goes by a socket, as between machines: for time-outs, cut connections, sizes and what is no HTTP."""
    with listeners.off():
        yield


@pytest.fixture
def meli(bridge: BridgeUnderTest) -> MercadoLivre:
    return bridge.meli


@pytest.fixture
def chatwoot(bridge: BridgeUnderTest) -> Chatwoot:
    return bridge.chatwoot


@pytest.fixture
def clock(bridge: BridgeUnderTest) -> Clock:
    return bridge.clock


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Costs(), "costs")


def pytest_collection_finish() -> None:
    """What was imported stays: an eighth of the time went to looking through it again and again for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the drills tried, each and all together: passing says little."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    totals: Counter[str] = Counter()
    for report in reports:
        for name, value in report.user_properties:
            if name == TRIED:
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {value}")
            elif name == COUNTED:
                totals.update(value)
    if totals:
        terminalreporter.write_line(f"all drills: {list_numbers(totals)}")
