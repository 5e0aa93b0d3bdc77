"""Each function's policy allows what the function asks of AWS, and no more: the AWS of the tests refuses nothing."""

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

from chalicelib.mercado_livre.notifications import read_notification
from tests.fault_points import points_of, swept
from tests.harness import BridgeUnderTest, Machine
from tests.killing import Drill, Executioner, Point
from tests.stories import STORIES
from tools.workers import QUEUES_BY_FUNCTION

CHALICE = Path(__file__).parents[2] / ".chalice"

BY_POLICY = '{"code":"PA_UNAUTHORIZED_RESULT_FROM_POLICIES","blocked_by":"PolicyAgent","message":"no","status":403}'

# Function, action, and the end of the name of a table or queue.
Asked = tuple[str, str, str]

# What is allowed for others than our own code: Lambda takes jobs from the queue and writes the log. And what is asked
# only where a function's environment lacks something, which stages of the tests never do.
NOT_SEEN = frozenset(
    {
        *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
        *("kms:Decrypt", "ssm:GetParametersByPath", "sqs:GetQueueUrl"),
    }
)
NEEDED_BY: Mapping[Asked, str] = {
    **{
        (function, f"sqs:{action}", queue): "the function's trigger"
        for function, queue in QUEUES_BY_FUNCTION.items()
        for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    },
    ("sweep", "dynamodb:GetItem", "cache"): "what it prepares while Lambda initialises it",
}


def functions() -> set[str]:
    return {path.stem.removeprefix("policy-") for path in CHALICE.glob("policy-*.json")}


def allowed() -> set[Asked]:
    found: set[Asked] = set()
    for function in functions():
        for statement in json.loads((CHALICE / f"policy-{function}.json").read_text())["Statement"]:
            resources = statement["Resource"]
            resources = [resources] if isinstance(resources, str) else resources
            names = [resource.partition("ponte-*")[2].removeprefix("-") for resource in resources]
            found.update(product([function], statement["Action"], names))
    return found


def asked_at(point: Point, stage: str) -> set[Asked]:
    function = point.entry if point.entry in functions() else "api"
    names = (resource.removeprefix(f"ponte-{stage}-") for resource in point.call.resources)
    return {(function, f"{point.call.service}:{point.call.name}", name) for name in names}


def live(bridge: BridgeUnderTest) -> list[Point]:
    """What no story tells of: a look at how all is, letters that nobody can read, and what can wait and has to."""
    executioner = Executioner()

    def act() -> None:
        bridge.health()
        queues = [bridge.queues[f"{name}QueueUrl"] for name in ("Notifications", "Background")]
        for url in queues:
            bridge.sqs.send_message(QueueUrl=url, MessageBody="no job")
        for _ in range(7):
            bridge.turn(seconds=21)
        bridge.sqs.send_message(QueueUrl=queues[1], MessageBody=late_hint(bridge, "items", f"/items/{bridge.item}"))
        sale = bridge.buy()
        bridge.meli.notifications_enabled = False
        missed = bridge.meli.write(sale, "Alô?")
        bridge.meli.notifications_enabled = True
        bridge.sqs.send_message(QueueUrl=queues[1], MessageBody=late_hint(bridge, "messages", missed))
        bridge.settle()
        bridge.meli.add_fault("status", status=403, body=BY_POLICY, path="/messages/", times=1000)
        bridge.sqs.send_message(QueueUrl=queues[0], MessageBody=late_hint(bridge, "messages", "0123456789abcdef"))
        bridge.settle()
        bridge.meli.clear_faults()
        bridge.meli.revoke_grant(bridge.seller)
        bridge.clock.turn(hours=7)
        bridge.write(sale, "E agora?")
        bridge.sweep()
        bridge.settle()
        bridge.connect(bridge.seller)
        bridge.settle()
        bridge.sweep()
        # Away when a sweep comes, which notes it then.
        bridge.meli.add_fault("status", status=503, times=1000)
        bridge.turn(minutes=2)
        bridge.sweep()
        bridge.meli.clear_faults()
        bridge.turn(minutes=1)
        bridge.meli.add_fault("status", status=429, path="/oauth/token", times=1)
        bridge.connect(bridge.seller)

    Drill(bridge, executioner).live_through(act)
    return executioner.points


def while_away(bridge: BridgeUnderTest) -> list[Point]:
    """What can wait finds Mercado Livre away, and whoever looks finds it back."""
    executioner = Executioner()

    def act() -> None:
        bridge.meli.add_fault("status", status=503, times=1_000_000)
        bridge.meli.notify("messages", "fedcba9876543210fedcba9876543210", bridge.seller)
        bridge.settle()
        bridge.turn(seconds=2)
        hint = late_hint(bridge, "messages", "0123456789abcdef0123456789abcdef")
        bridge.sqs.send_message(QueueUrl=bridge.queues["BackgroundQueueUrl"], MessageBody=hint)
        bridge.settle()
        bridge.meli.clear_faults()
        bridge.wait_out(minutes=1)

    Drill(bridge, executioner).live_through(act)
    return executioner.points


def late_hint(bridge: BridgeUnderTest, topic: str, resource: str) -> str:
    """What a sweep finds that nobody announced."""
    fields = {"topic": topic, "resource": resource, "user_id": bridge.seller, "application_id": bridge.meli.app_id}
    found = read_notification({**fields, "_id": "late"}, now=bridge.clock(), correlation_id="found")
    return found._replace(can_wait=True).to_json()


def test_what_waits_in_the_background_may_be_called_back_by_whoever_sees_that_a_service_is_back(
    machine: Machine,
) -> None:
    """AWS would refuse it silently: the job's receipt may be over."""
    bridge = swept(machine)
    asked = {each for point in while_away(bridge) for each in asked_at(point, bridge.name)}

    assert ("resolve_notification", "sqs:ChangeMessageVisibility", "background") in asked
    assert asked - allowed() == set()


@pytest.mark.apart
def test_every_function_may_do_what_it_does_and_nothing_else(machine: Machine) -> None:
    points = [point for story in STORIES for point in points_of(machine, story)]
    bridge = swept(machine)
    points += live(bridge) + while_away(swept(machine))

    asked = {each for point in points for each in asked_at(point, bridge.name)}
    assert {function for function, *_ in asked} == functions()
    assert asked - allowed() == set()
    needless = {each for each in allowed() - asked if each[1] not in NOT_SEEN and each not in NEEDED_BY}
    assert needless == set()
