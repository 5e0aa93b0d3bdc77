"""A desk with more conversations than a Lambda has time for is walked through in several runs; none is left out."""

from datetime import timedelta

import pytest

from chalicelib.chatwoot.resources import ActiveConversation
from chalicelib.errors import TryAgainLater
from chalicelib.recovery.desk_scan import DeskScan, desk_scan_key
from chalicelib.recovery.resumable import LONGEST_RUN
from chalicelib.wiring import bridge as current_bridge
from chalicelib.work.jobs import SweepDesk
from tests.harness import BridgeUnderTest

CONVERSATIONS = 60


class Walker:
    """Walks, and takes some seconds for each conversation."""

    def __init__(self, bridge: BridgeUnderTest, *, seconds_each: int) -> None:
        self._bridge = bridge
        self._seconds_each = seconds_each
        self.looked: list[tuple[int, int]] = []
        self.disturb = lambda: None
        now = current_bridge()
        self._scans = now.scans
        self._scan = DeskScan(now.desk("").chatwoot, self._look, now.scans, now.cache, now.settings, bridge.clock)

    def run(self) -> None:
        self._scans.begin([desk_scan_key("")])
        self._scan.sweep(SweepDesk("", int(self._bridge.clock().timestamp())))

    def mark(self) -> int:
        return self._scan.looked_through_until()

    def _look(self, conversation: ActiveConversation, since: int) -> int:
        self.looked.append((conversation.id, since))
        self._bridge.clock.turn(seconds=self._seconds_each)
        self.disturb()
        return 0


@pytest.fixture
def desk(bridge: BridgeUnderTest) -> BridgeUnderTest:
    """A desk whose mark was set a day ago, and at which many conversations were opened since."""
    bridge.sweep()
    bridge.clock.turn(days=1)
    for number in range(CONVERSATIONS):
        bridge.clock.turn(seconds=10)
        bridge.meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    bridge.settle()
    bridge.clock.turn(minutes=10)
    return bridge


def test_a_long_walk_goes_on_where_it_was_broken_off(desk: BridgeUnderTest) -> None:
    walker = Walker(desk, seconds_each=2)
    began, before = int(desk.clock().timestamp()), walker.mark()
    runs = 0

    while walker.mark() == before:
        walker.run()
        runs += 1

    assert runs in (3, 4)
    assert timedelta(seconds=CONVERSATIONS * 2) >= 3 * LONGEST_RUN
    looked = [conversation_id for conversation_id, _ in walker.looked]
    assert len(set(looked)) == CONVERSATIONS
    # What began after the walk did is for the next one.
    assert walker.mark() == began


@pytest.mark.parametrize(
    ("pause", "written_ago", "seconds_each"),
    [(timedelta(0), timedelta(minutes=5), 2), (timedelta(days=2), timedelta(days=1), 1)],
    ids=["shortly ago", "before a pause of days"],
)
def test_a_conversation_that_comes_to_the_front_meanwhile_is_met_with_all_that_it_held(
    desk: BridgeUnderTest, pause: timedelta, written_ago: timedelta, seconds_each: int
) -> None:
    desk.clock.turn(days=pause.days)
    walker = Walker(desk, seconds_each=seconds_each)
    oldest = min(conversation["id"] for conversation in desk.chatwoot.conversations())
    written = int((desk.clock() - written_ago).timestamp())

    def come_to_the_front() -> None:
        if len(walker.looked) == 10:
            desk.chatwoot.reply(oldest, "Uma nota.", private=True)

    walker.disturb = come_to_the_front
    before = walker.mark()
    while walker.mark() == before:
        walker.run()
    walker.run()

    assert any(conversation_id == oldest and since < written for conversation_id, since in walker.looked)


def test_conversations_that_hang_hold_up_no_other(desk: BridgeUnderTest) -> None:
    walker = Walker(desk, seconds_each=0)
    everyone = {conversation["id"] for conversation in desk.chatwoot.conversations()}
    hanging = set(sorted(everyone)[-6:])

    def hang() -> None:
        if walker.looked[-1][0] in hanging:
            desk.clock.turn(seconds=8)
            raise TryAgainLater("Chatwoot hangs")

    walker.disturb = hang
    before = walker.mark()
    for _ in range(3):
        began = desk.clock()
        walker.run()
        assert desk.clock() - began < timedelta(seconds=55)
        desk.clock.turn(minutes=2)

    assert {conversation_id for conversation_id, _ in walker.looked} == everyone
    assert walker.mark() > before


def test_what_could_not_be_read_is_tried_once_more_however_long_nobody_walked(desk: BridgeUnderTest) -> None:
    walker = Walker(desk, seconds_each=0)
    *others, bad = sorted(conversation["id"] for conversation in desk.chatwoot.conversations())

    def fail() -> None:
        if walker.looked[-1][0] == bad:
            raise TryAgainLater("Chatwoot answers 500")

    walker.disturb = fail
    walker.run()
    desk.clock.turn(days=2)
    # So much is there to look at that the first run has no time for all.
    for conversation_id in others:
        desk.chatwoot.reply(conversation_id, "Uma nota.", private=True)
    desk.clock.turn(minutes=5)

    walker = Walker(desk, seconds_each=2)
    walker.run()

    assert bad in [conversation_id for conversation_id, _ in walker.looked]


def test_what_can_never_be_read_is_given_up_after_a_day(desk: BridgeUnderTest) -> None:
    walker = Walker(desk, seconds_each=0)
    bad = max(conversation["id"] for conversation in desk.chatwoot.conversations())

    def fail() -> None:
        if walker.looked[-1][0] == bad:
            raise TryAgainLater("Chatwoot answers 500")

    walker.disturb = fail
    for _ in range(2):
        walker.run()
        desk.clock.turn(hours=25)
    walker.looked.clear()

    walker.run()

    assert bad not in [conversation_id for conversation_id, _ in walker.looked]


def test_nothing_of_before_the_first_sweep_is_looked_at(bridge: BridgeUnderTest) -> None:
    bridge.ask()
    bridge.clock.turn(minutes=30)
    walker = Walker(bridge, seconds_each=0)
    walker.run()
    first = walker.mark()
    bridge.clock.turn(minutes=30)
    bridge.chatwoot.reply(bridge.conversation()["id"], "Temos.")

    walker.run()

    ((_, since),) = walker.looked
    assert first - 120 <= since <= first
