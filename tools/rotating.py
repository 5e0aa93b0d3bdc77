"""Replaces the token in the address of a webhook: the new one counts at once, the old one until the new was seen."""

import secrets
from dataclasses import dataclass
from typing import Literal

from chalicelib.errors import BridgeError, Refused
from chalicelib.http import Transport
from chalicelib.settings import Settings
from chalicelib.web.path_tokens import digest_of
from chalicelib.wiring import Container
from tools.chatwoot_setup import ChatwootAccount
from tools.setting_up import StageSettings, find_stray_webhooks

Service = Literal["mercado-livre", "chatwoot"]

TOKENS: dict[Service, str] = {
    "mercado-livre": "MERCADO_LIVRE_WEBHOOK_TOKEN",
    "chatwoot": "CHATWOOT_WEBHOOK_TOKEN",
}


class NotPossible(Exception):
    """A token cannot be replaced now; the message says why and what to do."""


@dataclass(frozen=True)
class Rotation:
    """One that is under way: the new address, and whether the new token was seen, and so the old one is over."""

    service: Service
    address: str
    was_seen: bool
    is_over: bool


class TokenRotation:
    """The token of one service's address; of Chatwoot, that of one desk. Repeating any of it is safe."""

    def __init__(self, store: StageSettings, service: Service) -> None:
        self._store = store
        self._service = service
        self._name = TOKENS[service]
        self._before = f"{self._name}_BEFORE"
        if service == "mercado-livre" and store.name:
            raise NotPossible("Mercado Livre knows one address, whatever the desk: leave --desk out.")
        if not self._values.get(self._name):
            raise NotPossible(f"{self._name} is not set, so that there is nothing to replace yet: run setup first.")

    @property
    def is_under_way(self) -> bool:
        # One that broke off between its two writes has the same token twice.
        return self._values.get(self._before, self._values[self._name]) != self._values[self._name]

    def begin(self) -> None:
        """Make a new token, and keep the one before beside it."""
        token = self._values[self._name]
        # First, so that no moment knows the new one alone.
        self._write({self._before: token})
        self._write({self._name: secrets.token_urlsafe(32)})

    def look(self, bridge: Container) -> Rotation:
        """How far it is."""
        place = "mercado-livre" if self._service == "mercado-livre" else f"chatwoot/{self._store.name}"
        digest, seen = digest_of(self._values[self._name]), bridge.make_seen_tokens()
        was_seen = seen.seen_at(place, digest) is not None
        return Rotation(self._service, self.address, was_seen, seen.is_old_one_over(place, digest))

    def end(self) -> None:
        """Forget the token before."""
        self._store.forget(self._before)

    @property
    def address(self) -> str:
        return f"{self._store.present['PUBLIC_URL']}/webhook/{self._service}/{self._values[self._name]}"

    def check_door(self, transport: Transport) -> None:
        """Knock with the new token, before anybody is sent there. Raises NotPossible where it is not taken."""
        try:
            transport.call("POST", self.address, json={})
        except Refused as refusal:
            # It is no event, and whoever takes the token says so.
            if refusal.status == 400:
                return
            raise NotPossible(f"The bridge does not take the new token yet ({refusal.brief}). {AGAIN}") from refusal
        except BridgeError as error:
            raise NotPossible(f"The bridge does not answer at its address: {error}. {AGAIN}") from error
        raise NotPossible(f"Something else than the bridge answers at its address. {AGAIN}")

    def tell_chatwoot(self, transport: Transport) -> list[str]:
        """Let the desk's inboxes call the new address; sentences on webhooks that call the old one by themselves."""
        desk = self._values
        account = ChatwootAccount(
            desk["CHATWOOT_URL"], int(desk.get("CHATWOOT_ACCOUNT_ID", "1")), desk["CHATWOOT_TOKEN"], transport
        )
        account.set_up(
            self.address, desk=self._store.name, known_ids=self._store.inbox_ids(), keep=self._store.keep_inbox
        )
        return find_stray_webhooks(account.webhook_urls(), self._store.present["PUBLIC_URL"])

    @property
    def _values(self) -> dict[str, str]:
        return self._store.present if self._service == "mercado-livre" else self._store.desk

    def _write(self, values: dict[str, str]) -> None:
        if self._service == "mercado-livre":
            self._store.write(values)
        else:
            self._store.write_desk(values)


AGAIN = "The old one counts, and Chatwoot goes on calling it: run this again in a minute."


def check_desk_is_there(settings: Settings, desk: str) -> None:
    if desk and desk not in settings.desk_names():
        raise NotPossible(f"There is no desk {desk}. Known: {', '.join(settings.desk_names()) or 'only the first'}.")
