"""A list of a service comes to its end, or is left."""

import pytest

from chalicelib.errors import TryAgainLater
from chalicelib.paging import page_numbers


def test_a_list_that_does_not_end_is_left() -> None:
    numbers = page_numbers(7, most=3)

    assert [next(numbers) for _ in range(3)] == [7, 8, 9]
    with pytest.raises(TryAgainLater, match="does not end"):
        next(numbers)
