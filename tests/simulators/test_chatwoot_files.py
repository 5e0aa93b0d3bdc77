"""Files in the Chatwoot simulator: how they come in, where they are fetched, and what may go wrong with them."""

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from werkzeug.test import Client, TestResponse

from simulators.chatwoot import Chatwoot, Upload
from simulators.chatwoot.errors import Refused
from simulators.service import Server
from tests.simulators.test_chatwoot import (
    API,
    Clock,
    Receiver,
    assert_same_shape,
    make_contact,
    make_conversation,
    make_inbox,
    read_sample,
    write,
)

BASE = "https://chat.example.com"
EVERY_BYTE = bytes(range(256)) * 4
PHOTO = ("defeito.jpg", "image/jpeg", EVERY_BYTE)
INVOICE = ("nota-fiscal.pdf", "application/pdf", b"%PDF-1.4\r\n\x00")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chatwoot(clock: Clock) -> Chatwoot:
    return Chatwoot(clock=clock, frontend_url=BASE)


@pytest.fixture
def api(chatwoot: Chatwoot) -> API:
    return API(chatwoot)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.stop()


@pytest.fixture
def conversation_id(api: API) -> int:
    inbox = make_inbox(api)
    return int(make_conversation(api, inbox["id"], make_contact(api)["id"])["id"])


@pytest.fixture
def heard(api: API, chatwoot: Chatwoot, conversation_id: int, receiver: Receiver) -> Receiver:
    """A receiver on the inbox's webhook, after the conversation's own events."""
    inbox_id = chatwoot.inboxes()[0]["id"]
    api.patch(f"/inboxes/{inbox_id}", {"channel": {"webhook_url": f"{receiver.server.url}/inbox"}})
    return receiver


def post_form(api: API, conversation_id: int, files: list[tuple[str, str, bytes]], **fields: str) -> TestResponse:
    form: dict[str, Any] = dict(fields)
    form["attachments[]"] = [(io.BytesIO(content), name, content_type) for name, content_type, content in files]
    return api.call("POST", f"/conversations/{conversation_id}/messages", data=form)


def fetch(chatwoot: Chatwoot, data_url: str) -> TestResponse:
    """Follow a data_url to where the file is stored."""
    client = Client(chatwoot.wsgi)
    redirect = client.get(data_url.removeprefix(BASE))
    if redirect.status_code != 302:
        return redirect
    return client.get(redirect.headers["Location"].removeprefix("http://localhost"))


class TestFilesComingIn:
    def test_several_files_keep_their_bytes_names_and_order(
        self, api: API, chatwoot: Chatwoot, conversation_id: int
    ) -> None:
        files = [PHOTO, INVOICE, ("sem tipo", "application/octet-stream", b"")]

        created = post_form(api, conversation_id, files, content="3", message_type="incoming").get_json()

        assert chatwoot.files(created["id"]) == files
        assert [item["file_size"] for item in created["attachments"]] == [1024, len(INVOICE[2]), 0]
        assert [item["extension"] for item in created["attachments"]] == ["jpg", "pdf", None]
        assert fetch(chatwoot, created["attachments"][0]["data_url"]).get_data() == EVERY_BYTE

    @pytest.mark.parametrize(
        ("content_type", "file_type"),
        [
            ("image/jpeg", "image"),
            ("image/png", "image"),
            ("image/gif", "image"),
            ("image/webp", "image"),
            ("image/heic", "file"),
            ("image/svg+xml", "file"),
            ("video/mp4", "video"),
            ("video/x-msvideo", "file"),
            ("audio/mpeg", "audio"),
            ("audio/ogg", "audio"),
            ("application/pdf", "file"),
            ("text/plain", "file"),
        ],
    )
    def test_the_content_type_alone_decides_the_file_type(
        self, api: API, conversation_id: int, content_type: str, file_type: str
    ) -> None:
        created = post_form(api, conversation_id, [("foto.png", content_type, b"x")]).get_json()

        (attachment,) = created["attachments"]
        assert (attachment["file_type"], attachment["content_type"]) == (file_type, content_type)
        assert bool(attachment["thumb_url"]) is (file_type == "image")
        assert attachment["data_url"].endswith("?disposition=inline") is (file_type == "audio")

    def test_a_real_client_may_send_a_name_that_is_not_ascii(
        self, api: API, chatwoot: Chatwoot, conversation_id: int
    ) -> None:
        name = "ação & preço 日本 100%.png"
        server = Server(chatwoot.wsgi)
        try:
            answer = requests.post(
                f"{server.url}/api/v1/accounts/1/conversations/{conversation_id}/messages",
                headers={"api_access_token": chatwoot.admin_token},
                data={"content": "olá", "message_type": "incoming"},
                files=[("attachments[]", (name, EVERY_BYTE, "image/png"))],
                timeout=5,
            ).json()
            path = answer["attachments"][0]["data_url"].removeprefix(BASE)
            fetched = requests.get(server.url + path, timeout=5)
        finally:
            server.stop()

        assert chatwoot.files(answer["id"]) == [(name, "image/png", EVERY_BYTE)]
        assert path.endswith("/a%C3%A7%C3%A3o%20%26%20pre%C3%A7o%20%E6%97%A5%E6%9C%AC%20100-.png")
        assert (fetched.content, fetched.headers["Content-Type"]) == (EVERY_BYTE, "image/png")
        assert len(fetched.history) == 1

    def test_a_form_says_all_that_json_says(self, api: API, chatwoot: Chatwoot, conversation_id: int) -> None:
        first = write(api, conversation_id, source_id="m1")
        attributes = json.dumps({"in_reply_to": first["id"], "meli": {"a": [1]}})

        created = post_form(
            api,
            conversation_id,
            [PHOTO],
            message_type="outgoing",
            private="true",
            source_id="m2",
            content_attributes=attributes,
        ).get_json()

        assert (created["message_type"], created["private"], created["source_id"]) == (1, True, "m2")
        assert created["content"] is None
        assert created["content_attributes"] == {
            "in_reply_to": first["id"],
            "in_reply_to_external_id": "m1",
            "meli": {"a": [1]},
        }

    @pytest.mark.parametrize("text", ["", "{'a': 1}", "{a: 1}", '{"a": 1'])
    def test_content_attributes_that_are_no_json_are_dropped(self, api: API, conversation_id: int, text: str) -> None:
        response = post_form(api, conversation_id, [PHOTO], content_attributes=text)

        assert (response.status_code, response.get_json()["content_attributes"]) == (200, {})

    @pytest.mark.parametrize("text", ['["a"]', '"a"', "1"])
    def test_content_attributes_that_are_json_but_no_object_are_refused(
        self, api: API, chatwoot: Chatwoot, conversation_id: int, text: str
    ) -> None:
        response = post_form(api, conversation_id, [PHOTO], content_attributes=text)

        assert (response.status_code, list(response.get_json())) == (422, ["error"])
        assert chatwoot.messages(conversation_id) == []

    def test_fifteen_files_are_taken_and_sixteen_refused(
        self, api: API, chatwoot: Chatwoot, conversation_id: int
    ) -> None:
        assert post_form(api, conversation_id, [PHOTO] * 15).status_code == 200

        response = post_form(api, conversation_id, [PHOTO] * 16)

        assert response.status_code == 422
        assert response.get_json() == {"error": "Validation failed: Attachments exceeded maximum allowed"}
        assert len(chatwoot.messages(conversation_id)) == 1
        assert len(chatwoot.state.blobs) == 15

    def test_a_flood_of_files_is_refused_too(self, api: API, clock: Clock, conversation_id: int) -> None:
        for _ in range(200):
            write(api, conversation_id)

        response = post_form(api, conversation_id, [PHOTO])

        assert (response.status_code, response.get_json()) == (422, read_sample("api/message_create_flood.422.json"))
        clock.turn(seconds=61)
        assert post_form(api, conversation_id, [PHOTO]).status_code == 200

    def test_a_conversation_may_begin_with_a_private_note(self, api: API, chatwoot: Chatwoot, heard: Receiver) -> None:
        (conversation,) = chatwoot.conversations()
        note = {"content": "Cuidado", "message_type": "outgoing", "private": True, "source_id": "m1"}

        created = make_conversation(api, conversation["inbox_id"], conversation["contact_id"], message=note)
        chatwoot.deliver_webhooks()

        (message,) = chatwoot.messages(created["id"])
        assert (message["private"], message["message_type"], message["source_id"]) == (True, "outgoing", "m1")
        (told,) = [event for event in heard.events() if event["event"] == "message_created"]
        assert (told["private"], told["conversation"]["messages"]) == (True, [])


class TestFilesOfAReply:
    @pytest.mark.parametrize(
        ("sample", "content", "files"),
        [
            ("outgoing_image", "Veja", [PHOTO]),
            ("outgoing_pdf_and_audio_no_text", None, [INVOICE, ("audio.mp3", "audio/mpeg", b"ID3")]),
        ],
    )
    def test_a_webhook_carries_the_files_as_the_sample_does(
        self,
        chatwoot: Chatwoot,
        heard: Receiver,
        conversation_id: int,
        sample: str,
        content: str | None,
        files: list[tuple[str, str, bytes]],
    ) -> None:
        sent = chatwoot.reply(conversation_id, content, attachments=files)
        chatwoot.deliver_webhooks()

        payload = next(event for event in heard.events() if event["event"] == "message_created")
        expected = read_sample(f"webhooks/message_created.{sample}.json")
        assert_same_shape(payload, expected)
        for item, like in zip(payload["attachments"], expected["attachments"], strict=True):
            assert_same_shape(item, like)
            assert item["message_id"] == sent["id"]
        assert payload["content"] == content
        assert payload["conversation"]["messages"][0]["attachments"] == payload["attachments"]
        assert chatwoot.files(sent["id"]) == files

    def test_a_reply_may_be_of_files_only(self, chatwoot: Chatwoot, conversation_id: int) -> None:
        sent = chatwoot.reply(conversation_id, attachments=[Upload(*PHOTO)])

        assert (sent["content"], len(sent["attachments"])) == (None, 1)

    def test_a_message_without_files_has_no_such_key(
        self, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        sent = chatwoot.reply(conversation_id, "Olá")
        chatwoot.deliver_webhooks()

        assert all("attachments" not in event for event in heard.events())
        assert chatwoot.files(sent["id"]) == []

    def test_deleting_a_message_destroys_its_files(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        sent = chatwoot.reply(conversation_id, "Veja", attachments=[PHOTO])
        client, path = Client(chatwoot.wsgi), sent["attachments"][0]["data_url"].removeprefix(BASE)
        stored = client.get(path).headers["Location"].removeprefix("http://localhost")
        assert client.get(stored).status_code == 200

        deleted = api.call("DELETE", f"/conversations/{conversation_id}/messages/{sent['id']}").get_json()
        chatwoot.deliver_webhooks()

        assert (client.get(path).status_code, client.get(stored).status_code) == (404, 404)
        assert (deleted["content_attributes"], "attachments" in deleted) == ({"deleted": True}, False)
        assert chatwoot.files(sent["id"]) == []
        assert "attachments" not in heard.events()[-1]


class TestWhatGoesWrongWithFiles:
    @pytest.fixture
    def data_url(self, chatwoot: Chatwoot, conversation_id: int) -> str:
        return str(chatwoot.reply(conversation_id, None, attachments=[PHOTO])["attachments"][0]["data_url"])

    def test_a_file_may_come_later_than_its_message(self, chatwoot: Chatwoot, data_url: str) -> None:
        chatwoot.files_not_there = 2

        statuses = [fetch(chatwoot, data_url).status_code for _ in range(3)]

        assert (statuses, chatwoot.files_not_there) == ([404, 404, 200], 0)

    def test_a_data_url_may_lead_elsewhere(self, chatwoot: Chatwoot, data_url: str) -> None:
        chatwoot.redirect_files_to = "http://169.254.169.254/latest/meta-data/"

        response = Client(chatwoot.wsgi).get(data_url.removeprefix(BASE))

        assert (response.status_code, response.headers["Location"]) == (302, "http://169.254.169.254/latest/meta-data/")

    def test_a_wrong_frontend_url_spoils_the_addresses(
        self, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        chatwoot.data_url_base = "http://0.0.0.0:3000"

        chatwoot.reply(conversation_id, None, attachments=[PHOTO])
        chatwoot.deliver_webhooks()

        (attachment,) = heard.events()[0]["attachments"]
        assert attachment["data_url"].startswith("http://0.0.0.0:3000/rails/active_storage/blobs/redirect/")
        assert attachment["thumb_url"].startswith("http://0.0.0.0:3000/rails/")

    def test_a_webhook_may_lie_about_the_size(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        chatwoot.lies_about_size = 7

        chatwoot.reply(conversation_id, None, attachments=[PHOTO])
        chatwoot.deliver_webhooks()

        event = heard.events()[0]
        (shown,) = api.get(f"/conversations/{conversation_id}/messages")["payload"]
        assert event["attachments"][0]["file_size"] == 7
        assert event["conversation"]["messages"][0]["attachments"][0]["file_size"] == 7
        assert shown["attachments"][0]["file_size"] == 1024

    def test_a_body_above_the_limit_gets_the_page_of_nginx(
        self, api: API, chatwoot: Chatwoot, conversation_id: int
    ) -> None:
        chatwoot.max_body_bytes = 1500

        taken = post_form(api, conversation_id, [PHOTO])
        refused = post_form(api, conversation_id, [PHOTO, PHOTO])

        assert (taken.status_code, refused.status_code, refused.mimetype) == (200, 413, "text/html")
        assert "<center><h1>413 Request Entity Too Large</h1></center>" in refused.text
        (message,) = chatwoot.messages(conversation_id)
        assert chatwoot.files(message["id"]) == [PHOTO]

    def test_a_real_client_sees_the_413_of_a_large_body_sent_in_chunks_or_not(
        self, chatwoot: Chatwoot, conversation_id: int
    ) -> None:
        chatwoot.max_body_bytes = 1000
        server, large = Server(chatwoot.wsgi), b"x" * 3_000_000
        url = f"{server.url}/api/v1/accounts/1/conversations/{conversation_id}/messages"
        try:
            statuses = [
                requests.post(url, data=body, headers={"api_access_token": chatwoot.admin_token}, timeout=5).status_code
                for body in (large, iter([large]))
            ]
        finally:
            server.stop()

        assert statuses == [413, 413]

    def test_reset_sets_everything_right(self, chatwoot: Chatwoot) -> None:
        chatwoot.files_not_there, chatwoot.redirect_files_to, chatwoot.data_url_base = 1, "http://a", "http://b"
        chatwoot.lies_about_size, chatwoot.max_body_bytes = 1, 1

        chatwoot.reset()

        troubles = (chatwoot.files_not_there, chatwoot.redirect_files_to, chatwoot.data_url_base)
        assert (troubles, chatwoot.lies_about_size, chatwoot.max_body_bytes) == ((0, "", ""), None, None)


class TestConversationAttributes:
    def test_they_are_replaced_as_a_whole(self, api: API, chatwoot: Chatwoot, conversation_id: int) -> None:
        path = f"/conversations/{conversation_id}/custom_attributes"
        api.post(path, {"custom_attributes": {"a": "1", "b": "2"}})

        answer = api.post(path, {"custom_attributes": {"b": "3"}})

        assert answer == {"custom_attributes": {"b": "3"}}
        assert chatwoot.conversation(conversation_id)["custom_attributes"] == {"b": "3"}

    @pytest.mark.parametrize(
        ("value", "status"),
        [
            (9_999_999_999, 200),
            (10_000_000_000, 422),
            (2000009876543210, 422),
            ("2000009876543210", 200),
            ("x" * 1500, 200),
            ("x" * 1501, 422),
            (["x" * 1501, 10_000_000_000], 200),
        ],
    )
    def test_their_values_have_limits(
        self, api: API, chatwoot: Chatwoot, conversation_id: int, value: Any, status: int
    ) -> None:
        path = f"/conversations/{conversation_id}/custom_attributes"
        api.post(path, {"custom_attributes": {"a": "1"}})

        response = api.call("POST", path, {"custom_attributes": {"b": value}})

        assert response.status_code == status
        kept = {"b": value} if status == 200 else {"a": "1"}
        assert chatwoot.conversation(conversation_id)["custom_attributes"] == kept


class TestStatusOfAMessage:
    def test_a_status_may_be_set_and_a_failure_taken_back(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        sent = chatwoot.reply(conversation_id, None, attachments=[PHOTO])
        chatwoot.deliver_webhooks()
        heard.received.clear()
        path = f"/conversations/{conversation_id}/messages/{sent['id']}"

        shown = [
            api.patch(path, body)
            for body in (
                {"status": "failed", "external_error": "foto grande demais"},
                {"status": "sent"},
                {"status": "read"},
            )
        ]
        chatwoot.deliver_webhooks()

        states = [(view["status"], view["content_attributes"].get("external_error")) for view in shown]
        assert states == [("failed", "foto grande demais"), ("sent", None), ("read", None)]
        assert heard.names() == ["message_updated"] * 3
        assert heard.events()[0]["attachments"][0]["message_id"] == sent["id"]
        assert chatwoot.files(sent["id"]) == [PHOTO]

    def test_retry_keeps_the_files(self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int) -> None:
        sent = chatwoot.reply(conversation_id, None, attachments=[PHOTO])
        path = f"/conversations/{conversation_id}/messages/{sent['id']}"
        api.patch(path, {"status": "failed", "external_error": "erro"})

        retried = chatwoot.press_retry(sent["id"])
        chatwoot.deliver_webhooks()

        assert (retried["status"], retried["external_error"]) == ("sent", None)
        assert heard.events()[-1]["attachments"][0]["id"] == sent["attachments"][0]["id"]
        with pytest.raises(Refused):
            chatwoot.press_retry(sent["id"])


class TestFilesOnThePage:
    @pytest.mark.parametrize("content", [{}, {"content": "Veja"}])
    def test_a_page_replies_with_files_and_sees_them(
        self, chatwoot: Chatwoot, conversation_id: int, content: dict[str, str]
    ) -> None:
        client = Client(chatwoot.wsgi)
        file = {"name": "foto.png", "type": "image/png", "base64": base64.b64encode(EVERY_BYTE).decode()}
        body = {"conversation_id": conversation_id, "attachments": [file, file | {"name": "b", "type": ""}], **content}

        response = client.post("/_control/reply", json=body)

        (conversation,) = client.get("/_control/state").get_json()["conversations"]
        (message,) = conversation["messages"]
        shown, unknown = message["attachments"]
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert message["content"] == content.get("content")
        assert (shown["name"], shown["size"], shown["content_type"]) == ("foto.png", 1024, "image/png")
        assert shown["file_type"] == "image"
        assert (unknown["file_type"], unknown["content_type"]) == ("file", "application/octet-stream")
        assert fetch(chatwoot, shown["data_url"]).get_data() == EVERY_BYTE

    @pytest.mark.parametrize("file", ["x", {"name": "a"}, {"base64": "QQ=="}, {"name": "a", "base64": "não é"}])
    def test_what_is_no_file_is_refused(self, chatwoot: Chatwoot, conversation_id: int, file: Any) -> None:
        body = {"conversation_id": conversation_id, "attachments": [file]}

        response = Client(chatwoot.wsgi).post("/_control/reply", json=body)

        assert response.status_code == 422
        assert chatwoot.messages(conversation_id) == []

    def test_a_large_reply_of_the_page_does_not_pass_the_machine_in_front(
        self, chatwoot: Chatwoot, conversation_id: int
    ) -> None:
        chatwoot.max_body_bytes = 10

        response = Client(chatwoot.wsgi).post(
            "/_control/reply", json={"conversation_id": conversation_id, "content": "x" * 100}
        )

        assert response.status_code == 200
