"""Chatwoot's webhooks, whose signatures are not believed for a while."""

from tests.killing import Drill
from tests.stories.telling import assert_nothing_is_left, lose_webhooks, reply, sweep

ALWAYS = 1_000_000


def tell_of_a_new_secret(drill: Drill) -> None:
    """An inbox signs with a new secret, which Chatwoot does not show at first; all is shown as sent in the end."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    question = bridge.ask()
    conversation = bridge.conversation()["id"]
    bridge.sweep()
    bridge.as_administrator("POST", f"/inboxes/{bridge.questions_inbox}/reset_secret")
    chatwoot.add_fault("status", status=403, body="<html>", times=ALWAYS, method="GET", path="/inboxes/")
    message = drill.live_through(lambda: chatwoot.reply(conversation, "Temos."))
    bridge.turn(minutes=2)
    sweep(drill)
    assert meli.answers_published == [(question, "Temos.")]

    chatwoot.clear_faults()
    bridge.turn(minutes=2)
    drill.live_through(lambda: chatwoot.reply(conversation, "E azul."))
    bridge.wait_out(minutes=2)
    sweep(drill)
    bridge.turn(minutes=70)
    sweep(drill)

    assert bridge.message(message["id"])["status"] == "sent"
    assert meli.answers_published == [(question, "Temos.")]
    assert_nothing_is_left(bridge)


def answer_a_purchase(drill: Drill) -> tuple[int, int]:
    """A buyer writes, and an agent replies; the conversation, and the reply."""
    drill.bridge.bought_and_wrote()
    conversation = drill.bridge.conversation()["id"]
    message = reply(drill, conversation, "Amanhã.")["id"]
    if drill.bridge.message(message)["status"] == "failed":
        # Nobody answered Chatwoot, which then shows so, and no sweep sends what is shown as failed.
        drill.bridge.chatwoot.press_retry(message)
    drill.bridge.wait_out(minutes=2)
    return conversation, message


def tell_of_a_reply_that_is_painted_as_failed(drill: Drill) -> None:
    """A later webhook about a reply that was sent found nobody: the sweep shows what is true."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    conversation, message = answer_a_purchase(drill)
    fields = {"status": "failed", "external_error": "Net::ReadTimeout"}
    bridge.as_administrator("PATCH", f"/conversations/{conversation}/messages/{message}", fields)
    bridge.settle()
    sweep(drill)
    if drill.has_killed and bridge.message(message)["status"] == "failed":
        # It was written minutes before, and no sweep looks at it again; Retry shows what is true, and sends nothing.
        chatwoot.press_retry(message)
        bridge.settle()

    assert bridge.message(message)["status"] == "sent"
    assert len(chatwoot.messages(conversation)) == 3
    assert [sent.text for sent in meli.messages_sent] == ["Amanhã."]
    assert_nothing_is_left(bridge)


def tell_of_a_reply_that_is_deleted(drill: Drill) -> None:
    """It went out, and its agent learns so, once."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    _, message = answer_a_purchase(drill)
    drill.live_through(lambda: chatwoot.delete_message(message))
    bridge.wait_out(minutes=2)

    assert [sent.text for sent in meli.messages_sent] == ["Amanhã."]
    assert sum("já recebeu" in note for note in bridge.notes()) <= 1
    assert_nothing_is_left(bridge)


def tell_of_webhooks_that_do_not_arrive(drill: Drill) -> None:
    """Replies that nobody heard are found, and one that is heard tells that webhooks arrive again."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    bridge.bought_and_wrote()
    conversation = bridge.conversation()["id"]
    for number in range(3):
        chatwoot.reply(conversation, f"Resposta {number}")
        lose_webhooks(bridge)
        bridge.turn(minutes=16)
        sweep(drill)
    chatwoot.reply(conversation, "Mais uma")
    bridge.settle()
    bridge.turn(minutes=2)
    sweep(drill)
    bridge.wait_out(minutes=3)

    assert [sent.text for sent in meli.messages_sent] == [*(f"Resposta {number}" for number in range(3)), "Mais uma"]
    assert bridge.health().json()["problems"] == []
    assert_nothing_is_left(bridge)
