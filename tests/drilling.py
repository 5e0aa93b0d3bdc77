"""What the drills have in common: how far they go, and telling at the end what they tried."""

import os
from collections.abc import Callable, Mapping

IS_DRILL = bool(os.environ.get("DRILL"))

# pytest's `record_property`; what is recorded under these names stands in its summary, a line each, and added up.
TRIED, COUNTED = "tried", "counted"
Record = Callable[[str, object], None]


def examples(few: int, many: int) -> int:
    """How many examples to try: few, or in a drill many, or as many as it is told."""
    return int(os.environ.get("DRILL_EXAMPLES", many)) if IS_DRILL else few


def tell_tried(record: Record, sentence: str, tried: Mapping[str, int], found: Mapping[str, int]) -> None:
    """Say what a drill tried and what the audit found; the numbers are added to those of the others, by their names."""
    record(TRIED, f"{sentence}: {list_numbers(found)}")
    record(COUNTED, {**tried, **found})


def list_numbers(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in numbers.items())
