"""Live traffic comes first: where calls are scarce, it is the sweeps that wait."""

import app
from chalicelib.bridge import bridge as current_bridge
from chalicelib.recovery import SELLERS_A_MINUTE
from chalicelib.stores.budget import MOST_REFUSALS_A_MINUTE, SHARES
from tests.harness import BridgeUnderTest
from tools.local.schedule import fire
from tools.simulators.mercado_livre import MercadoLivre


def sweeps(meli: MercadoLivre) -> int:
    return sum(call.path == "/messages/unread" for call in meli.journal)


def test_while_mercado_livre_says_too_many_the_sweeps_wait_and_replies_do_not(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask()
    meli.add_fault("status", status=429, body="local_rate_limited", path="/questions")
    bridge.ask("Outra?")
    meli.journal.clear()
    bridge.sweep()
    assert sweeps(meli) == 0
    assert bridge.health().json()["problems"][0]["what"] == "Mercado Livre answers that there are too many calls"

    bridge.chatwoot.reply(bridge.chatwoot.conversations()[0]["id"], "Temos.")
    bridge.settle()
    assert meli.answers_published == [(question, "Temos.")]

    bridge.turn(minutes=2)
    bridge.sweep()
    assert sweeps(meli) == 1
    assert len(bridge.chatwoot.conversations()) == 2
    assert bridge.health().json() == {"status": "ok", "problems": []}


def test_a_sweep_that_is_told_too_many_breaks_off_and_comes_again(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.sweep()
    before = swept_at(bridge)
    bridge.turn(minutes=2)
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "Esta ninguém anunciou?")
    meli.add_fault("status", status=429, body="local_rate_limited", path="/questions/search", times=1)
    meli.journal.clear()

    bridge.sweep()

    assert sweeps(meli) == 0
    assert swept_at(bridge) == before
    bridge.turn(minutes=2)
    bridge.sweep()
    assert sweeps(meli) == 1
    assert swept_at(bridge) > before
    assert len(bridge.chatwoot.conversations()) == 1


def test_a_short_pause_does_not_end_a_long_one(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    budget = current_bridge().budget
    for _ in range(MOST_REFUSALS_A_MINUTE):
        budget.note_refusal()

    meli.add_fault("status", status=429, body="local_rate_limited", path="/questions", times=1)
    bridge.ask()
    bridge.turn(minutes=5)

    assert budget.paused_because == "too many refused calls"
    bridge.turn(minutes=11)
    assert budget.paused_because == ""


def swept_at(bridge: BridgeUnderTest) -> int:
    table = bridge.session.resource("dynamodb").Table(f"ponte-{bridge.name}-sellers")
    return max(int(seller["swept_at"]) for seller in table.scan()["Items"])


def test_sellers_are_swept_in_turns_within_the_budget(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    for number in range(24):
        bridge.connect(meli.add_seller(f"LOJA {number}"))
    bridge.settle()
    bridge.turn(minutes=2)

    rounds = []
    for _ in range(3):
        # Others have taken what there is, but for this.
        current_bridge().budget.take_reads(SHARES["sweep"] - 40)
        meli.journal.clear()
        bridge.sweep()
        rounds.append(sweeps(meli))
        # They are everybody's, and read in each round.
        assert any(call.path == "/missed_feeds" for call in meli.journal)
        bridge.turn(minutes=2)

    assert 9 <= min(rounds) <= max(rounds) <= 40 // 3
    table = bridge.session.resource("dynamodb").Table(f"ponte-{bridge.name}-sellers")
    swept = [int(seller["swept_at"]) for seller in table.scan()["Items"]]
    assert len(swept) == 25
    assert bridge.clock.now.timestamp() - min(swept) <= 6 * 60


def test_what_a_sweep_finds_waits_and_what_is_announced_does_not(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.sweep()
    while current_bridge().budget.take_reads(1, "history"):
        pass
    meli.notifications_enabled = False
    missed = bridge.ask("Esta ninguém anunciou?")
    bridge.sweep()
    meli.notifications_enabled = True

    bridge.ask("E esta?")

    assert len(bridge.chatwoot.conversations()) == 1
    assert sum(call.path == f"/questions/{missed}" for call in meli.journal) == 0
    bridge.turn(seconds=61)
    assert len(bridge.chatwoot.conversations()) == 2
    assert bridge.dead_letters() == 0


def test_so_many_sellers_that_a_minute_has_no_reads_for_all_are_spread_over_two(bridge: BridgeUnderTest) -> None:
    sellers = current_bridge().sellers
    known = sellers.get(bridge.seller)
    assert known
    for number in range(SELLERS_A_MINUTE + 9):
        sellers.connect(known._replace(seller_id=4_800_000_000 + number))

    fire(app.sweep)

    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    url = bridge.queues["NotificationsQueueUrl"]
    waiting = bridge.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    # The one of the desk stands beside those of the sellers.
    assert [int(waiting[name]) for name in names] == [SELLERS_A_MINUTE + 1, 10]
