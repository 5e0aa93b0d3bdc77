"""Fixtures: a `browser`, the `page_url` of everything running, and a `demo` without the bridge."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.playing import CHROMEDRIVER, CHROMIUM, Browser, Demo

ROOT = Path(__file__).parents[2]
# Generous, for a small machine with all tests running at once.
START_SECONDS, STOP_SECONDS = 90, 45


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    for program in (CHROMIUM, CHROMEDRIVER):
        if not program.exists():
            pytest.skip(f"{program} is not there; Debian: apt install chromium chromium-driver")
    browser = Browser(tmp_path / "profile")
    yield browser
    browser.driver.quit()


@pytest.fixture
def page_url(browser: Browser, tmp_path: Path) -> Iterator[str]:
    """Everything, running as a person would run it; stopping it must end well."""
    ready_file, output = tmp_path / "ready.json", tmp_path / "output.txt"
    command = [sys.executable, "-m", "tools", "local", "--port", "0", "--ready-file", str(ready_file)]
    with output.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT)
    try:
        wait_for_file(ready_file, process, output)
        yield json.loads(ready_file.read_text(encoding="utf-8"))["simulators"]["page"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0, output.read_text(encoding="utf-8")
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def demo() -> Demo:
    return Demo()


def wait_for_file(path: Path, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"not ready in {START_SECONDS} s:\n{output.read_text(encoding='utf-8')}"
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"it ended instead of starting:\n{output.read_text(encoding='utf-8')}")
