"""The whole way on an emulator that enforces IAM and signatures: deployed, set up, asked and answered, and back again.

`make drill` runs it. It makes a Python of its own for the emulator, which asks PyPI, unless MINISTACK_PYTHON names one
that has ministack and boto3. Everything happens in a copy of the project: the records of real deployments stay alone.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Server
from tools.package import PROJECT

EMULATOR = ("ministack==1.5.33", "boto3")
COPIED = ("app.py", "chalicelib", "tools", "simulators", ".chalice", "requirements.txt")
ACCOUNT = "123456789012"
LONGEST_SECONDS = 180


class Emulated:
    """A copy of the project with an account of its own, and both services beside it."""

    def __init__(self, project: Path, endpoint: str) -> None:
        self.project, self.endpoint = project, endpoint
        self.meli, self.chatwoot = MercadoLivre(), Chatwoot()
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CHATWOOT_"))},
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
        }

    def run(self, *arguments: str) -> str:
        """What `python -m tools` says on stdout."""
        command = [sys.executable, "-m", "tools", *arguments, "--stage", "dev"]
        done = subprocess.run(command, cwd=self.project, env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def apis(self) -> list[str]:
        client: Any = boto3.client(
            "apigateway",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        return [api["id"] for api in client.get_rest_apis()["items"]]

    @property
    def url(self) -> str:
        """Where the emulator serves the only API."""
        (api,) = self.apis()
        return f"{self.endpoint}/restapis/{api}/api/_user_request_"

    def settle(self, is_done: Callable[[], object]) -> None:
        """Deliver webhooks until something has come of it; Lambdas and queues move by themselves."""
        end = time.monotonic() + LONGEST_SECONDS
        while not is_done():
            assert time.monotonic() < end, "nothing came of it in time"
            self.meli.deliver_webhooks()
            self.chatwoot.deliver_webhooks()
            time.sleep(1)


@pytest.fixture(scope="module")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulated]:
    folder = tmp_path_factory.mktemp("aws")
    project = folder / "ponte"
    project.mkdir()
    for name in COPIED:
        copy: Callable[..., Any] = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, project / name)
    shutil.rmtree(project / ".chalice" / "deployed", ignore_errors=True)
    python = os.environ.get("MINISTACK_PYTHON") or make_python(folder / "python")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with started(python, folder, port) as endpoint:
        stage = Emulated(project, endpoint)
        servers = [Server(service.wsgi) for service in (stage.meli, stage.chatwoot)]
        stage.meli.base_url, stage.chatwoot.base_url = (server.url for server in servers)
        yield stage
        for server in servers:
            server.stop()


def make_python(folder: Path) -> str:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *EMULATOR], check=True)
    return python


class started:  # noqa: N801 - read as a verb: with started(…)
    """The emulator, until it is left."""

    def __init__(self, python: str, folder: Path, port: int) -> None:
        self._folder, self._endpoint = folder, f"http://127.0.0.1:{port}"
        environ: Mapping[str, str] = {
            "PATH": os.environ["PATH"],
            "AUTH": "true",
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "S3_DATA_DIR": str(folder / "s3"),
            "STATE_DIR": str(folder / "state"),
            "TMPDIR": str(folder),
        }
        script = Path(__file__).with_name("ministack_repaired.py")
        self._log = (folder / "emulator.log").open("w")
        self._process = subprocess.Popen(
            [python, str(script)], cwd=folder, env=environ, stdout=self._log, stderr=subprocess.STDOUT
        )

    def __enter__(self) -> str:
        for _ in range(60):
            try:
                requests.get(self._endpoint, timeout=5)
            except requests.ConnectionError:
                time.sleep(1)
            else:
                return self._endpoint
        raise AssertionError((self._folder / "emulator.log").read_text())

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()


@pytest.mark.night
def test_deployed_set_up_asked_and_answered_deployed_again_removed_and_back(emulated: Emulated) -> None:
    meli, chatwoot = emulated.meli, emulated.chatwoot
    emulated.run("deploy")
    url = emulated.url

    # Set up, and connected.
    told = json.loads(
        emulated.run(
            *("setup", "--no-input", "--json", "--agents", "all", "--public-url", url),
            *("--chatwoot-url", chatwoot.base_url, "--chatwoot-token", chatwoot.admin_token),
            *(
                "--app-id",
                str(meli.app_id),
                "--client-secret",
                meli.client_secret,
                "--mercado-livre-url",
                meli.base_url,
            ),
            *("--mercado-livre-auth-url", meli.base_url, "--site", "MLB", "--language", "pt-BR"),
        )
    )
    meli.redirect_uri = told["devcenter"]["redirect_uri"]
    meli.notification_url = told["devcenter"]["notification_url"]
    seller, buyer = meli.add_seller("LOJA NOVA"), meli.add_buyer("COMPRADORA")
    item = meli.add_item(seller, "Caneca azul", 62.96)
    link = json.loads(emulated.run("authorize", "--json"))["link"]
    assert "LOJA NOVA" in requests.Session().get(link, timeout=60).text

    # A question and its answer, through API, queues and Lambdas.
    question = meli.ask(buyer, item, "Tem na cor verde?")
    emulated.settle(chatwoot.conversations)
    chatwoot.reply(chatwoot.conversations()[0]["id"], "Temos sim.")
    emulated.settle(lambda: meli.answers_published)
    assert meli.answers_published == [(question, "Temos sim.")]

    # A fresh clone deploys again: the same API, and still one.
    (api,) = emulated.apis()
    shutil.rmtree(emulated.project / ".chalice" / "deployed")
    emulated.run("deploy")
    assert emulated.apis() == [api]
    meli.ask(buyer, item, "E azul?")
    emulated.settle(lambda: len(chatwoot.conversations()) == 2)

    # Removed, and deployed again on the tables that were kept: the seller is still connected.
    emulated.run("remove", "--yes")
    assert emulated.apis() == []
    emulated.run("deploy")
    assert len(emulated.apis()) == 1
    assert "LOJA NOVA" in emulated.run("sellers", "list")
