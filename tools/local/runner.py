"""`python -m tools local`: starts everything, says where it is, and stops it again."""

import json
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from boto3.session import Session

from chalicelib.process import install
from chalicelib.settings import SETTINGS, is_setting
from chalicelib.web.health import operators_key
from chalicelib.wiring import Container
from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.page import Page
from simulators.repeating import Repeating
from simulators.service import Server, Service
from simulators.serving import Served
from tools.chatwoot_setup import INBOX_SETTINGS, ChatwootAccount, inbox_settings
from tools.deploy import make_environment
from tools.local.embedded_aws import EmbeddedAWS
from tools.local.event_source import EventSource, Pump
from tools.local.front_door import FrontDoor
from tools.local.schedule import fire
from tools.provision import create_stack, ensure_webhook_tokens, put_settings, read_settings
from tools.triggers import TOLD_THAT_ANSWERS_ARE_READ
from tools.workers import queue_urls

STAGE = "local"
CLOUD_TICK_SECONDS = 120.0

# All share one processor here, so that what can wait has little of it.
THREADS_BY_FUNCTION = {"resolve_notification": 4, "work_on_thread": 8, "work_in_background": 1}
STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})


@dataclass(frozen=True)
class Options:
    """What the command line says. A service whose address is not among the settings is simulated."""

    host: str = "127.0.0.1"
    port: int = 8000
    settings: Mapping[str, str] = field(default_factory=dict)
    tick_seconds: float = CLOUD_TICK_SECONDS
    ready_file: Path | None = None


class LocalBridge:
    """Everything that runs; `stop` ends it in the opposite order."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._given = options.settings
        self._parts = ExitStack()
        self.meli: MercadoLivre | None = None
        self.chatwoot: Chatwoot | None = None
        self.page_url: str | None = None
        self.base_url = self.public_url = ""
        self.settings: dict[str, str] = {}
        self._aws_url = ""

    def start(self) -> None:
        """Raises PortTaken when the address cannot be bound, SetupFailed when Chatwoot does not do what is needed."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self._parts.close()

    def ready(self) -> dict[str, Any]:
        """What the ready file says."""
        tokens = self.settings
        return {
            "base_url": self.base_url,
            "aws_endpoint_url": self._aws_url,
            "mercado_livre_webhook_url": (
                f"{self.public_url}/webhook/mercado-livre/{tokens['MERCADO_LIVRE_WEBHOOK_TOKEN']}"
            ),
            "chatwoot_webhook_url": f"{self.public_url}/webhook/chatwoot/{tokens['CHATWOOT_WEBHOOK_TOKEN']}",
            "oauth_start_url": self._start_url(),
            "health_url": self._health_url(),
            "inboxes": {
                "questions": int(tokens["CHATWOOT_QUESTIONS_INBOX_ID"]),
                "sales": int(tokens["CHATWOOT_SALES_INBOX_ID"]),
            },
            "simulators": {
                "mercado_livre": self.meli.base_url if self.meli else None,
                "chatwoot": self.chatwoot.base_url if self.chatwoot else None,
                "page": self.page_url,
            },
        }

    def _start_url(self) -> str:
        """Where a seller begins: with an invitation, unless anybody may."""
        bridge = current_bridge()
        return bridge.settings.connecting_link() if bridge.settings.is_open else bridge.invitations.link()

    def _health_url(self) -> str:
        """Where all of it is to be read: with the operator's key, unless anybody may."""
        settings = current_bridge().settings
        key = "" if settings.is_open else f"?key={operators_key(settings)}"
        return f"{self.public_url}/health{key}"

    def _start(self) -> None:
        aws = EmbeddedAWS()
        self._parts.callback(aws.stop)
        aws.enter_environment()
        self._aws_url = aws.url
        for name in filter(is_setting, [*os.environ]):
            # What the shell says of a deployed stage, or of anything else by that name, is not meant for this one.
            os.environ.pop(name)
        os.environ["PONTE_STAGE"] = STAGE
        session = Session()
        outputs = create_stack(session, STAGE)
        put_settings(session, STAGE, self._given)
        ensure_webhook_tokens(session, STAGE)

        # The app reads its stage when it is imported.
        import app

        public_url = self._given.get("PUBLIC_URL", "")
        front_door = FrontDoor(app.app, host=self._options.host, port=self._options.port, public_url=public_url)
        self.base_url = front_door.url
        self.public_url = (public_url or front_door.url).rstrip("/")
        self._start_simulators()
        self._write_settings(session)
        os.environ.update(make_environment(outputs, self.settings) | TOLD_THAT_ANSWERS_ARE_READ)
        install(Container({**os.environ, "AWS_ENDPOINT_URL_SQS": aws.url}))
        front_door.start()
        self._parts.callback(front_door.stop)
        self._set_up_chatwoot(session)
        self._start_workers(session, outputs, app)
        if self.meli:
            self._connect_demo_seller(self.meli)

    def _start_simulators(self) -> None:
        if "MERCADO_LIVRE_URL" not in self._given:
            self.meli = meli = MercadoLivre()
            meli.app_id = int(self._given.get("MERCADO_LIVRE_APP_ID", meli.app_id))
            meli.client_secret = self._given.get("MERCADO_LIVRE_CLIENT_SECRET", meli.client_secret)
            self._serve(meli)
        if "CHATWOOT_URL" not in self._given:
            token = self._given.get("CHATWOOT_TOKEN", "simulated-administrator-token")
            account_id = int(self._given.get("CHATWOOT_ACCOUNT_ID", "1"))
            self.chatwoot = Chatwoot(account_id=account_id, admin_token=token)
            self._serve(self.chatwoot)
        if self.meli and self.chatwoot:
            page = Server(Page(self.meli, self.chatwoot).wsgi)
            self._parts.callback(page.stop)
            self.page_url = page.url

    def _serve(self, service: Service) -> None:
        self._parts.callback(Served(service).stop)

    def _write_settings(self, session: Session) -> None:
        """What an operator would have set, and what is given above that."""
        values = {
            "MERCADO_LIVRE_READS_A_MINUTE": str(reads_a_minute(self._options.tick_seconds)),
            # All are swept at each tick.
            "SWEEP_AT_REST_MINUTES": "0",
            "PUBLIC_URL": self.public_url,
            # Whoever reaches it is at this machine.
            "ACCESS": "open",
        }
        if self.meli:
            values["MERCADO_LIVRE_URL"] = self.meli.base_url
            values["MERCADO_LIVRE_APP_ID"] = str(self.meli.app_id)
            values["MERCADO_LIVRE_CLIENT_SECRET"] = self.meli.client_secret
        if self.chatwoot:
            values["CHATWOOT_URL"] = self.chatwoot.base_url
            values["CHATWOOT_TOKEN"] = self.chatwoot.admin_token
        values.update(self._given)
        values.setdefault("MERCADO_LIVRE_AUTH_URL", values["MERCADO_LIVRE_URL"])
        put_settings(session, STAGE, values)
        self.settings = read_settings(session, STAGE)

    def _set_up_chatwoot(self, session: Session) -> None:
        account = ChatwootAccount(
            self.settings["CHATWOOT_URL"],
            int(self.settings.get("CHATWOOT_ACCOUNT_ID", "1")),
            self.settings["CHATWOOT_TOKEN"],
        )
        webhook_url = f"{self.public_url}/webhook/chatwoot/{self.settings['CHATWOOT_WEBHOOK_TOKEN']}"
        known_ids = {kind: int(self._given[name]) for kind, name in INBOX_SETTINGS.items() if name in self._given}
        values = inbox_settings(account.set_up(webhook_url, known_ids=known_ids))
        if secrets := self._given.get("CHATWOOT_WEBHOOK_SECRETS"):
            values["CHATWOOT_WEBHOOK_SECRETS"] = secrets
        put_settings(session, STAGE, values)
        self.settings = read_settings(session, STAGE)

    def _start_workers(self, session: Session, outputs: dict[str, str], app: Any) -> None:
        sqs = session.client("sqs")
        for name, url in queue_urls(outputs).items():
            pump = Pump(EventSource(sqs, url, name, getattr(app, name)), workers=THREADS_BY_FUNCTION[name])
            self._parts.callback(pump.stop)
        schedule = Repeating(lambda: fire(app.sweep), pause_seconds=self._options.tick_seconds)
        self._parts.callback(schedule.stop)

    def _connect_demo_seller(self, meli: MercadoLivre) -> None:
        meli.redirect_uri = f"{self.public_url}/oauth/mercado-livre/callback"
        token = self.settings["MERCADO_LIVRE_WEBHOOK_TOKEN"]
        meli.notification_url = f"{self.base_url}/webhook/mercado-livre/{token}"
        meli.seed_demo()
        # Through the front door, as a seller would; the simulator consents by itself. The way back is walked here,
        # since the public address may lead to this machine only from outside.
        to_meli = self._open(self._start_url())
        back = requests.get(to_meli.headers["Location"], allow_redirects=False, timeout=20).headers["Location"]
        cookie = to_meli.headers.get("Set-Cookie", "").partition(";")[0]
        self._open(back, {"Cookie": cookie} if cookie else {})

    def _open(self, link: str, headers: Mapping[str, str] | None = None) -> requests.Response:
        """A link of ours, as it is reached on this machine."""
        own = link.replace(self.public_url, self.base_url, 1)
        response = requests.get(own, headers=headers, allow_redirects=False, timeout=20)
        response.raise_for_status()
        return response


def reads_a_minute(tick_seconds: float) -> int:
    """As many as the schedule needs where it comes more often than in the cloud."""
    usual = int(SETTINGS["MERCADO_LIVRE_READS_A_MINUTE"].default)
    return round(usual * max(1.0, CLOUD_TICK_SECONDS / tick_seconds))


def write_atomically(path: Path, content: dict[str, Any]) -> None:
    """Whoever waits for the file never reads half of it, and nobody but its owner reads it: it holds tokens."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
    draft.replace(path)


def run(options: Options, announce: Callable[[dict[str, Any]], None]) -> None:
    """Run until SIGTERM or Ctrl-C, which the caller has blocked."""
    local = LocalBridge(options)
    local.start()
    try:
        if options.ready_file:
            write_atomically(options.ready_file, local.ready())
        announce(local.ready())
        signal.sigwait(STOP_SIGNALS)
    finally:
        local.stop()
