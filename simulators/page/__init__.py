"""The page on which one plays the buyer on Mercado Livre and the agent in Chatwoot, and sees what happens between.

`index.html`, `page.css` and the modules beside them, `main.js` first, are served as they are; they poll /api/state
and post to /api/<act>.
"""

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, jsonify, request, send_from_directory

from simulators.chatwoot import Chatwoot
from simulators.chatwoot.errors import ApiError, NotFound
from simulators.mercado_livre import MercadoLivre, NotPossible, Unknown
from simulators.page.acts import Act, CannotDo, list_acts
from simulators.page.happenings import list_happenings
from simulators.page.narration import ACT, narrate, translate_activity
from simulators.page.shown_words import show
from simulators.service import Service
from simulators.strangers import is_from_elsewhere, refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FILES = Path(__file__).parent
SCRIPTS = frozenset(path.name for path in FILES.glob("*.js"))
# The whole page is what stands beside this module; only pictures come from the simulators.
CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src * data:"
# More calls than anyone will wait for.
OUTAGE_CALLS = 1_000_000
LONGEST_LOG = 400

NOT_THERE = "Isso não existe mais."
NOT_UNDERSTOOD = "A página pediu algo que o simulador não entende. Recarregue a página."


class Page:
    """Serve `wsgi`; the simulators' webhooks are somebody else's business."""

    def __init__(self, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
        self._meli = meli
        self._chatwoot = chatwoot
        self._services: dict[str, Service] = {"mercado_livre": meli, "chatwoot": chatwoot}
        self._acts = {
            **list_acts(meli, chatwoot),
            "outage": Act({"service": str, "is_away": bool}, self._set_outage, _tell_outage),
        }
        self._acts_done: deque[dict[str, Any]] = deque(maxlen=LONGEST_LOG)
        self._acts_count = 0
        self._lock = threading.Lock()
        self._flask = Flask(__name__, static_folder=None)
        self._add_routes()

    @property
    def wsgi(self) -> "WSGIApplication":
        return self._answer

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return (refuse if is_from_elsewhere(environ) else self._flask.wsgi_app)(environ, start_response)

    def _add_routes(self) -> None:
        @self._flask.get("/")
        def show_page() -> Response:
            response = send_from_directory(FILES, "index.html", max_age=0)
            response.headers["Content-Security-Policy"] = CONTENT_POLICY
            return response

        @self._flask.get("/page.css")
        def send_style() -> Response:
            return send_from_directory(FILES, "page.css", max_age=0)

        @self._flask.get("/<name>.js")
        def send_script(name: str) -> Response:
            if f"{name}.js" not in SCRIPTS:
                abort(404)
            # A browser runs no module of another type, and some systems call these plain text.
            return send_from_directory(FILES, f"{name}.js", max_age=0, mimetype="text/javascript")

        @self._flask.get("/api/state")
        def show_state() -> Response:
            return jsonify(
                self._view_state({name: request.args.get(name, 0, int) for name in (*self._services, "page")})
            )

        @self._flask.post("/api/<name>")
        def perform(name: str) -> Response:
            result = self._perform(name, request.get_json(silent=True))
            return jsonify({"id": result} if isinstance(result, int) else {})

        @self._flask.errorhandler(CannotDo)
        def refuse(error: CannotDo) -> tuple[Response, int]:
            return jsonify({"message": str(error)}), 409

    # What the page shows

    def _view_state(self, after: Mapping[str, int]) -> dict[str, Any]:
        """Both sides as they are, and what happened since the numbers in `after`, one for each journal."""
        chatwoot = _read_state(self._chatwoot)
        for conversation in chatwoot["conversations"]:
            for message in conversation["messages"]:
                if message["message_type"] == "activity":
                    message["content"] = translate_activity(message["content"])
                message["shown"] = show(message["content"] or "")
        meli = _read_state(self._meli)
        for sale in meli["sales"]:
            sale["happenings"] = list_happenings(self._meli, sale["thread_id"])
        log, marks = self._read_log(after)
        return {
            "mercado_livre": meli,
            "chatwoot": {
                "agent": self._chatwoot.state.agent.available_name,
                # Without their addresses and secrets.
                "inboxes": [{name: inbox[name] for name in ("id", "name")} for inbox in chatwoot["inboxes"]],
                "conversations": chatwoot["conversations"],
                "attributes": self._list_attributes(),
            },
            "outages": {name: _is_away(service) for name, service in self._services.items()},
            "log": log,
            "marks": marks,
        }

    def _list_attributes(self) -> list[dict[str, str]]:
        """Those that the panel beside a conversation shows, in their order."""
        with self._chatwoot.lock:
            return [
                {"key": definition.attribute_key, "name": definition.attribute_display_name}
                for definition in self._chatwoot.state.attribute_definitions.values()
                if definition.attribute_model == "conversation_attribute"
            ]

    def _read_log(self, after: Mapping[str, int]) -> tuple[list[dict[str, Any]], dict[str, int]]:
        with self._lock:
            log = [line for line in self._acts_done if line["number"] > after["page"]]
            marks = {**after, "page": self._acts_count}
        for name, service in self._services.items():
            with service.lock:
                exchanges = [exchange for exchange in service.journal if exchange.number > after[name]]
            marks[name] = exchanges[-1].number if exchanges else after[name]
            for exchange in exchanges[-LONGEST_LOG:]:
                sentence = narrate(exchange)
                log.append({"number": exchange.number, "at": exchange.at, "side": name, **sentence._asdict()})
        return sorted(log, key=lambda line: str(line["at"])), marks

    # What the person at the page does

    def _perform(self, name: str, body: Any) -> Any:
        """Do it, and give back what came of it."""
        act = self._acts.get(name)
        fields = act.read(body) if act else None
        if act is None or fields is None:
            raise CannotDo(NOT_UNDERSTOOD)
        # Before the act: what it causes comes later in the log than the act itself.
        at = self._meli.clock().isoformat()
        try:
            story = act.story(**fields)
            result = act.run(**fields)
        except (Unknown, NotFound) as error:
            raise CannotDo(NOT_THERE) from error
        except (NotPossible, ApiError) as error:
            raise CannotDo(act.refusal) from error
        with self._lock:
            self._acts_count += 1
            line = {"number": self._acts_count, "at": at, "side": "page", "text": story, "outcome": "", "tone": ACT}
            self._acts_done.append(line)
        return result

    def _set_outage(self, service: str, is_away: bool) -> None:
        if service not in self._services:
            raise CannotDo(NOT_UNDERSTOOD)
        self._services[service].clear_faults()
        if is_away:
            self._services[service].add_fault("status", times=OUTAGE_CALLS, status=503)


_SERVICE_NAMES = {"mercado_livre": "Mercado Livre", "chatwoot": "Chatwoot"}


def _tell_outage(service: str, is_away: bool) -> str:
    return f"O {_SERVICE_NAMES.get(service)} {'saiu do ar' if is_away else 'voltou ao ar'}"


def _is_away(service: Service) -> bool:
    """Whether a fault of this page's kind is on: one that hits whatever is called."""
    with service.lock:
        return any(fault.kind == "status" and fault.times > 0 and not fault.path for fault in service.faults)


def _read_state(service: Service) -> dict[str, Any]:
    """What the simulator shows of itself, by the same route that a script would take."""
    state: dict[str, Any] = service.flask.test_client().get("/_control/state").get_json()
    return state
