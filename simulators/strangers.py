"""Keeps the web pages of strangers out of what listens on this machine.

A browser says for which page it asks (`Origin`, `Sec-Fetch-Site`) and by which name it came (`Host`); programs send
neither of the first two. A name that is not this machine's was pointed at it by whoever owns the name.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Origin, …/Sec-Fetch-Site
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NAMES = ("127.0.0.1", "localhost", "[::1]")

REFUSAL = '{"message": "not for a web page of somebody else"}'


class OwnPagesOnly:
    """The application, for programs and for pages that it served itself."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return (refuse if is_of_another_page(environ) else self._application)(environ, start_response)


def is_of_another_page(environ: "WSGIEnvironment") -> bool:
    """Whether a page asks that was not served at this very address, or somebody by a name that is not ours."""
    host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN")
    is_ours = host in [f"{name}:{environ['SERVER_PORT']}" for name in NAMES]
    # An address in a page that loads by itself, such as that of a picture, comes without an origin.
    is_led_here = environ.get("HTTP_SEC_FETCH_SITE", "none") not in ("none", "same-origin")
    return not is_ours or is_led_here or origin not in (None, f"http://{host}")


def is_from_elsewhere(environ: "WSGIEnvironment") -> bool:
    """Whether a page asks that does not come from this machine, or somebody by a name that is not this machine's.

    One that listens to other machines too has names that only they know.
    """
    is_alone = _is_local(f"//{environ['SERVER_NAME']}")
    return has_foreign_origin(environ) or (is_alone and not _is_local(f"//{environ.get('HTTP_HOST', '')}"))


def has_foreign_origin(environ: "WSGIEnvironment") -> bool:
    """Whether a page asks that does not come from this machine."""
    origin = environ.get("HTTP_ORIGIN")
    return origin is not None and not _is_local(origin)


def refuse(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    return Response(REFUSAL, 403, content_type="application/json")(environ, start_response)


def _is_local(address: str) -> bool:
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return False
    return host in ("127.0.0.1", "localhost", "::1")
