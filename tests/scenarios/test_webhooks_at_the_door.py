"""What the two webhooks answer, and what they let in."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import CHATWOOT_TOKEN, BridgeUnderTest

NOT_NOW = {"error": "it cannot be taken now; send it again later"}

# Mercado Livre


def test_a_notification_is_acknowledged_once_it_is_queued(bridge: BridgeUnderTest) -> None:
    response = bridge.notify()

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert bridge.jobs_waiting() == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b'"questions"', "not a JSON object"),
        (b"null", "not a JSON object"),
        ({"resource": None}, "resource is missing"),
        ({"resource": ""}, "resource is missing"),
        ({"resource": ["/questions/1"]}, "resource must be text"),
        ({"resource": "/q" * 600}, "resource is longer"),
        ({"resource": "/questions/\ud800"}, "resource has characters"),
        ({"topic": None}, "topic is missing"),
        ({"topic": {}}, "topic must be text"),
        ({"user_id": None}, "user_id is missing"),
        ({"user_id": "abc"}, "user_id must be a whole number"),
        ({"user_id": -1}, "user_id must be a whole number"),
        ({"user_id": True}, "user_id must be a whole number"),
        ({"user_id": 1.5}, "user_id must be a whole number"),
        ({"user_id": 10**30}, "user_id must be a whole number"),
        ({"application_id": "x"}, "application_id must be a whole number"),
    ],
)
def test_a_malformed_notification_is_told_what_is_wrong(bridge: BridgeUnderTest, body: Any, words: str) -> None:
    response = bridge.notify(body) if isinstance(body, bytes) else bridge.notify(**body)

    assert response.status_code == 400
    assert words in response.json()["error"]
    assert bridge.jobs_waiting() == 0


def test_a_wrong_path_token_is_refused(bridge: BridgeUnderTest) -> None:
    assert bridge.notify(token="guess").status_code == 403
    assert bridge.jobs_waiting() == 0


def test_a_body_over_256_kilobytes_is_refused(bridge: BridgeUnderTest) -> None:
    assert bridge.notify(padding="x" * 256 * 1024).status_code == 413
    assert bridge.notify(padding="x" * 200 * 1024).status_code == 200


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "text/plain", "application/x-strange"])
def test_the_content_type_does_not_matter(bridge: BridgeUnderTest, content_type: str) -> None:
    assert bridge.notify(headers={"content-type": content_type}).status_code == 200


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"topic": "brand_new_topic", "resource": "/brand/new"}, "unknown topic"),
        ({"topic": "payments", "resource": "/collections/90000000001"}, "no work for this topic"),
        ({"topic": "orders_v2", "resource": "/orders/2000011000000001"}, "nothing written about this sale"),
        ({"topic": "order", "resource": "/orders/2000011000000001"}, "nothing written about this sale"),
        ({"topic": "orders_v2", "resource": "/orders/../users/me"}, "unusable resource"),
        ({"topic": "shipments", "resource": "/shipments/44000000001"}, "nothing written about this sale"),
        ({"topic": "shipments", "resource": "/shipments/"}, "unusable resource"),
        ({"application_id": 42}, "another application"),
        ({"user_id": 999}, "unknown seller"),
        ({"resource": "/questions/../../users/me"}, "unusable resource"),
        ({"topic": "items", "resource": "/items/MLB9000000001"}, "listing forgotten"),
        ({"topic": "item", "resource": "MLB9000000001"}, "listing forgotten"),
        ({"topic": "items", "resource": "/items/"}, "unusable resource"),
    ],
)
def test_what_is_fine_and_asks_for_no_work_is_recorded_and_fetches_nothing(
    bridge: BridgeUnderTest, meli: MercadoLivre, fields: dict[str, Any], outcome: str
) -> None:
    meli.journal.clear()

    assert bridge.notify(**fields).status_code == 200
    bridge.settle()

    (record,) = bridge.history()
    assert record["outcome"] == outcome
    assert not meli.journal
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_an_old_notification_is_taken_in_and_marked(bridge: BridgeUnderTest) -> None:
    old = "2026-11-22T11:00:00Z"

    assert bridge.notify(sent=old, received=old).status_code == 200
    bridge.settle()

    (record,) = bridge.history()
    assert record["is_stale"] is True
    assert record["age_seconds"] == 3600


def test_an_old_notification_is_refused_when_so_set(bridge: BridgeUnderTest) -> None:
    bridge.set(STALE_NOTIFICATIONS="refuse")
    old = "2026-11-22T11:00:00Z"

    assert bridge.notify(sent=old, received=old).status_code == 401
    assert bridge.notify(sent=old, received=old, headers={"X-MELI-RECEIVED-AT": "2026-11-22T11:59:00Z"}).ok
    assert bridge.notify(sent=None, received=None).ok


def test_a_missing_setting_is_named_with_its_cure_in_the_log_alone(
    bridge: BridgeUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    bridge.set(MERCADO_LIVRE_WEBHOOK_TOKEN="")

    response = bridge.notify()

    assert (response.status_code, response.json()) == (500, NOT_NOW)
    (line,) = [one for one in caplog.records if one.getMessage() == "webhook refused"]
    assert "MERCADO_LIVRE_WEBHOOK_TOKEN is not set. make deploy STAGE=" in line.__dict__["reason"]


def test_what_nobody_foresaw_is_told_to_nobody_at_the_door(
    bridge: BridgeUnderTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    bridge.restart()

    response = bridge.notify()

    assert (response.status_code, response.json()) == (500, NOT_NOW)
    assert caplog.records[-1].getMessage() == "webhook not taken"


def test_an_answer_repeats_no_words_of_aws(bridge: BridgeUnderTest, caplog: pytest.LogCaptureFixture) -> None:
    bridge.set(NOTIFICATIONS_QUEUE_URL="https://sqs.us-east-1.amazonaws.com/123456789012/nowhere")

    response = bridge.notify()

    assert (response.status_code, response.json()) == (500, NOT_NOW)
    assert "QueueDoesNotExist" in [one.__dict__.get("reason", "") for one in caplog.records][-1]


# Chatwoot


def event(bridge: BridgeUnderTest, **fields: Any) -> bytes:
    conversation = {"id": 1, "contact_inbox": {"source_id": f"{bridge.seller}/question/13000000001"}}
    body = {
        "event": "message_created",
        "id": 90_001,
        "content": "Temos.",
        "message_type": "outgoing",
        "private": False,
        "sender": {"id": 5, "type": "user"},
        "inbox": {"id": bridge.questions_inbox},
        "conversation": conversation,
        "content_attributes": {},
        "created_at": bridge.clock.now.isoformat(),
    } | fields
    return json.dumps(body).encode()


def signed(bridge: BridgeUnderTest, body: bytes, *, secret: str = "", age_seconds: int = 0) -> dict[str, str]:
    secret = secret or json.loads(bridge.settings["CHATWOOT_WEBHOOK_SECRETS"])[str(bridge.questions_inbox)]
    timestamp = str(int(bridge.clock.now.timestamp()) - age_seconds)
    signature = hmac.digest(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hex()
    return {"X-Chatwoot-Timestamp": timestamp, "X-Chatwoot-Signature": f"sha256={signature}"}


def post_event(bridge: BridgeUnderTest, body: bytes, headers: dict[str, str] | None = None) -> int:
    path = bridge.chatwoot_webhook_url.removeprefix(bridge.url)
    return bridge.post(path, body, headers).status_code


def test_a_signed_reply_is_queued(bridge: BridgeUnderTest) -> None:
    body = event(bridge)

    assert post_event(bridge, body, signed(bridge, body)) == 200
    assert bridge.jobs_waiting() == 1


@pytest.mark.parametrize("wrong", ["missing", "old", "of another secret", "of other bytes", "no number"])
def test_a_signature_that_cannot_be_believed_is_refused(bridge: BridgeUnderTest, wrong: str) -> None:
    body = event(bridge)
    headers = {
        "missing": {},
        "old": signed(bridge, body, age_seconds=301),
        "of another secret": signed(bridge, body, secret="guess"),
        "of other bytes": signed(bridge, body + b" "),
        "no number": signed(bridge, body) | {"X-Chatwoot-Timestamp": "yesterday"},
    }[wrong]

    assert post_event(bridge, body, headers) == 401
    assert bridge.jobs_waiting() == 0


def test_nothing_is_verified_before_a_secret_is_known(bridge: BridgeUnderTest) -> None:
    bridge.set(CHATWOOT_WEBHOOK_SECRETS="{}")

    assert post_event(bridge, event(bridge)) == 200
    assert bridge.jobs_waiting() == 1


def test_an_event_of_another_inbox_is_dropped_whatever_its_signature(bridge: BridgeUnderTest) -> None:
    assert post_event(bridge, event(bridge, inbox={"id": 999})) == 200
    assert bridge.jobs_waiting() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"event": "conversation_typing_on"},
        {"event": "a_new_event"},
        {"message_type": "incoming"},
        {"message_type": "template"},
        {"private": True},
        {"private": None},
        {"sender": None, "content_attributes": {"automation_rule_id": 5}},
        {"sender": {"type": "agent_bot"}},
        {"source_id": "meli:answer/1"},
        {"event": "message_updated", "content_attributes": {"external_error": "x"}},
        {"event": "message_updated", "created_at": "2026-11-20T12:00:00Z"},
    ],
)
def test_an_event_that_is_no_reply_is_dropped(bridge: BridgeUnderTest, fields: dict[str, Any]) -> None:
    body = event(bridge, **fields)

    assert post_event(bridge, body, signed(bridge, body)) == 200
    assert bridge.jobs_waiting() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"event": 7}'])
def test_a_malformed_event_is_refused(bridge: BridgeUnderTest, body: bytes) -> None:
    assert post_event(bridge, body) == 400


def test_a_reply_without_its_ids_is_refused_by_name(bridge: BridgeUnderTest) -> None:
    body = event(bridge, id=None)

    assert post_event(bridge, body, signed(bridge, body)) == 400


def test_a_wrong_path_token_is_refused_for_chatwoot_too(bridge: BridgeUnderTest) -> None:
    assert bridge.post("/webhook/chatwoot/guess", event(bridge)).status_code == 403


def test_the_queue_away_fails_the_agents_message(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    working = bridge.settings["THREADS_QUEUE_URL"]
    bridge.set(THREADS_QUEUE_URL="https://sqs.us-east-1.amazonaws.com/123456789012/nowhere.fifo")
    message = bridge.reply("Temos.")
    assert message["status"] == "failed"
    bridge.set(THREADS_QUEUE_URL=working)

    chatwoot.press_retry(message["id"])
    bridge.settle()

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_reply_is_queued_before_it_is_noted_by_which_address_it_came(bridge: BridgeUnderTest) -> None:
    """While a token is replaced; the tables may take longer than a webhook has, and Chatwoot tells only once."""
    bridge.bought_and_wrote()
    bridge.set(CHATWOOT_WEBHOOK_TOKEN=CHATWOOT_TOKEN, CHATWOOT_WEBHOOK_TOKEN_BEFORE="the-one-of-before")
    events, waiting = current_bridge().dynamodb.meta.events, list[int]()

    def hook(**_: object) -> None:
        waiting.append(bridge.jobs_waiting())

    events.register("before-call.dynamodb.PutItem", hook)
    bridge.chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    bridge.chatwoot.deliver_webhooks()
    events.unregister("before-call.dynamodb.PutItem", hook)

    assert waiting == [1]
