"""The policies of the functions allow what they ask of tables and queues: the AWS of the tests refuses nothing."""

import json
import sys
from http.client import HTTPConnection
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.harness import BridgeUnderTest

CHALICE = Path(__file__).parents[2] / ".chalice"
PICTURE = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")

# Function, action, and the end of the name of a table or a queue.
Asked = tuple[str, str, str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[Asked]:
    """What functions ask of DynamoDB and of SQS meanwhile."""
    found: set[Asked] = set()
    call, request = BaseClient._make_api_call, HTTPConnection.request

    def note(client: Any, operation: str, details: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name == "dynamodb" and (function := running_function()):
            tables = details.get("RequestItems") or [details["TableName"]]
            found.update((function, f"dynamodb:{operation}", table.rpartition("-")[2]) for table in tables)
        if client.meta.service_model.service_name == "sqs" and (function := running_function()):
            found.add((function, f"sqs:{operation.removesuffix('Batch')}", details["QueueUrl"].rpartition("-")[2]))
        return call(client, operation, details)

    def note_send(connection: Any, method: str, url: str, body: Any = None, headers: Any = None, **rest: Any) -> Any:
        """Our own sender of jobs asks without boto3."""
        if (headers or {}).get("x-amz-target") == "AmazonSQS.SendMessage" and (function := running_function()):
            found.add((function, "sqs:SendMessage", json.loads(body)["QueueUrl"].rpartition("-")[2]))
        return request(connection, method, url, body, headers or {}, **rest)

    monkeypatch.setattr(BaseClient, "_make_api_call", note)
    monkeypatch.setattr(HTTPConnection, "request", note_send)
    return found


def running_function() -> str:
    """The function of the app that the call is made by; empty for a test or its tools."""
    frame = sys._getframe()
    while frame.f_back:
        frame = frame.f_back
        if frame.f_code.co_filename.endswith("/app.py") and (CHALICE / policy_name(frame.f_code.co_name)).exists():
            return frame.f_code.co_name
    return ""


def policy_name(function: str) -> str:
    return f"policy-{function}.json"


def allowed() -> set[Asked]:
    found: set[Asked] = set()
    for path in CHALICE.glob(policy_name("*")):
        function = path.stem.removeprefix("policy-")
        for statement in json.loads(path.read_text())["Statement"]:
            resources = statement["Resource"]
            resources = [resources] if isinstance(resources, str) else resources
            tables = [resource.rpartition("-")[2] for resource in resources]
            found.update(product([function], statement["Action"], tables))
    return found


def test_every_function_may_do_with_its_tables_and_queues_what_it_does(
    bridge: BridgeUnderTest, asked: set[Asked]
) -> None:
    bridge.ask()
    bridge.reply("Temos.")
    bridge.ask("E azul?")
    sale = bridge.buy()
    bridge.write(sale, "Quando chega?", [PICTURE])
    bridge.meli.notify("orders_v2", f"/orders/{bridge.meli.orders_of(sale)[0]}", bridge.seller)
    bridge.chatwoot.reply(bridge.chatwoot.conversations()[-1]["id"], "Amanhã.", attachments=[PICTURE])
    bridge.turn(seconds=61)
    bridge.meli.add_fault("status", method="GET", path="/messages/packs", status=500)
    bridge.write(sale, "E agora?")
    bridge.turn(minutes=2)
    bridge.meli.expire_tokens(bridge.seller)
    bridge.sweep()
    bridge.turn(minutes=12)
    bridge.sweep()
    conversation = bridge.chatwoot.conversations()[-1]["id"]
    bridge.chatwoot.reply(conversation, "Ninguém ouviu.")
    bridge.chatwoot.outbox.clear()
    bridge.chatwoot.reply(conversation, "Isto sim.")
    bridge.settle()
    for service in (bridge.meli, bridge.chatwoot):
        service.add_fault("status", status=503, times=1000)
        bridge.sweep()
        bridge.restart()
        bridge.write(sale, "Alguém aí?")
        bridge.restart()
        bridge.turn(minutes=1)
        service.clear_faults()
        bridge.turn(minutes=1)

    functions = {path.stem.removeprefix("policy-") for path in CHALICE.glob(policy_name("*"))}
    assert {function for function, *_ in asked} == functions - {"api"}
    assert asked - allowed() == set()
