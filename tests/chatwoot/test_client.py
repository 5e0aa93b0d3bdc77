"""What the bridge writes to Chatwoot, and how it reads what Chatwoot answers."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.chatwoot.client import (
    echo_message,
    escape_markdown,
    incoming_message,
    neutralise_liquid,
    private_note,
)
from chalicelib.chatwoot.resources import FoundConversation, Message
from tests.recorded import recorded

ZERO_WIDTH_SPACE = "\u200b"
liquid_like = st.text(st.sampled_from(["{", "%", "}", "|", ZERO_WIDTH_SPACE, "\n", "a"]))


@given(st.one_of(st.text(), liquid_like))
@example("{{contact.name}}")
@example("{% raw %}")
@example("{{{%{{%")
@example("{%{{{")
def test_no_template_is_left_and_every_word_is(content: str) -> None:
    neutral = neutralise_liquid(content)

    assert "{{" not in neutral
    assert "{%" not in neutral
    assert neutral.replace(ZERO_WIDTH_SPACE, "") == content.replace(ZERO_WIDTH_SPACE, "")


@given(st.text())
def test_text_without_templates_is_left_alone(content: str) -> None:
    plain = content.replace("{", "")

    assert neutralise_liquid(plain) == plain


def test_what_we_write_as_outgoing_is_neutral() -> None:
    note = private_note("{{ contact.email }}", source_id="meli:x")
    echo = echo_message("{% raw %}", source_id="meli:y", external_created_at=None)

    assert (note["message_type"], note["source_id"]) == ("outgoing", "meli:x")
    assert (echo["message_type"], echo["source_id"]) == ("outgoing", "meli:y")
    assert "{{" not in note["content"]
    assert "{%" not in echo["content"]


def test_a_buyers_words_are_left_as_they_are() -> None:
    """Chatwoot renders outgoing messages only."""
    message = incoming_message("Serve em {{10}}?", source_id="meli:x", external_created_at=1795269655)

    assert message == {
        "content": "Serve em {{10}}?",
        "message_type": "incoming",
        "source_id": "meli:x",
        "content_attributes": {"external_created_at": 1795269655},
    }


def test_a_moment_that_is_not_known_is_left_out() -> None:
    assert incoming_message("Oi", source_id="meli:x", external_created_at=None)["content_attributes"] == {}


def test_only_a_note_is_private() -> None:
    note = private_note("Oi", source_id="meli:x")
    echo = echo_message("Oi", source_id="meli:x", external_created_at=None)

    assert note["private"] is True
    assert not echo.get("private")
    assert echo["content_attributes"] == {"external_echo": True}


@pytest.mark.parametrize(
    "text", ["![x](https://t.example/p.png)", "[clique](https:x)", "<b>", "*a* __b__ ~c~ `d`", "# t", "a|b", "\\*"]
)
def test_no_markdown_is_left_and_every_word_is(text: str) -> None:
    escaped = escape_markdown(text)

    assert escaped.replace("\\", "") == text.replace("\\", "")
    assert len(escaped) > len(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]<>!#~|]", escaped)


@pytest.mark.parametrize(
    "name",
    [
        "message_create_incoming.200",
        "message_create_incoming_with_image.200",
        "message_create_outgoing.200",
        "message_create_private_note.200",
        "message_update_status_failed.200",
        "message_update_status_delivered.200",
    ],
)
def test_every_recorded_message_is_understood(name: str) -> None:
    fields = recorded(f"chatwoot/api/{name}")

    message = Message.from_json(fields)

    assert message.id == fields["id"]
    assert message.source_id == (fields["source_id"] or "")
    assert not message.is_deleted
    assert message.has_failed is (name == "message_update_status_failed.200")


@pytest.mark.parametrize(
    ("status", "error", "has_failed"),
    [("failed", "não foi", True), ("failed", None, False), ("sent", "não foi", False), ("sent", None, False)],
)
def test_a_message_has_failed_when_it_says_so_and_why(status: str, error: str | None, has_failed: bool) -> None:
    fields = {"id": 7, "status": status, "content_attributes": {"external_error": error}}

    assert Message.from_json(fields | {"external_error": error}).has_failed is has_failed


def test_every_message_of_a_recorded_page_is_understood() -> None:
    page = recorded("chatwoot/api/messages_list.200")["payload"]

    assert [Message.from_json(fields).id for fields in page] == [fields["id"] for fields in page]


def test_every_recorded_conversation_is_understood() -> None:
    (shown, *listed) = (
        recorded("chatwoot/api/conversation_show.200"),
        *recorded("chatwoot/api/conversations_list.200")["data"]["payload"],
        recorded("chatwoot/api/conversation_create.200"),
    )

    conversation = FoundConversation.from_json(shown)

    assert conversation.id == shown["id"]
    assert conversation.labels == tuple(shown["labels"])
    assert [FoundConversation.from_json(fields).id for fields in listed] == [fields["id"] for fields in listed]
