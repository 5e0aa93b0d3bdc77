"""The process is killed at outside calls in turn; after a restart all is there, once."""

from collections.abc import Iterable

import pytest

from chalicelib.audit.compare import Finding
from tests.auditing import count_kinds, disagreements
from tests.drilling import Record, tell_tried
from tests.fault_points import points_after_new_writes, points_of, swept, writing_functions
from tests.harness import Machine
from tests.killing import Drill, Executioner
from tests.scenarios.test_policies import allowed, asked_at
from tests.stories import STORIES, Story
from tests.stories.telling import grants_lost

# Each case of a drill takes a share of a story's points, so that several workers can take one each.
SHARES = 3


def kill_at(machine: Machine, story: Story, number: int) -> tuple[bool, list[Finding]]:
    """Live through a story in which somebody is to be killed at one point.

    Whether the story came to that point, and what the audit finds to be wrong afterwards.
    """
    bridge, executioner = swept(machine), Executioner(number)
    try:
        story(Drill(bridge, executioner))
        found = disagreements(bridge)
        assert found == []
    except AssertionError as error:
        points = points_of(machine, story)
        where = f"{story.__name__} at fault point {number} of {len(points)}, {points[number]}"
        raise AssertionError(f"killed in {where}") from error
    return executioner.has_killed, found


def kill_at_each(machine: Machine, kills: Iterable[tuple[Story, int]], record_property: Record) -> None:
    found: list[Finding] = []
    tried, missed = 0, 0
    grants_lost.clear()
    try:
        for story, number in kills:
            was_killed, wrong = kill_at(machine, story, number)
            found += wrong
            tried += was_killed
            missed += not was_killed
    finally:
        sentence = f"killed at {tried} fault points, grants lost {len(grants_lost)}"
        tell_tried(record_property, sentence, {"fault points": tried}, count_kinds(found))
    # Where threads meet services that fail now and then, a story does not take the same way each time.
    assert missed * 4 <= tried, f"{missed} fault points were not reached"
    # A crash between Mercado Livre's giving a pair of tokens and our storing it: after the one call, before the other.
    assert len(grants_lost) <= 2


def assert_every_write_is_reached(machine: Machine) -> None:
    """A new write is covered on the day when it is written: until a story leads to it, this names it."""
    reached = {
        function
        for story in STORIES
        for point in points_of(machine, story)
        if point.call.is_write
        for function in point.functions
    }
    assert sorted(writing_functions() - reached) == []


def assert_all_is_allowed(machine: Machine) -> None:
    """A call that a policy does not allow sets jobs aside on AWS, and the AWS of the tests refuses nothing."""
    stage = swept(machine).name
    asked = {each for story in STORIES for point in points_of(machine, story) for each in asked_at(point, stage)}
    assert sorted(asked - allowed()) == []


def test_a_crash_after_any_write_loses_nothing_and_doubles_nothing(machine: Machine, record_property: Record) -> None:
    # In one test, so that one worker alone lives through all the stories.
    assert_every_write_is_reached(machine)
    assert_all_is_allowed(machine)
    kill_at_each(machine, points_after_new_writes(machine), record_property)


@pytest.mark.night
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("story", STORIES)
def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing(
    machine: Machine, story: Story, share: int, record_property: Record
) -> None:
    numbers = [number for number, point in enumerate(points_of(machine, story)) if point.is_distinct]
    kill_at_each(machine, ((story, number) for number in numbers[share::SHARES]), record_property)
