"""Looks at the Lambdas: whether they run, with what they were deployed, what wakes them, and how often."""

from collections.abc import Iterator
from typing import Any

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, not_checked, ok, problem, warning
from chalicelib.settings import WEBHOOK_TOKENS
from tools.deploy import make_environment
from tools.doctor.infrastructure import LOCAL_STAGE, read_queue
from tools.provision import has_stack, read_settings, read_stack
from tools.triggers import is_told, reads_answers
from tools.workers import QUEUES_BY_FUNCTION

# By what it is named after the stage's own name; the API's has none. As Chalice names them, seen in Chalice 1.34.
FUNCTIONS = {
    "": "receives webhooks",
    "-resolve_notification": "works on notifications",
    "-work_on_thread": "works on questions, purchases and replies",
    "-work_in_background": "works on what can wait: sweeps, audits, and what they found",
    "-sweep": "searches for what was missed",
}
QUEUES = {f"-{function}": queue for function, queue in QUEUES_BY_FUNCTION.items()}
SWEEP = "-sweep"


@check("functions", "live")
def look_at_functions(deployment: Deployment) -> Iterator[Finding]:
    if deployment.stage == LOCAL_STAGE:
        yield not_checked("functions", "this stage has none: one process does their work (make run)")
    else:
        yield from _Look(deployment).at_functions()


@check("triggers of the functions", "live")
def look_at_triggers(deployment: Deployment) -> Iterator[Finding]:
    if deployment.stage != LOCAL_STAGE:
        yield from _Look(deployment).at_triggers()


@check("schedule of the sweep", "live")
def look_at_schedule(deployment: Deployment) -> Iterator[Finding]:
    if deployment.stage != LOCAL_STAGE:
        yield from _Look(deployment).at_schedule()


class _Look:
    def __init__(self, deployment: Deployment) -> None:
        self._stage = deployment.stage
        self._bridge, self._session = deployment.bridge, deployment.session
        self._lambda: Any = deployment.session.client("lambda")
        self._deploy = f"make deploy STAGE={self._stage}"

    # Functions

    def at_functions(self) -> Iterator[Finding]:
        environments = {}
        for suffix, does in FUNCTIONS.items():
            about = f"function ponte-{self._stage}{suffix}"
            function = self._read(suffix)
            if function is None:
                yield problem(about, f"is not there; it {does}", self._deploy)
                continue
            yield from [*self._find_faults(about, function)] or [ok(about, "runs")]
            environments[f"ponte-{self._stage}{suffix}"] = function.get("Environment", {}).get("Variables", {})
        yield from self._compare(environments)

    def _read(self, suffix: str) -> dict[str, Any] | None:
        try:
            function: dict[str, Any] = self._lambda.get_function_configuration(
                FunctionName=f"ponte-{self._stage}{suffix}"
            )
        except self._lambda.exceptions.ResourceNotFoundException:
            return None
        return function

    def _find_faults(self, about: str, function: dict[str, Any]) -> Iterator[Finding]:
        # AWS puts one to sleep that nobody called for weeks, and wakes it with the next call.
        # https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
        state, update = function.get("State", "Active"), function.get("LastUpdateStatus", "Successful")
        if state not in ("Active", "Inactive"):
            why = function.get("StateReason", "")
            yield problem(about, f"cannot run: it is {state}. {why}".strip(), self._deploy)
        if update == "InProgress":
            yield warning(about, "is being updated", "Look again in a minute")
        elif update != "Successful":
            why = function.get("LastUpdateStatusReason", "")
            yield problem(about, f"runs as it was before the last update, which failed. {why}".strip(), self._deploy)
        name = function["FunctionName"]
        limit = self._lambda.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
        if limit == 0:
            yield problem(
                about,
                "is stopped: its reserved concurrency is 0",
                f"aws lambda delete-function-concurrency --function-name {name}",
            )

    # What they were deployed with

    def _compare(self, environments: dict[str, dict[str, str]]) -> Iterator[Finding]:
        """What stands in a function's environment holds, whatever Parameter Store says."""
        about = "environment of the functions"
        wanted, why_not = self._wanted_environment()
        if why_not:
            yield not_checked(about, why_not)
            return
        faults = []
        for name, value in wanted.items():
            others = [function for function, found in environments.items() if found.get(name, value) != value]
            lacking = [function for function, found in environments.items() if name not in found]
            if others:
                seen = f"{name} is another than the settings now say, in {', '.join(others)}"
                faults.append(problem(about, seen, self._deploy))
            if lacking:
                seen = f"{name} is missing in {', '.join(lacking)}, which must ask AWS for it and starts slowly"
                faults.append(warning(about, seen, self._deploy))
        if environments:
            yield from faults or [ok(about, "is what the settings now say")]

    def _wanted_environment(self) -> tuple[dict[str, str], str]:
        """What all of them should find in theirs, or why that cannot be known."""
        settings = read_settings(self._session, self._stage)
        if not has_stack(self._session, self._stage):
            return {}, "CloudFormation does not know the stage's queues"
        if missing := [name for name in WEBHOOK_TOKENS if name not in settings]:
            return {}, f"{' and '.join(missing)} is not set"
        environment = make_environment(read_stack(self._session, self._stage), settings)
        return {**environment, "PONTE_STAGE": self._stage}, ""

    # What wakes them

    def at_triggers(self) -> Iterator[Finding]:
        for suffix, queue_name in QUEUES.items():
            queue = read_queue(self._bridge.sqs, f"ponte-{self._stage}-{queue_name}")
            # That one is missing is said where queues and functions are looked at.
            if queue is None or self._read(suffix) is None:
                continue
            mappings = self._lambda.list_event_source_mappings(EventSourceArn=queue["QueueArn"])["EventSourceMappings"]
            yield from self._judge_triggers(
                f"ponte-{self._stage}-{queue_name}", f"ponte-{self._stage}{suffix}", mappings
            )

    def _judge_triggers(self, queue: str, function: str, mappings: list[dict[str, Any]]) -> Iterator[Finding]:
        about = f"trigger of {function}"
        own = [mapping for mapping in mappings if _function_name(mapping) == function]
        for mapping in mappings:
            if mapping not in own and mapping.get("State") != "Disabled":
                yield problem(
                    about,
                    f"another function, {_function_name(mapping)}, takes jobs from {queue} too, and they are lost",
                    f"aws lambda delete-event-source-mapping --uuid {mapping['UUID']}",
                )
        if not own:
            yield problem(about, f"is not there: nobody works on the jobs in {queue}", self._deploy)
        for mapping in own:
            yield _judge_trigger(about, queue, mapping) or self._judge_answers(about, function, mapping)

    def _judge_answers(self, about: str, function: str, mapping: dict[str, Any]) -> Finding:
        """Whether the trigger and its function agree on how a job goes back that has to wait."""
        configuration = self._lambda.get_function_configuration(FunctionName=function)
        is_read, told = reads_answers(mapping), is_told(configuration.get("Environment", {}).get("Variables", {}))
        if told and not is_read:
            return problem(about, "deletes each job that has to wait: it does not read the answers", self._deploy)
        if not told:
            seen = "slows all jobs down while one waits: the deployment did not come to its end"
            return warning(about, seen, self._deploy)
        if not mapping.get("ScalingConfig"):
            return warning(about, "has no limit: a flood of jobs takes the functions from webhooks", self._deploy)
        return ok(about, f"is on, with {mapping['ScalingConfig']['MaximumConcurrency']} jobs at once at most")

    def at_schedule(self) -> Iterator[Finding]:
        function = self._read(SWEEP)
        if function is None:
            return
        events: Any = self._session.client("events")
        about = "schedule of the sweep"
        names = events.list_rule_names_by_target(TargetArn=function["FunctionArn"])["RuleNames"]
        rules = [events.describe_rule(Name=name) for name in names]
        if any(rule["State"].startswith("ENABLED") for rule in rules):
            yield ok(about, f"is on, {rules[0].get('ScheduleExpression', '')}".rstrip(", "))
        elif rules:
            seen = f"is switched off: missed notifications are not found, and tokens not refreshed ({names[0]})"
            yield problem(about, seen, f"aws events enable-rule --name {names[0]}")
        else:
            yield problem(about, "is not there: nobody searches for what was missed, or refreshes tokens", self._deploy)


def _function_name(mapping: dict[str, Any]) -> str:
    """From the ARN of a function, which may end in a version or an alias."""
    return str(mapping["FunctionArn"].split(":")[6])


def _judge_trigger(about: str, queue: str, mapping: dict[str, Any]) -> Finding | None:
    """What is wrong with it by itself."""
    state, command = mapping.get("State", "Enabled"), f"aws lambda update-event-source-mapping --uuid {mapping['UUID']}"
    if state in ("Disabled", "Disabling"):
        return problem(about, f"is switched off: nobody works on the jobs in {queue}", f"{command} --enabled")
    if state != "Enabled":
        return warning(about, f"is {state}", "Look again in a minute")
    if mapping.get("BatchSize", 1) != 1:
        # The functions work on the first job of what they are given, and SQS then deletes all.
        seen = f"gives it {mapping['BatchSize']} jobs at once, of which it does the first: the others are lost"
        return problem(about, seen, f"{command} --batch-size 1")
    return None
