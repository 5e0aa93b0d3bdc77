"""Sets up a Chatwoot account for the bridge, reusing what is there: run twice, it doubles nothing."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from chalicelib.chatwoot.client import authorized
from chalicelib.chatwoot.contacts import PREFIX, USER_ID_ATTRIBUTE
from chalicelib.errors import BridgeError, OutcomeUnknown, Refused
from chalicelib.http import Transport
from tools.chatwoot_panel import MODELS, Attribute, Misplaced, find_misplaced

Kind = Literal["questions", "sales"]

INBOX_NAMES: dict[Kind, str] = {"questions": "Mercado Livre - Perguntas", "sales": "Mercado Livre - Vendas"}
INBOX_SETTINGS: dict[Kind, str] = {
    "questions": "CHATWOOT_QUESTIONS_INBOX_ID",
    "sales": "CHATWOOT_SALES_INBOX_ID",
}

LABELS = (
    ("mercado-livre", "Conversas do Mercado Livre", "#FFE600"),
    ("pergunta", "Perguntas em anúncios", "#3483FA"),
    ("venda", "Mensagens depois da compra", "#00A650"),
    ("a-enviar", "Vendas pagas que ainda não saíram", "#F2994A"),
    ("enviado", "Vendas a caminho do comprador", "#2D9CDB"),
    ("entregue", "Vendas entregues", "#27AE60"),
    ("cancelado", "Vendas canceladas", "#828282"),
    ("reclamacao", "Vendas com reclamação aberta", "#EB5757"),
)


class SetupFailed(Exception):
    """Chatwoot did not do what the set-up needs; the message says what to check."""


class ReadyInbox(NamedTuple):
    """An inbox of ours and how we came by it. `secret` is empty before Chatwoot 4.13.

    `called_before` is where its webhook went until now, and empty where it is new.
    """

    id: int
    name: str
    secret: str
    how: Literal["made", "found by its id", "found by its name"]
    called_before: str = ""


class ChatwootSetup(NamedTuple):
    """What the set-up made and found. `attributes_moved` were there, in another order or under another name."""

    questions: ReadyInbox
    sales: ReadyInbox
    attributes_made: int
    attributes_moved: int
    labels_made: int

    @property
    def inboxes(self) -> dict[Kind, ReadyInbox]:
        return {"questions": self.questions, "sales": self.sales}

    @property
    def questions_inbox_id(self) -> int:
        return self.questions.id

    @property
    def sales_inbox_id(self) -> int:
        return self.sales.id

    @property
    def secrets(self) -> dict[str, str]:
        """Signing secrets by inbox id; empty before Chatwoot 4.13."""
        return {str(inbox.id): inbox.secret for inbox in (self.questions, self.sales) if inbox.secret}


def inbox_settings(setup: ChatwootSetup) -> dict[str, str]:
    """What the set-up of a Chatwoot account means in settings."""
    settings = {INBOX_SETTINGS[kind]: str(inbox.id) for kind, inbox in setup.inboxes.items()}
    if setup.secrets:
        settings["CHATWOOT_WEBHOOK_SECRETS"] = json.dumps(setup.secrets)
    return settings


def inbox_name(kind: Kind, desk: str = "") -> str:
    """What an inbox is called when it is made: two desks of one account share none."""
    return f"{INBOX_NAMES[kind]} ({desk})" if desk else INBOX_NAMES[kind]


class ChatwootAccount:
    """One account, seen with the token of an administrator. Everything raises SetupFailed."""

    def __init__(self, base_url: str, account_id: int, token: str, transport: Transport | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._url = f"{self._base_url}/api/v1/accounts/{account_id}"
        self._headers = authorized(token)
        self._transport = transport or Transport()

    def set_up(
        self,
        webhook_url: str,
        *,
        desk: str = "",
        known_ids: Mapping[Kind, int] | None = None,
        keep: Callable[[Kind, ReadyInbox], None] = lambda _kind, _inbox: None,
    ) -> ChatwootSetup:
        """Two API inboxes that call `webhook_url`, attribute definitions and labels.

        An inbox is looked for under its known id first, since it may have been renamed, then by its name. `keep` is
        called as soon as each is known: a set-up that dies in between finds it again.
        """
        ready: dict[Kind, ReadyInbox] = {}
        for kind in INBOX_NAMES:
            ready[kind] = self._inbox(inbox_name(kind, desk), (known_ids or {}).get(kind), webhook_url)
            keep(kind, ready[kind])
        attributes = self._put_attributes_in_order()
        made = sum(len(misplaced.missing) for misplaced in attributes)
        moved = sum(len(misplaced.to_make) for misplaced in attributes) - made
        return ChatwootSetup(ready["questions"], ready["sales"], made, moved, self._define_labels())

    def addresses_called(self) -> dict[int, str]:
        """The webhook address of each API inbox, by its id."""
        inboxes = self._call("GET", "/inboxes")["payload"]
        return {
            int(inbox["id"]): str(inbox.get("webhook_url") or "")
            for inbox in inboxes
            if inbox["channel_type"] == "Channel::Api"
        }

    def webhook_urls(self) -> list[str]:
        """Where the webhooks of the whole account go."""
        found = self._call("GET", "/webhooks")["payload"]["webhooks"]
        return [str(webhook["url"]) for webhook in found]

    def add_all_agents(self, inbox_ids: Iterable[int]) -> int:
        """Make every agent of the account a member of the inboxes; how many there are. Nobody is removed."""
        agents = [int(agent["id"]) for agent in self._call("GET", "/agents")]
        for inbox_id in inbox_ids:
            # A PATCH would remove whom it does not name. app/controllers/api/v1/accounts/inbox_members_controller.rb
            self._call("POST", "/inbox_members", {"inbox_id": inbox_id, "user_ids": agents})
        return len(agents)

    def rename_contacts(self) -> int:
        """Give buyers' contacts of before 0.2.0 their identifier of now; how many had the old one.

        They are known by the attribute that we gave them: those of other programs stay as they are.
        """
        renamed = 0
        for contact in self._contacts_with_user_id():
            user_id = str(contact["custom_attributes"].get(USER_ID_ATTRIBUTE))
            if contact.get("identifier") == user_id:
                # Where another has it already, that one is met from now on.
                self._call(
                    "PUT", f"/contacts/{contact['id']}", {"identifier": f"{PREFIX}{user_id}"}, taken_is_fine=True
                )
                renamed += 1
        return renamed

    def _contacts_with_user_id(self) -> list[dict[str, Any]]:
        rule: dict[str, Any] = {"attribute_key": USER_ID_ATTRIBUTE, "filter_operator": "is_present"}
        body = {"payload": [{**rule, "query_operator": None}]}
        contacts: dict[int, dict[str, Any]] = {}
        for page in count(1):
            found = self._call("POST", f"/contacts/filter?page={page}", body)["payload"]
            contacts |= {int(contact["id"]): contact for contact in found}
            if not found:
                break
        return list(contacts.values())

    def _inbox(self, name: str, known_id: int | None, webhook_url: str) -> ReadyInbox:
        inboxes = [i for i in self._call("GET", "/inboxes")["payload"] if i["channel_type"] == "Channel::Api"]
        for how, field, wanted in (("found by its id", "id", known_id), ("found by its name", "name", name)):
            for inbox in inboxes:
                if inbox[field] == wanted:
                    return self._take(inbox, how, webhook_url)
        # One thread is one conversation, so a conversation that was resolved is continued.
        made = self._call(
            "POST",
            "/inboxes",
            {
                "name": name,
                "lock_to_single_conversation": True,
                "channel": {"type": "api", "webhook_url": webhook_url},
            },
        )
        return ReadyInbox(int(made["id"]), name, str(made.get("secret") or ""), "made")

    def _take(self, inbox: dict[str, Any], how: Any, webhook_url: str) -> ReadyInbox:
        inbox_id, settings = int(inbox["id"]), {"channel": {"webhook_url": webhook_url}}
        self._call("PATCH", f"/inboxes/{inbox_id}", {"lock_to_single_conversation": True, **settings})
        found = self._call("GET", f"/inboxes/{inbox_id}")
        before = str(inbox.get("webhook_url") or "")
        return ReadyInbox(inbox_id, str(found["name"]), str(found.get("secret") or ""), how, before)

    def _put_attributes_in_order(self) -> list[Misplaced]:
        """No conversation loses a value by it: a value stays while nothing defines it."""
        found = [
            find_misplaced(model, self._call("GET", f"/custom_attribute_definitions?attribute_model={model}"))
            for model in MODELS
        ]
        for misplaced in found:
            for definition in misplaced.to_remove:
                self._call("DELETE", f"/custom_attribute_definitions/{definition['id']}")
            for attribute in misplaced.to_make:
                self._define(attribute)
        return found

    def _define(self, attribute: Attribute) -> None:
        definition = {
            "attribute_display_name": attribute.name,
            "attribute_key": attribute.key,
            "attribute_display_type": attribute.kind,
            "attribute_model": attribute.model,
            "attribute_description": f"{attribute.name} (Mercado Livre)",
        }
        body = {"custom_attribute_definition": definition}
        self._call("POST", "/custom_attribute_definitions", body, taken_is_fine=True)

    def _define_labels(self) -> int:
        present = {label["title"] for label in self._call("GET", "/labels")["payload"]}
        missing = [label for label in LABELS if label[0] not in present]
        for title, description, color in missing:
            label = {"title": title, "description": description, "color": color, "show_on_sidebar": True}
            self._call("POST", "/labels", {"label": label}, taken_is_fine=True)
        return len(missing)

    def _call(self, method: str, path: str, body: object = None, *, taken_is_fine: bool = False) -> Any:
        try:
            answer = self._transport.call(method, f"{self._url}{path}", headers=self._headers, json=body)
            # What was removed is answered by nothing.
            return answer.json() if answer.body else None
        except Refused as refusal:
            if refusal.status == 422 and taken_is_fine:
                return None
            raise SetupFailed(_explain(refusal, method, path)) from refusal
        except OutcomeUnknown as error:
            raise SetupFailed(
                f"Chatwoot: {error}, after {method} {path}. Run it again: what was made is found."
            ) from error
        except BridgeError as error:
            host = urlsplit(self._base_url).netloc.rpartition("@")[2]
            raise SetupFailed(f"Chatwoot does not answer at {host}: {error}") from error


def _explain(refusal: Refused, method: str, path: str) -> str:
    if refusal.status == 401:
        return f"Chatwoot refused the token: it must be an administrator's of this account ({refusal.brief})"
    if refusal.status == 404 and path == "/inboxes":
        return "Chatwoot knows no such account: its number stands in the dashboard's address, after /app/accounts/"
    return f"Chatwoot answered {refusal.status} to {method} {path}: {refusal.brief}"
