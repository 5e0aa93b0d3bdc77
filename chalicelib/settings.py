"""Every setting of a deployment: one table, and who reads it from the environment first and Parameter Store second.

A setting has one name everywhere: `CHATWOOT_URL` in the environment is `/ponte/{stage}/CHATWOOT_URL` in SSM.
Parameters are read only when a setting is not in the environment, all in one call, and kept for five minutes.
A new setting is a row of `SETTINGS` and a property of `Settings`; docs, set-up, doctor and local runner read the row.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from chalicelib.errors import BadSettings

PARAMETERS_MAX_AGE_SECONDS = 300
# Where a required one is missing, which may be set any moment.
INCOMPLETE_MAX_AGE_SECONDS = 5

Kind = Literal["text", "token", "number", "url", "site", "choice", "switch", "secrets", "desk"]

URL_EXPECTED = "must be a URL that begins with https://"
SECRETS_EXPECTED = 'must be a JSON object such as {"7": "secret of inbox 7"}'
DESK_EXPECTED = "must be a JSON object of a desk's settings"


class Setting(NamedTuple):
    """A row of the table.

    `about` says what it does, `option` how `setup` takes it, `where` a value is found, and `made_by` which command
    makes it by itself. A required one has no default. One of a desk is another for each desk; one that is deployed is
    copied into the functions.
    """

    name: str
    kind: Kind
    about: str
    option: str = ""
    where: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    lowest: int = 0
    highest: int | None = None
    made_by: str = ""
    is_required: bool = False
    is_secret: bool = False
    is_of_desk: bool = False
    is_deployed: bool = False

    @property
    def title(self) -> str:
        """What it does, as a sentence begins."""
        return self.about[0].upper() + self.about[1:]

    def parse(self, text: str) -> Any:
        """The value that a text stands for. Raises ValueError, which says what is allowed and never shows the text."""
        match self.kind:
            case "number":
                return _parse_number(text, self.lowest, self.highest)
            case "url":
                return _parse_url(text)
            case "site":
                return _parse_site(text)
            case "choice" | "switch":
                return _parse_choice(text, self.choices)
            case "secrets":
                return _parse_secrets(text)
            case "desk":
                return _parse_desk(text)
        return text


# A token stands in the address of a webhook; the deployment invents it, and nobody types it. With fewer reads than 50
# a minute, a part of them would not do for one new conversation.
_ROWS = (
    Setting(
        "MERCADO_LIVRE_APP_ID",
        "number",
        "App ID of your Mercado Livre application",
        option="--app-id",
        where="in the DevCenter, on the application's page",
        is_required=True,
        is_deployed=True,
    ),
    Setting(
        "MERCADO_LIVRE_CLIENT_SECRET",
        "text",
        "secret key of the application",
        option="--client-secret",
        where="in the DevCenter, on the application's page («Chave secreta»)",
        is_required=True,
        is_secret=True,
    ),
    Setting(
        "MERCADO_LIVRE_WEBHOOK_TOKEN",
        "token",
        "token in the notifications callback URL",
        made_by="make deploy",
        is_required=True,
        is_secret=True,
        is_deployed=True,
    ),
    Setting(
        "MERCADO_LIVRE_WEBHOOK_TOKEN_BEFORE",
        "token",
        "the token before, while it is replaced: it counts until the new one was seen",
        made_by="rotate-token",
        is_secret=True,
        is_deployed=True,
    ),
    Setting(
        "MERCADO_LIVRE_URL",
        "url",
        "Mercado Livre's API",
        option="--mercado-livre-url",
        where="leave it out for the real Mercado Livre",
        default="https://api.mercadolibre.com",
    ),
    Setting(
        "MERCADO_LIVRE_AUTH_URL",
        "url",
        "one authorization page for all countries, instead of each one's own",
        option="--mercado-livre-auth-url",
        where="leave it out for the real Mercado Livre",
    ),
    Setting(
        "MERCADO_LIVRE_SITE",
        "site",
        "country of a seller whose link names none",
        option="--site",
        where="MLB is Brazil, MLA Argentina, MLM Mexico …",
        default="MLB",
    ),
    Setting(
        "MERCADO_LIVRE_READS_A_MINUTE",
        "number",
        "how many reads a minute Mercado Livre allows the application; what can wait keeps to 60 % of them",
        default="500",
        lowest=50,
    ),
    Setting(
        "SWEEP_AT_REST_MINUTES",
        "number",
        "after how many minutes at most a seller for whom nothing happens is swept again; 0 sweeps everybody every two "
        "minutes",
        default="15",
        # What finds a silent topic must come within half an hour.
        highest=30,
    ),
    Setting(
        "CHATWOOT_URL",
        "url",
        "address of your Chatwoot",
        option="--chatwoot-url",
        where="as in your browser, https://chat.example.com",
        is_required=True,
        is_of_desk=True,
    ),
    Setting(
        "CHATWOOT_ACCOUNT_ID",
        "number",
        "account in Chatwoot",
        option="--chatwoot-account",
        where="the number in the dashboard's address, after /app/accounts/",
        default="1",
        is_of_desk=True,
    ),
    Setting(
        "CHATWOOT_TOKEN",
        "text",
        "access token of a Chatwoot administrator, best one kept for this",
        option="--chatwoot-token",
        where="in Chatwoot under Profile settings, at the end",
        is_required=True,
        is_secret=True,
        is_of_desk=True,
    ),
    Setting(
        "CHATWOOT_WEBHOOK_TOKEN",
        "token",
        "token in the webhook URL of both inboxes",
        made_by="make deploy",
        is_required=True,
        is_secret=True,
        is_of_desk=True,
        is_deployed=True,
    ),
    Setting(
        "CHATWOOT_WEBHOOK_TOKEN_BEFORE",
        "token",
        "the token before, while it is replaced: it counts until the new one was seen",
        made_by="rotate-token",
        is_secret=True,
        is_of_desk=True,
        is_deployed=True,
    ),
    Setting(
        "CHATWOOT_WEBHOOK_SECRETS",
        "secrets",
        "signing secrets by inbox id, and by `account` for an account webhook; what an inbox without one sends is "
        "looked up in Chatwoot",
        default="{}",
        made_by="setup",
        is_secret=True,
        is_of_desk=True,
    ),
    Setting(
        "CHATWOOT_QUESTIONS_INBOX_ID",
        "number",
        "inbox of questions",
        made_by="setup",
        is_required=True,
        is_of_desk=True,
    ),
    Setting("CHATWOOT_SALES_INBOX_ID", "number", "inbox of sales", made_by="setup", is_required=True, is_of_desk=True),
    Setting(
        "PUBLIC_URL",
        "url",
        "public address of the bridge; one with your own domain, set before, stays",
        option="--public-url",
        where="`make deploy` finds it out",
        made_by="make deploy",
        is_required=True,
    ),
    Setting(
        "JOBS_AT_ONCE",
        "number",
        "how many questions, purchases and replies AWS works on at once; half as many notifications. An account that "
        "may run ten functions at once bears 4",
        default="4",
        lowest=2,
        is_deployed=True,
    ),
    Setting(
        "SIGNING_KEY",
        "token",
        "key that invitations to connect are signed with, and the operator's key to `/health` is made of; a new one "
        "makes all of them void",
        made_by="make deploy",
        is_required=True,
        is_secret=True,
    ),
    Setting(
        "ACCESS",
        "choice",
        "who connects a seller and reads all of `/health`: whoever has a link that a command prints, or anybody",
        default="invited",
        choices=("invited", "open"),
    ),
    Setting(
        "AGENT_LANGUAGE",
        "choice",
        "language of what agents and sellers read",
        option="--language",
        where="pt-BR, es or en",
        default="pt-BR",
        choices=("pt-BR", "es", "en"),
    ),
    Setting(
        "STALE_NOTIFICATIONS",
        "choice",
        "notifications older than ten minutes: take them in, or answer 401",
        default="accept",
        choices=("accept", "refuse"),
        is_deployed=True,
    ),
    Setting(
        "NOTIFICATION_SOURCES",
        "choice",
        "from which addresses notifications are taken: any, or those that Mercado Livre had published by September "
        "2026, to which it may add any day; what is refused is found by sweeps, minutes later",
        default="any",
        choices=("any", "published"),
        is_deployed=True,
    ),
    Setting(
        "RESOLVE_ANSWERED_QUESTIONS",
        "switch",
        "resolve the conversation of an answered question",
        default="on",
        choices=("on", "off"),
    ),
    Setting(
        "ECHO_SELLER_MESSAGES",
        "switch",
        "show the messages that the seller writes on Mercado Livre's own pages after a sale",
        default="on",
        choices=("on", "off"),
    ),
    Setting(
        "OPEN_CONVERSATION_ON_SALE",
        "switch",
        "open the conversation of a purchase when it is paid, and not only when somebody writes about it",
        default="off",
        choices=("on", "off"),
    ),
    Setting(
        "MARK_READ",
        "choice",
        "when a buyer's messages are marked as read on Mercado Livre: once an agent's reply is there, or never",
        default="on-reply",
        choices=("on-reply", "never"),
    ),
    Setting(
        "ATTACH_LABELS",
        "choice",
        "labels of shipments, in private notes: as soon as they can be printed (which marks them as printed on Mercado "
        "Livre, so that other programs may skip them), when an agent writes `/etiqueta`, or not at all",
        default="on-request",
        choices=("auto", "on-request", "off"),
    ),
    Setting(
        "FORWARD_BOTS",
        "switch",
        "send what agent bots and Captain write to buyers, choices as numbered lines",
        default="off",
        choices=("on", "off"),
    ),
)
SETTINGS: Mapping[str, Setting] = {row.name: row for row in _ROWS}

# The stage's first desk has what belongs to a desk as settings of their own; each further one has them all in one
# setting, a JSON object by these names.
DESK_SETTINGS = tuple(row.name for row in _ROWS if row.is_of_desk)
DESK_PREFIX = "CHATWOOT_DESK_"
DESK = Setting(
    f"{DESK_PREFIX}LOJA2",
    "desk",
    "JSON: all that is marked «desk» here, of the further desk `loja2`",
    made_by="setup --desk loja2",
    is_secret=True,
)
INVENTED = tuple(row.name for row in _ROWS if row.kind == "token" and row.is_required)
WEBHOOK_TOKENS = tuple(name for name in INVENTED if SETTINGS[name].is_deployed)


def find_setting(name: str) -> Setting | None:
    """The row of a setting, or that of a further desk; None for a name that nobody reads."""
    return DESK._replace(name=name) if is_name_of_desk(name) else SETTINGS.get(name)


def is_name_of_desk(name: str) -> bool:
    return re.fullmatch(rf"{DESK_PREFIX}[A-Z][A-Z0-9]{{0,30}}", name) is not None


def is_setting(name: str) -> bool:
    """Whether a variable of this name is for us, though it may be misspelt behind the prefix of the desks."""
    return name in SETTINGS or name.startswith(DESK_PREFIX)


def is_secret(name: str) -> bool:
    """Whether a setting is kept encrypted and shown to nobody."""
    return SETTINGS[name].is_secret if name in SETTINGS else name.startswith(DESK_PREFIX)


class Settings:
    """Reads and checks settings by name; a property each, so that a typo is a type error.

    `read_parameters` returns the stage's SSM parameters by name; it is called only when the environment lacks a
    setting, and is expected to cache.

    A desk is where sellers' conversations go: a Chatwoot account and two of its inboxes. Most stages have one, whose
    name is empty; `at_desk` sees the same stage from another.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        read_parameters: Callable[[str], Mapping[str, str]],
        desk: str = "",
        missed: set[str] | None = None,
    ) -> None:
        self._environ = environ
        self._read_parameters = read_parameters
        self.desk = desk
        # Which required ones were asked for in vain, at any desk.
        self.missed: set[str] = set() if missed is None else missed

    @property
    def stage(self) -> str:
        return self._environ.get("PONTE_STAGE", "dev")

    @property
    def mercado_livre_app_id(self) -> int:
        return self._number("MERCADO_LIVRE_APP_ID")

    @property
    def mercado_livre_client_secret(self) -> str:
        return self._text("MERCADO_LIVRE_CLIENT_SECRET")

    @property
    def mercado_livre_webhook_token(self) -> str:
        """The path token itself, or `sha256:` and its hex digest."""
        return self._text("MERCADO_LIVRE_WEBHOOK_TOKEN")

    @property
    def mercado_livre_webhook_token_before(self) -> str:
        """The one that is being replaced, in the same form; empty where none is."""
        return self._token_before("MERCADO_LIVRE_WEBHOOK_TOKEN")

    @property
    def mercado_livre_url(self) -> str:
        return self._text("MERCADO_LIVRE_URL")

    @property
    def mercado_livre_auth_url(self) -> str:
        """The authorization page for every country; empty where each has its own."""
        return self._text("MERCADO_LIVRE_AUTH_URL")

    @property
    def mercado_livre_site(self) -> str:
        return self._text("MERCADO_LIVRE_SITE")

    @property
    def mercado_livre_reads_a_minute(self) -> int:
        return self._number("MERCADO_LIVRE_READS_A_MINUTE")

    @property
    def sweep_at_rest_minutes(self) -> int:
        return self._number("SWEEP_AT_REST_MINUTES")

    @property
    def jobs_at_once(self) -> int:
        return self._number("JOBS_AT_ONCE")

    @property
    def chatwoot_url(self) -> str:
        return self._text("CHATWOOT_URL")

    @property
    def chatwoot_account_id(self) -> int:
        return self._number("CHATWOOT_ACCOUNT_ID")

    @property
    def chatwoot_token(self) -> str:
        return self._text("CHATWOOT_TOKEN")

    @property
    def chatwoot_webhook_token(self) -> str:
        """The path token itself, or `sha256:` and its hex digest."""
        return self._text("CHATWOOT_WEBHOOK_TOKEN")

    @property
    def chatwoot_webhook_token_before(self) -> str:
        """The one that is being replaced, in the same form; empty where none is."""
        return self._token_before("CHATWOOT_WEBHOOK_TOKEN")

    @property
    def chatwoot_webhook_secrets(self) -> dict[str, str]:
        """Signing secrets by inbox id, and by `account` for the account webhook; `{}` where Chatwoot has none."""
        secrets: dict[str, str] = self._value("CHATWOOT_WEBHOOK_SECRETS")
        return secrets

    @property
    def questions_inbox_id(self) -> int:
        return self._number("CHATWOOT_QUESTIONS_INBOX_ID")

    @property
    def sales_inbox_id(self) -> int:
        return self._number("CHATWOOT_SALES_INBOX_ID")

    def takes(self, kind: str, inbox_id: int) -> bool:
        """Whether threads of a kind are answered from an inbox; 0 stands for one that is not known."""
        own = self.questions_inbox_id if kind == "question" else self.sales_inbox_id
        return inbox_id in (0, own)

    @property
    def public_url(self) -> str:
        return self._text("PUBLIC_URL")

    def connecting_link(self, site: str = "", desk: str = "") -> str:
        """Where a seller authorises us; `site` is the seller's country, where it may be another than the stage's."""
        link = f"{self.public_url}/oauth/mercado-livre/start"
        query = [f"site={site}"] if site and site != self.mercado_livre_site else []
        query += [f"desk={desk}"] if desk else []
        return f"{link}?{'&'.join(query)}" if query else link

    @property
    def signing_key(self) -> str:
        """What nobody else knows, so that what was signed with it is ours."""
        return self._text("SIGNING_KEY")

    @property
    def is_open(self) -> bool:
        """Whether anybody may connect a seller and read all of `/health`: for a bridge on one machine."""
        return self._text("ACCESS") == "open"

    @property
    def language(self) -> str:
        return self._text("AGENT_LANGUAGE")

    @property
    def refuses_stale_notifications(self) -> bool:
        return self._text("STALE_NOTIFICATIONS") == "refuse"

    @property
    def takes_published_sources_only(self) -> bool:
        return self._text("NOTIFICATION_SOURCES") == "published"

    @property
    def resolves_answered_questions(self) -> bool:
        return self._is_on("RESOLVE_ANSWERED_QUESTIONS")

    @property
    def echoes_seller_messages(self) -> bool:
        """Whether what the seller writes on Mercado Livre's own pages is shown in Chatwoot."""
        return self._is_on("ECHO_SELLER_MESSAGES")

    @property
    def opens_on_sale(self) -> bool:
        """Whether a purchase has its conversation as soon as it is paid."""
        return self._is_on("OPEN_CONVERSATION_ON_SALE")

    @property
    def marks_read(self) -> bool:
        """Whether what was answered is marked as read on Mercado Livre."""
        return self._text("MARK_READ") == "on-reply"

    @property
    def attach_labels(self) -> str:
        """`auto`, `on-request` or `off`."""
        return self._text("ATTACH_LABELS")

    @property
    def forwards_bots(self) -> bool:
        return self._is_on("FORWARD_BOTS")

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
        return Settings(self._environ, self._read_parameters, desk, self.missed)

    def problems(self) -> list[str]:
        """One sentence for each setting that is missing or unusable; empty when all is well. Never shows a value."""
        found: list[str] = []
        for name in DESK_SETTINGS if self.desk else SETTINGS:
            try:
                self._value(name)
            except BadSettings as error:
                found.append(str(error))
        # A desk that is not there says so of each of its settings.
        return list(dict.fromkeys(found))

    def problems_of_desks(self) -> list[str]:
        """The same for the desks beside the first, without which the others work."""
        return [problem for desk in self.desk_names() for problem in self.at_desk(desk).problems()]

    def _number(self, name: str) -> int:
        number: int = self._value(name)
        return number

    def _text(self, name: str) -> str:
        text: str = self._value(name)
        return text

    def _token_before(self, name: str) -> str:
        """The token before one, from where that one is: a receipt, which has it deployed, must not ask for another."""
        before = f"{name}_BEFORE"
        is_deployed = not self.desk and bool(self._environ.get(name))
        return self._environ.get(before, "").strip() if is_deployed else self._text(before)

    def _is_on(self, name: str) -> bool:
        return self._text(name) == "on"

    def _value(self, name: str) -> Any:
        """The value of a setting, as its row has it. Raises BadSettings, which names it and says what is allowed."""
        row, text = SETTINGS[name], self._find(name)
        if not text:
            if row.is_required:
                self.missed.add(name)
                raise self._bad(row, "is not set")
            return ""
        try:
            return row.parse(text)
        except ValueError as error:
            raise self._bad(row, str(error)) from error

    def _find(self, name: str) -> str:
        if self.desk and name in DESK_SETTINGS:
            value = self._desk_values().get(name)
        else:
            value = self._environ.get(name) or self._read_parameters(self.stage).get(name)
        # A value that was pasted, or read from a file, may end in a line break.
        return (value or SETTINGS[name].default).strip()

    def _desk_values(self) -> dict[str, str]:
        name = f"{DESK_PREFIX}{self.desk.upper()}"
        text = self._environ.get(name) or self._read_parameters(self.stage).get(name)
        cure = f"python -m tools setup --stage {self.stage} --desk {self.desk}"
        if not text:
            raise BadSettings(f"there is no desk {self.desk}. Set it up with: {cure}")
        try:
            return _parse_object(text)
        except ValueError as error:
            raise BadSettings(f"{name} {DESK_EXPECTED}. Set it up anew with: {cure}") from error

    def _bad(self, row: Setting, what: str) -> BadSettings:
        setup = f"python -m tools setup --stage {self.stage}"
        if self.desk and row.is_of_desk:
            return BadSettings(f"{row.name} of the desk {self.desk} {what}. Set it up with: {setup} --desk {self.desk}")
        if row.kind == "token":
            then = f". Then run {setup}, which gives Chatwoot the new address and shows you the one for DevCenter"
            made = f"{row.name} {what}. make deploy STAGE={self.stage} makes a new one"
            return BadSettings(made + (then if row.name in WEBHOOK_TOKENS else ""))
        if row.is_secret:
            # Never a command that holds the value: the shell's history would remember it.
            return BadSettings(f"{row.name} {what}. Set it with: {setup}")
        return BadSettings(
            f"{row.name} {what}. Set it with: aws ssm put-parameter --overwrite --type String "
            f"--name /ponte/{self.stage}/{row.name} --value …"
        )


def _parse_number(text: str, lowest: int, highest: int | None) -> int:
    try:
        number = int(text)
    except ValueError as error:
        raise ValueError("must be a whole number") from error
    if number < lowest:
        raise ValueError(f"must be at least {lowest}")
    if highest is not None and number > highest:
        raise ValueError(f"must be at most {highest}")
    return number


def _parse_url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError(URL_EXPECTED) from error
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(URL_EXPECTED)
    return text.rstrip("/")


def _parse_site(text: str) -> str:
    if not re.fullmatch(r"M[A-Z]{2}", text):
        raise ValueError("must be a site such as MLB or MLA")
    return text


def _parse_choice(text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise ValueError(f"must be one of {', '.join(choices)}")
    return text


def _parse_secrets(text: str) -> dict[str, str]:
    try:
        return {owner: secret for owner, secret in _parse_object(text).items() if secret}
    except ValueError as error:
        raise ValueError(SECRETS_EXPECTED) from error


def _parse_desk(text: str) -> dict[str, str]:
    """Also each setting in it: what is given as a whole is to be good as a whole."""
    try:
        values = _parse_object(text)
    except ValueError as error:
        raise ValueError(DESK_EXPECTED) from error
    for name in DESK_SETTINGS:
        if name not in values and SETTINGS[name].is_required:
            raise ValueError(f"lacks {name}")
        if name in values:
            try:
                SETTINGS[name].parse(values[name])
            except ValueError as error:
                raise ValueError(f"has a {name} that {error}") from error
    if unknown := [name for name in values if name not in DESK_SETTINGS]:
        raise ValueError(f"may not have {unknown[0]}: a desk has {', '.join(DESK_SETTINGS)}")
    return values


def _parse_object(text: str) -> dict[str, str]:
    """A JSON object of texts; null is as good as nothing. Raises ValueError."""
    values = json.loads(text)
    if not isinstance(values, dict):
        raise ValueError("is no JSON object")  # noqa: TRY004 - as json.loads does, for one handling
    return {str(name): "" if value is None else str(value) for name, value in values.items()}
