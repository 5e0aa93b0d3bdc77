"""What a deployment leaves in AWS beside queues and tables, as Chalice names it: functions, triggers, a schedule."""

import io
import json
from typing import Any
from zipfile import ZipFile

from tests.tools.conftest import Deployed
from tools.deploy import make_environment
from tools.doctor.template import wanted_tables
from tools.provision import protect_tables, read_settings
from tools.triggers import set_triggers

QUEUES = {
    "-resolve_notification": "NotificationsQueueArn",
    "-work_on_thread": "ThreadsQueueArn",
    "-work_in_background": "BackgroundQueueArn",
}


def plant_functions(deployed: Deployed) -> None:
    """Deploy what runs, and set up of the tables what moto leaves out.

    Nothing may be put on the queues from then on: moto would want a Docker to run the functions in.
    """
    settings = read_settings(deployed.session, deployed.name)
    environment = {**make_environment(deployed.bridge.queues, settings), "PONTE_STAGE": deployed.name}
    role = _make_role(deployed)
    for suffix in ("", *QUEUES, "-sweep"):
        add_function(deployed, f"ponte-{deployed.name}{suffix}", role, environment)
    for suffix, queue in QUEUES.items():
        deployed.session.client("lambda").create_event_source_mapping(
            FunctionName=f"ponte-{deployed.name}{suffix}", EventSourceArn=deployed.bridge.queues[queue], BatchSize=1
        )
    set_triggers(deployed.session, deployed.name, jobs_at_once=4)
    add_schedule(deployed)
    protect_tables(deployed.session, deployed.name)
    dynamodb = deployed.session.client("dynamodb")
    for table in wanted_tables(deployed.name):
        dynamodb.update_continuous_backups(
            TableName=table.name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        if table.expiry:
            dynamodb.update_time_to_live(
                TableName=table.name, TimeToLiveSpecification={"Enabled": True, "AttributeName": table.expiry}
            )


def add_function(deployed: Deployed, name: str, role: str, environment: dict[str, str]) -> None:
    package = io.BytesIO()
    with ZipFile(package, "w") as zipped:
        zipped.writestr("app.py", "")
    deployed.session.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=role,
        Handler="app.app",
        Code={"ZipFile": package.getvalue()},
        Environment={"Variables": environment},
    )


def add_schedule(deployed: Deployed) -> None:
    events, name = deployed.session.client("events"), f"ponte-{deployed.name}-sweep-event"
    events.put_rule(Name=name, ScheduleExpression="rate(2 minutes)", State="ENABLED")
    function = read_function(deployed, "-sweep")
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": function["FunctionArn"]}])


def read_function(deployed: Deployed, suffix: str) -> dict[str, Any]:
    function: dict[str, Any] = deployed.session.client("lambda").get_function_configuration(
        FunctionName=f"ponte-{deployed.name}{suffix}"
    )
    return function


def _make_role(deployed: Deployed) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role: str = deployed.session.client("iam").create_role(
        RoleName=f"ponte-{deployed.name}", AssumeRolePolicyDocument=policy
    )["Role"]["Arn"]
    return role
