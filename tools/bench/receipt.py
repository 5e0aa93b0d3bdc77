"""How fast a notification is taken, cold and warm, by Ponte and by the baseline in turns.

What is measured runs in processes of its own, with this interpreter, in an environment like a function's, and with
code that is compiled already, as it is on Lambda (`tools/package.py`).
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from boto3.session import Session

from tools.bench.warm import PATH_TOKEN, make_event
from tools.deploy import make_environment
from tools.package import PROJECT
from tools.provision import create_stack

STAGE = "bench"

# A module, and the directory to start in: there Python finds it first, and neither pays for being part of a package.
CONTENDERS = {"ponte": ("app", PROJECT), "baseline": ("baseline", Path(__file__).parent)}

AWS = """
import json, sys
from tools.local.embedded_aws import EmbeddedAWS
aws = EmbeddedAWS()
print(json.dumps(aws.environment), flush=True)
sys.stdin.read()
aws.stop()
"""
IMPORT = """
import time
started = time.perf_counter()
import {module}
print((time.perf_counter() - started) * 1000, flush=True)
"""
ACKNOWLEDGE = """
import {module}
class Context:
    aws_request_id = "cold"
print({module}.app({event!r}, Context())["statusCode"], flush=True)
"""


class Script(NamedTuple):
    """Something for a fresh Python to run, and where."""

    text: str
    cwd: Path


class Said(NamedTuple):
    """The first line of a process, and how long after its start it came."""

    milliseconds: float
    line: str


@contextmanager
def separate_aws() -> Iterator[dict[str, str]]:
    """An embedded AWS in a process of its own, whose work slows nobody here; yields what makes boto3 talk to it."""
    command = [sys.executable, "-c", AWS]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(first_line(process))
        finally:
            process.terminate()


class Receipt:
    """The measurements, against the AWS that this process is set up for; `compiled` keeps the compiled code."""

    def __init__(self, aws: Mapping[str, str], compiled: Path) -> None:
        tokens = {"MERCADO_LIVRE_WEBHOOK_TOKEN": PATH_TOKEN, "CHATWOOT_WEBHOOK_TOKEN": "not used here"}
        self._environment = {
            "PATH": os.environ["PATH"],
            "LANG": "en_US.UTF-8",
            "PYTHONPYCACHEPREFIX": str(compiled),
            "PONTE_STAGE": STAGE,
            **aws,
            **make_environment(create_stack(Session(), STAGE), tokens),
        }

    def cold_import(self, rounds: int) -> dict[str, Any]:
        """The import alone, in fresh processes; the start of the interpreter does not count."""
        said = self._in_turns(make_scripts(IMPORT), rounds)
        return compare({name: [float(each.line) for each in each_said] for name, each_said in said.items()})

    def cold_first_ack(self, rounds: int) -> dict[str, Any]:
        """From just before a process is started to its first 200, as its parent sees it; nothing is subtracted."""
        scripts = make_scripts(ACKNOWLEDGE) | {"bare_interpreter": Script("print(200, flush=True)", PROJECT)}
        said = self._in_turns(scripts, rounds)
        for name, each_said in said.items():
            if wrong := {each.line for each in each_said} - {"200"}:
                raise RuntimeError(f"{name} answered {wrong}")
        return compare({name: [each.milliseconds for each in each_said] for name, each_said in said.items()})

    def warm_receipt(self, notifications: int) -> dict[str, Any]:
        """Both apps in one process, a notification each in turns."""
        script = Script(f"from tools.bench.warm import main; main({notifications})", PROJECT)
        figures: dict[str, Any] = json.loads(self._run(script).line)
        return figures

    def _in_turns(self, scripts: Mapping[str, Script], rounds: int) -> dict[str, list[Said]]:
        said: dict[str, list[Said]] = {name: [] for name in scripts}
        for script in scripts.values():  # The first run compiles.
            self._run(script)
        for number in range(rounds):
            # Forth and back, so that nobody always comes after the same one.
            for name in list(scripts)[:: -1 if number % 2 else 1]:
                said[name].append(self._run(scripts[name]))
        return said

    def _run(self, script: Script) -> Said:
        command = [sys.executable, "-c", script.text]
        started = time.perf_counter()
        with subprocess.Popen(
            command, cwd=script.cwd, env=self._environment, stdout=subprocess.PIPE, text=True
        ) as process:
            line = first_line(process)
            milliseconds = (time.perf_counter() - started) * 1000
        if process.returncode:
            raise RuntimeError(f"a measured process failed; what it said is above: {script.text}")
        return Said(milliseconds, line)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout  # noqa: S101 - a pipe was asked for
    return process.stdout.readline().strip()


def make_scripts(template: str) -> dict[str, Script]:
    return {
        name: Script(template.format(module=module, event=make_event()), cwd)
        for name, (module, cwd) in CONTENDERS.items()
    }


def compare(times: Mapping[str, list[float]]) -> dict[str, Any]:
    """Medians, and how Ponte's stands to the baseline's."""
    figures: dict[str, Any] = {f"{name}_ms": round(median(each), 1) for name, each in times.items()}
    return figures | {
        "ratio": round(median(times["ponte"]) / median(times["baseline"]), 3),
        "rounds": len(times["ponte"]),
    }
