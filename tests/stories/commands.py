"""Stories of agents' commands."""

from tests.killing import Drill
from tests.stories.telling import lose_webhooks, sweep


def tell_of_a_command(drill: Drill) -> None:
    bridge = drill.bridge
    bridge.ask()
    conversation = bridge.conversation()["id"]

    drill.live_through(lambda: bridge.chatwoot.reply(conversation, "/ajuda", private=True))
    bridge.turn(minutes=2)
    bridge.sweep()

    assert _answers(drill) == 1


def tell_of_a_command_that_no_webhook_brought(drill: Drill) -> None:
    bridge = drill.bridge
    bridge.bought_and_wrote()
    bridge.chatwoot.reply(bridge.conversation()["id"], "/ajuda", private=True)
    lose_webhooks(bridge)

    sweep(drill)

    assert _answers(drill) == 1


def tell_of_a_label(drill: Drill) -> None:
    """A label is fetched for an agent, and Chatwoot's answer to the note with it may be lost."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.bought_and_wrote()
    conversation = bridge.conversation()["id"]

    drill.live_through(lambda: bridge.chatwoot.reply(conversation, "/etiqueta", private=True))
    bridge.turn(minutes=2)
    bridge.sweep()

    labels = [note for note in bridge.messages(private=True) if bridge.chatwoot.files(note["id"])]
    assert [note["private"] for note in labels] == [True]
    assert meli.thread(sale).shipment.substatus == "printed"
    assert meli.messages_sent == []


def tell_of_a_label_that_nobody_asked_for(drill: Drill) -> None:
    """A parcel becomes printable, and its label comes by itself."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.set(ATTACH_LABELS="auto")
    sale = bridge.bought_and_wrote(has_invoice=False)

    drill.live_through(lambda: meli.issue_invoice(sale))
    bridge.turn(minutes=2)

    labels = [note for note in bridge.messages(private=True) if bridge.chatwoot.files(note["id"])]
    assert [note["private"] for note in labels] == [True]
    assert meli.messages_sent == []


def _answers(drill: Drill) -> int:
    return sum("/ajuda**" in note for note in drill.bridge.notes())
