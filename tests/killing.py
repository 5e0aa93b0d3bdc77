"""Kills the process at a chosen call to the outside, before it or after it, and starts it anew.

The list of fault points is not kept by hand: every call to AWS and to either service is one, before it and after it.
"""

from collections.abc import Callable
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from chalicelib.bridge import bridge as current_bridge
from tests.harness import BridgeUnderTest


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
    result = None
    try:
        result = act()
        bridge.settle()
    except Killed:
        bridge.restart()
        bridge.turn(minutes=7)
        bridge.wait_out(minutes=1)
    return result
