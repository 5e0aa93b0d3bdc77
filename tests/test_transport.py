"""One HTTP request becomes an answer, or the error that says what may be done about it."""

import socket
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from werkzeug.wrappers import Request, Response

from chalicelib.errors import BridgeError, NotFound, OutcomeUnknown, Refused, TryAgainLater
from chalicelib.transport import Transport
from tests.recorded import names_in, nested, recorded, recorded_bytes
from tools.simulators.service import ConnectionDropped, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

READ: dict[str, Any] = {"method": "GET"}
WRITE: dict[str, Any] = {"method": "POST", "json": {"text": "Temos sim!"}}
SEARCH = WRITE | {"changes_nothing": True}
SETTING = WRITE | {"repeatable": True}
HARMLESS = [READ, SEARCH, SETTING, {"method": "HEAD"}]


class Service:
    """Answers every call with `answer`; without one it cuts the connection."""

    def __init__(self) -> None:
        self.answer: Response | None = Response("{}")
        self.seen: list[Request] = []
        self.server = Server(self)
        self.session = requests.Session()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        request.get_data()
        self.seen.append(request)
        if self.answer is None:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionDropped
        return self.answer(environ, start_response)

    def call(self, path: str = "/answers", *, method: str, **what: Any) -> Any:
        return Transport(self.session).call(method, self.server.url + path, **what)

    def fail(self, answer: Response | None, **what: Any) -> Any:
        """The error of a call that is answered so."""
        self.answer = answer
        with pytest.raises(BridgeError) as caught:
            self.call(**(what or READ))
        return caught.value


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.session.close()
    service.server.stop()


# Answers


@pytest.mark.parametrize("status", [200, 201, 204])
def test_what_is_2xx_is_an_answer(service: Service, status: int) -> None:
    service.answer = Response('{"id": 1}' if status != 204 else "", status, headers={"X-Request-Id": "r1"})

    answer = service.call(**WRITE)

    assert (answer.status, answer.headers["x-request-id"]) == (status, "r1")
    if status != 204:
        assert answer.json() == {"id": 1}


@pytest.mark.parametrize("body", ["", "<html>", b"\xff"])
def test_an_answer_that_is_not_json_is_tried_again(service: Service, body: str) -> None:
    service.answer = Response(body)

    with pytest.raises(TryAgainLater):
        service.call(**READ).json()


def test_a_request_goes_out_as_asked(service: Service) -> None:
    service.call("/questions", method="GET", params={"api_version": 4}, headers={"Authorization": "Bearer t"})
    service.call(method="POST", form={"code": "a b&c"})

    got, posted = service.seen
    assert (got.path, got.query_string, got.headers["Authorization"]) == ("/questions", b"api_version=4", "Bearer t")
    assert (posted.get_data(), posted.mimetype) == (b"code=a+b%26c", "application/x-www-form-urlencoded")


# Refusals

ENVELOPES = {
    "mercado_livre/errors/400.malformed_token": (400, "bad_request", "Malformed access_token: TOKEN_NOT_VALID"),
    "mercado_livre/errors/401.app_blocked": (401, "unauthorized_scopes", "unauthorized_scopes"),
    "mercado_livre/errors/401.expired_token": (401, "not_found", "expired_token"),
    "mercado_livre/errors/401.invalid_access_token": (401, "invalid_token", "invalid access token"),
    "mercado_livre/errors/401.unauthorized_no_header": (401, "unauthorized", "authorization value not present"),
    "mercado_livre/errors/403.access_denied": (
        403,
        "access_denied",
        "access to the requested resource is forbidden",
    ),
    "mercado_livre/errors/403.invalid_scopes": (403, "FORBIDDEN", "Invalid scopes"),
    "mercado_livre/errors/404.not_found": (404, "not_found", "Resource not found."),
    "mercado_livre/errors/451.unavailable": (
        451,
        "unavailable.for.legal.reasons",
        "The requested user is not available due to legal reasons",
    ),
    "mercado_livre/oauth/token.invalid_client.400": (400, "invalid_client", "invalid client_id or client_secret."),
    "mercado_livre/oauth/token.invalid_grant.400": (
        400,
        "invalid_grant",
        "Error validating grant. Your authorization code or refresh token may be expired or it was already used",
    ),
    "mercado_livre/questions/answers.400.not_active_item": (400, "not_active_item", "Item must be active"),
    "chatwoot/api/error_invalid_token.401": (401, "", "Invalid Access Token"),
    "chatwoot/api/error_no_token.401": (401, "", "You need to sign in or sign up before continuing."),
    "chatwoot/api/error_not_found.404": (404, "", "Resource could not be found"),
    "chatwoot/api/conversation_source_id_taken.422": (422, "", "source_id should be unique"),
    "chatwoot/api/contact_create_identifier_taken.422": (422, "", "Identifier has already been taken"),
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_every_envelope_tells_its_code_and_its_words(service: Service, name: str) -> None:
    status, code, words = ENVELOPES[name]

    error = service.fail(Response(recorded_bytes(name), status))

    assert (error.status, error.code, error.words) == (status, code, words)
    assert isinstance(error, NotFound if status == 404 else Refused)


@pytest.mark.parametrize("name", [*names_in("mercado_livre/errors", "4*"), *names_in("chatwoot/api", "*.4*")])
def test_every_recorded_error_becomes_one_of_ours_with_words(service: Service, name: str) -> None:
    status = next(int(part) for part in name.rpartition("/")[2].split(".") if part.isdigit())

    error = service.fail(Response(recorded_bytes(name), status), **WRITE)

    if status == 429:
        assert isinstance(error, TryAgainLater)
    else:
        assert (error.status, bool(error.words)) == (status, True)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", ""),
        ("Não encontrado\n", "Não encontrado"),
        ("<html>" + "x" * 1000, "<html>" + "x" * 294),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("[]", ""),
        ("null", ""),
        ('"no"', ""),
        ('{"message": {"a": 1}, "error": 7, "code": 9}', ""),
        ('{"errors": []}', ""),
    ],
)
def test_any_other_body_is_a_refusal_all_the_same(service: Service, body: str, words: str) -> None:
    error = service.fail(Response(body, 400))

    assert (error.status, error.code, error.words) == (400, "", words)


def test_a_body_nested_too_deep_to_read_is_a_refusal_all_the_same(service: Service) -> None:
    assert service.fail(Response(nested(100_000), 400)).status == 400


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("what", [READ, WRITE])
def test_a_redirect_is_refused_and_not_followed(service: Service, status: int, what: dict[str, Any]) -> None:
    error = service.fail(Response(status=status, headers={"Location": f"{service.server.url}/elsewhere"}), **what)

    assert (type(error), error.status, error.code) == (Refused, status, "redirect")
    assert [request.path for request in service.seen] == ["/answers"]


# Outages


@pytest.mark.parametrize("what", HARMLESS)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_harmless_call_to_a_broken_service_is_tried_again(
    service: Service, status: int, what: dict[str, Any]
) -> None:
    assert isinstance(service.fail(Response("x", status), **what), TryAgainLater)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_a_broken_service_did_with_a_write_is_not_known(service: Service, status: int) -> None:
    assert isinstance(service.fail(Response("x", status), **WRITE), OutcomeUnknown)


@pytest.mark.parametrize("what", [*HARMLESS, WRITE])
@pytest.mark.parametrize("status", [408, 425, 429])
def test_a_call_that_was_not_taken_is_tried_again(service: Service, status: int, what: dict[str, Any]) -> None:
    error = service.fail(Response("x", status), **what)

    assert (type(error), error.retry_after_seconds) == (TryAgainLater, None)


@pytest.mark.parametrize("what", HARMLESS)
def test_a_harmless_call_that_was_cut_off_is_tried_again(service: Service, what: dict[str, Any]) -> None:
    assert isinstance(service.fail(None, **what), TryAgainLater)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_became_of_a_write_that_was_cut_off_is_not_known(service: Service, method: str) -> None:
    assert isinstance(service.fail(None, method=method), OutcomeUnknown)
    assert len(service.seen) == 1


@pytest.mark.parametrize("what", [*HARMLESS, WRITE])
def test_a_call_that_reached_nobody_is_tried_again(what: dict[str, Any]) -> None:
    service = Service()
    service.server.stop()

    with service.session, pytest.raises(TryAgainLater):
        service.call(**what)


# Retry-After


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("header", "seconds"), [("0", 0), ("30", 30), ("86400", 86400)])
def test_a_service_may_say_in_how_many_seconds_to_come_again(
    service: Service, status: int, header: str, seconds: int
) -> None:
    assert service.fail(Response("", status, headers={"Retry-After": header})).retry_after_seconds == seconds


@pytest.mark.parametrize(("minutes", "least", "most"), [(5, 290, 300), (-5, 0, 0)])
def test_a_service_may_say_at_what_time_to_come_again(service: Service, minutes: int, least: int, most: int) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    header = format_datetime(moment, usegmt=True)

    assert least <= service.fail(Response("", 429, headers={"Retry-After": header})).retry_after_seconds <= most


@pytest.mark.parametrize(
    "header", ["", "soon", "-5", "1.5", "²", "Sun Nov  6 08:49:37 1994", "6 Nov 1994 08:49:37 -0000"]
)
def test_a_retry_after_that_cannot_be_read_is_passed_over(service: Service, header: str) -> None:
    error = service.fail(Response("", 429, headers={"Retry-After": header}))

    assert (type(error), error.retry_after_seconds or 0) == (TryAgainLater, 0)


@pytest.mark.parametrize(
    ("name", "path"),
    [("chatwoot/api/error_rate_limited.429", "body_text"), ("mercado_livre/errors/429.local_rate_limited.raw", "body")],
)
def test_a_rate_limit_in_plain_text_is_tried_again(service: Service, name: str, path: str) -> None:
    body = recorded(name)

    error = service.fail(Response(body[path], 429, content_type=body["content_type"]), **WRITE)

    assert (type(error), error.retry_after_seconds) == (TryAgainLater, None)


# Discretion


@pytest.mark.parametrize("answer", [None, *(Response("s3cret", status) for status in (302, 400, 404, 429, 500))])
@pytest.mark.parametrize("what", [READ, WRITE])
def test_no_error_tells_what_was_sent(service: Service, answer: Response | None, what: dict[str, Any]) -> None:
    secret = {"headers": {"Authorization": "Bearer s3cret"}, "params": {"token": "s3cret"}, "path": "/s3cret"}

    error = service.fail(answer, **what, **secret)

    assert "s3cret" not in str(error)
    assert "127.0.0.1" in str(error)


def test_no_error_tells_a_password_that_stands_in_an_address(service: Service) -> None:
    url = service.server.url.replace("http://", "http://ponte:s3cret@")
    service.answer = Response("", 400)

    with pytest.raises(Refused) as caught:
        Transport(service.session).call("GET", url)
    assert "s3cret" not in str(caught.value)
