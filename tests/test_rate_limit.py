"""What can wait makes a fixed number of reads a minute, after live traffic, and none while there is trouble."""

from uuid import uuid4

import boto3
import pytest

from chalicelib.errors import PutOff
from chalicelib.rate_limit import (
    MOST_REFUSALS_A_MINUTE,
    PAUSE_AFTER_REFUSALS_SECONDS,
    PAUSE_AFTER_TOO_MANY_SECONDS,
    BackgroundLimit,
    RateLimit,
)
from chalicelib.recovery.resumable import Scans
from chalicelib.stores.cache import Cache
from chalicelib.stores.tables import Table
from tests.harness import Clock, Machine


class Two:
    """Two Lambdas that share the reads of a minute, and the time; and what can wait in a third."""

    def __init__(self) -> None:
        client, name = boto3.client("dynamodb"), uuid4().hex
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        )
        self.clock = Clock()
        table = Table(client, name)
        self.one, self.other = (RateLimit(table, self.clock, lambda: 500) for _ in range(2))
        self.job = Scans(Cache(table, self.clock), self.clock)
        self.background = BackgroundLimit(table, self.clock, lambda: 500, self.job)


@pytest.fixture
def two(machine: Machine) -> Two:
    return Two()


def reads_left(two: Two) -> int:
    """How many reads what can wait makes until it is put off."""
    for number in range(1000):
        try:
            two.background.note_read()
        except PutOff:
            return number
    raise AssertionError("it is never put off")


def test_lambdas_share_the_reads_of_a_minute(two: Two) -> None:
    taken = [limit.take_reads(4) for _ in range(60) for limit in (two.one, two.other)]

    assert sum(taken) == 75 == two.one.background_reads // 4
    two.clock.turn(minutes=1)
    assert two.other.take_reads(4)


def test_each_call_of_what_can_wait_is_taken_before_it_is_made(two: Two) -> None:
    assert reads_left(two) == two.one.background_reads

    two.clock.turn(minutes=1)
    two.background.note_read()
    two.clock.turn(minutes=1)
    # What was left of the minute before is no part of this one.
    assert reads_left(two) == two.one.background_reads


def test_what_one_job_took_is_not_for_the_next(two: Two) -> None:
    two.background.note_read()
    two.other.note_block()
    two.job.begin()

    assert reads_left(two) == 0


def test_after_too_many_calls_what_can_wait_waits_a_minute(two: Two) -> None:
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

    assert capsys.readouterr().out.count('"MercadoLivreRefuses":[1.0]') == 1
    assert two.one.paused_because == "too many refused calls"
    two.clock.turn(seconds=PAUSE_AFTER_REFUSALS_SECONDS)
    assert two.one.take_reads(1)


def test_a_few_refusals_a_minute_are_nothing(two: Two) -> None:
    for _ in range(10):
        for _ in range(MOST_REFUSALS_A_MINUTE - 1):
            two.one.note_refusal()
        two.clock.turn(minutes=1)

    assert two.one.take_reads(1)


def test_what_can_wait_takes_only_what_live_traffic_leaves(two: Two) -> None:
    for _ in range(400):
        two.one.note_read()

    assert two.other.take_reads(50)
    assert not two.other.take_reads(1)
    two.clock.turn(minutes=1)
    assert two.other.take_reads(two.other.background_reads)


def test_what_was_refused_for_the_sake_of_live_traffic_is_not_counted(two: Two) -> None:
    for _ in range(440):
        two.one.note_read()

    assert not any(two.other.take_reads(11) for _ in range(30))
    assert two.other.take_reads(10)


def test_a_clock_that_is_far_ahead_holds_up_nobody(two: Two) -> None:
    now = two.clock.now
    two.clock.turn(minutes=40)
    assert two.one.take_reads(300)
    two.clock.now = now

    assert two.other.take_reads(300)
    assert not two.other.take_reads(1)
