"""Live traffic comes first: where calls are scarce, it is the sweeps that wait."""

import pytest

import app
from chalicelib.errors import OperatorNeeded
from chalicelib.rate_limit import MOST_REFUSALS_A_MINUTE, MOST_REFUSALS_OF_HINTS, caused_by_hint
from chalicelib.recovery.schedule import sellers_a_minute
from chalicelib.wiring import bridge as current_bridge
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tools.local.schedule import fire


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

    # The first calls of a sweep, and none after the one that was one too many.
    read = [call.path for call in meli.journal if call.path.startswith("/")]
    assert read.index("/questions/search") == len(read) - 1
    assert swept_at(bridge) == before
    meli.journal.clear()
    bridge.turn(minutes=2)
    bridge.sweep()
    assert sweeps(meli) == 1
    assert swept_at(bridge) > before
    assert len(bridge.chatwoot.conversations()) == 1


def test_a_list_that_is_told_too_many_each_time_hides_no_other(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    meli.add_fault("status", status=429, body="local_rate_limited", path="/messages/unread", times=1000)
    bridge.ask("Esta ninguém anunciou?")

    for _ in range(4):
        bridge.turn(minutes=2)
        bridge.sweep()

    assert len(bridge.chatwoot.conversations()) == 1


def test_a_press_of_retry_is_found_whatever_mercado_livre_answers(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    meli.set_item_status(bridge.item, "paused")
    message = bridge.reply("Temos.")
    meli.set_item_status(bridge.item, "active")
    bridge.turn(minutes=2)
    meli.add_fault("status", status=429, body="local_rate_limited", path="/messages/unread", times=1000)
    meli.add_fault("status", status=429, body="local_rate_limited", path="/questions/search", times=1000)
    # Chatwoot calls, and nobody answers.
    bridge.chatwoot.press_retry(message["id"])
    bridge.chatwoot.outbox.clear()

    bridge.sweep()

    assert meli.answers_published == [(question, "Temos.")]


def test_a_short_pause_does_not_end_a_long_one(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    limit = current_bridge().rate_limit
    for _ in range(MOST_REFUSALS_A_MINUTE):
        limit.note_refusal()

    meli.add_fault("status", status=429, body="local_rate_limited", path="/questions", times=1)
    bridge.ask()
    bridge.turn(minutes=5)

    assert limit.paused_because == "too many refused calls"
    bridge.turn(minutes=11)
    assert limit.paused_because == ""


def swept_at(bridge: BridgeUnderTest) -> int:
    table = bridge.session.resource("dynamodb").Table(f"ponte-{bridge.name}-sellers")
    return max(int(seller["swept_at"]) for seller in table.scan()["Items"])


def test_sellers_are_swept_in_turns_within_the_reads_of_a_minute(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    for number in range(24):
        bridge.connect(meli.add_seller(f"LOJA {number}"))
    bridge.settle()
    bridge.turn(minutes=2)

    rounds = []
    for _ in range(3):
        # Others have taken what there is, but for this.
        bridge.leave_reads(50)
        meli.journal.clear()
        bridge.sweep()
        rounds.append(sweeps(meli))
        # They are everybody's, and read in each round.
        assert any(call.path == "/missed_feeds" for call in meli.journal)
        bridge.turn(minutes=2)

    assert 9 <= min(rounds) <= max(rounds) <= 50 // 2
    table = bridge.session.resource("dynamodb").Table(f"ponte-{bridge.name}-sellers")
    swept = [int(seller["swept_at"]) for seller in table.scan()["Items"]]
    assert len(swept) == 25
    assert bridge.clock.now.timestamp() - min(swept) <= 6 * 60


def test_sellers_whom_mercado_livre_refuses_take_nobody_elses_turn(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    refused = [meli.add_seller(f"LOJA {number}") for number in range(9)]
    for seller in refused:
        bridge.connect(seller)
        meli.add_fault("status", status=451, caller=f"-{seller}", times=1000)
    bridge.settle()
    before = swept_at(bridge)

    for _ in range(4):
        bridge.turn(minutes=2)
        # Enough for three of ten.
        bridge.leave_reads(10)
        bridge.sweep()

    assert swept_at(bridge) > before


def test_what_a_sweep_finds_waits_and_what_is_announced_does_not(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    missed = bridge.ask("Esta ninguém anunciou?")
    # Enough for the lists of a sweep, and not for what it finds.
    bridge.leave_reads(5)
    bridge.sweep()
    meli.notifications_enabled = True

    bridge.ask("E esta?")

    assert len(bridge.chatwoot.conversations()) == 1
    assert sum(call.path == f"/questions/{missed}" for call in meli.journal) == 0
    bridge.turn(seconds=61)
    assert len(bridge.chatwoot.conversations()) == 2
    assert bridge.dead_letters() == 0


def test_what_is_put_off_again_and_again_asks_more_rarely(
    bridge: BridgeUnderTest, meli: MercadoLivre, caplog: pytest.LogCaptureFixture
) -> None:
    bridge.sweep()
    meli.notifications_enabled = False
    for number in range(20):
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    bridge.leave_reads(5)
    bridge.sweep()
    tries = []
    for _ in range(2):
        caplog.clear()
        for _ in range(10):
            # Others take the next minute's before it begins.
            bridge.clock.turn(minutes=1)
            bridge.leave_reads(0)
            bridge.clock.turn(minutes=-1)
            bridge.turn(minutes=1)
        tries.append(sum(one.getMessage() == "job postponed" for one in caplog.records))

    assert tries[1] < tries[0] / 2
    assert bridge.jobs_waiting() == 20
    for _ in range(18):
        bridge.turn(minutes=1)
    assert len(bridge.chatwoot.conversations()) == 20
    assert bridge.dead_letters() == 0


def test_so_many_sellers_that_a_minute_has_no_reads_for_all_are_spread_over_two(bridge: BridgeUnderTest) -> None:
    sellers = current_bridge().sellers
    known = sellers.get(bridge.seller)
    assert known
    first = sellers_a_minute(current_bridge().rate_limit.background_reads)
    for number in range(first + 9):
        sellers.connect(known._replace(seller_id=4_800_000_000 + number))

    fire(app.sweep)

    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    url = bridge.queues["BackgroundQueueUrl"]
    waiting = bridge.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    # That of the desk stands beside those of the sellers.
    assert [int(waiting[name]) for name in names] == [first + 1, 10]


REFUSALS = {
    "a thing that is not there": {"status": 404, "body": '{"message": "not found", "error": "not_found"}'},
    "no permission": {"status": 403, "body": '{"message": "forbidden", "error": "forbidden"}'},
    "a rejected token": {"status": 401, "body": '{"message": "invalid access token", "error": "not_found"}'},
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_counts(bridge: BridgeUnderTest, meli: MercadoLivre, kind: str) -> None:
    """Mercado Livre counts them whatever they are about, before it blocks an application."""
    limit = current_bridge().rate_limit
    # Of sweeps, and of hints, which have a count of their own.
    for _ in range(MOST_REFUSALS_A_MINUTE - 1):
        limit.note_refusal()
    with caused_by_hint():
        for _ in range(MOST_REFUSALS_OF_HINTS - 1):
            limit.note_refusal()
    meli.add_fault("status", times=1, path="/questions/1", **REFUSALS[kind])
    bridge.ask()
    assert "notifications name so much" in str(bridge.health().json()["problems"])

    meli.add_fault("status", times=1, path="/questions/search", **REFUSALS[kind])
    bridge.sweep()

    told = [problem["what"] for problem in bridge.health().json()["problems"]]
    assert "Mercado Livre answers that there are too many refused calls" in told


def test_a_refused_refresh_counts(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    for _ in range(MOST_REFUSALS_A_MINUTE - 1):
        current_bridge().rate_limit.note_refusal()
    body = '{"error": "invalid_client", "error_description": "invalid client", "status": 400}'
    meli.add_fault("status", times=1, path="/oauth/token", status=400, body=body)

    # The minute is still the same.
    with pytest.raises(OperatorNeeded):
        current_bridge().tokens.renew(bridge.seller, rejected=stored_token(bridge))

    assert current_bridge().rate_limit.paused_because == "too many refused calls"


def stored_token(bridge: BridgeUnderTest) -> str:
    seller = current_bridge().sellers.get(bridge.seller)
    assert seller
    return seller.access_token


def test_a_blocked_application_is_seen_at_once_and_sweeps_wait(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """While its tokens live, each call is refused; further ones would only make it worse."""
    body = '{"message": "unauthorized_scopes", "error": "unauthorized_scopes", "status": 401, "cause": []}'
    meli.add_fault("status", times=10_000, status=401, body=body)
    question = bridge.ask()

    assert [problem["what"] for problem in bridge.health().json()["problems"]] == [
        "Mercado Livre has blocked the application"
    ]
    meli.journal.clear()
    for _ in range(7):
        bridge.sweep()
        bridge.turn(minutes=2)
    # The question alone asks again, ever more rarely.
    assert {call.path for call in meli.journal if call.path.startswith("/")} == {f"/questions/{question}"}
    meli.clear_faults()
    bridge.wait_out(minutes=26)
    assert len(bridge.chatwoot.conversations()) == 1
    bridge.sweep()
    assert bridge.health().json() == {"status": "ok", "problems": []}
