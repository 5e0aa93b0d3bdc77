"""Throws bytes at the front door that no client would send, and looks whether they did harm."""

import hashlib
import hmac
import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit

from hypothesis import HealthCheck, settings

from tests.drilling import examples
from tests.harness import CHATWOOT_TOKEN, MELI_TOKEN, BridgeUnderTest

# DRILL=1 takes minutes.
EXAMPLES = examples(15, 1000)
fuzzing = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])

STATUSES = {200, 400, 401, 403, 413}
MELI_PATH, CHATWOOT_PATH = f"/webhook/mercado-livre/{MELI_TOKEN}", f"/webhook/chatwoot/{CHATWOOT_TOKEN}"
Answer = tuple[int, dict[str, Any]]


def send(bridge: BridgeUnderTest, request: bytes) -> Answer:
    """What these very bytes are answered with, and that it is an answer as a webhook gets it."""
    where = urlsplit(bridge.url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        with http.client.HTTPResponse(connection) as response:
            response.begin()
            body = json.loads(response.read())
    assert response.status in STATUSES, (response.status, body)
    assert body == {"status": "ok"} if response.status == 200 else (body.get("error") or body.get("message"))
    return response.status, body


def host_of(bridge: BridgeUnderTest) -> bytes:
    return urlsplit(bridge.url).netloc.encode()


def post(bridge: BridgeUnderTest, path: str, body: bytes, headers: dict[bytes, bytes] | None = None) -> Answer:
    """The answer to a POST of these bytes; a header replaces the usual one of its name, an empty one leaves it out."""
    usual = {b"Host": host_of(bridge), b"Content-Length": b"%d" % len(body), b"Content-Type": b"application/json"}
    lines = [name + b": " + value for name, value in (usual | (headers or {})).items() if value]
    return send(bridge, b"\r\n".join([b"POST " + path.encode() + b" HTTP/1.1", *lines, b"", body]))


def signed(bridge: BridgeUnderTest, body: bytes, *, timestamp: str = "", inbox: int = 0) -> dict[bytes, bytes]:
    secret = json.loads(bridge.settings["CHATWOOT_WEBHOOK_SECRETS"])[str(inbox or bridge.questions_inbox)]
    timestamp = timestamp or str(int(bridge.clock.now.timestamp()))
    signature = hmac.digest(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hex()
    return {b"X-Chatwoot-Timestamp": timestamp.encode(), b"X-Chatwoot-Signature": f"sha256={signature}".encode()}


def assert_unharmed(bridge: BridgeUnderTest) -> None:
    """Nothing came of it on either side, nothing is left of it, and a question and its answer still get through."""
    # What is told again and again waits for its turn.
    for _ in range(5):
        bridge.turn(minutes=2)
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    assert [call for call in bridge.meli.journal if (call.direction, call.method) == ("in", "POST")] == []
    assert bridge.chatwoot.conversations() == bridge.chatwoot.contacts() == []
    question = bridge.ask()
    assert bridge.reply("Temos.")["status"] == "sent"
    assert bridge.meli.answers_published == [(question, "Temos.")]


def a_notification(bridge: BridgeUnderTest, **fields: Any) -> dict[str, Any]:
    now = bridge.clock.now.isoformat()
    return {
        "_id": "5da8a1b24be30a49eb66c52a",
        "resource": "/questions/13000000001",
        "user_id": bridge.seller,
        "topic": "questions",
        "application_id": bridge.meli.app_id,
        "attempts": 1,
        "sent": now,
        "received": now,
        "actions": ["created"],
    } | fields


def an_event(bridge: BridgeUnderTest, **fields: Any) -> dict[str, Any]:
    return {
        "event": "message_created",
        "id": 90_001,
        "content": "Temos.",
        "message_type": "outgoing",
        "private": False,
        "source_id": None,
        "sender": {"id": 5, "type": "user"},
        "inbox": {"id": bridge.questions_inbox},
        "conversation": {"id": 77, "contact_inbox": {"source_id": f"{bridge.seller}/question/13000000001"}},
        "content_attributes": {},
        "content_type": "text",
        "attachments": [{"data_url": "http://127.0.0.1:9/a.jpg", "file_size": 3}],
        "created_at": bridge.clock.now.isoformat(),
    } | fields
