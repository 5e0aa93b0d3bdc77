"""Looks at the Chatwoot of every desk: whether it answers, lets us in, and calls the bridge as the set-up left it."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from chalicelib.chatwoot.client import REFUSALS, authorized
from chalicelib.checks.checklist import Check, check, examine
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.desks import cure_of_token, named, setup_command
from chalicelib.checks.findings import Finding, not_checked, ok, problem, warning
from chalicelib.errors import BadSettings, BridgeError, Refused
from chalicelib.http import Transport
from chalicelib.settings import Settings
from chalicelib.web.path_tokens import is_path_token
from chalicelib.wiring import Container
from tools.chatwoot_panel import MODELS, find_misplaced
from tools.chatwoot_setup import LABELS
from tools.chatwoot_versions import Version, missing_in
from tools.setting_up import find_stray_webhooks
from tools.setup_checks import Unusable, check_account, check_chatwoot, check_token, is_private


@check("Chatwoot", "live")
def look_at_chatwoot(deployment: Deployment) -> Iterator[Finding]:
    """Every desk by itself, the first one before the others, so that one that fails hides no other."""
    try:
        desks = deployment.desk_names
    except BridgeError:
        # The look at the first desk meets the same trouble, and says so.
        desks = []
    for desk in ("", *desks):
        yield from examine([Check(named("Chatwoot", desk), partial(_look, name=desk))], deployment.bridge)


class Desk(NamedTuple):
    """A desk as its settings have it. `get` asks its account, and raises the errors of the transport."""

    transport: Transport
    name: str
    stage: str
    url: str
    token: str
    account_id: int
    inbox_ids: dict[str, int]
    secrets: dict[str, str]
    public_url: str
    webhook_token: str

    @classmethod
    def read(cls, transport: Transport, settings: Settings) -> "Desk":
        """Raises BadSettings, and TryAgainLater where they cannot be read."""
        return cls(
            transport,
            settings.desk,
            settings.stage,
            settings.chatwoot_url,
            settings.chatwoot_token,
            settings.chatwoot_account_id,
            {"questions": settings.questions_inbox_id, "sales": settings.sales_inbox_id},
            settings.chatwoot_webhook_secrets,
            settings.public_url,
            settings.chatwoot_webhook_token,
        )

    @property
    def setup(self) -> str:
        """The command that makes this desk as it should be."""
        return setup_command(self.stage, self.name)

    def named(self, about: str) -> str:
        return named(about, self.name)

    def get(self, path: str) -> Any:
        url = f"{self.url}/api/v1/accounts/{self.account_id}{path}"
        return self.transport.call("GET", url, headers=authorized(self.token), refusals=REFUSALS).json()


def _look(bridge: Container, name: str) -> Iterator[Finding]:
    """What stands behind something that is wrong is not looked at: it could not be seen."""
    try:
        desk = Desk.read(bridge.transport, bridge.settings.at_desk(name))
    except BadSettings as error:
        what, _, cure = str(error).partition(". ")
        yield not_checked(named("Chatwoot", name), what, cure)
        return
    except BridgeError as error:
        yield not_checked(named("Chatwoot", name), str(error), "Look again in a minute")
        return
    try:
        version = check_chatwoot(desk.transport, desk.url)
    except Unusable as error:
        cure = f"See that Chatwoot runs and that the address is right; to change the address: {desk.setup}"
        yield problem(desk.named("Chatwoot"), f"{_host(desk.url)} {error}", cure)
        return
    yield ok(desk.named("Chatwoot"), f"{_host(desk.url)} answers")
    yield from _look_at_the_way(desk)
    yield from _look_at_version(desk, version)
    lock = _look_at_token(desk)
    yield lock
    if lock.verdict != "ok":
        return
    yield from _tried(desk, "inboxes", _look_at_inboxes)
    yield from _tried(desk, "labels and attributes", _look_at_labels_and_attributes)
    yield from _tried(desk, "webhooks of the account", _look_at_webhooks)


def _tried(desk: Desk, about: str, look: Callable[[Desk], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings of a look; where Chatwoot refuses or falls silent in the middle, that is one more."""
    try:
        yield from look(desk)
    except Refused as refusal:
        cure = f"See in Chatwoot whether account {desk.account_id} is active and the token an administrator's"
        yield problem(desk.named(about), f"Chatwoot refuses to show them ({refusal.brief})", cure)
    except BridgeError as error:
        yield not_checked(desk.named(about), str(error), "Look again in a minute")


# Chatwoot itself


def _look_at_the_way(desk: Desk) -> Iterator[Finding]:
    """Whether one of the two is where the other cannot reach it, as far as addresses tell."""
    about = desk.named("way between Chatwoot and the bridge")
    chatwoot, bridge = _host(desk.url), _host(desk.public_url)
    if is_private(desk.url) and not is_private(desk.public_url):
        seen = f"{chatwoot} is an address of a private network, where the bridge on AWS cannot reach Chatwoot"
        yield warning(about, seen, f"Give Chatwoot a public address, and that address to: {desk.setup}")
    elif is_private(desk.public_url) and not is_private(desk.url):
        seen = f"{bridge} is an address of a private network, where Chatwoot cannot reach the bridge"
        yield warning(about, seen, f"Set PUBLIC_URL to the bridge's public address, and run {desk.setup}")


def _look_at_version(desk: Desk, version: Version | None) -> Iterator[Finding]:
    about = desk.named("Chatwoot's version")
    if version is None:
        yield warning(about, "it says none that can be read", "See in Chatwoot, under the profile's menu, which it is")
        return
    missing = missing_in(version)
    for ability in missing:
        cure = f"Upgrade Chatwoot to {ability.since} or newer: then {ability.what}"
        yield warning(about, f"{version}: {ability.otherwise}", cure)
    if not missing:
        yield ok(about, f"{version} can all that the bridge uses")


def _look_at_token(desk: Desk) -> Finding:
    about = desk.named("Chatwoot's token")
    try:
        administered = check_token(desk.transport, desk.url, desk.token)
    except Unusable as error:
        return problem(about, f"it {error}", cure_of_token(desk.stage, desk.name))
    try:
        check_account(str(desk.account_id), administered)
    except Unusable as error:
        cure = f"Give the account's number, which stands in Chatwoot's addresses after /accounts/, to: {desk.setup}"
        return problem(about, f"account {desk.account_id} {error}", cure)
    return ok(about, f"an administrator's of account {desk.account_id}")


# Its inboxes


def _look_at_inboxes(desk: Desk) -> Iterator[Finding]:
    inboxes = {int(inbox["id"]): inbox for inbox in desk.get("/inboxes")["payload"]}
    for kind, inbox_id in desk.inbox_ids.items():
        about, inbox = desk.named(f"inbox for {kind} ({inbox_id})"), inboxes.get(inbox_id)
        if inbox is None:
            yield problem(about, f"there is no such inbox in account {desk.account_id}", f"Run {desk.setup}")
        elif inbox.get("channel_type") != "Channel::Api":
            seen = f"«{inbox.get('name')}» is no inbox of the channel API, so that the bridge cannot post there"
            yield problem(about, seen, f"Run {desk.setup}")
        else:
            found = list(_find_faults(desk, about, inbox))
            yield from found or [ok(about, f"«{inbox.get('name')}» calls the bridge and has agents")]


def _find_faults(desk: Desk, about: str, inbox: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with an inbox that is there and of the right kind."""
    cure = f"Run {desk.setup}"
    if fault := _fault_of_address(desk, str(inbox.get("webhook_url") or "")):
        yield problem(about, f"{fault}, so that agents' replies do not reach the bridge", cure)
    yield from _find_wrong_secret(desk, about, inbox)
    if not inbox.get("lock_to_single_conversation"):
        # app/builders/conversation_builder.rb: with the lock, to create a conversation again returns the one there is.
        seen = "it is not locked to a single conversation, so that one exchange may be torn into several"
        yield warning(about, seen, cure)
    # app/controllers/api/v1/accounts/inbox_members_controller.rb
    if not desk.get(f"/inbox_members/{inbox['id']}")["payload"]:
        where = f"Settings > Inboxes > {inbox.get('name')} > Collaborators"
        cure = f"In Chatwoot, add the agents under {where}; or add them all: {desk.setup} --agents all"
        yield warning(about, "no agent is a member, so that only administrators see its conversations", cure)


def _fault_of_address(desk: Desk, url: str) -> str:
    """Why an inbox's webhook does not reach us; empty when it does. Shows hosts alone: the path holds the token."""
    ours, host = f"{desk.public_url}/webhook/chatwoot/", _host(url)
    if not url:
        return "it calls nobody"
    if host != _host(ours):
        return f"it calls {host} instead of {_host(ours)}"
    if not url.startswith(ours):
        return f"it calls {host} at another address than {ours}…"
    if not is_path_token(url.removeprefix(ours), desk.webhook_token):
        return "it calls the bridge with a token that is not this stage's"
    return ""


def _find_wrong_secret(desk: Desk, about: str, inbox: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether what it signs is believed. No secret is shown."""
    secret, cure = str(inbox.get("secret") or ""), f"Run {desk.setup}"
    # The receipt takes a signature by any of these, and asks for none where it knows none.
    known = [desk.secrets[owner] for owner in (str(inbox["id"]), "account") if owner in desk.secrets]
    if known and not secret:
        yield problem(about, "it does not sign, and the bridge expects it to: agents' replies are refused", cure)
    elif secret and not known:
        seen = "it signs, but the bridge does not know its secret, so that nobody verifies it"
        yield warning(about, seen, cure)
    elif secret and not any(hmac.compare_digest(secret.encode(), other.encode()) for other in known):
        yield problem(about, "it signs with another secret than the bridge knows: agents' replies are refused", cure)


# What else the set-up makes


def _look_at_labels_and_attributes(desk: Desk) -> Iterator[Finding]:
    attributes = [
        find_misplaced(model, desk.get(f"/custom_attribute_definitions?attribute_model={model}")) for model in MODELS
    ]
    missing = [attribute.key for misplaced in attributes for attribute in misplaced.missing]
    if not missing and any(misplaced.to_remove for misplaced in attributes):
        seen = "they stand in another order, so that agents must click for what they look for first"
        yield warning(desk.named("attribute definitions"), seen, f"Run {desk.setup}")
    else:
        yield _judge_missing(desk, "attribute definitions", missing, "agents do not see them beside a conversation")
    labels = {label["title"] for label in desk.get("/labels")["payload"]}
    missing = [title for title, *_ in LABELS if title not in labels]
    yield _judge_missing(desk, "labels", missing, "they are not in the sidebar")


def _judge_missing(desk: Desk, about: str, missing: Iterable[str], consequence: str) -> Finding:
    names = ", ".join(missing)
    if names:
        return warning(desk.named(about), f"{names}: not there, so that {consequence}", f"Run {desk.setup}")
    return ok(desk.named(about), "all are there")


def _look_at_webhooks(desk: Desk) -> Iterator[Finding]:
    about = desk.named("webhooks of the account")
    urls = [str(webhook["url"]) for webhook in desk.get("/webhooks")["payload"]["webhooks"]]
    sentences = find_stray_webhooks(urls, desk.public_url)
    for sentence in sentences:
        seen, _, cure = sentence.partition(". ")
        yield warning(about, seen, cure)
    if not sentences:
        yield ok(about, "none is in the way")


def _host(url: str) -> str:
    # The host alone: paths hold tokens.
    return urlsplit(url).netloc.rpartition("@")[2]
