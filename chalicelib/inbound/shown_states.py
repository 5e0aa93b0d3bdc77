"""Tells a state once: a private note, an attribute, the status of the conversation, or several of them."""

from typing import NamedTuple

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.chatwoot.message_bodies import private_note
from chalicelib.models import Post
from chalicelib.stores.threads import ThreadRecord


class Shown(NamedTuple):
    """How a conversation is to show a state, in words. `value` names what it is: while that stays, nothing is written.

    An empty attribute is taken off; an empty note or status is none.
    """

    value: str
    note: str = ""
    attribute: str = ""
    status: str = ""


class StateWriter:
    """Makes conversations show what they do not show yet. Repeating it is safe."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    def tell(
        self, record: ThreadRecord, state: str, shown: Shown, *, attribute: str = "", is_noted_once: bool = False
    ) -> None:
        """Show a state, where it is another one than was told last.

        `attribute` is the name of the custom attribute that shows it. Of what is noted once later changes get no note.
        """
        conversation = record.opened
        if shown.value == conversation.told_of(state):
            return
        changed = conversation.with_told(state, shown.value)
        if shown.note:
            self._note(record, state if is_noted_once else f"{changed.changes}/{shown.value or 'none'}", shown.note)
        if attribute:
            self._conversations.add_attributes(conversation, {attribute: shown.attribute})
        if shown.status:
            self._conversations.set_status(conversation, shown.status)
        # Last, so that whatever is cut short before is done again.
        record.save_conversation(changed)

    def _note(self, record: ThreadRecord, occasion: str, content: str) -> None:
        source_id = record.note_id(occasion)
        self._conversations.post(record, Post(source_id), private_note(content, source_id=source_id))
