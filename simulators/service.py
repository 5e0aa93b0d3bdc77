"""What both simulators share: a clock, a journal, faults on demand, webhooks going out, and a port to serve on.

A simulator is a `Service`: a Flask application that imitates the API, wrapped so that a test can make it fail.
Its own control routes live under `/_control/` and are never made to fail.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import requests
from flask import Flask, Response, jsonify, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from simulators.strangers import has_foreign_origin, is_from_elsewhere, refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Clock = Callable[[], datetime]

# How often a simulator that is served delivers the webhooks that are due.
DELIVER_EVERY_SECONDS = 0.05


class ConnectionDropped(ConnectionResetError):
    """Cuts the connection without an answer; werkzeug's server lets it pass and closes the socket."""


@dataclass
class Fault:
    """What happens to the next `times` calls whose method and path match, after letting `skip` of them pass.

    `path` is part of the call's path, after a `^` its beginning, before a `$` its end. `caller` is the end of the
    caller's bearer token, which in Mercado Livre is the seller's id. `contains` is a part of the call's body, as text.

    `kind` is `status` (answer `status` with `body` and do nothing), `slow` (wait `seconds`, then serve),
    `drop` (cut the connection and do nothing), `commit_then_drop` (do it, then cut the connection) or
    `commit_then_status` (do it, then answer as for `status`).
    """

    kind: str
    times: int = 1
    skip: int = 0
    method: str = ""
    path: str = ""
    caller: str = ""
    contains: str = ""
    status: int = 503
    body: str = '{"message": "fault injected", "error": "service_unavailable", "status": 503, "cause": []}'
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def matches(self, method: str, path: str, authorization: str, body: str) -> bool:
        wanted = self.path.removeprefix("^").removesuffix("$")
        begins_there = not self.path.startswith("^") or path.startswith(wanted)
        ends_there = not self.path.endswith("$") or path.endswith(wanted)
        is_there = wanted in path and begins_there and ends_there
        is_said = self.contains in body and authorization.endswith(self.caller)
        return self.times > 0 and self.method in ("", method) and is_there and is_said


@dataclass(frozen=True)
class Exchange:
    """One line of the journal: a call that came in, or a webhook that went out."""

    number: int
    at: str
    service: str
    direction: str
    method: str
    path: str
    status: int
    milliseconds: float


@dataclass
class Webhook:
    """A webhook waiting to be sent. `settle` is told how the receiver answered (0: not at all)."""

    url: str
    body: bytes
    headers: dict[str, str]
    settle: Callable[[int, str], None]
    due: datetime


def post_over_http(url: str, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> tuple[int, str]:
    """Status and text of the answer; status 0 and the reason when there was none."""
    try:
        response = requests.post(url, data=body, headers=dict(headers), timeout=timeout_seconds)
    except requests.RequestException as error:
        return 0, type(error).__name__
    return response.status_code, response.reason


class Service:
    """Base of both simulators; a subclass adds routes to `self.flask` and acts to itself.

    `lock` guards the state: routes and acts hold it. Webhooks are only put in the outbox under it; they are sent
    outside of it, by `deliver_webhooks`, so that the receiver may call back while it is answering.
    """

    name = "service"
    webhook_timeout_seconds = 5.0

    def __init__(self, *, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        # How a slow call passes the time; whoever turns the clock by hand may turn it here.
        self.wait: Callable[[float], None] = time.sleep
        self.lock = threading.RLock()
        self.base_url = ""
        self.faults: list[Fault] = []
        self.journal: deque[Exchange] = deque(maxlen=2000)
        self.outbox: deque[Webhook] = deque()
        self.flask = Flask(self.name, static_folder=None)
        self.flask.url_map.strict_slashes = False
        self._exchange_number = 0
        self._add_control_routes()

    # Faults and the journal

    def wsgi(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The application to serve: the imitated API with faults in front of it."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        is_control = path.startswith("/_control/")
        # Also what a page may do elsewhere: here the tokens are no secrets.
        if has_foreign_origin(environ) or (is_control and is_from_elsewhere(environ)):
            return refuse(environ, start_response)
        if is_control:
            return self.flask.wsgi_app(environ, start_response)
        started = time.perf_counter()
        body_sent = self._read_body(environ)
        fault = self._take_fault(method, path, environ.get("HTTP_AUTHORIZATION", ""), body_sent)
        if fault and fault.kind == "drop":
            self._write_journal("in", method, path, 0, started)
            raise ConnectionDropped
        application: WSGIApplication = self.flask.wsgi_app
        if fault and fault.kind == "commit_then_status":
            list(application(environ, lambda *_: lambda _: None))
        if fault and fault.kind in ("status", "commit_then_status"):
            application = Response(fault.body, fault.status, content_type=fault.content_type, headers=fault.headers)
        if fault and fault.kind == "slow":
            self.wait(fault.seconds)
        statuses: list[int] = []

        def note_status(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            statuses.append(int(status.split()[0]))
            return start_response(status, headers, *rest)

        if fault and fault.kind == "commit_then_drop":
            list(application(environ, lambda *_: lambda _: None))
            self._write_journal("in", method, path, 0, started)
            raise ConnectionDropped
        body = application(environ, note_status)
        self._write_journal("in", method, path, statuses[0] if statuses else 0, started)
        return body

    def add_fault(self, kind: str, **details: Any) -> None:
        with self.lock:
            self.faults.append(Fault(kind, **details))

    def clear_faults(self) -> None:
        with self.lock:
            self.faults.clear()

    def _read_body(self, environ: "WSGIEnvironment") -> str:
        """The body of a call, where a fault asks for it; the application reads it once more."""
        if not any(fault.contains for fault in self.faults):
            return ""
        body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        return body.decode("utf-8", "replace")

    def _take_fault(self, method: str, path: str, authorization: str, body: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.matches(method, path, authorization, body):
                    if fault.skip:
                        fault.skip -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None

    def _write_journal(self, direction: str, method: str, path: str, status: int, started: float) -> None:
        with self.lock:
            self._exchange_number += 1
            self.journal.append(
                Exchange(
                    self._exchange_number,
                    self.clock().isoformat(),
                    self.name,
                    direction,
                    method,
                    path,
                    status,
                    round((time.perf_counter() - started) * 1000, 1),
                )
            )

    # Webhooks

    def send_webhook(
        self,
        url: str,
        body: bytes,
        headers: dict[str, str],
        settle: Callable[[int, str], None] = lambda *_: None,
        due: datetime | None = None,
    ) -> None:
        """Put a webhook in the outbox; `deliver_webhooks` sends it."""
        with self.lock:
            self.outbox.append(Webhook(url, body, headers, settle, due or self.clock()))

    def deliver_webhooks(self) -> int:
        """Send every webhook that is due, and those that come of it; returns how many were sent."""
        sent = 0
        while webhook := self._next_webhook():
            started = time.perf_counter()
            status, reason = post_over_http(webhook.url, webhook.body, webhook.headers, self.webhook_timeout_seconds)
            self._write_journal("out", "POST", self._describe_webhook(webhook), status, started)
            webhook.settle(status, reason)
            sent += 1
        return sent

    def _describe_webhook(self, webhook: Webhook) -> str:
        return webhook.url

    def _next_webhook(self) -> Webhook | None:
        with self.lock:
            for webhook in self.outbox:
                if webhook.due <= self.clock():
                    self.outbox.remove(webhook)
                    return webhook
        return None

    # Control routes

    def reset(self) -> None:
        """Forget everything, as if just started; a subclass extends it."""
        with self.lock:
            self.faults.clear()
            self.journal.clear()
            self.outbox.clear()

    def _add_control_routes(self) -> None:
        @self.flask.post("/_control/reset")
        def control_reset() -> Response:
            self.reset()
            return jsonify({})

        @self.flask.post("/_control/faults")
        def control_add_fault() -> Response:
            self.add_fault(**request.get_json())
            return jsonify({})

        @self.flask.delete("/_control/faults")
        def control_clear_faults() -> Response:
            self.clear_faults()
            return jsonify({})

        @self.flask.get("/_control/journal")
        def control_journal() -> Response:
            after = request.args.get("after", 0, int)
            with self.lock:
                return jsonify([asdict(exchange) for exchange in self.journal if exchange.number > after])


def dump_json(value: Any) -> bytes:
    """Compact UTF-8 JSON, the way both services send it."""
    # Half a surrogate pair is no UTF-8; with a backslash before its number it is JSON.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


class RequestHandler(WSGIRequestHandler):
    """Lets headers with an underscore in, which werkzeug drops: Chatwoot's token comes as `api_access_token`.

    And closes the connection that a fault cuts; werkzeug would keep it open.
    """

    def connection_dropped(self, *_: object) -> None:
        self.close_connection = True

    def make_environ(self) -> "WSGIEnvironment":
        environ = super().make_environ()
        for name, value in self.headers.items():
            if "_" in name:
                environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ


class Server:
    """Serves one WSGI application on loopback from a thread of its own."""

    def __init__(
        self,
        application: "WSGIApplication",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        request_handler: type[WSGIRequestHandler] = RequestHandler,
    ) -> None:
        self._server: BaseWSGIServer = make_server(
            host, port, application, threaded=True, request_handler=request_handler
        )
        self.url = f"http://{host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
