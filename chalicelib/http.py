"""One HTTP request becomes an answer or one of our errors. The only home of `requests`.

Nothing is repeated here: a job that fails goes back to its queue, which knows how long to wait.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.util import parse_url

from chalicelib.error_bodies import Refusals, causes_in, describe
from chalicelib.errors import FileTooLarge, NotFound, OutcomeUnknown, Refused, TryAgainLater
from chalicelib.time_limit import POOLS, TooSlow, time_limit

CONNECT_TIMEOUT_SECONDS = 3.05

# A first question makes up to seven calls, and a Lambda has little more than a minute for them all.
READ_TIMEOUT_SECONDS = 8.0

# Whoever is sent 25 MB looks at them before answering.
FILES_TIMEOUT_SECONDS = 30.0
READING_METHODS = frozenset({"GET", "HEAD"})

# Of a whole call: whoever answers in drops would else hold a Lambda, and the thread that it works on, until it is
# killed.
LONGEST_CALL_SECONDS = 20.0
LONGEST_CALL_WITH_FILES_SECONDS = 75.0
LONGEST_DOWNLOAD_SECONDS = 40.0

# Unpacked. A hundred messages of Chatwoot's 150,000 characters are less, and a Lambda has 256 MB.
LARGEST_ANSWER_BYTES = 16 * 1024 * 1024

# More than any error says.
LARGEST_ERROR_BYTES = 64 * 1024
REDIRECTS_FOLLOWED = 5
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """A 2xx answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body; a body that is not JSON is the service's trouble, so TryAgainLater."""
        if not self.is_json:
            raise TryAgainLater("the answer is not JSON", status=self.status)
        return self._decoded[0]

    def read_json(self) -> Any | None:
        """The decoded body of a write that is done whatever its answer looks like; None when that is not JSON."""
        return self._decoded[0] if self.is_json else None

    @property
    def is_json(self) -> bool:
        return bool(self._decoded)

    @cached_property
    def _decoded(self) -> tuple[Any, ...]:
        """The decoded body; nothing where it is not JSON."""
        try:
            return (json.loads(self.body),)
        except (ValueError, RecursionError):
            return ()


class File(NamedTuple):
    """A file with all its bytes."""

    name: str
    content_type: str
    content: bytes


class Transport:
    """Sends requests over kept connections. `clock` counts seconds."""

    def __init__(
        self,
        session: requests.Session | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        longest_call_seconds: float = LONGEST_CALL_SECONDS,
    ) -> None:
        self._session = session or _session_with_time_limit()
        self._clock = clock
        self._longest_call_seconds = longest_call_seconds
        # Credentials come from our callers only, never from a .netrc file.
        self._session.trust_env = False

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        files: Sequence[tuple[str, File]] = (),
        changes_nothing: bool = False,
        repeatable: bool = False,
        refusals: Refusals | None = None,
    ) -> Answer:
        """The answer, when it is a 2xx.

        Raises TryAgainLater when nothing happened, OutcomeUnknown when a write may have happened, Refused or NotFound
        when the service said no. `files` go out as a multipart form, each under its field's name. `changes_nothing`
        marks a POST that only reads; `repeatable` a write that sets a value, so that repeating it is as good as
        knowing. `refusals` says what those of the service look like, which speaks JSON: whatever else answers stands
        before it, and is waited out.
        """
        harmless = changes_nothing or repeatable or method in READING_METHODS
        longest_seconds = LONGEST_CALL_WITH_FILES_SECONDS if files else self._longest_call_seconds
        try:
            with (
                time_limit(longest_seconds),
                self._session.request(
                    method,
                    url,
                    headers=dict(headers or {}),
                    params=params,
                    json=json,
                    data=form,
                    files=[(field, (file.name, file.content, file.content_type)) for field, file in files] or None,
                    timeout=(CONNECT_TIMEOUT_SECONDS, FILES_TIMEOUT_SECONDS if files else READ_TIMEOUT_SECONDS),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                is_done = response.status_code // 100 == 2
                body = self._read_start(response, LARGEST_ANSWER_BYTES if is_done else LARGEST_ERROR_BYTES)
        except (requests.RequestException, urllib3.exceptions.HTTPError, TooSlow) as error:
            if harmless or _never_connected(error):
                raise TryAgainLater(_no_answer(url, error), is_unanswered=True) from error
            raise OutcomeUnknown(_no_answer(url, error)) from error
        if not is_done:
            raise error_for(response, body, harmless=harmless, refusals=refusals)
        if len(body) > LARGEST_ANSWER_BYTES:
            message = f"{_host(url)} answers with more than {LARGEST_ANSWER_BYTES} bytes"
            raise TryAgainLater(message) if harmless else OutcomeUnknown(message)
        answer = Answer(response.status_code, response.headers, body)
        if refusals and answer.body and not answer.is_json:
            raise _intercepted(response, harmless=harmless)
        return answer

    def download(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        largest_bytes: int,
        refusals: Refusals | None = None,
    ) -> Answer:
        """The answer to a GET, read piece by piece and never further than `largest_bytes`.

        Raises FileTooLarge, TryAgainLater, Refused or NotFound.
        """
        with self._download_in_time(url):
            answer = self._download(self._session, url, headers, params, largest_bytes, refusals)
        if answer.status // 100 == 3:
            message = f"{_host(url)} answered {answer.status}: redirected"
            if refusals:
                raise TryAgainLater(message, status=answer.status, is_intercepted=True)
            raise Refused(message, status=answer.status, code="redirect")
        return _check_no_page(answer, url)

    def download_through_redirects(self, url: str, *, largest_bytes: int, refusals: Refusals | None = None) -> Answer:
        """As `download`, following where the answers lead, without credentials.

        The host of `url` is trusted, and it may be at a private address; whatever else is led to must be at a public
        one. Raises Refused where it is not.
        """
        with self._download_in_time(url):
            return self._follow_redirects(url, largest_bytes, refusals)

    def _follow_redirects(self, url: str, largest_bytes: int, refusals: Refusals | None) -> Answer:
        host, port = _origin(url)
        # Whoever is asked without TLS may insist on it.
        home = {(host, port), (host, 443 if port == 80 else port)}
        session, first = self._session, url
        for _ in range(REDIRECTS_FOLLOWED + 1):
            answer = self._download(session, url, None, None, largest_bytes, refusals)
            if answer.status // 100 == 2:
                return _check_no_page(answer, first)
            try:
                url = _follow(url, answer.headers.get("Location", ""))
            except ValueError as error:
                raise Refused("the file is redirected to nowhere", status=answer.status, code="redirect") from error
            session = self._session if _origin(url) in home else _session_for_public_addresses()
        raise Refused("the file is redirected in circles", status=answer.status, code="redirect")

    @contextmanager
    def _download_in_time(self, url: str) -> Iterator[None]:
        try:
            with time_limit(LONGEST_DOWNLOAD_SECONDS):
                yield
        except TooSlow as error:
            raise TryAgainLater(_no_answer(url, error), is_unanswered=True) from error

    def _download(
        self,
        session: requests.Session,
        url: str,
        headers: Mapping[str, str] | None,
        params: Mapping[str, str | int] | None,
        largest_bytes: int,
        refusals: Refusals | None,
    ) -> Answer:
        """A 2xx answer with its body, or a 3xx answer without; raises the errors of all others."""
        try:
            with session.get(
                url,
                headers=dict(headers or {}),
                params=params,
                timeout=(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                kind = response.status_code // 100
                if kind not in (2, 3):
                    start = self._read_start(response, LARGEST_ERROR_BYTES)
                    raise error_for(response, start, harmless=True, refusals=refusals)
                body = self._read(response, largest_bytes) if kind == 2 else b""
                return Answer(response.status_code, CaseInsensitiveDict(response.headers), body)
        except ValueError as error:
            # An address, or one that it leads to, that cannot be used; no later time mends it.
            raise Refused("the address cannot be used", status=0, code="address") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            if type(error).__name__ == "InvalidIPAddress":
                raise Refused(f"{_host(url)} is at a private address", status=0, code="private_address") from error
            raise TryAgainLater(_no_answer(url, error), is_unanswered=True) from error

    def _read(self, response: requests.Response, largest_bytes: int) -> bytes:
        body = self._read_start(response, largest_bytes)
        if len(body) > largest_bytes:
            raise FileTooLarge(f"the file has more than {largest_bytes} bytes")
        return body

    def _read_start(self, response: requests.Response, enough_bytes: int) -> bytes:
        """The body, or its beginning with at least one byte more than is enough."""
        # What a length promises is not to be trusted; what is read is counted.
        pieces, length, deadline = [], 0, self._clock() + LONGEST_DOWNLOAD_SECONDS
        # What has come, and not a whole chunk of it: that would be waited for, however slowly it comes.
        while piece := response.raw.read1(CHUNK_BYTES, decode_content=True):
            pieces.append(piece)
            length += len(piece)
            if length > enough_bytes:
                break
            if self._clock() > deadline:
                raise TooSlow
        return b"".join(pieces)


def _session_with_time_limit() -> requests.Session:
    session = requests.Session()
    for scheme in POOLS:
        session.mount(f"{scheme}://", _with_time_limit(HTTPAdapter()))
    return session


def _session_for_public_addresses() -> requests.Session:
    """A session that resolves a host itself, refuses private addresses, and connects to none but what it checked."""
    # Imported here, since few jobs have a file that its host keeps elsewhere.
    from requests_hardened.ip_filter_adapter import IPFilterAdapter

    session = requests.Session()
    session.trust_env = False
    session.mount("http://", _with_time_limit(IPFilterAdapter(is_https_proto=False)))
    session.mount("https://", _with_time_limit(IPFilterAdapter(is_https_proto=True)))
    return session


def _with_time_limit(adapter: HTTPAdapter) -> HTTPAdapter:
    """The adapter, with connections that can be cut off."""
    adapter.poolmanager.pool_classes_by_scheme = POOLS
    return adapter


def error_for(
    response: requests.Response, body: bytes, *, harmless: bool, refusals: Refusals | None = None
) -> Exception:
    """The error that an answer outside of 2xx stands for."""
    status = response.status_code
    code, words = describe(body)
    # Only what looks like a code: whoever answers may write anything there.
    told = code if re.fullmatch(r"[0-9A-Za-z_.:-]{1,60}", code) else ""
    message = f"{_host(response.url)} answered {status} {told}".rstrip()
    retry_after_seconds = _retry_after(response.headers.get("Retry-After", ""))
    if status in (408, 425, 429):
        return TryAgainLater(message, retry_after_seconds=retry_after_seconds, status=status)
    if status >= 500:
        if harmless:
            return TryAgainLater(message, retry_after_seconds=retry_after_seconds, status=status)
        return OutcomeUnknown(message, retry_after_seconds=retry_after_seconds)
    if refusals and not refusals.include(status, body):
        return _intercepted(response, harmless=harmless)
    if status // 100 == 3:
        # An API that redirects is set up wrongly (http for https, say); following would resend a write as a GET.
        return Refused(f"{message}: redirected", status=status, code="redirect", words="")
    kind_of_refusal = NotFound if status == 404 else Refused
    return kind_of_refusal(message, status=status, code=code, words=words, causes=causes_in(body))


def _intercepted(response: requests.Response, *, harmless: bool) -> Exception:
    """The error of a call that something before the service answered.

    It may have let a write pass, and have kept back its answer alone.
    """
    message = f"something before {_host(response.url)} answered {response.status_code}"
    retry_after_seconds = _retry_after(response.headers.get("Retry-After", ""))
    if harmless:
        status = response.status_code
        return TryAgainLater(message, retry_after_seconds=retry_after_seconds, status=status, is_intercepted=True)
    return OutcomeUnknown(message, retry_after_seconds=retry_after_seconds, is_intercepted=True)


def _check_no_page(answer: Answer, url: str) -> Answer:
    """The answer, unless it is a page where a file was asked for, which is called something else."""
    is_page = "text/html" in answer.headers.get("Content-Type", "")
    if is_page and not urlsplit(url).path.lower().endswith((".html", ".htm")):
        message = f"something before {_host(url)} answered with a page"
        raise TryAgainLater(message, status=answer.status, is_intercepted=True)
    return answer


def _no_answer(url: str, error: Exception) -> str:
    if isinstance(error, TooSlow):
        return f"{_host(url)} is too slow"
    return f"no answer from {_host(url)}: {type(error).__name__}"


def _never_connected(error: Exception) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


def _retry_after(value: str) -> float | None:
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _follow(url: str, location: str) -> str:
    """Where a redirect leads; raises ValueError where that is no address of the web.

    Parsers disagree about backslashes and names before the host, so that one could judge another host than is called.
    """
    parts = urlsplit(urljoin(url, location))
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or "\\" in location:
        raise ValueError("no address of the web")
    prepared = requests.Request("GET", parts.geturl()).prepare().url
    assert prepared, "an address was given"
    return prepared


def _origin(url: str) -> tuple[str, int]:
    """Host and port, as the parser has them that the connection is made by."""
    parts = parse_url(url)
    return parts.host or "", parts.port or (443 if parts.scheme == "https" else 80)


def _host(url: str | None) -> str:
    # The host alone: credentials, paths and queries must not stand in a log.
    return urlsplit(url or "").netloc.rpartition("@")[2]
