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


def _answers(drill: Drill) -> int:
    return sum("/ajuda**" in note for note in drill.bridge.notes())
