"""What every part of the simulator stands on: settings, switches, state, and how a route is declared."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from simulators.mercado_livre import errors
from simulators.mercado_livre.state import State
from simulators.service import Clock, Service, dump_json

Handler = Callable[..., Response]


class Core(Service):
    """`redirect_uri` and `notification_url` are what one enters in DevCenter; they survive a reset."""

    name = "mercado_livre"

    def __init__(
        self,
        *,
        clock: Clock = lambda: datetime.now(UTC),
        app_id: int = 1234567890123456,
        client_secret: str = "simulated-client-secret",
        redirect_uri: str = "",
        notification_url: str = "",
        site_id: str = "MLB",
        token_seconds: int = 21600,
    ) -> None:
        self.app_id = app_id
        self.client_secret = client_secret
        self.redirect_uri = redirect_uri
        self.notification_url = notification_url
        self.site_id = site_id
        self.token_seconds = token_seconds
        self._start_afresh()
        super().__init__(clock=clock)
        self._add_routes()

    def reset(self) -> None:
        with self.lock:
            super().reset()
            self._start_afresh()

    def _start_afresh(self) -> None:
        self.state = State()
        self.application_blocked = False
        self.logged_in_seller: int | None = None
        self.next_authorization_error = ""
        self.pkce_required = False
        self.scopes = "offline_access read write"
        self.token_error = "invalid_token"
        self.hides_deleted_questions = False
        self.questions_counted_unlisted = 0
        self.notifications_enabled = True
        self.notifies_only_authorized_sellers = False
        self.missed_listings_want_a_site = False
        self.duplicate_notifications = 1
        self.notifications_to_drop = 0

    def _add_routes(self) -> None:
        """Each class adds its own and calls its bases'."""
        self.flask.register_error_handler(errors.APIError, lambda error: answer(error.body, error.status))
        self.flask.register_error_handler(HTTPException, _answer_http_error)

    def api_route(self, method: str, rule: str) -> Callable[[Handler], Handler]:
        """Declare a route of the API; its handler runs under the lock and is given the caller's user id."""

        def register(handler: Handler) -> Handler:
            def view(**path: Any) -> Response:
                with self.lock:
                    return handler(self._find_caller(), **path)

            self.flask.add_url_rule(rule, f"{method} {rule}", view, methods=[method], provide_automatic_options=False)
            return handler

        return register

    def _find_caller(self) -> int:
        """The user whose access token came in the header, the only place where one may come.

        https://developers.mercadolibre.com.ar/es_ar/gestion-de-identidades-y-accesos-oauth-y-tokens
        """
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not value or "access_token" in request.args:
            raise errors.authorization_missing()
        token = self.state.access_tokens.get(value)
        if token is None or token.expires <= self.clock():
            raise errors.standard_error(*errors.TOKEN_ERRORS[self.token_error])
        if self.application_blocked:
            raise errors.application_blocked()
        grant = self.state.grants[token.seller_id]
        if request.method != "GET" and "write" not in grant.scopes:
            raise errors.invalid_scopes()
        grant.last_call = self.clock()
        return token.seller_id


def answer(body: Any, status: int = 200) -> Response:
    return Response(dump_json(body), status, content_type="application/json; charset=utf-8")


def read_number(name: str, default: int) -> int:
    """A query parameter that must be a whole number, not negative; what the API says otherwise is not documented."""
    value = request.args.get(name, str(default))
    if not (value.isdecimal()):
        raise errors.bad_request(f"Invalid value for {name}")
    return int(value)


def _answer_http_error(error: HTTPException) -> Response:
    """What Flask itself refuses, in the API's envelope; an unknown path or method is a 404."""
    if error.code in (404, 405):
        refusal = errors.not_found()
    elif error.code and error.code < 500:
        refusal = errors.standard_error(error.code, "bad_request", error.description or error.name)
    else:
        refusal = errors.standard_error(500, "internal_server_error", "Oops! Something went wrong...")
    return answer(refusal.body, refusal.status)
