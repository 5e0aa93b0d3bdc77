"""One HTTP request becomes an answer, or the error that says what may be done about it."""

import gzip
import itertools
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from werkzeug.wrappers import Request, Response

from chalicelib.chatwoot.client import REFUSALS as OF_CHATWOOT
from chalicelib.error_bodies import causes_in
from chalicelib.errors import BridgeError, FileTooLarge, NotFound, OutcomeUnknown, Refused, TryAgainLater
from chalicelib.http import LARGEST_ANSWER_BYTES, REDIRECTS_FOLLOWED, File, Transport, _session_with_time_limit
from chalicelib.mercado_livre.calls import REFUSALS as OF_MERCADO_LIVRE
from chalicelib.time_limit import TooSlow, time_limit
from simulators.service import ConnectionDropped, Server
from tests.recorded import names_in, nested, recorded, recorded_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READ: dict[str, Any] = {"method": "GET"}
WRITE: dict[str, Any] = {"method": "POST", "json": {"text": "Temos sim!"}}
SEARCH = WRITE | {"changes_nothing": True}
SETTING = WRITE | {"repeatable": True}
HARMLESS = [READ, SEARCH, SETTING, {"method": "HEAD"}]


class Service:
    """Answers every call with `answer`; without one it cuts the connection."""

    def __init__(self) -> None:
        self.answer: WSGIApplication | None = Response("{}")
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

    def fail(self, answer: "WSGIApplication | None", **what: Any) -> Any:
        """The error of a call that is answered so."""
        self.answer = answer
        with pytest.raises(BridgeError) as caught:
            self.call(**(what or READ))
        return caught.value


def raw(status: str, headers: dict[str, str], body: bytes = b"") -> "WSGIApplication":
    """An answer whose headers nobody puts right; the connection ends with it."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response(status, [*headers.items(), ("Connection", "close")])
        return [body]

    return answer


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


PICTURE = bytes(range(256)) * 300


def test_files_go_out_with_their_names_and_every_byte(service: Service) -> None:
    files = [
        ("attachments[]", File("foto à mão 🛵.png", "image/png", PICTURE)),
        ("attachments[]", File("nota.txt", "text/plain", b"--boundary\r\n\r\n")),
        ("file", File("vazio.pdf", "application/pdf", b"")),
    ]

    service.call(method="POST", form={"content": "Olá & até já", "private": "false"}, files=files)

    (posted,) = service.seen
    assert posted.mimetype == "multipart/form-data"
    assert posted.form.to_dict() == {"content": "Olá & até já", "private": "false"}
    assert [
        (field, File(str(file.filename), str(file.content_type), file.read()))
        for field, file in posted.files.items(multi=True)
    ] == files
    posted.close()


@pytest.mark.parametrize("name", ['a".png', "a\r\nX-Evil: 1.png", "a;b=c.png", "../a.png"])
def test_no_name_of_a_file_breaks_out_of_its_place(service: Service, name: str) -> None:
    service.call(method="POST", files=[("file", File(name, "image/png", PICTURE))])

    (posted,) = service.seen
    ((field, file),) = posted.files.items(multi=True)
    assert (field, file.read(), list(file.headers.keys())) == ("file", PICTURE, ["Content-Disposition", "Content-Type"])
    posted.close()


@pytest.mark.parametrize(("what", "kind"), [({}, OutcomeUnknown), ({"repeatable": True}, TryAgainLater)])
@pytest.mark.parametrize("answer", [None, Response("x", 500)])
def test_what_became_of_files_that_were_sent_is_not_known(
    service: Service, answer: Response | None, what: dict[str, Any], kind: type[BridgeError]
) -> None:
    error = service.fail(answer, method="POST", files=[("file", File("a.png", "image/png", PICTURE))], **what)

    assert isinstance(error, kind)


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
    "mercado_livre/messages/send.403.blocked": (403, "forbidden", "blocked_conversation_send_message_forbidden"),
    "mercado_livre/messages/send.400.too_long": (
        400,
        "limit_exceeded",
        "The message content is too long, max characters allowed are 350",
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


def test_every_recorded_error_becomes_one_of_ours_with_words(service: Service) -> None:
    names = (
        *names_in("mercado_livre/errors", "4*"),
        *names_in("mercado_livre/messages", "*.4*"),
        *names_in("chatwoot/api", "*.4*"),
    )
    for name in names:
        status = next(int(part) for part in name.rpartition("/")[2].split(".") if part.isdigit())

        error = service.fail(Response(recorded_bytes(name), status), **WRITE)

        if status == 429:
            assert isinstance(error, TryAgainLater), name
        else:
            assert (error.status, bool(error.words)) == (status, True), name


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", ""),
        ("Não encontrado\n", ""),
        ("<html>" + "x" * 1000, ""),
        (b"\xff\xfe", ""),
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


@pytest.mark.parametrize(
    ("body", "causes"),
    [
        ('{"cause": []}', ()),
        ('{"cause": null}', ()),
        ('{"cause": ""}', ("",)),
        ("{}", ()),
        ('{"cause": [{"code": "blocked_by_buyer", "message": "x"}]}', ("blocked_by_buyer",)),
        ('{"cause": [{"code": "a"}, {"code": "b"}]}', ("a", "b")),
        ('{"cause": "blocked_by_excepted_case"}', ("blocked_by_excepted_case",)),
        ('{"cause": ["a", "b"]}', ("a", "b")),
        ('{"cause": {"code": "a"}}', ("a",)),
        ('{"cause": [{"code": 7}, {"message": "x"}, null, 7, [], {"code": "a"}]}', ("a",)),
        ('{"cause": 7}', ()),
        ("[]", ()),
        ("null", ()),
        ("", ()),
        ("<html>", ()),
        (b"\xff", ()),
        (nested(100_000), ()),
    ],
)
def test_the_causes_of_a_refusal_are_their_codes(body: str | bytes, causes: tuple[str, ...]) -> None:
    assert causes_in(body.encode() if isinstance(body, str) else body) == causes


def test_a_refusal_carries_its_causes(service: Service) -> None:
    body = recorded_bytes("mercado_livre/messages/send.403.blocked.cause")

    error = service.fail(Response(body, 403, content_type="application/json"), **WRITE)

    assert error.causes == tuple(
        cause["code"] for cause in recorded("mercado_livre/messages/send.403.blocked.cause")["cause"]
    )
    assert error.causes[0].startswith("blocked_by_")


# Who speaks


def test_every_recorded_refusal_is_its_services_own() -> None:
    folders = {"errors": "4*", **dict.fromkeys(("messages", "oauth", "orders", "packs", "questions", "labels"), "*.4*")}
    names = [
        (name, OF_MERCADO_LIVRE) for folder in folders for name in names_in(f"mercado_livre/{folder}", folders[folder])
    ]
    names += [(name, OF_CHATWOOT) for name in names_in("chatwoot/api", "*.4*")]
    for name, refusals in names:
        if "429" not in name:
            assert refusals.include(403, recorded_bytes(name)), name


def test_whatever_else_answers_stands_before_the_service(service: Service) -> None:
    bodies = ("", "<html>", "404 page not found", "[]", "null", '{"message":"Forbidden"}', nested(100_000))
    for body, refusals in itertools.product(bodies, (OF_MERCADO_LIVRE, OF_CHATWOOT)):
        for status in (301, 302, 400, 403, 404, 405, 418, 451):
            read = service.fail(Response(body, status), **READ, refusals=refusals)
            written = service.fail(Response(body, status), **WRITE, refusals=refusals)

            assert (type(read), read.is_intercepted, read.status) == (TryAgainLater, True, status), body
            assert (type(written), written.is_intercepted) == (OutcomeUnknown, True), body


def test_a_page_instead_of_an_answer_stands_before_the_service(service: Service) -> None:
    for body in ("<html>", "We will be back."):
        assert service.fail(Response(body), **READ, refusals=OF_CHATWOOT).is_intercepted
        assert isinstance(service.fail(Response(body), **WRITE, refusals=OF_CHATWOOT), OutcomeUnknown)
    service.answer = Response("")
    assert service.call(**WRITE, refusals=OF_CHATWOOT).status == 200


def test_what_is_too_large_for_a_proxy_is_refused(service: Service) -> None:
    assert type(service.fail(Response("<html>", 413), **WRITE, refusals=OF_CHATWOOT)) is Refused


@pytest.mark.parametrize("method", ["download", "download_through_redirects"])
def test_a_page_is_no_file(service: Service, method: str) -> None:
    service.answer = Response("<html>", content_type="text/html; charset=utf-8")
    fetch = getattr(Transport(service.session), method)

    with pytest.raises(TryAgainLater):
        fetch(f"{service.server.url}/foto.png", largest_bytes=10)
    assert fetch(f"{service.server.url}/page.HTML", largest_bytes=10).body == b"<html>"


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


# Downloads


def download(service: Service, path: str = "/foto.png", *, largest_bytes: int = 100_000) -> bytes:
    return Transport(service.session).download(service.server.url + path, largest_bytes=largest_bytes).body


def test_a_file_comes_with_every_byte(service: Service) -> None:
    service.answer = Response(PICTURE, headers={"Content-Type": "image/png"})

    answer = Transport(service.session).download(
        f"{service.server.url}/foto.png",
        headers={"Authorization": "Bearer t"},
        params={"site_id": "MLB"},
        largest_bytes=len(PICTURE),
    )

    assert (answer.status, answer.headers["content-type"], answer.body) == (200, "image/png", PICTURE)
    (got,) = service.seen
    assert (got.method, got.path, got.query_string) == ("GET", "/foto.png", b"site_id=MLB")
    assert got.headers["Authorization"] == "Bearer t"


@pytest.mark.parametrize("has_length", [True, False])
@pytest.mark.parametrize(("size", "is_taken"), [(0, True), (9, True), (10, True), (11, False), (300_000, False)])
def test_a_file_has_a_largest_size(service: Service, size: int, is_taken: bool, has_length: bool) -> None:
    body = b"x" * size
    service.answer = Response(body if has_length else iter([body]))

    if is_taken:
        assert download(service, largest_bytes=10) == body
    else:
        with pytest.raises(FileTooLarge, match="more than 10 bytes"):
            download(service, largest_bytes=10)


def test_a_file_that_is_too_large_is_not_read_to_its_end(service: Service) -> None:
    pieces = 0

    def write() -> Iterator[bytes]:
        nonlocal pieces
        for _ in range(2000):
            pieces += 1
            yield b"x" * 64 * 1024

    service.answer = Response(write())

    with pytest.raises(FileTooLarge):
        download(service, largest_bytes=1024 * 1024)
    assert pieces < 1000


def test_a_file_that_grows_when_it_is_unpacked_is_counted_as_it_grows(service: Service) -> None:
    packed = gzip.compress(b"0" * 5_000_000)
    service.answer = Response(packed, headers={"Content-Encoding": "gzip"})

    assert len(packed) < 10_000
    with pytest.raises(FileTooLarge):
        download(service, largest_bytes=10_000)


@pytest.mark.parametrize("method", ["download", "download_through_redirects"])
@pytest.mark.parametrize("is_packed", [True, False])
def test_what_is_said_instead_of_a_file_is_not_read_to_its_end(
    service: Service, method: str, *, is_packed: bool
) -> None:
    pieces = 0

    def write() -> Iterator[bytes]:
        nonlocal pieces
        piece = b"0" * 1024 * 1024
        for _ in range(100):
            pieces += 1
            yield gzip.compress(piece) if is_packed else piece

    service.answer = Response(write(), 500, {"Content-Encoding": "gzip"} if is_packed else {})

    with pytest.raises(TryAgainLater):
        getattr(Transport(service.session), method)(f"{service.server.url}/foto.png", largest_bytes=10)
    assert pieces < 50


@pytest.mark.parametrize(("what", "kind"), [(READ, TryAgainLater), (WRITE, OutcomeUnknown)], ids=["read", "write"])
def test_an_answer_that_grows_when_it_is_unpacked_is_not_unpacked_to_its_end(
    service: Service, what: dict[str, Any], kind: type[BridgeError]
) -> None:
    packed = gzip.compress(b"0" * (LARGEST_ANSWER_BYTES + 1), compresslevel=1)
    error = service.fail(Response(packed, headers={"Content-Encoding": "gzip"}), **what)

    assert type(error) is kind
    assert "answers with more than" in str(error)


def test_a_refusal_that_grows_when_it_is_unpacked_is_not_unpacked_to_its_end(service: Service) -> None:
    packed = gzip.compress(b"0" * (LARGEST_ANSWER_BYTES + 1), compresslevel=1)

    assert type(service.fail(Response(packed, 400, {"Content-Encoding": "gzip"}))) is Refused


@contextmanager
def dripping(beginning: bytes, drop: bytes) -> Iterator[str]:
    """A server that goes on with its answer every moment, and never comes to its end."""
    is_over = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(65536)
            connection.sendall(beginning)
            while not is_over.wait(0.02):
                connection.sendall(drop)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        is_over.set()
        thread.join()


@pytest.mark.parametrize(
    ("beginning", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{", b" "),
    ],
    ids=["headers", "body", "chunks", "until it closes"],
)
def test_an_answer_that_comes_in_drops_holds_nobody_for_good(beginning: bytes, drop: bytes) -> None:
    for what, kind in ((READ, TryAgainLater), (WRITE, OutcomeUnknown)):
        with dripping(beginning, drop) as url, pytest.raises(kind, match="too slow"):
            Transport(longest_call_seconds=0.2).call(url=url, **what)


def test_what_is_called_when_the_time_is_over_is_cut_off_at_once(service: Service) -> None:
    """A redirect that came just then led to an address whose drops nobody cut off."""
    session = _session_with_time_limit()

    def go_on_after(first: str) -> None:
        with time_limit(0.1):
            with suppress(requests.RequestException):
                session.get(first, timeout=5)
            session.get(service.server.url, timeout=5)

    with dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x") as first, pytest.raises(TooSlow):
        go_on_after(first)

    assert service.seen == []


@pytest.mark.parametrize("has_length", [True, False])
def test_a_file_that_comes_in_drops_is_tried_again(service: Service, *, has_length: bool) -> None:
    """Each drop comes when the one before it was read, and takes seven seconds."""
    # The first comes with the headers.
    looked_at = threading.Semaphore(1)
    seconds = itertools.count(0, 7)

    def drip() -> Iterator[bytes]:
        for _ in range(100):
            assert looked_at.acquire(timeout=10)
            yield b"x"

    def look_at_the_clock() -> float:
        looked_at.release()
        return next(seconds)

    service.answer = Response(drip(), headers={"Content-Length": "100"} if has_length else {})
    transport = Transport(service.session, clock=look_at_the_clock)

    with pytest.raises(TryAgainLater, match="too slow"):
        transport.download(f"{service.server.url}/foto.png", largest_bytes=100_000_000)
    assert next(seconds) <= 60
    # So that the server can end.
    looked_at.release(100)


def test_a_length_that_promises_less_ends_the_file_there(service: Service) -> None:
    service.answer = raw("200 OK", {"Content-Length": "10"}, b"x" * 100)

    assert download(service, largest_bytes=10) == b"x" * 10


def test_a_file_that_breaks_off_is_tried_again(service: Service) -> None:
    service.answer = raw("200 OK", {"Content-Length": "100"}, b"x" * 10)

    with pytest.raises(TryAgainLater):
        download(service)


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotFound), (403, Refused), (400, Refused), (429, TryAgainLater), (500, TryAgainLater)]
)
@pytest.mark.parametrize("method", ["download", "download_through_redirects"])
def test_a_file_that_cannot_be_had_is_an_error_as_any_other(
    service: Service, status: int, kind: type[BridgeError], method: str
) -> None:
    service.answer = Response('{"message": "no"}', status)

    with pytest.raises(BridgeError) as caught:
        getattr(Transport(service.session), method)(service.server.url, largest_bytes=10)
    assert type(caught.value) is kind
    assert caught.value.status == status  # type: ignore[attr-defined]


@pytest.mark.parametrize("method", ["download", "download_through_redirects"])
def test_a_file_of_nobody_is_tried_again(service: Service, method: str) -> None:
    service.answer = None

    with pytest.raises(TryAgainLater):
        getattr(Transport(service.session), method)(service.server.url, largest_bytes=10)


def test_a_download_with_credentials_follows_nothing(service: Service) -> None:
    service.answer = Response(status=302, headers={"Location": f"{service.server.url}/elsewhere"})

    with pytest.raises(Refused) as caught:
        download(service)
    assert (caught.value.status, caught.value.code) == (302, "redirect")
    assert len(service.seen) == 1


# Downloads that are led elsewhere


class Home(Service):
    """Answers each path as `answers` says."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, WSGIApplication] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self.answer = self.answers.get(Request(environ).path, Response(status=404))
        return super().__call__(environ, start_response)

    def lead(self, path: str, location: str, status: int = 302) -> None:
        self.answers[path] = raw(f"{status} Found", {"Location": location, "Content-Length": "0"})

    def download(self, path: str = "/blob/1", *, largest_bytes: int = 100_000) -> bytes:
        transport, url = Transport(self.session), self.server.url + path
        return transport.download_through_redirects(url, largest_bytes=largest_bytes).body

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.seen]


@pytest.fixture
def home() -> Iterator[Home]:
    home = Home()
    yield home
    home.session.close()
    home.server.stop()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("is_relative", [True, False])
def test_a_file_is_found_where_home_leads_to_at_home(home: Home, status: int, is_relative: bool) -> None:
    home.lead("/blob/1", "/disk/2" if is_relative else f"{home.server.url}/disk/2", status)
    home.lead("/disk/2", "../foto.png?a=1", status)
    home.answers["/foto.png"] = Response(PICTURE)

    assert home.download() == PICTURE
    assert home.paths == ["/blob/1", "/disk/2", "/foto.png"]
    assert home.seen[-1].query_string == b"a=1"


def test_a_file_that_home_leads_to_has_a_largest_size(home: Home) -> None:
    home.lead("/blob/1", "/foto.png")
    home.answers["/foto.png"] = Response(PICTURE)

    with pytest.raises(FileTooLarge):
        home.download(largest_bytes=len(PICTURE) - 1)


def test_a_file_that_is_not_where_home_leads_to_is_not_found(home: Home) -> None:
    home.lead("/blob/1", "/foto.png")

    with pytest.raises(NotFound):
        home.download()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "127.1",
        "2130706433",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
    ],
)
def test_home_may_not_lead_to_a_private_address(home: Home, service: Service, host: str) -> None:
    port = service.server.url.rpartition(":")[2]
    home.lead("/blob/1", f"http://{host}:{port}/latest/meta-data")

    with pytest.raises(Refused) as caught:
        home.download()
    assert caught.value.code == "private_address"
    assert service.seen == []


@pytest.mark.parametrize(
    "location",
    [
        "http://chat.example@127.0.0.1:{port}/latest/meta-data",
        "http://chat.example:s3cret@127.0.0.1:{port}/latest/meta-data",
        "//chat.example@127.0.0.1:{port}/latest/meta-data",
        "http://127.0.0.1:{port}\\@chat.example/latest/meta-data",
        "http://127.0.0.1:{port}\\@{home}/latest/meta-data",
        "http:\\\\127.0.0.1:{port}/latest/meta-data",
        "\\\\127.0.0.1:{port}/latest/meta-data",
        "http://{home}\\@127.0.0.1:{port}/latest/meta-data",
    ],
)
def test_an_address_that_parsers_read_in_different_ways_is_not_followed(
    home: Home, service: Service, location: str
) -> None:
    port = service.server.url.rpartition(":")[2]
    home.lead("/blob/1", location.format(port=port, home=home.server.url.removeprefix("http://")))

    with pytest.raises(Refused) as caught:
        home.download()
    assert caught.value.code == "redirect"
    assert service.seen == []
    assert home.paths == ["/blob/1"]


@pytest.mark.parametrize("address", ["http://169.254.170.2/v2/credentials", "https://10.0.0.1/", "http://[fd00::1]/"])
def test_home_may_not_lead_into_the_cloud_that_we_run_in(home: Home, address: str) -> None:
    home.lead("/blob/1", address)

    with pytest.raises(Refused) as caught:
        home.download()
    assert caught.value.code == "private_address"


def test_a_private_address_is_refused_also_on_the_second_step(home: Home, service: Service) -> None:
    home.lead("/blob/1", "/disk/2")
    home.lead("/disk/2", f"{service.server.url}/foto.png")

    with pytest.raises(Refused):
        home.download()
    assert service.seen == []


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/foto.png",
        "gopher://127.0.0.1/",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "//[::1",
        "http://[::1/foto.png",
        "https://",
        "https:///foto.png",
        "http://:80/foto.png",
        "http://chat.example:99999999/foto.png",
    ],
)
def test_what_home_leads_to_must_be_an_address_of_the_web(home: Home, location: str) -> None:
    home.lead("/blob/1", location)

    with pytest.raises(Refused):
        home.download()
    assert home.paths == ["/blob/1"]


def test_a_redirect_to_nowhere_is_refused(home: Home) -> None:
    home.answers["/blob/1"] = Response(status=302)

    with pytest.raises(Refused):
        home.download()


def test_a_redirect_in_a_circle_is_refused(home: Home) -> None:
    home.lead("/blob/1", "/disk/2")
    home.lead("/disk/2", "/blob/1")

    with pytest.raises(Refused) as caught:
        home.download()
    assert caught.value.code == "redirect"
    assert home.paths == list(itertools.islice(itertools.cycle(["/blob/1", "/disk/2"]), REDIRECTS_FOLLOWED + 1))


def test_no_error_tells_where_a_file_is(home: Home) -> None:
    home.lead("/blob/s3cret", "/disk/s3cret")

    with pytest.raises(NotFound) as caught:
        home.download("/blob/s3cret")
    assert "s3cret" not in str(caught.value)


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
