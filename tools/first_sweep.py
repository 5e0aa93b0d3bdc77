"""Waits until CloudWatch has seen the schedule start its function, so that no alarm rings at a first deployment."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from boto3.session import Session

# As long as the alarm on it looks back. The schedule comes every two minutes, and metrics some minutes late.
LOOKED_BACK = timedelta(minutes=15)
LONGEST_WAIT_SECONDS = 360
PAUSE_SECONDS = 10


def wait_for_first_sweep(session: Session, stage: str) -> bool:
    """Return true as soon as a sweep shows in the metrics, false where none does in time."""
    end = time.monotonic() + LONGEST_WAIT_SECONDS
    while not has_swept(session, stage):
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def has_swept(session: Session, stage: str) -> bool:
    client: Any = session.client("cloudwatch")
    now = datetime.now(UTC)
    found = client.get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[{"Name": "FunctionName", "Value": f"ponte-{stage}-sweep"}],
        StartTime=now - LOOKED_BACK,
        EndTime=now,
        Period=60,
        Statistics=["Sum"],
    )
    return any(each["Sum"] for each in found["Datapoints"])
