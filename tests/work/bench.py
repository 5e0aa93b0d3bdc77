"""A worker at its queue, for the tests of how jobs wait and fail."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

import boto3
from moto.backends import get_backend

from chalicelib.stores.outages import Outages
from chalicelib.stores.tables import Table
from chalicelib.work.consumer import Consumer, Record
from chalicelib.work.failures import Failures
from chalicelib.work.parked_jobs import ParkedJobs
from tests.harness import Clock
from tools.local.embedded_aws import ACCOUNT, REGION
from tools.local.event_source import EventSource

Handle = Callable[[str], None]


class Bench:
    """A worker with a real queue, its dead-letter queue, and the time that passes for the queue."""

    def __init__(self, *, is_fifo: bool = True, choose: Callable[[float, float], float] = min) -> None:
        self._sqs = boto3.client("sqs")
        self.clock = Clock()
        self.clock.now = datetime.now(UTC)
        name = uuid4().hex
        end, attributes = (".fifo", {"FifoQueue": "true"}) if is_fifo else ("", {})
        self._group = {"MessageGroupId": "7/question/1"} if is_fifo else {}
        self.url = self._create_queue(f"{name}{end}", attributes)
        self.dead_url = self._create_queue(f"{name}-dead{end}", attributes)
        self.outages = Outages(_make_table(f"{name}-cache", "key"), self.clock)
        tries = Failures(_make_table(f"{name}-tries", "id"), self.clock)
        self.parked_jobs = ParkedJobs(_make_table(f"{name}-threads", "thread", "item"), self._sqs, self.outages)
        self.consumer = Consumer(self._sqs, BenchHandlers(self), tries, self.parked_jobs, self.clock, choose)
        self.handle: Handle = lambda body: None
        self.noted: list[tuple[str, Exception]] = []
        self.told: list[str] = []
        self.given_up: list[str] = []
        self._source = EventSource(self._sqs, self.url, "work", self._work)

    def send(self, *bodies: str) -> None:
        for body in bodies:
            fifo = {**self._group, "MessageDeduplicationId": uuid4().hex} if self._group else {}
            self._sqs.send_message(QueueUrl=self.url, MessageBody=body, **fifo)

    def work(self) -> Exception | None:
        """Work on the next job; the error that it left with. LookupError when there is nothing to do now."""
        record = self._source.receive()
        return self._source.invoke(record) if record else LookupError()

    def receive_and_die(self) -> None:
        """A Lambda that is killed before it can do anything."""
        assert self._source.receive()

    def turn(self, seconds: float) -> None:
        """Let time pass for the worker and its queue."""
        self.clock.turn(seconds=seconds)
        for message in self._messages():
            message.visible_at -= seconds * 1000

    def wait_out(self) -> int:
        """After how many seconds the only job is back; they pass."""
        (message,) = self._messages()
        seconds = round(message.visible_at / 1000 - time.time())
        self.turn(seconds + 1)
        return seconds

    def is_done(self) -> bool:
        return not self._length("ApproximateNumberOfMessages") + self._length("ApproximateNumberOfMessagesNotVisible")

    def dead(self) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(
            QueueUrl=self.dead_url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        return answer.get("Messages", [])

    def _work(self, event: dict[str, Any], context: object) -> None:
        self.consumer.run(Record.read(event["Records"][0], self.url))

    def _messages(self) -> list[Any]:
        """Every message of the queue as moto keeps it, in flight or not."""
        return list(get_backend("sqs")[ACCOUNT][REGION].queues[self.url.rpartition("/")[2]]._messages)

    def _create_queue(self, name: str, attributes: dict[str, str]) -> str:
        return str(self._sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])

    def _length(self, attribute: str) -> int:
        return int(
            self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[attribute])["Attributes"][attribute]
        )


class BenchHandlers:
    """Does what the bench says, and remembers what is told."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def handle(self, record: Record) -> None:
        self._bench.handle(record.body)

    def note_failure(self, record: Record, error: Exception) -> None:
        self._bench.noted.append((record.body, error))

    def tell_waiting(self, record: Record) -> None:
        self._bench.told.append(record.body)

    def is_new_dead_letter(self, _record: Record) -> bool:
        return True

    def tell_given_up(self, record: Record) -> None:
        self._bench.given_up.append(record.body)


def _make_table(name: str, *keys: str) -> Table:
    client = boto3.client("dynamodb")
    kinds: list[Literal["HASH", "RANGE"]] = ["HASH", "RANGE"]
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, kinds, strict=False)],
    )
    return Table(client, name)
