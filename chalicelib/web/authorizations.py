"""Authorizations under way: from our link to Mercado Livre's page and back, in one browser and once.

Nothing of one is stored before the seller has consented. What has to be known afterwards stands in the state, signed,
and what nobody may read in it is made from it: the verifier of PKCE.
https://datatracker.ietf.org/doc/html/rfc9700#section-2.1, https://datatracker.ietf.org/doc/html/rfc7636
"""

import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.web.invitations import Invitation
from chalicelib.web.signing import decode, encode, is_signed, sign

KEPT = timedelta(minutes=15)


class Authorization(NamedTuple):
    """One under way; the verifier is for the exchange of its code."""

    invitation: Invitation
    verifier: str


class Begun(NamedTuple):
    """What goes to Mercado Livre, and the cookie that stays in the browser; none where anybody may connect."""

    state: str
    verifier: str
    cookie: str


class Authorizations:
    """A state is good once, for fifteen minutes, at this stage and in the browser in which it was begun.

    Where anybody may connect, as on one machine, whoever has the state may end it: programs keep no cookies.
    """

    def __init__(self, settings: Settings, cache: Cache, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._cache = cache
        self._clock = clock

    def begin(self, invitation: Invitation, cookies: str) -> Begun:
        """`cookies` are the browser's: one that has begun another keeps its name, so that both can be ended."""
        is_open = self._settings.is_open
        browser = "" if is_open else self._browser(cookies) or secrets.token_urlsafe(32)
        until = int((self._clock() + KEPT).timestamp())
        said = encode(json.dumps([secrets.token_urlsafe(16), until, *invitation]).encode())
        state = f"{said}.{self._sign('state', said, browser)}"
        return Begun(state, self._verifier(said, browser), "" if is_open else self._keep(browser))

    def resume(self, state: str, cookies: str) -> Authorization | None:
        """The one that a state belongs to, the first time that it is asked for; None for anybody else's."""
        said, _, signature = state.partition(".")
        is_open = self._settings.is_open
        browser = "" if is_open else self._browser(cookies)
        if not (browser or is_open) or not is_signed(signature, self._settings.signing_key, "state", said, browser):
            return None
        name, until, *invitation = json.loads(decode(said))
        if until <= self._clock().timestamp() or not self._cache.claim(f"oauth-state/{name}", keep=KEPT):
            return None
        return Authorization(Invitation(*invitation), self._verifier(said, browser))

    def _verifier(self, said: str, browser: str) -> str:
        return self._sign("verifier", said, browser)

    def _sign(self, purpose: str, *parts: str) -> str:
        return sign(self._settings.signing_key, purpose, *parts)

    # The cookie

    @property
    def _is_secure(self) -> bool:
        return self._settings.public_url.startswith("https://")

    @property
    def _cookie_name(self) -> str:
        # A browser takes this prefix from nobody but this very host.
        # https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
        return "__Host-ponte" if self._is_secure else "ponte"

    def _keep(self, browser: str) -> str:
        # Lax, since the way back from Mercado Livre begins at another site.
        kept = f"{self._cookie_name}={browser}; Max-Age={int(KEPT.total_seconds())}; Path=/; HttpOnly; SameSite=Lax"
        return f"{kept}; Secure" if self._is_secure else kept

    def _browser(self, cookies: str) -> str:
        found = re.search(rf"(?:^|;\s*){self._cookie_name}=([\w-]{{43}})(?:;|$)", cookies, re.ASCII)
        return found[1] if found else ""
