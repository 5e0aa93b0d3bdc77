"""Files whose address, size, type or name lies: nothing is called that must not be, and nothing breaks."""

import hashlib
import hmac
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.wrappers import Request, Response

from chalicelib.mercado_livre.message_resources import MessageAttachment
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Server
from tests.drilling import IS_DRILL
from tests.harness import CHATWOOT_TOKEN, BridgeUnderTest

pytestmark = pytest.mark.drill

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MEGABYTE = 1024 * 1024
JPG = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff\x00 a picture")


class Bystander:
    """Something else on this machine, that hands out a picture to whoever asks; counts who does."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.server = Server(self)
        self.port = self.server.url.rpartition(":")[2]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self.calls.append(Request(environ).path)
        return Response(JPG[2], content_type="image/jpeg")(environ, start_response)


@pytest.fixture
def bystander() -> Iterator[Bystander]:
    bystander = Bystander()
    yield bystander
    bystander.server.stop()


INTERNAL = [
    "http://127.0.0.1:{port}/a.jpg",
    "http://localhost:{port}/a.jpg",
    "http://127.1:{port}/a.jpg",
    "http://0.0.0.0:{port}/a.jpg",
    "http://0:{port}/a.jpg",
    "http://2130706433:{port}/a.jpg",
    "http://0x7f000001:{port}/a.jpg",
    "http://0177.0.0.1:{port}/a.jpg",
    "http://[::1]:{port}/a.jpg",
    "http://[::ffff:127.0.0.1]:{port}/a.jpg",
    "http://[::]:{port}/a.jpg",
    "http://[64:ff9b::7f00:1]:{port}/a.jpg",
    "http://user:pass@127.0.0.1:{port}/a.jpg",
    "http://{home}@127.0.0.1:{port}/a.jpg",
    "http://127.0.0.1:{port}#@{home}/a.jpg",
    "http://127.0.0.1:{port}\\@{home}/a.jpg",
    "//127.0.0.1:{port}/a.jpg",
    "/\\127.0.0.1:{port}/a.jpg",
    "HTTP://127.0.0.1:{port}/a.jpg",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://169.254.170.2/v2/credentials",
    "http://10.0.0.1/a.jpg",
    "http://192.168.0.1/a.jpg",
    "https://127.0.0.1:{port}/a.jpg",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/a.jpg",
    "gopher://127.0.0.1:{port}/_GET",
    "data:image/jpeg;base64,/9j/",
    "javascript:alert(1)",
]


def at_home(bridge: BridgeUnderTest, bystander: Bystander, address: str) -> str:
    return address.format(port=bystander.port, home=bridge.chatwoot.base_url.removeprefix("http://"))


def assert_still_works(bridge: BridgeUnderTest) -> None:
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    assert bridge.meli.messages_sent == []
    bridge.chatwoot.redirect_files_to = ""
    assert bridge.reply("Segue.", attachments=[JPG])["status"] == "sent"
    assert [content for _, _, content in bridge.meli.messages_sent[0].files] == [JPG[2]]


def test_a_file_of_chatwoots_that_leads_inside_is_not_followed(
    bridge: BridgeUnderTest, chatwoot: Chatwoot, bystander: Bystander
) -> None:
    bridge.bought_and_wrote()
    for address in INTERNAL:
        chatwoot.redirect_files_to = at_home(bridge, bystander, address)
        message = bridge.reply(address, attachments=[JPG])
        bridge.turn(minutes=2)
        message = bridge.message(message["id"])
        assert (message["status"], "foto" in message["external_error"]) == ("failed", True), address

    assert bystander.calls == []
    assert_still_works(bridge)


def test_a_file_that_leads_in_a_circle_is_given_up(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.bought_and_wrote()
    chatwoot.redirect_files_to = "?again"
    chatwoot.journal.clear()

    message = bridge.reply("Segue.", attachments=[JPG])

    assert message["status"] == "failed"
    assert len([call for call in chatwoot.journal if call.path.startswith("/rails/")]) < 10
    assert_still_works(bridge)


def forge(bridge: BridgeUnderTest, attachments: Any) -> dict[str, Any]:
    """The event of a real reply, with other files and a true signature; the message afterwards."""
    chatwoot = bridge.chatwoot
    message = chatwoot.reply(bridge.conversation()["id"], "Segue.", attachments=[JPG])
    (webhook,) = (webhook for webhook in chatwoot.outbox if b'"message_created"' in webhook.body)
    chatwoot.outbox.clear()
    body = json.dumps(json.loads(webhook.body) | {"attachments": attachments}).encode()
    secret = json.loads(bridge.settings["CHATWOOT_WEBHOOK_SECRETS"])[str(bridge.sales_inbox)]
    timestamp = str(int(bridge.clock.now.timestamp()))
    signature = hmac.digest(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hex()
    headers = {"X-Chatwoot-Timestamp": timestamp, "X-Chatwoot-Signature": f"sha256={signature}"}
    assert bridge.post(f"/webhook/chatwoot/{CHATWOOT_TOKEN}", body, headers).status_code == 200
    bridge.settle()
    bridge.turn(minutes=2)
    return bridge.message(message["id"])


def test_an_event_that_names_an_address_inside_has_chatwoot_asked(
    bridge: BridgeUnderTest, bystander: Bystander
) -> None:
    more = [
        "",
        "http://",
        "http:///a.jpg",
        "http://127.0.0.1:{port}\r\nHost: x/a.jpg",
        "http://127.0.0.1:{port}/\x00",
        "http://127.0.0.1:{port}/é",
        "http://127.0.0.1:99999999/a.jpg",
        "http://[127.0.0.1:{port}/a.jpg",
        "http://%31%32%37.0.0.1:{port}/a.jpg",
        "http://127.0.0.1:{port}/" + "a" * 5000,
        "http://127.0.0.1:{port}//127.0.0.1:{port}/a.jpg",
        "http://127.0.0.1:{port}/../../../etc/passwd",
        "http://127.0.0.1:{port}/api/v1/accounts/1/conversations",
        "http://x/rails/active_storage/blobs/redirect/guess/%2e%2e%2f%0d%0ax",
    ]
    bridge.bought_and_wrote()
    for address in (INTERNAL if IS_DRILL else INTERNAL[::4]) + more:
        message = forge(bridge, [{"data_url": at_home(bridge, bystander, address), "file_size": 3}])
        assert message["status"] == "failed", address

    assert bystander.calls == []
    assert_still_works(bridge)


NO_FILES: list[list[Any]] = [
    [None],
    [7],
    [[]],
    [{}],
    [{"data_url": {}}],
    [{"data_url": "http://x/a.jpg", "file_size": 10**4000}],
    [{"data_url": "http://x/a.jpg", "file_size": 30 * MEGABYTE}],
    [{"data_url": "http://x/a.jpg", "file_size": -1}],
    [{"data_url": "http://x/" + "a" * 1900, "file_size": 1}] * 1000,
]


def test_files_that_are_none_are_told(bridge: BridgeUnderTest) -> None:
    bridge.bought_and_wrote()
    for attachments in NO_FILES:
        assert forge(bridge, attachments)["status"] == "failed", attachments[0]
    assert_still_works(bridge)


HTML = b"<html><script>alert(1)</script></html>"


def test_what_only_says_that_it_is_a_picture_does_not_reach_the_buyer(bridge: BridgeUnderTest) -> None:
    bridge.bought_and_wrote()
    contents = (HTML, b"MZ\x90\x00", b"#!/bin/sh", b"GIF89a", b"<svg onload=alert(1)>", b"\x7fELF", b"PK\x03\x04")
    kinds = itertools.cycle([("a.png", "image/png"), ("a.jpg", "image/jpeg"), ("a.pdf", "application/pdf")])
    for content, (name, kind) in zip(contents, kinds, strict=False):
        assert bridge.reply("Segue.", attachments=[(name, kind, content)])["status"] == "failed"
    assert_still_works(bridge)


NAMES = [
    "../../etc/passwd.jpg",
    "..\\..\\boot.jpg",
    "C:\\fotos\\a.jpg",
    "/etc/a.jpg",
    "a\r\nX-Evil: 1.jpg",
    'a"; filename="b.jpg',
    "a'b;c=d.jpg",
    "a\x00b.jpg",
    "n" * 300 + ".jpg",
    "\u202egpj.exe.jpg",
    "a\u2028b\u200b.jpg",
    "%2e%2e%2fa.jpg",
    "{{ contact.name }}.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "..",
    ".",
    "",
    "\u202e",
    "/",
]
BAD = set("/\\\r\n\x00\u202e\u2028")


def test_no_name_of_an_agents_file_gets_in_its_way(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    names = [name for name in NAMES if name not in ("", "/", "..", ".", "\u202e")]
    assert len(names) < 16
    assert bridge.reply(None, attachments=[(name, "image/jpeg", JPG[2]) for name in names])["status"] == "sent"

    files = [file for message in meli.messages_sent for file in message.files]
    assert [content for _, _, content in files] == [JPG[2]] * len(names)
    assert not [name for name, _, _ in files if BAD & set(name) or len(name) > 200]


def test_no_name_of_a_buyers_file_gets_in_its_way(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    sale = bridge.buy()
    for part in (NAMES[:10], NAMES[10:]):
        bridge.write(sale, "", [(name, "image/jpeg", JPG[2]) for name in part])

    files = [file for message in bridge.messages() for file in chatwoot.files(message["id"])]
    assert [content for _, _, content in files] == [JPG[2]] * len(NAMES)
    assert not [name for name, _, _ in files if BAD & set(name) or name in ("", ".", "..")]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


KEYS = ["../../users/1", "..", ".", "", "?x=1", "a#b", "a/../..", "\u202e", "%2e%2e", "\r\n", "\x00"]


def test_a_key_with_a_path_leads_nowhere_else(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    sale = bridge.bought_and_wrote()
    for key in KEYS:
        message = meli.write(sale, "Veja", [("foto.jpg", "image/jpeg", JPG[2])])
        meli.state.messages[message].attachments[0].filename = key
    meli.journal.clear()
    bridge.settle()
    bridge.wait_out(minutes=5)

    asked = {call.path for call in meli.journal if call.direction == "in" and "/sellers/" not in call.path}
    # Whose the token is asks who looks whether Mercado Livre answers.
    expected = "/users/me$|/messages/(attachments/.|[0-9a-f]{32}$)"
    assert not [path for path in asked if not re.match(expected, path)], asked
    messages = bridge.messages()[1:]
    assert [str(message["content"]).partition("\n")[0] for message in messages] == ["Veja"] * len(KEYS)
    assert not [message for message in messages if chatwoot.files(message["id"])]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


KINDS = ["image/png\r\nX-Evil: 1", "image/png\n", "image/\xff", "/", "a/b/c", "image/png; a=b", "a=b", ""]


def test_a_type_that_is_none_is_not_passed_on(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    sale = bridge.buy()
    for kind in KINDS:
        meli.add_fault("status", path="/messages/attachments/", status=200, body="%PDF-", content_type="image/png")
        bridge.write(sale, "Veja", [("nota.pdf", kind, b"%PDF-")])

    for message in bridge.messages():
        assert chatwoot.files(message["id"]) == [("nota.pdf", "application/pdf", b"%PDF-")]
    assert len(bridge.messages()) == len(KINDS)


def test_a_buyers_file_is_not_read_further_than_it_may_be(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    meli.add_fault("status", path="/messages/attachments/", status=200, body="x" * 26 * MEGABYTE)
    bridge.write(sale, "Dez bytes", [("a.pdf", "application/pdf", b"%PDF-12345")])
    meli.add_fault("status", path="/messages/attachments/", status=200, body="%PDF-12345")
    bridge.write(sale, "Trinta megas", [("b.pdf", "application/pdf", b"%PDF-" + bytes(30 * MEGABYTE))])

    for message, name in zip(bridge.messages(), ("a.pdf", "b.pdf"), strict=True):
        assert name in str(message["content"])
        assert chatwoot.files(message["id"]) == []
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_file_in_a_shape_that_nobody_foresaw_is_read_all_the_same() -> None:
    for size in (-1, True, None, "9", [], 10**4000, float("nan")):
        attachment = MessageAttachment.from_json(
            {"filename": "\ud800", "original_filename": "\udfff.jpg", "size": size}
        )
        assert attachment.size >= 0
        assert (attachment.filename + attachment.original_filename).encode()
