"""The JSON shapes of conversations, messages and their files. app/views/api/v1"""

from urllib.parse import quote

from simulators.chatwoot import views
from simulators.chatwoot.records import MESSAGE_TYPES, Attachment, Blob, CaptainAssistant, Conversation, Json, Message
from simulators.chatwoot.state import State
from simulators.chatwoot.views import iso, unix

# The variation key Active Storage puts in a thumbnail's address; its content means nothing here.
THUMBNAIL_VARIATION = "eyJfcmFpbHMiOnsicHVyIjoidmFyaWF0aW9uIn19--9b1c"


def message(state: State, record: Message, *, echo_id: str | None = None) -> Json:
    """models/_message.json.jbuilder; an echo_id is given back once and not kept."""
    view: Json = {"id": record.id, "content": content(state, record), "inbox_id": record.conversation.inbox.id}
    if echo_id:
        view["echo_id"] = echo_id
    view |= {
        "conversation_id": record.conversation.id,
        "message_type": MESSAGE_TYPES.index(record.message_type),
        "content_type": record.content_type,
        "status": record.status,
        "content_attributes": record.content_attributes,
        "created_at": unix(record.created_at),
        "private": record.private,
        "source_id": record.source_id,
    }
    if record.sender:
        view["sender"] = views.sender(record.sender)
    if record.attachments:
        view["attachments"] = [attachment(state, record, a) for a in record.attachments]
    return view


def message_row(state: State, record: Message) -> Json:
    """The push form: the row as the database holds it, with more put in. app/models/message.rb, push_event_data"""
    conversation = record.conversation
    row: Json = {
        "id": record.id,
        "content": record.content,
        "account_id": state.account_id,
        "inbox_id": conversation.inbox.id,
        "conversation_id": conversation.id,
        "message_type": MESSAGE_TYPES.index(record.message_type),
        "created_at": unix(record.created_at),
        "updated_at": iso(record.updated_at),
        "private": record.private,
        "status": record.status,
        "source_id": record.source_id,
        "content_type": record.content_type,
        "content_attributes": record.content_attributes,
        "sender_type": _sender_type(record),
        "sender_id": record.sender.id if record.sender else None,
        "external_source_ids": record.external_source_ids,
        "additional_attributes": record.additional_attributes,
        "processed_message_content": record.content,
        "sentiment": {},
        "conversation": {
            "assignee_id": conversation.assignee.id if conversation.assignee else None,
            "unread_count": conversation.unread_count,
            "last_activity_at": unix(conversation.last_activity_at),
            "contact_inbox": {"source_id": conversation.contact_inbox.source_id},
        },
    }
    if record.attachments:
        row["attachments"] = [attachment(state, record, a) for a in record.attachments]
    if record.sender:
        row["sender"] = views.sender(record.sender)
    return row


def _sender_type(record: Message) -> str | None:
    """The class as Rails names it."""
    if isinstance(record.sender, CaptainAssistant):
        return "Captain::Assistant"
    return type(record.sender).__name__ if record.sender else None


def content(state: State, record: Message) -> str | None:
    """Outside the website widget a survey becomes a link. app/models/message.rb, content"""
    if record.content_type != "input_csat" or not record.conversation.inbox.is_api:
        return record.content
    return f"{record.content} {state.find_frontend_url()}/survey/responses/{record.conversation.uuid}"


def attachment(state: State, record: Message, item: Attachment) -> Json:
    """app/models/attachment.rb, push_event_data; sizes of images are null until they are analysed."""
    blob, url = item.blob, data_url(state, item.blob)
    view: Json = {
        "id": item.id,
        "message_id": record.id,
        "file_type": item.file_type,
        "account_id": state.account_id,
        "extension": blob.safe_filename.rpartition(".")[2].lower() if "." in blob.safe_filename else None,
    }
    if state.is_at_least(4, 13, 0):
        view["content_type"] = blob.content_type
    view |= {
        "data_url": f"{url}?disposition=inline" if item.file_type == "audio" else url,
        "thumb_url": _thumb_url(state, blob) if item.file_type == "image" else "",
        "file_size": len(blob.content),
        "width": None,
        "height": None,
    }
    if item.file_type == "audio":
        view["transcribed_text"] = ""
    return view


def data_url(state: State, blob: Blob) -> str:
    """Public and lasting; it redirects to where the file is."""
    return _storage_url(state, f"blobs/redirect/{blob.signed_id}", blob)


def _thumb_url(state: State, blob: Blob) -> str:
    return _storage_url(state, f"representations/redirect/{blob.signed_id}/{THUMBNAIL_VARIATION}", blob)


def _storage_url(state: State, path: str, blob: Blob) -> str:
    return f"{state.find_frontend_url()}/rails/active_storage/{path}/{quote(blob.safe_filename, safe='')}"


def conversation(state: State, record: Conversation) -> Json:
    """conversations/partials/_conversation.json.jbuilder"""
    meta: Json = {
        "sender": views.contact(state, record.contact, with_inboxes=False),
        "channel": record.inbox.channel_type,
    }
    if record.assignee:
        meta |= {"assignee": views.agent(state, record.assignee), "assignee_type": "User"}
    meta["hmac_verified"] = False
    lively = [m for m in record.messages if m.message_type != "activity"]
    return {
        "meta": meta,
        "id": record.id,
        "messages": [message_row(state, m) for m in record.messages[-1:]],
        "account_id": state.account_id,
        "uuid": record.uuid,
        "additional_attributes": record.additional_attributes,
        "agent_last_seen_at": unix(record.agent_last_seen_at),
        "assignee_last_seen_at": unix(record.assignee_last_seen_at),
        "can_reply": True,
        "contact_last_seen_at": 0,
        "custom_attributes": record.custom_attributes,
        "inbox_id": record.inbox.id,
        "labels": record.labels,
        "muted": False,
        "snoozed_until": iso(record.snoozed_until),
        "status": record.status,
        "created_at": unix(record.created_at),
        "updated_at": record.updated_at.timestamp(),
        "timestamp": unix(record.last_activity_at),
        "first_reply_created_at": unix(record.first_reply_created_at),
        "unread_count": record.unread_count,
        "last_non_activity_message": message_row(state, lively[-1]) if lively else None,
        "last_activity_at": unix(record.last_activity_at),
        "priority": record.priority,
        "waiting_since": unix(record.waiting_since),
        "sla_policy_id": None,
    }
