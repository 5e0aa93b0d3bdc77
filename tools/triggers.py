"""Sets what Chalice cannot set on the triggers that take jobs from a queue to its function.

A job that only has to wait goes back in the function's answer; an error would make Lambda slow its queue down, for
everybody. A trigger that was not told to read the answer takes such a job for done and deletes it. So the functions
learn by a variable that they may answer so, and only once every trigger reads answers.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from boto3.session import Session

from tools.limits import workers_at_once
from tools.workers import QUEUES_BY_FUNCTION

READS_ANSWERS = "ReportBatchItemFailures"
TOLD_THAT_ANSWERS_ARE_READ = {"REPORT_BATCH_ITEM_FAILURES": "yes"}

LONGEST_UPDATE_SECONDS = 300


class TriggerNotSet(Exception):
    """A trigger does not become what it should be; the message says which."""


def set_triggers(session: Session, stage: str, jobs_at_once: int) -> None:
    """Have every trigger read answers and keep to its limit, and then tell the functions. Repeating is safe.

    To be called after each deployment by Chalice, which takes away what the functions were told.
    """
    client: Any = session.client("lambda")
    limits = workers_at_once(jobs_at_once)
    triggers = {function: list(_triggers(client, stage, function)) for function in QUEUES_BY_FUNCTION}
    for function, found in triggers.items():
        for trigger in found:
            client.update_event_source_mapping(
                UUID=trigger["UUID"],
                FunctionResponseTypes=[READS_ANSWERS],
                ScalingConfig={"MaximumConcurrency": limits[function]},
            )
    for function, found in triggers.items():
        for trigger in found:
            _wait_until_set(client, function, trigger["UUID"])
    for function in QUEUES_BY_FUNCTION:
        _tell(client, f"ponte-{stage}-{function}")


def reads_answers(trigger: Mapping[str, Any]) -> bool:
    return READS_ANSWERS in (trigger.get("FunctionResponseTypes") or ())


def is_told(variables: Mapping[str, str]) -> bool:
    """Whether a function with these variables answers which job is to come back."""
    return variables.items() >= TOLD_THAT_ANSWERS_ARE_READ.items()


def _triggers(client: Any, stage: str, function: str) -> Iterator[dict[str, Any]]:
    with suppress(client.exceptions.ResourceNotFoundException):
        yield from client.list_event_source_mappings(FunctionName=f"ponte-{stage}-{function}")["EventSourceMappings"]


def _wait_until_set(client: Any, function: str, uuid: str) -> None:
    end = time.monotonic() + LONGEST_UPDATE_SECONDS
    while True:
        trigger = client.get_event_source_mapping(UUID=uuid)
        if reads_answers(trigger) and trigger["State"] in ("Enabled", "Disabled"):
            return
        if time.monotonic() > end:
            raise TriggerNotSet(f"the trigger {uuid} of {function} is {trigger['State']}. Look again in a few minutes")
        time.sleep(2)


def _tell(client: Any, function: str) -> None:
    client.get_waiter("function_updated_v2").wait(FunctionName=function)
    variables = client.get_function_configuration(FunctionName=function).get("Environment", {}).get("Variables", {})
    if not is_told(variables):
        client.update_function_configuration(
            FunctionName=function, Environment={"Variables": {**variables, **TOLD_THAT_ANSWERS_ARE_READ}}
        )
        client.get_waiter("function_updated_v2").wait(FunctionName=function)
