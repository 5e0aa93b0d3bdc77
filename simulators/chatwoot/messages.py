"""Messages: what may be written, and what a new one does to its conversation.

app/builders/messages/message_builder.rb, app/models/message.rb, app/services/messages/status_update_service.rb
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from simulators.chatwoot import liquid
from simulators.chatwoot.access import as_boolean
from simulators.chatwoot.contacts import Contacts
from simulators.chatwoot.errors import Crash, RecordInvalid
from simulators.chatwoot.records import (
    MESSAGE_STATUSES,
    MESSAGE_TYPES,
    AgentBot,
    Attachment,
    Conversation,
    Json,
    Message,
    Sender,
    Upload,
    User,
)
from simulators.chatwoot.state import State
from simulators.chatwoot.timeline import Timeline
from simulators.chatwoot.webhooks import Events

CONTENT_TYPES = (
    *("text", "input_text", "input_textarea", "input_email", "input_select", "cards", "form", "article"),
    *("incoming_email", "input_csat", "integrations", "sticker", "voice_call"),
)
# What the items of a message may have. app/models/content_attribute_validator.rb
ITEM_KEYS = {
    "input_select": {"title", "value"},
    "cards": {"title", "description", "media_url", "actions"},
    "form": {
        *("type", "placeholder", "label", "name", "options", "default", "required", "pattern", "title"),
        "pattern_error",
    },
    "article": {"title", "description", "link"},
}
MAX_CONTENT_LENGTH = 150_000
MAX_ATTACHMENTS = 15
MAX_MESSAGES_A_MINUTE = 200
DELETED_CONTENT = "This message was deleted"

# Content-Type → file_type; audio/* is audio, everything else a file. app/helpers/file_type_helper.rb
FILE_TYPES = {f"image/{kind}": "image" for kind in ("jpeg", "jpg", "png", "gif", "bmp", "webp")} | {
    f"video/{kind}": "video" for kind in ("ogg", "mp4", "webm", "quicktime")
}


@dataclass(frozen=True)
class Draft:
    """A message that may be written: valid, and nowhere yet."""

    conversation: Conversation
    sender: Sender
    content: str | None
    message_type: str = "outgoing"
    content_type: str = "text"
    content_attributes: Json = field(default_factory=dict)
    private: bool = False
    source_id: str | None = None
    attachments: tuple[Upload | str, ...] = ()
    external_source_ids: Json = field(default_factory=dict)
    additional_attributes: Json = field(default_factory=dict)


class Messages:
    def __init__(self, state: State, events: Events, timeline: Timeline, contacts: Contacts) -> None:
        self._state = state
        self._events = events
        self._timeline = timeline
        self._contacts = contacts
        # What else happens when a message is there.
        self.followers: list[Callable[[Message], None]] = []

    def draft(self, conversation: Conversation, author: User | AgentBot, params: Json) -> Draft:
        """What the parameters of a request ask for; refused as Chatwoot refuses it."""
        message_type = str(params.get("message_type") or "outgoing")
        content_type = str(params.get("content_type") or "text")
        if message_type == "incoming" and not conversation.inbox.is_api:
            raise Crash("Incoming messages are only allowed in Api inboxes")
        if message_type not in MESSAGE_TYPES:
            raise Crash(f"'{message_type}' is not a valid message_type")
        if content_type not in CONTENT_TYPES:
            raise Crash(f"'{content_type}' is not a valid content_type")
        attributes = _read_content_attributes(params.get("content_attributes"))
        if params.get("external_created_at"):
            attributes["external_created_at"] = params["external_created_at"]
        sender: Sender = conversation.contact
        if message_type == "outgoing":
            sender = author
            if params.get("sender_type") == "AgentBot" and str(params.get("sender_id")) == str(self._state.bot.id):
                sender = self._state.bot
        draft = Draft(
            conversation=conversation,
            sender=sender,
            content=_text(params.get("content")),
            message_type=message_type,
            content_type=content_type,
            content_attributes=attributes,
            private=as_boolean(params.get("private")),
            source_id=_text(params.get("source_id")),
            attachments=tuple(params.get("attachments") or ()),
        )
        self.check(draft)
        return draft

    def check(self, draft: Draft) -> None:
        """The validations of the model."""
        problems = []
        since = self._state.clock() - timedelta(minutes=1)
        if sum(message.created_at >= since for message in draft.conversation.messages) >= MAX_MESSAGES_A_MINUTE:
            problems.append(("base", "Too many messages"))
        if len(draft.content or "") > MAX_CONTENT_LENGTH:
            problems.append(("content", f"Content is too long (maximum is {MAX_CONTENT_LENGTH} characters)"))
        if len(draft.source_id or "") > 20_000:
            problems.append(("source_id", "Source is too long (maximum is 20000 characters)"))
        if draft.content_type in ITEM_KEYS:
            problems += _find_item_problems(draft.content_type, draft.content_attributes.get("items"))
        if len(draft.attachments) > MAX_ATTACHMENTS:
            problems.append(("attachments", "Attachments exceeded maximum allowed"))
        for item in draft.attachments:
            if isinstance(item, str) and item not in self._state.blobs:
                raise Crash("mismatched digest")
        if problems:
            raise RecordInvalid(*problems)

    def create(self, draft: Draft) -> Message:
        """Write it down, let it move the conversation, and tell the webhooks."""
        conversation, now = draft.conversation, self._state.clock()
        content = draft.content
        if content and draft.message_type == "outgoing":
            content = liquid.render(content, conversation, draft.sender)
        message = Message(
            id=self._state.next_id("message"),
            conversation=conversation,
            message_type=draft.message_type,
            content=content,
            content_type=draft.content_type,
            content_attributes=_link_reply(conversation, draft.content_attributes),
            private=draft.private,
            source_id=draft.source_id,
            sender=draft.sender,
            created_at=now,
            updated_at=now,
            attachments=[self._attach(item) for item in draft.attachments],
            external_source_ids=draft.external_source_ids,
            additional_attributes=draft.additional_attributes,
        )
        self._timeline.append(message)
        if message.message_type == "incoming":
            self._reopen(conversation)
            self._contacts.note_activity(conversation.contact)
        changes = self._timeline.assign(conversation, self._describe_waiting(message))
        self._events.message_created(message)
        self._events.conversation_changed(conversation, changes)
        for follow in self.followers:
            follow(message)
        return message

    def set_status(self, message: Message, status: object, external_error: str | None = None) -> None:
        """An unknown status and a step from read to delivered are passed over in silence.

        Whatever is not a failure clears the error; Rails' store accessor then leaves a null behind (inferred).
        """
        if status not in MESSAGE_STATUSES or (message.status == "read" and status == "delivered"):
            return
        attributes = dict(message.content_attributes)
        error = external_error if status == "failed" else None
        if attributes.get("external_error") != error:
            attributes["external_error"] = error
        self._update(message, status=str(status), content_attributes=attributes)

    def fail_delivery(self, message_id: int, error: str) -> None:
        """The inbox's webhook did not take an event of this message. lib/webhooks/trigger.rb"""
        if message := self._state.messages.get(message_id):
            self.set_status(message, "failed", error)

    def retry(self, message: Message) -> None:
        """Marks it sent and forgets all content_attributes; an API inbox sends nothing again."""
        self._update(message, status="sent", content_attributes={})

    def delete(self, message: Message) -> None:
        """The row stays, with another text; its files go."""
        for attachment in message.attachments:
            self._state.blobs.pop(attachment.blob.signed_id, None)
        message.attachments = []
        attributes = {"deleted": True}
        self._update(message, content=DELETED_CONTENT, content_type="text", content_attributes=attributes)

    def find(
        self, conversation: Conversation, *, before: int | None, after: int | None, without_internal: bool
    ) -> list[Message]:
        """Ascending. app/finders/message_finder.rb"""
        found = conversation.messages
        if without_internal:
            found = [m for m in found if not m.private and m.message_type != "activity"]
        if before is not None and after is not None:
            return [m for m in found if after <= m.id < before][:1000]
        if before is not None:
            return [m for m in found if m.id < before][-20:]
        if after is not None:
            return [m for m in found if m.id > after][:100]
        return found[-20:]

    def _update(self, message: Message, **values: Any) -> None:
        """An update that changes nothing makes no event. models/message.rb, dispatch_update_event"""
        if all(getattr(message, name) == value for name, value in values.items()):
            return
        for name, value in values.items():
            setattr(message, name, value)
        message.conversation.touch(self._state.clock())
        message.updated_at = message.conversation.updated_at
        self._events.message_updated(message)

    def _reopen(self, conversation: Conversation) -> None:
        """models/message.rb, reopen_conversation; an API call is made by the bridge's user."""
        if conversation.status in ("snoozed", "resolved") and not conversation.contact.blocked:
            waits_for_bot = conversation.status == "resolved" and conversation.inbox.bot
            values = {"status": "pending" if waits_for_bot else "open", "snoozed_until": None}
            self._timeline.change(conversation, self._state.admin, values)

    def _describe_waiting(self, message: Message) -> Json:
        """Who waits for whom since when. models/message.rb, valid_first_reply?, update_waiting_since"""
        conversation = message.conversation
        if message.message_type == "incoming":
            return {} if conversation.waiting_since else {"waiting_since": message.created_at}
        if message.private or not _is_human_reply(message):
            return {}
        values: Json = {"waiting_since": None}
        if not conversation.first_reply_created_at:
            values["first_reply_created_at"] = message.created_at
        return values

    def _attach(self, item: Upload | str) -> Attachment:
        blob = self._state.blobs[item] if isinstance(item, str) else self._state.store_blob(item)
        kind = blob.content_type.split(";")[0].strip().lower()
        file_type = "audio" if kind.startswith("audio/") else FILE_TYPES.get(kind, "file")
        return Attachment(self._state.next_id("attachment"), file_type, blob)


def _find_item_problems(content_type: str, items: object) -> list[tuple[str, str]]:
    listed = items if isinstance(items, list) else []
    if not listed:
        return [("content_attributes", "Content attributes At least one item is required.")]
    if not all(isinstance(item, dict) for item in listed):
        return [("content_attributes", "Content attributes Items should be a hash.")]
    strange = [key for item in listed for key in item if key not in ITEM_KEYS[content_type]]
    sentence = f"Content attributes contains invalid keys for items : {strange}"
    return [("content_attributes", sentence)] if strange else []


def _is_human_reply(message: Message) -> bool:
    """models/message.rb, human_response?"""
    attributes = message.content_attributes
    if message.message_type != "outgoing" or attributes.get("automation_rule_id"):
        return False
    return isinstance(message.sender, User) or bool(attributes.get("external_echo"))


def _link_reply(conversation: Conversation, attributes: Json) -> Json:
    """A reply names the other message by both its ids, or by none. app/builders/messages/in_reply_to_*"""
    message_id, source_id = attributes.get("in_reply_to"), attributes.get("in_reply_to_external_id")
    if not message_id and not source_id:
        return attributes
    found = [
        message
        for message in conversation.messages
        if (str(message.id) == str(message_id) if message_id else message.source_id == source_id)
    ]
    target = found[0] if found else None
    return attributes | {
        "in_reply_to": target.id if target else None,
        "in_reply_to_external_id": target.source_id if target else None,
    }


def _read_content_attributes(value: object) -> Json:
    """An object, or its JSON as a form must give it.

    A text that is no JSON counts as empty; JSON of anything but an object makes the builder fail when it looks into it.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
        if not isinstance(value, dict | None):
            raise Crash("undefined method 'dig'")
    return dict(value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
