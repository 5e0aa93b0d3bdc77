"""The Chatwoot simulator answers as Chatwoot v4.15.1 does; samples give the shapes."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request, Response

from simulators.chatwoot import Chatwoot, Upload
from simulators.chatwoot.errors import Refused
from simulators.chatwoot.webhooks import dump_payload, sign
from simulators.service import Server

SAMPLES = Path(__file__).parents[1] / "samples" / "chatwoot"
SOURCE_ID = "meli:987654321:pack:2000009876543210"
FREE_FORM = {"custom_attributes", "additional_attributes", "content_attributes", "changed_attributes", "csat_config"}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 14, 0, 0, 512000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class API:
    """Calls the simulated API in the process, as the administrator unless told otherwise."""

    def __init__(self, chatwoot: Chatwoot, token: str = "") -> None:
        self.client = Client(chatwoot.wsgi)
        self.headers = {"api_access_token": token or chatwoot.admin_token}

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        if body is not None:
            options["json"] = body
        return self.client.open(f"/api/v1/accounts/1{path}", method=method, headers=self.headers, **options)

    def get(self, path: str) -> Any:
        return self._expect(self.call("GET", path))

    def post(self, path: str, body: Any) -> Any:
        return self._expect(self.call("POST", path, body))

    def patch(self, path: str, body: Any) -> Any:
        return self._expect(self.call("PATCH", path, body))

    def refuse(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        response = self.call(method, path, body)
        assert response.status_code >= 400, response.text
        return response.status_code, response.get_json(silent=True)

    @staticmethod
    def _expect(response: TestResponse) -> Any:
        assert response.status_code == 200, response.text
        return response.get_json()


class Receiver:
    """A bridge that only listens; `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.server = Server(self.take)

    def take(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.received.append((request.path, dict(request.headers), request.get_data()))
        return Response(status=self.status)(environ, start_response)

    def events(self, path: str = "/inbox") -> list[dict[str, Any]]:
        return [json.loads(body) for where, _, body in self.received if where == path]

    def names(self, path: str = "/inbox") -> list[str]:
        return [event["event"] for event in self.events(path)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chatwoot(clock: Clock) -> Chatwoot:
    return Chatwoot(clock=clock, frontend_url="https://chat.example.com", version="4.15.1")


@pytest.fixture
def api(chatwoot: Chatwoot) -> API:
    return API(chatwoot)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.stop()


@pytest.fixture
def inbox_id(api: API) -> int:
    return int(make_inbox(api)["id"])


@pytest.fixture
def conversation_id(api: API, inbox_id: int) -> int:
    contact = make_contact(api)
    return int(make_conversation(api, inbox_id, contact["id"])["id"])


@pytest.fixture
def heard(api: API, chatwoot: Chatwoot, receiver: Receiver, inbox_id: int, conversation_id: int) -> Receiver:
    """A receiver on the inbox's webhook, after the conversation's own events."""
    api.patch(f"/inboxes/{inbox_id}", {"channel": {"webhook_url": f"{receiver.server.url}/inbox"}})
    return receiver


def make_inbox(api: API, **fields: Any) -> Any:
    return api.post("/inboxes", {"name": "Mercado Livre - Pós-venda", "channel": {"type": "api"}, **fields})


def make_contact(api: API, **fields: Any) -> Any:
    body = {"name": "COMPRADOR.TESTE", "identifier": "meli:MLB:1234567890", **fields}
    return api.post("/contacts", body)["payload"]["contact"]


def make_conversation(api: API, inbox_id: int, contact_id: int, **fields: Any) -> Any:
    body = {"inbox_id": inbox_id, "contact_id": contact_id, "source_id": SOURCE_ID, **fields}
    return api.post("/conversations", body)


def write(api: API, conversation_id: int, content: str | None = "Boa tarde", **fields: Any) -> Any:
    body = {"content": content, "message_type": "incoming", **fields}
    return api.post(f"/conversations/{conversation_id}/messages", body)


def read_sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text())


def assert_same_shape(ours: Any, sample: Any, path: str = "") -> None:
    """Same keys in the same order, same types; null goes with anything, free-form objects are not looked into."""
    if isinstance(sample, dict) and isinstance(ours, dict):
        assert list(ours) == list(sample), path
        for key in sample:
            if key not in FREE_FORM:
                assert_same_shape(ours[key], sample[key], f"{path}.{key}")
    elif isinstance(sample, list) and isinstance(ours, list):
        for item in ours[:1] if sample else []:
            assert_same_shape(item, sample[0], f"{path}[0]")
    elif ours is not None and sample is not None:
        assert type(ours) is type(sample), path


class TestWhoMayCall:
    def test_a_call_without_token_is_told_to_sign_in(self, chatwoot: Chatwoot) -> None:
        response = Client(chatwoot.wsgi).get("/api/v1/accounts/1/inboxes")

        assert (response.status_code, response.get_json()) == (401, read_sample("api/error_no_token.401.json"))

    def test_a_wrong_token_is_refused(self, chatwoot: Chatwoot) -> None:
        answer = API(chatwoot, "wrong").refuse("GET", "/inboxes")

        assert answer == (401, read_sample("api/error_invalid_token.401.json"))

    def test_a_user_of_another_account_is_refused(self, chatwoot: Chatwoot) -> None:
        answer = API(chatwoot, chatwoot.outsider_token).refuse("GET", "/inboxes")

        assert answer == (401, read_sample("api/error_account_not_authorized.401.json"))

    def test_a_suspended_account_lets_nobody_in(self, chatwoot: Chatwoot, api: API) -> None:
        chatwoot.state.is_suspended = True

        assert api.refuse("GET", "/inboxes") == (401, read_sample("api/error_account_suspended.401.json"))

    def test_a_bot_may_not_read_contacts(self, chatwoot: Chatwoot) -> None:
        answer = API(chatwoot, chatwoot.bot_token).refuse("GET", "/contacts/301")

        assert answer == (401, read_sample("api/error_bot_not_allowed.401.json"))

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/inboxes", {"name": "x", "channel": {"type": "api"}}),
            ("/webhooks", {"webhook": {"url": "https://bridge.example.com"}}),
            ("/labels", {"label": {"title": "urgente"}}),
            ("/custom_attribute_definitions", {"custom_attribute_definition": {"attribute_key": "a"}}),
        ],
    )
    def test_an_agent_may_not_set_things_up(self, chatwoot: Chatwoot, path: str, body: Any) -> None:
        answer = API(chatwoot, chatwoot.agent_token).refuse("POST", path, body)

        assert answer == (401, read_sample("api/error_policy_not_authorized.401.json"))

    def test_an_agent_sees_only_the_inboxes_he_is_a_member_of(
        self, chatwoot: Chatwoot, inbox_id: int, conversation_id: int
    ) -> None:
        agent = API(chatwoot, chatwoot.agent_token)
        assert [inbox["id"] for inbox in agent.get("/inboxes")["payload"]] == [inbox_id]

        chatwoot.remove_agent_from_inbox(inbox_id)

        assert agent.get("/inboxes") == {"payload": []}
        assert agent.refuse("GET", f"/conversations/{conversation_id}")[0] == 401
        assert agent.get("/conversations")["data"]["payload"] == []

    def test_a_record_that_is_not_there_is_404(self, api: API) -> None:
        assert api.refuse("GET", "/conversations/1") == (404, read_sample("api/error_not_found.404.json"))

    def test_a_path_that_is_not_there_gets_the_page_of_rails(self, api: API) -> None:
        response = api.call("GET", "/nothing")

        assert (response.status_code, response.mimetype) == (404, "text/html")

    def test_the_token_header_passes_a_real_server_with_its_underscores(self, chatwoot: Chatwoot) -> None:
        server = Server(chatwoot.wsgi)
        try:
            answer = requests.get(
                f"{server.url}/api/v1/profile", headers={"api_access_token": chatwoot.admin_token}, timeout=5
            )
        finally:
            server.stop()

        assert_same_shape(answer.json(), read_sample("api/profile.200.json"))
        assert answer.json()["role"] == "administrator"

    def test_the_version_is_public(self, chatwoot: Chatwoot) -> None:
        assert Client(chatwoot.wsgi).get("/api").get_json()["version"] == "4.15.1"


class TestContacts:
    def test_a_contact_and_its_place_in_an_inbox_are_made_in_one_call(self, api: API, inbox_id: int) -> None:
        body = {"name": "COMPRADOR.TESTE", "identifier": "i1", "inbox_id": inbox_id, "source_id": SOURCE_ID}

        created = api.post("/contacts", body)

        assert_same_shape(created, read_sample("api/contact_create.200.json"))
        assert created["payload"]["contact_inbox"]["source_id"] == SOURCE_ID

    def test_without_an_inbox_the_contact_inbox_is_null(self, api: API) -> None:
        created = api.post("/contacts", {"name": "COMPRADOR.TESTE"})

        assert_same_shape(created, read_sample("api/contact_create_without_inbox.200.json"))
        assert created["payload"]["contact_inbox"] == {"inbox": None, "source_id": None}

    def test_an_identifier_is_taken_once(self, api: API) -> None:
        make_contact(api)

        answer = api.refuse("POST", "/contacts", {"name": "Outro", "identifier": "meli:MLB:1234567890"})

        assert answer == (422, read_sample("api/contact_create_identifier_taken.422.json"))

    def test_an_update_merges_attributes_and_answers_one_level_less(self, api: API) -> None:
        contact = make_contact(api, custom_attributes={"a": "1", "b": "1"})

        updated = api.call("PUT", f"/contacts/{contact['id']}", {"custom_attributes": {"b": "2"}}).get_json()

        assert list(updated["payload"]) == list(contact)
        assert updated["payload"]["custom_attributes"] == {"a": "1", "b": "2"}
        assert updated["payload"]["name"] == "COMPRADOR.TESTE"

    def test_a_contact_is_found_by_identifier_in_any_case(self, api: API, conversation_id: int) -> None:
        write(api, conversation_id)
        condition = {"attribute_key": "identifier", "filter_operator": "equal_to", "query_operator": None}

        found = api.post("/contacts/filter", {"payload": [condition | {"values": ["MELI:mlb:1234567890"]}]})

        assert_same_shape(found, read_sample("api/contact_filter.200.json"))
        assert [contact["identifier"] for contact in found["payload"]] == ["meli:MLB:1234567890"]

    def test_a_filter_on_an_undefined_attribute_is_refused(self, api: API) -> None:
        condition = {"attribute_key": "meli_user_id", "filter_operator": "equal_to", "values": ["1"]}

        answer = api.refuse("POST", "/contacts/filter", {"payload": [condition]})

        assert answer == (422, read_sample("api/contact_filter_unknown_attribute.422.json"))

    def test_search_looks_for_a_part_of_the_identifier(self, api: API, conversation_id: int) -> None:
        write(api, conversation_id)

        found = api.get("/contacts/search?q=1234567890")

        assert_same_shape(found, read_sample("api/contact_search.200.json"))
        assert len(found["payload"]) == 1
        assert api.get("/contacts/search?q=nobody") == read_sample("api/contact_search_empty.200.json")

    def test_a_contact_inbox_is_found_by_its_source_id(self, api: API, inbox_id: int, conversation_id: int) -> None:
        write(api, conversation_id)

        found = api.post("/contact_inboxes/filter", {"inbox_id": inbox_id, "source_id": SOURCE_ID})

        assert_same_shape(found, read_sample("api/contact_inboxes_filter.200.json"))

    def test_an_unknown_source_id_gets_an_empty_404(self, api: API, inbox_id: int) -> None:
        response = api.call("POST", "/contact_inboxes/filter", {"inbox_id": inbox_id, "source_id": "x"})

        assert (response.status_code, response.get_data()) == (404, b"")

    def test_joining_an_inbox_again_changes_nothing_and_a_taken_source_id_is_500(
        self, api: API, inbox_id: int, chatwoot: Chatwoot
    ) -> None:
        first, second = make_contact(api), make_contact(api, identifier="other")
        body = {"inbox_id": inbox_id, "source_id": SOURCE_ID}
        api.post(f"/contacts/{first['id']}/contact_inboxes", body)

        again = api.post(f"/contacts/{first['id']}/contact_inboxes", body)
        status, _ = api.refuse("POST", f"/contacts/{second['id']}/contact_inboxes", body)

        assert_same_shape(again, read_sample("api/contact_inbox_create.200.json"))
        assert status == 500
        assert len(chatwoot.state.contact_inboxes) == 1


class TestConversations:
    def test_a_conversation_begins_empty_and_open(self, api: API, inbox_id: int) -> None:
        contact = make_contact(api)

        created = make_conversation(
            api, inbox_id, contact["id"], custom_attributes={"meli_pack_id": "2000009876543210"}
        )

        assert_same_shape(created, read_sample("api/conversation_create.200.json"))
        assert (created["status"], created["messages"]) == ("open", [])

    def test_the_first_message_may_come_along(self, api: API, inbox_id: int) -> None:
        message = {"content": "Boa tarde", "message_type": "incoming", "source_id": "m1", "external_created_at": 1}

        created = make_conversation(api, inbox_id, make_contact(api)["id"], message=message)

        assert_same_shape(created, read_sample("api/conversation_create_with_message.200.json"))
        assert created["messages"][0]["source_id"] == "m1"

    def test_nothing_is_created_when_the_first_message_is_invalid(
        self, api: API, inbox_id: int, chatwoot: Chatwoot
    ) -> None:
        contact = make_contact(api)
        body = {"inbox_id": inbox_id, "contact_id": contact["id"], "message": {"content": "x" * 150_001}}

        status, answer = api.refuse("POST", "/conversations", body)

        assert (status, answer["attributes"]) == (422, ["content"])
        assert chatwoot.conversations() == []

    def test_a_source_id_of_another_contact_is_refused(self, api: API, inbox_id: int, conversation_id: int) -> None:
        other = make_contact(api, identifier="other")

        answer = api.refuse(
            "POST", "/conversations", {"inbox_id": inbox_id, "contact_id": other["id"], "source_id": SOURCE_ID}
        )

        assert answer == (422, read_sample("api/conversation_source_id_taken.422.json"))

    def test_a_second_call_makes_a_second_conversation(self, api: API, inbox_id: int, conversation_id: int) -> None:
        contact_id = api.get(f"/conversations/{conversation_id}")["meta"]["sender"]["id"]

        assert make_conversation(api, inbox_id, contact_id)["id"] != conversation_id

    def test_an_inbox_locked_to_one_conversation_gives_the_old_one_back(self, api: API) -> None:
        inbox = make_inbox(api, lock_to_single_conversation=True)
        contact = make_contact(api)
        first = make_conversation(api, inbox["id"], contact["id"])
        api.post(f"/conversations/{first['id']}/toggle_status", {"status": "resolved"})

        second = make_conversation(api, inbox["id"], contact["id"], custom_attributes={"a": "1"})

        assert (second["id"], second["status"], second["custom_attributes"]) == (first["id"], "resolved", {})

    @pytest.mark.parametrize(
        ("attributes", "sample"),
        [
            ({"meli_pack_id": 2000009876543210}, "conversation_custom_attributes_integer_too_big"),
            ({"meli_item_title": "x" * 1501}, "conversation_custom_attributes_string_too_long"),
        ],
    )
    def test_too_big_attributes_are_refused(
        self, api: API, conversation_id: int, attributes: dict[str, Any], sample: str
    ) -> None:
        path = f"/conversations/{conversation_id}/custom_attributes"

        answer = api.refuse("POST", path, {"custom_attributes": attributes})

        assert answer == (422, read_sample(f"api/{sample}.422.json"))

    def test_custom_attributes_and_labels_are_replaced(self, api: API, conversation_id: int) -> None:
        path = f"/conversations/{conversation_id}"
        for attributes, labels in (({"a": "1"}, ["um"]), ({"b": "2"}, ["dois", "tres"])):
            api.post(f"{path}/custom_attributes", {"custom_attributes": attributes})
            api.post(f"{path}/labels", {"labels": labels})

        shown = api.get(path)

        assert (shown["custom_attributes"], shown["labels"]) == ({"b": "2"}, ["dois", "tres"])
        assert api.get(f"{path}/labels") == {"payload": ["dois", "tres"]}

    def test_the_list_shows_open_ones_unless_asked(self, api: API, inbox_id: int, conversation_id: int) -> None:
        query = f"/conversations?inbox_id={inbox_id}&source_id={SOURCE_ID}"
        listed = api.get(query)
        api.post(f"/conversations/{conversation_id}/toggle_status", {"status": "resolved"})

        assert_same_shape(listed["data"]["meta"], read_sample("api/conversations_list.200.json")["data"]["meta"])
        assert len(listed["data"]["payload"]) == 1
        assert api.get(query)["data"]["payload"] == []
        assert len(api.get(f"{query}&status=all")["data"]["payload"]) == 1
        assert api.get(f"{query}&status=all&page=2")["data"]["payload"] == []
        assert api.get("/conversations?source_id=other&status=all")["data"]["payload"] == []

    def test_conversations_are_filtered_by_a_defined_attribute(self, api: API, conversation_id: int) -> None:
        api.post(f"/conversations/{conversation_id}/custom_attributes", {"custom_attributes": {"pack": "20"}})
        conditions = [
            {"attribute_key": "pack", "filter_operator": "equal_to", "values": ["20"], "query_operator": "AND"},
            {"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": None},
        ]
        assert api.refuse("POST", "/conversations/filter", {"payload": conditions})[0] == 422
        make_definition(api, attribute_key="pack")

        found = api.post("/conversations/filter", {"payload": conditions})

        assert list(found["meta"]) == ["mine_count", "unassigned_count", "all_count"]
        assert [conversation["id"] for conversation in found["payload"]] == [conversation_id]

    def test_toggling_answers_the_new_status_and_leaves_an_activity(
        self, api: API, chatwoot: Chatwoot, conversation_id: int
    ) -> None:
        answer = api.post(f"/conversations/{conversation_id}/toggle_status", {"status": "resolved"})

        assert_same_shape(answer, read_sample("api/conversation_toggle_status.200.json"))
        assert chatwoot.messages(conversation_id) == []
        assert api.get(f"/conversations/{conversation_id}/messages")["payload"][0]["message_type"] == 2

    def test_an_unknown_status_is_500(self, api: API, conversation_id: int) -> None:
        assert api.refuse("POST", f"/conversations/{conversation_id}/toggle_status", {"status": "closed"})[0] == 500

    def test_opening_assigns_to_an_agent_and_not_to_an_administrator(
        self, api: API, chatwoot: Chatwoot, conversation_id: int
    ) -> None:
        path = f"/conversations/{conversation_id}"
        api.post(f"{path}/toggle_status", {"status": "open"})
        assert "assignee" not in api.get(path)["meta"]

        API(chatwoot, chatwoot.agent_token).post(f"{path}/toggle_status", {"status": "open"})

        assert api.get(path)["meta"]["assignee"]["name"] == "Ana Souza"

    def test_an_answered_and_assigned_conversation_looks_like_the_sample(
        self, api: API, chatwoot: Chatwoot, clock: Clock, conversation_id: int
    ) -> None:
        path = f"/conversations/{conversation_id}"
        write(api, conversation_id)
        clock.turn(minutes=1)
        agent = api.post(f"{path}/assignments", {"assignee_id": chatwoot.state.agent.id})
        chatwoot.reply(conversation_id, "Olá!")

        shown = api.get(path)

        assert_same_shape(agent, read_sample("api/conversation_assignment_agent.200.json"))
        del shown["meta"]["sender"]["last_activity_at"]
        assert_same_shape(shown, read_sample("api/conversation_show.200.json"))
        assert (shown["unread_count"], shown["waiting_since"]) == (0, 0)
        assert shown["first_reply_created_at"] > 0


class TestShapesOfAnswers:
    @pytest.fixture
    def path(self, api: API, chatwoot: Chatwoot, clock: Clock, conversation_id: int) -> str:
        """A conversation assigned, with an activity note last before the agent's reply."""
        path = f"/conversations/{conversation_id}"
        api.post(f"{path}/assignments", {"assignee_id": chatwoot.state.agent.id})
        chatwoot.reply(conversation_id, "Olá!")
        return path

    def test_a_contact_shown(self, api: API, path: str, conversation_id: int) -> None:
        write(api, conversation_id)
        contact_id = api.get(path)["meta"]["sender"]["id"]

        assert_same_shape(api.get(f"/contacts/{contact_id}"), read_sample("api/contact_show.200.json"))

    def test_a_contacts_conversations(self, api: API, path: str) -> None:
        contact_id = api.get(path)["meta"]["sender"]["id"]

        listed = api.get(f"/contacts/{contact_id}/conversations")

        assert_same_shape(listed, read_sample("api/contact_conversations.200.json"))

    def test_the_list_of_conversations(self, api: API, path: str) -> None:
        assert_same_shape(api.get("/conversations"), read_sample("api/conversations_list.200.json"))

    def test_a_priority_set(self, api: API, path: str) -> None:
        answer = api.patch(path, {"priority": "urgent"})

        assert_same_shape(answer, read_sample("api/conversation_update_priority.200.json"))
        assert answer["priority"] == "urgent"

    def test_a_private_note(self, api: API, conversation_id: int) -> None:
        created = write(api, conversation_id, message_type="outgoing", private=True)

        assert_same_shape(created, read_sample("api/message_create_private_note.200.json"))

    def test_the_list_of_inboxes(self, api: API, inbox_id: int) -> None:
        assert_same_shape(api.get("/inboxes"), read_sample("api/inboxes_list.200.json"))

    def test_the_list_of_labels(self, api: API) -> None:
        api.post("/labels", {"label": {"title": "pos-venda", "show_on_sidebar": True}})

        assert_same_shape(api.get("/labels"), read_sample("api/labels_list.200.json"))


class TestWritingMessages:
    def test_an_incoming_message_comes_from_the_contact(self, api: API, conversation_id: int) -> None:
        created = write(api, conversation_id, source_id="m1", external_created_at=1795269655, echo_id="e1")

        assert_same_shape(created, read_sample("api/message_create_incoming.200.json"))
        assert created["content_attributes"] == {"external_created_at": 1795269655}
        assert "echo_id" not in api.get(f"/conversations/{conversation_id}/messages")["payload"][0]

    def test_an_outgoing_message_comes_from_the_user(self, api: API, conversation_id: int) -> None:
        attributes = {"external_echo": True}

        created = write(api, conversation_id, message_type="outgoing", content_attributes=attributes)

        assert_same_shape(created, read_sample("api/message_create_outgoing.200.json"))
        assert created["content_attributes"] == attributes

    def test_the_same_source_id_twice_makes_two_messages(self, api: API, conversation_id: int) -> None:
        assert write(api, conversation_id, source_id="m1")["id"] != write(api, conversation_id, source_id="m1")["id"]

    def test_incoming_messages_are_for_api_inboxes_only(self, api: API, chatwoot: Chatwoot) -> None:
        inbox = chatwoot.create_other_inbox("Site", channel_type="web_widget")
        conversation = chatwoot.new_conversation(make_contact(api)["id"], inbox["id"])
        path = f"/conversations/{conversation['id']}/messages"

        incoming = api.refuse("POST", path, {"content": "Oi", "message_type": "incoming"})
        message = api.post(path, {"content": "Oi"})
        update = api.refuse("PATCH", f"{path}/{message['id']}", {"status": "failed"})

        assert incoming == (422, read_sample("api/message_create_incoming_not_api_inbox.422.json"))
        assert update == (403, read_sample("api/message_update_not_api_inbox.403.json"))

    def test_a_message_has_at_most_150_000_characters(self, api: API, conversation_id: int) -> None:
        body = {"content": "x" * 150_001, "message_type": "incoming"}

        answer = api.refuse("POST", f"/conversations/{conversation_id}/messages", body)

        assert answer == (422, read_sample("api/message_create_too_long.422.json"))

    def test_the_two_hundred_and_first_message_in_a_minute_is_refused(
        self, api: API, clock: Clock, conversation_id: int
    ) -> None:
        for number in range(200):
            write(api, conversation_id, str(number))

        answer = api.refuse("POST", f"/conversations/{conversation_id}/messages", {"content": "x"})
        clock.turn(seconds=61)

        assert answer == (422, read_sample("api/message_create_flood.422.json"))
        assert write(api, conversation_id)["status"] == "sent"

    def test_an_incoming_message_reopens(self, api: API, chatwoot: Chatwoot, conversation_id: int) -> None:
        for status in ("resolved", "snoozed"):
            chatwoot.set_status(conversation_id, status)

            write(api, conversation_id)

            assert chatwoot.conversation(conversation_id)["status"] == "open"

    def test_an_outgoing_message_does_not_reopen(self, api: API, chatwoot: Chatwoot, conversation_id: int) -> None:
        chatwoot.resolve(conversation_id)

        write(api, conversation_id, message_type="outgoing")

        assert chatwoot.conversation(conversation_id)["status"] == "resolved"

    def test_a_reply_to_a_message_carries_both_its_ids(
        self, api: API, chatwoot: Chatwoot, conversation_id: int
    ) -> None:
        first = write(api, conversation_id, source_id="m1")

        chatwoot.reply(conversation_id, "Serve sim", in_reply_to=first["id"])

        attributes = chatwoot.messages(conversation_id)[-1]["content_attributes"]
        assert attributes == {"in_reply_to": first["id"], "in_reply_to_external_id": "m1"}

    @pytest.mark.parametrize(
        ("content", "rendered"),
        [
            ("Olá {{contact.name}}, tudo bem?", "Olá Comprador.teste, tudo bem?"),
            ("preço {{ nada }} hoje", "preço  hoje"),
            ("{{contact.custom_attribute.apelido}}", "ZÉ"),
            ("`{{contact.name}}` fica", "`{{contact.name}}` fica"),
            ("{% raw %}{{contact.name}}{% endraw %}", "{{contact.name}}"),
            ("{% desconto %} {{contact.name}}", "{% desconto %} {{contact.name}}"),
            ("100 {{ por cento", "100 {{ por cento"),
            ("{ simples } % 10", "{ simples } % 10"),
        ],
    )
    @pytest.mark.parametrize("private", [True, False])
    def test_outgoing_content_is_a_liquid_template(
        self, api: API, inbox_id: int, content: str, rendered: str, private: bool
    ) -> None:
        contact = make_contact(api, custom_attributes={"apelido": "ZÉ"})
        conversation = make_conversation(api, inbox_id, contact["id"])

        created = write(api, conversation["id"], content, message_type="outgoing", private=private)

        assert created["content"] == rendered

    def test_incoming_content_is_left_alone(self, api: API, conversation_id: int) -> None:
        assert write(api, conversation_id, "{{contact.name}}")["content"] == "{{contact.name}}"


class TestFiles:
    def test_a_multipart_message_keeps_its_file(self, api: API, chatwoot: Chatwoot, conversation_id: int) -> None:
        form = {
            "content": "foto do defeito",
            "message_type": "incoming",
            "private": "false",
            "content_attributes": '{"external_created_at":1}',
            "attachments[]": (io.BytesIO(b"png bytes"), "foto.png", "image/png"),
        }

        created = api.call("POST", f"/conversations/{conversation_id}/messages", data=form).get_json()

        assert_same_shape(created, read_sample("api/message_create_incoming_with_image.200.json"))
        assert (created["private"], created["content_attributes"]) == (False, {"external_created_at": 1})
        assert created["attachments"][0]["file_type"] == "image"

    def test_files_under_a_name_without_brackets_are_refused(self, api: API, conversation_id: int) -> None:
        form = {"content": "foto", "attachments": (io.BytesIO(b"png bytes"), "foto.png", "image/png")}

        response = api.call("POST", f"/conversations/{conversation_id}/messages", data=form)

        assert response.status_code == 422

    def test_a_data_url_redirects_to_one_that_lives_five_minutes(
        self, api: API, chatwoot: Chatwoot, clock: Clock, conversation_id: int
    ) -> None:
        files = [Upload("nota fiscal.pdf", "application/pdf", b"pdf bytes")]
        sent = chatwoot.reply(conversation_id, None, attachments=files)
        client = Client(chatwoot.wsgi)
        path = sent["attachments"][0]["data_url"].removeprefix("https://chat.example.com")

        first = client.get(path)
        target = first.headers["Location"].removeprefix("http://localhost")

        assert (first.status_code, client.get(target).get_data()) == (302, b"pdf bytes")
        assert target.startswith("/rails/active_storage/disk/")
        clock.turn(minutes=5)
        assert client.get(target).status_code == 404
        assert client.get(path).status_code == 302

    def test_an_uploaded_blob_may_be_attached_by_its_id(self, api: API, conversation_id: int) -> None:
        form = {"attachment": (io.BytesIO(b"mp3"), "audio.mp3", "audio/mpeg")}
        uploaded = api.call("POST", "/upload", data=form).get_json()

        created = write(api, conversation_id, None, attachments=[uploaded["blob_id"]])

        assert_same_shape(uploaded, read_sample("api/upload.200.json"))
        assert created["attachments"][0]["data_url"].endswith("audio.mp3?disposition=inline")

    def test_sixteen_files_are_too_many(self, chatwoot: Chatwoot, conversation_id: int) -> None:
        with pytest.raises(Exception, match="Attachments exceeded"):
            chatwoot.reply(conversation_id, "x", attachments=[Upload("a", "text/plain", b"")] * 16)


class TestReadingMessages:
    def test_the_newest_twenty_come_in_ascending_order(self, api: API, conversation_id: int) -> None:
        ids = [write(api, conversation_id, str(number))["id"] for number in range(130)]
        path = f"/conversations/{conversation_id}/messages"

        def read(query: str) -> list[int]:
            return [message["id"] for message in api.get(f"{path}{query}")["payload"]]

        assert read("") == ids[-20:]
        assert read(f"?before={ids[30]}") == ids[10:30]
        assert read(f"?after={ids[10]}") == ids[11:111]
        assert read(f"?after={ids[0]}&before={ids[129]}") == ids[:129]

    def test_internal_messages_can_be_left_out(self, api: API, chatwoot: Chatwoot, conversation_id: int) -> None:
        write(api, conversation_id)
        chatwoot.reply(conversation_id, "nota", private=True)
        chatwoot.resolve(conversation_id)
        path = f"/conversations/{conversation_id}/messages"

        assert len(api.get(path)["payload"]) == 3
        assert len(api.get(f"{path}?filter_internal_messages=1")["payload"]) == 1

    def test_the_list_says_whose_conversation_it_is(self, api: API, chatwoot: Chatwoot, conversation_id: int) -> None:
        write(api, conversation_id, external_created_at=1)
        api.post(f"/conversations/{conversation_id}/assignments", {"assignee_id": chatwoot.state.agent.id})

        listed = api.get(f"/conversations/{conversation_id}/messages")

        assert_same_shape(listed, read_sample("api/messages_list.200.json"))


class TestMessageStatus:
    @pytest.fixture
    def path(self, chatwoot: Chatwoot, conversation_id: int) -> str:
        return f"/conversations/{conversation_id}/messages/{chatwoot.reply(conversation_id, 'Olá!')['id']}"

    def test_a_failure_carries_its_reason_until_the_next_status(self, api: API, path: str) -> None:
        failed = api.patch(path, {"status": "failed", "external_error": "conversa bloqueada"})
        delivered = api.patch(path, {"status": "delivered"})

        assert_same_shape(failed, read_sample("api/message_update_status_failed.200.json"))
        assert failed["content_attributes"] == {"external_error": "conversa bloqueada"}
        assert delivered["status"] == "delivered"
        assert not delivered["content_attributes"]["external_error"]

    def test_an_unknown_status_changes_nothing(self, api: API, path: str) -> None:
        assert api.patch(path, {"status": "lost"})["status"] == "sent"

    def test_read_does_not_go_back_to_delivered(self, api: API, path: str) -> None:
        api.patch(path, {"status": "read"})

        assert api.patch(path, {"status": "delivered"})["status"] == "read"

    def test_before_version_4_2_there_is_no_such_route(self, clock: Clock) -> None:
        chatwoot = Chatwoot(clock=clock, version="4.1.0")
        api = API(chatwoot)
        conversation = make_conversation(api, make_inbox(api)["id"], make_contact(api)["id"])
        message = chatwoot.reply(conversation["id"], "Olá!")

        response = api.call("PATCH", f"/conversations/{conversation['id']}/messages/{message['id']}", {})

        assert (response.status_code, response.mimetype) == (404, "text/html")

    def test_a_deleted_message_keeps_its_row(self, api: API, path: str) -> None:
        deleted = api.call("DELETE", path).get_json()

        assert_same_shape(deleted, read_sample("api/message_delete.200.json"))
        assert deleted["content_attributes"] == {"deleted": True}

    def test_retry_wipes_the_content_attributes(self, api: API, chatwoot: Chatwoot, path: str) -> None:
        api.patch(path, {"status": "failed", "external_error": "erro"})

        pressed = chatwoot.press_retry(int(path.split("/")[-1]))

        assert (pressed["status"], pressed["content_attributes"]) == ("sent", {})

    def test_without_a_reason_or_after_a_day_there_is_no_retry_button(
        self, api: API, chatwoot: Chatwoot, clock: Clock, path: str
    ) -> None:
        message_id = int(path.split("/")[-1])
        api.patch(path, {"status": "failed"})
        with pytest.raises(Refused):
            chatwoot.press_retry(message_id)
        api.patch(path, {"status": "failed", "external_error": "erro"})
        clock.turn(days=1, seconds=1)

        with pytest.raises(Refused):
            chatwoot.press_retry(message_id)


class TestSetupObjects:
    def test_an_api_inbox_has_its_own_secret_for_administrators_only(self, api: API, chatwoot: Chatwoot) -> None:
        inbox = make_inbox(api)
        seen_by_agent = API(chatwoot, chatwoot.agent_token).get(f"/inboxes/{inbox['id']}")

        assert_same_shape(inbox, read_sample("api/inbox_create_api.200.json"))
        assert inbox["secret"]
        assert not {"secret", "hmac_token", "webhook_url"} & seen_by_agent.keys()

    def test_changing_the_webhook_url_leaves_the_rest(self, api: API, inbox_id: int) -> None:
        before = api.get(f"/inboxes/{inbox_id}")

        after = api.patch(f"/inboxes/{inbox_id}", {"channel": {"webhook_url": "https://bridge.example.com/x"}})

        assert after == before | {"webhook_url": "https://bridge.example.com/x"}

    def test_a_webhook_url_is_taken_once(self, api: API) -> None:
        body = {"webhook": {"name": "ponte", "url": "https://b.example.com", "subscriptions": ["message_created"]}}

        created = api.post("/webhooks", body)

        assert_same_shape(created, read_sample("api/webhook_create.200.json"))
        assert api.refuse("POST", "/webhooks", body) == (422, read_sample("api/webhook_create_url_taken.422.json"))
        assert_same_shape(api.get("/webhooks"), read_sample("api/webhooks_list.200.json"))

    def test_a_missing_root_is_refused(self, api: API) -> None:
        assert api.refuse("POST", "/webhooks", {}) == (422, read_sample("api/error_parameter_missing.422.json"))

    def test_a_webhook_can_be_changed_and_deleted(self, api: API) -> None:
        webhook = api.post("/webhooks", {"webhook": {"url": "https://b.example.com"}})["payload"]["webhook"]
        path = f"/webhooks/{webhook['id']}"

        changed = api.patch(path, {"webhook": {"subscriptions": ["contact_created"]}})["payload"]["webhook"]
        deleted = api.call("DELETE", path)

        assert changed == webhook | {"subscriptions": ["contact_created"]}
        assert deleted.status_code == 200
        assert api.get("/webhooks") == {"payload": {"webhooks": []}}

    def test_an_attribute_key_is_taken_once_per_model(self, api: API) -> None:
        created = make_definition(api)
        body = {"attribute_display_name": "Pack", "attribute_key": "meli_pack_id"}

        again = api.refuse("POST", "/custom_attribute_definitions", {"custom_attribute_definition": body})
        make_definition(api, attribute_model="contact_attribute")

        assert_same_shape(created, read_sample("api/custom_attribute_definition_create.200.json"))
        assert again == (422, read_sample("api/custom_attribute_definition_taken.422.json"))
        assert len(api.get("/custom_attribute_definitions?attribute_model=contact_attribute")) == 1

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"attribute_key": "com espaço"}, 422),
            ({"attribute_key": "status"}, 422),
            ({"attribute_model": "order_attribute"}, 500),
        ],
    )
    def test_bad_attribute_definitions_are_refused(self, api: API, fields: dict[str, str], status: int) -> None:
        body = {"attribute_display_name": "Pack", "attribute_key": "pack", **fields}

        answer = api.refuse("POST", "/custom_attribute_definitions", {"custom_attribute_definition": body})

        assert answer[0] == status

    def test_a_label_is_put_in_lower_case(self, api: API) -> None:
        created = api.post("/labels", {"label": {"title": "Pos-Venda", "show_on_sidebar": True}})

        assert_same_shape(created, read_sample("api/label_create.200.json"))
        assert created["title"] == "pos-venda"
        assert api.get("/labels") == {"payload": [created]}

    @pytest.mark.parametrize("title", ["pós venda", "x", "-urgente", "pos-venda"])
    def test_bad_or_taken_label_titles_are_refused(self, api: API, title: str) -> None:
        api.post("/labels", {"label": {"title": "pos-venda"}})

        status, answer = api.refuse("POST", "/labels", {"label": {"title": title}})

        assert (status, answer["attributes"]) == (422, ["title"])


class TestWebhooks:
    def test_the_signature_of_the_sample_is_reproduced(self) -> None:
        vector = read_sample("webhooks/signature_vector.json")

        signature = sign(vector["secret"], vector["timestamp"], vector["body"].encode())

        assert signature == vector["x_chatwoot_signature"]

    def test_json_is_escaped_as_rails_does(self) -> None:
        assert dump_payload({"a": "é & <b>\u2028"}) == '{"a":"é \\u0026 \\u003cb\\u003e\\u2028"}'.encode()

    def test_a_delivery_is_signed_with_the_inbox_secret_at_the_time_of_sending(
        self, api: API, chatwoot: Chatwoot, clock: Clock, heard: Receiver, inbox_id: int, conversation_id: int
    ) -> None:
        chatwoot.reply(conversation_id, "a & b <c>")
        clock.turn(minutes=7)

        chatwoot.deliver_webhooks()

        _, headers, body = heard.received[0]
        secret = api.get(f"/inboxes/{inbox_id}")["secret"]
        assert headers["X-Chatwoot-Timestamp"] == str(int(clock().timestamp()))
        assert headers["X-Chatwoot-Signature"] == sign(secret, headers["X-Chatwoot-Timestamp"], body)
        assert (headers["Content-Type"], headers["Accept"]) == ("application/json", "application/json")
        assert headers["X-Chatwoot-Delivery"]
        assert b"a \\u0026 b \\u003cc\\u003e" in body

    def test_an_account_webhook_gets_the_same_body_with_its_own_secret(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        webhook = {"url": f"{heard.server.url}/account", "subscriptions": ["message_created"]}
        secret = api.post("/webhooks", {"webhook": webhook})["payload"]["webhook"]["secret"]

        chatwoot.reply(conversation_id, "Olá!")
        chatwoot.deliver_webhooks()

        assert heard.names("/account") == ["message_created"]
        assert heard.events("/account")[0] == heard.events("/inbox")[0]
        _, headers, body = next(item for item in heard.received if item[0] == "/account")
        assert headers["X-Chatwoot-Signature"] == sign(secret, headers["X-Chatwoot-Timestamp"], body)

    def test_what_is_no_agents_text_says_what_it_is(
        self, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        chatwoot.start_video_call(conversation_id)
        chatwoot.slack_reply(conversation_id, "Do Slack.")
        chatwoot.captain_reply(conversation_id, "Da assistente.")
        chatwoot.bot_choices(conversation_id, "Qual?", ["Azul"])
        chatwoot.deliver_webhooks()

        events = [event for event in heard.events() if event["event"] == "message_created"]
        call, slack, captain, choices = events
        assert (call["content_type"], call["content_attributes"]["type"]) == ("integrations", "dyte")
        assert call["sender"]["type"] == "user"
        assert (slack["sender"], slack["content_attributes"], "external_source_ids" in slack) == (None, {}, False)
        assert slack["conversation"]["messages"][0]["external_source_ids"]["slack"]
        assert captain["sender"]["type"] == "captain_assistant"
        assert choices["content_attributes"] == {"items": [{"title": "Azul", "value": "Azul"}]}

    @pytest.mark.parametrize("items", [[], ["Azul"], [{"title": "Azul", "color": "#00f"}]])
    def test_choices_are_checked(self, api: API, conversation_id: int, items: list[Any]) -> None:
        body = {"content": "Qual?", "content_type": "input_select", "content_attributes": {"items": items}}

        status, answer = api.refuse("POST", f"/conversations/{conversation_id}/messages", body)

        assert (status, answer["error"][:37]) == (422, "Validation failed: Content attributes")

    @pytest.mark.parametrize(
        ("act", "sample"),
        [
            (lambda c, i: c.reply(i, "Olá!"), "message_created.outgoing"),
            (lambda c, i: c.reply(i, "nota", private=True), "message_created.outgoing_private_note"),
            (lambda c, i: c.reply(i, "a", as_user="admin"), "message_created.outgoing_created_by_bridge"),
            (lambda c, i: c.bot_reply(i, "robô"), "message_created.outgoing_agent_bot"),
            (lambda c, i: c.automation_reply(i, "regra"), "message_created.outgoing_automation_rule"),
            (lambda c, i: c.greeting(i), "message_created.template_greeting"),
            (lambda c, i: c.csat(i), "message_created.template_csat"),
            (
                lambda c, i: c.reply(i, None, attachments=[Upload("n.jpg", "image/jpeg", b"1")]),
                "message_created.outgoing_image",
            ),
            (
                lambda c, i: c.reply(i, None, attachments=[Upload("n.pdf", "application/pdf", b"1")]),
                "message_created.outgoing_pdf_and_audio_no_text",
            ),
        ],
    )
    def test_payloads_look_like_the_samples(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int, act: Any, sample: str
    ) -> None:
        chatwoot.reply(conversation_id, "antes")
        api.post(f"/conversations/{conversation_id}/assignments", {"assignee_id": chatwoot.state.agent.id})
        chatwoot.outbox.clear()

        message = act(chatwoot, conversation_id)
        chatwoot.deliver_webhooks()

        event, expected = heard.events()[0], read_sample(f"webhooks/{sample}.json")
        assert_same_shape(event, expected)
        assert (event["id"], event["content"]) == (message["id"], message["content"])
        assert (event["message_type"], event["private"]) == (expected["message_type"], expected["private"])
        assert (event["sender"] is None) == (expected["sender"] is None)

    def test_an_incoming_message_looks_like_the_sample(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        write(api, conversation_id, "Boa tarde", source_id="m1")
        chatwoot.deliver_webhooks()

        event = next(event for event in heard.events() if event["event"] == "message_created")
        assert_same_shape(event, read_sample("webhooks/message_created.incoming.json"))
        assert event["source_id"] == "m1"

    @pytest.mark.parametrize(
        ("path", "body", "sample"),
        [
            ("custom_attributes", {"custom_attributes": {"a": "1"}}, "conversation_updated.custom_attributes"),
            ("labels", {"labels": ["pos-venda"]}, "conversation_updated.labels"),
            ("assignments", {"assignee_id": 5}, "conversation_updated.assignee"),
        ],
    )
    def test_changes_of_a_conversation_look_like_the_samples(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int, path: str, body: Any, sample: str
    ) -> None:
        api.call("POST", f"/conversations/{conversation_id}/{path}", body)
        chatwoot.deliver_webhooks()

        (event,), expected = heard.events(), read_sample(f"webhooks/{sample}.json")
        assert_same_shape(event, expected)
        changed = {key for change in event["changed_attributes"] for key in change}
        assert changed == {key for change in expected["changed_attributes"] for key in change}

    def test_a_resolve_gives_two_events(self, chatwoot: Chatwoot, heard: Receiver, conversation_id: int) -> None:
        chatwoot.reply(conversation_id, "Olá!")
        chatwoot.outbox.clear()

        chatwoot.resolve(conversation_id)
        chatwoot.deliver_webhooks()

        changed, updated = heard.events()
        assert_same_shape(changed, read_sample("webhooks/conversation_status_changed.resolved.json"))
        assert changed["changed_attributes"] is None
        assert_same_shape(updated, read_sample("webhooks/conversation_updated.status.json"))

    def test_new_conversations_and_typing_are_told(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, inbox_id: int
    ) -> None:
        created = chatwoot.new_conversation(make_contact(api, identifier="other")["id"], inbox_id)
        chatwoot.typing(created["id"])
        chatwoot.deliver_webhooks()

        assert heard.names() == ["conversation_created", "conversation_typing_on"]
        assert_same_shape(heard.events()[0], read_sample("webhooks/conversation_created.json"))
        assert_same_shape(heard.events()[1], read_sample("webhooks/conversation_typing_on.json"))

    def test_contacts_are_told_to_account_webhooks_only(self, api: API, chatwoot: Chatwoot, heard: Receiver) -> None:
        subscriptions = ["contact_created", "contact_updated"]
        api.post("/webhooks", {"webhook": {"url": f"{heard.server.url}/account", "subscriptions": subscriptions}})

        contact = make_contact(api, identifier="other")
        api.patch(f"/contacts/{contact['id']}", {"custom_attributes": {"a": "1"}})
        chatwoot.deliver_webhooks()

        created, updated = heard.events("/account")
        assert_same_shape(created, read_sample("webhooks/contact_created.account_only.json"))
        assert_same_shape(updated, read_sample("webhooks/contact_updated.account_only.json"))
        assert heard.events("/inbox") == []

    @pytest.mark.parametrize(("status", "error"), [(500, "500 Internal Server Error"), (404, "404 Not Found")])
    def test_a_refused_delivery_fails_the_message_and_does_not_go_round_for_ever(
        self, chatwoot: Chatwoot, heard: Receiver, conversation_id: int, status: int, error: str
    ) -> None:
        heard.status = status

        chatwoot.reply(conversation_id, "Olá!")
        chatwoot.deliver_webhooks()

        (message,) = chatwoot.messages(conversation_id)
        assert (message["status"], message["external_error"]) == ("failed", error)
        assert heard.names().count("message_updated") == 1

    def test_an_incoming_message_fails_too(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        heard.status = 503

        write(api, conversation_id)
        chatwoot.deliver_webhooks()

        assert chatwoot.messages(conversation_id)[0]["status"] == "failed"

    def test_a_receiver_that_is_not_there_fails_the_message(
        self, api: API, chatwoot: Chatwoot, inbox_id: int, conversation_id: int
    ) -> None:
        api.patch(f"/inboxes/{inbox_id}", {"channel": {"webhook_url": "http://127.0.0.1:9/"}})

        chatwoot.reply(conversation_id, "Olá!")
        chatwoot.deliver_webhooks()

        assert chatwoot.messages(conversation_id)[0]["external_error"] == "Failed to open TCP connection"

    def test_a_failing_account_webhook_has_no_effect(
        self, api: API, chatwoot: Chatwoot, receiver: Receiver, conversation_id: int
    ) -> None:
        api.post("/webhooks", {"webhook": {"url": f"{receiver.server.url}/account"}})
        receiver.status = 500

        chatwoot.reply(conversation_id, "Olá!")
        chatwoot.deliver_webhooks()

        assert chatwoot.messages(conversation_id)[0]["status"] == "sent"
        assert {entry.status for entry in chatwoot.journal if entry.direction == "out"} == {500}

    @pytest.mark.parametrize("sample", ["status_failed", "agent_pressed_retry", "deleted"])
    def test_updates_of_a_message_look_like_the_samples(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int, sample: str
    ) -> None:
        path = f"/conversations/{conversation_id}"
        api.post(f"{path}/assignments", {"assignee_id": chatwoot.state.agent.id})
        message = chatwoot.reply(conversation_id, "Olá!")
        expected = read_sample(f"webhooks/message_updated.{sample}.json")
        chatwoot.outbox.clear()

        error = {"status": "failed", "external_error": "Mercado Livre: conversa bloqueada (blocked_by_buyer)"}
        if sample != "deleted":
            api.patch(f"{path}/messages/{message['id']}", error)
        if sample == "agent_pressed_retry":
            chatwoot.outbox.clear()
            chatwoot.press_retry(message["id"])
        if sample == "deleted":
            chatwoot.delete_message(message["id"])
        chatwoot.deliver_webhooks()

        (event,) = heard.events()
        assert_same_shape(event, expected)
        assert event["content_attributes"] == expected["content_attributes"]
        assert event["conversation"]["messages"][0]["status"] == expected["conversation"]["messages"][0]["status"]

    def test_a_reopening_looks_like_the_sample(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        api.post(f"/conversations/{conversation_id}/assignments", {"assignee_id": chatwoot.state.agent.id})
        chatwoot.resolve(conversation_id)
        chatwoot.outbox.clear()

        write(api, conversation_id, "Ainda estou com o problema")
        chatwoot.deliver_webhooks()

        event = heard.events()[0]
        assert_same_shape(event, read_sample("webhooks/conversation_status_changed.open.json"))
        assert (event["event"], event["status"]) == ("conversation_status_changed", "open")

    def test_a_repeated_status_makes_no_event(
        self, api: API, chatwoot: Chatwoot, heard: Receiver, conversation_id: int
    ) -> None:
        message = chatwoot.reply(conversation_id, "Olá!")
        chatwoot.outbox.clear()

        for _ in range(2):
            api.patch(f"/conversations/{conversation_id}/messages/{message['id']}", {"status": "delivered"})
        chatwoot.deliver_webhooks()

        assert heard.names() == ["message_updated"]

    def test_old_versions_sign_nothing_and_do_not_say_whose_account_it_is(self, clock: Clock) -> None:
        chatwoot = Chatwoot(clock=clock, version="4.11.1")
        api = API(chatwoot)
        inbox = make_inbox(api, channel={"type": "api", "webhook_url": "https://bridge.example.com"})

        make_conversation(api, inbox["id"], make_contact(api)["id"])

        (webhook,) = chatwoot.outbox
        assert webhook.headers == {"Content-Type": "application/json", "Accept": "application/json"}
        assert "account" not in json.loads(webhook.body)


class TestControl:
    def test_a_page_sees_everything(self, api: API, chatwoot: Chatwoot, conversation_id: int) -> None:
        write(api, conversation_id, "Boa tarde")
        client = Client(chatwoot.wsgi)

        response = client.get("/_control/state")

        (conversation,) = response.get_json()["conversations"]
        (message,) = conversation["messages"]
        assert conversation["contact_name"] == "COMPRADOR.TESTE"
        assert (message["content"], message["message_type"], message["status"]) == ("Boa tarde", "incoming", "sent")
        assert response.headers["Access-Control-Allow-Origin"] == "*"

    def test_a_page_plays_the_agent(self, api: API, chatwoot: Chatwoot, conversation_id: int) -> None:
        client = Client(chatwoot.wsgi)
        file = {"filename": "a.pdf", "content_type": "application/pdf", "base64": "cGRm"}
        reply = {"conversation_id": conversation_id, "content": "Olá!", "attachments": [file]}

        sent = client.post("/_control/reply", json=reply).get_json()
        client.post("/_control/note", json={"conversation_id": conversation_id, "content": "nota"})
        api.patch(
            f"/conversations/{conversation_id}/messages/{sent['id']}", {"status": "failed", "external_error": "erro"}
        )
        client.post("/_control/retry", json={"message_id": sent["id"]})
        client.post("/_control/resolve", json={"conversation_id": conversation_id})

        first, second = chatwoot.messages(conversation_id)
        assert (first["sender_name"], first["status"], first["attachments"][0]["file_size"]) == ("Ana Souza", "sent", 3)
        assert second["private"] is True
        assert chatwoot.conversation(conversation_id)["status"] == "resolved"

    def test_a_wrong_act_is_refused_in_json(self, chatwoot: Chatwoot) -> None:
        client = Client(chatwoot.wsgi)

        assert client.post("/_control/retry", json={"message_id": 1}).status_code == 404
        assert client.post("/_control/reply", json={"text": "x"}).status_code == 422

    def test_only_control_routes_let_browsers_in(self, chatwoot: Chatwoot) -> None:
        client = Client(chatwoot.wsgi)

        assert client.options("/_control/reply").headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Origin" not in client.get("/api").headers

    def test_reset_forgets_everything(self, api: API, chatwoot: Chatwoot, conversation_id: int) -> None:
        chatwoot.reset()

        assert (chatwoot.conversations(), chatwoot.contacts(), chatwoot.inboxes()) == ([], [], [])
        assert make_inbox(api)["id"] == 7


def make_definition(api: API, **fields: str) -> Any:
    body = {
        "attribute_display_name": "Pack Mercado Livre",
        "attribute_key": "meli_pack_id",
        "attribute_model": "conversation_attribute",
        **fields,
    }
    return api.post("/custom_attribute_definitions", {"custom_attribute_definition": body})
