"""Locks every version, those of dependencies' dependencies too.

What goes to Lambda is locked by the hash of its wheel of pure Python, so that the package runs on whatever processor
and Python deploys it; what builds and tests is locked by version alone, since its wheels differ between machines. The
emulator of AWS has a Python of its own: it wants another boto3 than Ponte is built with.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent

# Any processor and any Python from the oldest on.
PURE = ("--platform", "any", "--implementation", "py", "--abi", "none", "--python-version", "3.11")
HEAD = "# Made from {source} by `python -m tools lock`: change that, and run it again.\n"


def lock(project: Path = PROJECT) -> None:
    """Write each `requirements.txt`, and `requirements-dev.txt`, anew from those that people write. Asks PyPI."""
    shipped = resolve(project / "requirements.in", *PURE, "--only-binary", ":all:")
    lines = [f"{line_of(each)} --hash=sha256:{hash_of(each)}" for each in shipped]
    write(project / "requirements.txt", "requirements.in", lines)
    # Both together, so that no version of the one contradicts the other.
    others = resolve(project / "requirements-dev.in", "-c", str(project / "requirements.in"))
    known, markers = {line_of(each) for each in shipped}, markers_in(project / "requirements-dev.in")
    locked = sorted({*map(line_of, others)} - known)
    write(project / "requirements-dev.txt", "requirements-dev.in", [line + markers.get(line, "") for line in locked])
    emulator = project / "tests" / "emulator"
    write(emulator / "requirements.txt", "requirements.in", map(line_of, resolve(emulator / "requirements.in")))


def resolve(requirements: Path, *options: str) -> list[dict[str, Any]]:
    """What pip would install, in the order of its names."""
    with TemporaryDirectory() as nowhere:
        report = Path(nowhere, "report.json")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--dry-run"]
        pip += ["--ignore-installed", "--report", str(report), "-r", str(requirements), *options]
        subprocess.run([*pip, "--target", nowhere] if options[:1] == PURE[:1] else pip, check=True)
        found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["install"]
    return sorted(found, key=lambda each: str(each["metadata"]["name"]).lower())


def markers_in(requirements: Path) -> dict[str, str]:
    """Where some are wanted on some machines only: what says so, by the line that it belongs to."""
    lines = (line.partition("#")[0].strip() for line in requirements.read_text(encoding="utf-8").splitlines())
    return {line.partition(";")[0].strip(): f"; {line.partition(';')[2].strip()}" for line in lines if ";" in line}


def line_of(package: dict[str, Any]) -> str:
    return f"{package['metadata']['name']}=={package['metadata']['version']}"


def hash_of(package: dict[str, Any]) -> str:
    return str(package["download_info"]["archive_info"]["hashes"]["sha256"])


def write(path: Path, source: str, lines: Iterable[str]) -> None:
    path.write_text(HEAD.format(source=source) + "".join(f"{line}\n" for line in lines), encoding="utf-8")
