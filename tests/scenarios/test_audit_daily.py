"""The schedule compares both sides once a day, and publishes what it found."""

import itertools
import json
from datetime import timedelta

import pytest

from chalicelib.audit.compare import Span
from chalicelib.audit.daily import DailyAudit
from chalicelib.recovery.resumable import Scans
from chalicelib.wiring import bridge as current_bridge
from chalicelib.work.jobs import AuditDesk
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest

COUNTED = ("AuditMissing", "AuditDoubled", "AuditOutOfOrder", "AuditUndelivered", "AuditCompared", "AuditUnreadable")


class Metrics:
    """What was published since it was last asked."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def published(self) -> dict[str, float]:
        counted: dict[str, float] = {}
        for line in self._capsys.readouterr().out.splitlines():
            fields = json.loads(line) if line.startswith('{"_aws"') else {}
            for name in set(COUNTED).intersection(fields):
                assert fields["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["stage"]]
                counted[name] = counted.get(name, 0) + fields[name][0]
        return counted


@pytest.fixture
def metrics(capsys: pytest.CaptureFixture[str]) -> Metrics:
    return Metrics(capsys)


def test_a_day_on_which_all_went_well_is_published_as_such(
    bridge: BridgeUnderTest, meli: MercadoLivre, metrics: Metrics
) -> None:
    bridge.sweep()
    bridge.ask()
    bridge.reply("Temos.")
    assert metrics.published() == {}
    bridge.turn(hours=12)
    sale = meli.buy(bridge.buyer, bridge.item)
    bridge.write(sale, "Quando chega?")

    bridge.turn(hours=12)
    bridge.sweep()

    assert metrics.published() == dict.fromkeys(COUNTED, 0) | {"AuditCompared": 3}
    assert bridge.health().json()["status"] == "ok"


def test_each_day_is_looked_at_once(bridge: BridgeUnderTest, metrics: Metrics) -> None:
    bridge.sweep()
    for _ in range(3):
        bridge.ask()
        bridge.turn(hours=24)
        bridge.sweep()
        bridge.sweep()

        assert metrics.published()["AuditCompared"] == 1


def test_what_is_found_is_published_and_shown_until_all_agrees(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, metrics: Metrics
) -> None:
    bridge.sweep()
    question = bridge.ask()
    meli.drop_notifications(1)
    meli.answer_natively(question, "Temos.")
    bridge.turn(hours=24)

    bridge.clock.turn(seconds=1)
    ask_for_the_audit(bridge)
    assert metrics.published() == {}
    look_once_more(bridge)

    assert metrics.published()["AuditMissing"] == 1
    # That no sweep came is told too.
    problem, _ = bridge.health().json()["problems"]
    assert problem["what"] == "the last audit found 1 missing"
    assert "python -m tools audit --since 27h --repair" in problem["do"]
    # The next day finds nothing, and what was found stays told until somebody has looked as far back.
    bridge.notify(resource=f"/questions/{question}")
    bridge.settle()
    bridge.turn(hours=24)
    bridge.sweep()
    look_once_more(bridge)
    assert metrics.published()["AuditMissing"] == 0
    assert bridge.health().json()["problems"][0]["what"] == "the last audit found 1 missing"


def ask_for_the_audit(bridge: BridgeUnderTest) -> None:
    """As the schedule does, but without the sweep that would find what is missing."""
    current_bridge().daily_audit.ask_daily("")
    bridge.settle()


def look_once_more(bridge: BridgeUnderTest) -> None:
    """Time passes until what may be waiting on its queue is looked at again."""
    for _ in range(4):
        bridge.turn(minutes=15)


def test_what_was_only_waiting_is_not_found_at_the_second_look(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, metrics: Metrics
) -> None:
    bridge.sweep()
    bridge.turn(hours=23)
    chatwoot.add_fault("status", status=502, times=1_000_000, method="POST")
    bridge.ask("Espera lá fora?")
    bridge.turn(hours=1)
    chatwoot.clear_faults()

    ask_for_the_audit(bridge)
    look_once_more(bridge)

    assert metrics.published() == dict.fromkeys(COUNTED, 0) | {"AuditCompared": 1}


def test_a_reply_that_no_audit_would_send_may_be_waiting_too(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, metrics: Metrics
) -> None:
    bridge.sweep()
    sale = bridge.bought_and_wrote()
    bridge.write(sale, "Oi?")
    bridge.turn(hours=23, minutes=50)
    chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    chatwoot.outbox.clear()
    bridge.turn(minutes=10)
    # Of a conversation that is not shown whole, it would be left to people.
    meli.max_messages_listed = 1

    ask_for_the_audit(bridge)
    meli.max_messages_listed = None
    bridge.sweep()
    look_once_more(bridge)

    published = metrics.published()
    assert (published["AuditUndelivered"], published["AuditCompared"]) == (0, 3)


def test_a_thread_that_is_never_shown_does_not_hide_what_was_found_of_the_others(
    bridge: BridgeUnderTest, meli: MercadoLivre, metrics: Metrics
) -> None:
    bridge.sweep()
    broken = bridge.ask("Uma?")
    missing = bridge.ask("Outra?")
    meli.drop_notifications(1)
    meli.answer_natively(missing, "Sim.")
    bridge.turn(hours=24)
    meli.add_fault("status", status=500, path=f"/questions/{broken}", times=1_000_000)

    ask_for_the_audit(bridge)
    for _ in range(60):
        bridge.turn(minutes=15)

    published = metrics.published()
    assert (published["AuditMissing"], published["AuditUnreadable"]) == (1, 1)
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_what_was_written_before_the_seller_connected_is_not_expected(
    bridge: BridgeUnderTest, meli: MercadoLivre, metrics: Metrics
) -> None:
    bridge.sweep()
    seller = meli.add_seller("NOVA")
    item = meli.add_item(seller, "Prato", 19.9)
    old = meli.ask(bridge.buyer, item, "Antiga?")
    meli.answer_natively(old, "Respondida.")
    bridge.turn(hours=12)
    bridge.connect(seller)
    bridge.turn(hours=12)

    bridge.sweep()

    assert metrics.published()["AuditMissing"] == 0


def test_many_threads_are_compared_as_the_reads_of_a_minute_allow(
    bridge: BridgeUnderTest, meli: MercadoLivre, metrics: Metrics
) -> None:
    bridge.sweep()
    for number in range(12):
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    bridge.turn(hours=24)
    # Nearly all of this minute is taken: first the lists are not to be had, then a few of the threads.
    bridge.leave_reads(5)
    bridge.sweep()
    assert metrics.published() == {}
    bridge.clock.turn(minutes=1)
    bridge.leave_reads(10)
    bridge.turn(seconds=1)

    for _ in range(3):
        bridge.turn(minutes=1)

    assert metrics.published() == dict.fromkeys(COUNTED, 0) | {"AuditCompared": 12}


def test_a_desk_with_more_pages_than_there_is_time_for_is_listed_in_several_jobs(
    bridge: BridgeUnderTest, meli: MercadoLivre, metrics: Metrics
) -> None:
    bridge.sweep()
    for number in range(60):
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    bridge.settle()
    bridge.turn(hours=1)
    now, parts = bridge.clock(), current_bridge()
    ticks = itertools.count()
    # Every look at this clock takes fifteen seconds, so that a job has time for three pages.
    scans = Scans(parts.cache, lambda: now + timedelta(seconds=15 * next(ticks)))
    audit = DailyAudit(parts.candidates, parts.sellers, parts.seller_audit, scans, parts.background_queue)

    audit.audit_desk(AuditDesk("", int(now.timestamp()) - 7200, int(now.timestamp())))
    waiting = bridge.jobs_waiting()
    for _ in range(3):
        bridge.turn(minutes=1)

    assert waiting == 1
    assert metrics.published() == dict.fromkeys(COUNTED, 0) | {"AuditCompared": 60}


def test_a_desk_with_many_questions_hides_none_of_its_sales(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    for number in range(60):
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    sale = bridge.bought_and_wrote()
    now = int(bridge.clock().timestamp())

    pages = list(current_bridge().candidates.pages_of_desk("", Span(now - 3600, now), most_pages=2))

    threads = [lead.thread for page in pages for lead in page.leads]
    assert [thread.kind for thread in threads] == ["question"] * 50 + ["pack"]
    assert threads[-1].meli_id == str(sale)
    assert [(page.inbox, page.number) for page in pages if page.is_too_much] == [(0, 3)]


def test_an_audit_waits_out_an_outage(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, metrics: Metrics
) -> None:
    bridge.sweep()
    bridge.ask()
    bridge.turn(hours=24)
    chatwoot.add_fault("status", status=502, times=1_000_000)
    bridge.sweep()
    assert metrics.published() == {}
    chatwoot.clear_faults()
    meli.add_fault("status", status=503, times=1_000_000)
    bridge.wait_out(minutes=20, step_seconds=60)
    assert metrics.published() == {}
    meli.clear_faults()

    bridge.wait_out(minutes=40, step_seconds=60)

    assert metrics.published()["AuditCompared"] == 1
    assert bridge.dead_letters() == 0


def test_a_thread_that_is_not_shown_hides_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre, metrics: Metrics
) -> None:
    bridge.sweep()
    first = bridge.ask("Uma?")
    bridge.ask("Outra?")
    bridge.turn(hours=24)
    meli.add_fault("status", status=403, path=f"/questions/{first}", times=10)

    bridge.sweep()

    published = metrics.published()
    assert (published["AuditCompared"], published["AuditUnreadable"]) == (1, 1)
    assert problems(bridge) == ["the last audit could not read 1 thread"]
    # The next day does not look at it again; whoever looks as far back does.
    meli.clear_faults()
    bridge.turn(hours=24)
    bridge.sweep()
    assert problems(bridge) == ["the last audit could not read 1 thread"]


def problems(bridge: BridgeUnderTest) -> list[str]:
    return [problem["what"] for problem in bridge.health().json()["problems"]]


@pytest.mark.parametrize("path", ["/questions/search", "/orders/search", "/messages/unread"])
def test_a_list_that_is_not_shown_is_told(
    bridge: BridgeUnderTest, meli: MercadoLivre, metrics: Metrics, path: str
) -> None:
    bridge.sweep()
    bridge.turn(hours=24)
    # The sweep itself looks at it once.
    meli.add_fault("status", status=403, path=path, times=2)

    bridge.sweep()

    assert metrics.published()["AuditUnreadable"] == 1
    assert "the last audit could not read 1 thread" in problems(bridge)


def test_a_seller_whose_grant_is_gone_waits_for_nobody(
    bridge: BridgeUnderTest, meli: MercadoLivre, metrics: Metrics
) -> None:
    bridge.sweep()
    other = meli.add_seller("OUTRA")
    bridge.connect(other)
    bridge.ask()
    bridge.turn(hours=24)
    meli.revoke_grant(bridge.seller)

    bridge.sweep()

    assert metrics.published() == dict.fromkeys(COUNTED, 0) | {"AuditUnreadable": 1}
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_pause_of_days_is_looked_at_as_far_as_two_days_back(bridge: BridgeUnderTest, metrics: Metrics) -> None:
    bridge.sweep()
    bridge.ask("Antiga?")
    bridge.turn(hours=30)
    bridge.ask("De ontem?")
    bridge.turn(hours=30)

    bridge.sweep()

    assert metrics.published()["AuditCompared"] == 1


def test_nothing_that_people_wrote_is_logged(
    bridge: BridgeUnderTest, meli: MercadoLivre, capsys: pytest.CaptureFixture[str]
) -> None:
    bridge.sweep()
    meli.drop_notifications(1)
    question = bridge.ask("Palavras de segredo?")
    meli.answer_natively(question, "Resposta de segredo.")
    bridge.turn(hours=24)

    bridge.sweep()

    shown = capsys.readouterr()
    assert "segredo" not in shown.out + shown.err


def test_a_new_stage_is_first_audited_when_it_is_a_day_old(bridge: BridgeUnderTest) -> None:
    bridge.sweep()
    bridge.turn(hours=23)
    bridge.sweep()

    assert current_bridge().audits.last_of(bridge.seller) is None
    bridge.turn(hours=1)
    bridge.sweep()
    audited = current_bridge().audits.last_of(bridge.seller)
    assert audited is not None
    assert audited.until == int((bridge.clock() - timedelta(minutes=5)).timestamp())
