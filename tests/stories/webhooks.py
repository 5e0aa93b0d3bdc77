"""Chatwoot's webhooks, whose signatures are not believed for a while."""

from tests.killing import Drill
from tests.stories.telling import assert_nothing_is_left, sweep

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
