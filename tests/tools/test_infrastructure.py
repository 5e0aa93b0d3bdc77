"""The template on an embedded AWS, and what a stage gets besides it. What moto ignores is read in the template."""

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from boto3.session import Session
from moto.server import ThreadedMotoServer

from tools.package import PROJECT
from tools.provision import (
    TEMPLATE,
    StackFailed,
    create_stack,
    ensure_webhook_tokens,
    protect_tables,
    put_settings,
    read_settings,
    read_stack,
)

TABLES_WITH_EXPIRY = {
    "IdempotencyTable": "expiration",
    "HistoryTable": "expires_at",
    "CacheTable": "expires_at",
}


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield Session(region_name="us-east-1")
    server.stop()


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> str:
    """A stage of its own for each test, so that none sees another's."""
    return f"t{zlib.crc32(request.node.name.encode())}"


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    """The template's resources, with `!Sub X` and its like read as plain X."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))
    resources: dict[str, Any] = yaml.load(TEMPLATE.read_text(), Loader)["Resources"]
    return resources


def test_each_metric_that_is_paid_for_is_watched_or_shown() -> None:
    """But those of the audit, which are published once a day, and named in the runbook."""
    shipped = "".join(path.read_text() for path in (PROJECT / "chalicelib").rglob("*.py"))
    counted = set(re.findall(r'(?:count|measure)\("([A-Z]\w+)"', shipped))
    template, runbook = TEMPLATE.read_text(), (PROJECT / "docs" / "operations.md").read_text()

    unseen = {name for name in counted if name not in template and f"`{name}`" not in runbook}

    assert len(counted) > 10
    assert unseen == set()


def test_the_stack_has_its_queues_and_a_dead_letter_queue_for_each(session: Session, stage: str) -> None:
    outputs = create_stack(session, stage)

    for name in ("notifications", "background", "threads"):
        suffix = ".fifo" if name == "threads" else ""
        output = name.capitalize()
        assert outputs[f"{output}QueueArn"].endswith(f":ponte-{stage}-{name}{suffix}")
        assert outputs[f"{output}DeadQueueArn"].endswith(f":ponte-{stage}-{name}-dead{suffix}")
        attributes = _attributes(session, outputs[f"{output}QueueUrl"])
        assert json.loads(attributes["RedrivePolicy"]) == {
            "deadLetterTargetArn": outputs[f"{output}DeadQueueArn"],
            "maxReceiveCount": 1000,
        }
        assert attributes["VisibilityTimeout"] == "360"


def test_every_queue_is_encrypted_and_keeps_messages_for_fourteen_days(session: Session, stage: str) -> None:
    outputs = create_stack(session, stage)

    urls = [value for name, value in outputs.items() if name.endswith("QueueUrl")]
    assert len(urls) == 6
    for url in urls:
        attributes = _attributes(session, url)
        assert attributes["MessageRetentionPeriod"] == "1209600"
        assert attributes["SqsManagedSseEnabled"] == "true"


def test_the_threads_queue_has_an_order_and_a_limit_for_each_thread(session: Session, stage: str) -> None:
    outputs = create_stack(session, stage)

    for name in ("ThreadsQueueUrl", "ThreadsDeadQueueUrl"):
        attributes = _attributes(session, outputs[name])
        assert attributes["FifoQueue"] == "true"
        assert attributes["ContentBasedDeduplication"] == "false"
        assert attributes["DeduplicationScope"] == "messageGroup"
        assert attributes["FifoThroughputLimit"] == "perMessageGroupId"


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("threads", ["thread", "item"]),
        ("sellers", ["seller_id"]),
        ("idempotency", ["id"]),
        ("history", ["seller_id", "time"]),
        ("cache", ["key"]),
    ],
)
def test_a_table_has_its_keys_and_is_paid_for_on_demand(
    session: Session, stage: str, table: str, keys: list[str]
) -> None:
    outputs = create_stack(session, stage)

    description = session.client("dynamodb").describe_table(TableName=f"ponte-{stage}-{table}")["Table"]
    assert outputs[f"{table.capitalize()}Table"] == f"ponte-{stage}-{table}"
    assert [key["AttributeName"] for key in description["KeySchema"]] == keys
    assert description["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_what_cannot_be_had_again_can_be_restored_and_nothing_else_is_paid_for(resources: dict[str, Any]) -> None:
    tables = {name: it["Properties"] for name, it in resources.items() if it["Type"] == "AWS::DynamoDB::Table"}
    restorable = {name for name, table in tables.items() if "PointInTimeRecoverySpecification" in table}

    assert restorable == {"ThreadsTable", "SellersTable"}
    # A key of DynamoDB's own costs nothing; every table is encrypted with one.
    assert not any("SSESpecification" in table for table in tables.values())


def test_a_queue_that_is_replaced_keeps_what_waits_in_it(resources: dict[str, Any]) -> None:
    for resource in resources.values():
        if resource["Type"] == "AWS::SQS::Queue":
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Retain")


def test_the_tables_that_cannot_be_had_again_are_protected(session: Session, stage: str) -> None:
    create_stack(session, stage)

    protect_tables(session, stage)

    for table in ("threads", "sellers"):
        found = session.client("dynamodb").describe_table(TableName=f"ponte-{stage}-{table}")["Table"]
        assert found["DeletionProtectionEnabled"]


def test_what_a_stage_costs_can_be_told_by_its_tag(session: Session, stage: str) -> None:
    create_stack(session, stage)

    # Queues, tables and alarms inherit the stack's.
    (stack,) = session.client("cloudformation").describe_stacks(StackName=f"ponte-{stage}-infrastructure")["Stacks"]
    assert stack["Tags"] == [{"Key": "ponte-stage", "Value": stage}]


def test_the_dashboard_and_the_queries_speak_of_metrics_and_lines_that_there_are() -> None:
    template = TEMPLATE.read_text(encoding="utf-8")
    body = template[template.index("DashboardBody: !Sub |") :].partition("|")[2]
    dashboard = json.loads(body[: body.index("\n\n")])
    shipped = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "chalicelib").rglob("*.py"))

    metrics = [metric for widget in dashboard["widgets"] for metric in widget["properties"].get("metrics", [])]
    for namespace, name, *_ in metrics:
        assert namespace != "Ponte" or f'("{name}"' in shipped, name
    for line in re.findall(r"message = '([^']+)'", template):
        assert f'logger.info("{line}"' in shipped, line
    for field in re.findall(r"(?:sum|max)\((\w+)\)", template):
        service, _, number = field.partition("_")
        assert f'"{field}"' in shipped or (f'"{service}"' in shipped and f"_{number}" in shipped), field


def test_what_may_be_forgotten_expires_and_sellers_never_do(resources: dict[str, Any]) -> None:
    expiry_by_table = {
        name: it["Properties"]["TimeToLiveSpecification"]["AttributeName"]
        for name, it in resources.items()
        if "TimeToLiveSpecification" in it["Properties"]
    }

    assert expiry_by_table == TABLES_WITH_EXPIRY


def test_threads_and_sellers_outlive_their_stack(resources: dict[str, Any]) -> None:
    for name in ("ThreadsTable", "SellersTable"):
        assert resources[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resources[name]["UpdateReplacePolicy"] == "Retain"


def test_creating_the_stack_again_changes_nothing(session: Session, stage: str) -> None:
    outputs = create_stack(session, stage)
    table = session.resource("dynamodb").Table(outputs["SellersTable"])
    table.put_item(Item={"seller_id": "1"})

    again = create_stack(session, stage)

    assert again == outputs == read_stack(session, stage)
    assert table.get_item(Key={"seller_id": "1"})["Item"] == {"seller_id": "1"}


def test_a_stack_that_fails_says_which_resource_and_why(
    session: Session, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients: dict[str, Any] = {"dynamodb": session.client("dynamodb")}
    clients["cloudformation"] = FailingCloudFormation(session.client("cloudformation"))
    monkeypatch.setattr(session, "client", clients.__getitem__)

    with pytest.raises(StackFailed, match=r"SellersTable \(AWS::DynamoDB::Table\): ponte-dev-sellers already exists"):
        create_stack(session, stage)


def test_secrets_are_written_encrypted_and_the_other_settings_plain(session: Session, stage: str) -> None:
    put_settings(session, stage, {"CHATWOOT_TOKEN": "secret", "CHATWOOT_URL": "https://chatwoot.example"})

    parameters = session.client("ssm").get_parameters_by_path(Path=f"/ponte/{stage}", WithDecryption=False)[
        "Parameters"
    ]
    by_name = {parameter["Name"].rpartition("/")[2]: parameter for parameter in parameters}
    assert by_name["CHATWOOT_URL"]["Type"] == "String"
    assert by_name["CHATWOOT_TOKEN"]["Type"] == "SecureString"
    assert by_name["CHATWOOT_TOKEN"]["Value"] != "secret"
    assert read_settings(session, stage) == {"CHATWOOT_TOKEN": "secret", "CHATWOOT_URL": "https://chatwoot.example"}


def test_settings_can_be_written_again(session: Session, stage: str) -> None:
    put_settings(session, stage, {"CHATWOOT_TOKEN": "old"})

    put_settings(session, stage, {"CHATWOOT_TOKEN": "new"})

    assert read_settings(session, stage) == {"CHATWOOT_TOKEN": "new"}


def test_an_empty_setting_is_refused_before_anything_is_written(session: Session, stage: str) -> None:
    with pytest.raises(ValueError, match="CHATWOOT_TOKEN is empty"):
        put_settings(session, stage, {"CHATWOOT_URL": "https://chatwoot.example", "CHATWOOT_TOKEN": ""})

    assert read_settings(session, stage) == {}


def test_missing_webhook_tokens_are_invented_and_encrypted(session: Session, stage: str) -> None:
    tokens = ensure_webhook_tokens(session, stage)

    assert tokens.keys() == {"MERCADO_LIVRE_WEBHOOK_TOKEN", "CHATWOOT_WEBHOOK_TOKEN", "SIGNING_KEY"}
    assert all(len(token) >= 43 for token in tokens.values())
    assert len(set(tokens.values())) == 3
    for name in tokens:
        parameter = session.client("ssm").get_parameter(Name=f"/ponte/{stage}/{name}")["Parameter"]
        assert parameter["Type"] == "SecureString"


def test_a_webhook_token_is_never_overwritten(session: Session, stage: str) -> None:
    put_settings(session, stage, {"MERCADO_LIVRE_WEBHOOK_TOKEN": "chosen by hand"})

    tokens = ensure_webhook_tokens(session, stage)

    assert tokens["MERCADO_LIVRE_WEBHOOK_TOKEN"] == "chosen by hand"
    assert ensure_webhook_tokens(session, stage) == tokens


def test_more_settings_than_one_page_are_all_read(session: Session, stage: str) -> None:
    values = {f"SETTING_{number}": str(number) for number in range(1, 24)}

    put_settings(session, stage, values)

    assert read_settings(session, stage) == values


class FailingCloudFormation:
    """CloudFormation on a day when a table stands in the way; moto's own stacks never fail that late."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def get_waiter(self, _: str) -> "FailingCloudFormation":
        return self

    def wait(self, **_: Any) -> None:
        from botocore.exceptions import WaiterError

        raise WaiterError(name="StackCreateComplete", reason="failure", last_response={})

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:
        def event(resource: str, status: str, kind: str, reason: str) -> dict[str, str]:
            return {
                "LogicalResourceId": resource,
                "ResourceStatus": status,
                "ResourceType": kind,
                "ResourceStatusReason": reason,
            }

        stack = "AWS::CloudFormation::Stack"
        return {
            "StackEvents": [
                event(StackName, "ROLLBACK_IN_PROGRESS", stack, "The following resource(s) failed: [SellersTable]."),
                event("ThreadsTable", "CREATE_FAILED", "AWS::DynamoDB::Table", "Resource creation cancelled"),
                event("SellersTable", "CREATE_FAILED", "AWS::DynamoDB::Table", "ponte-dev-sellers already exists"),
                event(StackName, "CREATE_IN_PROGRESS", stack, "User Initiated"),
                event("CacheTable", "CREATE_FAILED", "AWS::DynamoDB::Table", "an older story"),
            ]
        }


def _attributes(session: Session, url: str) -> dict[str, str]:
    attributes: dict[str, str] = session.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])[
        "Attributes"
    ]
    return attributes
