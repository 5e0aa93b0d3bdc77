"""What befalls a conversation: messages are added to it, its columns change, and both are told.

app/models/conversation.rb (execute_after_update_commit_callbacks), app/models/concerns/activity_message_handler.rb
"""

from collections.abc import Iterator
from typing import Any

from simulators.chatwoot.records import AgentBot, Conversation, Json, Message, User
from simulators.chatwoot.state import State
from simulators.chatwoot.webhooks import Changes, Events

STATUS_SENTENCES = {
    "open": "Conversation was reopened by {}",
    "resolved": "Conversation was marked resolved by {}",
    "pending": "Conversation was marked as pending by {}",
    "snoozed": "Conversation was snoozed by {}",
}


class Timeline:
    def __init__(self, state: State, events: Events) -> None:
        self._state = state
        self._events = events

    def append(self, message: Message) -> None:
        conversation = message.conversation
        self._state.messages[message.id] = message
        conversation.messages.append(message)
        conversation.last_activity_at = message.created_at
        conversation.touch(message.created_at)

    def change(self, conversation: Conversation, author: User | AgentBot, values: Json) -> None:
        """Set what differs, tell the webhooks, and note it in the conversation as activities."""
        changes = self.assign(conversation, values)
        if not changes:
            return
        if "status" in changes and conversation.status == "resolved":
            # Written past the callbacks (update_column), so it makes no event of its own.
            conversation.waiting_since = None
        self._events.conversation_changed(conversation, changes)
        for sentence in _describe(conversation, changes, author):
            now = self._state.clock()
            activity = Message(
                id=self._state.next_id("message"),
                conversation=conversation,
                message_type="activity",
                content=sentence,
                content_type="text",
                content_attributes={},
                private=False,
                source_id=None,
                sender=None,
                created_at=now,
                updated_at=now,
            )
            self.append(activity)

    def assign(self, conversation: Conversation, values: Json) -> Changes:
        """Set what differs without telling anyone; returns the changed columns."""
        changes: dict[str, tuple[Any, Any]] = {}
        for name, value in values.items():
            before = getattr(conversation, name)
            if before == value:
                continue
            setattr(conversation, name, value)
            if name == "assignee":
                changes["assignee_id"] = (before.id if before else None, value.id if value else None)
            elif name == "labels":
                changes["cached_label_list"] = (", ".join(before), ", ".join(value))
                changes["label_list"] = (before, value)
            else:
                changes[name] = (before, value)
        if changes:
            before = conversation.updated_at
            conversation.touch(self._state.clock())
            changes["updated_at"] = (before, conversation.updated_at)
        return changes


def _describe(conversation: Conversation, changes: Changes, author: User | AgentBot) -> Iterator[str]:
    """config/locales/en.yml, conversations.activity"""
    if "status" in changes:
        yield STATUS_SENTENCES[conversation.status].format(author.name)
    if "assignee_id" in changes:
        assignee = conversation.assignee
        if not assignee:
            yield f"Conversation unassigned by {author.name}"
        elif assignee is author:
            yield f"{author.name} self-assigned this conversation"
        else:
            yield f"Assigned to {assignee.name} by {author.name}"
    if "label_list" in changes:
        before, now = changes["label_list"]
        if added := [label for label in now if label not in before]:
            yield f"{author.name} added {', '.join(added)}"
        if removed := [label for label in before if label not in now]:
            yield f"{author.name} removed {', '.join(removed)}"
