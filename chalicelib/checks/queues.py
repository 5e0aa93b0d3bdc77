"""Queues and tables: whether they answer, and what waits in them or was given up."""

from collections.abc import Iterator
from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, ok, problem, warning
from chalicelib.work.consumer import dead_letter_url
from chalicelib.work.failures import is_not_permitted

# A busy seller's jobs come and go within seconds.
MANY = 100

# As SQS says it, of which the first is what boto3 reads in its answer, and DynamoDB.
GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "ResourceNotFoundException")


@check("queues", "cheap", is_vital=True)
def look_at_queues(deployment: Deployment) -> Iterator[Finding]:
    for url in deployment.bridge.queue_urls:
        about = f"queue {_name(url)}"
        try:
            deployment.waiting(url)
        except (BotoCoreError, ClientError) as error:
            yield _silent(about, error, deployment.stage)
        else:
            yield ok(about, "answers")


@check("tables", "cheap", is_vital=True)
def look_at_tables(deployment: Deployment) -> Iterator[Finding]:
    for name in deployment.bridge.table_names:
        about = f"table {name}"
        try:
            deployment.bridge.dynamodb.describe_table(TableName=name)
        except (BotoCoreError, ClientError) as error:
            yield _silent(about, error, deployment.stage)
        else:
            yield ok(about, "answers")


@check("jobs", "cheap")
def look_at_jobs(deployment: Deployment) -> Iterator[Finding]:
    for url in deployment.bridge.queue_urls:
        # Of one that is missing it is said where queues are looked at.
        with suppress(deployment.bridge.sqs.exceptions.QueueDoesNotExist):
            yield _judge_waiting(url, deployment.waiting(url))
        with suppress(deployment.bridge.sqs.exceptions.QueueDoesNotExist):
            yield _judge_given_up(dead_letter_url(url), deployment.waiting(dead_letter_url(url)), deployment.stage)


def _judge_waiting(url: str, number: int) -> Finding:
    about = f"jobs in {_name(url)}"
    if number <= MANY:
        return ok(about, f"{number} wait" if number else "none: all is done")
    cure = (
        "Jobs wait while a service is away or a seller is not connected: mend what else is found here, and look again "
        "in some minutes. They are kept for 14 days"
    )
    return warning(about, f"{number} wait", cure)


def _judge_given_up(url: str, number: int, stage: str) -> Finding:
    about = f"jobs in {_name(url)}"
    if not number:
        return ok(about, "none: nothing was given up")
    cure = f"Look at them, and put them back: python -m tools replay --stage {stage}"
    return problem(about, f"{number} given up, and kept for 14 days", cure, alarm=f"{number} {about}")


def _silent(about: str, error: BotoCoreError | ClientError, stage: str) -> Finding:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    seen = f"does not answer ({code})"
    if code in GONE:
        cure = f"Somebody deleted it: python -m tools doctor --stage {stage} says how to make it again"
    elif isinstance(error, ClientError) and is_not_permitted(error):
        cure = f"Run make deploy STAGE={stage}, which sets the permissions anew"
    else:
        cure = f"Look again in a minute; if it stays so, run python -m tools doctor --stage {stage}"
    return problem(about, seen, cure, alarm=f"{about} {seen}")


def _name(queue_url: str) -> str:
    return queue_url.rpartition("/")[2]
