"""Counts what AWS would bill while something happens: calls, units of the tables, invocations, and what is logged."""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from functools import cache
from http.client import HTTPConnection
from io import StringIO
from logging import StreamHandler
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import urlsplit

from chalicelib.observability import logger
from chalicelib.wiring import bridge
from tools.local.event_source import EventSource
from tools.package import PROJECT

# In this header boto3 and our own sender of jobs name what they ask for: `DynamoDB_20120810.GetItem`.
OPERATION = "x-amz-target"

# How often an empty queue is asked is for its mapping to choose; that it takes away what is done counts.
ASKS_QUEUE = "ReceiveMessage"

# What a job takes: each call to a service, each to AWS, and its own work with the share of a core that its memory
# stands for: `cold_functions` measures 5 to 24 ms of a core for a second job, which has a seventh or a third of one.
SECONDS_OF_A_SERVICE_CALL, SECONDS_OF_AN_AWS_CALL, OWN_SECONDS = 0.1, 0.01, 0.06

# START, END and REPORT, which Lambda writes into the log of each invocation.
BYTES_OF_LAMBDA_LINES = 350

READ_UNIT_BYTES, WRITE_UNIT_BYTES = 4096, 1024


class Used(NamedTuple):
    """What is paid for by use. A metric is paid for by each hour in which it is published."""

    sqs: float = 0
    read_units: float = 0
    write_units: float = 0
    lambda_requests: float = 0
    gigabyte_seconds: float = 0
    api_requests: float = 0
    logged_bytes: float = 0
    metric_hours: float = 0

    def __add__(self, other: tuple[float, ...]) -> "Used":  # type: ignore[override]  # Sums, where tuples would join.
        return Used(*(mine + its for mine, its in zip(self, other, strict=True)))

    def times(self, number: float) -> "Used":
        return Used(*(each * number for each in self))


class Meter:
    """What was used since it was made, or reset."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_job = threading.local()
        # Which of the hours that go by it is.
        self.hour = 0
        self.reset()

    def reset(self) -> None:
        self.operations: Counter[str] = Counter()
        self.service_calls = 0
        self._metrics = set[tuple[int, str]]()
        self._used = Used()

    def used(self) -> Used:
        return self._used

    def add(self, used: Used) -> None:
        with self._lock:
            self._used += used

    def note_operation(self, name: str) -> None:
        if name == ASKS_QUEUE:
            return
        self._note_seconds(SECONDS_OF_AN_AWS_CALL)
        with self._lock:
            self.operations[name] += 1
        self.add(Used(sqs=1) if "Message" in name else Used())

    def note_service_call(self) -> None:
        self._note_seconds(SECONDS_OF_A_SERVICE_CALL)
        with self._lock:
            self.service_calls += 1

    def note_table_call(self, model: Any, params: Mapping[str, Any], **_: Any) -> None:
        asked = json.loads(params["body"])
        self._of_job.weight = _of_read(asked)
        self.add(units_of(model.name, asked))

    def note_table_answer(self, model: Any, http_response: Any, **_: Any) -> None:
        if model.name in ("Query", "Scan"):
            blocks = 1 + len(http_response.content) // READ_UNIT_BYTES
            self.add(Used(read_units=blocks * self._of_job.weight))

    @contextmanager
    def invocation(self, function: str) -> Iterator[None]:
        """What is called by this thread meanwhile is the work of one invocation of a function."""
        self._of_job.seconds = OWN_SECONDS
        yield
        gigabyte_seconds = self._of_job.seconds * memory_of(function)
        self.add(Used(lambda_requests=1, gigabyte_seconds=gigabyte_seconds, logged_bytes=BYTES_OF_LAMBDA_LINES))

    def note_lines(self, text: str) -> None:
        self.add(Used(logged_bytes=len(text.encode())))
        for line in text.splitlines():
            if '"_aws"' in line:
                fields = json.loads(line)
                (told,) = fields["_aws"]["CloudWatchMetrics"]
                names = [name for group in told["Dimensions"] for name in group]
                metric = "/".join([told["Metrics"][0]["Name"], *(f"{name}={fields[name]}" for name in sorted(names))])
                with self._lock:
                    is_new = (self.hour, metric) not in self._metrics
                    self._metrics.add((self.hour, metric))
                self.add(Used(metric_hours=is_new))

    def _note_seconds(self, seconds: float) -> None:
        self._of_job.seconds = getattr(self._of_job, "seconds", 0.0) + seconds


@cache
def memory_of(function: str) -> float:
    """Gigabytes of a function, by its name in the configuration."""
    config = json.loads((PROJECT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    return float(config["stages"]["prod"]["lambda_functions"][function]["lambda_memory_size"]) / 1024


def units_of(operation: str, asked: Mapping[str, Any]) -> Used:
    """The units of a call to a table, by what it asks; what is read by its key is taken for small."""
    match operation:
        case "BatchGetItem":
            tables = asked["RequestItems"].values()
            return Used(read_units=sum(len(one["Keys"]) * _of_read(one) for one in tables))
        case "BatchWriteItem":
            items = [item for table in asked["RequestItems"].values() for item in table]
            return Used(write_units=sum(map(_of_write, items)))
        case "GetItem":
            return Used(read_units=_of_read(asked))
        case "Query" | "Scan":
            # By the size of what is found.
            return Used()
    return Used(write_units=_of_write(asked.get("Item", {})))


def _of_read(asked: Mapping[str, Any]) -> float:
    return 1 if asked.get("ConsistentRead") else 0.5


def _of_write(item: Any) -> int:
    return 1 + len(json.dumps(item)) // WRITE_UNIT_BYTES


class _Lines(StringIO):
    """Where what is logged goes meanwhile."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter

    def write(self, text: str) -> int:
        self._meter.note_lines(text)
        return len(text)


@contextmanager
def metered(service_urls: list[str]) -> Iterator[Meter]:
    """Counts what the bridge in this process uses meanwhile; its services answer at these addresses."""
    meter, ports = Meter(), {urlsplit(url).port for url in service_urls}
    put_header, put_request, invoke = HTTPConnection.putheader, HTTPConnection.putrequest, EventSource.invoke

    def note_request(connection: HTTPConnection, method: str, url: str, *args: Any, **details: Any) -> None:
        if connection.port in ports:
            meter.note_service_call()
        put_request(connection, method, url, *args, **details)

    def note_operation(connection: HTTPConnection, header: Any, *values: Any) -> None:
        if str(header).lower() == OPERATION:
            value = values[0]
            meter.note_operation((value.decode() if isinstance(value, bytes) else str(value)).rpartition(".")[2])
        put_header(connection, header, *values)

    def note_job(source: EventSource, record: dict[str, Any]) -> Exception | None:
        # That it was received.
        meter.add(Used(sqs=1))
        with meter.invocation(source.function_name):
            return invoke(source, record)

    lines, events = _Lines(meter), bridge().dynamodb.meta.events
    with ExitStack() as stack:
        stack.enter_context(patch.object(HTTPConnection, "putheader", note_operation))
        stack.enter_context(patch.object(HTTPConnection, "putrequest", note_request))
        stack.enter_context(patch.object(EventSource, "invoke", note_job))
        stack.enter_context(redirect_stdout(lines))
        for handler in logger.handlers:
            if isinstance(handler, StreamHandler):
                stack.callback(handler.setStream, handler.setStream(lines))
        events.register("before-call.dynamodb", meter.note_table_call)
        stack.callback(events.unregister, "before-call.dynamodb", meter.note_table_call)
        events.register("after-call.dynamodb", meter.note_table_answer)
        stack.callback(events.unregister, "after-call.dynamodb", meter.note_table_answer)
        yield meter
