"""Which of Chatwoot's events is an agent's reply, and which are not for us."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.chatwoot.agent_messages import LONGEST_ADDRESS, MOST_FILES, Reply
from chalicelib.chatwoot.webhooks import Event, parse_event, reply_from_event
from chalicelib.errors import Malformed, NotForUs
from tests.recorded import any_json, any_object, names_in, nested, recorded, recorded_bytes, wire

FOLDER = "chatwoot/webhooks"
NOW = datetime(2026, 11, 21, 14, 10, tzinfo=UTC)
REPLIES = [
    "message_created.outgoing",
    "message_created.outgoing_image",
    "message_created.outgoing_in_reply_to",
    "message_created.outgoing_pdf_and_audio_no_text",
    "message_updated.agent_pressed_retry",
]
EVENTS = [name.rpartition("/")[2] for name in names_in(FOLDER) if not name.endswith("signature_vector")]


def read_reply(fields: dict[str, Any], *, forwards_bots: bool = False, now: datetime = NOW) -> Reply:
    return reply_from_event(parse_event(wire(fields)), forwards_bots=forwards_bots, now=now)


def make_retry(**fields: Any) -> dict[str, Any]:
    return recorded(f"{FOLDER}/message_updated.agent_pressed_retry") | fields


def make_reply(**fields: Any) -> dict[str, Any]:
    return recorded(f"{FOLDER}/message_created.outgoing") | fields


# Which events are replies


@pytest.mark.parametrize("name", REPLIES)
def test_what_an_agent_writes_to_the_buyer_is_a_reply(name: str) -> None:
    fields = recorded(f"{FOLDER}/{name}")

    reply = read_reply(fields)

    assert reply.chatwoot_message_id == fields["id"]
    assert reply.conversation_id == fields["conversation"]["id"]
    assert reply.contact_source_id == fields["conversation"]["contact_inbox"]["source_id"]
    assert reply.content == (fields["content"] or "")
    assert reply.files == tuple((file["data_url"], file["file_size"]) for file in fields.get("attachments", []))
    assert reply.is_retry is name.startswith("message_updated")


@pytest.mark.parametrize("name", sorted(set(EVENTS) - set(REPLIES)))
def test_every_other_recorded_event_is_not_for_us(name: str) -> None:
    with pytest.raises(NotForUs):
        read_reply(recorded(f"{FOLDER}/{name}"))


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_tells_its_name_and_its_inbox(name: str) -> None:
    event = parse_event(recorded_bytes(f"{FOLDER}/{name}"))

    assert event.name == name.partition(".")[0]
    # Neither a contact's event nor a typing one stands in an inbox.
    is_in_inbox = not event.name.startswith("contact_") and event.name != "conversation_typing_on"
    assert event.inbox_id in ((7, 8) if is_in_inbox else (None,))


def test_a_bots_message_is_a_reply_where_bots_are_forwarded() -> None:
    bot = recorded(f"{FOLDER}/message_created.outgoing_agent_bot")

    assert read_reply(bot, forwards_bots=True).content == "Resposta automática do robô"


@pytest.mark.parametrize(
    "name", ["outgoing_automation_rule", "template_greeting", "template_csat", "outgoing_created_by_bridge"]
)
def test_no_automation_is_a_reply_even_where_bots_are_forwarded(name: str) -> None:
    with pytest.raises(NotForUs):
        read_reply(recorded(f"{FOLDER}/message_created.{name}"), forwards_bots=True)


@pytest.mark.parametrize(
    "fields",
    [
        {"source_id": "meli:answer/13000000001"},
        {"content_attributes": {"automation_rule_id": 12}},
        {"content_type": "input_csat"},
        {"additional_attributes": {"campaign_id": 3}},
        {"sender": {"id": 2, "name": "Capitã", "type": "captain_assistant"}},
        {"private": None},
        {"private": "false"},
        {"message_type": 1},
        {"message_type": "activity"},
        {"event": "message_deleted"},
    ],
)
def test_a_message_is_a_reply_only_when_a_person_wrote_it_to_the_buyer(fields: dict[str, Any]) -> None:
    with pytest.raises(NotForUs):
        read_reply(make_reply(**fields))


@pytest.mark.parametrize("source_id", [None, "", "WAID:1234", 17])
def test_a_source_id_of_somebody_else_makes_no_difference(source_id: object) -> None:
    assert read_reply(make_reply(source_id=source_id)).chatwoot_message_id == 90002


@pytest.mark.parametrize(
    ("fields", "refused_for"),
    [
        ({"sender": None}, "no_writer"),
        ({"sender": {"id": 311, "name": "COMPRADOR.TESTE"}}, "no_writer"),
        ({"sender": None, "external_source_ids": {"slack": ""}}, "no_writer"),
        # It went there, and does not come from there.
        ({"sender": None, "external_source_ids": {"slack": "cw-origin-1795967606.1"}}, "no_writer"),
        # What says that it comes from Slack does not make a bot of another's a person.
        ({"sender": {"id": 4, "type": "robot"}, "external_source_ids": {"slack": "1795967606.1"}}, "no_writer"),
        ({"content_type": "integrations", "content_attributes": {"type": "dyte"}}, "integrations"),
        ({"content_type": "input_select", "content_attributes": {"items": [{"title": "Sim"}]}}, "input_select"),
        ({"content_type": "form"}, "form"),
        ({"content_type": ["text"]}, "unknown"),
        ({"content_type": "x" * 1000}, "x" * 40),
    ],
)
def test_what_is_shown_as_sent_and_may_not_be_is_told_without_its_words(
    fields: dict[str, Any], refused_for: str
) -> None:
    for name in ("message_created.outgoing", "message_updated.agent_pressed_retry"):
        event = recorded(f"{FOLDER}/{name}") | fields

        reply = read_reply(event)

        assert (reply.refused_for, reply.content, reply.files) == (refused_for, "", ())
        assert reply.excerpt.startswith(event["content"][:100])


@pytest.mark.parametrize("content_type", [None, "", "text"])
def test_a_version_that_does_not_name_the_kind_means_words(content_type: str | None) -> None:
    assert read_reply(make_reply(content_type=content_type)).refused_for == ""


def test_the_row_of_the_last_message_tells_of_slack() -> None:
    event = make_reply(sender=None)
    event["conversation"]["messages"] = [{"id": event["id"], "external_source_ids": {"slack": "1795967606.1"}}]
    other = make_reply(sender=None)
    other["conversation"]["messages"] = [{"id": 7, "external_source_ids": {"slack": "1795967606.1"}}]

    assert read_reply(event).content == event["content"]
    assert read_reply(other).refused_for == "no_writer"


@pytest.mark.parametrize(
    ("items", "content"),
    [
        ([{"title": "Azul", "value": "a"}, {"title": "Verde", "value": "v"}], "De que cor?\n1. Azul\n2. Verde"),
        ([{"title": "Azul"}, {"title": " "}], ""),
        ([{"title": "Azul"}, None], ""),
        ([], ""),
        (None, ""),
    ],
)
def test_the_choices_that_a_bot_offers_are_written_out(items: object, content: str) -> None:
    bot = recorded(f"{FOLDER}/message_created.outgoing_agent_bot")
    bot |= {"content": "De que cor?", "content_type": "input_select", "content_attributes": {"items": items}}

    reply = read_reply(bot, forwards_bots=True)

    assert (reply.content, reply.refused_for) == (content, "" if content else "input_select")


# Files


def test_a_reply_tells_where_its_files_are_and_how_large() -> None:
    (address, size), (audio_address, _) = read_reply(
        recorded(f"{FOLDER}/message_created.outgoing_pdf_and_audio_no_text")
    ).files

    assert (address.rpartition("/")[2], size) == ("nota-fiscal.pdf", 98213)
    assert audio_address.endswith("/audio-1795269900.mp3?disposition=inline")


@pytest.mark.parametrize(
    ("attachments", "files"),
    [
        (None, ()),
        ([], ()),
        ({}, ()),
        ([{"file_type": "location", "coordinates_lat": -23.5}], (("", 0),)),
        ([{"data_url": None, "file_size": None}], (("", 0),)),
        ([{"data_url": "https://chat.example/a.png", "file_size": "12"}], (("https://chat.example/a.png", 0),)),
        ([None, 7, "x"], (("", 0),) * 3),
    ],
)
def test_an_attachment_without_a_file_counts_all_the_same(attachments: object, files: tuple[Any, ...]) -> None:
    assert read_reply(make_reply(attachments=attachments)).files == files


def test_a_forged_event_brings_no_endless_files() -> None:
    reply = read_reply(make_reply(attachments=[{"data_url": "https://chat.example/a.png", "file_size": 1}] * 1000))

    assert reply.files == (("https://chat.example/a.png", 1),) * MOST_FILES


@pytest.mark.parametrize(
    ("data_url", "is_taken"),
    [
        ("https://chat.example/".ljust(LONGEST_ADDRESS, "x"), True),
        ("https://chat.example/".ljust(LONGEST_ADDRESS + 1, "x"), False),
        ("https://chat.example/%C3%A7.png", True),
        ("https://chat.example/ç.png", False),
        ("https://chat.example/a\r\n.png", False),
        ("https://chat.example/\x00.png", False),
        ("https://chat.example/\ud800.png", False),
    ],
)
def test_an_address_that_cannot_be_used_is_none(data_url: str, is_taken: bool) -> None:
    """Cut or mended, it would lead to another file."""
    assert read_reply(make_reply(attachments=[{"data_url": data_url}])).files == ((data_url if is_taken else "", 0),)


# Retries


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=23, minutes=59), timedelta(hours=25)])
def test_retry_works_for_a_day(age: timedelta) -> None:
    written = (NOW - age).isoformat()

    assert read_reply(make_retry(created_at=written)).is_retry


@pytest.mark.parametrize("created_at", ["2026-11-20T13:09:59Z", "2025-01-01T00:00:00Z", "soon", None, "2026-11-21"])
def test_an_older_message_is_not_sent_because_something_updated_it(created_at: object) -> None:
    with pytest.raises(NotForUs):
        read_reply(make_retry(created_at=created_at))


@pytest.mark.parametrize("attributes", [{"external_error": "no"}, {"deleted": True}, {"automation_rule_id": 3}])
def test_a_message_that_failed_or_was_deleted_is_not_sent_again(attributes: dict[str, Any]) -> None:
    with pytest.raises(NotForUs):
        read_reply(make_retry(content_attributes=attributes))


@pytest.mark.parametrize(
    ("last", "is_retry"),
    [
        ({"id": 90002, "status": "sent"}, True),
        ({"id": 90002, "status": "delivered"}, False),
        ({"id": 90002, "status": "read"}, False),
        ({"id": 90002, "status": "failed"}, False),
        ({"id": 90002}, True),
        ({"id": 90009, "status": "failed"}, True),
        ({"id": 90009, "status": "delivered"}, True),
        (None, True),
    ],
)
def test_an_update_is_a_retry_unless_the_status_says_otherwise(last: dict[str, Any] | None, *, is_retry: bool) -> None:
    """The status is told of the conversation's last message only; a retry sets it to `sent`."""
    fields = make_retry()
    fields["conversation"]["messages"] = [last] if last else []

    try:
        reply = read_reply(fields)
    except NotForUs:
        assert not is_retry
    else:
        assert is_retry
        assert reply.is_retry


# Bodies that cannot be read


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe{}", b"[]", b"null", b"7", b'"x"', nested(100_000)])
def test_a_body_that_is_not_a_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match=r"^the body is not"):
        parse_event(body)


@pytest.mark.parametrize("event", [None, "", 7, ["message_created"]])
def test_an_event_without_a_name_is_refused(event: object) -> None:
    with pytest.raises(Malformed, match=r"^event is missing$"):
        parse_event(wire({"event": event}))


@pytest.mark.parametrize("message_id", [None, "90002", True, 1.5])
def test_a_reply_without_a_usable_id_is_refused(message_id: object) -> None:
    with pytest.raises(Malformed, match=r"^id is missing$"):
        read_reply(make_reply(id=message_id))


@pytest.mark.parametrize("conversation", [None, {}, [], {"id": "1042"}])
def test_a_reply_without_a_conversation_is_refused(conversation: object) -> None:
    with pytest.raises(Malformed, match=r"^conversation\.id is missing$"):
        read_reply(make_reply(conversation=conversation))


@pytest.mark.parametrize("inbox_id", [True, "7", 7.0, None, [7]])
def test_an_inbox_is_known_by_a_whole_number_only(inbox_id: object) -> None:
    """Inbox `true` equals inbox 1 to Python, and has no secret that would have to sign for it."""
    of_message = parse_event(wire(make_reply(inbox={"id": inbox_id})))
    of_conversation = parse_event(wire({"event": "conversation_updated", "inbox_id": inbox_id}))

    assert (of_message.inbox_id, of_conversation.inbox_id) == (None, None)


# Whatever may come

hostile_events = any_object(
    event=st.sampled_from(["message_created", "message_updated"]),
    message_type=st.just("outgoing"),
    private=st.sampled_from([False]),
    id=st.integers(1, 10**6),
    inbox=any_object(id=st.integers(1, 9)),
    sender=st.just({"type": "user"}),
    conversation=any_object(id=st.just(1042), contact_inbox=any_object(source_id=st.just("1/question/2"))),
    created_at=st.sampled_from(["2026-11-21T14:05:00.287Z", "0001-01-01T00:00:00+23:59", "2026-11-21"]),
    content_attributes=any_object(external_error=st.just("")),
    attachments=st.lists(any_json, max_size=2),
)
broken_retries = hostile_events.map(lambda fields: make_retry() | fields)


@given(st.one_of(st.binary(), st.one_of(any_json, hostile_events, broken_retries).map(wire)))
def test_whatever_comes_is_a_reply_or_is_refused_by_name(body: bytes) -> None:
    try:
        event = parse_event(body)
        reply = reply_from_event(event, forwards_bots=True, now=NOW)
    except (Malformed, NotForUs):
        return

    assert isinstance(event, Event)
    assert reply.chatwoot_message_id == event.fields["id"]
