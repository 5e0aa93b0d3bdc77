"""Tells agents whose replies wait that the seller must authorise again."""

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.models import SOURCE_ID_PREFIX, Thread
from chalicelib.sentences.wording import Wording
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import Threads

# What the ids of such notes begin with; the rest says which grant it was.
LOGIN_NOTE = f"{SOURCE_ID_PREFIX}note/login/"


class LoginNote:
    """One note in each conversation in which somebody replies, for each grant that died."""

    def __init__(
        self, conversations: Conversations, threads: Threads, sellers: Sellers, wording: Wording, settings: Settings
    ) -> None:
        self._conversations = conversations
        self._threads = threads
        self._sellers = sellers
        self._wording = wording
        self._settings = settings

    def tell(self, thread: Thread, conversation_id: int) -> None:
        """Tell it in the conversation in which an agent replied. Repeating it is safe."""
        seller, conversation = self._sellers.get(thread.seller_id), self._threads.conversation_of(thread)
        version = seller.version if seller else 0
        if conversation and conversation.told_login == version and version:
            return
        # Agents need not be those who may connect a seller.
        link = self._wording.say("link_to_ask_for")
        if self._settings.is_open:
            link = self._settings.connecting_link(*((seller.site_id, seller.desk) if seller else ()))
        content = self._wording.say("reply_waiting_for_login", link=link)
        self._conversations.note_in(conversation_id, f"{LOGIN_NOTE}{version}", content)
        if conversation:
            self._threads.mark_login_told(thread, version)
