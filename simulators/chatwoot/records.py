"""What a Chatwoot installation holds, as plain records."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

Json = dict[str, Any]

API_CHANNEL = "Channel::Api"
WEB_WIDGET_CHANNEL = "Channel::WebWidget"

# The position is the number Rails stores. app/models/message.rb
MESSAGE_TYPES = ("incoming", "outgoing", "activity", "template")
MESSAGE_STATUSES = ("sent", "delivered", "read", "failed")
CONVERSATION_STATUSES = ("open", "resolved", "pending", "snoozed")
PRIORITIES = ("low", "medium", "high", "urgent")


_UNSAFE_IN_FILENAMES = str.maketrans(dict.fromkeys("\u202e%$|:;/\t\r\n\\", "-"))


class Upload(NamedTuple):
    """A file on its way into a message."""

    filename: str
    content_type: str
    content: bytes


@dataclass
class User:
    """A person with a login; `role` is empty for one who is not a member of the account."""

    id: int
    name: str
    available_name: str
    email: str
    role: str
    token: str


@dataclass
class AgentBot:
    id: int
    name: str
    token: str
    description: str | None = None


@dataclass
class CaptainAssistant:
    """Chatwoot's own bot. enterprise/app/models/captain/assistant.rb"""

    id: int
    name: str
    description: str
    created_at: datetime


@dataclass
class Inbox:
    id: int
    channel_id: int
    name: str
    channel_type: str
    settings: Json
    webhook_url: str | None
    hmac_mandatory: bool
    additional_attributes: Json
    secret: str
    hmac_token: str
    inbox_identifier: str
    created_at: datetime
    updated_at: datetime
    member_ids: set[int] = field(default_factory=set)
    bot: AgentBot | None = None
    gone_at: datetime | None = None

    @property
    def is_api(self) -> bool:
        return self.channel_type == API_CHANNEL


@dataclass
class Contact:
    id: int
    name: str
    identifier: str | None
    email: str | None
    phone_number: str | None
    blocked: bool
    additional_attributes: Json
    custom_attributes: Json
    created_at: datetime
    updated_at: datetime
    last_activity_at: datetime | None = None


@dataclass
class ContactInbox:
    """One contact's place in one inbox; conversations hang on it."""

    id: int
    contact: Contact
    inbox: Inbox
    source_id: str
    pubsub_token: str
    created_at: datetime


@dataclass
class Blob:
    """A stored file."""

    signed_id: str
    filename: str
    content_type: str
    content: bytes

    @property
    def safe_filename(self) -> str:
        """As it stands in addresses. [gem Active Storage: ActiveStorage::Filename#sanitized]"""
        return self.filename.strip().translate(_UNSAFE_IN_FILENAMES)


@dataclass
class Attachment:
    id: int
    file_type: str
    blob: Blob


Sender = User | AgentBot | CaptainAssistant | Contact | None


@dataclass
class Message:
    id: int
    conversation: "Conversation"
    message_type: str
    content: str | None
    content_type: str
    content_attributes: Json
    private: bool
    source_id: str | None
    sender: Sender
    created_at: datetime
    updated_at: datetime
    status: str = "sent"
    attachments: list[Attachment] = field(default_factory=list)
    external_source_ids: Json = field(default_factory=dict)
    additional_attributes: Json = field(default_factory=dict)


@dataclass
class Conversation:
    """`id` is the display id, the only one the API and the webhooks show."""

    id: int
    uuid: str
    contact_inbox: ContactInbox
    status: str
    custom_attributes: Json
    additional_attributes: Json
    created_at: datetime
    updated_at: datetime
    last_activity_at: datetime
    waiting_since: datetime | None
    labels: list[str] = field(default_factory=list)
    assignee: User | None = None
    priority: str | None = None
    snoozed_until: datetime | None = None
    first_reply_created_at: datetime | None = None
    agent_last_seen_at: datetime | None = None
    assignee_last_seen_at: datetime | None = None
    messages: list[Message] = field(default_factory=list)

    @property
    def inbox(self) -> Inbox:
        return self.contact_inbox.inbox

    @property
    def contact(self) -> Contact:
        return self.contact_inbox.contact

    @property
    def unread_count(self) -> int:
        """Incoming messages no agent has seen, at most 10. app/models/conversation.rb, unread_incoming_messages"""
        seen_at = self.agent_last_seen_at
        unread = [m for m in self.messages if m.message_type == "incoming" and (not seen_at or m.created_at > seen_at)]
        return min(len(unread), 10)

    def touch(self, now: datetime) -> None:
        """No two changes are saved in the same microsecond, even where the clock stands still."""
        self.updated_at = max(now, self.updated_at + timedelta(microseconds=1))

    @property
    def last_shown_message(self) -> Message | None:
        """The last message that is neither private nor an activity."""
        shown = [m for m in self.messages if not m.private and m.message_type != "activity"]
        return shown[-1] if shown else None


@dataclass
class AccountWebhook:
    id: int
    name: str | None
    url: str
    subscriptions: list[str]
    secret: str


@dataclass
class Label:
    id: int
    title: str
    description: str | None
    color: str
    show_on_sidebar: bool | None


@dataclass
class AutomationRule:
    id: int
    name: str
    description: str | None
    event_name: str
    conditions: list[Json]
    actions: list[Json]
    created_on: datetime


@dataclass
class AttributeDefinition:
    id: int
    attribute_display_name: str
    attribute_display_type: str
    attribute_description: str | None
    attribute_key: str
    regex_pattern: str | None
    regex_cue: str | None
    attribute_values: list[Any]
    attribute_model: str
    created_at: datetime
