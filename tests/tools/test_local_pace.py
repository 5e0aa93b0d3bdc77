"""However often the schedule of `python -m tools local` comes, it has the reads to sweep with."""

import pytest

from tools.local.runner import reads_a_minute


@pytest.mark.parametrize(("tick_seconds", "reads"), [(120, 500), (3600, 500), (30, 2000), (0.5, 120_000)])
def test_a_short_tick_has_as_many_reads_as_one_in_the_cloud(tick_seconds: float, reads: int) -> None:
    assert reads_a_minute(tick_seconds) == reads
