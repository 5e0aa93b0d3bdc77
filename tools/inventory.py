"""What of a stage there is in the account, whoever deployed it and from wherever."""

from collections.abc import Callable
from typing import Any, NamedTuple

from boto3.session import Session
from botocore.exceptions import ClientError

from tools.provision import has_stack, read_settings
from tools.rest_api import find_apis
from tools.workers import find_functions

KEPT_TABLES = ("threads", "sellers")
OTHER_TABLES = ("idempotency", "history", "cache")
QUEUES = ("notifications", "background", "threads.fifo")
DEAD_QUEUES = ("notifications-dead", "background-dead", "threads-dead.fifo")


class Inventory(NamedTuple):
    """Names and ids of what there is; `jobs` are those that wait, by the queue."""

    functions: list[str]
    apis: list[str]
    has_stack: bool
    tables: list[str]
    jobs: dict[str, int]
    settings: list[str]

    @property
    def is_empty(self) -> bool:
        return not (self.functions or self.apis or self.has_stack or self.tables or self.settings)

    def as_lines(self) -> list[str]:
        waiting = ", ".join(f"{number} in {queue}" for queue, number in self.jobs.items() if number)
        return [
            f"functions: {', '.join(self.functions) or 'none'}",
            f"APIs: {', '.join(self.apis) or 'none'}",
            f"queues, alarms and dashboard: {'yes' if self.has_stack else 'none'}; jobs that wait: {waiting or 'none'}",
            f"tables: {', '.join(self.tables) or 'none'}",
            f"settings: {', '.join(self.settings) or 'none'}",
        ]


def take_inventory(session: Session, stage: str) -> Inventory:
    """Only looks."""
    dynamodb: Any = session.client("dynamodb")
    return Inventory(
        list(find_functions(session, stage)),
        find_apis(session, stage),
        has_stack(session, stage),
        [
            name
            for name in (f"ponte-{stage}-{table}" for table in (*KEPT_TABLES, *OTHER_TABLES))
            if _is_there(lambda: dynamodb.describe_table(TableName=name))  # noqa: B023 - called at once
        ],
        _waiting_jobs(session, stage),
        sorted(read_settings(session, stage)),
    )


def _waiting_jobs(session: Session, stage: str) -> dict[str, int]:
    sqs: Any = session.client("sqs")
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = {}
    for queue in (f"ponte-{stage}-{name}" for name in (*QUEUES, *DEAD_QUEUES)):
        try:
            url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        except sqs.exceptions.QueueDoesNotExist:
            continue
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"]
        found[queue] = sum(int(attributes[name]) for name in counts)
    return found


def _is_there(look: Callable[[], object]) -> bool:
    try:
        look()
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return True
