"""Serves the Chalice app over HTTP, as API Gateway would."""

import threading
from typing import Any

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import ChaliceRequestHandler, CustomLocalChalice, LocalChalice, LocalDevServer


class QuietHandler(ChaliceRequestHandler):
    """Chalice's own handler without its line on stderr for each request."""

    def log_message(self, *args: Any) -> None:
        pass


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
            self._server = LocalDevServer(app, Config(), host, port, handler_cls=QuietHandler).server
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
