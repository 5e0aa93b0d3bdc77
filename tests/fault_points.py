"""Where somebody is killed by day: once after each function that writes, in the first story that leads to it.

A drill kills before the first call of each run of a Lambda and after each that may change something: what only reads
leaves no other world behind.
"""

import random
from collections.abc import Iterator, Sequence
from functools import cache

from tests.auditing import disagreements
from tests.harness import BridgeUnderTest, Machine
from tests.killing import Drill, Executioner, Point
from tests.stories import STORIES, Story
from tests.writing import Source


def swept(machine: Machine) -> BridgeUnderTest:
    """A bridge that the schedule has come to before: what agents wrote earlier is left alone."""
    # Pauses are drawn: whoever tells a story again draws the same, so that it comes to the same points.
    random.seed(0)
    bridge = BridgeUnderTest(machine)
    bridge.sweep()
    return bridge


@cache
def points_of(machine: Machine, story: Story) -> Sequence[Point]:
    """The fault points of a story that nobody is killed in, and that ends well."""
    counting, bridge = Executioner(), swept(machine)
    try:
        story(Drill(bridge, counting))
        assert disagreements(bridge) == []
    except AssertionError as error:
        raise AssertionError(f"nobody was killed in {story.__name__}") from error
    return counting.points


@cache
def writing_functions() -> frozenset[str]:
    """What writes, what has it write, and what has that: a table, a store, a flow."""
    return frozenset(Source().find_writes(depth=2))


def points_after_new_writes(machine: Machine) -> Iterator[tuple[Story, int]]:
    """For each function that writes, a point just after a write that it led to; few points cover all."""
    writes = {
        (story, number): writing_functions().intersection(point.functions)
        for story in STORIES
        for number, point in enumerate(points_of(machine, story))
        if point.call.is_write and point.is_after
    }
    missing = set[str]().union(*writes.values())
    while missing:
        best = max(writes, key=lambda place: (len(writes[place] & missing), -len(points_of(machine, place[0]))))
        missing -= writes[best]
        yield best
