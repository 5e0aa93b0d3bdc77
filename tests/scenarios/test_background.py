"""What can wait has a queue of its own, and never stands before what buyers and agents write."""

import app
from chalicelib.models import Thread
from chalicelib.work.jobs import SWEEP_STALE_SECONDS, SweepSeller, SyncThread
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest, Clock
from tools.local.event_source import EventSource
from tools.local.schedule import fire


def waiting(bridge: BridgeUnderTest, queue: str = "BackgroundQueueUrl") -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    attributes = bridge.sqs.get_queue_attributes(QueueUrl=bridge.queues[queue], AttributeNames=names)["Attributes"]
    return sum(map(int, attributes.values()))


def work_off(source: EventSource) -> None:
    while record := source.receive():
        assert source.invoke(record) is None


def test_a_sweep_that_waits_is_followed_by_no_second_one(bridge: BridgeUnderTest, clock: Clock) -> None:
    """At short ticks 144 of them stood before the questions of buyers."""
    clock.turn(minutes=2)
    fire(app.sweep)
    once = waiting(bridge)
    for _ in range(3):
        clock.turn(minutes=2)
        fire(app.sweep)

    assert waiting(bridge) == once
    bridge.settle()
    clock.turn(minutes=2)
    fire(app.sweep)
    assert waiting(bridge) == once
    # One that was lost keeps nobody from being swept for long.
    clock.turn(seconds=SWEEP_STALE_SECONDS + 1)
    fire(app.sweep)
    assert waiting(bridge) == 2 * once


def test_sweeps_and_what_they_find_stand_before_no_notification(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "Não avisada?")

    fire(app.sweep)
    work_off(bridge.sources[-1])

    assert waiting(bridge, "NotificationsQueueUrl") == 0
    bridge.settle()
    assert bridge.messages()[0]["content"].startswith("Não avisada?")


def test_what_an_older_version_put_before_the_notifications_goes_behind_them(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    meli.notifications_enabled = False
    found = Thread(bridge.seller, "question", str(meli.ask(bridge.buyer, bridge.item, "Achada?")))
    meli.ask(bridge.buyer, bridge.item, "Perdida?")
    jobs = SyncThread(found, "sweep", can_wait=True), SweepSeller(bridge.seller, int(bridge.clock().timestamp()))
    for job in jobs:
        bridge.sqs.send_message(QueueUrl=bridge.queues["NotificationsQueueUrl"], MessageBody=job.to_json())

    work_off(bridge.sources[0])

    assert waiting(bridge) == len(jobs)
    bridge.settle()
    assert len(bridge.chatwoot.conversations()) == 2
