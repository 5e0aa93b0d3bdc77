"""How the bridge reads what Chatwoot answers."""

import pytest

from chalicelib.chatwoot.resources import FoundConversation, Message
from tests.recorded import recorded


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
