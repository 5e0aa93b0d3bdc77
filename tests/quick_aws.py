"""Makes boto3 and moto do once what they do anew for each session and each call; what they answer stays the same.

Most of a test's time would be theirs. What is replaced are functions of theirs, never ours.
"""

import copy
import functools
import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import botocore.session
import moto.core.responses
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.model import OperationModel, Shape
from moto.cloudformation.models import Stack
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult, BaseResponse
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.responses import DynamoHandler
from moto.sqs.responses import SQSResponse

from tests.in_memory import Answer

# What the bridge asks of AWS all the time, whose answers are JSON as they are.
HANDLERS: dict[str, type[BaseResponse]] = {"dynamodb": DynamoHandler, "sqs": SQSResponse}
QUICK_OPERATIONS = {
    "GetItem": "get_item",
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "DeleteItem": "delete_item",
    "Query": "query",
    "BatchGetItem": "batch_get_item",
    "BatchWriteItem": "batch_write_item",
    "Scan": "scan",
    "ReceiveMessage": "receive_message",
    "DeleteMessage": "delete_message",
    "ChangeMessageVisibility": "change_message_visibility",
    "SendMessage": "send_message",
    "GetQueueAttributes": "get_queue_attributes",
}


SENDING = {
    b"AmazonSQS.SendMessage\r\n": "send_message",
    b"AmazonSQS.SendMessageBatch\r\n": "send_message_batch",
}


def quicken() -> None:
    """For this process and for good; repeating is safe."""
    if hasattr(botocore.session.create_loader, "cache_info"):
        return
    # Every session reads the descriptions of its services from the disk, some megabytes of JSON.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    parse_template = functools.cache(Stack.parse_template)
    # Each stack changes the one it has.
    Stack.parse_template = staticmethod(lambda template: copy.deepcopy(parse_template(template)))
    # What is read of an expression is copied before it is filled in.
    UpdateExpressionParser.make = functools.cache(UpdateExpressionParser.make)
    # Every request looks through its class for the names of its methods.
    moto.core.responses.method_names_from_class = functools.cache(moto.core.responses.method_names_from_class)
    BaseJSONSerializer._serialize_type_structure = _quick(BaseJSONSerializer._serialize_type_structure)
    Table.all_items = _in_order
    Endpoint.make_request = _answered_at_once(Endpoint.make_request)
    # Names of operations and of their fields are few, and are asked for all the time.
    for module in [module for name, module in sys.modules.items() if name.startswith("moto.")]:
        if hasattr(module, "camelcase_to_underscores"):
            module.camelcase_to_underscores = _quick_underscores


_quick_underscores = functools.cache(camelcase_to_underscores)


def _in_order(self: Table) -> list[Item]:
    """The same, with each key read once, and not for each comparison."""
    sets: Iterable[Any] = self.items.values()
    items = [item for each in sets for item in each.values()] if self.range_key_attr else [*sets]
    return sorted(items, key=_read_key)


def _read_key(item: Item) -> Any:
    hash_key = item.hash_key.cast_value
    return (hash_key, item.range_key.cast_value) if item.range_key else hash_key


def _answered_at_once(make_request: Callable[..., Any]) -> Any:
    """The same by moto's own handlers, without signing a request, matching its address and parsing its answer.

    Whatever they refuse is asked anew by the long way, which knows how to say it; a refusal has changed nothing.
    """

    @functools.wraps(make_request)
    def answered(self: Endpoint, operation: OperationModel, request: dict[str, Any]) -> Any:
        service, method = operation.service_model.service_name, QUICK_OPERATIONS.get(operation.name)
        host = urlsplit(request["url"]).hostname or ""
        if method is None or service not in HANDLERS or not host.endswith(".amazonaws.com"):
            return make_request(self, operation, request)
        try:
            result = _handle(service, method, request["url"], request["body"])
        except Exception:  # noqa: BLE001 - the long way raises it again
            return make_request(self, operation, request)
        shown = operation.output_shape.members if operation.output_shape else {}
        found = {name: value for name, value in result.items() if name in shown}
        parsed = json.loads(json.dumps(found))
        parsed["ResponseMetadata"] = {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0, "RequestId": ""}
        return AWSResponse(request["url"], 200, {}, None), parsed

    return answered


def sending_at_once(answer: Answer) -> Answer:
    """The same for a request that puts messages on a queue, which our own sender makes; all others go the long way."""

    def answered(request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        action = next((name for mark, name in SENDING.items() if mark in head), "")
        if not action:
            return answer(request)
        try:
            result = _handle("sqs", action, "/", body)
        except Exception:  # noqa: BLE001 - the long way says it as SQS does
            return answer(request)
        payload = json.dumps(result).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(payload), payload)

    return answered


def _handle(service: str, method: str, url: str, body: bytes | str) -> dict[str, Any]:
    """What moto's handler answers; raises what it refuses."""
    handler = HANDLERS[service]()
    handler.body = handler.params = json.loads(body)
    handler.current_account, handler.region = DEFAULT_ACCOUNT_ID, os.environ["AWS_REGION"]
    handler.uri, handler.path, handler.headers, handler.querystring = url, "/", {}, {}
    handler.uri_match, handler.response_headers = {}, {}
    answer: ActionResult = getattr(handler, method)()
    return dict(answer.result or {})


def _quick(serialize: Any) -> Any:
    """The same for a value of DynamoDB, without looking under five names for each of the nine kinds that it is not."""

    @functools.wraps(serialize)
    def quick(self: BaseJSONSerializer, serialized: Any, value: Any, shape: Shape, key: str) -> None:
        if shape.name != "AttributeValue" or not isinstance(value, dict):
            serialize(self, serialized, value, shape, key)
            return
        wrapper: dict[str, Any] = {}
        for kind, content in value.items():
            self._serialize(wrapper, content, shape.members[kind], kind)
        self._default_serialize(serialized, wrapper, shape, key)

    return quick
