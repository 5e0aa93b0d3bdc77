"""What can wait takes its calls to Mercado Livre out of a shared budget, and waits while there is trouble."""

from uuid import uuid4

import boto3
import pytest

from chalicelib.stores.budget import (
    MOST_REFUSALS_A_MINUTE,
    PAUSE_AFTER_REFUSALS_SECONDS,
    PAUSE_AFTER_TOO_MANY_SECONDS,
    Budget,
)
from chalicelib.stores.tables import Table
from tests.harness import Clock, Machine


class Two:
    """Two Lambdas that share a budget, and the time."""

    def __init__(self) -> None:
        client, name = boto3.client("dynamodb"), uuid4().hex
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        )
        self.clock = Clock()
        self.one, self.other = (Budget(Table(client, name), self.clock, lambda: 500) for _ in range(2))


@pytest.fixture
def two(machine: Machine) -> Two:
    return Two()


def test_lambdas_share_the_reads_of_a_minute(two: Two) -> None:
    taken = [budget.take_reads(4) for _ in range(40) for budget in (two.one, two.other)]

    assert sum(taken) == 50 == two.one.share("sweep") // 4
    two.clock.turn(minutes=1)
    assert two.other.take_reads(4)


def test_audits_take_nothing_of_what_sweeps_may(two: Two) -> None:
    while two.one.take_reads(1, "audit"):
        pass

    assert two.other.take_reads(two.other.share("sweep"))
    assert not two.other.take_reads(1)


def test_after_too_many_calls_the_background_waits_a_minute(two: Two) -> None:
    two.one.note_too_many()

    assert not two.other.take_reads(1)
    assert two.other.paused_because == "too many calls"
    two.clock.turn(seconds=PAUSE_AFTER_TOO_MANY_SECONDS)
    assert two.other.take_reads(1)


def test_too_many_refusals_in_a_minute_are_told_once_and_waited_out(
    two: Two, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(MOST_REFUSALS_A_MINUTE):
        two.one.note_refusal()
        two.other.note_refusal()

    assert capsys.readouterr().out.count('"TooManyRefusals":[1.0]') == 1
    assert two.one.paused_because == "too many refused calls"
    two.clock.turn(seconds=PAUSE_AFTER_REFUSALS_SECONDS)
    assert two.one.take_reads(1)


def test_a_few_refusals_a_minute_are_nothing(two: Two) -> None:
    for _ in range(10):
        for _ in range(MOST_REFUSALS_A_MINUTE - 1):
            two.one.note_refusal()
        two.clock.turn(minutes=1)

    assert two.one.take_reads(1)


def test_the_background_takes_only_what_live_traffic_leaves(two: Two) -> None:
    for _ in range(400):
        two.one.note_read()

    assert two.other.take_reads(50)
    assert not two.other.take_reads(1)
    two.clock.turn(minutes=1)
    assert two.other.take_reads(two.other.share("sweep"))


def test_what_was_refused_for_the_sake_of_live_traffic_is_not_counted(two: Two) -> None:
    for _ in range(440):
        two.one.note_read()

    assert not any(two.other.take_reads(11) for _ in range(30))
    assert two.other.take_reads(10)
