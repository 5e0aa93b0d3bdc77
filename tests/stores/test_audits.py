"""What audits found stays told until it is set right, and no longer than anybody can look back."""

from datetime import timedelta
from uuid import uuid4

import boto3
import pytest

from chalicelib.stores.audits import Audits
from chalicelib.stores.cache import Cache
from chalicelib.stores.tables import Table
from tests.harness import Clock, Machine

SELLER = 4700000001
HOUR, DAY = 3600, 24 * 3600


class Kept:
    """The store, and the time."""

    def __init__(self) -> None:
        client, name = boto3.client("dynamodb"), uuid4().hex
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        )
        self.clock = Clock()
        self.cache = Cache(Table(client, name), self.clock)
        self.audits = Audits(self.cache)

    @property
    def now(self) -> int:
        return int(self.clock().timestamp())

    def save(self, hours: float, /, desk: str | None = None, **tally: int) -> None:
        """An audit of the last hours."""
        self.audits.save(SELLER, (self.now - int(hours * HOUR), self.now), tally, desk=desk)

    @property
    def told(self) -> tuple[str, str]:
        last = self.audits.last_of(SELLER)
        assert last
        return last.found, last.unread

    @property
    def hours_back(self) -> int:
        last = self.audits.last_of(SELLER)
        assert last
        return (self.now - last.since) // HOUR


@pytest.fixture
def kept(machine: Machine) -> Kept:
    return Kept()


def test_what_each_day_found_is_added_up(kept: Kept) -> None:
    kept.save(24, missing=2)
    kept.clock.turn(days=1)
    kept.save(24, missing=1, doubled=1)

    assert kept.told == ("3 missing, 1 doubled", "")
    assert kept.hours_back == 48


def test_what_two_audits_found_of_the_same_hours_is_counted_once(kept: Kept) -> None:
    kept.save(24, missing=2, undelivered=1)
    kept.clock.turn(hours=6)
    kept.save(12, missing=3)

    assert kept.told == ("3 missing, 1 undelivered", "")


def test_an_audit_that_looks_as_far_back_replaces_what_was_found(kept: Kept) -> None:
    kept.save(24, missing=2, unreadable=1)
    kept.clock.turn(hours=6)
    kept.save(31, missing=1)

    assert kept.told == ("1 missing", "")


def test_a_short_look_clears_nothing_that_could_not_be_read_before(kept: Kept) -> None:
    kept.save(24, unreadable=2)
    kept.clock.turn(hours=1)
    kept.save(0.5)

    assert kept.told == ("", "2 threads")
    kept.save(26)
    assert kept.told == ("", "")


def test_an_audit_that_ends_late_clears_nothing_that_was_found_after_its_span(kept: Kept) -> None:
    kept.save(24, missing=1)
    kept.audits.save(SELLER, (kept.now - 48 * HOUR, kept.now - 24 * HOUR), {})

    assert kept.told == ("1 missing", "")


def test_what_nothing_can_mend_is_forgotten_after_thirty_days(kept: Kept) -> None:
    kept.save(24, doubled=1)
    for _ in range(29):
        kept.clock.turn(days=1)
        kept.save(24)
    assert kept.told == ("1 doubled", "")

    for _ in range(2):
        kept.clock.turn(days=1)
        kept.save(24)

    assert kept.told == ("", "")


def test_the_longest_look_clears_what_began_before_it(kept: Kept) -> None:
    kept.save(30 * 24, missing=1)
    kept.clock.turn(days=20)
    kept.save(30 * 24)

    assert kept.told == ("", "")


def test_what_is_found_at_the_desk_that_a_seller_had_is_told_too(kept: Kept) -> None:
    kept.save(24, desk="", missing=1)
    kept.save(24, desk="loja2", missing=2)
    assert kept.told == ("2 missing", "")

    kept.save(24, desk="loja2")
    assert kept.told == ("1 missing", "")

    kept.save(25)
    assert kept.told == ("", "")


def test_what_an_older_version_stored_is_read(kept: Kept) -> None:
    older = {"since": kept.now - DAY, "until": kept.now, "tally": {"missing": 2}}
    kept.cache.put(f"audited/{SELLER}", older, keep=timedelta(days=1))

    assert kept.told == ("2 missing", "")
