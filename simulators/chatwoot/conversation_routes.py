"""The calls on conversations. conversations_controller.rb and its neighbours in accounts/conversations/"""

from datetime import UTC, datetime, timedelta

from flask import Response

from simulators.chatwoot import conversation_views, views
from simulators.chatwoot.access import Router, as_boolean, as_object, json_response, read_page, read_params
from simulators.chatwoot.conversations import Conversations
from simulators.chatwoot.records import AgentBot, Conversation, Json, User
from simulators.chatwoot.state import State
from simulators.chatwoot.webhooks import Events

PER_PAGE = 25


def add_routes(router: Router, state: State, events: Events, conversations: Conversations) -> None:
    _add_reading_routes(router, state, conversations)
    _add_changing_routes(router, state, events, conversations)


def _add_reading_routes(router: Router, state: State, conversations: Conversations) -> None:
    @router.account("GET", "/conversations")
    def index(user: User) -> Json:
        params = read_params()
        found = _select(conversations.visible_to(user), params, state.clock())
        meta = _count(found, user)
        chosen = {
            "me": [c for c in found if c.assignee is user],
            "unassigned": [c for c in found if not c.assignee],
            "assigned": [c for c in found if c.assignee],
        }.get(str(params.get("assignee_type")), found)
        shown = chosen if params.get("updated_within") else _cut_page(chosen)
        return {"data": {"meta": meta, "payload": [conversation_views.conversation(state, c) for c in shown]}}

    @router.account("POST", "/conversations/filter")
    def filter_conversations(user: User) -> Json:
        found = conversations.filter(user, read_params().get("payload"))
        meta = {name: count for name, count in _count(found, user).items() if name != "assigned_count"}
        return {"meta": meta, "payload": [conversation_views.conversation(state, c) for c in _cut_page(found)]}

    @router.account("GET", "/conversations/<conversation_id>", bots=True)
    def show(user: User, conversation_id: str) -> Json:
        return conversation_views.conversation(state, state.find_conversation(conversation_id, user))

    @router.account("GET", "/contacts/<contact_id>/conversations")
    def index_of_contact(user: User, contact_id: str) -> Json:
        contact = state.find_contact(contact_id)
        found = [c for c in conversations.visible_to(user) if c.contact is contact]
        return {"payload": [conversation_views.conversation(state, c) for c in found[:20]]}

    @router.account("GET", "/conversations/<conversation_id>/labels", bots=True)
    def show_labels(user: User, conversation_id: str) -> Json:
        return {"payload": state.find_conversation(conversation_id, user).labels}


def _add_changing_routes(router: Router, state: State, events: Events, conversations: Conversations) -> None:
    @router.account("POST", "/conversations", bots=True)
    def create(user: User | AgentBot) -> Json:
        return conversation_views.conversation(state, conversations.create(user, read_params()))

    @router.account("DELETE", "/conversations/<conversation_id>", role="administrator")
    def destroy(user: User, conversation_id: str) -> Response:
        """Since v4.3.0. What was written in it goes with it; the contact stays."""
        conversation = state.find_conversation(conversation_id, user)
        state.remove_conversations(lambda one: one is conversation)
        return Response(status=200)

    @router.account("PATCH", "/conversations/<conversation_id>", bots=True)
    def update(user: User | AgentBot, conversation_id: str) -> Json:
        conversation, params = state.find_conversation(conversation_id, user), read_params()
        if "priority" in params:
            conversations.set_priority(conversation, user, params["priority"])
        return conversation_views.conversation(state, conversation)

    @router.account("POST", "/conversations/<conversation_id>/toggle_priority", bots=True)
    def toggle_priority(user: User | AgentBot, conversation_id: str) -> Response:
        conversation = state.find_conversation(conversation_id, user)
        conversations.set_priority(conversation, user, read_params().get("priority"))
        return Response(status=200)

    @router.account("POST", "/conversations/<conversation_id>/toggle_status", bots=True)
    def toggle_status(user: User | AgentBot, conversation_id: str) -> Json:
        conversation, params = state.find_conversation(conversation_id, user), read_params()
        until = str(params.get("snoozed_until") or "")
        snoozed_until = datetime.fromtimestamp(int(until), UTC) if until.isdecimal() else None
        conversations.set_status(conversation, user, params.get("status"), snoozed_until)
        return {
            "payload": {
                "success": True,
                "conversation_id": conversation.id,
                "current_status": conversation.status,
                "snoozed_until": views.iso(conversation.snoozed_until),
            }
        }

    @router.account("POST", "/conversations/<conversation_id>/custom_attributes", bots=True)
    def set_custom_attributes(user: User | AgentBot, conversation_id: str) -> Json:
        conversation = state.find_conversation(conversation_id, user)
        conversations.set_custom_attributes(conversation, user, as_object(read_params().get("custom_attributes")))
        return {"custom_attributes": conversation.custom_attributes}

    @router.account("POST", "/conversations/<conversation_id>/labels", bots=True)
    def set_labels(user: User | AgentBot, conversation_id: str) -> Json:
        conversation = state.find_conversation(conversation_id, user)
        conversations.set_labels(conversation, user, read_params().get("labels"))
        return {"payload": conversation.labels}

    @router.account("POST", "/conversations/<conversation_id>/assignments", bots=True)
    def assign(user: User | AgentBot, conversation_id: str) -> Response:
        """There are no teams here, so a team_id finds none."""
        conversation, params = state.find_conversation(conversation_id, user), read_params()
        assignee = None
        if "assignee_id" in params:
            assignee = conversations.assign(conversation, user, params["assignee_id"])
        return json_response(views.agent(state, assignee) if assignee else None)

    @router.account("POST", "/conversations/<conversation_id>/update_last_seen")
    def update_last_seen(user: User, conversation_id: str) -> Json:
        conversation = state.find_conversation(conversation_id, user)
        conversation.agent_last_seen_at = state.clock()
        if conversation.assignee is user:
            conversation.assignee_last_seen_at = state.clock()
        return conversation_views.conversation(state, conversation)

    @router.account("POST", "/conversations/<conversation_id>/toggle_typing_status", bots=True)
    def toggle_typing_status(user: User, conversation_id: str) -> Response:
        conversation, params = state.find_conversation(conversation_id, user), read_params()
        is_private = as_boolean(params.get("is_private"))
        events.typing(conversation, user, is_on=params.get("typing_status") == "on", is_private=is_private)
        return Response(status=200)


def _select(found: list[Conversation], params: Json, now: datetime) -> list[Conversation]:
    """app/finders/conversation_finder.rb: without a status, only the open ones."""
    status = params.get("status") or "open"
    if status != "all":
        found = [c for c in found if c.status == status]
    if params.get("inbox_id"):
        found = [c for c in found if str(c.inbox.id) == str(params["inbox_id"])]
    if params.get("source_id"):
        found = [c for c in found if c.contact_inbox.source_id == str(params["source_id"])]
    if labels := params.get("labels"):
        wanted = set(labels if isinstance(labels, list) else [labels])
        found = [c for c in found if wanted & set(c.labels)]
    if params.get("updated_within"):
        since = now - timedelta(seconds=int(params["updated_within"]))
        found = [c for c in found if c.updated_at > since]
    return found


def _count(found: list[Conversation], user: User) -> Json:
    assigned = [c for c in found if c.assignee]
    return {
        "mine_count": sum(c.assignee is user for c in assigned),
        "assigned_count": len(assigned),
        "unassigned_count": len(found) - len(assigned),
        "all_count": len(found),
    }


def _cut_page(found: list[Conversation]) -> list[Conversation]:
    page = read_page()
    return found[(page - 1) * PER_PAGE : page * PER_PAGE]
