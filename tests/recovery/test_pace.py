"""How many reads a sweep may make besides: however many sellers there are, a round does not take longer for it."""

import pytest

from chalicelib.recovery.pace import READS_OF_A_SWEEP, spare_reads_of


@pytest.mark.parametrize(
    ("sellers", "spare_reads"), [(0, 20), (1, 20), (17, 20), (40, 7), (66, 3), (100, 1), (5000, 1)]
)
def test_of_many_sellers_each_has_less_to_spare(sellers: int, spare_reads: int) -> None:
    assert spare_reads_of(sellers, reads=200) == spare_reads


def test_the_reads_of_a_round_are_enough_for_all_where_they_are_enough_for_the_sweeps() -> None:
    for sellers in range(1, 2 * 200 // (READS_OF_A_SWEEP + 1)):
        assert sellers * (READS_OF_A_SWEEP + spare_reads_of(sellers, reads=200)) <= 2 * 200
