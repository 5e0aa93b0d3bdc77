"""Connections that never leave this process: what a client sends is handed to whoever would have listened.

requests, urllib3 and http.client run as they are; only the kernel's sockets and the servers' threads are left out.
Where time-outs, cut connections or sizes are the point, a test asks for real `sockets`.
"""

import io
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.client import parse_headers
from http.server import HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import urllib3.util.connection

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# What a request is answered with, byte for byte; nothing where the connection is cut.
Answer = Callable[[bytes], bytes]
Address = tuple[str, int]


class Connection:
    """A client's end. What it has sent is answered when it begins to read."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._sent = bytearray()

    def sendall(self, data: Any) -> None:
        self._sent += data

    def makefile(self, mode: str, *_: Any) -> io.BufferedIOBase:
        assert mode == "rb"
        request, self._sent = bytes(self._sent), bytearray()
        return io.BytesIO(self._answer(request))

    def settimeout(self, seconds: float | None) -> None:
        """It answers at once."""

    def setsockopt(self, *_: int) -> None:
        """There is nothing to set."""

    def close(self) -> None:
        """There is nothing to give back."""


class Listeners:
    """Who listens at which address. While they are `off`, every connection goes by the kernel."""

    def __init__(self) -> None:
        self._answers: dict[Address, Answer] = {}
        self._is_off = False

    def install(self) -> None:
        """Take the place of the two functions by which clients connect, for good."""
        socket.create_connection = self._instead_of(socket.create_connection)
        urllib3.util.connection.create_connection = self._instead_of(urllib3.util.connection.create_connection)

    def listen(self, url: str, answer: Answer) -> None:
        self._answers[_address(url)] = answer

    def leave(self, url: str) -> None:
        del self._answers[_address(url)]

    @contextmanager
    def off(self) -> Iterator[None]:
        self._is_off = True
        try:
            yield
        finally:
            self._is_off = False

    def _instead_of(self, connect: Callable[..., Any]) -> Callable[..., Any]:
        def connected(address: Address, *args: Any, **details: Any) -> Any:
            answer = None if self._is_off else self._answers.get(address)
            return Connection(answer) if answer else connect(address, *args, **details)

        return connected


listeners = Listeners()


def by_wsgi(application: "WSGIApplication", dropped: type[BaseException]) -> Answer:
    """Answers with a WSGI application; one that raises `dropped` cuts the connection."""

    def answer(request: bytes) -> bytes:
        head: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
            told = [*headers, ("Date", formatdate(usegmt=True)), ("Connection", "close")]
            lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in told)]
            head[:] = ["\r\n".join([*lines, "\r\n"]).encode("latin-1")]
            return head.append

        try:
            chunks = application(_environ(request), start_response)
            try:
                body = b"".join(chunks)
            finally:
                if close := getattr(chunks, "close", None):
                    close()
        except dropped:
            return b""
        return head[0] + (b"" if request.startswith(b"HEAD ") else body)

    return answer


def by_handler(server: HTTPServer) -> Answer:
    """Answers as a server of http.server does; a handler that is killed cuts the connection."""

    def answer(request: bytes) -> bytes:
        connection = _HandledConnection(request)
        try:
            server.RequestHandlerClass(connection, ("127.0.0.1", 0), server)  # type: ignore[arg-type]
        except Exception:
            raise
        except BaseException:  # noqa: BLE001 - as a thread of a server dies: nobody but who has called hears of it
            return b""
        status, _, rest = bytes(connection.answered).partition(b"\r\n")
        return status + b"\r\nConnection: close\r\n" + rest

    return answer


class _HandledConnection:
    """A server's end, with one request in it."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self.answered = bytearray()

    def makefile(self, *_: Any) -> io.BufferedIOBase:
        return io.BytesIO(self._request)

    def sendall(self, data: Any) -> None:
        self.answered += data


def _environ(request: bytes) -> dict[str, Any]:
    """What a WSGI server makes of a request."""
    head = io.BytesIO(request)
    method, target, _ = head.readline().decode("latin-1").split()
    headers = parse_headers(head)
    path, _, query = target.partition("?")
    body = io.BytesIO(request[head.tell() :])
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    host, _, port = headers.get("Host", "127.0.0.1").partition(":")
    environ |= {"SERVER_NAME": host, "SERVER_PORT": port or "80"}
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ


def _address(url: str) -> Address:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 80
