"""The alarms of the template: each watches what is published, says what to do, and is made on AWS itself only."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from chalicelib.observability import NAMESPACE, count
from tests.harness import Machine
from tools.deploy import DeployFailed, is_real_aws, read_alarm_topic
from tools.first_sweep import has_swept, wait_for_first_sweep
from tools.package import PROJECT
from tools.provision import TEMPLATE, create_stack, has_alarms

TOPIC = "arn:aws:sns:sa-east-1:123456789012:ponte"


class Loader(yaml.SafeLoader):
    """Reads `!Sub X` and its like as plain X."""


Loader.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))
RESOURCES: dict[str, Any] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader)["Resources"]
ALARMS = {name: it for name, it in RESOURCES.items() if it["Type"] == "AWS::CloudWatch::Alarm"}
OURS = {name: it["Properties"] for name, it in ALARMS.items() if it["Properties"]["Namespace"] == NAMESPACE}
OF_LAMBDAS = {name: it["Properties"] for name, it in ALARMS.items() if it["Properties"]["Namespace"] == "AWS/Lambda"}
OF_QUEUES = {name: it["Properties"] for name, it in ALARMS.items() if it["Properties"]["Namespace"] == "AWS/SQS"}


def dimensions_of(alarm: dict[str, Any]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in alarm["Dimensions"]}


# What they watch


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
    count("WebhookRefused", status="401")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (failed,), (refused,) = (line["_aws"]["CloudWatchMetrics"] for line in lines)
    assert (failed["Namespace"], failed["Dimensions"]) == (NAMESPACE, [["stage"]])
    assert [set(dimensions) for dimensions in refused["Dimensions"]] == [{"stage", "status"}]
    assert {line["stage"] for line in lines} == {stage}


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

    assert watched.keys() == {"Invocations"}
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


def test_every_alarm_has_its_line_of_what_to_do_in_the_documents() -> None:
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")

    names = {alarm["Properties"]["AlarmName"].removeprefix("ponte-${Stage}-") for alarm in ALARMS.values()}
    listed = {
        cell.strip(" `")
        for line in text.splitlines()
        if line.startswith("| `")
        for cell in line.split("|")[1].split(",")
    }
    assert names <= listed


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
@pytest.mark.filterwarnings("ignore:Tried to parse AWS..Logs..QueryDefinition")
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


def test_the_alarms_wait_for_the_first_sweep(machine: Machine) -> None:
    """One of them rings where there was none for a quarter of an hour."""
    assert not has_swept(machine.session, "quiet")
    machine.session.client("cloudwatch").put_metric_data(
        Namespace="AWS/Lambda",
        MetricData=[
            {
                "MetricName": "Invocations",
                "Dimensions": [{"Name": "FunctionName", "Value": "ponte-quiet-sweep"}],
                "Value": 1,
                # The minute that has begun shows nothing yet.
                "Timestamp": datetime.now(UTC) - timedelta(minutes=2),
            }
        ],
    )

    assert wait_for_first_sweep(machine.session, "quiet")


def test_a_first_deployment_that_broke_off_is_still_the_first(machine: Machine) -> None:
    """Functions there may be by then, and no sweep."""
    assert not has_alarms(machine.session, "quiet")
    create_stack(machine.session, "quiet")
    assert not has_alarms(machine.session, "quiet")
    create_stack(machine.session, "quiet", has_alarms=True)
    assert has_alarms(machine.session, "quiet")


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
