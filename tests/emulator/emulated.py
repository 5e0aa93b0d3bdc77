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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import requests

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Server
from tools.package import PROJECT

PYTHON = Path(sys.prefix, "emulator", "bin", "python")
COPIED = ("app.py", "chalicelib", "tools", "simulators", ".chalice", "requirements.txt")
ACCOUNT, REGION = "123456789012", "us-east-1"
# A job whose function is cut short comes back after six minutes.
LONGEST_SECONDS = 480


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

    def become_older(self, names: Mapping[str, str]) -> None:
        """Make of the present version one of before, which called some functions otherwise."""
        folders = [self.project / name for name in ("app.py", "chalicelib", "tools", ".chalice")]
        paths = [path for folder in folders for path in (folder.rglob("*") if folder.is_dir() else (folder,))]
        for path in paths:
            if path.suffix in (".py", ".json", ".yaml"):
                path.write_text(renamed(path.read_text(encoding="utf-8"), names), encoding="utf-8")
                path.rename(path.with_name(renamed(path.name, names)))

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

    def become_deployer(self) -> None:
        """Go on as somebody who is allowed what docs/deployer-policy.json says, and no more."""
        iam, name = self.client("iam"), "deployer"
        iam.create_user(UserName=name)
        policy = (PROJECT / "docs" / "deployer-policy.json").read_text(encoding="utf-8")
        iam.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self.environ |= {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

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
        self.seller = meli.add_seller("LOJA NOVA")
        self.item = meli.add_item(self.seller, "Caneca azul", 62.96)
        link = json.loads(self.run("authorize", "--json"))["link"]
        assert "LOJA NOVA" in requests.Session().get(link, timeout=60).text

    def functions(self) -> set[str]:
        return {function["FunctionName"] for function in self.client("lambda").list_functions()["Functions"]}

    def triggers(self) -> set[str]:
        """The functions that queues trigger."""
        mappings = self.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        return {mapping["FunctionArn"].rpartition(":")[2] for mapping in mappings}

    def jobs(self) -> dict[str, int]:
        """How many wait or are worked on, by the queue, dead letters too; queues without any are left out."""
        sqs, counts = self.client("sqs"), {}
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        for url in sqs.list_queues(QueueNamePrefix="ponte-dev-")["QueueUrls"]:
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            counts[url.rpartition("/")[2]] = sum(map(int, found.values()))
        return {queue: number for queue, number in counts.items() if number}

    def queue(self, queue: str, text: str) -> None:
        sqs = self.client("sqs")
        in_turn = {"MessageGroupId": "g", "MessageDeduplicationId": "d"} if queue.endswith(".fifo") else {}
        url = sqs.get_queue_url(QueueName=f"ponte-dev-{queue}")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=text, **in_turn)

    def log(self, function: str) -> str:
        group = f"/aws/lambda/ponte-dev-{function}"
        return "\n".join(
            each["message"] for each in self.client("logs").filter_log_events(logGroupName=group)["events"]
        )

    def stop_work(self) -> None:
        """Switch the triggers off: jobs wait until a deployment switches them on."""
        functions = self.client("lambda")
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)

    def ask(self, text: str) -> int:
        return self.meli.ask(self.meli.add_buyer("COMPRADORA"), self.item, text)

    def settle(self, is_done: Callable[[], object]) -> None:
        """Deliver webhooks until something has come of it; Lambdas and queues move by themselves."""
        end = time.monotonic() + LONGEST_SECONDS
        while not is_done():
            assert time.monotonic() < end, f"nothing came of it in time; there wait {self.jobs()}"
            self.deliver()
            time.sleep(0.5)

    def deliver(self) -> None:
        self.meli.deliver_webhooks()
        self.chatwoot.deliver_webhooks()


def renamed(text: str, names: Mapping[str, str]) -> str:
    for name, older in names.items():
        text = text.replace(name, older)
    return text


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
