"""Conversations: how they begin and change. conversations_controller.rb, models/conversation.rb"""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from simulators.chatwoot.access import as_object
from simulators.chatwoot.contacts import Contacts, SourceIdTaken
from simulators.chatwoot.errors import Crash, NotFound, RecordInvalid, Refused
from simulators.chatwoot.filters import Filter
from simulators.chatwoot.messages import Messages
from simulators.chatwoot.records import (
    CONVERSATION_STATUSES,
    PRIORITIES,
    AgentBot,
    ContactInbox,
    Conversation,
    Json,
    User,
)
from simulators.chatwoot.state import State
from simulators.chatwoot.timeline import Timeline
from simulators.chatwoot.webhooks import Events

FILTER_KEYS = (
    *("status", "assignee_id", "inbox_id", "team_id", "contact_id", "priority", "display_id", "labels"),
    *("campaign_id", "browser_language", "conversation_language", "country_code", "referer", "mail_subject"),
    *("created_at", "last_activity_at"),
)


class Conversations:
    def __init__(
        self, state: State, events: Events, timeline: Timeline, contacts: Contacts, messages: Messages
    ) -> None:
        self._state = state
        self._events = events
        self._timeline = timeline
        self._contacts = contacts
        self._messages = messages

    def create(self, author: User | AgentBot, params: Json) -> Conversation:
        """Start a conversation, with its first message when one is given: both or neither."""
        contact_inbox = self._find_contact_inbox(author, params)
        existing = self._find_existing(contact_inbox)
        conversation = existing or self._build(contact_inbox, params)
        message = params.get("message")
        draft = self._messages.draft(conversation, author, message) if message and isinstance(message, dict) else None
        if not existing:
            conversation.id = self._state.next_id("conversation")
            self._state.conversations[conversation.id] = conversation
            self._events.conversation_created(conversation)
        if draft:
            self._messages.create(replace(draft, conversation=conversation))
        return conversation

    def set_status(
        self, conversation: Conversation, user: User | AgentBot, status: object, snoozed_until: datetime | None = None
    ) -> None:
        """Without a status it toggles. An agent who opens a conversation gets it, an administrator does not."""
        if not status:
            status = "resolved" if conversation.status == "open" else "open"
        changes: Json = {"status": _check_status(status), "snoozed_until": snoozed_until}
        if changes["status"] != "snoozed":
            changes["snoozed_until"] = None
        if changes["status"] == "open" and isinstance(user, User) and user.role == "agent":
            changes["assignee"] = user
        self._timeline.change(conversation, user, changes)

    def assign(self, conversation: Conversation, user: User | AgentBot, assignee_id: object) -> User | None:
        assignee = self._state.find_member(assignee_id)
        self._timeline.change(conversation, user, {"assignee": assignee})
        return assignee

    def set_labels(self, conversation: Conversation, user: User | AgentBot, labels: object) -> None:
        """Replaces the labels; a title nobody defined will do."""
        wanted = [str(label).strip() for label in labels] if isinstance(labels, list) else []
        unique = list(dict.fromkeys(label for label in wanted if label))
        self._timeline.change(conversation, user, {"labels": unique})

    def set_custom_attributes(self, conversation: Conversation, user: User | AgentBot, attributes: Json) -> None:
        """Replaces the whole object."""
        check_attributes("custom_attributes", attributes)
        self._timeline.change(conversation, user, {"custom_attributes": attributes})

    def set_priority(self, conversation: Conversation, user: User | AgentBot, priority: object) -> None:
        if priority and priority not in PRIORITIES:
            raise Crash(f"{priority!r} is not a valid priority")
        self._timeline.change(conversation, user, {"priority": priority or None})

    def filter(self, user: User, conditions: object) -> list[Conversation]:
        """app/services/conversations/filter_service.rb"""
        definitions = self._state.attribute_definitions.values()
        custom_keys = {d.attribute_key for d in definitions if d.attribute_model == "conversation_attribute"}
        wanted = Filter(conditions, standard_keys=FILTER_KEYS, custom_keys=custom_keys)
        return [c for c in self.visible_to(user) if wanted.matches(_values(c, custom_keys).get)]

    def visible_to(self, user: User | AgentBot) -> list[Conversation]:
        """Latest activity first."""
        inboxes = self._state.visible_inboxes(user)
        found = [c for c in self._state.conversations.values() if c.inbox in inboxes]
        return sorted(found, key=lambda c: (c.last_activity_at, c.id), reverse=True)

    def _find_contact_inbox(self, author: User | AgentBot, params: Json) -> ContactInbox:
        """Find or make it; it stays even when the conversation then comes to nothing."""
        source_id = params.get("source_id")
        inbox = self._state.find_inbox(params["inbox_id"], author) if params.get("inbox_id") else None
        contact = self._state.find_contact(params["contact_id"]) if params.get("contact_id") else None
        contact_inbox = None
        if inbox and contact:
            try:
                contact_inbox = self._contacts.join_inbox(contact, inbox, source_id)
            except SourceIdTaken:
                raise Refused("source_id should be unique") from None
        # With a source_id alone Chatwoot takes the first one found, in whatever inbox.
        found = (c for c in self._state.contact_inboxes.values() if c.source_id == str(source_id))
        contact_inbox = contact_inbox or next(found, None)
        if not contact_inbox:
            raise NotFound
        self._state.find_inbox(contact_inbox.inbox.id, author)
        return contact_inbox

    def _find_existing(self, contact_inbox: ContactInbox) -> Conversation | None:
        """app/builders/conversation_builder.rb: resolved ones too, and what was sent is ignored."""
        if not contact_inbox.inbox.settings["lock_to_single_conversation"]:
            return None
        found = [c for c in self._state.conversations.values() if c.contact_inbox is contact_inbox]
        return found[-1] if found else None

    def _build(self, contact_inbox: ContactInbox, params: Json) -> Conversation:
        now = self._state.clock()
        status = _check_status(params.get("status") or "open")
        conversation = Conversation(
            id=0,
            uuid=str(uuid.uuid4()),
            contact_inbox=contact_inbox,
            status="resolved" if contact_inbox.contact.blocked else "pending" if contact_inbox.inbox.bot else status,
            custom_attributes=as_object(params.get("custom_attributes")),
            additional_attributes=as_object(params.get("additional_attributes")),
            created_at=now,
            updated_at=now,
            last_activity_at=now,
            waiting_since=now,
            assignee=self._state.find_member(params["assignee_id"]) if params.get("assignee_id") else None,
        )
        check_attributes("additional_attributes", conversation.additional_attributes)
        check_attributes("custom_attributes", conversation.custom_attributes)
        return conversation


def check_attributes(name: str, attributes: Json) -> None:
    """app/models/jsonb_attributes_length_validator.rb"""
    label, problems = name.replace("_", " ").capitalize(), []
    for key, value in attributes.items():
        if isinstance(value, str) and len(value) > 1500:
            problems.append((name, f"{label} {key} length should be < 1500"))
        if isinstance(value, int) and value > 9_999_999_999:
            problems.append((name, f"{label} {key} value should be < 9999999999"))
    if problems:
        raise RecordInvalid(*problems)


def _check_status(status: object) -> str:
    if status not in CONVERSATION_STATUSES:
        raise Crash(f"{status!r} is not a valid status")
    return str(status)


def _values(conversation: Conversation, custom_keys: set[str]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "status": conversation.status,
        "assignee_id": conversation.assignee.id if conversation.assignee else None,
        "inbox_id": conversation.inbox.id,
        "contact_id": conversation.contact.id,
        "priority": conversation.priority,
        "display_id": conversation.id,
        "labels": conversation.labels,
    }
    return values | {key: conversation.custom_attributes.get(key) for key in custom_keys}
