"""Conversations of open questions that somebody deleted in Chatwoot, which tells nobody."""

from collections.abc import Callable

from chalicelib.chatwoot.client import Chatwoot
from chalicelib.errors import BridgeError, NotFound
from chalicelib.models import RETURNED, Conversation
from chalicelib.observability import logger
from chalicelib.settings import Settings

# Each look is a call to Chatwoot.
MOST_LOOKS_OF_A_SCAN = 100


class GoneConversations:
    """Says which are gone and are to come back: once in each inbox, so that who deletes one again has their way."""

    def __init__(self, chatwoot_at: Callable[[str], Chatwoot], settings: Settings) -> None:
        self._chatwoot_at = chatwoot_at
        self._settings = settings

    def inbox_of(self, desk: str) -> int:
        """Where the questions of a desk go now; 0 where that is not set up."""
        try:
            return self._settings.at_desk(desk).questions_inbox_id
        except BridgeError:
            return 0

    def must_come_back(self, conversation: Conversation) -> bool:
        """Whether a conversation is gone, and not for the second time in the inbox that there is now."""
        inbox_id = self.inbox_of(conversation.desk)
        if not conversation.conversation_id or conversation.told_of(RETURNED) == str(inbox_id):
            return False
        try:
            self._chatwoot_at(conversation.desk).get_conversation(conversation.conversation_id)
        except NotFound:
            logger.warning("the conversation of an open question is gone")
            return True
        return False
