"""The bodies of webhooks. app/listeners/webhook_listener.rb, app/models/message.rb (webhook_data)"""

from simulators.chatwoot import conversation_views, views
from simulators.chatwoot.records import AgentBot, CaptainAssistant, Contact, Conversation, Json, Message, Sender, User
from simulators.chatwoot.state import State
from simulators.chatwoot.views import iso, unix


def message(state: State, record: Message) -> Json:
    """No status in it: that shows only in the conversation's last message."""
    content = conversation_views.content(state, record)
    if content is not None:
        content = content.replace("\\\n", "\n").rstrip("\n")
    payload: Json = {
        "account": state.account,
        "additional_attributes": record.additional_attributes,
        "content_attributes": record.content_attributes,
        "content_type": record.content_type,
        "content": content,
        "conversation": conversation(state, record.conversation),
        "created_at": iso(record.created_at),
        "id": record.id,
        "inbox": {"id": record.conversation.inbox.id, "name": record.conversation.inbox.name},
        "message_type": record.message_type,
        "private": record.private,
        "sender": sender(state, record.sender),
        "source_id": record.source_id,
    }
    if record.attachments:
        payload["attachments"] = attachments(state, record)
    return payload


def attachments(state: State, record: Message) -> list[Json]:
    views_of_files = [conversation_views.attachment(state, record, item) for item in record.attachments]
    false_size = state.find_false_size()
    return [view if false_size is None else view | {"file_size": false_size} for view in views_of_files]


def conversation(state: State, record: Conversation) -> Json:
    """app/presenters/conversations/event_data_presenter.rb"""
    contact_inbox = record.contact_inbox
    last_message = record.last_shown_message
    payload: Json = {
        "additional_attributes": record.additional_attributes,
        "can_reply": True,
        "channel": record.inbox.channel_type,
        "contact_inbox": {
            "id": contact_inbox.id,
            "contact_id": record.contact.id,
            "inbox_id": record.inbox.id,
            "source_id": contact_inbox.source_id,
            "created_at": iso(contact_inbox.created_at),
            "updated_at": iso(contact_inbox.created_at),
            "hmac_verified": False,
            "pubsub_token": contact_inbox.pubsub_token,
        },
        "id": record.id,
        "inbox_id": record.inbox.id,
        "messages": [message_row(state, last_message)] if last_message else [],
        "labels": record.labels,
        "meta": {
            "sender": views.sender(record.contact),
            "assignee": views.sender(record.assignee),
            "assignee_type": "User" if record.assignee else None,
            "team": None,
            "hmac_verified": False,
        },
        "status": record.status,
        "custom_attributes": record.custom_attributes,
        "snoozed_until": iso(record.snoozed_until),
        "unread_count": record.unread_count,
        "first_reply_created_at": iso(record.first_reply_created_at),
        "priority": record.priority,
        "waiting_since": unix(record.waiting_since),
        "agent_last_seen_at": unix(record.agent_last_seen_at),
        "contact_last_seen_at": 0,
        "last_activity_at": unix(record.last_activity_at),
        "timestamp": unix(record.last_activity_at),
        "created_at": unix(record.created_at),
        "updated_at": record.updated_at.timestamp(),
    }
    # Since v4.14.2; before, a conversation event does not say whose account it is.
    return payload | ({"account": state.account} if state.is_at_least(4, 14, 2) else {})


def message_row(state: State, record: Message) -> Json:
    row = conversation_views.message_row(state, record)
    return row | ({"attachments": attachments(state, record)} if record.attachments else {})


def contact(state: State, record: Contact) -> Json:
    """No `type` in it, unlike other senders. app/models/contact.rb, webhook_data"""
    return {
        "account": state.account,
        "additional_attributes": record.additional_attributes,
        "avatar": "",
        "custom_attributes": record.custom_attributes,
        "email": record.email,
        "id": record.id,
        "identifier": record.identifier,
        "name": record.name,
        "phone_number": record.phone_number,
        "thumbnail": "",
        "blocked": record.blocked,
    }


def typing(state: State, record: Conversation, user: User, event: str, *, is_private: bool) -> Json:
    return {
        "event": event,
        "user": sender(state, user),
        "conversation": conversation(state, record),
        "is_private": is_private,
    }


def sender(state: State, record: Sender) -> Json | None:
    if isinstance(record, User):
        return {"id": record.id, "name": record.name, "email": record.email, "type": "user"}
    if isinstance(record, AgentBot):
        return {"id": record.id, "name": record.name, "type": "agent_bot"}
    if isinstance(record, CaptainAssistant):
        return views.sender(record)
    return contact(state, record) if record else None
