"""Which private notes are commands. Pure."""

import json
from typing import Any

from chalicelib.chatwoot.agent_messages import CommandNote, command_from_message
from chalicelib.chatwoot.webhooks import command_from_event, parse_event
from tests.recorded import recorded

NOTE = recorded("chatwoot/webhooks/message_created.outgoing_private_note")
NO_COMMANDS: list[dict[str, Any]] = [
    {"source_id": "meli:note/x"},
    {"sender": {"type": "agent_bot", "id": 1}},
    {"sender": None},
    {"content_attributes": {"automation_rule_id": 7}},
    {"content_attributes": {"deleted": True}},
    {"private": False},
    {"private": "true"},
    {"content": None},
    {"content": "Nota com /ajuda"},
]


def read(**changes: Any) -> CommandNote | None:
    return command_from_event(parse_event(json.dumps({**NOTE, "content": "/ajuda agora", **changes}).encode()))


def test_an_agents_note_that_begins_with_a_command_is_one() -> None:
    note = read()

    assert note == CommandNote(
        NOTE["id"], NOTE["conversation"]["id"], NOTE["conversation"]["contact_inbox"]["source_id"], "/ajuda agora"
    )


def test_what_no_agent_wrote_as_a_note_is_no_command() -> None:
    others = [*NO_COMMANDS, {"event": "message_updated"}, {"message_type": "incoming"}]

    assert [changes for changes in others if read(**changes)] == []


def test_a_listing_shows_the_same_commands() -> None:
    listed = {**NOTE, "content": "/ajuda", "message_type": 1, "conversation_id": 12}

    assert command_from_message(listed, contact_source_id="7/pack/1") == CommandNote(
        NOTE["id"], 12, "7/pack/1", "/ajuda"
    )
    assert [c for c in NO_COMMANDS if command_from_message({**listed, **c}, contact_source_id="")] == []
    assert command_from_message({**listed, "message_type": 0}, contact_source_id="") is None
