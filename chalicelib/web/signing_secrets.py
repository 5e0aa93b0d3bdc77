"""Reads an inbox's signing secret anew where it signs with another one than it had at set-up.

Whoever knows the address can send what is signed wrongly, so that Chatwoot is asked for it once a minute at most.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.chatwoot.client import Chatwoot
from chalicelib.errors import BridgeError, Untrusted
from chalicelib.observability import logger
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.stores.troubles import SIGNATURE, DeskTroubles, Troubles, front_door

if TYPE_CHECKING:
    from chalicelib.http import Transport

ASKED_EVERY_SECONDS = 60
REMEMBERED = timedelta(days=30)


class SigningSecrets:
    """What inboxes may sign with now."""

    def __init__(self, cache: Cache, troubles: Troubles, transport: "Transport", clock: Callable[[], datetime]) -> None:
        self._cache = cache
        self._troubles = troubles
        self._transport = transport
        self._clock = clock
        self._known: dict[str, str] = {}

    def latest(self, desk: Settings, inbox_id: int) -> Iterator[str]:
        """Secrets to try: as they are known here, as another function has read them, as Chatwoot shows them now.

        Raises Untrusted at the end where Chatwoot does not show one; it says why.
        """
        key = f"signing-secret/{desk.desk}/{inbox_id}"
        if key in self._known:
            yield self._known[key]
        stored = self._stored(key)
        if secret := stored["secret"]:
            self._known[key] = secret
            yield secret
        if self._now() - stored["asked_at"] >= ASKED_EVERY_SECONDS:
            stored = self._ask(desk, inbox_id)
            with suppress(BotoCoreError, ClientError):
                self._cache.put(key, stored, keep=REMEMBERED)
            if secret := stored["secret"]:
                self._known[key] = secret
                yield secret
        if stored["why"]:
            raise Untrusted(f"the signature is wrong, and {stored['why']}", status=401, kind=SIGNATURE)

    def _stored(self, key: str) -> dict[str, Any]:
        nothing = {"secret": "", "why": "", "asked_at": 0}
        with suppress(BotoCoreError, ClientError):
            return self._cache.get(key) or nothing
        return nothing

    def _ask(self, desk: Settings, inbox_id: int) -> dict[str, Any]:
        secret, why = "", ""
        try:
            secret = self._chatwoot(desk).read_secret(inbox_id)
            why = "" if secret else "Chatwoot shows the inbox's new secret to an administrator only"
        except BridgeError as error:
            why = f"the inbox's secret cannot be read anew: {error}"
        if secret == desk.chatwoot_webhook_secrets.get(str(inbox_id)):
            # It is the one that was tried.
            secret = ""
        if secret:
            logger.warning("an inbox signs with a new secret", chatwoot_inbox_id=inbox_id)
            # The webhook is not to fail because this cannot be told.
            with suppress(BotoCoreError, ClientError):
                self._troubles.forget(front_door(desk.desk), SIGNATURE)
        return {"secret": secret, "why": why, "asked_at": self._now()}

    def _chatwoot(self, desk: Settings) -> Chatwoot:
        watch = DeskTroubles(self._troubles, desk.desk)
        return Chatwoot(
            self._transport,
            desk.chatwoot_url,
            watch,
            account_id=desk.chatwoot_account_id,
            token=desk.chatwoot_token,
        )

    def _now(self) -> int:
        return int(self._clock().timestamp())
