"""Every setting of a deployment, typed and checked, from the environment first and SSM Parameter Store second.

A setting has one name everywhere: `CHATWOOT_URL` in the environment is `/ponte/{stage}/CHATWOOT_URL` in SSM.
Parameters are read only when a setting is not in the environment, all in one call, and kept for five minutes.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from chalicelib.errors import BadSettings

PARAMETERS_MAX_AGE_SECONDS = 300

DEFAULTS = {
    "MERCADO_LIVRE_URL": "https://api.mercadolibre.com",
    "MERCADO_LIVRE_SITE": "MLB",
    "MERCADO_LIVRE_READS_A_MINUTE": "500",
    "CHATWOOT_ACCOUNT_ID": "1",
    "CHATWOOT_WEBHOOK_SECRETS": "{}",
    "AGENT_LANGUAGE": "pt-BR",
    "STALE_NOTIFICATIONS": "accept",
    "RESOLVE_ANSWERED_QUESTIONS": "on",
    "ECHO_SELLER_MESSAGES": "on",
    "FORWARD_BOTS": "off",
}

# With fewer, a part of them would not do for one new conversation.
FEWEST_READS_A_MINUTE = 50

# Of what agents and sellers read.
LANGUAGES = ("pt-BR", "es", "en")

# Each country has its own authorization page; this one setting stands in for them all.
OPTIONAL = ("MERCADO_LIVRE_AUTH_URL",)

# What belongs to a desk. The stage's first desk has them as settings of their own; each further one has them all in one
# setting, a JSON object by these names.
DESK_SETTINGS = (
    "CHATWOOT_URL",
    "CHATWOOT_ACCOUNT_ID",
    "CHATWOOT_TOKEN",
    "CHATWOOT_WEBHOOK_TOKEN",
    "CHATWOOT_WEBHOOK_SECRETS",
    "CHATWOOT_QUESTIONS_INBOX_ID",
    "CHATWOOT_SALES_INBOX_ID",
)
DESK_PREFIX = "CHATWOOT_DESK_"
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
# The tokens in the addresses of the two webhooks; the deployment invents them, and nobody types them.
WEBHOOK_TOKENS = ("MERCADO_LIVRE_WEBHOOK_TOKEN", "CHATWOOT_WEBHOOK_TOKEN")
SECRETS = frozenset({"MERCADO_LIVRE_CLIENT_SECRET", "CHATWOOT_TOKEN", "CHATWOOT_WEBHOOK_SECRETS", *WEBHOOK_TOKENS})


def is_secret(name: str) -> bool:
    """Whether a setting is kept encrypted and shown to nobody."""
    return name in SECRETS or name.startswith(DESK_PREFIX)


class Settings:
    """Reads and checks settings by name; a property each, so that a typo is a type error.

    `read_parameters` returns the stage's SSM parameters by name; it is called only when the environment lacks a
    setting, and is expected to cache.

    A desk is where sellers' conversations go: a Chatwoot account and two of its inboxes. Most stages have one, whose
    name is empty; `at_desk` sees the same stage from another.
    """

    def __init__(
        self, environ: Mapping[str, str], read_parameters: Callable[[str], Mapping[str, str]], desk: str = ""
    ) -> None:
        self._environ = environ
        self._read_parameters = read_parameters
        self.desk = desk

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
        """The authorization page for every country; empty where each has its own."""
        name = "MERCADO_LIVRE_AUTH_URL"
        return self._url(name) if self._find(name) else ""

    @property
    def mercado_livre_site(self) -> str:
        """The country of a seller who connects without naming his."""
        name = "MERCADO_LIVRE_SITE"
        site = self._text(name)
        if not re.fullmatch(r"M[A-Z]{2}", site):
            raise self._bad(name, "must be a site such as MLB or MLA")
        return site

    @property
    def mercado_livre_reads_a_minute(self) -> int:
        """How many reads a minute Mercado Livre allows the application; what can wait keeps to a part of them."""
        name = "MERCADO_LIVRE_READS_A_MINUTE"
        reads = self._integer(name)
        if reads < FEWEST_READS_A_MINUTE:
            raise self._bad(name, f"must be at least {FEWEST_READS_A_MINUTE}")
        return reads

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

    def connecting_link(self, site: str = "", desk: str = "") -> str:
        """Where a seller authorises us; `site` is his country, where it may be another than the stage's."""
        link = f"{self.public_url}/oauth/mercado-livre/start"
        query = [f"site={site}"] if site and site != self.mercado_livre_site else []
        query += [f"desk={desk}"] if desk else []
        return f"{link}?{'&'.join(query)}" if query else link

    @property
    def language(self) -> str:
        return self._choice("AGENT_LANGUAGE", *LANGUAGES)

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

    def desk_names(self) -> list[str]:
        """The desks beside the first."""
        found = {**self._read_parameters(self.stage), **self._environ}
        return sorted(
            name.removeprefix(DESK_PREFIX).lower()
            for name, value in found.items()
            if name.startswith(DESK_PREFIX) and value
        )

    def at_desk(self, desk: str) -> "Settings":
        """The settings as they are for a desk; '' is the first one. An unknown desk shows when it is read."""
        return Settings(self._environ, self._read_parameters, desk)

    def problems(self) -> list[str]:
        """One sentence for each setting that is missing or unusable; empty when all is well. Never shows a value."""
        return self._problems_of(DESK_SETTINGS if self.desk else (*REQUIRED, *DEFAULTS, *OPTIONAL))

    def problems_of_desks(self) -> list[str]:
        """The same for the desks beside the first, without which the others work."""
        return [problem for desk in self.desk_names() for problem in self.at_desk(desk).problems()]

    def _problems_of(self, names: Iterable[str]) -> list[str]:
        found: list[str] = []
        for name in names:
            reader = self._readers().get(name, self._text)
            try:
                reader(name)
            except BadSettings as error:
                found.append(str(error))
        return list(dict.fromkeys(found))

    def _readers(self) -> dict[str, Callable[[str], object]]:
        integers = (
            "MERCADO_LIVRE_APP_ID",
            "CHATWOOT_ACCOUNT_ID",
            "CHATWOOT_QUESTIONS_INBOX_ID",
            "CHATWOOT_SALES_INBOX_ID",
        )
        urls = ("MERCADO_LIVRE_URL", "CHATWOOT_URL", "PUBLIC_URL")
        return {
            **dict.fromkeys(integers, self._integer),
            **dict.fromkeys(urls, self._url),
            "MERCADO_LIVRE_SITE": lambda _: self.mercado_livre_site,
            "MERCADO_LIVRE_READS_A_MINUTE": lambda _: self.mercado_livre_reads_a_minute,
            "MERCADO_LIVRE_AUTH_URL": lambda _: self.mercado_livre_auth_url,
            "CHATWOOT_WEBHOOK_SECRETS": lambda _: self.chatwoot_webhook_secrets,
            "AGENT_LANGUAGE": lambda _: self.language,
            "STALE_NOTIFICATIONS": lambda _: self.refuses_stale_notifications,
            "RESOLVE_ANSWERED_QUESTIONS": lambda _: self.resolves_answered_questions,
            "ECHO_SELLER_MESSAGES": lambda _: self.echoes_seller_messages,
            "FORWARD_BOTS": lambda _: self.forwards_bots,
        }

    def _text(self, name: str) -> str:
        value = self._find(name)
        if not value:
            raise self._bad(name, "is not set")
        return value

    def _find(self, name: str) -> str:
        if self.desk and name in DESK_SETTINGS:
            value = self._desk_values().get(name)
        else:
            value = self._environ.get(name) or self._read_parameters(self.stage).get(name)
        # A value that was pasted, or read from a file, may end in a line break.
        return (value or DEFAULTS.get(name, "")).strip()

    def _desk_values(self) -> dict[str, str]:
        name = f"{DESK_PREFIX}{self.desk.upper()}"
        text = self._environ.get(name) or self._read_parameters(self.stage).get(name)
        if not text:
            raise BadSettings(
                f"there is no desk {self.desk}. Set it up with: "
                f"python -m tools setup --stage {self.stage} --desk {self.desk}"
            )
        try:
            values = json.loads(text)
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise BadSettings(
                f"{name} must be a JSON object of settings. Set it up anew with: "
                f"python -m tools setup --stage {self.stage} --desk {self.desk}"
            )
        return {str(key): str(value) for key, value in values.items()}

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
        if self.desk and name in DESK_SETTINGS:
            cure = f"python -m tools setup --stage {self.stage} --desk {self.desk}"
            return BadSettings(f"{name} of the desk {self.desk} {what}. Set it up with: {cure}")
        setup = f"python -m tools setup --stage {self.stage}"
        if name in WEBHOOK_TOKENS:
            return BadSettings(
                f"{name} {what}. make deploy STAGE={self.stage} makes a new one. Then run {setup}, which gives "
                "Chatwoot the new address and shows you the one for DevCenter"
            )
        if name in SECRETS:
            # Never a command that holds the value: the shell's history would remember it.
            return BadSettings(f"{name} {what}. Set it with: {setup}")
        return BadSettings(
            f"{name} {what}. Set it with: aws ssm put-parameter --overwrite --type String "
            f"--name /ponte/{self.stage}/{name} --value …"
        )
