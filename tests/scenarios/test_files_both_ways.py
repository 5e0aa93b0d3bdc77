"""Files reach the other side byte for byte, or the message says what could not be brought and where to see it."""

import json
import random
import socket
import threading

import pytest
from flask import request

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.abusing import signed
from tests.harness import BridgeUnderTest

MEGABYTE = 1024 * 1024
NOISE = random.Random(3).randbytes(70_000)
JPG = ("foto do produto.jpg", "image/jpeg", b"\xff\xd8\xff" + NOISE)
PNG = ("captura-ção.png", "image/png", b"\x89PNG\r\n\x1a\n" + NOISE)
PDF = ("nota fiscal.pdf", "application/pdf", b"%PDF-1.7\n" + NOISE)
TXT = ("leia-me.txt", "text/plain", "Instruções: ligue à tomada.\r\n".encode())

File = tuple[str, str, bytes]


def error_of(message: dict[str, object]) -> str:
    assert message["status"] == "failed", message
    return str(message["external_error"])


# From the buyer


def test_files_of_a_message_arrive_in_one_message_byte_for_byte(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    sale = bridge.buy()

    bridge.write(sale, "Veja como chegou", [JPG, PNG, PDF, TXT])

    (message,) = bridge.messages()
    assert message["content"] == "Veja como chegou"
    assert chatwoot.files(message["id"]) == [JPG, PNG, PDF, TXT]
    assert message["message_type"] == "incoming"
    assert message["content_attributes"]["external_created_at"] == int(bridge.clock.now.timestamp())
    assert [file["file_type"] for file in message["attachments"]] == ["image", "image", "file", "file"]


def test_files_without_words_arrive(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    sale = bridge.buy()

    bridge.write(sale, "", [JPG])

    (message,) = bridge.messages()
    assert not message["content"]
    assert chatwoot.files(message["id"]) == [JPG]


def test_files_that_the_seller_sent_on_mercado_livre_are_echoed(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()

    meli.write_natively(sale, "Segue a nota", [PDF])
    bridge.settle()

    echo = bridge.messages()[-1]
    assert echo["content_attributes"]["external_echo"] is True
    assert chatwoot.files(echo["id"]) == [PDF]
    assert meli.messages_sent == []


def test_more_files_than_chatwoot_takes_at_once_are_split(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    sale = bridge.buy()
    files = [(f"{number}.jpg", "image/jpeg", b"\xff\xd8\xff" + bytes([number])) for number in range(25)]

    bridge.write(sale, "Todas", files)

    brought = [file for message in bridge.messages() for file in chatwoot.files(message["id"])]
    assert sorted(brought) == sorted(files)
    assert [message["content"] for message in bridge.messages() if message["content"]] == ["Todas"]


def test_a_type_that_says_nothing_is_told_by_the_name(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    sale = bridge.buy()

    bridge.write(sale, "", [("foto.jpg", "application/octet-stream", b"\xff\xd8\xff")])

    ((_, content_type, _),) = chatwoot.files(bridge.messages()[0]["id"])
    assert content_type == "image/jpeg"


@pytest.mark.parametrize("name", ["../../etc/passwd.jpg", "..\\..\\boot.jpg", "/abs/foto.jpg"])
def test_a_name_with_a_path_is_only_a_name(bridge: BridgeUnderTest, chatwoot: Chatwoot, name: str) -> None:
    sale = bridge.buy()

    bridge.write(sale, "", [(name, "image/jpeg", b"\xff\xd8\xff")])

    ((brought, _, _),) = chatwoot.files(bridge.messages()[0]["id"])
    assert "/" not in brought
    assert "\\" not in brought


def test_a_threat_is_not_brought_and_the_message_says_so(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()

    bridge.write(sale, "Abra isto", [("virus_final.pdf", "application/pdf", b"MZ")], threat=True)

    (message,) = bridge.messages()
    assert str(message["content"]).startswith("Abra isto\n\n---\n")
    assert "virus" in str(message["content"])
    assert f"/vendas/{sale}/detalhe" in str(message["content"])
    assert chatwoot.files(message["id"]) == []
    assert not [call for call in meli.journal if "/attachments/" in call.path]


@pytest.mark.parametrize("how", ["missing", "empty", "expired"])
def test_a_file_that_cannot_be_had_keeps_its_message_back_for_seconds_only(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, how: str
) -> None:
    sale = bridge.buy()
    message = meli.write(sale, "Veja", [JPG, PDF])
    meli.fail_file(meli.thread(sale).messages[0].attachments[0].filename, how)
    assert message
    bridge.settle()
    bridge.wait_out(minutes=0.5, step_seconds=3)

    (shown,) = bridge.messages()
    assert "foto do produto.jpg" in str(shown["content"])
    assert f"/vendas/{sale}/detalhe" in str(shown["content"])
    assert chatwoot.files(shown["id"]) == [PDF]
    assert bridge.jobs_waiting() == 0


def test_a_file_that_appears_late_is_brought(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    sale = bridge.buy()
    meli.write(sale, "Veja", [JPG])
    key = meli.thread(sale).messages[0].attachments[0].filename
    meli.fail_file(key, "missing")
    bridge.settle()
    meli.fail_file(key, "ok")
    bridge.wait_out(minutes=0.5, step_seconds=3)

    (shown,) = bridge.messages()
    assert (shown["content"], chatwoot.files(shown["id"])) == ("Veja", [JPG])


@pytest.mark.parametrize("kind", ["drop", "status"])
def test_an_outage_while_a_file_is_fetched_is_waited_out(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, kind: str
) -> None:
    sale = bridge.buy()
    meli.add_fault(kind, path="/messages/attachments/", times=3)
    bridge.write(sale, "Veja", [JPG])
    bridge.wait_out(minutes=2)

    (shown,) = bridge.messages()
    assert (shown["content"], chatwoot.files(shown["id"])) == ("Veja", [JPG])


def test_a_file_that_is_too_large_is_not_read_to_its_end(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    meli.write(sale, "Veja", [("enorme.pdf", "application/pdf", b"%PDF-" + bytes(26 * MEGABYTE)), JPG])
    bridge.settle()

    (shown,) = bridge.messages()
    assert "enorme.pdf" in str(shown["content"])
    assert chatwoot.files(shown["id"]) == [JPG]


def test_files_that_chatwoot_does_not_take_are_named(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    chatwoot.max_body_bytes = 50_000
    sale = bridge.buy()

    bridge.write(sale, "Veja", [JPG])

    (shown,) = bridge.messages()
    assert "foto do produto.jpg" in str(shown["content"])
    assert chatwoot.files(shown["id"]) == []
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


def test_a_message_with_files_that_was_written_and_not_answered_is_not_repeated(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    chatwoot.add_fault("commit_then_drop", method="POST", path="/messages", times=2)

    bridge.write(sale, "Veja", [JPG])
    bridge.wait_out(minutes=1)

    assert len(bridge.messages()) == 2
    assert chatwoot.files(bridge.messages()[-1]["id"]) == [JPG]


# From the agent


@pytest.mark.parametrize("file", [JPG, PNG, PDF, TXT], ids=["jpg", "png", "pdf", "txt"])
def test_a_file_reaches_the_buyer_byte_for_byte(bridge: BridgeUnderTest, meli: MercadoLivre, file: File) -> None:
    bridge.bought_and_wrote()

    message = bridge.reply("Segue.", attachments=[file])

    (told,) = meli.messages_sent
    assert told.text == "Segue."
    assert [(content_type, content) for _, content_type, content in told.files] == [file[1:]]
    assert message["status"] == "sent"
    assert len(bridge.messages()) == 2


def test_files_alone_reach_the_buyer_in_one_message(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    bridge.reply(None, attachments=[JPG, PDF])

    (told,) = meli.messages_sent
    assert told.text == ""
    assert [content for _, _, content in told.files] == [JPG[2], PDF[2]]


def test_files_of_a_long_reply_go_with_its_last_part(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    bridge.reply("Uma frase que diz pouco, mas com calma. " * 20, attachments=[JPG])

    assert [len(told.files) for told in meli.messages_sent] == [0, 0, 1]


@pytest.mark.parametrize(
    "file",
    [
        ("musica.mp3", "audio/mpeg", b"ID3" + NOISE),
        ("planilha.pdf", "application/pdf", b"PK\x03\x04" + NOISE),
        ("figura.webp", "image/webp", b"RIFF0000WEBP" + NOISE),
        ("pagina.txt", "text/plain", b"\x00\x01binary"),
    ],
    ids=lambda file: file[0],
)
def test_other_files_are_refused_with_what_is_allowed(bridge: BridgeUnderTest, meli: MercadoLivre, file: File) -> None:
    bridge.bought_and_wrote()

    message = bridge.reply("Segue.", attachments=[JPG, file])

    assert meli.messages_sent == []
    assert file[0] in error_of(message)
    assert "JPG, PNG, PDF" in error_of(message)


def test_a_picture_under_a_wrong_name_goes_under_a_true_one(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    bridge.reply("Segue.", attachments=[("imagem.bin", "application/octet-stream", PNG[2])])

    ((name, content_type, _),) = meli.messages_sent[0].files
    assert name.endswith(".png")
    assert content_type == "image/png"


@pytest.mark.parametrize("lie", [None, 10])
def test_a_file_that_is_too_large_is_refused_whatever_size_it_claims(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, lie: int | None
) -> None:
    bridge.bought_and_wrote()
    chatwoot.lies_about_size = lie

    message = bridge.reply("Segue.", attachments=[("a.pdf", "application/pdf", b"%PDF-" + bytes(25 * MEGABYTE))])

    assert meli.messages_sent == []
    assert "25 MB" in error_of(message)


def test_a_file_that_chatwoot_has_not_stored_yet_is_waited_for(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    chatwoot.files_not_there = 3

    message = bridge.reply("Segue.", attachments=[JPG])
    bridge.wait_out(minutes=1)

    assert [content for _, _, content in meli.messages_sent[0].files] == [JPG[2]]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_location_is_no_file_and_nothing_is_fetched_for_it(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    message = chatwoot.reply(bridge.conversation()["id"], "Estamos aqui.")
    bodies = [json.loads(webhook.body) for webhook in chatwoot.outbox]
    (body,) = [body for body in bodies if body["event"] == "message_created"]
    chatwoot.outbox.clear()
    location = {"id": 9, "file_type": "location", "coordinates_lat": -23.5, "coordinates_long": -46.6, "data_url": None}
    event = json.dumps(body | {"attachments": [location]}).encode()
    headers = {name.decode(): value.decode() for name, value in signed(bridge, event, inbox=bridge.sales_inbox).items()}
    chatwoot.send_webhook(bridge.chatwoot_webhook_url, event, headers)
    chatwoot.journal.clear()

    bridge.settle()

    assert meli.messages_sent == []
    assert "não é um arquivo" in bridge.message(message["id"])["external_error"]
    assert not [call for call in chatwoot.journal if call.direction == "in" and not call.path.startswith("/api")]


def test_a_file_that_never_comes_is_told(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    bridge.bought_and_wrote()
    chatwoot.files_not_there = 1000

    message = bridge.reply("Segue.", attachments=[JPG])
    bridge.wait_out(minutes=3)

    assert meli.messages_sent == []
    assert "foto" in error_of(bridge.message(message["id"]))


def test_a_wrong_address_of_chatwoot_in_a_file_is_put_right(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    chatwoot.data_url_base = "https://chat.exemplo.invalid"

    bridge.reply("Segue.", attachments=[JPG])

    assert [content for _, _, content in meli.messages_sent[0].files] == [JPG[2]]


class InternalService:
    """Something on this machine that must not be called; notes whether it was."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/secret"
        self.was_called = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return
        self.was_called = True
        connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.mark.parametrize(
    "target", ["{internal}", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "file:///etc/passwd"]
)
def test_a_file_that_leads_to_an_internal_address_is_not_followed(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, target: str
) -> None:
    internal = InternalService()
    bridge.bought_and_wrote()
    chatwoot.redirect_files_to = target.format(internal=internal.url)

    message = bridge.reply("Segue.", attachments=[JPG])
    internal.close()

    assert not internal.was_called
    assert meli.messages_sent == []
    assert "foto" in error_of(message)


def test_the_token_does_not_travel_with_a_download(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.bought_and_wrote()
    seen: list[bool] = []

    def note_token() -> None:
        if request.path.startswith("/rails/"):
            seen.append("Api-Access-Token" in request.headers)

    watchers = chatwoot.flask.before_request_funcs.setdefault(None, [])
    watchers.append(note_token)
    bridge.reply("Segue.", attachments=[JPG])
    watchers.remove(note_token)

    assert seen == [False, False]


def test_a_key_that_has_expired_is_uploaded_again(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    meli.block(sale, "blocked_by_buyer")
    message = bridge.reply("Segue.", attachments=[JPG])
    meli.unblock(sale)
    body = '{"message": "Something is wrong", "error": "bad_request", "status": 400, "cause": []}'
    meli.add_fault("status", method="POST", path="/messages/packs", status=400, body=body)
    chatwoot.press_retry(message["id"])
    bridge.settle()
    assert bridge.message(message["id"])["status"] == "failed"

    meli.expire_uploads()
    chatwoot.press_retry(message["id"])
    bridge.settle()

    assert [content for _, _, content in meli.messages_sent[0].files] == [JPG[2]]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_key_that_is_refused_twice_is_told(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    body = '{"message": "Attachment key is invalid", "error": "unprocessable_entity", "status": 422, "cause": []}'
    meli.add_fault("status", method="POST", path="/messages/packs", status=422, body=body, times=2)

    message = bridge.reply("Segue.", attachments=[JPG])

    assert meli.messages_sent == []
    assert message["status"] == "failed"
    assert not meli.faults[0].times


@pytest.mark.parametrize("kind", ["status", "drop", "commit_then_drop"])
@pytest.mark.parametrize("path", ["/messages/attachments", "/messages/packs"])
def test_any_step_of_sending_a_file_may_fail(bridge: BridgeUnderTest, meli: MercadoLivre, kind: str, path: str) -> None:
    bridge.bought_and_wrote()
    meli.add_fault(kind, method="POST", path=path)

    message = bridge.reply("Segue.", attachments=[JPG, PDF])
    bridge.wait_out(minutes=2)

    assert [[content for _, _, content in told.files] for told in meli.messages_sent] == [[JPG[2], PDF[2]]]
    assert bridge.message(message["id"])["status"] == "sent"
    assert len(bridge.messages()) == 2


def test_what_mercado_livre_says_of_a_file_is_told(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    body = '{"message": "File attached is broken", "error": "bad_request", "status": 400, "cause": []}'
    meli.add_fault("status", method="POST", path="/messages/attachments", status=400, body=body)

    message = bridge.reply("Segue.", attachments=[JPG])

    assert meli.messages_sent == []
    assert "File attached is broken" in error_of(message)
