"""The page on which one plays the buyer on Mercado Livre and the agent in Chatwoot, and sees what happens between.

`index.html`, `page.css` and `page.js` are served as they are; they poll /api/state and post to /api/<act>.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request, send_from_directory

from tools.simulators.chatwoot import Chatwoot
from tools.simulators.chatwoot.errors import ApiError, NotFound
from tools.simulators.mercado_livre import MercadoLivre, NotPossible, Unknown
from tools.simulators.page.narration import ACT, narrate, translate_activity
from tools.simulators.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

FILES = Path(__file__).parent
TEXT_LIMIT = 2000
# The whole page is what stands beside this module; only pictures come from the simulators.
CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src * data:"
# More calls than anyone will wait for.
OUTAGE_CALLS = 1_000_000
LONGEST_LOG = 400

TEXT_MISSING = "Escreva o texto primeiro."
TEXT_TOO_LONG = f"O Mercado Livre aceita até {TEXT_LIMIT} caracteres."
NOT_THERE = "Isso não existe mais."
NOT_UNDERSTOOD = "A página pediu algo que o simulador não entende. Recarregue a página."


class CannotDo(Exception):
    """An act that is not possible now; the message is for the person at the page."""


@dataclass(frozen=True)
class Act:
    """Something the person at the page does: the JSON fields it takes, its line in the log, and why it may not go."""

    fields: Mapping[str, type]
    run: Callable[..., Any]
    story: Callable[..., str]
    refusal: str = "Não é possível fazer isso agora."


class Page:
    """Serve `wsgi`; the simulators' webhooks are somebody else's business."""

    def __init__(self, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
        self._meli = meli
        self._chatwoot = chatwoot
        self._services: dict[str, Service] = {"mercado_livre": meli, "chatwoot": chatwoot}
        self._acts = self._list_acts()
        self._acts_done: deque[dict[str, Any]] = deque(maxlen=LONGEST_LOG)
        self._acts_count = 0
        self._lock = threading.Lock()
        self._flask = Flask(__name__, static_folder=None)
        self._add_routes()

    @property
    def wsgi(self) -> "WSGIApplication":
        return self._flask.wsgi_app

    def _add_routes(self) -> None:
        @self._flask.get("/")
        def show_page() -> Response:
            response = send_from_directory(FILES, "index.html", max_age=0)
            response.headers["Content-Security-Policy"] = CONTENT_POLICY
            return response

        @self._flask.get("/<any('page.css', 'page.js'):name>")
        def send_file(name: str) -> Response:
            return send_from_directory(FILES, name, max_age=0)

        @self._flask.get("/api/state")
        def show_state() -> Response:
            return jsonify(
                self._view_state({name: request.args.get(name, 0, int) for name in (*self._services, "page")})
            )

        @self._flask.post("/api/<name>")
        def perform(name: str) -> Response:
            self._perform(name, request.get_json(silent=True))
            return jsonify({})

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
        log, marks = self._read_log(after)
        return {
            "mercado_livre": _read_state(self._meli),
            "chatwoot": {
                "agent": self._chatwoot.state.agent.available_name,
                # Without their addresses and secrets.
                "inboxes": [{name: inbox[name] for name in ("id", "name")} for inbox in chatwoot["inboxes"]],
                "conversations": chatwoot["conversations"],
                "attribute_names": self._name_attributes(),
            },
            "outages": {name: _is_away(service) for name, service in self._services.items()},
            "log": log,
            "marks": marks,
        }

    def _name_attributes(self) -> dict[str, str]:
        with self._chatwoot.lock:
            definitions = self._chatwoot.state.attribute_definitions.values()
            return {definition.attribute_key: definition.attribute_display_name for definition in definitions}

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

    def _perform(self, name: str, body: Any) -> None:
        act = self._acts.get(name)
        if act is None or not isinstance(body, dict) or set(body) != set(act.fields):
            raise CannotDo(NOT_UNDERSTOOD)
        if any(type(body[field]) is not kind for field, kind in act.fields.items()):
            raise CannotDo(NOT_UNDERSTOOD)
        # Before the act: what it causes comes later in the log than the act itself.
        at = self._meli.clock().isoformat()
        try:
            story = act.story(**body)
            act.run(**body)
        except (Unknown, NotFound) as error:
            raise CannotDo(NOT_THERE) from error
        except (NotPossible, ApiError) as error:
            raise CannotDo(act.refusal) from error
        with self._lock:
            self._acts_count += 1
            line = {"number": self._acts_count, "at": at, "side": "page", "text": story, "outcome": "", "tone": ACT}
            self._acts_done.append(line)

    def _list_acts(self) -> dict[str, Act]:
        meli, chatwoot = self._meli, self._chatwoot
        agent = chatwoot.state.agent.available_name
        question = {"question_id": int}
        return {
            "ask": Act(
                {"buyer_id": int, "item_id": str, "text": str},
                lambda buyer_id, item_id, text: meli.ask(buyer_id, item_id, _check_length(text)),
                lambda buyer_id, **_: f"{self._name_buyer(buyer_id)} fez uma pergunta no Mercado Livre",
                "Este anúncio não está ativo e não recebe perguntas.",
            ),
            "item_status": Act(
                {"item_id": str, "status": str},
                meli.set_item_status,
                lambda item_id, status: f"O vendedor {_ITEM_ACTS.get(status, 'mudou')} o anúncio {item_id}",
            ),
            "answer_natively": Act(
                {**question, "text": str},
                lambda question_id, text: meli.answer_natively(question_id, _check_length(text)),
                lambda question_id, **_: f"O vendedor respondeu à pergunta {question_id} no próprio Mercado Livre",
                "Só se responde a uma pergunta aberta, em um anúncio ativo.",
            ),
            "delete_question": Act(
                question, meli.delete_question, lambda question_id: f"A pergunta {question_id} foi excluída"
            ),
            "ban_question": Act(
                question,
                lambda question_id: meli.ban_question(question_id, "O texto contém dados de contato."),
                lambda question_id: f"O Mercado Livre removeu a pergunta {question_id}",
            ),
            "hold_question": Act(
                question,
                meli.hold_question,
                lambda question_id: f"O Mercado Livre reteve a pergunta {question_id} para análise",
                "Só uma pergunta ainda sem resposta pode ser retida.",
            ),
            "release_question": Act(
                question,
                meli.release_question,
                lambda question_id: f"O Mercado Livre liberou a pergunta {question_id}",
                "Esta pergunta não está retida.",
            ),
            "ban_answer": Act(
                question,
                lambda question_id: meli.ban_answer(question_id, "A resposta contém dados de contato."),
                lambda question_id: f"O Mercado Livre removeu a resposta à pergunta {question_id}",
                "Esta pergunta ainda não tem resposta.",
            ),
            "reply": Act(
                {"conversation_id": int, "text": str},
                lambda conversation_id, text: chatwoot.reply(conversation_id, _check_words(text)),
                lambda conversation_id, **_: f"{agent} respondeu na conversa {conversation_id} do Chatwoot",
                "O Chatwoot recusou esta mensagem.",
            ),
            "note": Act(
                {"conversation_id": int, "text": str},
                lambda conversation_id, text: chatwoot.reply(conversation_id, _check_words(text), private=True),
                lambda conversation_id, **_: f"{agent} escreveu uma nota privada na conversa {conversation_id}",
                "O Chatwoot recusou esta nota.",
            ),
            "retry": Act(
                {"message_id": int},
                chatwoot.press_retry,
                lambda message_id: f"{agent} apertou “Tentar de novo” na mensagem {message_id}",
                "Só se tenta de novo uma mensagem que falhou há menos de um dia.",
            ),
            "conversation_status": Act(
                {"conversation_id": int, "status": str},
                chatwoot.set_status,
                lambda conversation_id, status: (
                    f"{agent} {'resolveu' if status == 'resolved' else 'reabriu'} a conversa {conversation_id}"
                ),
            ),
            "outage": Act({"service": str, "is_away": bool}, self._set_outage, _tell_outage),
        }

    def _name_buyer(self, buyer_id: int) -> str:
        with self._meli.lock:
            buyer = self._meli.state.buyers.get(buyer_id)
        return buyer.nickname if buyer else "Alguém"

    def _set_outage(self, service: str, is_away: bool) -> None:
        if service not in self._services:
            raise CannotDo(NOT_UNDERSTOOD)
        self._services[service].clear_faults()
        if is_away:
            self._services[service].add_fault("status", times=OUTAGE_CALLS, status=503)


_ITEM_ACTS = {"active": "reativou", "paused": "pausou", "closed": "finalizou"}
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


def _check_words(text: str) -> str:
    if not text.strip():
        raise CannotDo(TEXT_MISSING)
    return text.strip()


def _check_length(text: str) -> str:
    if len(_check_words(text)) > TEXT_LIMIT:
        raise CannotDo(TEXT_TOO_LONG)
    return text.strip()
