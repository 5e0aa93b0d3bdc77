"""What a stage needs before its code runs: queues, tables, alarms, settings, and the tokens in its webhook addresses.

The same functions serve the cloud, the local runner and the tests; which AWS they talk to is the session's matter
(credentials, region, and `AWS_ENDPOINT_URL` where it is an embedded one).
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from boto3.session import Session
from botocore.exceptions import ClientError, WaiterError

from chalicelib.settings import INVENTED, is_secret

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, TagTypeDef, WaiterConfigTypeDef
    from mypy_boto3_ssm import SSMClient

TEMPLATE = Path(__file__).with_name("infrastructure.yaml")
WAITING: WaiterConfigTypeDef = {"Delay": 5, "MaxAttempts": 180}


# So that what a stage costs can be told in the bill.
STAGE_TAG = "ponte-stage"

PROTECTED_TABLES = ("threads", "sellers")


class StackFailed(Exception):
    """CloudFormation could not bring the stack up; the message names the resource and the reason."""


def create_stack(
    session: Session, stage: str, *, has_alarms: bool = False, alarm_topic: str | None = None
) -> dict[str, str]:
    """Create or update the stage's queues and tables, wait for them, and return the stack's outputs by name.

    `has_alarms` is for AWS itself; `alarm_topic` is the ARN of the SNS topic that is told of them, '' for none, and
    None for the one that the stack has.
    Repeating is safe: a stack that is as it should be is left alone, one that never came up is made anew.
    Raises `StackFailed` with the reason of the first resource that failed.
    """
    cloudformation: CloudFormationClient = session.client("cloudformation")
    stack_name = f"ponte-{stage}-infrastructure"
    status, present = _look_once_settled(cloudformation, stack_name)
    topic = present.get("AlarmTopicArn", "") if alarm_topic is None else alarm_topic
    values = {"Stage": stage, "Alarms": "yes" if has_alarms else "no", "AlarmTopicArn": topic}

    if status.startswith(("ROLLBACK_", "REVIEW_")):  # The first creation failed: such a stack can only be deleted.
        cloudformation.delete_stack(StackName=stack_name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack_name, WaiterConfig=WAITING)
        status = ""
    try:
        if status:
            _update(cloudformation, stack_name, stage, values)
        elif kept := _kept_tables(session, stage):
            _adopt(cloudformation, stack_name, stage, kept)
            _update(cloudformation, stack_name, stage, values)
        else:
            _create(cloudformation, stack_name, stage, values)
    except WaiterError as error:
        raise StackFailed(_what_failed(cloudformation, stack_name)) from error
    return read_stack(session, stage)


def has_stack(session: Session, stage: str) -> bool:
    """Whether CloudFormation knows the stage's queues and tables."""
    with suppress(ClientError):
        return bool(read_stack(session, stage))
    return False


def has_alarms(session: Session, stage: str) -> bool:
    """Whether the stage's stack was made with alarms: at a first deployment, and one that broke off, it was not yet."""
    _, parameters = _look(session.client("cloudformation"), f"ponte-{stage}-infrastructure")
    return parameters.get("Alarms") == "yes"


def read_stack(session: Session, stage: str) -> dict[str, str]:
    """The outputs of the stage's stack by name: queue URLs and ARNs, table names. Raises where there is no stack."""
    cloudformation: CloudFormationClient = session.client("cloudformation")
    (stack,) = cloudformation.describe_stacks(StackName=f"ponte-{stage}-infrastructure")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def protect_tables(session: Session, stage: str, *, is_protected: bool = True) -> None:
    """Keep the tables that cannot be had again from being deleted by mistake, or let them be. Repeating is safe.

    Not in the template: one that fails to come up must be able to take them back.
    """
    dynamodb: Any = session.client("dynamodb")
    for table in PROTECTED_TABLES:
        dynamodb.update_table(TableName=f"ponte-{stage}-{table}", DeletionProtectionEnabled=is_protected)


def put_settings(session: Session, stage: str, values: Mapping[str, str]) -> None:
    """Write settings to `/ponte/{stage}/NAME`, the secret ones encrypted; overwrites, so repeating is safe.

    Raises `ValueError` for an empty value, which Parameter Store does not take, before anything is written.
    """
    for name, value in values.items():
        if not value:
            raise ValueError(f"{name} is empty: give it a value, or leave it out")
    ssm: SSMClient = session.client("ssm")
    for name, value in values.items():
        kind: Literal["SecureString", "String"] = "SecureString" if is_secret(name) else "String"
        ssm.put_parameter(Name=f"/ponte/{stage}/{name}", Value=value, Type=kind, Overwrite=True)


def read_settings(session: Session, stage: str) -> dict[str, str]:
    """All settings of the stage that stand in Parameter Store, decrypted, by name."""
    ssm: SSMClient = session.client("ssm")
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=f"/ponte/{stage}", WithDecryption=True)
    return {
        parameter["Name"].rpartition("/")[2]: parameter["Value"] for page in pages for parameter in page["Parameters"]
    }


def ensure_webhook_tokens(session: Session, stage: str) -> dict[str, str]:
    """Return the stage's secrets that nobody types, by setting, inventing those that are missing.

    Never overwrites, also not when two people do this at once: both get the one that was first.
    """
    ssm: SSMClient = session.client("ssm")
    settings = read_settings(session, stage)
    missing = [name for name in INVENTED if name not in settings]
    for name in missing:
        with suppress(ssm.exceptions.ParameterAlreadyExists):
            ssm.put_parameter(
                Name=f"/ponte/{stage}/{name}", Value=secrets.token_urlsafe(32), Type="SecureString", Overwrite=False
            )
    if missing:
        settings = read_settings(session, stage)
    return {name: settings[name] for name in INVENTED}


def _look_once_settled(cloudformation: CloudFormationClient, stack_name: str) -> tuple[str, dict[str, str]]:
    """As `_look`, once nothing is under way: a deployment that broke off leaves CloudFormation at its work."""
    end = time.monotonic() + WAITING["Delay"] * WAITING["MaxAttempts"]
    while True:
        status, parameters = _look(cloudformation, stack_name)
        if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS" or time.monotonic() > end:
            return status, parameters
        time.sleep(WAITING["Delay"])


def _look(cloudformation: CloudFormationClient, stack_name: str) -> tuple[str, dict[str, str]]:
    """The stack's status, empty where there is none, and its parameters."""
    try:
        (stack,) = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return "", {}
        raise
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", [])}
    return stack["StackStatus"], parameters


def _tags(stage: str) -> list[TagTypeDef]:
    """The stack's, which its queues, tables and alarms inherit."""
    return [{"Key": STAGE_TAG, "Value": stage}]


def _as_parameters(values: Mapping[str, str]) -> list[ParameterTypeDef]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def _create(cloudformation: CloudFormationClient, stack_name: str, stage: str, values: Mapping[str, str]) -> None:
    cloudformation.create_stack(
        StackName=stack_name,
        TemplateBody=TEMPLATE.read_text(encoding="utf-8"),
        Parameters=_as_parameters(values),
        Tags=_tags(stage),
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=stack_name, WaiterConfig=WAITING)


def _kept_tables(session: Session, stage: str) -> list[str]:
    """The tables that outlived an earlier stack of the stage."""
    dynamodb: Any = session.client("dynamodb")
    found = []
    for table in PROTECTED_TABLES:
        with suppress(dynamodb.exceptions.ResourceNotFoundException):
            dynamodb.describe_table(TableName=f"ponte-{stage}-{table}")
            found.append(table)
    return found


def _adopt(cloudformation: CloudFormationClient, stack_name: str, stage: str, tables: Sequence[str]) -> None:
    """Begin the stack with tables that are there already: CloudFormation would not make them a second time.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-new-stack.html
    """
    resources = {f"{table.capitalize()}Table": f"ponte-{stage}-{table}" for table in tables}
    template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), PlainLoader)["Resources"]  # noqa: S506 - a safe one
    adopted = {name: template[name] for name in resources}
    for name, table in resources.items():
        adopted[name]["Properties"]["TableName"] = table
    change_set = "adopt-kept-tables"
    cloudformation.create_change_set(
        StackName=stack_name,
        ChangeSetName=change_set,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": adopted}),
        ResourcesToImport=[
            {
                "ResourceType": "AWS::DynamoDB::Table",
                "LogicalResourceId": name,
                "ResourceIdentifier": {"TableName": table},
            }
            for name, table in resources.items()
        ],
    )
    cloudformation.get_waiter("change_set_create_complete").wait(
        StackName=stack_name, ChangeSetName=change_set, WaiterConfig=WAITING
    )
    cloudformation.execute_change_set(StackName=stack_name, ChangeSetName=change_set)
    cloudformation.get_waiter("stack_import_complete").wait(StackName=stack_name, WaiterConfig=WAITING)


class PlainLoader(yaml.SafeLoader):
    """Reads `!Sub X` and its like as plain X."""


PlainLoader.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))


def _update(cloudformation: CloudFormationClient, stack_name: str, stage: str, values: Mapping[str, str]) -> None:
    try:
        cloudformation.update_stack(
            StackName=stack_name,
            TemplateBody=TEMPLATE.read_text(encoding="utf-8"),
            Parameters=_as_parameters(values),
            Tags=_tags(stage),
        )
    except ClientError as error:
        # CloudFormation has no code of its own for this, only these words.
        if "No updates are to be performed" in str(error):
            return
        raise
    cloudformation.get_waiter("stack_update_complete").wait(StackName=stack_name, WaiterConfig=WAITING)


def _what_failed(cloudformation: CloudFormationClient, stack_name: str) -> str:
    """The last run's first failure in words: the ones after it are only its consequences."""
    reason = f"{stack_name} did not come up; see its events in the CloudFormation console"
    for event in cloudformation.describe_stack_events(StackName=stack_name)["StackEvents"]:  # Newest first.
        status = event.get("ResourceStatus", "")
        of_the_stack = event.get("LogicalResourceId") == stack_name
        if of_the_stack and status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
            break
        if status.endswith("_FAILED"):
            resource = event.get("LogicalResourceId", "?")
            why = event.get("ResourceStatusReason", "no reason given")
            reason = f"{stack_name} did not come up: {resource} ({event.get('ResourceType', '?')}): {why}"
    return reason
