"""Lists that are longer than a Lambda has time for, and more than a minute has calls for: they are gone through in
several jobs, each of which goes on where the one before it was.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.audit.compare import Span
from chalicelib.mercado_livre.messages import MOST_UNREAD
from chalicelib.recovery.resumable import LONGEST_RUN
from chalicelib.wiring import bridge as current_bridge
from chalicelib.work.consumer import Record
from chalicelib.work.jobs import AuditSeller, SweepSeller
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest

# A job has time for two calls.
SLOW_SECONDS = 30
CALLS_OF_A_RUN = LONGEST_RUN.total_seconds() // SLOW_SECONDS + 1

PICTURE = ("foto.png", "image/png", b"\x89PNG\r\n\x1a\n")


@pytest.fixture
def slow(bridge: BridgeUnderTest, meli: MercadoLivre, monkeypatch: pytest.MonkeyPatch) -> Iterator[MercadoLivre]:
    """Mercado Livre answers its lists slowly, in turned time; who notifies of what happens is nobody."""
    monkeypatch.setattr(meli, "wait", lambda seconds: bridge.clock.turn(seconds=seconds))
    meli.notifications_enabled = False
    yield meli
    meli.clear_faults()


def slow_down(meli: MercadoLivre, path: str) -> None:
    meli.add_fault("slow", times=10_000, path=path, seconds=SLOW_SECONDS)


def calls(meli: MercadoLivre) -> Counter[str]:
    counted = Counter(call.path for call in meli.journal if call.path.startswith("/"))
    meli.journal.clear()
    return counted


def sweep_until_done(bridge: BridgeUnderTest, path: str, *, rounds: int) -> list[int]:
    """Sweep as the schedule does; how many calls each round made of a path."""
    made = []
    for _ in range(rounds):
        calls(bridge.meli)
        bridge.sweep()
        made.append(calls(bridge.meli)[path])
        bridge.turn(minutes=2)
    return made


def test_missed_feeds_are_gone_through_in_several_jobs(bridge: BridgeUnderTest, slow: MercadoLivre) -> None:
    slow.notifications_enabled = True
    slow.drop_notifications(200)
    missed = [slow.ask(bridge.buyer, bridge.item, f"Pergunta {number}?") for number in range(3)]
    for number in range(130):
        slow.notify("payments", f"/collections/{90_000_000_001 + number}", bridge.seller)
    missed += [slow.ask(bridge.buyer, bridge.item, f"Última {number}?") for number in range(3)]
    slow.outbox.clear()
    slow_down(slow, "/missed_feeds")

    made = sweep_until_done(bridge, "/missed_feeds", rounds=8)

    assert max(made) <= CALLS_OF_A_RUN
    queued = Counter(record["resource"] for record in bridge.history())
    assert all(queued[f"/questions/{question}"] == 1 for question in missed)
    assert len(queued) == 136
    # Later rounds look at the ends alone: the first page, the last, an empty one; and one of listings.
    slow.clear_faults()
    sweep_until_done(bridge, "/missed_feeds", rounds=1)
    assert sweep_until_done(bridge, "/missed_feeds", rounds=1) == [4]


def test_open_questions_are_gone_through_in_several_jobs(bridge: BridgeUnderTest, slow: MercadoLivre) -> None:
    questions = [slow.ask(bridge.buyer, bridge.item, f"Pergunta {number}?") for number in range(120)]
    slow_down(slow, "/questions/search")

    made = sweep_until_done(bridge, "/questions/search", rounds=4)

    assert max(made) <= CALLS_OF_A_RUN
    assert len(bridge.chatwoot.conversations()) == len(questions)
    # Those that were answered meanwhile are found wherever they stand.
    for question in (questions[3], questions[70], questions[119]):
        slow.answer_natively(question, "Sim.")
    made = sweep_until_done(bridge, "/questions/search", rounds=4)
    assert max(made) <= CALLS_OF_A_RUN
    assert sum("Sim." in message for message in words(bridge)) == 3
    assert made[-1] == 1


@pytest.mark.night
def test_a_long_walk_after_a_pause_has_nothing_else_done_twice(bridge: BridgeUnderTest, slow: MercadoLivre) -> None:
    slow.notifications_enabled = True
    sale = bridge.bought_and_wrote()
    # So long that the order is not listed once more as one that has just changed.
    bridge.turn(minutes=15)
    bridge.sweep()
    slow.notifications_enabled = False
    for number in range(120):
        slow.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    bridge.turn(hours=2)
    slow_down(slow, "/questions/search")
    calls(slow)

    for _ in range(4):
        bridge.sweep()
        bridge.turn(minutes=2)

    assert calls(slow)[f"/messages/packs/{sale}/sellers/{bridge.seller}"] == 1


def words(bridge: BridgeUnderTest) -> list[str]:
    """All that stands in any conversation, but for our notes."""
    return [
        message["content"]
        for conversation in bridge.chatwoot.conversations()
        for message in bridge.chatwoot.messages(conversation["id"])
        if not message["private"]
    ]


def test_what_changes_among_the_newest_is_found_without_reading_the_rest(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    for number in range(60):
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    bridge.settle()
    bridge.sweep()
    meli.notifications_enabled = False
    newest = max(question.id for question in meli.questions())
    meli.answer_natively(newest - 5, "Sim.")
    added = meli.ask(bridge.buyer, bridge.item, "Mais uma?")
    bridge.turn(minutes=2)
    calls(meli)

    bridge.sweep()

    read = calls(meli)
    assert (read["/questions/search"], read[f"/questions/{newest - 5}"], read[f"/questions/{added}"]) == (1, 1, 1)


def test_changed_orders_are_gone_through_in_several_jobs(bridge: BridgeUnderTest, slow: MercadoLivre) -> None:
    slow.notifications_enabled = True
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    slow.notifications_enabled = False
    bridge.turn(hours=1)
    slow.block(sale, "blocked_by_mediation")
    slow.set_order_status(slow.orders_of(sale)[0], "partially_refunded")
    for _ in range(170):
        slow.buy(bridge.buyer, bridge.item)
    slow_down(slow, "/orders/search")
    bridge.turn(minutes=11)

    made = sweep_until_done(bridge, "/orders/search", rounds=4)

    assert max(made) <= CALLS_OF_A_RUN
    assert 4 <= sum(made) <= 8
    assert sum("Mediação" in note for note in bridge.notes()) == 1


def test_the_time_of_a_sweep_runs_while_its_token_is_refreshed(bridge: BridgeUnderTest, slow: MercadoLivre) -> None:
    bridge.turn(hours=5, minutes=30)
    slow_down(slow, "")
    began = bridge.clock()
    calls(slow)

    current_bridge().sweep.sweep_seller(SweepSeller(bridge.seller, int(began.timestamp())))

    assert bridge.clock() - began <= LONGEST_RUN + timedelta(seconds=SLOW_SECONDS)
    assert calls(slow)["/oauth/token"] == 1


def test_an_order_that_leaves_the_list_between_two_pages_hides_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sales = [meli.buy(bridge.buyer, bridge.item) for _ in range(120)]
    since = int(bridge.clock().timestamp()) - 60
    bridge.clock.turn(minutes=1)
    until = int(bridge.clock().timestamp())
    bridge.clock.turn(minutes=1)
    changed = iter(sales[::-1][:6])
    monkeypatch.setattr(
        meli, "wait", lambda _: meli.set_order_status(meli.orders_of(next(changed))[0], "partially_refunded")
    )
    meli.add_fault("slow", times=2, path="/orders/search", seconds=1)

    pages = current_bridge().meli.find_changed_orders(bridge.seller, since=since, until=until)

    listed = {order.id for page in pages for order in page.orders}
    still_there = {str(order) for sale in sales[:-2] for order in meli.orders_of(sale)}
    assert still_there <= listed


def test_an_audit_gathers_in_several_jobs(
    bridge: BridgeUnderTest, slow: MercadoLivre, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it finds is what it would have found in one."""
    for number in range(110):
        slow.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    for _ in range(60):
        slow.buy(bridge.buyer, bridge.item)
    slow_down(slow, "/search")
    span = Span(int(bridge.clock().timestamp()) - 60, int(bridge.clock().timestamp()) + 60)
    bridge.clock.turn(minutes=6)
    bridge.sqs.send_message(
        QueueUrl=bridge.queues["BackgroundQueueUrl"], MessageBody=AuditSeller(bridge.seller, "", *span).to_json()
    )
    calls(slow)

    made = []
    for _ in range(40):
        bridge.turn(minutes=1)
        made.append(calls(slow))

    assert max(read["/questions/search"] + read["/orders/search"] for read in made) <= CALLS_OF_A_RUN
    audit = current_bridge().audits.last_of(bridge.seller)
    # The first look ends with what a job may mend; the second comes after forty minutes.
    assert audit is None
    for _ in range(30):
        bridge.turn(minutes=1)
    audit = current_bridge().audits.last_of(bridge.seller)
    assert audit
    assert (audit.tally["threads"], audit.found, audit.unread) == (170, "110 missing", "")


@pytest.mark.night
def test_more_unread_purchases_than_mercado_livre_lists_are_told(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """One that is not among those listed, and that nobody announces, is found by no sweep."""
    meli.notifications_enabled = False
    for _ in range(MOST_UNREAD):
        meli.write(meli.buy(bridge.buyer, bridge.item), "Oi")

    current_bridge().sweep.sweep_seller(SweepSeller(bridge.seller, int(bridge.clock().timestamp())))

    (problem,) = bridge.health().json()["problems"]
    assert problem["seller"] == bridge.seller
    assert "Mercado Livre lists no more" in problem["what"]
    assert "mark old ones as read" in problem["do"]


# What is left of a minute's reads, so that a few threads are more than it has reads for.
LEFT = 20
# Three are taken for each thread that is let through; a new purchase with a file may make six.
MOST_OF_A_THREAD = 2

LISTS = ("/questions/search", "/orders/search", "/messages/unread", "/missed_feeds")


@pytest.mark.night
def test_what_can_wait_makes_no_more_reads_a_minute_than_are_left(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """Whatever it finds after a pause: lists, new purchases with files, missed messages; call by call."""
    bridge.sweep()
    meli.drop_notifications(10_000)
    meli.notifications_enabled = False
    for number in range(25):
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    meli.notifications_enabled = True
    for number in range(12):
        meli.write(meli.buy(bridge.buyer, bridge.item), f"Mensagem {number}", attachments=[PICTURE])
    bridge.settle()
    meli.drop_notifications(0)
    bridge.turn(hours=2)

    busiest = {"lists": 0, "threads": 0}
    for minute in range(30):
        # Others take their part of the next minute before it begins.
        bridge.clock.turn(minutes=1)
        bridge.leave_reads(LEFT)
        bridge.clock.turn(minutes=-1)
        calls(meli)
        bridge.turn(minutes=1)
        if minute % 2 == 0:
            bridge.sweep()
        made = calls(meli)
        listed = sum(made[path] for path in LISTS)
        busiest["lists"] = max(busiest["lists"], listed)
        busiest["threads"] = max(busiest["threads"], made.total() - listed)

    assert busiest["lists"] <= LEFT
    assert LEFT / 2 < busiest["threads"] <= LEFT * MOST_OF_A_THREAD
    assert len(bridge.chatwoot.conversations()) == 25 + 12
    assert bridge.dead_letters() == 0


def test_what_was_missed_waits_where_live_traffic_does_not(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sales = [meli.buy(bridge.buyer, bridge.item) for _ in range(2)]
    bridge.settle()
    meli.drop_notifications(1)
    meli.write(sales[0], "Alguém viu?")
    bridge.settle()
    bridge.leave_reads(5)
    bridge.sweep()

    meli.write(sales[1], "E esta?")
    bridge.settle()

    assert words(bridge) == ["E esta?"]
    bridge.turn(seconds=61)
    bridge.turn(seconds=61)
    assert sorted(words(bridge)) == ["Alguém viu?", "E esta?"]
    assert bridge.dead_letters() == 0


def test_a_sweep_that_was_killed_is_told(
    bridge: BridgeUnderTest, meli: MercadoLivre, capsys: pytest.CaptureFixture[str]
) -> None:
    record: dict[str, Any] = {
        "messageId": "1d3f7a1c-0000-4000-8000-000000000001",
        "receiptHandle": "gone",
        "body": SweepSeller(bridge.seller, int(bridge.clock().timestamp())).to_json(),
        "attributes": {
            "ApproximateReceiveCount": "2",
            "SentTimestamp": str(round(bridge.clock().timestamp() * 1000)),
            "ApproximateFirstReceiveTimestamp": str(round(bridge.clock().timestamp() * 1000)),
        },
    }
    capsys.readouterr()

    parts = current_bridge()
    parts.consumer.run(Record.read(record, parts.background_queue.url))

    assert '"SweepFailed":[1.0]' in capsys.readouterr().out
