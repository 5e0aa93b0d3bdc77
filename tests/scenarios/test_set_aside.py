"""What was set aside is found again by the sweeps, when what kept it from being shown is over."""

from collections.abc import Iterable

from chalicelib.models import Thread
from chalicelib.wiring import bridge as current_bridge
from chalicelib.work.consumer import dead_letter_url
from chalicelib.work.jobs import SyncThread
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tools.replaying import DeadLetters
from tools.workers import queue_urls

NOT_TO_BE_READ = '{"messages": [7]}'


def wait_until_set_aside(bridge: BridgeUnderTest) -> None:
    """Five failures, twenty seconds apart."""
    for _ in range(6):
        bridge.turn(seconds=21)


def set_a_question_aside(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """A buyer asks, and what Mercado Livre shows of it is not to be read."""
    question = meli.ask(bridge.buyer, bridge.item, "Tem?")
    meli.add_fault("status", path=f"/questions/{question}", status=200, body=NOT_TO_BE_READ, times=10_000)
    bridge.settle()
    wait_until_set_aside(bridge)


def sweep_for_an_hour(bridge: BridgeUnderTest) -> None:
    for _ in range(6):
        bridge.turn(minutes=8)
        bridge.sweep()
        wait_until_set_aside(bridge)


def test_a_question_and_a_message_that_could_not_be_shown_come_in_when_they_can(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    question, sale = meli.ask(bridge.buyer, bridge.item, "Tem?"), meli.buy(bridge.buyer, bridge.item)
    meli.write(sale, "Quando chega?")
    paths = [f"/questions/{question}", f"/messages/packs/{sale}"]
    for path in paths:
        meli.add_fault("status", path=path, status=200, body=NOT_TO_BE_READ, times=10_000)
    bridge.turn(minutes=2)
    bridge.sweep()
    wait_until_set_aside(bridge)
    assert bridge.dead_letters() == 2

    meli.journal.clear()
    sweep_for_an_hour(bridge)

    # One dead letter a thread, however often it is tried; and that ever more rarely.
    assert bridge.dead_letters() == 2
    tries = [sum(call.path.startswith(path) for call in meli.journal) for path in paths]
    assert all(5 <= number <= 2 * 5 for number in tries)
    meli.clear_faults()
    bridge.turn(minutes=40)
    bridge.sweep()
    shown = [
        message["content"].split("\n")[0]
        for conversation in bridge.chatwoot.conversations()
        for message in bridge.chatwoot.messages(conversation["id"])
        if not message["private"]
    ]
    assert sorted(shown) == ["Quando chega?", "Tem?"]
    meli.journal.clear()
    bridge.turn(hours=7)
    bridge.sweep()
    bridge.sweep()
    assert sum(call.path == paths[0] for call in meli.journal) == 0


def test_what_was_announced_and_set_aside_is_found_too(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    meli.add_fault("status", path=f"/messages/packs/{sale}", status=200, body=NOT_TO_BE_READ, times=10_000)
    # The seller's own words are in no list of what is unread.
    meli.write_natively(sale, "Amanhã.")
    wait_until_set_aside(bridge)
    assert bridge.dead_letters() == 1
    meli.clear_faults()

    bridge.turn(minutes=11)
    bridge.sweep()

    assert [str(message["content"]).split("\n")[0] for message in bridge.messages()] == ["Quando chega?", "Amanhã."]


def test_what_an_operator_puts_back_and_fails_again_is_set_aside_again(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    set_a_question_aside(bridge, meli)
    letters = DeadLetters(current_bridge())
    letters.put_back([letter.message_id for letter in letters.look().letters])
    assert bridge.dead_letters() == 0

    wait_until_set_aside(bridge)

    assert bridge.dead_letters() == 1


def empty(bridge: BridgeUnderTest, urls: Iterable[str]) -> None:
    for url in urls:
        bridge.sqs.purge_queue(QueueUrl=url)


def test_what_a_sweep_queued_and_was_lost_comes_in_all_the_same(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "Tem?")
    meli.write(meli.buy(bridge.buyer, bridge.item), "Quando chega?")
    bridge.turn(minutes=2)
    bridge.chatwoot.add_fault("status", status=502, times=10_000)
    bridge.sweep()
    empty(bridge, queue_urls(bridge.queues).values())
    bridge.chatwoot.clear_faults()
    assert bridge.chatwoot.conversations() == []

    for _ in range(9):
        bridge.turn(minutes=8)
        bridge.sweep()

    assert len(bridge.chatwoot.conversations()) == 2


def test_what_was_given_up_shows_though_somebody_emptied_the_queue_of_dead_letters(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    set_a_question_aside(bridge, meli)
    empty(bridge, map(dead_letter_url, queue_urls(bridge.queues).values()))
    bridge.sweep()

    (problem,) = bridge.health().json()["problems"]
    assert problem["what"].startswith("1 questions or purchases could not be brought up to date")
    assert problem["seller"] == bridge.seller
    meli.clear_faults()
    bridge.turn(minutes=11)
    bridge.sweep()
    bridge.turn(minutes=2)
    bridge.sweep()
    assert bridge.health().json()["problems"] == []


def test_a_look_at_its_listing_brings_no_question_up_to_date(bridge: BridgeUnderTest) -> None:
    """Where many are open on a listing that changed, most wait their turn in the background, as sweeps' jobs do."""
    current, thread = current_bridge(), Thread(bridge.seller, "question", str(bridge.ask()))
    current.set_aside.expect(thread, now=int(bridge.clock.now.timestamp()))

    for changed, is_set_aside in ((f"item/{bridge.item}", True), ("", False)):
        job = SyncThread(thread, "hint", can_wait=True, changed=changed)
        current.background_queue.send(job.to_json())
        bridge.settle()
        assert current.set_aside.knows(thread) is is_set_aside


def test_a_parcel_that_was_set_aside_is_told_though_a_message_came_in_meanwhile(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    before = bridge.conversation()["custom_attributes"]["meli_shipment"]
    meli.add_fault("status", path="/shipments/", status=200, body="[7]", times=10_000)
    meli.hand_over(sale)
    bridge.settle()
    wait_until_set_aside(bridge)
    meli.notifications_enabled = False
    meli.write(sale, "E agora?")
    bridge.turn(minutes=2)
    bridge.sweep()
    assert bridge.messages()[-1]["content"] == "E agora?"

    meli.clear_faults()
    sweep_for_an_hour(bridge)

    assert bridge.conversation()["custom_attributes"]["meli_shipment"] != before
    assert current_bridge().set_aside.of(bridge.seller) == []


def test_a_listing_that_was_set_aside_is_told_of_when_it_can_be_read(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.ask("Tem?")
    bridge.sweep()
    meli.add_fault("status", path="/items/", status=200, body="[7]", times=10_000)
    meli.set_item_status(bridge.item, "closed")
    bridge.settle()
    wait_until_set_aside(bridge)
    assert bridge.notes() == []

    meli.clear_faults()
    sweep_for_an_hour(bridge)

    assert len(bridge.notes()) == 1
    assert current_bridge().set_aside.of(bridge.seller) == []


def test_a_letter_that_is_put_back_stands_for_all_that_was_given_up_of_its_thread(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    before = bridge.conversation()["custom_attributes"]["meli_shipment"]
    meli.add_fault("status", path=f"/messages/packs/{sale}", status=200, body=NOT_TO_BE_READ, times=10_000)
    meli.add_fault("status", path="/shipments/", status=200, body="[7]", times=10_000)
    meli.write(sale, "E agora?")
    bridge.settle()
    wait_until_set_aside(bridge)
    meli.hand_over(sale)
    bridge.settle()
    wait_until_set_aside(bridge)
    assert bridge.dead_letters() == 1

    meli.clear_faults()
    letters = DeadLetters(current_bridge())
    letters.put_back([letter.message_id for letter in letters.look().letters])
    bridge.settle()

    assert bridge.messages()[-1]["content"] == "E agora?"
    assert bridge.conversation()["custom_attributes"]["meli_shipment"] != before


def test_a_listing_that_was_set_aside_is_told_though_its_question_is_read_meanwhile(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask("Tem?")
    bridge.sweep()
    meli.add_fault("status", path="/items/", status=200, body="[7]", times=10_000)
    meli.set_item_status(bridge.item, "closed")
    bridge.settle()
    wait_until_set_aside(bridge)
    meli.clear_faults()

    job = SyncThread(Thread(bridge.seller, "question", str(question)), "found by a sweep", can_wait=True)
    current_bridge().background_queue.send(job.to_json())
    bridge.settle()
    sweep_for_an_hour(bridge)

    assert len(bridge.notes()) == 1
