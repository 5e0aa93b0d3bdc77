"""Sets what Chalice cannot set on the triggers that take jobs from a queue to its function.

A job that only has to wait goes back in the function's answer; an error would make Lambda slow its queue down, for
everybody. A trigger that was not told to read the answer takes such a job for done and deletes it. So the functions
learn by a variable that they may answer so, and only once every trigger reads answers.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from boto3.session import Session

from tools.limits import workers_at_once
from tools.workers import QUEUES_BY_FUNCTION

READS_ANSWERS = "ReportBatchItemFailures"
TOLD_THAT_ANSWERS_ARE_READ = {"REPORT_BATCH_ITEM_FAILURES": "yes"}

LONGEST_UPDATE_SECONDS = 300


class TriggerNotSet(Exception):
    """A trigger does not become what it should be; the message says which."""


class Trigger(NamedTuple):
    """What takes jobs from a queue to its function; both have their names without the stage's."""

    uuid: str
    function: str
    queue: str
    function_arn: str
    queue_arn: str

    @property
    def is_known(self) -> bool:
        """Whether this version has it; an earlier one may have called its function by another name."""
        return QUEUES_BY_FUNCTION.get(self.function) == self.queue


def find_triggers(session: Session, stage: str) -> list[Trigger]:
    """All triggers of the stage's queues, whichever version made them."""
    pages = session.client("lambda").get_paginator("list_event_source_mappings").paginate()
    own = f"ponte-{stage}-"
    queues = {own + queue for queue in QUEUES_BY_FUNCTION.values()}
    return [
        Trigger(
            mapping["UUID"],
            _name(mapping["FunctionArn"]).removeprefix(own),
            _name(mapping["EventSourceArn"]).removeprefix(own),
            mapping["FunctionArn"],
            mapping["EventSourceArn"],
        )
        for page in pages
        for mapping in page["EventSourceMappings"]
        if _name(mapping["EventSourceArn"]) in queues
    ]


def set_triggers(session: Session, stage: str, jobs_at_once: int) -> None:
    """Have every trigger be on, read answers and keep to its limit, and then tell the functions. Repeating is safe.

    To be called after each deployment by Chalice, which takes away what the functions were told.
    """
    client: Any = session.client("lambda")
    limits = workers_at_once(jobs_at_once)
    triggers = [trigger for trigger in find_triggers(session, stage) if trigger.is_known]
    for trigger in triggers:
        client.update_event_source_mapping(
            UUID=trigger.uuid,
            Enabled=True,
            FunctionResponseTypes=[READS_ANSWERS],
            ScalingConfig={"MaximumConcurrency": limits[trigger.function]},
        )
    for trigger in triggers:
        _wait_until_set(client, trigger)
    for function in QUEUES_BY_FUNCTION:
        _tell(client, f"ponte-{stage}-{function}")


def reads_answers(trigger: Mapping[str, Any]) -> bool:
    return READS_ANSWERS in (trigger.get("FunctionResponseTypes") or ())


def is_told(variables: Mapping[str, str]) -> bool:
    """Whether a function with these variables answers which job is to come back."""
    return variables.items() >= TOLD_THAT_ANSWERS_ARE_READ.items()


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]


def _wait_until_set(client: Any, trigger: Trigger) -> None:
    end = time.monotonic() + LONGEST_UPDATE_SECONDS
    while True:
        found = client.get_event_source_mapping(UUID=trigger.uuid)
        if reads_answers(found) and found["State"] == "Enabled":
            return
        if time.monotonic() > end:
            raise TriggerNotSet(
                f"the trigger {trigger.uuid} of {trigger.function} is {found['State']}. Look again in a few minutes"
            )
        time.sleep(2)


def _tell(client: Any, function: str) -> None:
    client.get_waiter("function_updated_v2").wait(FunctionName=function)
    variables = client.get_function_configuration(FunctionName=function).get("Environment", {}).get("Variables", {})
    if not is_told(variables):
        client.update_function_configuration(
            FunctionName=function, Environment={"Variables": {**variables, **TOLD_THAT_ANSWERS_ARE_READ}}
        )
        client.get_waiter("function_updated_v2").wait(FunctionName=function)
