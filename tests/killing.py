"""Kills a Lambda at a chosen call to the outside, before it or after it, and starts it anew.

The list of fault points is not kept by hand. Whatever library makes a call, and whoever wrote it, it leaves by one of
two doors: `http.client`, under requests and our own sender of jobs too, or botocore's endpoint, for every client of
AWS, since in tests moto answers those before they would reach the first. A Lambda that connects by neither fails the
drill. What tests and simulators call themselves is no fault point: a call counts while Chalice runs a function of an
app.
"""

import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from http.client import HTTPConnection
from types import FrameType
from typing import Any, NamedTuple

import pytest
from botocore.endpoint import Endpoint
from botocore.model import OperationModel

from tests.harness import BridgeUnderTest


class Killed(BaseException):
    """The process is gone: nothing of ours may catch it."""


class Call(NamedTuple):
    """What is asked for outside: the method of a request, or the name of an operation of AWS.

    Of AWS it also says the service and the names of tables and queues. `leaves_traces` is whether it changes something
    though it asks for what it reads.
    """

    name: str
    service: str = ""
    resources: tuple[str, ...] = ()
    leaves_traces: bool = False

    @property
    def is_write(self) -> bool:
        """Whether it may change something there; whatever is not known to read does."""
        return self.leaves_traces or not self.name.startswith(READING)


# Of requests as of operations: GET, GetItem.
READING = ("GET", "HEAD", "Get", "BatchGet", "Query", "Scan", "List", "Describe", "Receive")

# Mercado Livre then takes a label as printed, and messages as read.
TRACES = re.compile(r"/shipment_labels|/messages/packs/(?!.*mark_as_read=false)")


class Point(NamedTuple):
    """A fault point: just before a call or just after it. `functions` are ours that led to it, the innermost first.

    `entry` is the function of the app that was run, and `is_first` whether it had made no call before.
    """

    call: Call
    is_after: bool
    functions: tuple[str, ...]
    entry: str
    is_first: bool

    @property
    def is_distinct(self) -> bool:
        """Whether it leaves another world behind than the point before it: what only reads leaves the same."""
        return self.call.is_write if self.is_after else self.is_first

    def __str__(self) -> str:
        return f"{'after' if self.is_after else 'before'} {self.call.name}"


class Executioner:
    """Takes down the fault points that are passed, and kills at one of them; `None` at none."""

    def __init__(self, at: int | None = None) -> None:
        self.points: list[Point] = []
        # Who connected by neither of the doors.
        self.unwatched: list[str] = []
        self._at = at
        self._run: FrameType | None = None

    @property
    def passed(self) -> int:
        return len(self.points)

    @property
    def has_killed(self) -> bool:
        return self._at is not None and self.passed > self._at

    def pass_point(self, call: Call, *, is_after: bool) -> None:
        frames = _frames_of_a_lambda()
        if not frames:
            return
        run = next((frame for frame in reversed(frames) if _module(frame) == "app"), None)
        entry = run.f_code.co_name if run else ""
        functions = tuple(filter(None, map(_name_of_ours, frames)))
        self.points.append(Point(call, is_after, functions, entry, is_first=run is None or run is not self._run))
        self._run = run
        if self.passed - 1 == self._at:
            raise Killed

    def note_connection(self) -> None:
        """Somebody connects; a Lambda may, by one of the doors."""
        frames = _frames_of_a_lambda()
        if frames and not any(_module(frame) in DOORS for frame in frames):
            outside = (frame for frame in frames if _module(frame) not in (__name__, "socket"))
            self.unwatched.append(_name(next(outside)))


DOORS = (HTTPConnection.__module__, Endpoint.__module__)


class Drill:
    """A bridge of which a Lambda may be killed in what it lives through."""

    def __init__(self, bridge: BridgeUnderTest, executioner: Executioner) -> None:
        self.bridge = bridge
        self._executioner = executioner
        bridge.restart()
        # What a killed Lambda held as being in progress is free once it would have timed out.
        bridge.sources = bridge.make_sources(timeout_milliseconds=1)

    @property
    def has_killed(self) -> bool:
        return self._executioner.has_killed

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

    def before(call: Callable[..., Any], asks_for: Callable[..., Call]) -> Callable[..., Any]:
        @wraps(call)
        def called(*args: Any, **details: Any) -> Any:
            executioner.pass_point(asks_for(*args), is_after=False)
            return call(*args, **details)

        return called

    def after(call: Callable[..., Any], asks_for: Callable[..., Call]) -> Callable[..., Any]:
        @wraps(call)
        def called(*args: Any, **details: Any) -> Any:
            result = call(*args, **details)
            executioner.pass_point(asks_for(*args), is_after=True)
            return result

        return called

    def noted(connect: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(connect)
        def called(*args: Any) -> Any:
            executioner.note_connection()
            return connect(*args)

        return called

    _let_threads_be_killed()
    with pytest.MonkeyPatch.context() as doors:
        doors.setattr(HTTPConnection, "request", keeping_body(HTTPConnection.request))
        doors.setattr(HTTPConnection, "putrequest", keeping_url(before(HTTPConnection.putrequest, call_by_http)))
        doors.setattr(HTTPConnection, "getresponse", after(HTTPConnection.getresponse, call_by_http))
        doors.setattr(Endpoint, "make_request", before(after(Endpoint.make_request, call_of_aws), call_of_aws))
        for connect in (socket.socket.connect, socket.socket.connect_ex):
            doors.setattr(socket.socket, connect.__name__, noted(connect))
        yield
    assert not executioner.unwatched, f"calls outside that are no fault points, by {', '.join(executioner.unwatched)}"


def keeping_body(request: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(request)
    def called(connection: Any, method: str, url: str, body: Any = None, *args: Any, **details: Any) -> Any:
        connection.asked = method, body
        return request(connection, method, url, body, *args, **details)

    return called


def keeping_url(putrequest: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(putrequest)
    def called(connection: Any, method: str, url: str, *args: Any, **details: Any) -> Any:
        connection.asked_url = url
        return putrequest(connection, method, url, *args, **details)

    return called


def call_by_http(connection: Any, *asked: str) -> Call:
    """What a request is for: our own sender asks SQS by one."""
    method, body = getattr(connection, "asked", (asked[0] if asked else connection._method, None))
    if isinstance(body, bytes) and b'"QueueUrl"' in body:
        return Call("SendMessage", "sqs", (json.loads(body)["QueueUrl"].rpartition("/")[2],))
    return Call(method, leaves_traces=bool(TRACES.search(connection.asked_url)))


def call_of_aws(_endpoint: Endpoint, operation: OperationModel, request: dict[str, Any]) -> Call:
    """What an operation is asked for; those of our services carry it as JSON."""
    asked = json.loads(request["body"])
    named = asked.get("RequestItems") or filter(None, (asked.get(name) for name in NAMING))
    service = str(operation.service_model.service_name)
    return Call(operation.name, service, tuple(name.rpartition("/")[2] for name in named))


NAMING = ("TableName", "QueueUrl", "QueueName")


@cache
def _let_threads_be_killed() -> None:
    """For good: the front door answers each caller in a thread of its own, which may die when the caller is gone."""
    usual = threading.excepthook

    def mourn(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not Killed:
            usual(args)

    threading.excepthook = mourn


def _frames_of_a_lambda() -> list[FrameType]:
    """What is being run, the innermost first, when Chalice runs a function of an app; else nothing."""
    frames, frame, is_in_a_lambda = [], sys._getframe(1), False
    while frame := frame.f_back:  # type: ignore[assignment]
        frames.append(frame)
        is_in_a_lambda = is_in_a_lambda or _module(frame) == "chalice.app"
    return frames if is_in_a_lambda else []


def _name_of_ours(frame: FrameType) -> str:
    return _name(frame) if _module(frame).startswith("chalicelib.") else ""


def _name(frame: FrameType) -> str:
    return f"{_module(frame)}.{frame.f_code.co_qualname}"


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
