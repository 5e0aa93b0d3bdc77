"""Who may call: tokens, roles and the account, before a handler runs under the lock."""

import re
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from werkzeug.datastructures import MultiDict

from simulators.chatwoot.errors import ApiError, Crash, NotAllowed, NotFound, Unauthorized
from simulators.chatwoot.records import AgentBot, Json, User
from simulators.chatwoot.state import State
from simulators.service import dump_json

Handler = Callable[..., Any]

FALSE_VALUES = (False, 0, "0", "f", "F", "false", "FALSE", "off", "OFF")


class Router:
    """Registers handlers. A handler gets the caller first, then what stands in the path; it returns JSON."""

    def __init__(self, flask: Flask, state: State, lock: threading.RLock) -> None:
        self._flask = flask
        self._state = state
        self._lock = lock

    def account(
        self, method: str, path: str, *, role: str = "agent", bots: bool = False
    ) -> Callable[[Handler], Handler]:
        """A route of the Application API; `bots` says that a bot's token may use it too."""
        return self._add(method, f"/api/v1/accounts/<account_id>{path}", role, bots)

    def user(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """A route for anyone with a token, in no account."""
        return self._add(method, path, "", bots=False)

    def public(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """A route that asks for no token; its handler gets no caller."""

        def register(handler: Handler) -> Handler:
            def view(**ids: str) -> Response:
                return self._answer(lambda: handler(**ids))

            self._register(method, path, handler, view)
            return handler

        return register

    def _add(self, method: str, path: str, role: str, bots: bool) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            def view(account_id: str = "", **ids: str) -> Response:
                return self._answer(lambda: handler(self._let_in(account_id, role, bots), **ids))

            self._register(method, path, handler, view)
            return handler

        return register

    def _register(self, method: str, path: str, handler: Handler, view: Callable[..., Response]) -> None:
        endpoint = f"{handler.__module__}.{handler.__qualname__} {method} {path}".replace(".", "/")
        self._flask.add_url_rule(path, endpoint, view, methods=[method])

    def _answer(self, handle: Callable[[], Any]) -> Response:
        with self._lock:
            self._state.finish_deletions()
            try:
                answer = handle()
            except ApiError as error:
                return json_response(error.body, error.status) if error.body else Response(status=error.status)
        return answer if isinstance(answer, Response) else json_response(answer)

    def _let_in(self, account_id: str, role: str, bots: bool) -> User | AgentBot:
        """The caller. app/controllers/concerns/access_token_auth_helper.rb, ensure_current_account_helper.rb"""
        state = self._state
        token = request.headers.get("Api-Access-Token")
        if not token:
            raise ApiError(401, {"errors": ["You need to sign in or sign up before continuing."]})
        callers: list[User | AgentBot] = [*state.users, state.bot]
        caller = next((c for c in callers if c.token == token), None)
        if not caller:
            raise Unauthorized("Invalid Access Token")
        if isinstance(caller, AgentBot) and not bots:
            raise Unauthorized("Access to this endpoint is not authorized for bots")
        if not account_id:
            return caller
        if account_id != str(state.account_id):
            raise NotFound
        if state.is_suspended:
            raise Unauthorized("Account is suspended")
        if isinstance(caller, User) and not caller.role:
            raise Unauthorized("You are not authorized to access this account")
        if role == "administrator" and not (isinstance(caller, User) and caller.role == "administrator"):
            raise NotAllowed
        return caller


def json_response(value: Any, status: int = 200) -> Response:
    return Response(dump_json(value), status, content_type="application/json; charset=utf-8")


def read_params() -> Json:
    """Query, form and JSON body in one, as Rails merges them; names that end in [] are lists."""
    params = _collect(request.args) | _collect(request.form) | _collect(request.files)
    if request.mimetype == "application/json" and request.get_data():
        body = request.get_json(silent=True)
        if body is None:
            raise ApiError(400, {"status": 400, "error": "Bad Request"})
        params |= body if isinstance(body, dict) else {"_json": body}
    if not is_storable(params):
        raise Crash("string contains null byte, or is no UTF-8")
    return params


def is_storable(value: Any) -> bool:
    """Whether PostgreSQL takes all the text in it: neither NUL nor half a surrogate pair, which JSON can carry."""
    if isinstance(value, dict):
        return all(is_storable(element) for pair in value.items() for element in pair)
    if isinstance(value, list):
        return all(map(is_storable, value))
    return not isinstance(value, str) or not re.search("[\x00\ud800-\udfff]", value)


def read_page() -> int:
    page = str(read_params().get("page") or "")
    return max(int(page), 1) if page.isdecimal() else 1


def as_boolean(value: object) -> bool:
    """Rails' cast: absent and empty are no, and so are a few words; everything else is yes."""
    return value is not None and value != "" and value not in FALSE_VALUES


def as_object(value: object) -> Json:
    return dict(value) if isinstance(value, dict) else {}


def _collect(fields: MultiDict[str, Any]) -> Json:
    collected: Json = {}
    for name in fields:
        if name.endswith("[]"):
            collected[name[:-2]] = [*collected.get(name[:-2], []), *fields.getlist(name)]
        else:
            collected[name] = fields[name]
    return collected
