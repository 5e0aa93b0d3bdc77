"""The process is killed before and after outside calls in turn; after a restart all is there, once.

The list of fault points is not kept by hand: every call to AWS and to either service is one, before it and after it.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from chalicelib.bridge import bridge as current_bridge
from tests.harness import BridgeUnderTest, Machine

SHARES = 3

# Every third point, before a call and after one in turn, takes a minute; DRILL=1 takes them all.
STRIDE = 1 if os.environ.get("DRILL") else 3


class Killed(BaseException):
    """The process is gone: nothing of ours may catch it."""


class Executioner:
    """Counts the fault points that are passed, and kills at one of them; `None` at none."""

    def __init__(self, at: int | None = None) -> None:
        self.passed = 0
        self._at = at

    def pass_point(self, *_: Any, **__: Any) -> None:
        self.passed += 1
        if self.passed - 1 == self._at:
            raise Killed


class WatchedAdapter(HTTPAdapter):
    """Sends a request, with a fault point before and after it."""

    def __init__(self, executioner: Executioner) -> None:
        super().__init__()
        self._executioner = executioner

    def send(self, request: PreparedRequest, **details: Any) -> Response:  # type: ignore[override]
        self._executioner.pass_point()
        response = super().send(request, **details)
        self._executioner.pass_point()
        return response


def watch(bridge: BridgeUnderTest, executioner: Executioner) -> None:
    """Start the Lambdas anew, with a fault point around each of their outside calls."""
    bridge.restart()
    watched = current_bridge()
    for client in (watched.dynamodb, watched.sqs):
        client.meta.events.register("before-call", executioner.pass_point)
        client.meta.events.register("after-call", executioner.pass_point)
    watched.transport._session.mount("http://", WatchedAdapter(executioner))
    # What a killed Lambda held as being in progress is free once it would have timed out.
    bridge.sources = bridge.make_sources(timeout_milliseconds=1)


def live_through(bridge: BridgeUnderTest, act: Callable[[], Any]) -> Any:
    """Act and settle; when the process is killed, start it anew and let the visibility timeout pass."""
    result = act()
    try:
        bridge.settle()
    except Killed:
        bridge.restart()
        bridge.turn(minutes=7)
        bridge.wait_out(minutes=1)
    return result


def tell_of_an_answer(bridge: BridgeUnderTest) -> None:
    """A question answered by an agent."""
    meli, chatwoot = bridge.meli, bridge.chatwoot
    question = live_through(bridge, lambda: meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?"))
    (conversation,) = chatwoot.conversations()
    message = live_through(bridge, lambda: chatwoot.reply(conversation["id"], "Temos."))

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert told(bridge) == [(False, "Tem na cor verde?"), (False, "Temos.")]


def tell_of_changes(bridge: BridgeUnderTest) -> None:
    """A question that was held back, and answered on Mercado Livre's own pages."""
    meli = bridge.meli
    question = meli.ask(bridge.buyer, bridge.item, "E amarela?")
    live_through(bridge, lambda: meli.hold_question(question))
    live_through(bridge, lambda: meli.release_question(question))
    live_through(bridge, lambda: meli.answer_natively(question, "Amarela não."))

    assert meli.answers_published == []
    assert told(bridge) == [
        (False, "E amarela?"),
        (True, "O Mercado Livre está"),
        (True, "A pergunta foi liber"),
        (False, "Amarela não."),
    ]


def told(bridge: BridgeUnderTest) -> list[tuple[bool, str]]:
    """What the only conversation says; it is resolved and labelled, and nothing is left to do."""
    conversation = bridge.conversation()
    assert conversation["status"] == "resolved"
    assert set(conversation["labels"]) == {"mercado-livre", "pergunta"}
    assert len(bridge.chatwoot.contacts()) == 1
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    found = bridge.chatwoot.messages(conversation["id"])
    return [(message["private"], message["content"].split("\n")[0][:20]) for message in found]


Story = Callable[[BridgeUnderTest], None]


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("story", [tell_of_an_answer, tell_of_changes])
def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing(machine: Machine, story: Story, share: int) -> None:
    """Each case takes a share of the fault points, so that several workers can take one each."""
    counting = Executioner()
    bridge = BridgeUnderTest(machine)
    watch(bridge, counting)
    story(bridge)
    assert counting.passed > 50

    for point in range(share * STRIDE, counting.passed, SHARES * STRIDE):
        bridge = BridgeUnderTest(machine)
        watch(bridge, Executioner(point))
        try:
            story(bridge)
        except AssertionError as error:
            raise AssertionError(f"killed at fault point {point} of {counting.passed}") from error
