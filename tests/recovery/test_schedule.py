"""How fast sweeps go round: where sellers are many, each has its turn when those before it had theirs."""

from datetime import timedelta

from chalicelib.recovery.schedule import sellers_a_minute, swept_within


def test_where_sellers_are_many_each_may_wait_for_two_turns() -> None:
    assert sellers_a_minute(300) == 75
    for sellers, minutes in ((1, 10), (375, 10), (750, 20), (3000, 80)):
        assert swept_within(sellers, 300) == timedelta(minutes=minutes)
