"""Webhooks that are refused show in /health by why, and strangers' tries do not."""

import json
import os
import subprocess
import sys

import pytest

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import CHATWOOT_TOKEN, BridgeUnderTest

SECRET = "/api/v1/accounts/1/inboxes/"


def change_secret(bridge: BridgeUnderTest) -> None:
    for inbox in (bridge.questions_inbox, bridge.sales_inbox):
        bridge.as_administrator("POST", f"/inboxes/{inbox}/reset_secret")
    bridge.chatwoot.journal.clear()


def calls(chatwoot: Chatwoot, method: str, path: str) -> int:
    return sum(call.direction == "in" and call.method == method and path in call.path for call in chatwoot.journal)


def forge(bridge: BridgeUnderTest, *, number: int) -> int:
    body = json.dumps({"event": "message_created", "id": number, "inbox": {"id": bridge.questions_inbox}}).encode()
    headers = {"X-Chatwoot-Timestamp": str(int(bridge.clock.now.timestamp())), "X-Chatwoot-Signature": "sha256=0"}
    return bridge.post(f"/webhook/chatwoot/{CHATWOOT_TOKEN}", body, headers).status_code


def pass_time(bridge: BridgeUnderTest, minutes: int, step: int = 4) -> None:
    for _ in range(minutes // step):
        bridge.turn(minutes=step)
        bridge.sweep()


def test_an_inbox_that_got_a_new_secret_is_believed_at_once(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    change_secret(bridge)

    assert bridge.reply("Temos.")["status"] == "sent"
    sale = bridge.buy()
    bridge.write(sale, "Quando chega?")
    bridge.write(sale, "Alô?")

    assert meli.answers_published == [(question, "Temos.")]
    assert calls(chatwoot, "GET", SECRET) == 2
    assert {one["status"] for one in chatwoot.messages(max(one["id"] for one in chatwoot.conversations()))} == {"sent"}
    assert bridge.health().json()["problems"] == []
    # Another function, which remembers nothing.
    bridge.restart()
    bridge.write(sale, "E agora?")
    assert calls(chatwoot, "GET", SECRET) == 2


def test_forged_webhooks_make_a_call_a_minute_at_most(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    chatwoot.journal.clear()
    for number in range(1, 40):
        assert forge(bridge, number=number) == 401
        bridge.restart()
        bridge.clock.turn(seconds=3)

    assert calls(chatwoot, "GET", SECRET) == 2
    assert bridge.jobs_waiting() == 0


@pytest.mark.parametrize("answer", [{"status": 200, "body": '{"id":1}'}, {"status": 403, "body": "<html>"}])
def test_while_the_new_secret_cannot_be_had_no_status_is_written_and_all_is_shown_as_sent_afterwards(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, answer: dict[str, object]
) -> None:
    question = bridge.ask()
    bridge.sweep()
    change_secret(bridge)
    chatwoot.add_fault("status", times=10_000, method="GET", path=SECRET, **answer)

    message = bridge.reply("Temos.")
    pass_time(bridge, 40)

    assert meli.answers_published == [(question, "Temos.")]
    assert calls(chatwoot, "PATCH", "/messages/") == 0
    problems = bridge.health().json()["problems"]
    (problem,) = [one for one in problems if "webhooks are refused" in one["what"]]
    assert "secret" in problem["what"]
    assert f"python -m tools setup --stage {bridge.name}" in problem["do"]
    chatwoot.clear_faults()
    bridge.ask("E azul?")
    pass_time(bridge, 12)
    assert bridge.message(message["id"])["status"] == "sent"
    pass_time(bridge, 20)
    assert bridge.message(message["id"])["status"] == "sent"
    assert calls(chatwoot, "PATCH", "/messages/") == 1
    assert bridge.health().json()["problems"] == []


@pytest.mark.parametrize("kind", ["questions", "sales"])
def test_an_inbox_of_which_nothing_is_heard_shows_until_something_is(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, kind: str
) -> None:
    """Chatwoot says to nobody that the webhook of an inbox was taken off."""
    bridge.sweep()
    inbox_id = getattr(bridge, f"{kind}_inbox")
    address = chatwoot.state.inboxes[inbox_id].webhook_url
    chatwoot.state.inboxes[inbox_id].webhook_url = ""
    for number in range(4):
        if kind == "questions":
            bridge.ask(f"Pergunta {number}?")
        else:
            bridge.bought_and_wrote()
        chatwoot.reply(max(one["id"] for one in chatwoot.conversations()), f"Resposta {number}")
        pass_time(bridge, 12)

    assert len(meli.answers_published) + len(meli.messages_sent) == 4
    (problem,) = bridge.health().json()["problems"]
    assert f"nothing is heard of the {kind} inbox" in problem["what"]
    assert "tools setup" in problem["do"]
    chatwoot.state.inboxes[inbox_id].webhook_url = address
    if kind == "questions":
        bridge.ask("Mais uma?")
    chatwoot.reply(max(one["id"] for one in chatwoot.conversations()), "Mais uma resposta")
    bridge.settle()
    pass_time(bridge, 12)
    assert bridge.health().json()["problems"] == []


def test_a_webhook_that_cannot_be_read_shows_only_where_several_come(bridge: BridgeUnderTest) -> None:
    assert bridge.notify(topic=None).status_code == 400
    bridge.clock.turn(minutes=2)
    assert bridge.health().json()["problems"] == []

    for _ in range(3):
        bridge.notify(topic=None)
        bridge.clock.turn(seconds=40)

    (unreadable,) = bridge.health().json()["problems"]
    assert "topic is missing" in unreadable["what"]


def test_each_other_reason_has_its_name(bridge: BridgeUnderTest) -> None:
    bridge.set(STALE_NOTIFICATIONS="refuse")
    assert bridge.notify(sent="2026-11-22T11:00:00Z", received=None).status_code == 401

    (old,) = bridge.health().json()["problems"]

    assert "older than ten minutes" in old["what"]
    assert "STALE_NOTIFICATIONS" in old["do"]


def test_a_stranger_who_guesses_the_address_rings_no_alarm(bridge: BridgeUnderTest) -> None:
    assert bridge.notify(token="guess").status_code == 403
    assert bridge.post("/webhook/chatwoot/guess", {}).status_code == 403

    assert bridge.health().json() == {"status": "ok", "problems": []}


REFUSE_ONE = """
import sys
import app
from chalicelib.errors import Malformed, Untrusted
app.refuse(Malformed("?"), is_knock=False)
app.refuse(Untrusted("?", status=401, kind="signature"), is_knock=False)
sys.exit("chalicelib.wiring" in sys.modules)
"""


@pytest.mark.apart
def test_a_refused_webhook_imports_nothing_of_the_workers() -> None:
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1"}
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}

    subprocess.run([sys.executable, "-c", REFUSE_ONE], env={**os.environ, **nowhere, **keys}, check=True, timeout=60)


def test_what_comes_from_elsewhere_than_mercado_livre_is_refused_where_that_is_asked_for(
    bridge: BridgeUnderTest,
) -> None:
    """And is found by a sweep, since Mercado Livre may send from new addresses."""
    bridge.sweep()
    bridge.set(NOTIFICATION_SOURCES="published")
    bridge.turn(minutes=2)

    assert bridge.notify().status_code == 403
    bridge.meli.ask(bridge.buyer, bridge.item, "Tem azul?")
    bridge.settle()
    assert bridge.chatwoot.conversations() == []
    (refused,) = bridge.health().json()["problems"]
    assert "no address that Mercado Livre has published" in refused["what"]
    assert "NOTIFICATION_SOURCES" in refused["do"]
    bridge.sweep()
    assert bridge.messages()[0]["content"].startswith("Tem azul?")
