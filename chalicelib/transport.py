"""One HTTP request becomes an answer or one of our errors. The only home of `requests`.

Nothing is repeated here: a job that fails goes back to its queue, which knows how long to wait.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from chalicelib.errors import NotFound, OutcomeUnknown, Refused, TryAgainLater

CONNECT_TIMEOUT_SECONDS = 3.05

# A first question makes up to seven calls, and a Lambda has 60 seconds for them all.
READ_TIMEOUT_SECONDS = 8.0
READING_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Answer:
    """A 2xx answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body; a body that is not JSON is the service's trouble, so TryAgainLater."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise TryAgainLater("the answer is not JSON") from error


class Transport:
    """Sends requests over kept connections."""

    def __init__(self, session: requests.Session | None = None) -> None:
        self._session = session or requests.Session()
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
        changes_nothing: bool = False,
        repeatable: bool = False,
    ) -> Answer:
        """The answer, when it is a 2xx.

        Raises TryAgainLater when nothing happened, OutcomeUnknown when a write may have happened, Refused or NotFound
        when the service said no. `changes_nothing` marks a POST that only reads; `repeatable` a write that sets a
        value, so that repeating it is as good as knowing.
        """
        harmless = changes_nothing or repeatable or method in READING_METHODS
        try:
            response = self._session.request(
                method,
                url,
                headers=dict(headers or {}),
                params=params,
                json=json,
                data=form,
                timeout=(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            message = f"no answer from {_host(url)}: {type(error).__name__}"
            if harmless or _never_connected(error):
                raise TryAgainLater(message) from error
            raise OutcomeUnknown(message) from error
        if response.status_code // 100 == 2:
            return Answer(response.status_code, response.headers, response.content)
        raise error_for(response, harmless=harmless)


def error_for(response: requests.Response, *, harmless: bool) -> Exception:
    """The error that an answer outside of 2xx stands for."""
    status = response.status_code
    code, words = describe(response.content)
    message = f"{_host(response.url)} answered {status} {code}".rstrip()
    retry_after_seconds = _retry_after(response.headers.get("Retry-After", ""))
    if status in (408, 425, 429):
        return TryAgainLater(message, retry_after_seconds=retry_after_seconds)
    if status >= 500:
        kind = TryAgainLater if harmless else OutcomeUnknown
        return kind(message, retry_after_seconds=retry_after_seconds)
    if status // 100 == 3:
        # An API that redirects is set up wrongly (http for https, say); following would resend a write as a GET.
        return Refused(f"{message}: redirected", status=status, code="redirect", words="")
    kind_of_refusal = NotFound if status == 404 else Refused
    is_json = "json" in response.headers.get("Content-Type", "")
    return kind_of_refusal(message, status=status, code=code, words=words, is_json=is_json)


def describe(body: bytes) -> tuple[str, str]:
    """The code and the words in an error body, in any of the envelopes that both services use; empty where missing."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return "", body[:300].decode(errors="replace").strip()
    if not isinstance(fields, dict):
        return "", ""
    error, message, errors = fields.get("error"), fields.get("message"), fields.get("errors")
    code = fields.get("code") if not isinstance(error, str) or message is None else error
    if "error_description" in fields:
        code, message = error, fields["error_description"]
    if message is None:
        message = errors[0] if isinstance(errors, list) and errors else error
    return (code if isinstance(code, str) else ""), (message if isinstance(message, str) else "")


def _never_connected(error: requests.RequestException) -> bool:
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


def _host(url: str | None) -> str:
    # The host alone: credentials, paths and queries must not stand in a log.
    return urlsplit(url or "").netloc.rpartition("@")[2]
