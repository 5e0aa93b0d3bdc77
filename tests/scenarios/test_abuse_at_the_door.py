"""Whatever is thrown at the front door is refused by name or comes to nothing, and the bridge goes on working."""

import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.web.webhooks import LARGEST_EVENT_BYTES, LARGEST_NOTIFICATION_BYTES
from tests.abusing import (
    CHATWOOT_PATH,
    EXAMPLES,
    MELI_PATH,
    Answer,
    a_notification,
    an_event,
    assert_unharmed,
    fuzzing,
    host_of,
    post,
    send,
    signed,
)
from tests.harness import BridgeUnderTest
from tests.recorded import any_json, nested, wire

pytestmark = [pytest.mark.drill, pytest.mark.usefixtures("sockets")]

# Any body


@given(body=any_json)
@example(body={"resource": {}, "topic": [], "user_id": {}})
@fuzzing
def test_any_json_is_answered(bridge: BridgeUnderTest, body: Any) -> None:
    assert post(bridge, MELI_PATH, wire(body))[0] == 400
    event = wire(body)
    assert post(bridge, CHATWOOT_PATH, event, signed(bridge, event))[0] in (200, 400)
    assert bridge.jobs_waiting() == 0


def test_a_notification_with_anything_in_any_field_harms_nothing(bridge: BridgeUnderTest) -> None:
    names = [*sorted(a_notification(bridge)), "recieved", "id"]

    @given(name=st.sampled_from(names), value=any_json)
    @example("actions", [{"a": "b" * 250_000}])
    @example("sent", float("nan"))
    @example("received", float("inf"))
    @example("sent", "0001-01-01T00:00:00+23:59")
    @example("attempts", 10**4000)
    @example("_id", "\ud800")
    @example("topic", "\0")
    @example("resource", "/questions/\0")
    @settings(fuzzing, max_examples=4 * EXAMPLES)
    def fuzz(name: str, value: Any) -> None:
        status, answer = post(bridge, MELI_PATH, wire(a_notification(bridge, **{name: value})))
        assert status in (200, 400), answer

    fuzz()
    assert_unharmed(bridge)


def test_an_event_with_anything_in_any_field_harms_nothing(bridge: BridgeUnderTest) -> None:
    paths = [(name,) for name in an_event(bridge)] + [
        ("inbox", "id"),
        ("sender", "type"),
        ("conversation", "id"),
        ("conversation", "contact_inbox"),
        ("conversation", "contact_inbox", "source_id"),
        ("conversation", "messages"),
        ("content_attributes", "deleted"),
        ("content_attributes", "automation_rule_id"),
        ("attachments", 0),
        ("attachments", 0, "data_url"),
        ("attachments", 0, "file_size"),
    ]

    @given(path=st.sampled_from(paths), value=any_json, name=st.sampled_from(["message_created", "message_updated"]))
    @example(("id",), 10**4000, "message_created")
    @example(("id",), -1, "message_created")
    @example(("id",), 10**40, "message_created")
    @example(("conversation", "id"), 10**4000, "message_created")
    @example(("conversation", "id"), 10**40, "message_updated")
    @example(("conversation", "contact_inbox", "source_id"), "x" * 100_000, "message_created")
    @example(("content",), "\ud800", "message_created")
    @example(("content",), "\0", "message_created")
    @example(("content",), "🛵" * 150_000, "message_created")
    @example(("created_at",), "0001-01-01T00:00:00+23:59", "message_updated")
    @example(("attachments", 0, "file_size"), 10**4000, "message_created")
    @example(("attachments",), [{"data_url": "http://a/" + "a" * 1900}] * 1000, "message_created")
    @settings(fuzzing, max_examples=4 * EXAMPLES)
    def fuzz(path: tuple[str | int, ...], value: Any, name: str) -> None:
        event = an_event(bridge, event=name)
        place: Any = event
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        body = wire(event)
        status, answer = post(bridge, CHATWOOT_PATH, body, signed(bridge, body))
        assert status in (200, 400), answer

    fuzz()
    bridge.wait_out(minutes=2)
    assert_unharmed(bridge)


def test_a_notification_that_grows_on_its_way_is_taken(bridge: BridgeUnderTest) -> None:
    """A letter of two bytes takes six on a queue; what is on it stays small whatever came."""
    for actions in ("é" * 100_000, ["é" * 100_000], ["é"] * 30_000, {"é" * 100_000: 1}):
        body = json.dumps(a_notification(bridge, actions=actions), ensure_ascii=False).encode()
        assert post(bridge, MELI_PATH, body)[0] == 200
        received = bridge.sqs.receive_message(QueueUrl=bridge.queues["NotificationsQueueUrl"], VisibilityTimeout=0)
        assert [len(message["Body"]) < 20_000 for message in received["Messages"]] == [True]
        bridge.settle()
    assert_unharmed(bridge)


def depths(answers: Callable[[int], Answer]) -> Iterator[int]:
    """Depths about the one where reading JSON gives up: there is little room left, and others stumble."""
    shallow, deep = 1, 2000
    while deep - shallow > 1:
        middle = (shallow + deep) // 2
        is_read = "JSON" not in answers(middle)[1].get("error", "")
        shallow, deep = (middle, deep) if is_read else (shallow, middle)
    return (shallow + more for more in range(-9, 4))


@pytest.mark.parametrize("name", ["actions", "_id", "user_id"])
def test_a_notification_of_any_depth_is_answered(bridge: BridgeUnderTest, name: str) -> None:
    whole = wire(a_notification(bridge, **{name: "HERE"}))

    def answer(levels: int) -> Answer:
        return post(bridge, MELI_PATH, whole.replace(b'"HERE"', nested(levels)))

    assert {answer(levels)[0] for levels in (*depths(answer), 100_000)} <= {200, 400}
    assert_unharmed(bridge)


@pytest.mark.parametrize("name", ["content", "created_at", "conversation"])
def test_an_event_of_any_depth_is_answered(bridge: BridgeUnderTest, name: str) -> None:
    whole = wire(an_event(bridge, **{"event": "message_updated", name: "HERE"}))

    def answer(levels: int) -> Answer:
        body = whole.replace(b'"HERE"', nested(levels))
        return post(bridge, CHATWOOT_PATH, body, signed(bridge, body))

    assert {answer(levels)[0] for levels in (*depths(answer), 100_000)} <= {200, 400}
    bridge.wait_out(minutes=1)
    assert_unharmed(bridge)


# Any bytes


NO_BODIES = [
    b"\xff\xfe\x00\xd8",
    "{}".encode("utf-16"),
    "{}".encode("utf-32"),
    b"\x00" * 1000,
    b'{"topic": "\xc3\x28"}',
    b'{"topic": "\xed\xa0\x80"}',
    b'{"topic": NaN, "event": NaN}',
    b'{"user_id": ' + b"9" * 5000 + b"}",
    b'{"user_id": 1e400, "topic": "questions", "resource": "/questions/1", "event": 1e400}',
    b'{"a": 1} {"a": 2}',
    b'{"topic": "questions", "topic": null, "event": "message_created", "event": 7}',
    b"\xef\xbb\xbf\xef\xbb\xbf{}",
    gzip.compress(b"{}"),
    b"topic=questions&resource=/questions/1",
    b'--x\r\nContent-Disposition: form-data; name="topic"\r\n\r\nquestions\r\n--x--',
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
]


def test_bytes_that_are_no_webhook_are_refused(bridge: BridgeUnderTest) -> None:
    for path, body in itertools.product((MELI_PATH, CHATWOOT_PATH), NO_BODIES):
        assert post(bridge, path, body)[0] == 400, body
    assert bridge.jobs_waiting() == 0


@pytest.mark.parametrize("size", [LARGEST_NOTIFICATION_BYTES + more for more in (-1, 0, 1)])
def test_a_notification_of_about_the_largest_size_is_taken_or_refused(bridge: BridgeUnderTest, size: int) -> None:
    body = wire(a_notification(bridge, padding=""))
    body = body.replace(b'"padding": "', b'"padding": "' + b"x" * (size - len(body)))

    assert post(bridge, MELI_PATH, body)[0] == (200 if size <= LARGEST_NOTIFICATION_BYTES else 413)
    assert_unharmed(bridge)


@pytest.mark.parametrize("size", [LARGEST_EVENT_BYTES + more for more in (0, 1)])
def test_an_event_of_about_the_largest_size_is_taken_or_refused(bridge: BridgeUnderTest, size: int) -> None:
    body = wire(an_event(bridge, content=""))
    body = body.replace(b'"content": "', b'"content": "' + b"x" * (size - len(body)))

    assert post(bridge, CHATWOOT_PATH, body, signed(bridge, body))[0] == (200 if size == LARGEST_EVENT_BYTES else 413)
    assert_unharmed(bridge)


LENGTHS = [
    {b"Content-Length": b"-1"},
    {b"Content-Length": b"many"},
    {b"Content-Length": b"\xb2"},
    {b"Content-Length": b"1e3"},
    {b"Content-Length": b"9" * 30},
    {b"Content-Length": b""},
    {b"Content-Length": b"0"},
    {b"Content-Length": b"7"},
    {b"Content-Length": b"", b"Transfer-Encoding": b"chunked"},
    {b"Transfer-Encoding": b"chunked"},
]


def test_a_length_that_lies_is_refused(bridge: BridgeUnderTest) -> None:
    for headers in LENGTHS:
        assert post(bridge, MELI_PATH, wire(a_notification(bridge)), headers)[0] in (400, 413), headers
    assert bridge.jobs_waiting() == 0


HEADERS = [
    {b"Content-Type": b""},
    {b"Content-Type": b"image/png"},
    {b"Content-Type": b"application/octet-stream"},
    {b"Content-Type": b"\xff\x01;;=,"},
    {b"Content-Type": b"multipart/form-data; boundary=x"},
    {b"Content-Encoding": b"gzip"},
    {b"X-Forwarded-Host": b"evil.test", b"X-Forwarded-For": b"'; DROP TABLE"},
    {b"X-" + b"a" * 60_000: b"1"},
    {b"X-Long": b"a" * 60_000},
    {b"X-Meli-Delivery-Id": b"a" * 60_000},
    {b"X-Meli-Delivery-Id": b"\xff\xfe\x00\xe9"},
    {b"X-Meli-Delivery-Id": b"../../x#{{7*7}}"},
    {b"X-Meli-Received-At": b"9" * 5000},
    {b"X-Meli-Received-At": b"\xd9\xa1\xd9\xa2"},
    {"X-Açaí".encode(): "Açaí".encode()},
    {b"Authorization": b"Basic \xff"},
    {b"X-Chatwoot-Signature": b"\xff" * 1000},
    {b"Expect": b"nothing"},
    {b"Connection": b"Upgrade", b"Upgrade": b"websocket"},
]


def test_a_header_changes_nothing(bridge: BridgeUnderTest) -> None:
    for headers in HEADERS:
        assert post(bridge, MELI_PATH, wire(a_notification(bridge)), headers)[0] == 200, headers
    assert_unharmed(bridge)


def test_what_is_packed_is_not_unpacked(bridge: BridgeUnderTest) -> None:
    body = gzip.compress(wire(a_notification(bridge)))

    assert post(bridge, MELI_PATH, body, {b"Content-Encoding": b"gzip"})[0] == 400


REQUEST_LINES = [
    b"POST /webhook/mercado-livre/\xff HTTP/1.1",
    b"POST /webhook/mercado-livre/%00 HTTP/1.1",
    b"POST /webhook/mercado-livre/" + b"a" * 30_000 + b" HTTP/1.1",
    b"POST /webhook/mercado-livre/../chatwoot/x HTTP/1.1",
    b"POST //evil.test/webhook HTTP/1.1",
    b"POST http://evil.test/webhook/chatwoot/guess HTTP/1.1",
    b"POST http://[evil/webhook/chatwoot/guess HTTP/1.1",
    b"POST /webhook/chatwoot/ HTTP/1.1",
    b"POST /webhook/chatwoot/%F0%9F%9B%B5 HTTP/1.1",
    b"POST /_control/reset HTTP/1.1",
]


def test_another_way_in_is_refused(bridge: BridgeUnderTest) -> None:
    authorized = b"\r\nAuthorization: \xc3\xa9"
    for line, more in itertools.product(REQUEST_LINES, (b"", authorized)):
        request = line + b"\r\nHost: " + host_of(bridge) + b"\r\nContent-Length: 2" + more + b"\r\n\r\n{}"
        assert send(bridge, request)[0] == 403, line
    assert bridge.jobs_waiting() == 0
