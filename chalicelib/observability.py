"""One structured logger and one way to count outcomes, for every Lambda.

Log lines carry ids and never what people wrote, their names, or a secret. Metrics go out in CloudWatch's embedded
metric format, each at once, so that a warm container carries nothing into its next job.
"""

import os
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from chalicelib.foreign_text import safe

SERVICE = "ponte"
NAMESPACE = "Ponte"

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LineFormatter(LambdaPowertoolsFormatter):
    """Lines that no stranger's words break out of; of an error they tell where it happened, and not its words."""

    def serialize(self, log: Any) -> str:
        return safe(super().serialize(log), "log")

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802 - Python's own name
        return tell_where(ei[1]) if ei[1] else ""


def tell_where(error: BaseException) -> str:
    """Where an error happened and of which class it is, after those that led to it.

    Its words are left out: what Python says of a value quotes it, and it may be anybody's.
    """
    led_to_it = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{tell_where(led_to_it)}\n" if led_to_it else ""
    return f"{before}{''.join(traceback.format_tb(error.__traceback__))}{type(error).__qualname__}"


logger = Logger(service=SERVICE, logger_formatter=LineFormatter(serialize_stacktrace=False))


def count(metric: str, value: float = 1, **dimensions: str) -> None:
    """Count something that somebody would act on. Dimensions must have few values: each makes a metric to pay for."""
    _publish(metric, MetricUnit.Count, value, dimensions)


def measure(metric: str, seconds: float) -> None:
    """Publish how long something took."""
    _publish(metric, MetricUnit.Seconds, seconds, {})


def _publish(metric: str, unit: MetricUnit, value: float, dimensions: Mapping[str, str]) -> None:
    if os.environ.get("POWERTOOLS_METRICS_DISABLED", "").lower() == "true":
        # Powertools heeds this for its collected metrics only.
        return
    stage = os.environ.get("PONTE_STAGE", "dev")
    with single_metric(
        name=metric,
        unit=unit,
        value=value,
        namespace=NAMESPACE,
        default_dimensions={"stage": stage, **dimensions},
    ):
        pass
