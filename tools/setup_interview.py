"""Gathers what the set-up needs: from options, from what the stage has already, and from the person at the terminal.

Each value is checked as it comes. A wrong one is asked for again where somebody is there to answer, and ends the
set-up where nobody is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.http import Transport
from chalicelib.settings import SETTINGS, Setting
from tools import setup_checks as checks
from tools.chatwoot_versions import REFUSES_PRIVATE_TARGETS, Version
from tools.setup_checks import Unusable


class Terminal(Protocol):
    """How the interview speaks with a person."""

    def ask(self, text: str, *, default: str, hidden: bool, may_be_empty: bool) -> str: ...

    def say(self, sentence: str) -> None: ...


@dataclass
class Wanted:
    """What the stage and its desk are to have, all of it checked."""

    stage: dict[str, str] = field(default_factory=dict)
    desk: dict[str, str] = field(default_factory=dict)
    version: Version | None = None
    warnings: list[str] = field(default_factory=list)


class Interview:
    """One gathering of values. Everything raises Unusable, naming the option, when a value is missing or wrong."""

    def __init__(
        self,
        given: Mapping[str, str],
        present: Mapping[str, str],
        present_at_desk: Mapping[str, str],
        *,
        terminal: Terminal | None,
        transport: Transport,
        working: Callable[[str], None] = lambda _what: None,
    ) -> None:
        """`terminal` is None where nobody is there to answer; `working` is told what takes a while."""
        self._given = dict(given)
        self._present = {**{name: row.default for name, row in SETTINGS.items() if row.default}, **present}
        self._present_at_desk = dict(present_at_desk)
        self._terminal = terminal
        self._transport = transport
        self._working = working
        self._wanted = Wanted()

    def gather(self, *, is_further_desk: bool) -> Wanted:
        """Everything that one desk needs; of a further one, the stage's own settings only as far as they are given."""
        self._public_url()
        self._chatwoot()
        for setting in ("MERCADO_LIVRE_URL", "MERCADO_LIVRE_AUTH_URL"):
            if setting in self._given:
                self._wanted.stage[setting] = self._value(setting, checks.check_url)
        if not is_further_desk or {"MERCADO_LIVRE_APP_ID", "MERCADO_LIVRE_CLIENT_SECRET"} & self._given.keys():
            self._application()
        for setting, check in (
            ("MERCADO_LIVRE_SITE", checks.check_site),
            ("AGENT_LANGUAGE", checks.check_language),
        ):
            if not is_further_desk or setting in self._given:
                self._wanted.stage[setting] = self._value(setting, check)
        return self._wanted

    def _public_url(self) -> None:
        """Never asked for: it is the deployment that knows it."""
        setting = "PUBLIC_URL"
        value = self._given.get(setting) or self._present[setting]
        try:
            url = checks.check_public_url(value)
        except Unusable as error:
            raise _naming_option(SETTINGS[setting], error) from error
        self._working(f"Asking {url}/health …")
        if trouble := checks.find_door_trouble(self._transport, url):
            self._wanted.warnings.append(trouble)
        self._wanted.stage[setting] = url

    def _chatwoot(self) -> None:
        desk = self._wanted.desk

        def check_url(value: str) -> str:
            url = checks.check_url(value)
            self._working(f"Asking {url} for its version …")
            self._wanted.version = checks.check_chatwoot(self._transport, url)
            return url

        def check_token(value: str) -> str:
            self._working("Trying the token …")
            administered.clear()
            administered.update(checks.check_token(self._transport, desk["CHATWOOT_URL"], value))
            return value

        administered: dict[int, str] = {}
        desk["CHATWOOT_URL"] = self._value("CHATWOOT_URL", check_url)
        desk["CHATWOOT_TOKEN"] = self._value("CHATWOOT_TOKEN", check_token)
        if len(administered) == 1 and "CHATWOOT_ACCOUNT_ID" not in self._present_at_desk:
            self._present_at_desk["CHATWOOT_ACCOUNT_ID"] = str(*administered)
        desk["CHATWOOT_ACCOUNT_ID"] = self._value(
            "CHATWOOT_ACCOUNT_ID", lambda value: checks.check_account(value, administered)
        )
        self._wanted.warnings += self._network_warnings()

    def _network_warnings(self) -> list[str]:
        url, public_url, version = (
            self._wanted.desk["CHATWOOT_URL"],
            self._wanted.stage["PUBLIC_URL"],
            self._wanted.version,
        )
        warnings = []
        if url.startswith("http:") and not checks.is_private(url):
            warnings.append("Chatwoot's address is not https: its token travels for everybody to read.")
        if checks.is_private(url) and not checks.is_private(public_url):
            warnings.append("Chatwoot's address is of a private network, where the bridge on AWS cannot reach it.")
        if checks.is_private(public_url) and (version is None or version >= REFUSES_PRIVATE_TARGETS):
            warnings.append(
                "The bridge's address is of a private network. Chatwoot calls none since 4.14, unless its environment "
                "has SAFE_FETCH_ALLOW_PRIVATE_NETWORK=true."
            )
        if version is None:
            warnings.append("Chatwoot does not say which version it is; what it lacks shows as you go.")
        return warnings

    def _application(self) -> None:
        """Which of the two is wrong Mercado Livre does not say, so both are asked for again."""
        stage = self._wanted.stage
        meli_url = stage.get("MERCADO_LIVRE_URL") or self._present["MERCADO_LIVRE_URL"]
        while True:
            app_id = self._value("MERCADO_LIVRE_APP_ID", checks.check_whole_number)
            secret = self._value("MERCADO_LIVRE_CLIENT_SECRET", str.strip)
            self._working("Asking Mercado Livre …")
            try:
                trouble = checks.check_application(self._transport, meli_url, app_id, secret)
            except Unusable as error:
                named = _naming_option(SETTINGS["MERCADO_LIVRE_CLIENT_SECRET"], error)
                if not self._terminal:
                    raise named from error
                self._terminal.say(str(named))
                for setting in ("MERCADO_LIVRE_APP_ID", "MERCADO_LIVRE_CLIENT_SECRET"):
                    self._given.pop(setting, None)
                continue
            if trouble:
                self._wanted.warnings.append(trouble)
            stage |= {"MERCADO_LIVRE_APP_ID": app_id, "MERCADO_LIVRE_CLIENT_SECRET": secret}
            return

    def _value(self, setting: str, check: Callable[[str], str]) -> str:
        """The value given, else what a person answers, else what is there already; asked until it passes."""
        row = SETTINGS[setting]
        given = self._given.get(setting, "").strip()
        while True:
            value = given or self._answer(row)
            try:
                return check(value)
            except Unusable as error:
                named = _naming_option(row, error)
                if not self._terminal:
                    raise named from error
                self._terminal.say(str(named))
                given = ""

    def _answer(self, row: Setting) -> str:
        present = (self._present_at_desk if row.is_of_desk else self._present).get(row.name, "")
        text = f"{row.title} ({row.where})"
        if not self._terminal:
            if not present:
                raise Unusable(f"{row.option} is missing: {text}.")
            return present
        if row.is_secret and present:
            # The present value is shown to nobody.
            text = f"{text} [keep the present one]"
            return self._terminal.ask(text, default="", hidden=True, may_be_empty=True).strip() or present
        return self._terminal.ask(text, default=present, hidden=row.is_secret, may_be_empty=False).strip()


def _naming_option(row: Setting, error: Unusable) -> Unusable:
    return Unusable(f"{row.title} ({row.option}) {error}.")
