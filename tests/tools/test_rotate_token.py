"""`rotate-token`: whoever learnt an address loses it, and no webhook is lost by that."""

import json
from typing import Any

import pytest
from typer.testing import Result

from chalicelib.settings import SETTINGS
from tests.harness import CHATWOOT_TOKEN, MELI_TOKEN
from tests.tools.conftest import Deployed
from tools.deploy import make_environment
from tools.provision import read_settings


def rotate(deployed: Deployed, *arguments: str) -> dict[str, Any]:
    result: Result = deployed.run("rotate-token", *arguments, "--json")
    assert result.exit_code == 0, result.output
    # The door, in this very process, logs that somebody knocks.
    said: dict[str, Any] = json.loads(result.stdout[result.stdout.index("{\n") :])
    return said


def token_of(said: dict[str, Any]) -> str:
    return str(said["address"]).rpartition("/")[2]


def notify(deployed: Deployed, token: str) -> int:
    return deployed.bridge.notify(token=token).status_code


def deploy(deployed: Deployed) -> None:
    """The functions find in their environment what `make deploy` puts there."""
    bridge = deployed.bridge
    endpoint = {"AWS_ENDPOINT_URL_SQS": bridge.settings["AWS_ENDPOINT_URL_SQS"]}
    bridge.settings = make_environment(bridge.queues, read_settings(deployed.session, deployed.name)) | endpoint
    bridge.restart()


@pytest.mark.parametrize("when", ["deployed at the end", "deployed at once", "not deployed"])
def test_the_old_address_of_notifications_counts_until_the_new_one_was_seen(deployed: Deployed, when: str) -> None:
    clock = deployed.bridge.clock
    # The commands go by the clock on the wall.
    clock.turn(hours=-3)

    new = token_of(rotate(deployed))
    if when == "deployed at once":
        deploy(deployed)

    assert new != MELI_TOKEN
    assert [notify(deployed, MELI_TOKEN), notify(deployed, "wrong"), notify(deployed, MELI_TOKEN)] == [200, 403, 200]
    assert rotate(deployed)["state"] == "waiting"
    clock.turn(hours=1)
    assert [notify(deployed, MELI_TOKEN), notify(deployed, new), notify(deployed, MELI_TOKEN)] == [200, 200, 200]
    # What was on its way when it was seen still comes in.
    clock.turn(minutes=59)
    assert [notify(deployed, MELI_TOKEN), notify(deployed, new)] == [200, 200]
    clock.turn(minutes=2)
    assert [notify(deployed, MELI_TOKEN), notify(deployed, new)] == [403, 200]
    said = rotate(deployed)
    assert (said["state"], token_of(said)) == ("over", new)
    if when == "deployed at the end":
        deploy(deployed)
    assert [notify(deployed, MELI_TOKEN), notify(deployed, new)] == [403, 200]
    assert not [name for name in read_settings(deployed.session, deployed.name) if name.endswith("_BEFORE")]
    # And once more. The door reads no settings twice within ten seconds, and a stranger has just knocked.
    clock.turn(seconds=11)
    again = token_of(rotate(deployed))
    assert [notify(deployed, MELI_TOKEN), notify(deployed, new), notify(deployed, again)] == [403, 200, 200]


def test_chatwoots_inboxes_call_the_new_address_and_nothing_on_its_way_is_lost(deployed: Deployed) -> None:
    bridge, chatwoot = deployed.bridge, deployed.chatwoot
    question = bridge.ask()
    conversation = bridge.conversation()["id"]
    # It is queued in Chatwoot, with the address of now.
    chatwoot.reply(conversation, "Temos.")

    said = rotate(deployed, "chatwoot")

    assert {inbox["webhook_url"] for inbox in chatwoot.inboxes()} == {said["address"]}
    bridge.settle()
    assert deployed.meli.answers_published == [(question, "Temos.")]
    sale = bridge.bought_and_wrote()
    (of_sale,) = [one for one in chatwoot.conversations() if one["id"] != conversation]
    message = chatwoot.reply(of_sale["id"], "Amanhã.")
    bridge.settle()
    assert bridge.message(message["id"])["status"] == "sent", sale
    assert [sent.text for sent in deployed.meli.messages_sent] == ["Amanhã."]
    assert rotate(deployed, "chatwoot")["state"] == "seen"
    assert bridge.post(f"/webhook/chatwoot/{CHATWOOT_TOKEN}", {}).status_code == 400
    bridge.clock.turn(minutes=61)
    assert bridge.post(f"/webhook/chatwoot/{CHATWOOT_TOKEN}", {}).status_code == 403


def test_a_further_desk_has_its_own_token_and_keeps_all_else(deployed: Deployed) -> None:
    settings = read_settings(deployed.session, deployed.name)
    desk = {name: settings[name] for name, row in SETTINGS.items() if row.is_of_desk and name in settings}
    deployed.set(CHATWOOT_DESK_LOJA2=json.dumps({**desk, "CHATWOOT_WEBHOOK_TOKEN": "of-loja2"}))
    assert deployed.bridge.post("/webhook/chatwoot/of-loja2", {}).status_code == 400
    deployed.bridge.clock.turn(hours=-4)

    new = token_of(rotate(deployed, "chatwoot", "--desk", "loja2"))

    statuses = [deployed.bridge.post(f"/webhook/chatwoot/{token}", {}).status_code for token in ("of-loja2", new)]
    assert statuses == [400, 400]
    assert deployed.bridge.post(f"/webhook/chatwoot/{CHATWOOT_TOKEN}", {}).status_code == 400
    deployed.bridge.clock.turn(minutes=61)
    # Nobody but the command itself and this test has come by it yet: that is not Chatwoot.
    assert deployed.bridge.post("/webhook/chatwoot/of-loja2", {}).status_code == 400
    deployed.bridge.ask()
    deployed.bridge.clock.turn(minutes=61)
    assert deployed.bridge.post("/webhook/chatwoot/of-loja2", {}).status_code == 403
    assert rotate(deployed, "chatwoot", "--desk", "loja2")["state"] == "over"
    stored = json.loads(read_settings(deployed.session, deployed.name)["CHATWOOT_DESK_LOJA2"])
    assert stored == {**desk, "CHATWOOT_WEBHOOK_TOKEN": new}


def test_where_the_door_does_not_take_it_yet_chatwoot_goes_on_calling_the_old_one(deployed: Deployed) -> None:
    before = [inbox["webhook_url"] for inbox in deployed.chatwoot.inboxes()]
    deployed.set(PUBLIC_URL="http://127.0.0.1:9")

    result = deployed.run("rotate-token", "chatwoot")

    assert result.exit_code == 2
    assert "goes on calling it" in result.stderr
    assert [inbox["webhook_url"] for inbox in deployed.chatwoot.inboxes()] == before
    deployed.set(PUBLIC_URL=deployed.url)
    assert rotate(deployed, "chatwoot")["state"] == "waiting"
    assert [inbox["webhook_url"] for inbox in deployed.chatwoot.inboxes()] != before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mercado-livre", "--desk", "loja2"], "no desk loja2"),
        (["chatwoot", "--desk", "nowhere"], "no desk nowhere"),
        (["whatsapp"], "mercado-livre"),
    ],
)
def test_what_cannot_be_replaced_is_said(deployed: Deployed, arguments: list[str], words: str) -> None:
    result = deployed.run("rotate-token", *arguments)

    assert result.exit_code == 2
    assert words in result.output


def test_strangers_tokens_make_the_settings_be_read_now_and_then_alone(deployed: Deployed) -> None:
    events, reads = deployed.bridge._parameters.client.meta.events, set()

    def note(**_: Any) -> None:
        reads.add(deployed.bridge.clock.now)

    events.register("before-call.ssm", note)
    for number in range(40):
        assert notify(deployed, f"guess-{number}") == 403
        assert deployed.bridge.post(f"/webhook/chatwoot/guess-{number}", {}).status_code == 403
        deployed.bridge.clock.turn(seconds=1)
    events.unregister("before-call.ssm", note)

    assert len(reads) <= 4
