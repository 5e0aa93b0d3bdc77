"""`python -m tools local` pointed at services that it did not start: everything through public doors only."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Service
from simulators.serving import Served

pytestmark = pytest.mark.apart

STARTS_WITHIN_SECONDS = 90
PASSES_WITHIN_SECONDS = 30


def wait_for(what: Callable[[], Any], within_seconds: float = PASSES_WITHIN_SECONDS) -> Any:
    deadline = time.monotonic() + within_seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not happen in time"
        # Another process works on it; there is nothing to wake us.
        time.sleep(0.05)
    return found


class Running:
    """A runner in a process of its own."""

    def __init__(self, path: Path, *options: str) -> None:
        ready_file = path / "ready.json"
        ready_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tools", "local", "--port", "0", "--ready-file", str(ready_file), *options]
        self.output = path / "output.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        wait_for(lambda: ready_file.exists() or self.process.poll() is not None, STARTS_WITHIN_SECONDS)
        assert ready_file.exists(), self.output.read_text()
        self.ready = json.loads(ready_file.read_text())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def serve(service: Service) -> Iterator[Service]:
    served = Served(service)
    yield service
    served.stop()


@pytest.fixture
def meli() -> Iterator[Service]:
    yield from serve(MercadoLivre(app_id=4242, client_secret="foreign-client-secret"))


@pytest.fixture
def chatwoot() -> Iterator[Service]:
    yield from serve(Chatwoot(account_id=3))


def options(meli: MercadoLivre, chatwoot: Chatwoot) -> list[str]:
    return [
        *("--mercado-livre-url", meli.base_url, "--mercado-livre-auth-url", f"{meli.base_url}/"),
        *("--chatwoot-url", chatwoot.base_url, "--chatwoot-account", "3", "--chatwoot-token", chatwoot.admin_token),
        *("--app-id", "4242", "--client-secret", "foreign-client-secret", "--tick-seconds", "0.5"),
    ]


def test_a_question_crosses_between_foreign_services(meli: MercadoLivre, chatwoot: Chatwoot, tmp_path: Path) -> None:
    bridge = Running(tmp_path, *options(meli, chatwoot))
    ready = bridge.ready
    assert ready["simulators"] == {"mercado_livre": None, "chatwoot": None, "page": None}
    assert requests.get(ready["health_url"], timeout=10).json() == {"status": "ok", "problems": []}
    names = {inbox["id"]: inbox["name"] for inbox in chatwoot.inboxes()}
    assert names[ready["inboxes"]["questions"]] == "Mercado Livre - Perguntas"
    assert names[ready["inboxes"]["sales"]] == "Mercado Livre - Vendas"
    assert {inbox["webhook_url"] for inbox in chatwoot.inboxes()} == {ready["chatwoot_webhook_url"]}

    seller, buyer = meli.add_seller("LOJA"), meli.add_buyer("COMPRADOR")
    item = meli.add_item(seller, "Caneca", 10.0)
    meli.redirect_uri = f"{ready['base_url']}/oauth/mercado-livre/callback"
    meli.notification_url = ready["mercado_livre_webhook_url"]
    page = requests.get(ready["oauth_start_url"], timeout=30)
    assert page.status_code == 200
    assert "LOJA" in page.text

    question = meli.ask(buyer, item, "Tem verde?")
    (conversation,) = wait_for(chatwoot.conversations)
    message = chatwoot.reply(conversation["id"], "Temos!", as_user="admin")
    wait_for(lambda: chatwoot.conversation(conversation["id"])["status"] == "resolved")

    assert meli.answers_published == [(question, "Temos!")]
    (shown,) = [m for m in chatwoot.messages(conversation["id"]) if m["id"] == message["id"]]
    assert shown["status"] == "sent"

    # A dropped notification is found within a few ticks.
    meli.notifications_enabled = False
    meli.ask(buyer, item, "E amarela?")
    wait_for(lambda: len(chatwoot.conversations()) == 2)

    assert bridge.stop() == 0
    output = bridge.output.read_text()
    tokens = [*meli.state.access_tokens, *(grant.refresh_token for grant in meli.state.grants.values())]
    secrets = ["foreign-client-secret", chatwoot.admin_token, *tokens]
    assert len(tokens) > 1
    for secret in (*secrets, ready["chatwoot_webhook_url"].rpartition("/")[2]):
        assert secret not in output
    # The addresses in the ready file hold their path tokens, which is what they are for; it holds no other secret.
    assert not [secret for secret in secrets if secret in json.dumps(ready)]


def test_a_runner_for_invited_sellers_starts_and_hands_out_an_invitation(tmp_path: Path) -> None:
    """It died of `KeyError: 'location'` with a traceback: its own seller had no invitation."""
    runner = Running(tmp_path, "--set", "ACCESS=invited", "--public-url", "https://tunnel.example/ponte")

    own, public = runner.ready["base_url"], "https://tunnel.example/ponte"
    invited, health = (runner.ready[name].replace(public, own) for name in ("oauth_start_url", "health_url"))
    strangers = [f"{own}/oauth/mercado-livre/start", f"{own}/health"]

    assert requests.get(invited, allow_redirects=False, timeout=10).status_code == 302
    assert requests.get(health, timeout=10).json() == {"status": "ok", "problems": []}
    assert requests.get(strangers[0], timeout=10).status_code == 403
    assert "problems" not in requests.get(strangers[1], timeout=10).json()
    assert runner.stop() == 0


def test_a_second_start_reuses_what_the_first_left(meli: MercadoLivre, chatwoot: Chatwoot, tmp_path: Path) -> None:
    first = Running(tmp_path, *options(meli, chatwoot))
    assert first.stop() == 0
    before = [(inbox["id"], inbox["name"]) for inbox in chatwoot.inboxes()]

    settings = ("--set", "AGENT_LANGUAGE=es", "--set", "CHATWOOT_WEBHOOK_TOKEN=mine", "--set", "CHATWOOT_ACCOUNT_ID=3")
    second = Running(tmp_path, *options(meli, chatwoot), *settings)

    assert [(inbox["id"], inbox["name"]) for inbox in chatwoot.inboxes()] == before
    assert {inbox["webhook_url"] for inbox in chatwoot.inboxes()} == {second.ready["chatwoot_webhook_url"]}
    assert second.ready["chatwoot_webhook_url"].endswith("/mine")
    page = requests.get(f"{second.ready['base_url']}/oauth/mercado-livre/callback?state=none&code=none", timeout=10)
    assert 'lang="es"' in page.text
    assert second.stop() == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--chatwoot-url", "http://127.0.0.1:9"], "--chatwoot-token"),
        (["--mercado-livre-url", "http://127.0.0.1:9"], "--app-id"),
        (["--chatwoot-url", "http://127.0.0.1:9", "--chatwoot-token", "x"], "Chatwoot does not answer"),
    ],
)
def test_a_start_that_cannot_succeed_says_what_to_do(arguments: list[str], words: str) -> None:
    command = [sys.executable, "-m", "tools", "local", "--port", "0", *arguments]

    finished = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)

    assert finished.returncode == 2
    assert words in " ".join(finished.stderr.split())
    assert "Traceback" not in finished.stderr


def test_a_token_that_chatwoot_refuses_stops_the_start(meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    command = [sys.executable, "-m", "tools", "local", "--port", "0", *options(meli, chatwoot)]
    command[command.index(chatwoot.admin_token)] = "wrong"

    finished = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)

    assert finished.returncode == 2
    assert "administrator" in finished.stderr
