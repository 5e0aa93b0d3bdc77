"""Keeps the packages that were deployed from here, and puts one of them back."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from boto3.session import Session

from tools.package import PROJECT
from tools.workers import FUNCTION_SUFFIXES

FOLDER = PROJECT / "build" / "packages"
MOST_KEPT = 5


class NothingKept(Exception):
    """There is no package to go back to; the message says what to do instead."""


def keep(package: Path, stage: str, now: datetime) -> Path:
    """Keep a package that is deployed now, and forget the oldest."""
    folder = FOLDER / stage
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.zip"
    shutil.copy(package, kept)
    for old in kept_packages(stage)[:-MOST_KEPT]:
        old.unlink()
    return kept


def kept_packages(stage: str) -> list[Path]:
    """The oldest first."""
    return sorted((FOLDER / stage).glob("*.zip"))


def find_package(stage: str, name: str) -> Path:
    """The kept package of this name; without one, that before the last deployment. Raises NothingKept."""
    kept = kept_packages(stage)
    found = [path for path in kept if path.stem == name] if name else kept[-2:-1]
    if not found:
        names = ", ".join(path.stem for path in kept) or "none is"
        raise NothingKept(
            f"No such package of {stage} is kept here ({names}). Check the version out that you want to go back to, "
            f"and run make deploy STAGE={stage}."
        )
    return found[0]


def put_back(session: Session, stage: str, package: Path) -> None:
    """Have every function run the code of a package; settings, triggers, queues and tables stay as they are."""
    client: Any = session.client("lambda")
    code = package.read_bytes()
    for name in (f"ponte-{stage}{suffix}" for suffix in FUNCTION_SUFFIXES):
        client.update_function_code(FunctionName=name, ZipFile=code)
        client.get_waiter("function_updated_v2").wait(FunctionName=name)
