"""Sellers for whom nothing happens: sweeps come to them every quarter of an hour, and at once where something does."""

import pytest

from chalicelib.models import Seller
from chalicelib.wiring import bridge as current_bridge
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tests.scenarios.test_many_sellers import Shop


@pytest.fixture
def resting(bridge: BridgeUnderTest) -> BridgeUnderTest:
    """One whose sellers have just been swept after an hour in which nothing happened."""
    bridge.set(SWEEP_AT_REST_MINUTES="15")
    bridge.sweep()
    let_an_hour_pass(bridge)
    return bridge


def let_an_hour_pass(bridge: BridgeUnderTest) -> None:
    for _ in range(2):
        bridge.turn(minutes=31)
        bridge.sweep()


def rounds(bridge: BridgeUnderTest, number: int) -> int:
    """Let the schedule come so often; how many sweeps of sellers that makes."""
    before = len(sweeps(bridge))
    for _ in range(number):
        bridge.turn(minutes=2)
        bridge.sweep()
    return len(sweeps(bridge)) - before


def sweeps(bridge: BridgeUnderTest) -> list[str]:
    return [call.path for call in bridge.meli.journal if call.path == "/messages/unread"]


def desk_scans(bridge: BridgeUnderTest) -> int:
    return sum(call.path.endswith("/conversations") for call in bridge.chatwoot.journal)


def test_a_seller_at_rest_is_swept_every_quarter_of_an_hour_and_their_desk_too(resting: BridgeUnderTest) -> None:
    before = desk_scans(resting)

    assert rounds(resting, 14) == 2
    # Of two inboxes.
    assert desk_scans(resting) - before == 2 * 2
    assert resting.health().json() == {"status": "ok", "problems": []}


def test_what_happens_for_a_seller_brings_sweeps_back_to_their_pace(resting: BridgeUnderTest) -> None:
    """A notification, a sale that nobody wrote about, and an agent's reply."""
    happenings = (
        lambda: resting.bought_and_wrote(),
        lambda: resting.reply("Amanhã."),
        lambda: resting.buy(),
    )
    for number, happen in enumerate(happenings):
        happen()
        assert rounds(resting, 3) == 3, number
        let_an_hour_pass(resting)
        assert rounds(resting, 7) == 1, number


def test_what_nobody_announced_is_found_within_a_quarter_of_an_hour_and_more_of_it_at_once(
    resting: BridgeUnderTest, meli: MercadoLivre
) -> None:
    meli.notifications_enabled = False
    meli.ask(resting.buyer, resting.item, "Tem na cor verde?")
    rounds(resting, 7)
    assert len(resting.chatwoot.conversations()) == 1

    meli.ask(resting.buyer, resting.item, "E na cor azul?")
    rounds(resting, 1)

    assert len(resting.chatwoot.conversations()) == 2


def test_what_a_sweep_could_not_read_while_all_rest_is_read_by_the_next_round(
    resting: BridgeUnderTest, meli: MercadoLivre
) -> None:
    """A service that is started anew loses an announcement, and fails the sweep that would find what it told."""
    resting.bought_and_wrote()
    for number, path in enumerate(("/conversations", "/messages")):
        # What was written is news for the first sweep, too.
        let_an_hour_pass(resting)
        let_an_hour_pass(resting)
        resting.chatwoot.reply(resting.conversation()["id"], f"Resposta {number}.")
        resting.chatwoot.outbox.clear()
        resting.chatwoot.add_fault("status", method="GET", path=path)
        rounds(resting, 7)
        assert len(meli.messages_sent) == number

        rounds(resting, 1)

        assert len(meli.messages_sent) == number + 1, path

    let_an_hour_pass(resting)
    let_an_hour_pass(resting)
    meli.notifications_enabled = False
    meli.ask(resting.buyer, resting.item, "E na cor azul?")
    meli.add_fault("status", path="/questions/search")
    rounds(resting, 7)
    assert len(resting.chatwoot.conversations()) == 1

    rounds(resting, 1)

    assert len(resting.chatwoot.conversations()) == 2


def test_an_inbox_that_is_gone_is_told_of_all_the_time_while_all_rest(resting: BridgeUnderTest) -> None:
    """What is not met again is forgotten after ten minutes."""
    resting.as_administrator("DELETE", f"/inboxes/{resting.settings['CHATWOOT_SALES_INBOX_ID']}")
    let_an_hour_pass(resting)

    for number in range(8):
        rounds(resting, 1)
        assert len(resting.health().json()["problems"]) == 1, number


def test_nobody_rests_while_notifications_of_a_topic_no_longer_arrive(
    resting: BridgeUnderTest, meli: MercadoLivre
) -> None:
    Shop(resting, "OUTRA")
    meli.notifications_enabled = False
    for number in range(4):
        meli.ask(resting.buyer, resting.item, f"Pergunta {number}?")
        rounds(resting, 1)
    for _ in range(3):
        resting.turn(minutes=20)
        resting.sweep()
    assert len(resting.health().json()["problems"]) == 1
    let_an_hour_pass(resting)

    assert rounds(resting, 3) == 2 * 3

    meli.notifications_enabled = True
    resting.ask("Mais uma?")
    let_an_hour_pass(resting)
    assert rounds(resting, 7) == 2


def test_a_seller_whose_grant_is_gone_rests_until_a_new_one_comes(resting: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.revoke_grant(resting.seller)
    resting.turn(hours=7)
    resting.sweep()
    resting.turn(minutes=2)
    resting.sweep()
    tried = seller_of(resting).tried_at
    rounds(resting, 7)
    assert seller_of(resting).tried_at - tried == 14 * 60

    resting.connect(resting.seller)
    resting.settle()

    assert rounds(resting, 3) == 3


def seller_of(bridge: BridgeUnderTest) -> Seller:
    seller = current_bridge().sellers.get(bridge.seller)
    assert seller
    return seller
