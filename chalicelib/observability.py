"""One structured logger and one way to count outcomes, for every Lambda.

Log lines carry ids and never what people wrote, their names, or a secret. Metrics go out in CloudWatch's embedded
metric format, each at once, so that a warm container carries nothing into its next job.
"""

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

SERVICE = "ponte"
NAMESPACE = "Ponte"

logger = Logger(service=SERVICE)


def count(metric: str, value: float = 1, **dimensions: str) -> None:
    """Count something that somebody would act on. Dimensions must have few values: each makes a metric to pay for."""
    if os.environ.get("POWERTOOLS_METRICS_DISABLED", "").lower() == "true":
        # Powertools heeds this for its collected metrics only.
        return
    stage = os.environ.get("PONTE_STAGE", "dev")
    with single_metric(
        name=metric,
        unit=MetricUnit.Count,
        value=value,
        namespace=NAMESPACE,
        default_dimensions={"stage": stage, **dimensions},
    ):
        pass
