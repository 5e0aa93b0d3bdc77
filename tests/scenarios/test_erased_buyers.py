"""A buyer was erased: nothing of what was before comes back, and what comes afterwards is brought in."""

from datetime import timedelta

import pytest
import requests

from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.abusing import signed
from tests.harness import BridgeUnderTest
from tools.erasing import erase, find_buyer


def forget_buyer(bridge: BridgeUnderTest, chatwoot: Chatwoot, *, also_in_chatwoot: bool = True) -> None:
    bridge.turn(seconds=5)
    erase(current_bridge(), find_buyer(current_bridge(), bridge.seller, bridge.buyer))
    if also_in_chatwoot:
        for conversation in chatwoot.conversations():
            bridge.as_administrator("DELETE", f"/conversations/{conversation['id']}")
    bridge.turn(seconds=5)


def hear_of(bridge: BridgeUnderTest, kind: str) -> None:
    """The buyer asks, or buys and writes."""
    if kind == "question":
        bridge.ask()
    else:
        bridge.bought_and_wrote()


def test_an_erased_question_does_not_come_back(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    question = bridge.ask()
    forget_buyer(bridge, chatwoot)

    bridge.notify(resource=f"/questions/{question}", _id="later")
    meli.answer_natively(question, "Temos!")
    bridge.settle()
    bridge.turn(hours=2)
    bridge.sweep()

    assert chatwoot.conversations() == []
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_what_was_written_about_an_erased_purchase_does_not_come_back(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    message = bridge.write(sale, "Quando chega?")
    forget_buyer(bridge, chatwoot)

    bridge.notify(topic="messages", resource=message, _id="later")
    bridge.settle()
    bridge.sweep()

    assert chatwoot.conversations() == []


def test_what_the_buyer_writes_afterwards_comes_alone(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    sale = bridge.bought_and_wrote("Quando chega?")
    bridge.reply("Amanhã.")
    forget_buyer(bridge, chatwoot)

    bridge.write(sale, "Ainda não chegou.")

    assert [message["content"] for message in bridge.messages()] == ["Ainda não chegou."]
    reply = bridge.reply("Chega hoje.")
    assert reply["status"] == "sent"
    assert [message["content"] for message in bridge.messages()] == ["Ainda não chegou.", "Chega hoje."]


def test_a_new_question_of_an_erased_buyer_is_brought_in(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.ask("Tem verde?")
    forget_buyer(bridge, chatwoot)

    bridge.ask("Tem azul?")

    assert bridge.messages()[0]["content"].startswith("Tem azul?")


@pytest.mark.parametrize("kind", ["question", "purchase"])
def test_a_webhook_that_comes_once_more_sends_nothing_twice(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, kind: str
) -> None:
    """Chatwoot repeats and signs it anew, or somebody else within five minutes; meanwhile the reply was erased."""
    hear_of(bridge, kind)
    chatwoot.reply(bridge.conversation()["id"], "Temos.")
    webhooks = list(chatwoot.outbox)
    bridge.settle()
    forget_buyer(bridge, chatwoot, also_in_chatwoot=False)
    # Repeated, as the command may be that was cut short.
    forget_buyer(bridge, chatwoot, also_in_chatwoot=False)

    # By then the queue no longer knows what it was sent.
    bridge.turn(minutes=5, seconds=1)
    for webhook in webhooks:
        signature = signed(bridge, webhook.body, inbox=bridge.conversation()["inbox_id"])
        requests.post(webhook.url, data=webhook.body, headers=signature, timeout=10)
    bridge.settle()
    # Chatwoot's clock may be ahead.
    bridge.turn(seconds=1)
    for message in chatwoot.messages(bridge.conversation()["id"]):
        chatwoot.state.messages[message["id"]].created_at += timedelta(minutes=2)
    for _ in range(3):
        bridge.sweep()
        bridge.turn(minutes=2)
    chatwoot.reply(bridge.conversation()["id"], "Ainda temos.")
    bridge.settle()

    texts = [text for _, text in meli.answers_published] + [message.text for message in meli.messages_sent]
    assert texts == (["Temos."] if kind == "question" else ["Temos.", "Ainda temos."])
    assert len([note for note in bridge.notes() if "foram apagados" in note]) == 1


@pytest.mark.parametrize("kind", ["question", "purchase"])
def test_a_reply_of_before_is_not_sent_twice(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, kind: str
) -> None:
    """Any update of a message looks like a Retry, and what became of it was erased."""
    hear_of(bridge, kind)
    message = bridge.reply("Temos.")
    sent = len(meli.answers_published), len(meli.messages_sent)
    forget_buyer(bridge, chatwoot, also_in_chatwoot=False)

    path = f"/conversations/{bridge.conversation()['id']}/messages/{message['id']}"
    bridge.as_administrator("PATCH", path, {"status": "failed", "external_error": "x"})
    chatwoot.press_retry(message["id"])
    bridge.settle()

    assert (len(meli.answers_published), len(meli.messages_sent)) == sent
    assert "foram apagados" in bridge.notes()[-1]
