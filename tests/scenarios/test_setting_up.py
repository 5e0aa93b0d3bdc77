"""From nothing to a question answered: a deployed stage, two services of somebody else's, and the command line."""

import json
import os
from collections.abc import Iterator

import pytest
import requests
from aws_lambda_powertools.utilities import parameters
from typer.testing import CliRunner, Result

import app
from chalicelib.process import install
from chalicelib.wiring import Container
from tests.harness import Clock, Machine
from tools.__main__ import cli
from tools.deploy import make_environment
from tools.local.event_source import EventSource
from tools.provision import create_stack, ensure_webhook_tokens, put_settings, read_settings
from tools.workers import queue_urls

STAGE = "new"


class NewStage:
    """What `make deploy` leaves behind: queues, tables, functions, two tokens and an address. Nothing is set up."""

    def __init__(self, machine: Machine) -> None:
        self.meli, self.chatwoot, self.url = machine.meli, machine.chatwoot, machine.front_door.url
        self._machine = machine
        self._queues = create_stack(machine.session, STAGE)
        ensure_webhook_tokens(machine.session, STAGE)
        put_settings(machine.session, STAGE, {"PUBLIC_URL": self.url})
        self._baked_in = make_environment(self._queues, read_settings(machine.session, STAGE))
        self.wake_up()
        sqs = machine.session.client("sqs")
        self._sources = [
            EventSource(sqs, url, name, getattr(app, name)) for name, url in queue_urls(self._queues).items()
        ]
        self.errors: list[Exception] = []

    def wake_up(self) -> None:
        """The functions look for their settings again, as they do every few minutes."""
        environ = {**os.environ, **self._baked_in, "PONTE_STAGE": STAGE, "AWS_ENDPOINT_URL_SQS": self._machine.aws.url}
        parameters.clear_caches()  # type: ignore[no-untyped-call]
        install(Container(environ, self._machine.clock))

    def turn(self, *, seconds: int) -> None:
        self._machine.clock.turn(seconds=seconds)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, [*arguments, "--stage", STAGE], catch_exceptions=False)

    def health(self) -> str:
        return str(requests.get(f"{self.url}/health", timeout=10).json()["status"])

    def settle(self) -> None:
        """Deliver webhooks and work on jobs until nothing moves."""
        moved = True
        while moved:
            moved = bool(self.meli.deliver_webhooks() + self.chatwoot.deliver_webhooks())
            for source in self._sources:
                while record := source.receive():
                    moved = True
                    if error := source.invoke(record):
                        self.errors.append(error)


@pytest.fixture
def stage(machine: Machine) -> Iterator[NewStage]:
    machine.clock.now = Clock().now
    machine.meli.reset()
    machine.chatwoot.reset()
    yield NewStage(machine)
    install(None)


def test_from_nothing_to_a_question_answered(stage: NewStage) -> None:
    meli, chatwoot = stage.meli, stage.chatwoot
    assert stage.health() == "down"
    # Whoever opens the link too early reads a page.
    early = requests.get(f"{stage.url}/oauth/mercado-livre/start", timeout=10)
    assert (early.status_code, early.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "Abra o mesmo link de novo daqui a um minuto" in early.text

    # The operator sets the stage up, and enters in the DevCenter what setup says.
    done = stage.run(
        *("setup", "--no-input", "--json", "--agents", "all"),
        *("--chatwoot-url", chatwoot.base_url, "--chatwoot-token", chatwoot.admin_token, "--chatwoot-account", "1"),
        *("--app-id", str(meli.app_id), "--client-secret", meli.client_secret, "--site", "MLB", "--language", "pt-BR"),
        *("--mercado-livre-url", meli.base_url, "--mercado-livre-auth-url", meli.base_url),
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    meli.redirect_uri = told["devcenter"]["redirect_uri"]
    meli.notification_url = told["devcenter"]["notification_url"]
    # What was missing a moment ago is looked for again.
    stage.turn(seconds=6)
    assert stage.health() == "ok"

    # The seller opens the link.
    seller, buyer = meli.add_seller("LOJA NOVA"), meli.add_buyer("COMPRADORA")
    item = meli.add_item(seller, "Caneca azul", 62.96)
    link = json.loads(stage.run("authorize", "--json").stdout)["link"]
    assert link.startswith(f"{stage.url}/oauth/mercado-livre/start?site=MLB&until=")
    assert requests.get(told["connecting_link"], allow_redirects=False, timeout=10).status_code == 302
    assert "LOJA NOVA" in requests.get(link, timeout=10).text

    # A buyer asks, and an agent answers.
    question = meli.ask(buyer, item, "Tem na cor verde?")
    stage.settle()
    (conversation,) = chatwoot.conversations()
    message = chatwoot.reply(conversation["id"], "Temos sim.")
    stage.settle()

    assert meli.answers_published == [(question, "Temos sim.")]
    (shown,) = [m for m in chatwoot.messages(conversation["id"]) if m["id"] == message["id"]]
    assert shown["status"] == "sent"
    assert chatwoot.conversation(conversation["id"])["status"] == "resolved"
    assert stage.errors == []
    for secret in (meli.client_secret, chatwoot.admin_token, *(i["secret"] for i in chatwoot.inboxes())):
        assert secret not in done.output
