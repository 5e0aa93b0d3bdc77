"""Looks at which AWS this is, and at the queues and tables in it."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from boto3.session import Session

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, not_checked, ok, problem, warning
from tools.doctor.template import WantedQueue, WantedTable, wanted_queues, wanted_tables
from tools.provision import has_stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

# The stage of the local runner. It has no Lambdas, and its embedded AWS takes only part of the template to heart.
LOCAL_STAGE = "local"

# A table can be used while indexes or settings of it change.
USABLE = ("ACTIVE", "UPDATING")


def read_queue(sqs: "SQSClient", name: str) -> dict[str, str] | None:
    """The queue's attributes, and its address as `QueueUrl`; None where there is no such queue."""
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    except sqs.exceptions.QueueDoesNotExist:
        return None
    return {"QueueUrl": url, **{str(key): value for key, value in attributes.items()}}


@check("AWS", "live")
def look_at_account(deployment: Deployment) -> Iterator[Finding]:
    sts: Any = deployment.session.client("sts")
    identity = sts.get_caller_identity()
    yield ok(
        "AWS", f"account {identity['Account']}, region {deployment.session.region_name}, seen as {identity['Arn']}"
    )


# Queues


@check("queues", "live")
def look_at_queues(deployment: Deployment) -> Iterator[Finding]:
    sqs = deployment.bridge.sqs
    for wanted in wanted_queues(deployment.stage):
        found = read_queue(sqs, wanted.name)
        about = f"queue {wanted.name}"
        if found is None:
            yield problem(about, "is not there", _how_to_make_queue(wanted, deployment.session, deployment.stage))
            continue
        faults = [*_find_other_attributes(about, wanted, found), *_find_redrive_fault(about, wanted, found, sqs)]
        yield from faults or [ok(about, "is there, and set up as it should be")]


def _how_to_make_queue(wanted: WantedQueue, session: Session, stage: str) -> str:
    if not has_stack(session, stage):
        return f"make deploy STAGE={stage}"
    # CloudFormation believes that it is there, and would not make it again.
    command = f"aws sqs create-queue --queue-name {wanted.name} --attributes '{json.dumps(wanted.attributes)}'"
    return f"Somebody deleted it. Make it again, and look again after a minute: {command}"


def _find_other_attributes(about: str, wanted: WantedQueue, found: dict[str, str]) -> Iterator[Finding]:
    other = {
        name: value for name, value in wanted.attributes.items() if found.get(name, value).lower() != value.lower()
    }
    if other:
        seen = ", ".join(f"{name} is {found[name]} and should be {value}" for name, value in other.items())
        yield warning(about, seen, _how_to_set(found, other))


def _find_redrive_fault(about: str, wanted: WantedQueue, found: dict[str, str], sqs: "SQSClient") -> Iterator[Finding]:
    """A queue without a dead-letter queue drops a job for good that kills its worker."""
    if not wanted.dead:
        return
    policy = json.loads(found.get("RedrivePolicy", "{}"))
    if policy.get("deadLetterTargetArn", "").rpartition(":")[2] != wanted.dead:
        dead = read_queue(sqs, wanted.dead)
        arn = dead["QueueArn"] if dead else f"ARN-OF-{wanted.dead}"
        value = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": wanted.tries})
        seen = f"does not hand what it gives up to {wanted.dead} (its redrive policy)"
        yield problem(about, seen, _how_to_set(found, {"RedrivePolicy": value}))
    elif int(policy["maxReceiveCount"]) < int(wanted.tries):
        seen = f"gives a job up after {policy['maxReceiveCount']} tries and should after {wanted.tries}"
        value = json.dumps({**policy, "maxReceiveCount": wanted.tries})
        yield problem(
            about,
            f"{seen}: a job that waits for a service to come back dies",
            _how_to_set(found, {"RedrivePolicy": value}),
        )


def _how_to_set(found: dict[str, str], attributes: dict[str, str]) -> str:
    return f"aws sqs set-queue-attributes --queue-url {found['QueueUrl']} --attributes '{json.dumps(attributes)}'"


# Tables


@check("tables", "live")
def look_at_tables(deployment: Deployment) -> Iterator[Finding]:
    dynamodb = deployment.bridge.dynamodb
    for wanted in wanted_tables(deployment.stage):
        about = f"table {wanted.name}"
        try:
            table = dynamodb.describe_table(TableName=wanted.name)["Table"]
            status = table.get("TableStatus", "ACTIVE")
        except dynamodb.exceptions.ResourceNotFoundException:
            yield problem(about, "is not there", _how_to_make_table(deployment.session, deployment.stage))
            continue
        if status not in USABLE:
            yield problem(about, f"cannot be used: it is {status}", "Look at it in the DynamoDB console")
            continue
        faults = [] if deployment.stage == LOCAL_STAGE else [*_find_faults(dynamodb, about, wanted)]
        if wanted.is_restorable and deployment.stage != LOCAL_STAGE and not table.get("DeletionProtectionEnabled"):
            seen = "can be deleted by mistake: it is not protected"
            faults.append(warning(about, seen, f"make deploy STAGE={deployment.stage}"))
        yield from faults or [ok(about, "is there")]
    if deployment.stage == LOCAL_STAGE:
        yield not_checked("expiry and backups of the tables", "the embedded AWS has neither")


def _how_to_make_table(session: Session, stage: str) -> str:
    if not has_stack(session, stage):
        return f"make deploy STAGE={stage}"
    # CloudFormation believes that it is there, and would not make it again.
    return (
        "Somebody deleted it. Restore it under the same name: DynamoDB console > Backups; the one of a deleted table "
        "is kept for 35 days"
    )


def _find_faults(dynamodb: "DynamoDBClient", about: str, wanted: WantedTable) -> Iterator[Finding]:
    if wanted.expiry:
        expiry = dynamodb.describe_time_to_live(TableName=wanted.name)["TimeToLiveDescription"]
        is_on = expiry.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
        if not is_on or expiry.get("AttributeName") != wanted.expiry:
            yield warning(
                about,
                "forgets nothing, and grows: its time to live is off",
                f"aws dynamodb update-time-to-live --table-name {wanted.name} "
                f"--time-to-live-specification Enabled=true,AttributeName={wanted.expiry}",
            )
    backups = dynamodb.describe_continuous_backups(TableName=wanted.name)["ContinuousBackupsDescription"]
    status = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    if wanted.is_restorable and status != "ENABLED":
        yield warning(
            about,
            "could not be restored: its point-in-time recovery is off",
            f"aws dynamodb update-continuous-backups --table-name {wanted.name} "
            "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
        )
