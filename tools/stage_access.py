"""Opens a stage from a terminal: the same bridge that its Lambdas build, with their settings and not the shell's."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

from aws_lambda_powertools.utilities import parameters

from chalicelib.settings import is_setting
from chalicelib.wiring import Container


def open_stage(stage: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Container:
    """The bridge of a stage. What the shell calls by the name of a setting is left out: it is not the stage's."""
    # A command may have changed a setting since the last time.
    parameters.clear_caches()  # type: ignore[no-untyped-call]  # Powertools leaves it untyped.
    environ = {name: value for name, value in os.environ.items() if not is_setting(name)}
    return Container({**environ, "PONTE_STAGE": stage}, clock)
