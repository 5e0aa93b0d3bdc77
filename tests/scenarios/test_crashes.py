"""The process is killed before and after outside calls in turn; after a restart all is there, once."""

import pytest

from chalicelib.audit.compare import Finding
from tests.auditing import count_kinds, disagreements
from tests.drilling import IS_DRILL, Record, tell_tried
from tests.harness import Machine
from tests.killing import Drill, Executioner
from tests.stories import STORIES, Story
from tests.stories.telling import grants_lost
from tests.windows import new_windows, points_of, swept
from tests.writing import Source

# A drill takes every point, and each case a share of them, so that several workers can take one each.
SHARES = 3 if IS_DRILL else 1


def choose_points(machine: Machine, story: Story, share: int) -> list[int]:
    """Every point in a drill, else one in each window, after a write and before the next in turn."""
    if IS_DRILL:
        return list(range(share, len(points_of(machine, story)), SHARES))
    windows = new_windows(machine, story)
    return [window.points[number % len(window.points)] for number, window in enumerate(windows)]


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("story", STORIES)
def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing(
    machine: Machine, story: Story, share: int, record_property: Record
) -> None:
    points, chosen = points_of(machine, story), choose_points(machine, story, share)
    found: list[Finding] = []
    tried = 0
    grants_lost.clear()
    try:
        for point in chosen:
            bridge, executioner = swept(machine), Executioner(point)
            try:
                story(Drill(bridge, executioner))
                assert executioner.has_killed
                found += disagreements(bridge)
                assert found == []
            except AssertionError as error:
                where = f"fault point {point} of {len(points)}, {points[point]}"
                raise AssertionError(f"killed at {where}") from error
            tried += 1
    finally:
        sentence = f"killed at {tried} of {len(points)} fault points, grants lost {len(grants_lost)}"
        tell_tried(record_property, sentence, {"fault points": tried}, count_kinds(found))
    # A crash between Mercado Livre's giving a pair of tokens and our storing it: after the one call, before the other.
    assert len(grants_lost) <= 2


def test_every_write_is_reached_by_some_story(machine: Machine) -> None:
    """A new write is covered on the day when it is written: until a story leads to it, this names it."""
    reached = {
        function
        for story in STORIES
        for point in points_of(machine, story)
        if point.call.is_write
        for function in point.functions
    }

    # What writes, what has it write, and what has that: a table, a store, a flow.
    assert [function for function in Source().find_writes(depth=2) if function not in reached] == []
