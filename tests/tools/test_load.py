"""A burst of notifications through the whole pipeline: nothing of it is lost, and what it costs is told."""

import json
import subprocess
import sys

import pytest

from tools.package import PROJECT

pytestmark = pytest.mark.apart


def test_a_burst_comes_through_whole() -> None:
    command = [sys.executable, "-m", "tools.load", "--notifications", "30", "--sellers", "2", "--json"]

    # It exits with 1 where a receipt took too long, as it may where others work on this machine too.
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)

    (run,) = json.loads(said.stdout)
    assert run["notifications"] == 30
    assert [run[name] for name in ("lost", "doubled", "out_of_order", "errors")] == [0, 0, 0, 0]
    assert run["stages"].keys() >= {"resolve_notification", "work_on_thread"}
    assert 0 < run["dollars_a_thousand_messages"] < 0.05
