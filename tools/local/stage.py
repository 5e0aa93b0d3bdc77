"""A stage of the bridge, deployed beside both simulators. Nothing runs by itself: `settle` makes it move."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import requests
from aws_lambda_powertools.utilities import parameters
from boto3.session import Session

import app
from chalicelib.process import install
from chalicelib.wiring import Container, bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tools.chatwoot_setup import ChatwootAccount, ChatwootSetup, inbox_settings
from tools.deploy import make_environment
from tools.local.event_source import EventSource
from tools.provision import create_stack
from tools.triggers import TOLD_THAT_ANSWERS_ARE_READ
from tools.workers import queue_urls

MOST_ROUNDS = 2000


class Stage:
    """Queues and tables made, both sides set up, no seller connected yet. `url` is where the front door answers."""

    def __init__(
        self,
        name: str,
        url: str,
        meli: MercadoLivre,
        chatwoot: Chatwoot,
        *,
        tokens: Mapping[str, str],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        session: Session | None = None,
    ) -> None:
        self.name, self.url, self.clock = name, url, clock
        self.meli, self.chatwoot = meli, chatwoot
        # Further Chatwoots, where a stage has several desks.
        self.others: list[Chatwoot] = []
        self.session = session or Session()
        self.queues = create_stack(self.session, name)
        self.settings = {
            "MERCADO_LIVRE_URL": meli.base_url,
            "MERCADO_LIVRE_AUTH_URL": meli.base_url,
            "MERCADO_LIVRE_APP_ID": str(meli.app_id),
            "MERCADO_LIVRE_CLIENT_SECRET": meli.client_secret,
            "CHATWOOT_URL": chatwoot.base_url,
            "CHATWOOT_TOKEN": chatwoot.admin_token,
            "PUBLIC_URL": url,
            "ACCESS": "open",
            "SIGNING_KEY": "signing-key-of-the-stage",
            # Nobody waits for a clock that is turned.
            "SWEEP_AT_REST_MINUTES": "0",
            **tokens,
        }
        self.settings |= make_environment(self.queues, self.settings) | TOLD_THAT_ANSWERS_ARE_READ
        self.meli_webhook_url = f"{url}/webhook/mercado-livre/{tokens['MERCADO_LIVRE_WEBHOOK_TOKEN']}"
        self.chatwoot_webhook_url = f"{url}/webhook/chatwoot/{tokens['CHATWOOT_WEBHOOK_TOKEN']}"
        meli.redirect_uri = f"{url}/oauth/mercado-livre/callback"
        meli.notification_url = self.meli_webhook_url
        self.inboxes = self.set_up_chatwoot()
        self.set(**inbox_settings(self.inboxes))
        # Its Chatwoot is as new as itself.
        bridge().threads.note_no_old_contacts("")
        self.sqs = sqs = self.session.client("sqs")
        self.sources = [
            EventSource(sqs, url, name, getattr(app, name)) for name, url in queue_urls(self.queues).items()
        ]
        self.errors: list[Exception] = []

    def set_up_chatwoot(self) -> ChatwootSetup:
        account = ChatwootAccount(self.chatwoot.base_url, 1, self.chatwoot.admin_token)
        return account.set_up(self.chatwoot_webhook_url)

    def set(self, **settings: str) -> None:
        """Change settings, as a new deployment of the same stage would."""
        self.settings |= settings
        self.restart()

    def restart(self) -> None:
        """Every Lambda starts anew: nothing is remembered but what is stored."""
        environ = {**os.environ, **self.settings, "PONTE_STAGE": self.name}
        parameters.clear_caches()  # type: ignore[no-untyped-call]  # Powertools leaves it untyped.
        install(Container(environ, self.clock))

    def connect(self, seller: int) -> requests.Response:
        """Walk a seller through the authorization, in the front door and back."""
        self.meli.logged_in_seller = seller
        return requests.get(f"{self.url}/oauth/mercado-livre/start", timeout=10)

    def settle(self) -> None:
        """Deliver webhooks and work on jobs until nothing moves; what waits for a later time goes on waiting."""
        for _ in range(MOST_ROUNDS):
            moved = sum(service.deliver_webhooks() for service in (self.meli, self.chatwoot, *self.others))
            for source in self.sources:
                while record := source.receive():
                    moved += 1
                    if error := source.invoke(record):
                        self.errors.append(error)
            if not moved:
                return
        raise AssertionError("the bridge does not come to rest")
