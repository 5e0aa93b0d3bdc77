"""A stage on an emulator of AWS that enforces IAM and signatures, with both services beside it.

Everything happens in a copy of the project: the records of real deployments stay alone. `make apart` and `make drill`
install the emulator, in a Python of its own.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import requests

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Server
from tools.package import PROJECT

PYTHON = PROJECT / ".venv" / "emulator" / "bin" / "python"
COPIED = ("app.py", "chalicelib", "tools", "simulators", ".chalice", "requirements.txt")
ACCOUNT, REGION = "123456789012", "us-east-1"
LONGEST_SECONDS = 180


class Emulated:
    """The stage `dev` of a copy of the project, and the command line with which one works at it."""

    def __init__(self, project: Path, endpoint: str) -> None:
        self.project, self.endpoint = project, endpoint
        self.meli, self.chatwoot = MercadoLivre(), Chatwoot()
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CHATWOOT_"))},
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }

    def lay(self) -> None:
        """Lay the present version, as a clone of it is: without the record of what was deployed."""
        shutil.rmtree(self.project, ignore_errors=True)
        self.project.mkdir()
        for name in COPIED:
            copy: Callable[..., Any] = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
            copy(PROJECT / name, self.project / name)
        self.lose_record()

    def lose_record(self) -> None:
        shutil.rmtree(self.project / ".chalice" / "deployed", ignore_errors=True)

    def run(self, *arguments: str) -> str:
        """What `python -m tools` says on stdout."""
        done = self._start(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def deploy_until(self, call: str) -> None:
        """Have a deployment killed right after a call to AWS: «2 CreateFunction» is the second one."""
        killing = Path(__file__).with_name("killing")
        done = self._start("deploy", PYTHONPATH=str(killing), KILLED_AFTER=call)
        assert done.returncode == -signal.SIGKILL, f"{call} was not made: {done.stdout}{done.stderr}"

    def _start(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tools", *arguments, "--stage", "dev"],
            cwd=self.project,
            env=self.environ | variables,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )

    def client(self, service: str) -> Any:
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def apis(self) -> list[str]:
        return [api["id"] for api in self.client("apigateway").get_rest_apis()["items"]]

    @property
    def url(self) -> str:
        """Where the emulator serves the only API."""
        (api,) = self.apis()
        return f"{self.endpoint}/restapis/{api}/api/_user_request_"

    def set_up(self) -> None:
        """Set both services up as the operator does, and connect the seller `LOJA NOVA`, who sells one item."""
        meli, chatwoot = self.meli, self.chatwoot
        told = json.loads(
            self.run(
                *("setup", "--no-input", "--json", "--agents", "all", "--public-url", self.url),
                *("--chatwoot-url", chatwoot.base_url, "--chatwoot-token", chatwoot.admin_token),
                *("--app-id", str(meli.app_id), "--client-secret", meli.client_secret),
                *("--mercado-livre-url", meli.base_url, "--mercado-livre-auth-url", meli.base_url),
                *("--site", "MLB", "--language", "pt-BR"),
            )
        )
        meli.redirect_uri = told["devcenter"]["redirect_uri"]
        meli.notification_url = told["devcenter"]["notification_url"]
        seller = meli.add_seller("LOJA NOVA")
        self.item = meli.add_item(seller, "Caneca azul", 62.96)
        link = json.loads(self.run("authorize", "--json"))["link"]
        assert "LOJA NOVA" in requests.Session().get(link, timeout=60).text

    def ask(self, text: str) -> int:
        return self.meli.ask(self.meli.add_buyer("COMPRADORA"), self.item, text)

    def settle(self, is_done: Callable[[], object]) -> None:
        """Deliver webhooks until something has come of it; Lambdas and queues move by themselves."""
        end = time.monotonic() + LONGEST_SECONDS
        while not is_done():
            assert time.monotonic() < end, "nothing came of it in time"
            self.meli.deliver_webhooks()
            self.chatwoot.deliver_webhooks()
            time.sleep(0.5)


@contextmanager
def emulated_stage(folder: Path) -> Iterator[Emulated]:
    """An account of its own, until it is left."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stage = Emulated(folder / "ponte", f"http://127.0.0.1:{port}")
    stage.lay()
    servers = [Server(service.wsgi) for service in (stage.meli, stage.chatwoot)]
    stage.meli.base_url, stage.chatwoot.base_url = (server.url for server in servers)
    with (folder / "emulator.log").open("w") as log:
        process = start_emulator(folder, port, log)
        try:
            wait_for(stage.endpoint, folder / "emulator.log")
            yield stage
        finally:
            process.terminate()
            process.wait(timeout=30)
            for server in servers:
                server.stop()


def start_emulator(folder: Path, port: int, log: Any) -> subprocess.Popen[bytes]:
    environ = {
        "PATH": os.environ["PATH"],
        "AUTH": "true",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder),
    }
    script = Path(__file__).with_name("ministack_repaired.py")
    return subprocess.Popen([PYTHON, str(script)], cwd=folder, env=environ, stdout=log, stderr=subprocess.STDOUT)


def wait_for(endpoint: str, log: Path) -> None:
    for _ in range(120):
        try:
            requests.get(endpoint, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.5)
        else:
            return
    raise AssertionError(log.read_text())
