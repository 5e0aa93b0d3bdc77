"""The process is killed before and after every outside call in turn; after a restart all is there, once.

The list of fault points is not kept by hand: every call to AWS and to either service is one, before it and after it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

import app
from chalicelib.bridge import bridge as current_bridge
from tests.harness import BridgeUnderTest
from tools.local.event_source import EventSource

SHARES = 4


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
    bridge.sources = [
        EventSource(bridge.sqs, bridge.queues[queue], name, function, timeout_milliseconds=1)
        for queue, name, function in (
            ("NotificationsQueueUrl", "resolve_notification", app.resolve_notification),
            ("ThreadsQueueUrl", "work_on_thread", app.work_on_thread),
        )
    ]


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


def tell_the_story(bridge: BridgeUnderTest) -> None:
    """A question answered by an agent, and one answered on Mercado Livre's own pages."""
    meli, chatwoot = bridge.meli, bridge.chatwoot
    first = live_through(bridge, lambda: meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?"))
    (conversation,) = chatwoot.conversations()
    message = live_through(bridge, lambda: chatwoot.reply(conversation["id"], "Temos."))
    second = live_through(bridge, lambda: meli.ask(bridge.buyer, bridge.item, "E amarela?"))
    live_through(bridge, lambda: meli.hold_question(second))
    live_through(bridge, lambda: meli.release_question(second))
    live_through(bridge, lambda: meli.answer_natively(second, "Amarela não."))

    assert meli.answers_published == [(first, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert len(chatwoot.contacts()) == 1
    told = [
        [(m["private"], m["content"].split("\n")[0][:20]) for m in chatwoot.messages(c["id"])]
        for c in chatwoot.conversations()
    ]
    assert told == [
        [(False, "Tem na cor verde?"), (False, "Temos.")],
        [
            (False, "E amarela?"),
            (True, "O Mercado Livre está"),
            (True, "A pergunta foi liber"),
            (False, "Amarela não."),
        ],
    ]
    assert [c["status"] for c in chatwoot.conversations()] == ["resolved", "resolved"]
    assert all(set(c["labels"]) == {"mercado-livre", "pergunta"} for c in chatwoot.conversations())
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def fault_points(bridge: BridgeUnderTest) -> int:
    executioner = Executioner()
    watch(bridge, executioner)
    tell_the_story(bridge)
    return executioner.passed


@pytest.fixture(params=range(SHARES))
def share(request: pytest.FixtureRequest) -> Iterator[int]:
    """A share of the fault points, so that several workers can take one each."""
    return request.param


def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing(
    bridge: BridgeUnderTest, machine: Any, share: int
) -> None:
    points = fault_points(bridge)
    assert points > 50

    for point in range(share, points, SHARES):
        fresh = BridgeUnderTest(machine)
        watch(fresh, Executioner(point))
        try:
            tell_the_story(fresh)
        except AssertionError as error:
            raise AssertionError(f"killed at fault point {point} of {points}") from error
