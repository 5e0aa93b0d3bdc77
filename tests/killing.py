"""Kills a Lambda at a chosen call to the outside, before it or after it, and starts it anew.

The list of fault points is not kept by hand. Whatever library makes a call, and whoever wrote it, it leaves by one of
two doors: `http.client`, under requests and our own sender of jobs too, or botocore's endpoint, for every client of
AWS, since in tests moto answers those before they would reach the first. What tests and simulators call themselves is
no fault point: a call counts while Chalice runs a function of an app.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from http.client import HTTPConnection
from typing import Any

import pytest
from botocore.endpoint import Endpoint

from tests.harness import BridgeUnderTest


class Killed(BaseException):
    """The process is gone: nothing of ours may catch it."""


class Executioner:
    """Counts the fault points that are passed, and kills at one of them; `None` at none."""

    def __init__(self, at: int | None = None) -> None:
        self.passed = 0
        self._at = at

    @property
    def has_killed(self) -> bool:
        return self._at is not None and self.passed > self._at

    def pass_point(self) -> None:
        if not _is_in_a_lambda():
            return
        self.passed += 1
        if self.passed - 1 == self._at:
            raise Killed


class Drill:
    """A bridge of which a Lambda may be killed in what it lives through."""

    def __init__(self, bridge: BridgeUnderTest, executioner: Executioner) -> None:
        self.bridge = bridge
        self._executioner = executioner
        bridge.restart()
        # What a killed Lambda held as being in progress is free once it would have timed out.
        bridge.sources = bridge.make_sources(timeout_milliseconds=1)

    def live_through(self, act: Callable[[], Any]) -> Any:
        """Act and settle; when a Lambda is killed, start all anew and let the visibility timeout pass.

        Whoever called the front door of one that is killed gets no answer, and all else goes on.
        """
        had_killed, result = self._executioner.has_killed, None
        with watched(self._executioner):
            try:
                result = act()
                self.bridge.settle()
            except Killed:
                pass
            if self._executioner.has_killed and not had_killed:
                self.bridge.restart()
                self.bridge.turn(minutes=7)
                self.bridge.wait_out(minutes=1)
        return result


@contextmanager
def watched(executioner: Executioner) -> Iterator[None]:
    """A fault point before and after each call that a Lambda makes to the outside."""

    def before(call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def called(*args: Any, **details: Any) -> Any:
            executioner.pass_point()
            return call(*args, **details)

        return called

    def after(call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def called(*args: Any, **details: Any) -> Any:
            result = call(*args, **details)
            executioner.pass_point()
            return result

        return called

    usual = threading.excepthook

    def mourn(args: threading.ExceptHookArgs) -> None:
        # The front door answers each caller in a thread of its own.
        if args.exc_type is not Killed:
            usual(args)

    with pytest.MonkeyPatch.context() as doors:
        doors.setattr(HTTPConnection, "putrequest", before(HTTPConnection.putrequest))
        doors.setattr(HTTPConnection, "getresponse", after(HTTPConnection.getresponse))
        doors.setattr(Endpoint, "make_request", before(after(Endpoint.make_request)))
        doors.setattr(threading, "excepthook", mourn)
        yield


def _is_in_a_lambda() -> bool:
    frame = sys._getframe()
    while frame.f_back:
        frame = frame.f_back
        if frame.f_globals.get("__name__") == "chalice.app":
            return True
    return False
