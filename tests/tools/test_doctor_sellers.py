"""The doctor's looks at the sellers: who is well gets no word of warning, and each fault is told with its cure."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.checks.findings import Finding
from chalicelib.models import Seller
from chalicelib.rate_limit import KEY
from chalicelib.recovery.schedule import swept_within
from chalicelib.wiring import Container
from chalicelib.work.parked_jobs import Receipt
from tests.tools.conftest import Deployed, examine_stage
from tools.stage_access import open_stage

DAY = 24 * 3600
Plant = Callable[[Deployed], None]


def look(deployed: Deployed, *, days_later: float = 0) -> list[Finding]:
    """What is found, by nothing that exchanges a token, and without showing one."""
    bridge = open_stage(deployed.name)
    before = _sellers(bridge)
    deployed.meli.journal.clear()

    found = examine_stage(deployed, "sellers", clock=lambda: datetime.now(UTC) + timedelta(days=days_later))

    assert _sellers(bridge) == before
    assert not [call for call in deployed.meli.journal if call.path == "/oauth/token" or call.method != "GET"]
    tokens = [token for seller in before for token in (seller.access_token, seller.refresh_token) if token]
    assert not [token for token in tokens if token in str(found)]
    return found


def _sellers(bridge: Container) -> list[Seller]:
    try:
        return bridge.sellers.all()
    except ClientError:
        return []


def bad(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.verdict not in ("ok", "not checked")]


def change(deployed: Deployed, **changes: Any) -> None:
    """Store a seller as they would be stored if this had happened."""
    sellers = open_stage(deployed.name).sellers
    seller = sellers.get(deployed.seller)
    assert seller
    sellers.connect(seller._replace(**changes))


def now() -> int:
    return int(datetime.now(UTC).timestamp())


@contextmanager
def planted(deployed: Deployed, plant: Plant) -> Iterator[None]:
    """A fault, and afterwards the seller and Mercado Livre as they were: to set them up anew takes much longer."""
    bridge, tokens = open_stage(deployed.name), deployed.meli.state.access_tokens
    seller, before = bridge.sellers.get(deployed.seller), copy.deepcopy(tokens)
    assert seller
    plant(deployed)
    try:
        yield
    finally:
        deployed.meli.clear_faults()
        deployed.meli.block_application(False)
        tokens.update(before)
        bridge.sellers.connect(seller)
        bridge.parked_jobs.call_back(deployed.seller)
        # So that nothing waits for what a fault has brought about.
        bridge.cache_table.take(KEY)


@pytest.fixture
def well(deployed: Deployed) -> Deployed:
    """A seller of whom a question has just come, and who was swept after that."""
    deployed.bridge.ask()
    return deployed


def test_a_seller_who_is_well_is_fine_all_over(well: Deployed) -> None:
    found = look(well)

    name = f"seller LOJA TESTE ({well.seller})"
    assert {finding.verdict for finding in found} == {"ok"}
    assert [finding.about.removeprefix(f"{name}: ") for finding in found] == [
        "grant",
        "test call",
        "questions",
        "messages",
        "claims",
        "desk",
        "last notification",
        "last audit",
        "last sweep",
        "jobs that wait",
    ]


def end_the_grant(deployed: Deployed) -> None:
    change(deployed, dead_reason="invalid_grant")


def refuse_the_application(deployed: Deployed) -> None:
    change(deployed, trouble="invalid_client")


def come_without_a_scope(deployed: Deployed) -> None:
    change(deployed, scopes="offline_access read")


def reject_the_token(deployed: Deployed) -> None:
    deployed.meli.expire_tokens(deployed.seller)


def block_the_application(deployed: Deployed) -> None:
    deployed.meli.block_application()


FORBIDDEN = '{"status": 403, "error": "access_denied", "message": "access denied", "code": "FORBIDDEN"}'


def forbid_questions(deployed: Deployed) -> None:
    deployed.meli.add_fault("status", path="/questions/search", status=403, body=FORBIDDEN)


def forbid_messages(deployed: Deployed) -> None:
    deployed.meli.add_fault("status", path="/messages/unread", status=403, body=FORBIDDEN)


def forbid_everything(deployed: Deployed) -> None:
    deployed.meli.add_fault("status", status=403, body=FORBIDDEN)


def send_to_a_desk_that_is_gone(deployed: Deployed) -> None:
    change(deployed, desk="loja9")


def stop_the_sweeps(deployed: Deployed) -> None:
    change(deployed, swept_at=now() - 11 * 60)


def never_sweep(deployed: Deployed) -> None:
    change(deployed, swept_at=0, refreshed_at=now() - 3600)


def never_refresh(deployed: Deployed) -> None:
    change(deployed, refreshed_at=now() - 160 * DAY)


def keep_a_job_waiting(deployed: Deployed) -> None:
    open_stage(deployed.name).parked_jobs.add(deployed.seller, "a-message", Receipt("https://queue", "a-handle"))


# What is planted, and the verdict, the thing, what was seen and the cure that are then told, and nothing else.
FAULTS: tuple[tuple[Plant, str, str, str, str], ...] = (
    (end_the_grant, "problem", "grant", "gone: invalid_grant (the password", "/oauth/mercado-livre/start"),
    (refuse_the_application, "problem", "grant", "refuses the application: invalid_client", "tools setup --stage"),
    (come_without_a_scope, "problem", "grant", "came without write", "DevCenter"),
    (reject_the_token, "problem", "test call", "rejects the access token", "/oauth/mercado-livre/start"),
    (block_the_application, "problem", "test call", "blocked", "DevCenter"),
    (forbid_everything, "problem", "test call", "403 access denied", "the account is active"),
    (forbid_questions, "problem", "questions", "403", "Pre- and post-sales communication"),
    (forbid_messages, "problem", "messages", "403", "Pre- and post-sales communication"),
    (send_to_a_desk_that_is_gone, "problem", "desk", "no desk loja9", "--desk loja9"),
    (stop_the_sweeps, "problem", "last sweep", "11 min ago", "EventBridge"),
    (never_sweep, "problem", "last sweep", "never", "aws logs tail"),
    (never_refresh, "warning", "age of the grant", "six months", "/oauth/mercado-livre/start"),
    (keep_a_job_waiting, "warning", "jobs that wait", "1, though the grant works", "next sweep"),
)


def test_each_fault_of_a_seller_is_found_with_its_cure(well: Deployed) -> None:
    for plant, verdict, about, seen, cure in FAULTS:
        with planted(well, plant):
            found = bad(look(well))

        name = f"seller LOJA TESTE ({well.seller}): {about}"
        assert [(finding.verdict, finding.about) for finding in found] == [(verdict, name)], plant.__name__
        assert seen in found[0].seen, plant.__name__
        assert cure in found[0].cure, plant.__name__


@pytest.mark.parametrize(("sellers", "minutes"), [(1, 10), (250, 10), (500, 20), (2000, 80)])
def test_where_sellers_are_many_each_may_wait_for_two_turns(sellers: int, minutes: int) -> None:
    assert swept_within(sellers, 200) == timedelta(minutes=minutes)


@pytest.mark.night
def test_a_seller_among_many_is_not_called_unswept_before_his_turn(well: Deployed) -> None:
    stop_the_sweeps(well)
    table = well.session.resource("dynamodb").Table(f"ponte-{well.name}-sellers")
    (seller,) = table.scan()["Items"]
    with table.batch_writer() as batch:
        for number in range(1, 700):
            batch.put_item(Item={**seller, "seller_id": str(number), "nickname": f"OUTRA LOJA {number}"})

    found = next(
        finding for finding in examine_stage(well, "sellers") if finding.about.endswith(f"({well.seller}): last sweep")
    )

    assert (found.verdict, found.seen) == ("ok", "11 min ago")


def test_what_the_last_audit_found_is_told_with_its_cure(well: Deployed) -> None:
    audits, hour = open_stage(well.name).audits, 3600
    name = f"seller LOJA TESTE ({well.seller}): last audit"

    def told() -> Finding:
        (finding,) = [one for one in look(well) if one.about == name]
        return finding

    audits.save(well.seller, (now() - 64 * hour, now() - 40 * hour), {"messages": 40})
    assert told().verdict == "warning"
    audits.save(well.seller, (now() - 27 * hour, now() - 3 * hour), {"messages": 40, "missing": 0})
    assert (told().verdict, told().seen) == ("ok", "3 h ago: 40 messages compared, and all agree")
    audits.save(well.seller, (now() - 27 * hour, now() - 3 * hour), {"messages": 40, "unreadable": 3})
    assert (told().verdict, told().seen.rpartition(", ")[2]) == ("warning", "but for 3 threads that could not be read")
    audits.save(well.seller, (now() - 27 * hour, now() - 3 * hour), {"messages": 40, "missing": 2, "doubled": 1})
    assert (told().verdict, told().seen) == ("problem", "2 missing, 1 doubled, 3 h ago")
    assert "python -m tools audit --since 29h --repair" in told().cure
    audits.save(well.seller, (now() - 45 * 24 * hour, now() - 3 * hour), {"messages": 40, "missing": 2})
    # As far as the command looks.
    assert "python -m tools audit --since 720h --repair" in told().cure


def test_a_topic_that_is_no_longer_announced_is_named(well: Deployed) -> None:
    silenced = {"messages": {"since": now(), "threads": [], "is_silent": True}}
    open_stage(well.name).cache.put(f"unannounced/{well.seller}", silenced, keep=timedelta(days=1))

    (finding,) = bad(look(well))

    assert (finding.verdict, finding.about.rpartition(": ")[2]) == ("problem", "topic messages")
    assert "DevCenter" in finding.cure


def test_more_unread_purchases_than_mercado_livre_lists_are_told(well: Deployed) -> None:
    counts = {str(2_000_007_000_000_001 + number): 1 for number in range(500)}
    stored = {"counts": counts, "looked_at": now()}
    open_stage(well.name).cache.put(f"unread-counts/{well.seller}", stored, keep=timedelta(days=1))

    (finding,) = bad(look(well))

    assert (finding.verdict, finding.about.rpartition(": ")[2]) == ("warning", "unread messages")
    assert "mark old ones as read" in finding.cure


def test_while_mercado_livre_has_too_many_calls_none_is_made_and_no_schedule_is_blamed(well: Deployed) -> None:
    open_stage(well.name).rate_limit.note_too_many()
    stop_the_sweeps(well)

    found = look(well)

    (finding,) = bad(found)
    assert (finding.verdict, finding.about) == ("warning", "calls to Mercado Livre")
    assert [finding.about.rpartition(": ")[2] for finding in found if finding.verdict == "not checked"] == [
        "test calls",
        "last sweep",
    ]
    assert not well.meli.journal


def test_without_a_seller_the_link_is_given(deployed: Deployed) -> None:
    open_stage(deployed.name).sellers.disconnect(deployed.seller)

    (finding,) = look(deployed)

    assert (finding.verdict, finding.about) == ("warning", "sellers")
    assert f"{deployed.url}/oauth/mercado-livre/start" in finding.cure


def test_a_seller_connected_a_moment_ago_waits_for_his_first_sweep_and_notification(deployed: Deployed) -> None:
    found = {finding.about.rpartition(": ")[2]: finding for finding in look(deployed)}

    assert found["last sweep"].verdict == "ok"
    assert "first is on its way" in found["last sweep"].seen
    assert found["last notification"].verdict == "warning"
    assert "topics" in found["last notification"].cure


def test_a_token_that_needs_a_refresh_is_told_of_and_not_refreshed(well: Deployed) -> None:
    change(well, expires_at=now() - 3600)

    found = look(well)

    (finding,) = bad(found)
    assert finding.verdict == "problem"
    assert "expired 1 h ago" in finding.seen
    assert "schedule" in finding.seen
    assert "EventBridge" in finding.cure
    (calls,) = [finding for finding in found if finding.verdict == "not checked"]
    assert "needs a refresh" in calls.seen
    assert not well.meli.journal


def test_a_silence_of_a_week_points_at_devcenter(well: Deployed) -> None:
    later = now() + 8 * DAY
    change(well, expires_at=later + DAY, refreshed_at=later, swept_at=later)

    (finding,) = bad(look(well, days_later=8))

    assert finding.verdict == "warning"
    assert "8 d ago (questions)" in finding.seen
    assert "DevCenter" in finding.cure


def test_a_grant_that_nobody_uses_is_warned_of_a_month_before_its_end(well: Deployed) -> None:
    found = {finding.about.rpartition(": ")[2]: finding for finding in bad(look(well, days_later=95))}

    assert found["age of the grant"].verdict == "warning"
    assert "four months" in found["age of the grant"].seen


def test_jobs_that_wait_for_a_dead_grant_flow_by_themselves(well: Deployed) -> None:
    end_the_grant(well)
    keep_a_job_waiting(well)

    found = bad(look(well))

    assert [finding.verdict for finding in found] == ["problem", "warning"]
    assert "they go on by themselves" in found[1].cure


def test_one_sellers_trouble_hides_no_other(well: Deployed) -> None:
    other = well.meli.add_seller("OUTRA LOJA")
    well.bridge.connect(other)
    well.bridge.settle()
    well.meli.add_fault("status", path="/users/", status=200, body="[]", caller=str(well.seller))

    found = look(well)

    assert {finding.verdict for finding in found if "OUTRA LOJA" in finding.about} == {"ok", "warning"}
    (finding,) = [finding for finding in found if finding.verdict == "problem"]
    assert str(well.seller) in finding.about


def test_a_mercado_livre_that_is_away_is_no_fault_of_the_seller(well: Deployed) -> None:
    well.meli.add_fault("status", times=99)

    found = look(well)

    assert not bad(found)
    assert "503" in next(finding.seen for finding in found if finding.verdict == "not checked")


def test_without_the_table_of_sellers_nobody_is_looked_at(well: Deployed) -> None:
    well.session.client("dynamodb").delete_table(TableName=f"ponte-{well.name}-sellers")

    (finding,) = look(well)

    assert finding.verdict == "not checked"
    assert "ResourceNotFoundException" in finding.seen
