"""Chatwoot's webhook did not reach us, and never comes again: the sweep finds what agents wrote."""

import pytest

from tests.harness import BridgeUnderTest
from tools.simulators.chatwoot import Chatwoot
from tools.simulators.mercado_livre import MercadoLivre


def lose_webhooks(chatwoot: Chatwoot) -> None:
    """Chatwoot calls, and nobody answers: the address is gone."""
    chatwoot.outbox.clear()


def test_a_reply_that_never_reached_us_is_found_and_sent_once(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    bridge.sweep()
    message = chatwoot.reply(bridge.conversation()["id"], "Temos.")
    lose_webhooks(chatwoot)

    for _ in range(5):
        bridge.sweep()
        bridge.turn(minutes=2)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"


def test_replies_are_found_in_their_order_with_their_files(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    bridge.sweep()
    picture = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")
    for number in range(45):
        chatwoot.reply(bridge.conversation()["id"], f"Número {number}", attachments=[picture] if number == 1 else [])
        bridge.clock.turn(seconds=1)
    lose_webhooks(chatwoot)

    bridge.sweep()

    assert [message.text for message in meli.messages_sent] == [f"Número {number}" for number in range(45)]
    assert [name for name, _, _ in meli.messages_sent[1].files] == ["foto.jpg"]


def test_what_an_agent_wrote_during_days_without_us_is_sent(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    bridge.sweep()
    bridge.clock.turn(days=1)
    chatwoot.reply(bridge.conversation()["id"], "Temos.")
    lose_webhooks(chatwoot)
    bridge.clock.turn(days=2)
    meli.grant_access(bridge.seller)
    bridge.connect(bridge.seller)

    bridge.sweep()

    assert meli.answers_published == [(question, "Temos.")]


@pytest.mark.parametrize("details", [{"private": True}])
def test_what_is_not_meant_for_the_buyer_is_not_found(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, details: dict[str, object]
) -> None:
    bridge.ask()
    bridge.sweep()
    chatwoot.reply(bridge.conversation()["id"], "Só para nós.", **details)
    lose_webhooks(chatwoot)

    bridge.sweep()

    assert meli.answers_published == []


def test_what_was_written_before_the_first_sweep_is_left_alone(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """A stage made anew beside an old Chatwoot does not know what was sent before it."""
    bridge.ask()
    chatwoot.reply(bridge.conversation()["id"], "De antes.")
    lose_webhooks(chatwoot)
    bridge.turn(minutes=10)

    bridge.sweep()
    bridge.turn(minutes=2)
    bridge.sweep()

    assert meli.answers_published == []


def test_a_sweep_that_is_cut_short_looks_again(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    question = bridge.ask()
    bridge.sweep()
    chatwoot.reply(bridge.conversation()["id"], "Temos.")
    lose_webhooks(chatwoot)
    chatwoot.add_fault("status", status=503, path="/messages", method="GET", times=20)
    bridge.sweep()
    bridge.turn(minutes=10)
    chatwoot.clear_faults()

    bridge.sweep()

    assert meli.answers_published == [(question, "Temos.")]


def test_a_reply_that_was_heard_and_found_goes_out_once(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    bridge.sweep()
    meli.add_fault("status", status=503, path="/messages", times=6)
    bridge.reply("Amanhã.")
    for _ in range(4):
        bridge.sweep()
        bridge.turn(minutes=4)

    assert [message.text for message in meli.messages_sent] == ["Amanhã."]


def test_a_press_of_retry_that_never_reached_us_is_found(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    meli.set_item_status(bridge.item, "paused")
    message = bridge.reply("Temos.")
    assert message["status"] == "failed"
    meli.set_item_status(bridge.item, "active")
    bridge.settle()
    bridge.sweep()
    assert meli.answers_published == []

    chatwoot.press_retry(message["id"])
    lose_webhooks(chatwoot)
    bridge.sweep()
    bridge.sweep()

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_failure_is_looked_at_for_a_day_only(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    bridge.ask()
    bridge.reply("Temos.")
    assert bridge.reply("E mais.")["status"] == "failed"
    bridge.turn(hours=26)
    bridge.sweep()
    chatwoot.journal.clear()

    bridge.sweep()

    assert not [call for call in chatwoot.journal if call.path.endswith("/messages")]


def test_a_quiet_desk_costs_two_calls_a_sweep(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    for number in range(30):
        bridge.ask(f"Pergunta {number}?")
    bridge.turn(hours=1)
    bridge.sweep()
    chatwoot.journal.clear()

    bridge.turn(minutes=2)
    bridge.sweep()

    assert len([call for call in chatwoot.journal if call.direction == "in"]) == 2
