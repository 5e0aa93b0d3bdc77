"""What the drills have in common: how far they go, and telling at the end what they tried."""

import os
from collections.abc import Callable

IS_DRILL = bool(os.environ.get("DRILL"))

# pytest's `record_property`; what is recorded under this name stands in its summary.
TRIED = "tried"
Record = Callable[[str, object], None]


def examples(few: int, many: int) -> int:
    """How many examples to try: few, or in a drill many, or as many as it is told."""
    return int(os.environ.get("DRILL_EXAMPLES", many)) if IS_DRILL else few
