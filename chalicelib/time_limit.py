"""Ends a call whose answer comes in drops: each is in time, and all of them together never end.

requests and urllib3 bound the wait for each piece of an answer, its headers included, and not the wait for all.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class TooSlow(Exception):
    """The call had its time, and was cut off."""


class _UnderWay(threading.local):
    """The sockets by which the call of this thread goes, and whether its time is over."""

    def __init__(self) -> None:
        self.sockets: list[Any] = []
        self.is_over = threading.Event()

    def take(self, one: Any) -> None:
        """Cut it off with the others; raises TooSlow where they have been, as when a redirect came just then."""
        self.sockets.append(one)
        if self.is_over.is_set():
            raise TooSlow


_under_way = _UnderWay()


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _under_way.take(self.sock)

    def request(self, *args: Any, **details: Any) -> None:
        # One that was kept.
        _under_way.take(self.sock)
        super().request(*args, **details)


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


# For the manager of an adapter; calls by other connections are not cut off.
POOLS = {"http": _Pool, "https": _SecurePool}


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Cuts off what is called inside when its time is over; raises TooSlow then, whatever came of the cut."""
    sockets = _under_way.sockets = []
    is_over = _under_way.is_over = threading.Event()

    def cut_off() -> None:
        is_over.set()
        for one in sockets:
            if isinstance(one, socket.socket):
                with suppress(OSError):
                    # Not as TLS does, which would wait for a goodbye.
                    socket.socket.shutdown(one, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        _under_way.is_over = threading.Event()
        if is_over.is_set():
            raise TooSlow
