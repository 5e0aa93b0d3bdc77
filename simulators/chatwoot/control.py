"""The control routes, and the plain shapes that they and a test look at.

The routes stand under /_control/, ask for no token and may be called by a page in a browser.
"""

import base64
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.datastructures import FileStorage

from simulators.chatwoot import conversation_views, views
from simulators.chatwoot.access import Router, read_params
from simulators.chatwoot.errors import Refused
from simulators.chatwoot.records import Attachment, Contact, Conversation, Inbox, Json, Message, Upload
from simulators.chatwoot.state import State

if TYPE_CHECKING:
    from simulators.chatwoot.simulator import Chatwoot


# What may be set with /_control/switches; the simulator says what each does.
SWITCHES = {
    *("files_not_there", "redirect_files_to", "data_url_base", "lies_about_size", "max_body_bytes"),
    *("webhooks_to_lose", "webhook_delay_seconds"),
}


def view_inbox(inbox: Inbox) -> Json:
    return {
        "id": inbox.id,
        "name": inbox.name,
        "channel_type": inbox.channel_type,
        "webhook_url": inbox.webhook_url,
        "secret": inbox.secret,
        "lock_to_single_conversation": inbox.settings["lock_to_single_conversation"],
    }


def view_contact(state: State, contact: Contact) -> Json:
    return views.contact(state, contact)


def view_conversation(state: State, conversation: Conversation) -> Json:
    return {
        "id": conversation.id,
        "inbox_id": conversation.inbox.id,
        "inbox_name": conversation.inbox.name,
        "source_id": conversation.contact_inbox.source_id,
        "contact_id": conversation.contact.id,
        "contact_name": conversation.contact.name,
        "contact_identifier": conversation.contact.identifier,
        "status": conversation.status,
        "labels": list(conversation.labels),
        "custom_attributes": dict(conversation.custom_attributes),
        "additional_attributes": dict(conversation.additional_attributes),
        "assignee_name": conversation.assignee.name if conversation.assignee else None,
        "priority": conversation.priority,
        "unread_count": conversation.unread_count,
        "created_at": views.unix(conversation.created_at),
        "last_activity_at": views.unix(conversation.last_activity_at),
    }


def view_message(state: State, message: Message) -> Json:
    """`message_type` is a word here; `external_error` stands by itself."""
    sender = views.sender(message.sender)
    return {
        "id": message.id,
        "conversation_id": message.conversation.id,
        "content": conversation_views.content(state, message),
        "message_type": message.message_type,
        "content_type": message.content_type,
        "content_attributes": dict(message.content_attributes),
        "private": message.private,
        "status": message.status,
        "external_error": message.content_attributes.get("external_error"),
        "source_id": message.source_id,
        "sender_type": sender["type"] if sender else None,
        "sender_name": sender["name"] if sender else None,
        "attachments": [_view_attachment(state, message, item) for item in message.attachments],
        "created_at": views.unix(message.created_at),
    }


def _view_attachment(state: State, message: Message, attachment: Attachment) -> Json:
    """As the API shows it, and with its name and true size."""
    blob = attachment.blob
    known = {"name": blob.filename, "size": len(blob.content), "content_type": blob.content_type}
    return conversation_views.attachment(state, message, attachment) | known


def add_routes(router: Router, flask: Flask, chatwoot: "Chatwoot") -> None:
    acts: dict[str, Callable[..., Any]] = {
        "reply": chatwoot.reply,
        "note": lambda **details: chatwoot.reply(**details, private=True),
        "retry": chatwoot.press_retry,
        "resolve": chatwoot.resolve,
        "status": chatwoot.set_status,
        "typing": chatwoot.typing,
        "delete_message": chatwoot.delete_message,
        "new_conversation": chatwoot.new_conversation,
        "other_inbox": chatwoot.create_other_inbox,
        "bot_reply": chatwoot.bot_reply,
        "bot_choices": chatwoot.bot_choices,
        "captain_reply": chatwoot.captain_reply,
        "nameless_reply": chatwoot.nameless_reply,
        "slack_reply": chatwoot.slack_reply,
        "video_call": chatwoot.start_video_call,
        "macro": chatwoot.run_macro,
        "suspend_account": chatwoot.suspend_account,
        "role": chatwoot.set_role,
        "switches": lambda **values: set_switches(chatwoot, values),
        "automation_reply": chatwoot.automation_reply,
        "greeting": chatwoot.greeting,
        "out_of_office": chatwoot.out_of_office,
        "csat": chatwoot.csat,
    }

    @router.public("GET", "/_control/state")
    def show_state() -> Json:
        return {
            "account": chatwoot.state.account,
            "inboxes": chatwoot.inboxes(),
            "contacts": chatwoot.contacts(),
            "conversations": [
                conversation | {"messages": chatwoot.messages(conversation["id"], with_activities=True)}
                for conversation in chatwoot.conversations()
            ],
        }

    def add_act(name: str, act: Callable[..., Any]) -> None:
        @router.public("POST", f"/_control/{name}")
        def perform() -> Json:
            details = _read_details()
            try:
                inspect.signature(act).bind(**details)
            except TypeError as error:
                raise Refused(str(error)) from error
            return act(**details) or {}

    def set_switches(chatwoot: "Chatwoot", values: Json) -> None:
        if strange := values.keys() - SWITCHES:
            raise Refused(f"there is no switch {', '.join(sorted(strange))}")
        with chatwoot.lock:
            for name, value in values.items():
                setattr(chatwoot, name, value)

    for name, act in acts.items():
        add_act(name, act)

    @flask.after_request
    def let_browsers_in(response: Response) -> Response:
        if request.path.startswith("/_control/"):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Allow-Headers"] = "*"
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE, OPTIONS"
        return response


def _read_details() -> Json:
    """The arguments of an act. Files come in a form, or in JSON as {name, type, base64}."""
    details = read_params()
    for name in ("conversation_id", "message_id", "contact_id", "inbox_id", "in_reply_to"):
        if str(details.get(name, "")).isdecimal():
            details[name] = int(details[name])
    if files := details.get("attachments"):
        details["attachments"] = [_read_attachment(item) for item in (files if isinstance(files, list) else [files])]
    return details


def _read_attachment(item: Any) -> Upload:
    if isinstance(item, FileStorage):
        return Upload(item.filename or "file", item.mimetype or "application/octet-stream", item.read())
    if not isinstance(item, dict):
        raise Refused("an attachment is {name, type, base64}")
    name, content_type = item.get("name", item.get("filename")), item.get("type", item.get("content_type"))
    try:
        content = base64.b64decode(item["base64"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("an attachment's content is in base64") from error
    if not name:
        raise Refused("an attachment has a name")
    # A browser gives no type to a file that it does not know.
    return Upload(str(name), str(content_type or "application/octet-stream"), content)
