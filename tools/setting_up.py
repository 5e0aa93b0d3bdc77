"""Sets up a stage: writes its settings and makes one desk's inboxes. Run again, it completes and doubles nothing.

What it learns it stores at once, inbox by inbox, so that a set-up that dies in between is taken up where it ended.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from boto3.session import Session

from chalicelib.http import Transport
from chalicelib.settings import DESK_PREFIX, DESK_SETTINGS, INVENTED, WEBHOOK_TOKENS, Settings
from tools.chatwoot_setup import INBOX_SETTINGS, ChatwootAccount, ChatwootSetup, Kind, ReadyInbox, SetupFailed
from tools.provision import ensure_webhook_tokens, put_settings, read_settings
from tools.setup_interview import Wanted

# What belongs to one Chatwoot account and means nothing in another.
ACCOUNT_BOUND = (*INBOX_SETTINGS.values(), "CHATWOOT_WEBHOOK_SECRETS")


class StageSettings:
    """What stands in Parameter Store, as one desk sees it; writes only what differs."""

    def __init__(self, session: Session, stage: str, desk: str = "") -> None:
        self._session = session
        self.stage, self.name = stage, desk
        self.present = read_settings(session, stage)
        self._desk_setting = f"{DESK_PREFIX}{desk.upper()}"
        self.changed: set[str] = set()

    @property
    def desk(self) -> dict[str, str]:
        """The settings of the desk; of a further one they all stand in one."""
        if not self.name:
            return {name: self.present[name] for name in DESK_SETTINGS if name in self.present}
        try:
            values = json.loads(self.present.get(self._desk_setting, "{}"))
        except ValueError:
            values = {}
        return {str(name): str(value) for name, value in values.items()} if isinstance(values, dict) else {}

    def write(self, values: Mapping[str, str]) -> None:
        differing = {name: value for name, value in values.items() if self.present.get(name) != value}
        put_settings(self._session, self.stage, differing)
        self.present |= differing
        self.changed |= differing.keys()

    def write_desk(self, values: Mapping[str, str], *, forgetting: bool = False) -> None:
        """Write settings of the desk; where it goes to another account, what was bound to the old one goes first."""
        before = self.desk
        if forgetting:
            before = {name: value for name, value in before.items() if name not in ACCOUNT_BOUND}
            if not self.name:
                self._forget(ACCOUNT_BOUND)
        if not self.name:
            self.write(values)
            return
        after = {**before, **values}
        # A desk that can be read has its token, or webhooks to it would be refused.
        after["CHATWOOT_WEBHOOK_TOKEN"] = after.get("CHATWOOT_WEBHOOK_TOKEN") or secrets.token_urlsafe(32)
        if after != self.desk:
            text = json.dumps(after)
            put_settings(self._session, self.stage, {self._desk_setting: text})
            self.present[self._desk_setting] = text
            self.changed.add(self._desk_setting)

    def moves(self, values: Mapping[str, str]) -> bool:
        """Whether the desk is set up already with another account."""
        before = self.desk
        is_set_up = "CHATWOOT_URL" in before and any(name in before for name in INBOX_SETTINGS.values())
        account = before.get("CHATWOOT_URL", "").rstrip("/"), before.get("CHATWOOT_ACCOUNT_ID", "1")
        wanted = values.get("CHATWOOT_URL", account[0]), values.get("CHATWOOT_ACCOUNT_ID", account[1])
        return is_set_up and account != wanted

    def ensure_tokens(self) -> None:
        """Invent the tokens in the webhook addresses that are missing; a further desk has one of its own."""
        tokens = ensure_webhook_tokens(self._session, self.stage)
        self.changed |= {name for name in INVENTED if name not in self.present}
        self.present |= tokens

    def inbox_ids(self) -> dict[Kind, int]:
        found = {kind: self.desk.get(name, "") for kind, name in INBOX_SETTINGS.items()}
        return {kind: int(value) for kind, value in found.items() if value.strip().isdecimal()}

    def keep_inbox(self, kind: Kind, inbox: ReadyInbox) -> None:
        """Store the id of an inbox and its signing secret; other secrets stay."""
        try:
            signing = dict(json.loads(self.desk.get("CHATWOOT_WEBHOOK_SECRETS", "{}")))
        except (ValueError, TypeError):
            signing = {}
        if inbox.secret:
            signing[str(inbox.id)] = inbox.secret
        else:
            signing.pop(str(inbox.id), None)
        self.write_desk({INBOX_SETTINGS[kind]: str(inbox.id), "CHATWOOT_WEBHOOK_SECRETS": json.dumps(signing)})

    def forget(self, name: str) -> None:
        """Delete a setting, of the desk where it is one's."""
        if self.name and name in DESK_SETTINGS:
            text = json.dumps({other: value for other, value in self.desk.items() if other != name})
            put_settings(self._session, self.stage, {self._desk_setting: text})
            self.present[self._desk_setting] = text
        else:
            self._forget([name])

    def _forget(self, names: Iterable[str]) -> None:
        parameters = [f"/ponte/{self.stage}/{name}" for name in names]
        self._session.client("ssm").delete_parameters(Names=parameters)
        for name in names:
            self.present.pop(name, None)


@dataclass
class Outcome:
    """What the set-up did, and what is left to do."""

    chatwoot: ChatwootSetup
    settings_written: list[str]
    agents_added: int | None = None
    contacts_renamed: int = 0
    warnings: list[str] = field(default_factory=list)
    must_deploy: list[str] = field(default_factory=list)


def set_up(
    store: StageSettings,
    wanted: Wanted,
    *,
    adds_all_agents: bool,
    has_sellers: Callable[[], bool],
    has_conversations: Callable[[], bool],
    transport: Transport,
    note_no_old_contacts: Callable[[], None] = lambda: None,
    tell_functions: Callable[[], bool] = lambda: False,
    working: Callable[[str], None] = lambda _what: None,
) -> Outcome:
    """Write the settings and make what Chatwoot lacks. Raises SetupFailed; running it again completes it."""
    app_id_before, warnings = store.present.get("MERCADO_LIVRE_APP_ID"), list(wanted.warnings)
    was_deployed = "PUBLIC_URL" in store.present
    forgetting = store.moves(wanted.desk) and not _is_same_account(store, wanted.desk, transport)
    if forgetting and (has_sellers() or has_conversations()):
        raise SetupFailed(
            "This desk has sellers, or conversations of sellers who moved or left. They are known by their numbers in "
            "its present Chatwoot account; in another they would be strangers' conversations. Nothing was written. Set "
            "the other account up as a further desk, and move the sellers there: "
            f"python -m tools setup --stage {store.stage} --desk NAME, then "
            f"python -m tools sellers move SELLER NAME --stage {store.stage}"
        )
    working("Writing settings …")
    store.write(wanted.stage)
    store.write_desk(wanted.desk, forgetting=forgetting)
    store.ensure_tokens()

    working("Setting up Chatwoot …")
    account = ChatwootAccount(
        store.desk["CHATWOOT_URL"],
        int(store.desk["CHATWOOT_ACCOUNT_ID"]),
        store.desk["CHATWOOT_TOKEN"],
        transport,
    )
    webhook_url = f"{store.present['PUBLIC_URL']}/webhook/chatwoot/{store.desk['CHATWOOT_WEBHOOK_TOKEN']}"
    made = account.set_up(webhook_url, desk=store.name, known_ids=store.inbox_ids(), keep=store.keep_inbox)
    agents = account.add_all_agents(inbox.id for inbox in made.inboxes.values()) if adds_all_agents else None
    renamed = account.rename_contacts()
    note_no_old_contacts()

    warnings += find_taken_over(made, webhook_url)
    warnings += find_left_behind(store)
    warnings += find_stray_webhooks(account.webhook_urls(), store.present["PUBLIC_URL"])
    must_deploy = [name for name in WEBHOOK_TOKENS if name in store.changed and was_deployed]
    if app_id_before and "MERCADO_LIVRE_APP_ID" in store.changed:
        must_deploy.append("MERCADO_LIVRE_APP_ID")
    working("Telling the functions …")
    if tell_functions():
        must_deploy = []
    return Outcome(made, sorted(store.changed), agents, renamed, warnings, must_deploy)


def _is_same_account(store: StageSettings, wanted: Mapping[str, str], transport: Transport) -> bool:
    """Whether a new address leads to the account that the desk has: its inboxes are there and call this very desk."""
    desk = {**store.desk, **wanted}
    account = ChatwootAccount(desk["CHATWOOT_URL"], int(desk["CHATWOOT_ACCOUNT_ID"]), desk["CHATWOOT_TOKEN"], transport)
    ending = f"/webhook/chatwoot/{desk.get('CHATWOOT_WEBHOOK_TOKEN', '?')}"
    ids = store.inbox_ids().values()
    called = account.addresses_called()
    return bool(ids) and all(called.get(inbox_id, "").endswith(ending) for inbox_id in ids)


def find_taken_over(made: ChatwootSetup, webhook_url: str) -> list[str]:
    """A sentence for each inbox that was found by its name and called somebody else until now."""
    return [
        f"The inbox «{inbox.name}» ({inbox.id}) was found by its name and called {_host(inbox.called_before)} until "
        "now. If another stage or integration lives on it, rename it in Chatwoot and run setup for that one again."
        for inbox in made.inboxes.values()
        if inbox.how == "found by its name" and inbox.called_before and inbox.called_before != webhook_url
    ]


def find_left_behind(store: StageSettings) -> list[str]:
    """A sentence where the bridge's address has changed and the inboxes of other desks still call the old one."""
    desks = ["", *Settings({}, lambda _stage: store.present).desk_names()]
    others = [desk for desk in desks if desk != store.name]
    if "PUBLIC_URL" not in store.changed or not others:
        return []
    names = ", ".join(desk or "the first one" for desk in others)
    return [
        f"The bridge's address is new: run setup for the other desks as well ({names}), whose inboxes call the old."
    ]


def find_stray_webhooks(urls: Iterable[str], public_url: str) -> list[str]:
    """A sentence for each webhook of the account that had better go: the inboxes call the bridge by themselves."""
    sentences = []
    for url in urls:
        if _host(url) == _host(public_url):
            sentences.append(
                f"The account has a webhook that calls {_host(url)} as well (Settings > Integrations > Webhooks). "
                "The two inboxes call the bridge by themselves: delete it."
            )
        elif urlsplit(url).path.rstrip("/") == "/webhook":
            sentences.append(
                f"The account has a webhook that calls {_host(url)}/webhook (Settings > Integrations > Webhooks). If "
                "that is an older Mercado Livre integration, stop it and delete the webhook: buyers would read each "
                "reply twice."
            )
    return sentences


def _host(url: str) -> str:
    # The host alone: paths hold tokens.
    return urlsplit(url).netloc.rpartition("@")[2]
