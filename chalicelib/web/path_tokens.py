"""The tokens in the addresses of our webhooks, one of which may be about to be replaced.

Functions know the token with which they were deployed. One that they do not know may have been made since: only then do
they read the settings anew, and not more often than now and then, since strangers' tokens are unknown too. The token
before goes on being taken until the new one was seen, and for an hour more: what was on its way is not lost.
"""

import hashlib
import hmac
import math
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.errors import BadSettings, TryAgainLater
from chalicelib.settings import Settings

READ_ANEW_AFTER_SECONDS = 10
ASKED_AGAIN_AFTER_SECONDS = 60

MERCADO_LIVRE = "mercado-livre"


class Seen(Protocol):
    """Who remembers which new token was seen; `stores.seen_tokens` has it."""

    def note(self, place: str, digest: str) -> bool: ...

    def is_old_one_over(self, place: str, digest: str) -> bool: ...


class Address(NamedTuple):
    """Where a webhook came in: the settings of its desk, and the token of the place; `is_new` while one is replaced."""

    settings: Settings
    place: str
    digest: str
    is_new: bool


class PathTokens:
    """Says whose a token is. `read_anew` has the settings as they are stored; `seen` is made when it is needed."""

    def __init__(
        self,
        settings: Settings,
        read_anew: Callable[[], Settings],
        seen: Callable[[], Seen],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._read_anew = read_anew
        self._seen = seen
        self._clock = clock
        self._read_at = 0.0
        self._is_unread = False
        self._noted_until: dict[str, float] = {}
        self._asked_at: dict[str, float] = {}

    def find_mercado_livre(self, token: str) -> Address | None:
        """Raises BadSettings where none is set, and TryAgainLater where the settings cannot be read."""
        return self._mercado_livre(token) or (self._mercado_livre(token) if self._renews() else None)

    def find_desk(self, token: str) -> Address | None:
        """That of a desk; raises as the other does."""
        return self._desk(token) or (self._desk(token) if self._renews() else None)

    def note_seen(self, address: Address) -> None:
        """Something that was not made up came by this address: where its token is a new one, it works."""
        name, now = f"{address.place}/{address.digest}", self._clock().timestamp()
        if not address.is_new or now < self._noted_until.get(name, 0):
            return
        # What cannot be told costs no webhook more than one try a minute.
        is_noted = self._seen().note(address.place, address.digest)
        self._noted_until[name] = math.inf if is_noted else now + ASKED_AGAIN_AFTER_SECONDS

    def _mercado_livre(self, token: str) -> Address | None:
        settings = self._settings
        current, before = settings.mercado_livre_webhook_token, settings.mercado_livre_webhook_token_before
        return self._address(token, settings, MERCADO_LIVRE, current, before)

    def _desk(self, token: str) -> Address | None:
        if found := self._at_desk(token, self._settings):
            return found
        for name in self._settings.desk_names():
            # One that is half made stands in nobody's way; /health tells of it.
            with suppress(BadSettings):
                if found := self._at_desk(token, self._settings.at_desk(name)):
                    return found
        return None

    def _at_desk(self, token: str, desk: Settings) -> Address | None:
        current, before = desk.chatwoot_webhook_token, desk.chatwoot_webhook_token_before
        return self._address(token, desk, f"chatwoot/{desk.desk}", current, before)

    def _address(self, token: str, settings: Settings, place: str, current: str, before: str) -> Address | None:
        digest = digest_of(current)
        if is_path_token(token, current):
            return Address(settings, place, digest, is_new=bool(before))
        if before and is_path_token(token, before) and not self._is_over(place, digest):
            return Address(settings, place, digest, is_new=False)
        return None

    def _is_over(self, place: str, digest: str) -> bool:
        """Whether the token before counts no more; that it does is believed for a minute."""
        name, now = f"{place}/{digest}", self._clock().timestamp()
        if now - self._asked_at.get(name, 0) < ASKED_AGAIN_AFTER_SECONDS:
            return False
        if self._seen().is_old_one_over(place, digest):
            return True
        self._asked_at[name] = now
        return False

    def _renews(self) -> bool:
        """Read the settings anew, where that was not done a moment ago; whether it was done."""
        now = self._clock().timestamp()
        if now - self._read_at < READ_ANEW_AFTER_SECONDS:
            if self._is_unread:
                # Who is unknown may have a new token: nothing is refused for good by what is not known.
                raise TryAgainLater("the settings could not be read a moment ago")
            return False
        self._read_at, self._is_unread = now, True
        self._settings = self._read_anew()
        self._is_unread = False
        return True


def is_path_token(given: str, expected: str) -> bool:
    """Whether the token in the path is ours; takes the same time whatever is given.

    `expected` is the token itself or `sha256:` and its hex digest.
    """
    return hmac.compare_digest(_digest(given), digest_of(expected))


def digest_of(expected: str) -> str:
    """`sha256:` and the hex digest of a token, which may be given so already."""
    return expected if expected.startswith("sha256:") else _digest(expected)


def _digest(token: str) -> str:
    return f"sha256:{hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()}"
