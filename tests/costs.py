"""What the suite costs, in CPU seconds: in all, by file, and which file costs much more than it used to.

A test suite that takes long is not run. What each file took when it was last looked at stands in `costs.json`; after
`COSTS=keep make test` it is what this run took.
"""

import json
import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

GOAL_SECONDS = 480
# These machines are noisy.
MOST_SECONDS = 2 * GOAL_SECONDS
KEPT = Path(__file__).with_name("costs.json")
WORTH_KEEPING_SECONDS = 2.0
# A file that takes twice what it took, and so many seconds more, has grown.
GROWN_BY, GROWN_SECONDS = 2.0, 5.0

_COST = "cpu_seconds"


class Costs:
    """A plugin of pytest."""

    def __init__(self) -> None:
        self._seconds_by_file: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        item.stash[_began] = time.process_time()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        result = yield
        item.user_properties.append((_COST, time.process_time() - item.stash[_began]))
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "teardown":
            self._seconds_by_file[report.nodeid.partition("::")[0]] += dict(report.user_properties).get(_COST, 0.0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        total = _seconds_so_far()
        terminalreporter.write_line(f"CPU seconds in all: {total:.0f} (goal for the whole suite: {GOAL_SECONDS})")
        for line in self._tell_grown():
            terminalreporter.write_line(line)
        if os.environ.get("COSTS") == "keep":
            kept = {name: round(cost, 1) for name, cost in sorted(self._seconds_by_file.items())}
            kept = {name: cost for name, cost in kept.items() if cost >= WORTH_KEEPING_SECONDS}
            KEPT.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        if total > MOST_SECONDS and not os.environ.get("DRILL"):
            pytest.exit(f"the suite takes more than {MOST_SECONDS} CPU seconds", returncode=1)

    def _tell_grown(self) -> Iterator[str]:
        kept: dict[str, float] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
        for name, cost in self._seconds_by_file.most_common():
            before = max(kept.get(name, 0.0), WORTH_KEEPING_SECONDS)
            if cost > before * GROWN_BY and cost > before + GROWN_SECONDS:
                yield f"grown: {name} took {cost:.0f} CPU seconds, before {before:.0f}"


_began = pytest.StashKey[float]()


def _seconds_so_far() -> float:
    """Of this process and of those that it started and that have ended, the workers among them."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
