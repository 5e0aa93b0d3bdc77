"""The alarms of the template: each watches what is published, says what to do, and is made on AWS itself only."""

import ast
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from chalicelib.observability import NAMESPACE, count
from tests.harness import Machine
from tools.deploy import DeployFailed, is_real_aws, read_alarm_topic
from tools.package import PROJECT
from tools.provision import TEMPLATE, create_stack

TOPIC = "arn:aws:sns:sa-east-1:123456789012:ponte"


class Loader(yaml.SafeLoader):
    """Reads `!Sub X` and its like as plain X."""


Loader.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))
RESOURCES: dict[str, Any] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader)["Resources"]
ALARMS = {name: it for name, it in RESOURCES.items() if it["Type"] == "AWS::CloudWatch::Alarm"}
OURS = {name: it["Properties"] for name, it in ALARMS.items() if it["Properties"]["Namespace"] == NAMESPACE}
OF_LAMBDAS = {name: it["Properties"] for name, it in ALARMS.items() if it["Properties"]["Namespace"] == "AWS/Lambda"}
OF_QUEUES = {name: it["Properties"] for name, it in ALARMS.items() if it["Properties"]["Namespace"] == "AWS/SQS"}


def counted() -> dict[str, set[frozenset[str]]]:
    """By the metric's name, the sets of dimensions with which the bridge counts it, beside the stage."""
    found = defaultdict(set)
    for path in (PROJECT / "app.py", *(PROJECT / "chalicelib").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "count":
                dimensions = frozenset(str(each.arg) for each in call.keywords if each.arg != "value")
                for name in _metrics_of(call, tree):
                    found[name].add(dimensions)
    return found


def _metrics_of(call: ast.Call, tree: ast.Module) -> Iterator[str]:
    """The names that stand in the call, or in the module's METRICS where the call takes one of those."""
    named: list[ast.expr] = call.args[:1]
    if isinstance(named[0], ast.Name):
        tables = [each.value for each in tree.body if isinstance(each, ast.Assign) and _assigns(each, "METRICS")]
        named = [value for table in tables if isinstance(table, ast.Dict) for value in table.values]
    for expression in named:
        yield from (str(node.value) for node in ast.walk(expression) if isinstance(node, ast.Constant))


def _assigns(statement: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)


def dimensions_of(alarm: dict[str, Any]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in alarm["Dimensions"]}


# What they watch


def test_whoever_must_act_is_told() -> None:
    assert {alarm["MetricName"] for alarm in OURS.values()} == {
        "TooManyRefusals",
        "TroubleMet",
        "ThreadNotShown",
        "WordsNotTaken",
        "WebhookRefused",
        "ApplicationBlocked",
        "TopicSilent",
        "SweepFailed",
        "UnreadOverflow",
        "AuditMissing",
        "AuditDoubled",
        "AuditOutOfOrder",
        "AuditUndelivered",
        "AuditUnreadable",
    }


@pytest.mark.parametrize("name", sorted(OURS))
def test_an_alarm_watches_a_metric_that_is_published_with_these_very_dimensions(name: str) -> None:
    """With one more or one less it would watch nothing, for ever."""
    alarm = OURS[name]

    beside_the_stage = dimensions_of(alarm).keys() - {"stage"}
    assert beside_the_stage in counted()[alarm["MetricName"]]
    assert dimensions_of(alarm)["stage"] == "Stage"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_metric_goes_out_with_the_stage_and_what_it_is_counted_by(
    stage: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the functions are deployed: a service name in their environment would be one more dimension."""
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    monkeypatch.delenv("POWERTOOLS_SERVICE_NAME", raising=False)
    for name, value in config["stages"][stage]["environment_variables"].items():
        monkeypatch.setenv(name, value)

    count("SweepFailed")
    count("TopicSilent", topic="questions")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (failed,), (silent,) = (line["_aws"]["CloudWatchMetrics"] for line in lines)
    assert (failed["Namespace"], failed["Dimensions"]) == (NAMESPACE, [["stage"]])
    assert [set(dimensions) for dimensions in silent["Dimensions"]] == [{"stage", "topic"}]
    assert {line["stage"] for line in lines} == {stage}


def test_every_topic_that_can_fall_silent_has_its_alarm() -> None:
    topics = {dimensions_of(alarm)["topic"] for alarm in OURS.values() if alarm["MetricName"] == "TopicSilent"}

    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (PROJECT / "chalicelib").rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = [call for call in calls if getattr(call.func, "attr", "") == "note_unannounced"]
    assert topics == {arg.value for call in found for arg in call.args[:1] if isinstance(arg, ast.Constant)}


def test_every_queue_is_watched() -> None:
    watched = {(alarm["MetricName"], dimensions_of(alarm)["QueueName"]) for alarm in OF_QUEUES.values()}

    queues = {name for name, it in RESOURCES.items() if it["Type"] == "AWS::SQS::Queue"}
    dead = {name for name in queues if name.endswith("Dead")}
    assert watched == {
        *(("ApproximateNumberOfMessagesVisible", f"{name}.QueueName") for name in dead),
        *(("ApproximateAgeOfOldestMessage", f"{name}.QueueName") for name in queues - dead),
    }


def test_the_schedule_is_watched() -> None:
    """Whatever else tells of sweeps is published by a Lambda that it starts."""
    watched = {alarm["MetricName"]: alarm for alarm in OF_LAMBDAS.values()}
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text(encoding="utf-8"))

    assert watched.keys() == {"Invocations", "Errors"}
    for alarm in watched.values():
        app, _, function = dimensions_of(alarm)["FunctionName"].partition("-${Stage}-")
        assert app == config["app_name"]
        assert function in config["stages"]["prod"]["lambda_functions"]
    started = watched["Invocations"]
    assert [started[name] for name in ("ComparisonOperator", "Threshold", "Period")] == ["LessThanThreshold", 1, 900]


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_says_what_it_means_and_what_to_do(name: str) -> None:
    alarm = ALARMS[name]["Properties"]

    # A function that is never started publishes nothing, which is what that alarm is about.
    assert alarm["TreatMissingData"] == ("breaching" if alarm["MetricName"] == "Invocations" else "notBreaching")
    assert alarm["AlarmName"].startswith("ponte-${Stage}-")
    # As long as CloudWatch takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    assert 100 < len(alarm["AlarmDescription"]) < 1024
    assert any(
        word in alarm["AlarmDescription"] for word in ("python -m tools", "Look in the logs", "DevCenter", "report")
    )


# Where there are any


def alarms_in(machine: Machine, stage: str) -> list[Any]:
    found: list[Any] = machine.session.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"ponte-{stage}-")[
        "MetricAlarms"
    ]
    return found


def test_an_embedded_aws_has_none(machine: Machine) -> None:
    create_stack(machine.session, "silent")

    assert all(it["Condition"] == "HasAlarms" for it in ALARMS.values())
    assert alarms_in(machine, "silent") == []


# Moto makes no alarm of a template; that it is asked for them shows in the stack.
@pytest.mark.filterwarnings("ignore:Tried to parse AWS..CloudWatch..Alarm")
def test_alarms_tell_the_topic_until_it_is_taken_away(machine: Machine) -> None:
    def deploy(alarm_topic: str | None = None) -> tuple[str, str]:
        create_stack(machine.session, "loud", has_alarms=True, alarm_topic=alarm_topic)
        (stack,) = machine.session.client("cloudformation").describe_stacks(StackName="ponte-loud-infrastructure")[
            "Stacks"
        ]
        values = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
        return values["Alarms"], values["AlarmTopicArn"]

    assert deploy() == ("yes", "")
    assert deploy(TOPIC) == ("yes", TOPIC)
    # Upgraded from a shell that does not know of it.
    assert deploy() == ("yes", TOPIC)
    assert deploy("") == ("yes", "")


def test_an_emulator_is_told_from_aws_by_its_address() -> None:
    assert is_real_aws({"AWS_REGION": "sa-east-1"})
    assert not is_real_aws({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})
    assert not is_real_aws({"AWS_ENDPOINT_URL_CLOUDFORMATION": "http://127.0.0.1:4566"})


def test_the_topic_of_the_alarms_is_checked_before_anything_is_deployed() -> None:
    assert read_alarm_topic({}) is None
    assert read_alarm_topic({"ALARM_TOPIC_ARN": ""}) == ""
    assert read_alarm_topic({"ALARM_TOPIC_ARN": TOPIC}) == TOPIC
    with pytest.raises(DeployFailed, match="ALARM_TOPIC_ARN is not the ARN of an SNS topic"):
        read_alarm_topic({"ALARM_TOPIC_ARN": "me@example.com"})
