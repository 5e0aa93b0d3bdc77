"""Every setting of a deployment, typed and checked, from the environment first and SSM Parameter Store second.

A setting has one name everywhere: `CHATWOOT_URL` in the environment is `/ponte/{stage}/CHATWOOT_URL` in SSM.
Parameters are read only when a setting is not in the environment, all in one call, and kept for five minutes.
"""

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from chalicelib.errors import BadSettings

PARAMETERS_MAX_AGE_SECONDS = 300

DEFAULTS = {
    "MERCADO_LIVRE_URL": "https://api.mercadolibre.com",
    "MERCADO_LIVRE_AUTH_URL": "https://auth.mercadolivre.com.br",
    "CHATWOOT_ACCOUNT_ID": "1",
    "CHATWOOT_WEBHOOK_SECRETS": "{}",
    "AGENT_LANGUAGE": "pt-BR",
    "STALE_NOTIFICATIONS": "accept",
    "RESOLVE_ANSWERED_QUESTIONS": "on",
    "ECHO_SELLER_MESSAGES": "on",
    "FORWARD_BOTS": "off",
}
URL_EXPECTED = "must be a URL that begins with https://"
REQUIRED = (
    "MERCADO_LIVRE_APP_ID",
    "MERCADO_LIVRE_CLIENT_SECRET",
    "MERCADO_LIVRE_WEBHOOK_TOKEN",
    "CHATWOOT_URL",
    "CHATWOOT_TOKEN",
    "CHATWOOT_WEBHOOK_TOKEN",
    "CHATWOOT_QUESTIONS_INBOX_ID",
    "CHATWOOT_SALES_INBOX_ID",
    "PUBLIC_URL",
)
SECRETS = frozenset(
    {
        "MERCADO_LIVRE_CLIENT_SECRET",
        "MERCADO_LIVRE_WEBHOOK_TOKEN",
        "CHATWOOT_TOKEN",
        "CHATWOOT_WEBHOOK_TOKEN",
        "CHATWOOT_WEBHOOK_SECRETS",
    }
)


class Settings:
    """Reads and checks settings by name; a property each, so that a typo is a type error.

    `read_parameters` returns the stage's SSM parameters by name; it is called only when the environment lacks a
    setting, and is expected to cache.
    """

    def __init__(self, environ: Mapping[str, str], read_parameters: Callable[[str], Mapping[str, str]]) -> None:
        self._environ = environ
        self._read_parameters = read_parameters

    @property
    def stage(self) -> str:
        return self._environ.get("PONTE_STAGE", "dev")

    @property
    def mercado_livre_app_id(self) -> int:
        return self._integer("MERCADO_LIVRE_APP_ID")

    @property
    def mercado_livre_client_secret(self) -> str:
        return self._text("MERCADO_LIVRE_CLIENT_SECRET")

    @property
    def mercado_livre_webhook_token(self) -> str:
        """The path token itself, or `sha256:` and its hex digest."""
        return self._text("MERCADO_LIVRE_WEBHOOK_TOKEN")

    @property
    def mercado_livre_url(self) -> str:
        return self._url("MERCADO_LIVRE_URL")

    @property
    def mercado_livre_auth_url(self) -> str:
        return self._url("MERCADO_LIVRE_AUTH_URL")

    @property
    def chatwoot_url(self) -> str:
        return self._url("CHATWOOT_URL")

    @property
    def chatwoot_account_id(self) -> int:
        return self._integer("CHATWOOT_ACCOUNT_ID")

    @property
    def chatwoot_token(self) -> str:
        return self._text("CHATWOOT_TOKEN")

    @property
    def chatwoot_webhook_token(self) -> str:
        """The path token itself, or `sha256:` and its hex digest."""
        return self._text("CHATWOOT_WEBHOOK_TOKEN")

    @property
    def chatwoot_webhook_secrets(self) -> dict[str, str]:
        """Signing secrets by inbox id, and by `account` for the account webhook; `{}` where Chatwoot has none."""
        name = "CHATWOOT_WEBHOOK_SECRETS"
        try:
            secrets = json.loads(self._text(name))
        except ValueError as error:
            raise self._bad(name, 'must be a JSON object such as {"7": "secret of inbox 7"}') from error
        if not isinstance(secrets, dict):
            raise self._bad(name, 'must be a JSON object such as {"7": "secret of inbox 7"}')
        return {str(owner): str(secret) for owner, secret in secrets.items() if secret}

    @property
    def questions_inbox_id(self) -> int:
        return self._integer("CHATWOOT_QUESTIONS_INBOX_ID")

    @property
    def sales_inbox_id(self) -> int:
        return self._integer("CHATWOOT_SALES_INBOX_ID")

    @property
    def public_url(self) -> str:
        return self._url("PUBLIC_URL")

    @property
    def language(self) -> str:
        return self._choice("AGENT_LANGUAGE", "pt-BR", "es", "en")

    @property
    def refuses_stale_notifications(self) -> bool:
        return self._choice("STALE_NOTIFICATIONS", "accept", "refuse") == "refuse"

    @property
    def resolves_answered_questions(self) -> bool:
        return self._choice("RESOLVE_ANSWERED_QUESTIONS", "on", "off") == "on"

    @property
    def echoes_seller_messages(self) -> bool:
        """Whether what the seller writes on Mercado Livre's own pages is shown in Chatwoot."""
        return self._choice("ECHO_SELLER_MESSAGES", "on", "off") == "on"

    @property
    def forwards_bots(self) -> bool:
        return self._choice("FORWARD_BOTS", "on", "off") == "on"

    def problems(self) -> list[str]:
        """One sentence for each setting that is missing or unusable; empty when all is well. Never shows a value."""
        found = []
        for name in (*REQUIRED, *DEFAULTS):
            reader = self._readers().get(name, self._text)
            try:
                reader(name)
            except BadSettings as error:
                found.append(str(error))
        return found

    def _readers(self) -> dict[str, Callable[[str], object]]:
        integers = (
            "MERCADO_LIVRE_APP_ID",
            "CHATWOOT_ACCOUNT_ID",
            "CHATWOOT_QUESTIONS_INBOX_ID",
            "CHATWOOT_SALES_INBOX_ID",
        )
        urls = ("MERCADO_LIVRE_URL", "MERCADO_LIVRE_AUTH_URL", "CHATWOOT_URL", "PUBLIC_URL")
        return {
            **dict.fromkeys(integers, self._integer),
            **dict.fromkeys(urls, self._url),
            "CHATWOOT_WEBHOOK_SECRETS": lambda _: self.chatwoot_webhook_secrets,
            "AGENT_LANGUAGE": lambda _: self.language,
            "STALE_NOTIFICATIONS": lambda _: self.refuses_stale_notifications,
            "RESOLVE_ANSWERED_QUESTIONS": lambda _: self.resolves_answered_questions,
            "ECHO_SELLER_MESSAGES": lambda _: self.echoes_seller_messages,
            "FORWARD_BOTS": lambda _: self.forwards_bots,
        }

    def _text(self, name: str) -> str:
        value = self._environ.get(name) or self._read_parameters(self.stage).get(name) or DEFAULTS.get(name)
        if not value or not value.strip():
            raise self._bad(name, "is not set")
        # A value that was pasted, or read from a file, may end in a line break.
        return value.strip()

    def _integer(self, name: str) -> int:
        try:
            return int(self._text(name))
        except ValueError as error:
            raise self._bad(name, "must be a whole number") from error

    def _url(self, name: str) -> str:
        value = self._text(name)
        try:
            parts = urlsplit(value)
        except ValueError as error:
            raise self._bad(name, URL_EXPECTED) from error
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise self._bad(name, URL_EXPECTED)
        return value.rstrip("/")

    def _choice(self, name: str, *choices: str) -> str:
        value = self._text(name)
        if value not in choices:
            raise self._bad(name, f"must be one of {', '.join(choices)}")
        return value

    def _bad(self, name: str, what: str) -> BadSettings:
        kind = "SecureString" if name in SECRETS else "String"
        return BadSettings(
            f"{name} {what}. Set it with: aws ssm put-parameter --overwrite --type {kind} "
            f"--name /ponte/{self.stage}/{name} --value …"
        )
