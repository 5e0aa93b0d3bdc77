"""`python -m simulators`: both services in a process of their own, met over HTTP only."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from queue import Queue
from typing import Any

import pytest
import requests
from werkzeug.wrappers import Request, Response

from simulators.service import Server
from tests.test_documents import documented_lines

ANY_PORTS = ("--mercado-livre-port", "0", "--chatwoot-port", "0", "--page-port", "0")


@pytest.mark.apart
def test_both_are_served_alone_send_what_happens_and_stop_when_told() -> None:
    received: Queue[Any] = Queue()

    @Request.application
    def receive(request: Request) -> Response:
        received.put(json.loads(request.get_data()))
        return Response()

    receiver = Server(receive)
    command = [sys.executable, "-m", "simulators", "both", *ANY_PORTS, "--notification-url", receiver.url, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        started = json.loads(process.stdout.readline())
        meli, chatwoot = started["mercado_livre"], started["chatwoot"]

        state = requests.get(f"{meli['url']}/_control/state", timeout=10).json()
        question = {"buyer_id": state["buyers"][0]["id"], "item_id": state["items"][0]["id"], "text": "Is it 220 V?"}
        question_id = requests.post(f"{meli['url']}/_control/questions", json=question, timeout=10).json()["id"]
        inbox = {"name": "Sales", "webhook_url": receiver.url}
        requests.post(f"{chatwoot['url']}/_control/other_inbox", json=inbox, timeout=10).raise_for_status()
        answers = {
            "seller": requests.get(
                f"{meli['url']}/users/me", headers={"Authorization": f"Bearer {meli['access_token']}"}, timeout=10
            ).json()["id"],
            "inbox": requests.get(
                f"{chatwoot['url']}/api/v1/accounts/1/inboxes",
                headers={"api_access_token": chatwoot["administrator_token"]},
                timeout=10,
            ).json()["payload"][0]["name"],
            "page": requests.get(started["page"]["url"], timeout=10).status_code,
        }
        # The demonstration shop has sold something, which is told first.
        while received.get(timeout=20)["resource"] != f"/questions/{question_id}":
            pass
        process.send_signal(signal.SIGINT)

    receiver.stop()
    assert process.returncode == 0
    assert answers == {"seller": int(meli["seller_id"]), "inbox": "Sales", "page": 200}


@pytest.mark.apart
def test_each_is_served_alone_and_takes_what_the_documents_have_people_send() -> None:
    with served_alone("mercado-livre") as meli, served_alone("chatwoot") as chatwoot:
        open_conversation(chatwoot)
        addresses = {
            "$M": f"{meli['url']}/_control",
            "$C": f"{chatwoot['url']}/_control",
            "http://127.0.0.1:8001": meli["url"],
        }
        lines = documented_lines("curl")
        assert len(lines) > len(addresses)
        for line in lines:
            method, url, body = read_curl(line)
            start = next(start for start in addresses if url.startswith(start))
            answer = requests.request(method, url.replace(start, addresses[start]), json=body, timeout=10)
            assert answer.ok, (line, answer.text)


@contextmanager
def served_alone(service: str) -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "simulators", service, "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield json.loads(process.stdout.readline())[service.replace("-", "_")]
        process.send_signal(signal.SIGINT)


def open_conversation(chatwoot: dict[str, str]) -> None:
    """The documents leave that to the reader's own program."""

    def post(path: str, **body: Any) -> Any:
        headers = {"api_access_token": chatwoot["administrator_token"]}
        return requests.post(
            f"{chatwoot['url']}/api/v1/accounts/1{path}", json=body, headers=headers, timeout=10
        ).json()

    inbox = post("/inboxes", name="Sales", channel={"type": "api"})["id"]
    contact = post("/contacts", inbox_id=inbox, name="COMPRADORA")["payload"]
    post("/conversations", source_id=contact["contact_inbox"]["source_id"])


def read_curl(line: list[str]) -> tuple[str, str, Any]:
    """Method, address and body of a call."""
    given = dict(pairwise(line))
    body = json.loads(given["-d"]) if "-d" in given else None
    address = next(word for word in line[1:] if word.startswith(("$", "http")))
    return given.get("-X", "POST" if body else "GET"), address, body
