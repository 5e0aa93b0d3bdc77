"""Serves the Chalice app over HTTP, as API Gateway would, to whoever calls it by a name of its own."""

import json
import re
import threading
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    CustomLocalChalice,
    LocalChalice,
    LocalDevServer,
    ThreadedHTTPServer,
)

# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
LARGEST_BODY_BYTES = 10 * 1024 * 1024

NAMES_OF_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
ALL_ADDRESSES = ("0.0.0.0", "::", "")  # noqa: S104 - what is given is compared with it
HTTP_PORT = 80

UNKNOWN_NAME = "the bridge has no such name; say with --public-url what the outside calls it"


class OwnNames:
    """What it is called: a page by any other name, which somebody pointed at this machine, would read all of it."""

    def __init__(self, host: str, port: int, public_url: str) -> None:
        self._names = {*NAMES_OF_THIS_MACHINE, host.lower()}
        self._port = port
        self._public_name = urlsplit(public_url).hostname
        self._is_open_to_others = host in ALL_ADDRESSES

    def include(self, host: str) -> bool:
        """Whether the header `Host` has one of them, with the port; the public one may come without it."""
        try:
            called = urlsplit(f"//{host}")
            name, port = called.hostname, called.port or HTTP_PORT
        except ValueError:
            return False
        if name is None or "@" in host:
            return False
        return name == self._public_name or (port == self._port and self._is_own(name))

    def _is_own(self, name: str) -> bool:
        # Nobody can point numbers elsewhere.
        return name in self._names or (self._is_open_to_others and _is_in_numbers(name))


def _is_in_numbers(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class PatientServer(ThreadedHTTPServer):
    """Lets as many wait at the door as may come at once, and not only five."""

    request_queue_size = 128

    names: OwnNames


class QuietHandler(ChaliceRequestHandler):
    """Chalice's own handler without its line on stderr for each request.

    And it answers, as API Gateway does, what is no request at all: Chalice's cuts the connection then.
    """

    def log_message(self, *args: Any) -> None:
        pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no request, in JSON; a method that nobody knows is no failure of ours."""
        self.close_connection = True
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else code
        answer = {"message": message or explain or "this is no request"}
        self._send_http_response(status, {"Connection": "close"}, json.dumps(answer))

    # Whose it is; BaseServer is what http.server says of it.
    server: PatientServer

    def _generic_handle(self) -> None:
        # A browser says by which name it came; a program need not.
        if "Host" in self.headers and not self.server.names.include(self.headers["Host"]):
            self.send_error(HTTPStatus.FORBIDDEN, UNKNOWN_NAME)
            return
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not re.fullmatch(r"[0-9]{1,30}", length):
            self.send_error(HTTPStatus.BAD_REQUEST, "the length of the body is missing or no number")
            return
        if int(length) > LARGEST_BODY_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {LARGEST_BODY_BYTES} bytes are taken")
            return
        # No route asks for it, and Chalice fails on one that is not ASCII.
        del self.headers["Authorization"]
        super()._generic_handle()

    # Named as http.server looks for them.
    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815


class PortTaken(Exception):
    """The address cannot be bound; the message says which and what to do."""


class FrontDoor:
    """Bound to its port at once; answers from `start` on."""

    def __init__(self, app: Chalice, *, host: str, port: int, public_url: str = "") -> None:
        # As chalice.local.create_local_server does: gives each thread a current request of its own.
        if not isinstance(app, LocalChalice):
            CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
            app.__class__ = CustomLocalChalice
        try:
            served = LocalDevServer(app, Config(), host, port, handler_cls=QuietHandler, server_cls=PatientServer)
            self._server = served.server
        except OSError as error:
            raise PortTaken(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --port.") from error
        self._server.names = OwnNames(host, self._server.server_port, public_url)
        self.url = f"http://{host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
