"""How fast the sweeps go round: so many sellers a minute as the background has calls for."""

from datetime import timedelta

from chalicelib.stores.budget import SHARES

# The open questions, the unread messages and, now and then, the changed orders. More are taken as they are made.
READS_OF_A_SWEEP = 3
SELLERS_A_MINUTE = SHARES["sweep"] // READS_OF_A_SWEEP

# The schedule asks every two minutes; of many sellers, each has his turn when those before him had theirs.
SWEPT_WITHIN_AT_LEAST = timedelta(minutes=10)
TURNS_ALLOWED = 2


def swept_within(sellers: int) -> timedelta:
    """How long ago the last sweep of each of so many sellers may be while all is well."""
    return max(SWEPT_WITHIN_AT_LEAST, TURNS_ALLOWED * timedelta(minutes=sellers / SELLERS_A_MINUTE))
