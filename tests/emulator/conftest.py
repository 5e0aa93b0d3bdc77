"""`emulated`: a stage on an emulator of AWS, another one for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.emulated import PYTHON, Emulated, emulated_stage


@pytest.fixture
def emulated(tmp_path: Path) -> Iterator[Emulated]:
    if not PYTHON.exists():
        pytest.skip("the emulator of AWS is not installed: make apart and make drill do that")
    with emulated_stage(tmp_path) as stage:
        yield stage
