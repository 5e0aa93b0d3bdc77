"""The bridge reads every body as a real Chatwoot 4.16.2 sent it, for what it is."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from chalicelib.chatwoot.agent_messages import reply_from_message
from chalicelib.chatwoot.resources import ActiveConversation, FoundContact, FoundConversation, Message
from chalicelib.chatwoot.webhooks import parse_event, reply_from_event
from chalicelib.errors import NotForUs
from tests.recorded import names_in, recorded, wire

FOLDER = "chatwoot/recorded-4.16.2"

# What a person wrote for the buyer; of all other events nothing goes out.
REPLIES = {f"message_created.{number}" for number in (3, 4, 5, 12, 13)}
RETRIES = {"message_updated.4"}


def bodies(pattern: str) -> Iterator[Any]:
    return (recorded(name)["body"] for name in names_in(f"{FOLDER}/api", pattern))


def test_every_recorded_event_is_read_and_only_what_an_agent_wrote_goes_out() -> None:
    found = set()
    for path in names_in(f"{FOLDER}/webhooks"):
        name, record = path.rpartition("/")[2], recorded(path)
        fields = record["body"]
        event = parse_event(wire(fields))
        is_of_inbox = not event.name.startswith("contact_")
        assert (event.name, event.inbox_id is not None) == (name.rpartition(".")[0], is_of_inbox), name
        try:
            reply = reply_from_event(event, forwards_bots=False, now=read_time(record))
        except NotForUs:
            continue
        found.add(name)
        assert (reply.chatwoot_message_id, reply.content) == (fields["id"], fields["content"] or ""), name
        assert reply.contact_source_id == fields["conversation"]["contact_inbox"]["source_id"], name
        assert [address for address, _ in reply.files] == [file["data_url"] for file in fields.get("attachments", [])]
        assert (reply.is_retry, reply.refused_for) == (name in RETRIES, ""), name

    assert found == REPLIES | RETRIES


def read_time(record: dict[str, Any]) -> datetime:
    """When it came, so that no update is too old for a Retry."""
    return datetime.fromtimestamp(int(record["headers"]["X-Chatwoot-Timestamp"]), UTC)


def test_every_recorded_message_is_read() -> None:
    count = 0
    for body in bodies("*messages*"):
        for fields in body.get("payload", [body]):
            message = Message.from_json(fields)
            assert (message.id, message.source_id) == (fields["id"], fields["source_id"] or "")
            assert message.has_failed is (fields["status"] == "failed")
            assert message.is_deleted is ("deleted" in fields["content_attributes"])
            reply = reply_from_message(fields, contact_source_id="", forwards_bots=False)
            is_agents = fields["message_type"] == 1 and not fields["private"] and not fields["source_id"]
            assert bool(reply) is (is_agents and "sender" in fields and not message.is_deleted), fields
            count += 1

    assert count > 20


def test_every_recorded_conversation_and_contact_is_read() -> None:
    listed = [fields for body in bodies("GET.conversations.*") for fields in body["data"]["payload"]]
    shown = list(bodies("GET.conversations_id.200*"))
    for fields in [*listed, *shown]:
        conversation, active = FoundConversation.from_json(fields), ActiveConversation.from_json(fields)
        assert (conversation.id, active.id) == (fields["id"], fields["id"])
        assert (conversation.labels, active.last_activity_at) == (tuple(fields["labels"]), fields["last_activity_at"])
        assert active.source_id.count("/") == (2 if active.last_message else 0), active
    read: Callable[[Any], FoundContact] = FoundContact.from_json
    contacts = [body["payload"] for body in bodies("PUT.contacts_id*")]
    contacts += [body["payload"]["contact"] for body in bodies("POST.contacts.*")]
    assert [read(fields).identifier for fields in contacts] == [fields["identifier"] or "" for fields in contacts]

    assert len(listed) > 20
