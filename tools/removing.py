"""Takes a stage off the account: all that runs, and only where it is asked for what is stored."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from boto3.session import Session

from tools.inventory import KEPT_TABLES, Inventory
from tools.provision import WAITING, protect_tables
from tools.triggers import find_triggers
from tools.workers import FUNCTION_SUFFIXES

MOST_NAMES_AT_ONCE = 10


def remove(
    session: Session,
    stage: str,
    found: Inventory,
    record: Path,
    *,
    with_data: bool,
    working: Callable[[str], None] = lambda _what: None,
) -> list[str]:
    """Remove what was found; says what is left, a line each. Removing again what was half removed is safe."""
    working("The API …")
    _remove_apis(session, found.apis)
    working("Triggers, schedule and functions …")
    _remove_triggers(session, stage)
    _remove_schedule(session, f"ponte-{stage}-sweep-event")
    _remove_functions(session, stage, found.functions)
    if found.has_stack:
        working("Queues, alarms and tables …")
        cloudformation = session.client("cloudformation")
        name = f"ponte-{stage}-infrastructure"
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=WAITING)
    record.unlink(missing_ok=True)
    if with_data:
        working("What is stored …")
        _remove_data(session, stage, found)
    return _left(stage, found, with_data=with_data)


def _remove_apis(session: Session, apis: list[str]) -> None:
    client: Any = session.client("apigateway")
    for api in apis:
        with suppress(client.exceptions.NotFoundException):
            client.delete_rest_api(restApiId=api)


def _remove_triggers(session: Session, stage: str) -> None:
    client: Any = session.client("lambda")
    for trigger in find_triggers(session, stage):
        with suppress(client.exceptions.ResourceNotFoundException):
            client.delete_event_source_mapping(UUID=trigger.uuid)


def _remove_schedule(session: Session, rule: str) -> None:
    client: Any = session.client("events")
    with suppress(client.exceptions.ResourceNotFoundException):
        targets = client.list_targets_by_rule(Rule=rule)["Targets"]
        if targets:
            client.remove_targets(Rule=rule, Ids=[target["Id"] for target in targets])
        client.delete_rule(Name=rule)


def _remove_functions(session: Session, stage: str, names: list[str]) -> None:
    """The functions, and the role of each, which Chalice makes for it alone."""
    client: Any = session.client("lambda")
    for name in names:
        with suppress(client.exceptions.ResourceNotFoundException):
            role = client.get_function_configuration(FunctionName=name)["Role"].rpartition("/")[2]
            client.delete_function(FunctionName=name)
            if role.startswith(f"ponte-{stage}"):
                _remove_role(session, role)


def _remove_role(session: Session, role: str) -> None:
    client: Any = session.client("iam")
    with suppress(client.exceptions.NoSuchEntityException):
        for policy in client.list_role_policies(RoleName=role)["PolicyNames"]:
            client.delete_role_policy(RoleName=role, PolicyName=policy)
        client.delete_role(RoleName=role)


def _remove_data(session: Session, stage: str, found: Inventory) -> None:
    kept = [f"ponte-{stage}-{table}" for table in KEPT_TABLES]
    dynamodb: Any = session.client("dynamodb")
    if set(kept) <= set(found.tables):
        protect_tables(session, stage, is_protected=False)
    for table in kept:
        with suppress(dynamodb.exceptions.ResourceNotFoundException):
            dynamodb.delete_table(TableName=table)
    ssm = session.client("ssm")
    names = [f"/ponte/{stage}/{name}" for name in found.settings]
    for start in range(0, len(names), MOST_NAMES_AT_ONCE):
        ssm.delete_parameters(Names=names[start : start + MOST_NAMES_AT_ONCE])
    logs: Any = session.client("logs")
    for suffix in FUNCTION_SUFFIXES:
        with suppress(logs.exceptions.ResourceNotFoundException):
            logs.delete_log_group(logGroupName=f"/aws/lambda/ponte-{stage}{suffix}")


def _left(stage: str, found: Inventory, *, with_data: bool) -> list[str]:
    elsewhere = [
        "In the DevCenter: the callback URL and the topics.",
        "In Chatwoot: both inboxes with their conversations, until you delete them.",
    ]
    if with_data:
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
        return ["In DynamoDB: a backup of each of both tables, for 35 days, which it makes by itself.", *elsewhere]
    kept = [table for table in found.tables if table.removeprefix(f"ponte-{stage}-") in KEPT_TABLES]
    return [
        f"Tables: {', '.join(kept) or 'none'}. A new deployment of the stage goes on with them.",
        f"Settings: {len(found.settings)} under /ponte/{stage}/, and the log groups /aws/lambda/ponte-{stage}….",
        *elsewhere,
    ]
