"""What `python -m tools local` opens on a machine is for that machine: web pages of strangers get nothing of it."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import pytest
import requests

import app
from simulators.mercado_livre import MercadoLivre
from simulators.page import Page
from simulators.service import Server
from tests.harness import BridgeUnderTest, Machine
from tools.local.front_door import FrontDoor
from tools.local.runner import write_atomically

pytestmark = pytest.mark.usefixtures("sockets")

FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example:80"},
    {"Origin": "http://127.0.0.1.evil.example"},
]


def test_no_web_page_reads_the_secrets_in_the_embedded_aws(machine: Machine, bridge: BridgeUnderTest) -> None:
    url, port = machine.aws.url, urlsplit(machine.aws.url).port
    queue = bridge.queues["NotificationsQueueUrl"]
    purge = f"{url}/?Action=PurgeQueue&QueueUrl={queue}&X-Amz-Credential=x/20261122/us-east-1/sqs/aws4_request"
    headers = {"X-Amz-Target": "AmazonSSM.GetParametersByPath", "Content-Type": "text/plain"}
    foreign = [
        *FOREIGN,
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "127.0.0.1:1"},
        {"Origin": f"http://evil.example:{port}", "Host": f"evil.example:{port}"},
        # A picture, or a script, whose address is this one.
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ]

    for tells in foreign:
        answers = [
            requests.post(url, data='{"Path": "/ponte"}', headers={**headers, **tells}, timeout=10),
            requests.get(purge, headers=tells, timeout=10),
            requests.options(url, headers=tells, timeout=10),
        ]
        assert [answer.status_code for answer in answers] == [403, 403, 403], tells
        assert not [name for answer in answers for name in answer.headers if name.lower().startswith("access-control")]

    for name in ("127.0.0.1", "localhost"):
        found = boto3.client("sqs", endpoint_url=f"http://{name}:{port}").get_queue_url(QueueName=queue.split("/")[-1])
        assert found["QueueUrl"].endswith(queue.split("/")[-1])


def test_no_web_page_plays_with_the_simulators(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    page = Server(Page(meli, bridge.chatwoot).wsgi)
    paths = [f"{service.base_url}/_control/state" for service in (meli, bridge.chatwoot)]
    paths.append(f"{page.url}/api/state")

    for path in paths:
        for tells in FOREIGN:
            assert requests.get(path, headers=tells, timeout=10).status_code == 403, (path, tells)
        # Programs, and pages of somebody who develops on this machine.
        for tells in ({}, {"Origin": "http://localhost:3000"}, {"Origin": "http://127.0.0.1:5173"}):
            assert requests.get(path, headers=tells, timeout=10).status_code == 200, (path, tells)
    # By a name that leads here, a page would have the same origin as the simulator, whose tokens anybody knows.
    token = {"api_access_token": bridge.chatwoot.admin_token}
    profile = f"{bridge.chatwoot.base_url}/api/v1/profile"
    assert requests.get(profile, headers=token, timeout=10).status_code == 200
    assert requests.get(profile, headers={**token, "Origin": "http://evil.example"}, timeout=10).status_code == 403
    page.stop()


def test_no_name_that_somebody_pointed_here_reads_the_front_door() -> None:
    """With ACCESS=open a page of that name read all of /health, and could connect a shop of its own."""
    with serving(FrontDoor(app.app, host="127.0.0.1", port=0, public_url="https://tunnel.example/ponte")) as door:
        port = urlsplit(door.url).port
        mine = ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"]
        strangers = [
            *("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", f"10.0.0.7:{port}"),
            *(
                "localhost:1",
                f"[::1:{port}",
                "127.0.0.1:port",
                f"x@127.0.0.1:{port}",
                "",
                "tunnel.example.evil.example",
            ),
        ]

        for host in [*(f"{name}:{port}" for name in mine), "tunnel.example", "tunnel.example:443"]:
            assert "has no such name" not in look(door, host).text, host
        for host in strangers:
            answer = look(door, host)
            assert (answer.status_code, "--public-url" in answer.text) == (403, True), host


def test_who_listens_to_other_machines_is_called_by_its_numbers() -> None:
    with serving(FrontDoor(app.app, host="0.0.0.0", port=0)) as door:
        port = urlsplit(door.url).port

        for host, is_known in {"192.168.1.5": True, "localhost": True, "ponte.lan": False}.items():
            assert ("has no such name" not in look(door, f"{host}:{port}").text) is is_known, host


@contextmanager
def serving(door: FrontDoor) -> Iterator[FrontDoor]:
    door.start()
    try:
        yield door
    finally:
        door.stop()


def look(door: FrontDoor, host: str) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{urlsplit(door.url).port}/nowhere", headers={"Host": host}, timeout=10)


def test_sixty_four_notifications_at_once_are_all_answered() -> None:
    # Nobody accepts a connection before it starts, as when the machine is busy.
    door = FrontDoor(app.app, host="127.0.0.1", port=0)
    where = urlsplit(door.url)
    waiting = [socket.create_connection((where.hostname, where.port), timeout=2) for _ in range(64)]
    for connection in waiting:
        connection.sendall(b"GET /nowhere HTTP/1.0\r\n\r\n")

    door.start()

    answers = [connection.recv(12) for connection in waiting]
    for connection in waiting:
        connection.close()
    door.stop()
    assert set(answers) == {b"HTTP/1.1 403"}


def test_the_ready_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path, other = tmp_path / "ready.json", tmp_path / "other"
    path.touch(mode=0o644)
    (tmp_path / ".ready.json.draft").symlink_to(other)
    before = os.umask(0)

    write_atomically(path, {"chatwoot_webhook_url": "…/token"})

    os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not other.exists()
