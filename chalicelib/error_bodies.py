"""Reads what both services say of an error: a code, some words and the causes, in any of their envelopes. Pure.

And tells whether it is the service that says so: before each stand firewalls, proxies and maintenance pages.
"""

import json
import re
from typing import NamedTuple

# https://developers.mercadolivre.com.br/pt_br/mercado-envios-2: of several labels each is refused apart.
FAILED_LABELS = "failed_shipments"


class Refusals(NamedTuple):
    """What the refusals of a service look like: JSON objects with at least `least` of these `keys`, or one of `alone`.

    `empty` are the statuses that it may also answer without a body, `pages` those that count whatever the body: the
    proxy of a service says as truly as the service what is too large.
    """

    keys: frozenset[str]
    least: int = 1
    empty: frozenset[int] = frozenset()
    pages: frozenset[int] = frozenset({413})
    alone: frozenset[str] = frozenset()

    def include(self, status: int, body: bytes) -> bool:
        """Whether an answer is the service's own, and not that of something before it."""
        if status in self.pages:
            return True
        if not body.strip():
            return status in self.empty
        try:
            fields = json.loads(body)
        except (ValueError, RecursionError):
            return False
        if not isinstance(fields, dict):
            return False
        return bool(self.alone & fields.keys()) or len(self.keys & fields.keys()) >= self.least


def describe(body: bytes) -> tuple[str, str]:
    """The code and the words in an error body, in any of the envelopes that both services use; empty where missing."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        # A page is nothing to show to a person.
        return "", ""
    if not isinstance(fields, dict):
        return "", ""
    if isinstance(failed := fields.get(FAILED_LABELS), list) and failed and isinstance(failed[0], dict):
        fields = {"code": failed[0].get("cause"), "message": failed[0].get("message")}
    error, message, errors = fields.get("error"), fields.get("message"), fields.get("errors")
    code = fields.get("code") if not isinstance(error, str) or message is None else error
    if "error_description" in fields:
        code, message = error, fields["error_description"]
    if message is None:
        message = errors[0] if isinstance(errors, list) and errors else error
    return (_hide(code) if isinstance(code, str) else ""), (_hide(message) if isinstance(message, str) else "")


def _hide(text: str) -> str:
    """The same without what looks like a token: a service may repeat what it was given, and people read its words."""
    return re.sub(r"(APP_USR|TG)-[\w-]+", r"\1-…", text)


def causes_in(body: bytes) -> tuple[str, ...]:
    """The codes under `cause`: a list of objects with a code in most envelopes, a bare text in others."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    cause = fields.get("cause") if isinstance(fields, dict) else None
    causes = cause if isinstance(cause, list) else [cause]
    codes = [entry.get("code") if isinstance(entry, dict) else entry for entry in causes]
    return tuple(code for code in codes if isinstance(code, str))
