"""How fast the sweeps go round: so many sellers a minute as the background has calls for."""

from datetime import timedelta

# The open questions, the unread messages and, after ten minutes or more, the changed orders.
READS_OF_A_SWEEP = 3

# However few sellers there are: what a pause has left is not urgent.
MOST_SPARE_READS = 20

# The schedule asks every two minutes; of many sellers, each has his turn when those before him had theirs.
SWEPT_WITHIN_AT_LEAST = timedelta(minutes=10)
TURNS_ALLOWED = 2


def sellers_a_minute(reads: int) -> int:
    """How many sellers so many reads a minute are enough for."""
    return max(1, reads // READS_OF_A_SWEEP)


def spare_reads_of(sellers: int, reads: int) -> int:
    """How many reads the sweep of each of so many sellers may make besides, in a round of two minutes."""
    spare = 2 * reads // max(1, sellers) - READS_OF_A_SWEEP
    return min(max(1, spare), MOST_SPARE_READS)


def swept_within(sellers: int, reads: int) -> timedelta:
    """How long ago the last sweep of each of so many sellers may be, with so many reads a minute, while all is well."""
    return max(SWEPT_WITHIN_AT_LEAST, TURNS_ALLOWED * timedelta(minutes=sellers / sellers_a_minute(reads)))
