"""What changed and no notification told of: questions that closed, sales that were blocked, listings; found at a price
that does not grow with what a seller has.
"""

from collections import Counter

import pytest

from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def calls(meli: MercadoLivre) -> Counter[str]:
    # Its notifications stand in the journal too, under whole addresses.
    counted = Counter(call.path for call in meli.journal if call.path.startswith("/"))
    meli.journal.clear()
    return counted


# Questions


@pytest.fixture
def open_question(bridge: BridgeUnderTest, meli: MercadoLivre) -> int:
    """A question that a sweep has seen open, before Mercado Livre falls silent."""
    question = bridge.ask()
    bridge.sweep()
    bridge.turn(minutes=2)
    meli.notifications_enabled = False
    return question


def test_an_answer_on_mercado_livre_that_nobody_announced_is_brought_in(
    bridge: BridgeUnderTest, meli: MercadoLivre, open_question: int
) -> None:
    meli.answer_natively(open_question, "Temos, sim.")

    bridge.sweep()

    assert [str(message["content"]).split("\n")[0] for message in bridge.messages()][-1] == "Temos, sim."
    assert bridge.conversation()["status"] == "resolved"


def test_a_question_that_was_taken_away_is_shown_as_such(
    bridge: BridgeUnderTest, meli: MercadoLivre, open_question: int
) -> None:
    meli.delete_question(open_question)

    bridge.sweep()

    assert len(bridge.notes()) == 1
    assert bridge.conversation()["status"] == "resolved"


def test_an_answer_of_our_own_is_not_read_again(
    bridge: BridgeUnderTest, meli: MercadoLivre, open_question: int
) -> None:
    bridge.reply("Temos.")
    bridge.turn(minutes=2)
    calls(meli)

    bridge.sweep()
    bridge.turn(minutes=2)
    bridge.sweep()

    assert calls(meli)[f"/questions/{open_question}"] == 0


def test_many_open_questions_cost_a_sweep_one_call(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    for number in range(60):
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    bridge.settle()
    bridge.sweep()
    assert calls(meli)["/questions/search"] == 2

    bridge.turn(minutes=2)
    bridge.sweep()
    assert calls(meli)["/questions/search"] == 1

    meli.notifications_enabled = False
    oldest, newest = min(q.id for q in meli.questions()), meli.ask(bridge.buyer, bridge.item, "Mais uma?")
    meli.answer_natively(oldest, "Respondida.")
    bridge.turn(minutes=2)
    bridge.sweep()
    read = calls(meli)
    assert (read[f"/questions/{oldest}"], read[f"/questions/{newest}"]) == (1, 1)
    assert len(bridge.chatwoot.conversations()) == 61


def test_a_count_that_disagrees_with_its_list_costs_no_walk_each_sweep(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    for number in range(60):
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    bridge.settle()
    meli.questions_counted_unlisted = 2
    bridge.sweep()
    calls(meli)

    bridge.turn(minutes=2)
    bridge.sweep()
    assert calls(meli)["/questions/search"] == 1

    meli.notifications_enabled = False
    oldest = min(question.id for question in meli.questions())
    meli.answer_natively(oldest, "Respondida.")
    bridge.turn(minutes=2)
    bridge.sweep()
    assert calls(meli)[f"/questions/{oldest}"] == 1


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_question_that_closed_before_a_sweep_saw_it_is_found_within_the_hour(
    bridge: BridgeUnderTest, meli: MercadoLivre, is_announced: bool
) -> None:
    bridge.sweep()
    bridge.turn(minutes=30)
    meli.notifications_enabled = is_announced
    question = bridge.ask()
    meli.notifications_enabled = False
    meli.answer_natively(question, "Temos, sim.")

    bridge.turn(minutes=31)
    bridge.sweep()

    assert [str(message["content"]).split("\n")[0] for message in bridge.messages()][-1] == "Temos, sim."


def test_after_a_pause_the_same_number_of_unread_messages_is_looked_at(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    meli.notifications_enabled = False
    # The seller reads it on Mercado Livre's own pages.
    meli._mark_as_read(meli._find_sale(sale))
    meli.write(sale, "E então?")
    bridge.turn(minutes=61)

    bridge.sweep()

    assert [str(message["content"]).split("\n")[0] for message in bridge.messages()] == ["Quando chega?", "E então?"]


def test_a_message_that_was_read_on_mercado_livre_before_a_sweep_saw_it_is_found(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    meli.notifications_enabled = False
    bridge.turn(minutes=2)
    meli.write(sale, "E então?")
    # Whoever reads it on Mercado Livre's own pages takes the purchase out of the list.
    meli._mark_as_read(meli._find_sale(sale))

    bridge.sweep()

    assert [str(message["content"]).split("\n")[0] for message in bridge.messages()] == ["Quando chega?", "E então?"]
    calls(meli)
    bridge.turn(minutes=2)
    bridge.sweep()
    assert calls(meli)[f"/messages/packs/{sale}/sellers/{bridge.seller}"] == 0


def test_two_changes_that_hide_each_other_are_found_within_the_hour(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    questions = [meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?") for number in range(60)]
    meli.hold_question(questions[0])
    bridge.settle()
    bridge.sweep()
    meli.notifications_enabled = False
    # Both are beyond the first page, and the number of open ones stays the same.
    meli.release_question(questions[0])
    meli.answer_natively(questions[1], "Respondida.")
    bridge.turn(minutes=2)
    bridge.sweep()

    bridge.turn(minutes=60)
    calls(meli)
    bridge.sweep()

    read = calls(meli)
    assert (read[f"/questions/{questions[0]}"], read[f"/questions/{questions[1]}"]) == (1, 1)


# Sales


def told_blocks(bridge: BridgeUnderTest) -> int:
    return sum("Mediação" in note for note in bridge.notes())


def test_an_order_that_changes_tells_of_a_block(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    meli.block(sale, "blocked_by_mediation")
    assert told_blocks(bridge) == 0

    meli.set_order_status(meli.orders_of(sale)[0], "partially_refunded")
    bridge.settle()

    assert told_blocks(bridge) == 1


def test_each_order_and_the_shipment_of_a_pack_lead_to_its_conversation(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.buy(in_pack=True)
    meli.add_to_pack(sale, bridge.item)
    bridge.write(sale, "Quando chega?")
    meli.block(sale, "blocked_by_mediation")
    calls(meli)

    meli.carry(sale, "deliver")
    bridge.settle()

    assert told_blocks(bridge) == 1
    assert calls(meli).total() == 2
    meli.set_order_status(meli.orders_of(sale)[1], "partially_refunded")
    bridge.settle()
    assert calls(meli).total() == 2


def test_an_order_that_changes_leaves_what_was_written_long_ago_unread(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    """Only whether the buyer may be written to can have changed with it, which the first page tells."""
    sale = bridge.bought_and_wrote()
    for number in range(4):
        meli.write(sale, str(number))
    bridge.settle()
    meli.page_limit_max = 2
    calls(meli)

    meli.block(sale, "blocked_by_mediation")
    meli.set_order_status(meli.orders_of(sale)[0], "partially_refunded")
    bridge.settle()
    assert calls(meli).total() == 2
    assert "Mediação" in bridge.situation()

    meli.unblock(sale)
    meli.set_order_status(meli.orders_of(sale)[0], "paid")
    bridge.settle()
    assert calls(meli).total() == 2
    assert bridge.situation() == "Pode responder"
    assert len(bridge.notes()) == 3

    # What was written unannounced meanwhile comes with it all the same.
    meli.notifications_enabled = False
    meli.write(sale, "E então?")
    meli.notifications_enabled = True
    meli.set_order_status(meli.orders_of(sale)[0], "partially_refunded")
    bridge.settle()
    assert calls(meli).total() > 3
    assert bridge.messages()[-1]["content"] == "E então?"


def test_a_sale_about_which_nobody_wrote_is_not_read(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    calls(meli)

    meli.set_order_status(meli.orders_of(sale)[0], "partially_refunded")
    meli.set_shipment_status(sale, "shipped")
    bridge.settle()

    assert calls(meli).total() == 0


def test_an_order_whose_change_nobody_announced_is_found(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    meli.notifications_enabled = False
    bridge.turn(minutes=5)
    meli.block(sale, "blocked_by_mediation")
    meli.set_order_status(meli.orders_of(sale)[0], "partially_refunded")
    bridge.turn(minutes=6)

    bridge.sweep()

    assert told_blocks(bridge) == 1


def test_orders_are_looked_through_every_ten_minutes_whatever_their_number(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    for _ in range(60):
        meli.buy(bridge.buyer, bridge.item)
    bridge.settle()
    bridge.turn(minutes=11)
    bridge.sweep()
    assert calls(meli)["/orders/search"] == 2
    searches = []
    for _ in range(10):
        bridge.turn(minutes=2)
        bridge.sweep()
        searches.append(calls(meli)["/orders/search"])

    assert sum(searches) == 2


def test_after_a_pause_of_days_the_changes_are_looked_through_in_steps(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    first, second = bridge.bought_and_wrote(), bridge.bought_and_wrote()
    bridge.sweep()
    meli.notifications_enabled = False
    bridge.turn(hours=1)
    meli.block(first, "blocked_by_mediation")
    meli.set_order_status(meli.orders_of(first)[0], "partially_refunded")
    bridge.turn(hours=47)
    meli.block(second, "blocked_by_mediation")
    meli.set_order_status(meli.orders_of(second)[0], "partially_refunded")
    bridge.turn(hours=1)

    searches = []
    for _ in range(12):
        bridge.sweep()
        searches.append(calls(meli)["/orders/search"])
        bridge.turn(minutes=2)

    # The first meets a token that has expired.
    assert max(searches[1:]) == 1
    notes = [
        message["content"]
        for conversation in bridge.chatwoot.conversations()
        for message in bridge.chatwoot.messages(conversation["id"])
        if message["private"]
    ]
    assert sum("Mediação" in note for note in notes) == 2


def test_after_a_pause_in_which_much_was_sold_the_steps_are_shorter(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    meli.notifications_enabled = False
    for _ in range(30):
        bridge.clock.turn(minutes=10)
        pack = meli.buy(bridge.buyer, bridge.item, in_pack=True)
        for _ in range(19):
            meli.add_to_pack(pack, bridge.item)
    meli.block(sale, "blocked_by_mediation")
    meli.set_order_status(meli.orders_of(sale)[0], "partially_refunded")
    bridge.turn(minutes=1)

    searches = []
    for _ in range(4):
        bridge.sweep()
        searches.append(calls(meli)["/orders/search"])
        bridge.turn(minutes=2)

    # All in one step would take 13 pages.
    assert max(searches) < 10
    assert told_blocks(bridge) == 1


def test_many_changes_of_one_moment_are_looked_through_at_once(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    meli.notifications_enabled = False
    bridge.turn(minutes=50)
    for _ in range(600):
        meli.buy(bridge.buyer, bridge.item)
    meli.block(sale, "blocked_by_mediation")
    meli.set_order_status(meli.orders_of(sale)[0], "partially_refunded")
    bridge.turn(minutes=1)

    for _ in range(8):
        bridge.sweep()
        bridge.turn(minutes=2)

    assert told_blocks(bridge) == 1


@pytest.mark.parametrize("pause_minutes", [4 * 24 * 60, 6 * 60 + 50])
def test_a_purchase_written_about_and_read_during_a_pause_is_brought_in(
    bridge: BridgeUnderTest, meli: MercadoLivre, pause_minutes: int
) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    bridge.turn(minutes=pause_minutes - 30)
    sale = meli.buy(bridge.buyer, bridge.item)
    meli.write(sale, "Quando chega?")
    meli._mark_as_read(meli._find_sale(sale))
    bridge.turn(minutes=30)

    for _ in range(20):
        bridge.sweep()
        bridge.turn(minutes=2)

    assert [str(message["content"]).split("\n")[0] for message in bridge.messages()] == ["Quando chega?"]


def test_a_purchase_of_a_pause_that_cannot_be_read_waits_and_hides_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    bridge.turn(hours=2)
    sales = [meli.buy(bridge.buyer, bridge.item) for _ in range(2)]
    for sale in sales:
        meli.write(sale, "Quando chega?")
        meli._mark_as_read(meli._find_sale(sale))
    meli.add_fault("status", path=f"/messages/packs/{min(sales)}", times=1000)
    bridge.turn(hours=2)

    for _ in range(4):
        bridge.sweep()
        bridge.turn(minutes=2)

    assert len(bridge.chatwoot.conversations()) == 1
    assert bridge.jobs_waiting() == 0
    meli.clear_faults()
    bridge.sweep()
    assert len(bridge.chatwoot.conversations()) == 2


def test_a_purchase_of_a_pause_that_nobody_can_make_sense_of_hides_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    bridge.turn(hours=2)
    sales = [meli.buy(bridge.buyer, bridge.item) for _ in range(2)]
    for sale in sales:
        meli.write(sale, "Quando chega?")
        meli._mark_as_read(meli._find_sale(sale))
    odd = f"/messages/packs/{min(sales)}"
    meli.add_fault("status", path=odd, status=200, body='{"messages": [7]}', times=1000)
    bridge.turn(hours=2)

    for _ in range(4):
        bridge.sweep()
        bridge.turn(minutes=2)

    assert len(bridge.chatwoot.conversations()) == 1
    bridge.wait_out(minutes=4)
    # Somebody is told, and can put it back once it can be read.
    assert bridge.dead_letters() == 1


def test_what_was_sold_while_a_seller_was_not_connected_is_not_brought_in(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    current_bridge().sellers.disconnect(bridge.seller)
    bridge.turn(hours=2)
    sale = meli.buy(bridge.buyer, bridge.item)
    meli.write(sale, "Quando chega?")
    meli._mark_as_read(meli._find_sale(sale))
    bridge.turn(hours=2)
    bridge.connect(bridge.seller)

    for _ in range(8):
        bridge.turn(minutes=2)
        bridge.sweep()

    assert bridge.chatwoot.conversations() == []


def test_purchases_of_a_pause_about_which_nobody_wrote_cost_one_read_each(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    bridge.turn(hours=2)
    sales = [meli.buy(bridge.buyer, bridge.item) for _ in range(3)]
    bridge.turn(hours=2)
    calls(meli)

    for _ in range(4):
        bridge.sweep()
        bridge.turn(minutes=2)

    read = calls(meli)
    assert [read[f"/messages/packs/{sale}/sellers/{bridge.seller}"] for sale in sales] == [1, 1, 1]
    assert not any(path.startswith(("/orders/2", "/packs/")) for path in read)
    assert bridge.chatwoot.conversations() == []


def test_the_mark_stays_where_the_orders_could_not_be_read(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    meli.notifications_enabled = False
    meli.block(sale, "blocked_by_mediation")
    meli.set_order_status(meli.orders_of(sale)[0], "partially_refunded")
    bridge.turn(minutes=11)
    meli.add_fault("status", status=503, path="/orders/search", times=1)
    bridge.sweep()
    assert told_blocks(bridge) == 0

    bridge.turn(minutes=2)
    bridge.sweep()

    assert told_blocks(bridge) == 1


# Listings


def test_a_change_of_a_listing_that_was_missed_is_asked_for_by_country(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    meli.missed_listings_want_a_site = True
    bridge.ask()
    calls(meli)
    meli.drop_notifications(2)
    meli.set_item_status(bridge.item, "paused")
    meli.set_item_status(bridge.item, "active")

    bridge.sweep()
    bridge.sweep()

    outcomes = [record["outcome"] for record in bridge.history() if record["topic"] == "items"]
    assert [outcome.split(":")[0] for outcome in outcomes] == ["queued"] * 2
    assert calls(meli)[f"/items/{bridge.item}"] == 1


# Missed feeds


@pytest.mark.night
def test_a_long_list_of_what_was_missed_is_not_read_to_its_end_each_time(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    meli.drop_notifications(400)
    for number in range(400):
        meli.notify("payments", f"/collections/{90_000_000_001 + number}", bridge.seller)
    bridge.sweep()
    calls(meli)
    bridge.turn(minutes=2)
    question = meli.ask(bridge.buyer, bridge.item, "Última da lista?")
    meli.outbox.clear()
    meli.drop_notifications(1)
    meli.answer_natively(question, "Sim.")

    bridge.sweep()

    # Both ends and an empty page, and the same for the listings of one site.
    assert calls(meli)["/missed_feeds"] <= 5
    assert any(record["resource"] == f"/questions/{question}" for record in bridge.history())
