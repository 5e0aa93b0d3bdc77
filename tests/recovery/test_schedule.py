"""How fast sweeps go round: where sellers are many, each has its turn when those before it had theirs."""

from datetime import timedelta

from chalicelib.recovery.schedule import sellers_a_minute, swept_within


def test_where_sellers_are_many_each_may_wait_for_two_turns() -> None:
    assert sellers_a_minute(300) == 60
    for sellers, minutes in ((1, 10), (300, 10), (600, 20), (3000, 100)):
        assert swept_within(sellers, 300) == timedelta(minutes=minutes)
