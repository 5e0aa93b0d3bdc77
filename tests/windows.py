"""Where a crash makes a difference: between one write and the next. Reads leave nothing behind.

So many stories write in the same way that it is enough to be killed once in each window: after what was written, and
before what is written next, each told apart by the functions that led to it. That is in the first story that has it, so
one that would show more stands before others.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import zip_longest
from typing import NamedTuple

from tests.auditing import disagreements
from tests.harness import BridgeUnderTest, Machine
from tests.killing import Drill, Executioner, Point
from tests.stories import STORIES, Story

# How many of the functions that led to a write tell it from others; of what is written next its kind is enough.
FUNCTIONS_TOLD, FUNCTIONS_TOLD_NEXT = 5, 0
# In how many windows that begin with the same write somebody is killed.
MOST_AFTER_A_WRITE = 2


class Window(NamedTuple):
    """Two writes, the second of which is missing where a story ends, and the points just after and just before them."""

    ways: tuple[tuple[str, ...], ...]
    points: tuple[int, ...]


def swept(machine: Machine) -> BridgeUnderTest:
    """A bridge that the schedule has come to before: what agents wrote earlier is left alone."""
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
def new_windows(machine: Machine, story: Story) -> list[Window]:
    """The windows of a story that no story before it has; where it has none, its first."""
    known = [window for earlier in STORIES[: STORIES.index(story)] for window in new_windows(machine, earlier)]
    ways, times = {window.ways for window in known}, Counter(window.ways[0] for window in known)
    windows = list(windows_in(points_of(machine, story)))
    own = []
    for window in windows:
        if window.ways not in ways and times[window.ways[0]] < MOST_AFTER_A_WRITE:
            own.append(window)
            ways.add(window.ways)
            times[window.ways[0]] += 1
    return own or windows[:1]


def windows_in(points: Sequence[Point]) -> Iterator[Window]:
    writes = [(number, point) for number, point in enumerate(points) if point.call.is_write]
    befores = [(number, point) for number, point in writes if not point.is_after]
    afters = [(number, point) for number, point in writes if point.is_after]
    for (after, point), following in zip_longest(afters, befores[1:]):
        way = _way(point, FUNCTIONS_TOLD)
        if following is None:
            yield Window((way,), (after,))
        else:
            before, next_point = following
            yield Window((way, _way(next_point, FUNCTIONS_TOLD_NEXT)), (after, before))


def _way(point: Point, functions_told: int) -> tuple[str, ...]:
    led = [function for function in point.functions if "<locals>" not in function]
    return (point.call.name, *led[:functions_told])
