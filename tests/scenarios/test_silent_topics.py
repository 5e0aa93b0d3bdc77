"""Notifications of a topic no longer arrive: the sweeps notice, say so, and lose nothing meanwhile."""

import pytest

from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def problems(bridge: BridgeUnderTest) -> list[str]:
    return [problem["what"] for problem in bridge.health().json()["problems"]]


def ask_and_sweep(bridge: BridgeUnderTest, times: int) -> None:
    for number in range(times):
        bridge.turn(minutes=1)
        bridge.ask(f"Pergunta {number}?")
        bridge.turn(minutes=1)
        bridge.sweep()


def wait_half_an_hour(bridge: BridgeUnderTest) -> None:
    for _ in range(3):
        bridge.turn(minutes=10)
        bridge.sweep()


def test_questions_that_nobody_announces_are_noticed(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.sweep()
    meli.notifications_enabled = False

    ask_and_sweep(bridge, 4)
    assert problems(bridge) == []
    wait_half_an_hour(bridge)

    assert len(bridge.chatwoot.conversations()) == 4
    assert problems(bridge) == ["notifications of questions no longer arrive"]
    assert "DevCenter" in bridge.health().json()["problems"][0]["do"]


def test_messages_that_nobody_announces_are_noticed(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sales = [bridge.buy() for _ in range(4)]
    bridge.sweep()
    meli.notifications_enabled = False

    for sale in sales:
        bridge.turn(minutes=1)
        bridge.write(sale, "Quando chega?")
        bridge.turn(minutes=1)
        bridge.sweep()
    wait_half_an_hour(bridge)

    assert len(bridge.chatwoot.conversations()) == 4
    assert problems(bridge) == ["notifications of messages no longer arrive"]


def test_an_address_that_mercado_livre_does_not_reach_is_noticed(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """The missed feeds then bring all that it could not deliver, and tell nothing of the address."""
    bridge.sweep()
    meli.drop_notifications(1000)

    ask_and_sweep(bridge, 4)
    wait_half_an_hour(bridge)

    assert len(bridge.chatwoot.conversations()) == 4
    assert problems(bridge) == ["notifications of questions no longer arrive"]
    assert "does not reach the notifications URL" in bridge.health().json()["problems"][0]["do"]


def test_an_outage_of_ours_is_no_silence(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.sweep()
    meli.drop_notifications(5)
    for number in range(5):
        bridge.ask(f"Pergunta {number}?")
    bridge.turn(hours=2)

    bridge.sweep()
    wait_half_an_hour(bridge)

    assert len(bridge.chatwoot.conversations()) == 5
    assert problems(bridge) == []


def test_a_topic_that_is_announced_again_is_well(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    ask_and_sweep(bridge, 4)
    wait_half_an_hour(bridge)
    meli.notifications_enabled = True

    ask_and_sweep(bridge, 1)

    assert problems(bridge) == []


@pytest.mark.parametrize("questions", [1, 8])
def test_what_was_there_before_the_seller_connected_was_never_announced(
    bridge: BridgeUnderTest, meli: MercadoLivre, questions: int
) -> None:
    meli.notifications_enabled = False
    second = meli.add_seller("SEGUNDA")
    item = meli.add_item(second, "Prato", 19.9)
    for number in range(questions):
        meli.ask(bridge.buyer, item, f"Pergunta {number}?")
    bridge.turn(minutes=5)
    bridge.connect(second)
    bridge.settle()

    for _ in range(3):
        bridge.turn(minutes=2)
        bridge.sweep()

    assert len(bridge.chatwoot.conversations()) == questions
    assert problems(bridge) == []


def test_an_outage_of_chatwoot_is_no_silence(bridge: BridgeUnderTest) -> None:
    """What was announced and waits is found by the sweep too, since its conversation is not there yet."""
    bridge.sweep()
    bridge.turn(minutes=1)
    bridge.chatwoot.add_fault("drop", times=10_000)
    for number in range(5):
        bridge.ask(f"Pergunta {number}?")

    for _ in range(5):
        bridge.turn(minutes=2)
        bridge.sweep()

    assert problems(bridge) == ["Chatwoot does not answer"]


def test_announcements_that_wait_are_no_silence(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sales = [bridge.buy() for _ in range(4)]
    bridge.sweep()
    bridge.turn(minutes=1)
    # What is announced cannot be resolved for some minutes.
    meli.messages_not_found = 40
    for sale in sales:
        bridge.write(sale, "Quando chega?")
    for _ in range(4):
        bridge.turn(minutes=2)
        bridge.sweep()
    meli.messages_not_found = 0

    wait_half_an_hour(bridge)

    assert problems(bridge) == []
    assert len(bridge.chatwoot.conversations()) == 4


def test_announcements_that_wait_for_long_are_no_silence(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """Mercado Livre lists what is unread, and for an hour cannot show the messages that it announced."""
    sales = [bridge.buy() for _ in range(4)]
    bridge.sweep()
    bridge.turn(minutes=1)
    for sale in sales:
        message = meli.write(sale, "Quando chega?")
        meli.add_fault("status", path=f"/messages/{message}", times=100_000)
    bridge.settle()

    for _ in range(5):
        bridge.turn(minutes=10)
        bridge.sweep()

    assert bridge.jobs_waiting() == 4
    assert len(bridge.chatwoot.conversations()) == 4
    assert problems(bridge) == []


def test_what_waited_for_a_grant_is_no_silence(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sales = [bridge.buy() for _ in range(4)]
    bridge.sweep()
    bridge.turn(minutes=1)
    meli.revoke_grant(bridge.seller)
    for sale in sales:
        bridge.write(sale, "Quando chega?")
    bridge.turn(minutes=40)

    bridge.connect(bridge.seller)
    wait_half_an_hour(bridge)

    assert len(bridge.chatwoot.conversations()) == 4
    assert problems(bridge) == []
