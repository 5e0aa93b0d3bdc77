"""A bridge that is put back is as it was deployed: nothing leaks from one test into the next."""

import os
from typing import Any

from moto.backends import get_backend

from tests.harness import BridgeUnderTest, Machine
from tools.local.embedded_aws import ACCOUNT, REGION

PLAIN = (str, int, float, bool, type(None))


def everything(bridge: BridgeUnderTest) -> dict[str, Any]:
    """All that a test could leave behind: in AWS, at both services, in our own process."""
    dynamodb, sqs = (get_backend(name)[ACCOUNT][REGION] for name in ("dynamodb", "sqs"))
    return {
        "tables": {
            name: bridge.session.resource("dynamodb").Table(name).scan()["Items"] for name in sorted(dynamodb.tables)
        },
        "queues": {name: [message.body for message in queue._messages] for name, queue in sorted(sqs.queues.items())},
        "in flight": {name: len(queue.pending_messages) for name, queue in sorted(sqs.queues.items())},
        "parameters": bridge.session.client("ssm").describe_parameters()["Parameters"],
        "alarms": bridge.session.client("cloudwatch").describe_alarms()["MetricAlarms"],
        "functions": bridge.session.client("lambda").list_functions()["Functions"],
        "stacks": sorted(get_backend("cloudformation")[ACCOUNT][REGION].stacks),
        "services": [_plain(bridge.meli), _plain(bridge.meli.state), _plain(bridge.chatwoot)],
        "faults": [bridge.meli.faults, bridge.chatwoot.faults],
        "waiting": [list(bridge.meli.outbox), list(bridge.chatwoot.outbox)],
        "journals": [len(bridge.meli.journal), len(bridge.chatwoot.journal)],
        "chatwoot": [bridge.chatwoot.conversations(), bridge.chatwoot.contacts(), len(bridge.chatwoot.state.inboxes)],
        "inboxes": bridge.as_administrator("GET", "/inboxes")["payload"],
        "settings": bridge.settings,
        "environment": {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        "clock": bridge.clock.now,
        "health": bridge.health().json(),
    }


def _plain(thing: object) -> dict[str, str]:
    """The attributes that say what they are; of collections their length."""
    found = {name: value for name, value in vars(thing).items() if isinstance(value, PLAIN)}
    lengths = {name: len(value) for name, value in vars(thing).items() if isinstance(value, dict | list)}
    return {name: str(value) for name, value in (found | lengths).items() if not name.startswith("_")}


def leave_a_mess(bridge: BridgeUnderTest) -> None:
    meli, chatwoot, session = bridge.meli, bridge.chatwoot, bridge.session
    bridge.ask()
    bridge.reply("Temos.")
    sale = bridge.meli.buy(meli.add_buyer("OUTRA"), bridge.item)
    bridge.write(sale, "Quando chega?", [("foto.png", "image/png", b"\x89PNG\r\n\x1a\n")])
    bridge.connect(meli.add_seller("OUTRA LOJA"))
    meli.write(sale, "Alô?")
    meli.revoke_grant(bridge.seller)
    meli.add_fault("status", times=5)
    meli.application_blocked = meli.pkce_required = True
    chatwoot.add_fault("drop", times=5, path="/nowhere")
    chatwoot.max_body_bytes = 10
    chatwoot.data_url_base = "http://nowhere.invalid"
    session.client("ssm").put_parameter(Name=f"/ponte/{bridge.name}/LEFT", Value="x", Type="String")
    session.client("sqs").create_queue(QueueName="left")
    bridge.sqs.send_message(QueueUrl=bridge.queues["NotificationsDeadQueueUrl"], MessageBody="{}")
    session.client("cloudwatch").put_metric_alarm(
        AlarmName="left",
        MetricName="Left",
        Namespace="Ponte",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    bridge.set(AGENT_LANGUAGE="en")
    bridge.clock.turn(days=3)
    bridge.sources.clear()
    bridge.errors.append(ValueError("left"))


def test_nothing_leaks_from_one_test_into_the_next(machine: Machine) -> None:
    before = everything(BridgeUnderTest(machine))
    leave_a_mess(BridgeUnderTest(machine))

    bridge = BridgeUnderTest(machine)

    after = everything(bridge)
    for name, was in before.items():
        assert after[name] == was, name
    assert bridge.errors == []
    bridge.ask()
    assert bridge.reply("Temos.")["status"] == "sent"


def test_a_bridge_whose_stack_was_changed_is_deployed_anew(machine: Machine) -> None:
    changed = BridgeUnderTest(machine)
    changed.session.client("cloudformation").delete_stack(StackName=f"ponte-{changed.name}-infrastructure")

    bridge = BridgeUnderTest(machine)

    bridge.ask()
    assert bridge.reply("Temos.")["status"] == "sent"
