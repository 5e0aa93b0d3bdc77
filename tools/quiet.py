"""Keeps the log lines and metrics of the bridge, which are for CloudWatch, out of what a command says."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.observability import logger

METRICS_SWITCH = "POWERTOOLS_METRICS_DISABLED"


@contextmanager
def quiet() -> Iterator[None]:
    """While it lasts, what the bridge does is told by its results alone; both go to stdout otherwise."""
    level, switch = logger.log_level, os.environ.get(METRICS_SWITCH)
    logger.setLevel(logging.CRITICAL)
    os.environ[METRICS_SWITCH] = "true"
    try:
        yield
    finally:
        logger.setLevel(level)
        if switch is None:
            del os.environ[METRICS_SWITCH]
        else:
            os.environ[METRICS_SWITCH] = switch
