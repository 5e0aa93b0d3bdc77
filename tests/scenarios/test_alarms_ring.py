"""Each alarm on a metric of ours rings when the thing happens: by its name, its dimensions and its threshold.

Those on metrics that AWS publishes by itself are in tests/tools/test_alarms.py.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.errors import TryAgainLater
from chalicelib.rate_limit import MOST_REFUSALS_A_MINUTE
from chalicelib.wiring import bridge as current_bridge
from chalicelib.work.jobs import SweepSeller
from tests.harness import CHATWOOT_TOKEN, BridgeUnderTest
from tests.scenarios.test_audit_daily import ask_for_the_audit, look_once_more
from tests.tools.test_alarms import OURS, dimensions_of
from tests.tools.test_restore import lose
from tests.tools.test_setup import Fresh
from tests.work.bench import Bench

Happening = Callable[[BridgeUnderTest], None]


def jobs_wait(_bridge: BridgeUnderTest) -> None:
    bench = Bench()
    bench.send("a")

    def fail(_body: str) -> None:
        raise TryAgainLater("Mercado Livre is away")

    bench.handle = fail
    for _ in range(12):
        bench.work()
        bench.wait_out()


def a_policy_is_too_narrow(bridge: BridgeUnderTest) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetItem")

    events = current_bridge().dynamodb.meta.events
    events.register("before-call.dynamodb", refuse)
    bridge.ask()
    events.unregister("before-call.dynamodb", refuse)


def a_grant_dies(bridge: BridgeUnderTest) -> None:
    bridge.meli.revoke_grant(bridge.seller)
    bridge.ask()


def mercado_livre_refuses_much(bridge: BridgeUnderTest) -> None:
    for _ in range(MOST_REFUSALS_A_MINUTE):
        current_bridge().rate_limit.note_refusal()


def mercado_livre_blocks_the_application(bridge: BridgeUnderTest) -> None:
    body = '{"message": "unauthorized_scopes", "error": "unauthorized_scopes", "status": 401, "cause": []}'
    bridge.meli.add_fault("status", status=401, body=body, path="/questions")
    bridge.ask()


def chatwoot_refuses_the_token(bridge: BridgeUnderTest) -> None:
    bridge.chatwoot.add_fault("status", status=401, times=1000)
    bridge.ask()


def a_question_is_not_shown(bridge: BridgeUnderTest) -> None:
    body = '{"message": "no", "error": "forbidden", "status": 403, "cause": []}'
    bridge.meli.add_fault("status", status=403, body=body, path="/questions/1", times=1000)
    bridge.ask()
    bridge.turn(minutes=10)


def a_firewall_takes_no_words(bridge: BridgeUnderTest) -> None:
    sale = bridge.bought_and_wrote()
    bridge.chatwoot.add_fault(
        "status", status=422, body='{"error":"no"}', content_type="application/json", contains="union", times=1000
    )
    bridge.write(sale, "Tem union?")
    bridge.write(sale, "E agora?")
    bridge.wait_out(minutes=20, step_seconds=60)


def webhooks_are_signed_with_another_secret(bridge: BridgeUnderTest) -> None:
    bridge.chatwoot.reply(bridge.conversation()["id"], "E azul.")
    webhook = bridge.chatwoot.outbox.pop()
    headers = {"x-chatwoot-signature": "sha256=0", "x-chatwoot-timestamp": str(int(bridge.clock().timestamp()))}
    bridge.post(f"/webhook/chatwoot/{CHATWOOT_TOKEN}", webhook.body, headers)


def questions_are_not_announced(bridge: BridgeUnderTest) -> None:
    bridge.sweep()
    bridge.meli.notifications_enabled = False
    for number in range(4):
        bridge.turn(minutes=1)
        bridge.ask(f"Pergunta {number}?")
        bridge.turn(minutes=1)
        bridge.sweep()
    for _ in range(3):
        bridge.turn(minutes=10)
        bridge.sweep()


def sweeps_fail(bridge: BridgeUnderTest) -> None:
    bridge.meli.add_fault("status", status=500, path="/messages/unread", times=1000)
    for _ in range(5):
        bridge.turn(minutes=2)
        bridge.sweep()


def more_is_unread_than_is_listed(bridge: BridgeUnderTest) -> None:
    unread = [
        {"resource": f"/packs/{2000000000 + number}/sellers/{bridge.seller}", "count": 1} for number in range(500)
    ]
    body = json.dumps({"user_id": bridge.seller, "results": unread})
    bridge.meli.add_fault("status", status=200, body=body, path="/messages/unread", times=1)
    current_bridge().sweep.sweep_seller(SweepSeller(bridge.seller, int(bridge.clock().timestamp())))


def the_audit_finds_something(bridge: BridgeUnderTest) -> None:
    question = bridge.ask("E azul?")
    bridge.meli.drop_notifications(1)
    bridge.meli.answer_natively(question, "Temos.")
    bridge.turn(hours=24)
    bridge.clock.turn(seconds=1)
    ask_for_the_audit(bridge)
    look_once_more(bridge)


# By the alarm, each thing that makes it ring.
HAPPENINGS: dict[str, tuple[Happening, ...]] = {
    "JobsWaitAlarm": (jobs_wait,),
    "PermissionMissingAlarm": (a_policy_is_too_narrow,),
    "SellerNeedsLoginAlarm": (a_grant_dies,),
    "MercadoLivreRefusesAlarm": (mercado_livre_refuses_much, mercado_livre_blocks_the_application),
    "TroubleMetAlarm": (chatwoot_refuses_the_token,),
    "NotAllShownAlarm": (a_question_is_not_shown, a_firewall_takes_no_words, more_is_unread_than_is_listed),
    "WebhooksRefusedAlarm": (webhooks_are_signed_with_another_secret,),
    "TopicSilentAlarm": (questions_are_not_announced,),
    "SweepFailedAlarm": (sweeps_fail,),
    "AuditFoundAlarm": (the_audit_finds_something,),
}


def test_every_alarm_of_ours_has_something_that_makes_it_ring() -> None:
    assert HAPPENINGS.keys() == OURS.keys()


@pytest.mark.parametrize(("name", "happen"), [(name, one) for name, them in HAPPENINGS.items() for one in them])
def test_an_alarm_rings_when_the_thing_happens_and_not_before(
    name: str, happen: Happening, bridge: BridgeUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    alarm = OURS[name]
    capsys.readouterr()
    bridge.sweep()
    bridge.ask()
    bridge.reply("Temos.")
    assert not rings(alarm, capsys.readouterr().out)

    happen(bridge)

    assert rings(alarm, capsys.readouterr().out)


def test_none_rings_before_a_stage_is_set_up(bridge: BridgeUnderTest, capsys: pytest.CaptureFixture[str]) -> None:
    fresh = Fresh(bridge)
    lose(fresh, "sellers", "seller_id")
    capsys.readouterr()

    for _ in range(3):
        bridge.sweep()
        bridge.turn(minutes=2)

    assert bridge.health().json()["status"] == "down"
    printed = capsys.readouterr().out
    assert [name for name, alarm in OURS.items() if rings(alarm, printed)] == []
    assert bridge.errors == []


def rings(alarm: dict[str, Any], printed: str) -> bool:
    """Whether what was published in one period is too much; CloudWatch sees the alarm's dimensions alone."""
    values = [0.0]
    for line in printed.splitlines():
        fields = json.loads(line) if line.startswith('{"_aws"') else {}
        if alarm["MetricName"] in fields and has_dimensions(alarm, fields):
            values += fields[alarm["MetricName"]]
    total = max(values) if alarm["Statistic"] == "Maximum" else sum(values)
    return bool(total > alarm["Threshold"])


def has_dimensions(alarm: dict[str, Any], fields: dict[str, Any]) -> bool:
    (published,) = fields["_aws"]["CloudWatchMetrics"]
    # In the template the stage is a reference.
    wanted = {**dimensions_of(alarm), "stage": fields["stage"]}
    return (
        published["Namespace"] == alarm["Namespace"]
        and [set(each) for each in published["Dimensions"]] == [wanted.keys()]
        and all(fields[dimension] == value for dimension, value in wanted.items())
    )
