"""Looks at what waits in the queues, and at what was given up."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib.wiring import Container
from tools.doctor.findings import Check, Finding, ok, problem, warning
from tools.doctor.infrastructure import read_queue
from tools.doctor.refusals import check_on_aws
from tools.doctor.template import WantedQueue, wanted_queues

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# A busy seller's jobs come and go within seconds.
MANY = 100


def queue_checks(bridge: Container) -> list[Check]:
    return [check_on_aws("jobs", lambda: _look(bridge.sqs, bridge.settings.stage))]


def _look(sqs: "SQSClient", stage: str) -> Iterator[Finding]:
    for wanted in wanted_queues(stage):
        found = read_queue(sqs, wanted.name)
        # That a queue is missing is said where queues are looked at.
        if found is not None:
            yield _judge(wanted, found, stage)


def _judge(wanted: WantedQueue, found: dict[str, str], stage: str) -> Finding:
    states = (
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    )
    number = sum(int(found.get(state, "0")) for state in states)
    about = f"jobs in {wanted.name}"
    if not wanted.dead:
        if number:
            seen = f"{number} given up, and kept for 14 days"
            return problem(about, seen, f"Look at them, and put them back: python -m tools replay --stage {stage}")
        return ok(about, "none: nothing was given up")
    if number > MANY:
        return warning(
            about,
            f"{number} wait",
            "Jobs wait while a service is away or a seller is not connected: mend what else is found here, and "
            "look again in some minutes. They are kept for 14 days",
        )
    return ok(about, f"{number} wait" if number else "none: all is done")
