"""A job put on a queue is there once, and signed as AWS signs."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import TryAgainLater
from chalicelib.work.queue import Queue, sign
from tests.harness import Clock, Machine
from tools.local.embedded_aws import let_time_pass

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}

# Signatures


# The test suite of Signature Version 4, as AWS published it (aws-sig-v4-test-suite).
@pytest.mark.parametrize(
    ("method", "headers", "payload", "signature"),
    [
        ("GET", {}, b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", {}, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            "POST",
            {"content-type": "application/x-www-form-urlencoded"},
            b"Param1=value1",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ],
    ids=["get-vanilla", "post-vanilla", "post-x-www-form-urlencoded"],
)
def test_the_published_examples_are_signed_as_published(
    method: str, headers: dict[str, str], payload: bytes, signature: str
) -> None:
    signed = sign(
        method,
        "/",
        {"host": "example.amazonaws.com", **headers},
        payload,
        key_id=KEYS["AWS_ACCESS_KEY_ID"],
        secret_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        region="us-east-1",
        service="service",
        moment="20150830T123600Z",
    )

    names = ";".join(sorted({"host", "x-amz-date", *headers}))
    assert signed["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )


header_values = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


@given(
    method=st.sampled_from(["GET", "POST"]),
    path=st.from_regex(r"/([a-z0-9_.-]*[a-z0-9])?", fullmatch=True),
    headers=st.dictionaries(st.from_regex(r"x-[a-z]{1,8}(-[a-z]{1,8})?", fullmatch=True), header_values, max_size=4),
    payload=st.binary(),
    region=st.sampled_from(["us-east-1", "sa-east-1"]),
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001
    secret_key=header_values,
)
def test_whatever_is_signed_botocore_signs_alike(
    method: str, path: str, headers: Mapping[str, str], payload: bytes, region: str, moment: datetime, secret_key: str
) -> None:
    written = moment.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": "sqs.test", **headers}
    request = AWSRequest(method, f"https://sqs.test{path}", headers={**headers, "x-amz-date": written}, data=payload)
    request.context["timestamp"] = written
    theirs = SigV4Auth(Credentials("AKIDEXAMPLE", secret_key), "sqs", region)
    expected = theirs.signature(theirs.string_to_sign(request, theirs.canonical_request(request)), request)

    signed = sign(
        method,
        path,
        headers,
        payload,
        key_id="AKIDEXAMPLE",
        secret_key=secret_key,
        region=region,
        service="sqs",
        moment=written,
    )

    assert signed["authorization"].endswith(f"Signature={expected}")


# A real queue


class RealQueue:
    """A queue on moto's server, sent to by `Queue` and read by boto3."""

    def __init__(self, machine: Machine, *, is_fifo: bool) -> None:
        self._sqs = boto3.client("sqs")
        name, attributes = uuid4().hex, {}
        if is_fifo:
            name, attributes = f"{name}.fifo", {"FifoQueue": "true", "DeduplicationScope": "messageGroup"}
        url = self._sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        clock = Clock()
        clock.now = datetime.now(UTC)
        self.queue = Queue(url, machine.aws.environment, clock)

    def finish(self) -> list[str]:
        """Have all done that is there; its bodies."""
        messages = self.messages()
        for message in messages:
            self._sqs.delete_message(QueueUrl=self.queue.url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in messages]

    def messages(self) -> list[dict[str, str]]:
        return self._sqs.receive_message(
            QueueUrl=self.queue.url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages", [])


@pytest.fixture
def hints(machine: Machine) -> RealQueue:
    return RealQueue(machine, is_fifo=False)


@pytest.fixture
def jobs(machine: Machine) -> RealQueue:
    return RealQueue(machine, is_fifo=True)


@pytest.mark.parametrize("body", ['{"topic": "questions"}', "Olá, ação — ≠ 🛵", "\n\t\r ", "<&>"])
def test_a_hint_arrives_as_it_was_sent(hints: RealQueue, body: str) -> None:
    hints.queue.send(body)

    assert [message["Body"] for message in hints.messages()] == [body]


def test_many_are_sent_at_once_each_with_its_delay(hints: RealQueue) -> None:
    bodies = [f"sweep {number}" for number in range(23)]

    hints.queue.send_many([(body, 0) for body in bodies] + [("later", 60)])

    assert sorted(hints.finish() + hints.finish() + hints.finish()) == sorted(bodies)
    assert hints.finish() == []


def test_the_same_hint_may_be_sent_again(hints: RealQueue) -> None:
    hints.queue.send("a")
    hints.queue.send("a")

    assert len(hints.messages()) == 2


def test_a_job_that_is_sent_again_is_there_once(jobs: RealQueue) -> None:
    for deduplication_id in ("1", "1", "2"):
        jobs.queue.send(f"job {deduplication_id}", group="7/question/1", deduplication_id=deduplication_id)

    messages = jobs.messages()

    assert [message["Body"] for message in messages] == ["job 1", "job 2"]
    assert messages[0]["Attributes"]["MessageGroupId"] == "7/question/1"


def test_a_job_that_is_done_is_known_for_five_minutes(jobs: RealQueue) -> None:
    """The embedded AWS forgot a deduplication id with its message, so that defects of it showed on AWS alone."""

    def send(group: str = "7/question/1") -> list[str]:
        jobs.queue.send("job", group=group, deduplication_id="1")
        return jobs.finish()

    assert send() == ["job"]
    assert send() == []
    assert send("7/question/2") == ["job"]
    let_time_pass(5 * 60 - 30)
    assert send() == []
    let_time_pass(31)
    assert send() == ["job"]


def test_a_queue_that_does_not_exist_asks_to_come_again(machine: Machine) -> None:
    queue = Queue("http://127.0.0.1/123456789012/missing", machine.aws.environment, Clock())

    with pytest.raises(TryAgainLater, match="the queue answered 400"):
        queue.send("a")


# A server that misbehaves


class Handler(BaseHTTPRequestHandler):
    """Keeps connections alive, as SQS does, but hangs up after each answer; drops the first `drops` requests."""

    protocol_version = "HTTP/1.1"
    server: "FickleServer"

    def do_POST(self) -> None:
        self.close_connection = True
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.server.drops:
            self.server.drops -= 1
            return
        self.server.sent.append((body["MessageBody"], dict(self.headers)))
        self.send_response(self.server.status)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        pass


class FickleServer(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.drops = 0
        self.status = 200
        self._queues: list[Queue] = []
        self.environ = {**KEYS, "AWS_REGION": "sa-east-1", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_port}"}

    @property
    def bodies(self) -> list[str]:
        return [body for body, _ in self.sent]

    def make_queue(self, **environ: str) -> Queue:
        self._queues.append(Queue("https://sqs.test/1/q", {**self.environ, **environ}, Clock()))
        return self._queues[-1]

    def close_queues(self) -> None:
        """Close what a container keeps open until it ends."""
        for queue in self._queues:
            if kept := getattr(queue._connections, "kept", None):
                kept.close()


@contextmanager
def running(server: FickleServer) -> Iterator[FickleServer]:
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.close_queues()
        server.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[FickleServer]:
    with running(FickleServer()) as server:
        yield server


def test_a_connection_that_was_closed_in_the_meantime_is_opened_anew(server: FickleServer) -> None:
    queue = server.make_queue()

    for body in ("a", "b", "c"):
        queue.send(body)

    assert server.bodies == ["a", "b", "c"]


def test_a_request_that_is_dropped_is_sent_again(server: FickleServer) -> None:
    server.drops = 1

    server.make_queue().send("a")

    assert server.bodies == ["a"]


def test_a_server_that_keeps_dropping_asks_to_come_again(server: FickleServer) -> None:
    queue = server.make_queue()
    server.drops = 2

    with pytest.raises(TryAgainLater, match="the queue did not answer"):
        queue.send("a")
    queue.send("b")
    assert server.bodies == ["b"]


@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_whatever_is_not_200_asks_to_come_again(server: FickleServer, status: int) -> None:
    server.status = status

    with pytest.raises(TryAgainLater, match=f"the queue answered {status}"):
        server.make_queue().send("a")


def test_nobody_at_the_address_asks_to_come_again() -> None:
    server = FickleServer()
    server.server_close()

    with pytest.raises(TryAgainLater, match="ConnectionRefusedError"):
        server.make_queue().send("a")


def test_a_session_token_is_sent_and_signed(server: FickleServer) -> None:
    server.make_queue(AWS_SESSION_TOKEN="t0ken").send("a")

    ((_, headers),) = server.sent
    assert headers["x-amz-security-token"] == "t0ken"
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target," in headers["authorization"]
    assert "/20261122/sa-east-1/sqs/aws4_request" in headers["authorization"]


def test_an_endpoint_for_sqs_alone_comes_first(server: FickleServer) -> None:
    away = "http://127.0.0.1:1"

    server.make_queue(AWS_ENDPOINT_URL=away, AWS_ENDPOINT_URL_SQS=server.environ["AWS_ENDPOINT_URL"]).send("a")

    assert server.bodies == ["a"]
