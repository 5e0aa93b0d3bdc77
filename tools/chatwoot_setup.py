"""Sets up a Chatwoot account for the bridge, reusing what is there: run twice, it doubles nothing."""

import json
from typing import Any, NamedTuple

import requests

QUESTIONS_INBOX, SALES_INBOX = "Mercado Livre - Perguntas", "Mercado Livre - Vendas"
TIMEOUT_SECONDS = 20

# The sidebar of a conversation shows only attributes that are defined (Chatwoot 4.15.1).
ATTRIBUTES = (
    ("conversation_attribute", "meli_question_id", "Pergunta", "text"),
    ("conversation_attribute", "meli_item_id", "Anúncio", "text"),
    ("conversation_attribute", "meli_item_link", "Link do anúncio", "link"),
    ("conversation_attribute", "meli_item_price", "Preço", "text"),
    ("conversation_attribute", "meli_pack_id", "Pacote", "text"),
    ("conversation_attribute", "meli_order_id", "Pedido", "text"),
    ("conversation_attribute", "meli_sale_link", "Link da venda", "link"),
    ("conversation_attribute", "meli_items", "Itens", "text"),
    ("conversation_attribute", "meli_total", "Total", "text"),
    ("conversation_attribute", "meli_conversation_state", "Bloqueio da conversa", "text"),
    ("conversation_attribute", "meli_reply_deadline", "Prazo para resolver", "text"),
    ("conversation_attribute", "meli_site", "Site", "text"),
    ("conversation_attribute", "meli_seller", "Vendedor", "text"),
    ("contact_attribute", "meli_user_id", "Usuário no Mercado Livre", "text"),
    ("contact_attribute", "meli_nickname", "Apelido no Mercado Livre", "text"),
    ("contact_attribute", "meli_profile", "Perfil no Mercado Livre", "link"),
)
LABELS = (
    ("mercado-livre", "Conversas do Mercado Livre", "#FFE600"),
    ("pergunta", "Perguntas em anúncios", "#3483FA"),
    ("venda", "Mensagens depois da compra", "#00A650"),
)


class SetupFailed(Exception):
    """Chatwoot did not do what the set-up needs; the message says what to check."""


class ChatwootSetup(NamedTuple):
    """What the bridge must know of the account afterwards. `secrets` by inbox id; empty before Chatwoot 4.13."""

    questions_inbox_id: int
    sales_inbox_id: int
    secrets: dict[str, str]


def inbox_settings(setup: ChatwootSetup) -> dict[str, str]:
    """What the set-up of a Chatwoot account means in settings."""
    settings = {
        "CHATWOOT_QUESTIONS_INBOX_ID": str(setup.questions_inbox_id),
        "CHATWOOT_SALES_INBOX_ID": str(setup.sales_inbox_id),
    }
    if setup.secrets:
        settings["CHATWOOT_WEBHOOK_SECRETS"] = json.dumps(setup.secrets)
    return settings


class ChatwootAccount:
    """One account, seen with the token of an administrator."""

    def __init__(self, base_url: str, account_id: int, token: str) -> None:
        self._url = f"{base_url.rstrip('/')}/api/v1/accounts/{account_id}"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["api_access_token"] = token

    def set_up(self, webhook_url: str) -> ChatwootSetup:
        """Two API inboxes that call `webhook_url`, attribute definitions and labels. Raises SetupFailed."""
        inboxes = {name: self._inbox(name, webhook_url) for name in (QUESTIONS_INBOX, SALES_INBOX)}
        self._define_attributes()
        self._define_labels()
        secrets = {str(inbox["id"]): str(inbox["secret"]) for inbox in inboxes.values() if inbox.get("secret")}
        return ChatwootSetup(int(inboxes[QUESTIONS_INBOX]["id"]), int(inboxes[SALES_INBOX]["id"]), secrets)

    def _inbox(self, name: str, webhook_url: str) -> dict[str, Any]:
        for inbox in self._call("GET", "/inboxes")["payload"]:
            if inbox["name"] == name and inbox["channel_type"] == "Channel::Api":
                settings = {"lock_to_single_conversation": True, "channel": {"webhook_url": webhook_url}}
                self._call("PATCH", f"/inboxes/{inbox['id']}", settings)
                found: dict[str, Any] = self._call("GET", f"/inboxes/{inbox['id']}")
                return found
        # One thread is one conversation, so a conversation that was resolved is continued.
        made: dict[str, Any] = self._call(
            "POST",
            "/inboxes",
            {
                "name": name,
                "lock_to_single_conversation": True,
                "channel": {"type": "api", "webhook_url": webhook_url},
            },
        )
        return made

    def _define_attributes(self) -> None:
        models = {model for model, *_ in ATTRIBUTES}
        present = {
            (model, definition["attribute_key"])
            for model in models
            for definition in self._call("GET", f"/custom_attribute_definitions?attribute_model={model}")
        }
        for model, key, name, kind in ATTRIBUTES:
            if (model, key) not in present:
                definition = {
                    "attribute_display_name": name,
                    "attribute_key": key,
                    "attribute_display_type": kind,
                    "attribute_model": model,
                    "attribute_description": f"{name} (Mercado Livre)",
                }
                body = {"custom_attribute_definition": definition}
                self._call("POST", "/custom_attribute_definitions", body, taken_is_fine=True)

    def _define_labels(self) -> None:
        present = {label["title"] for label in self._call("GET", "/labels")["payload"]}
        for title, description, color in LABELS:
            if title not in present:
                label = {"title": title, "description": description, "color": color, "show_on_sidebar": True}
                self._call("POST", "/labels", {"label": label}, taken_is_fine=True)

    def _call(self, method: str, path: str, body: object = None, *, taken_is_fine: bool = False) -> Any:
        try:
            response = self._session.request(method, f"{self._url}{path}", json=body, timeout=TIMEOUT_SECONDS)
        except requests.RequestException as error:
            raise SetupFailed(f"Chatwoot does not answer at {self._url}: {type(error).__name__}") from error
        if response.status_code == 401:
            raise SetupFailed("Chatwoot refused the token: it must be an administrator's of this account")
        if response.status_code == 422 and taken_is_fine:
            return None
        if response.status_code != 200:
            raise SetupFailed(f"Chatwoot answered {response.status_code} to {method} {path}: {response.text[:200]}")
        return response.json()
