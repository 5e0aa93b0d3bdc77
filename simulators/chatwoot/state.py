"""Everything the simulated installation remembers, and where to find it."""

import base64
import hashlib
import json
import secrets
import string
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from simulators.chatwoot.errors import NotAllowed, NotFound
from simulators.chatwoot.records import (
    AccountWebhook,
    AgentBot,
    AttributeDefinition,
    AutomationRule,
    Blob,
    CaptainAssistant,
    Contact,
    ContactInbox,
    Conversation,
    Inbox,
    Json,
    Label,
    Message,
    Upload,
    User,
)

Record = TypeVar("Record")

# Each kind of id starts elsewhere, so that one taken for another is not found.
FIRST_IDS = {
    "contact": 301,
    "contact_inbox": 501,
    "conversation": 1001,
    "message": 90001,
    "attachment": 701,
    "inbox": 7,
    "channel": 21,
    "webhook": 41,
    "label": 61,
    "attribute_definition": 141,
    "blob": 411,
    "agent_bot": 4,
    "automation_rule": 12,
}


@dataclass
class State:
    clock: Callable[[], datetime]
    account_id: int
    account_name: str
    version: tuple[int, ...]
    # Called on each use, since the port is known only once the simulator is served.
    find_frontend_url: Callable[[], str]
    # What webhooks say of the size of every file; None for the truth.
    find_false_size: Callable[[], int | None]
    admin: User
    agent: User
    outsider: User
    bot: AgentBot
    captain: CaptainAssistant
    is_suspended: bool = False
    inboxes: dict[int, Inbox] = field(default_factory=dict)
    contacts: dict[int, Contact] = field(default_factory=dict)
    contact_inboxes: dict[int, ContactInbox] = field(default_factory=dict)
    conversations: dict[int, Conversation] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    webhooks: dict[int, AccountWebhook] = field(default_factory=dict)
    labels: dict[int, Label] = field(default_factory=dict)
    attribute_definitions: dict[int, AttributeDefinition] = field(default_factory=dict)
    agent_bots: dict[int, AgentBot] = field(default_factory=dict)
    automation_rules: dict[int, AutomationRule] = field(default_factory=dict)
    blobs: dict[str, Blob] = field(default_factory=dict)
    _last_ids: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def forget(self) -> None:
        """Back to an account with its people and nothing else."""
        self.is_suspended = False
        self.admin.role, self.agent.role = "administrator", "agent"
        kept: tuple[dict[Any, Any], ...] = (
            *(self.inboxes, self.contacts, self.contact_inboxes, self.conversations, self.messages),
            *(self.webhooks, self.labels, self.attribute_definitions, self.blobs, self._last_ids),
            *(self.agent_bots, self.automation_rules),
        )
        for records in kept:
            records.clear()

    @property
    def users(self) -> list[User]:
        return [self.admin, self.agent, self.outsider]

    @property
    def account(self) -> Json:
        return {"id": self.account_id, "name": self.account_name}

    def next_id(self, kind: str) -> int:
        self._last_ids[kind] = max(self._last_ids[kind] + 1, FIRST_IDS[kind])
        return self._last_ids[kind]

    def is_at_least(self, *version: int) -> bool:
        return self.version >= version

    def finish_deletions(self) -> None:
        """Take away the inboxes whose time has come, with all that hangs on them."""
        gone = [inbox.id for inbox in self.inboxes.values() if inbox.gone_at and inbox.gone_at <= self.clock()]
        for inbox_id in gone:
            del self.inboxes[inbox_id]
        if gone:
            self.leave(lambda contact_inbox: contact_inbox.inbox.id in gone)

    def find_member(self, user_id: object) -> User | None:
        return next((user for user in self.users if user.role and str(user.id) == str(user_id)), None)

    def find_contact(self, contact_id: object) -> Contact:
        return _find(self.contacts, contact_id)

    def find_inbox(self, inbox_id: object, user: User | AgentBot) -> Inbox:
        """The inbox, if this user may see it. app/policies/inbox_policy.rb"""
        inbox = _find(self.inboxes, inbox_id)
        if not may_see(user, inbox):
            raise NotAllowed
        return inbox

    def find_conversation(self, conversation_id: object, user: User | AgentBot) -> Conversation:
        """The conversation, if this user may see it. app/policies/conversation_policy.rb"""
        conversation = _find(self.conversations, conversation_id)
        if not may_see(user, conversation.inbox):
            raise NotAllowed
        return conversation

    def find_any_message(self, message_id: object) -> Message:
        return _find(self.messages, message_id)

    def find_message(self, conversation: Conversation, message_id: object) -> Message:
        message = self.find_any_message(message_id)
        if message.conversation is not conversation:
            raise NotFound
        return message

    def remove_conversations(self, is_gone: Callable[[Conversation], bool]) -> None:
        """Delete conversations, and what was written in them."""
        for conversation in [one for one in self.conversations.values() if is_gone(one)]:
            del self.conversations[conversation.id]
            for message in conversation.messages:
                self.messages.pop(message.id, None)

    def leave(self, is_gone: Callable[[ContactInbox], bool]) -> None:
        """Delete the places of contacts in inboxes, and their conversations."""
        for contact_inbox in [one for one in self.contact_inboxes.values() if is_gone(one)]:
            del self.contact_inboxes[contact_inbox.id]
        self.remove_conversations(lambda conversation: is_gone(conversation.contact_inbox))

    def find_contact_inbox(self, inbox: Inbox, source_id: str) -> ContactInbox | None:
        found = (c for c in self.contact_inboxes.values() if c.inbox is inbox and c.source_id == source_id)
        return next(found, None)

    def visible_inboxes(self, user: User | AgentBot) -> list[Inbox]:
        return [inbox for inbox in self.inboxes.values() if may_see(user, inbox)]

    def store_blob(self, upload: Upload) -> Blob:
        """Keep a file; its signed id looks like the one Active Storage gives."""
        data = json.dumps({"_rails": {"data": self.next_id("blob"), "pur": "blob_id"}}, separators=(",", ":")).encode()
        signed_id = f"{base64.b64encode(data).decode()}--{hashlib.sha1(data + secrets.token_bytes(8)).hexdigest()}"
        blob = Blob(signed_id, upload.filename, upload.content_type, upload.content)
        self.blobs[signed_id] = blob
        return blob


def may_see(user: User | AgentBot, inbox: Inbox) -> bool:
    """Administrators and bots see every inbox, agents those they are members of. app/models/user.rb"""
    return isinstance(user, AgentBot) or user.role == "administrator" or user.id in inbox.member_ids


def make_token() -> str:
    """24 letters and digits, as Rails' has_secure_token makes them."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(24))


def _find(records: dict[int, Record], record_id: object) -> Record:
    try:
        return records[int(str(record_id))]
    except (KeyError, ValueError):
        raise NotFound from None
