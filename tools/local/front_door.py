"""Serves the Chalice app over HTTP, as API Gateway would."""

import json
import re
import threading
from http import HTTPStatus
from typing import Any

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


class PatientServer(ThreadedHTTPServer):
    """Lets as many wait at the door as may come at once, and not only five."""

    request_queue_size = 128


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

    def _generic_handle(self) -> None:
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

    def __init__(self, app: Chalice, *, host: str, port: int) -> None:
        # As chalice.local.create_local_server does: gives each thread a current request of its own.
        if not isinstance(app, LocalChalice):
            CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
            app.__class__ = CustomLocalChalice
        try:
            served = LocalDevServer(app, Config(), host, port, handler_cls=QuietHandler, server_cls=PatientServer)
            self._server = served.server
        except OSError as error:
            raise PortTaken(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --port.") from error
        self.url = f"http://{host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
