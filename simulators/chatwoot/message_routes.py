"""The calls on messages and on files. conversations/messages_controller.rb, upload_controller.rb"""

from werkzeug.datastructures import FileStorage

from simulators.chatwoot import conversation_views, views
from simulators.chatwoot.access import Router, read_params
from simulators.chatwoot.errors import ApiError, Crash, RecordInvalid, Refused
from simulators.chatwoot.messages import Messages
from simulators.chatwoot.records import AgentBot, Conversation, Json, Upload, User
from simulators.chatwoot.state import State

PATH = "/conversations/<conversation_id>/messages"


def add_routes(router: Router, state: State, messages: Messages) -> None:
    @router.account("GET", PATH)
    def index(user: User, conversation_id: str) -> Json:
        conversation, params = state.find_conversation(conversation_id, user), read_params()
        found = messages.find(
            conversation,
            before=_as_id(params.get("before")),
            after=_as_id(params.get("after")),
            without_internal=bool(params.get("filter_internal_messages")),
        )
        return {
            "meta": _view_meta(conversation),
            "payload": [conversation_views.message(state, message) for message in found],
        }

    @router.account("POST", PATH, bots=True)
    def create(user: User | AgentBot, conversation_id: str) -> Json:
        conversation, params = state.find_conversation(conversation_id, user), read_params()
        try:
            params["attachments"] = _read_uploads(params.get("attachments"))
            draft = messages.draft(conversation, user, params)
        except RecordInvalid as error:
            raise Refused(f"Validation failed: {error.sentences}") from error
        except Crash as error:
            # The controller rescues every StandardError.
            raise Refused(error.reason) from error
        echo_id = params.get("echo_id")
        return conversation_views.message(state, messages.create(draft), echo_id=str(echo_id) if echo_id else None)

    if state.is_at_least(4, 2, 0):

        @router.account("PATCH", f"{PATH}/<message_id>")
        @router.account("PUT", f"{PATH}/<message_id>")
        def update(user: User, conversation_id: str, message_id: str) -> Json:
            """Before v4.2.0 there is no such route."""
            conversation, params = state.find_conversation(conversation_id, user), read_params()
            if not conversation.inbox.is_api:
                raise ApiError(403, {"error": "Message status update is only allowed for API inboxes"})
            message = state.find_message(conversation, message_id)
            messages.set_status(message, params.get("status"), params.get("external_error"))
            return conversation_views.message(state, message)

    @router.account("DELETE", f"{PATH}/<message_id>")
    def destroy(user: User, conversation_id: str, message_id: str) -> Json:
        message = state.find_message(state.find_conversation(conversation_id, user), message_id)
        messages.delete(message)
        return conversation_views.message(state, message)

    @router.account("POST", f"{PATH}/<message_id>/retry")
    def retry(user: User, conversation_id: str, message_id: str) -> Json:
        message = state.find_message(state.find_conversation(conversation_id, user), message_id)
        messages.retry(message)
        return conversation_views.message(state, message)

    @router.account("POST", "/upload")
    def upload(user: User) -> Json:
        given = read_params().get("attachment")
        if not isinstance(given, FileStorage):
            raise Refused("No file or URL provided")
        blob = state.store_blob(_read_file(given))
        return {"file_url": conversation_views.data_url(state, blob), "blob_id": blob.signed_id}

    def _view_meta(conversation: Conversation) -> Json:
        meta: Json = {
            "labels": conversation.labels,
            "additional_attributes": conversation.additional_attributes,
            "contact": views.sender(conversation.contact),
        }
        if conversation.assignee:
            meta["assignee"] = views.sender(conversation.assignee)
        meta["agent_last_seen_at"] = views.iso(conversation.agent_last_seen_at)
        meta["assignee_last_seen_at"] = views.iso(conversation.assignee_last_seen_at)
        return meta


def _read_uploads(given: object) -> list[Upload | str]:
    """Files of the form, or signed ids of some uploaded before; the field's name must end in []."""
    if given and not isinstance(given, list):
        raise Crash("undefined method 'each'")
    items = given if isinstance(given, list) else []
    return [_read_file(item) if isinstance(item, FileStorage) else str(item) for item in items]


def _read_file(given: FileStorage) -> Upload:
    return Upload(given.filename or "file", given.mimetype or "application/octet-stream", given.read())


def _as_id(value: object) -> int | None:
    """Ruby's to_i: what is no number counts as 0."""
    if value in (None, ""):
        return None
    text = str(value)
    return int(text) if text.isdecimal() else 0
