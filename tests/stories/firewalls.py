"""Firewalls before both services: some look at words, and some come and go."""

from typing import Any

from tests.killing import Drill
from tests.stories.telling import assert_nothing_is_left, reply

ALWAYS = 1_000_000
WORDS = "union select"
PAGE: dict[str, Any] = {"status": 403, "body": "<html>Request blocked.</html>", "content_type": "text/html"}


def tell_of_words_that_a_firewall_refuses(drill: Drill) -> None:
    """A question and a message stand there as a line, and what comes after them is there."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    chatwoot.add_fault("status", contains=WORDS, times=ALWAYS, **PAGE)
    meli.ask(bridge.buyer, bridge.item, f"Tem {WORDS}?")
    sale = bridge.bought_and_wrote()
    meli.write(sale, f"Com {WORDS}?")
    meli.write(sale, "Alô?")
    drill.live_through(lambda: bridge.wait_out(minutes=9, step_seconds=60))
    bridge.wait_out(minutes=40, step_seconds=120)

    shown = sorted(
        message["content"].split()[0]
        for conversation in chatwoot.conversations()
        for message in chatwoot.messages(conversation["id"])
        if not message["private"]
    )
    assert shown == ["Alô?", "Quando", "[O", "[O"]
    assert_nothing_is_left(bridge)


def tell_of_a_reply_whose_words_a_firewall_refuses(drill: Drill) -> None:
    """A reply and an answer end as failed, and a later reply goes out."""
    bridge, meli = drill.bridge, drill.bridge.meli
    question = bridge.ask()
    asked = bridge.conversation()["id"]
    bridge.bought_and_wrote()
    sold = max(one["id"] for one in bridge.chatwoot.conversations())
    meli.add_fault("status", contains=WORDS, times=ALWAYS, **PAGE)
    picture = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff " + WORDS.encode())
    refused = [
        reply(drill, asked, f"Com {WORDS}"),
        reply(drill, sold, f"Sem {WORDS}"),
        reply(drill, sold, "Veja", attachments=[picture]),
    ]
    later = reply(drill, sold, "Amanhã.")
    drill.live_through(lambda: bridge.wait_out(minutes=9, step_seconds=60))
    bridge.wait_out(minutes=60, step_seconds=120)

    assert {bridge.message(one["id"])["status"] for one in refused} == {"failed"}
    assert bridge.message(later["id"])["status"] == "sent"
    assert [sent.text for sent in meli.messages_sent] == ["Amanhã."]
    assert meli.answers_published == []
    meli.clear_faults()
    bridge.chatwoot.reply(asked, "Temos.")
    bridge.settle()
    assert meli.answers_published == [(question, "Temos.")]


def tell_of_firewalls_that_come_and_go(drill: Drill) -> None:
    """Each lets some calls pass and keeps back others, or what came of them."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    question = bridge.ask()
    asked = bridge.conversation()["id"]
    sale = bridge.bought_and_wrote()
    sold = max(one["id"] for one in chatwoot.conversations())
    for service, path in ((meli, "/messages"), (chatwoot, "")):
        for number in range(6):
            service.add_fault("status", times=2, skip=5 * number, **PAGE)
            service.add_fault("commit_then_status", skip=7 * number, path=path, **PAGE)
    meli.write(sale, "Alô?")
    replies = [reply(drill, asked, "Temos."), reply(drill, sold, "Amanhã.")]
    drill.live_through(lambda: bridge.wait_out(minutes=4))
    for service in (meli, chatwoot):
        service.clear_faults()
    bridge.wait_out(minutes=25, step_seconds=60)
    bridge.sweep()

    words = [message["content"].split("\n")[0] for message in chatwoot.messages(sold) if not message["private"]]
    assert sorted(words) == ["Alô?", "Amanhã.", "Quando chega?"]
    assert [sent.text for sent in meli.messages_sent] == ["Amanhã."]
    assert meli.answers_published == [(question, "Temos.")]
    assert {bridge.message(one["id"])["status"] for one in replies} == {"sent"}
    assert_nothing_is_left(bridge)
