"""The nouns that every part of the bridge shares: a thread, its conversation, and what became of each message.

Named tuples, because the receipt path imports some of them and `dataclasses` would cost it 6 ms.
"""

import hashlib
import re
from typing import Literal, NamedTuple

ThreadKind = Literal["question"]

# Whatever the bridge writes into Chatwoot carries a source id that begins so; nothing else does.
SOURCE_ID_PREFIX = "meli:"


class Thread(NamedTuple):
    """A Mercado Livre exchange that becomes one Chatwoot conversation.

    Written as `{seller}/{kind}/{id}`: the key in our tables, the group on the queue, and the source id of the contact
    inbox in Chatwoot.
    """

    seller_id: int
    kind: ThreadKind
    meli_id: str

    def __str__(self) -> str:
        return f"{self.seller_id}/{self.kind}/{self.meli_id}"

    @classmethod
    def parse(cls, text: str) -> "Thread | None":
        """The thread that a text names; None when it names none."""
        match = re.fullmatch(r"([1-9][0-9]{0,18})/question/([1-9][0-9]{0,18})", text)
        return cls(int(match[1]), "question", match[2]) if match else None


class Conversation(NamedTuple):
    """The Chatwoot conversation of a thread, and how far it has been brought up to date.

    `conversation_id` 0 means that creating it was begun and its outcome is not known. `told_state` is the last state
    of the question that the conversation shows; `changes` counts them, so that each note has a name of its own.
    """

    conversation_id: int
    contact_id: int
    inbox_id: int
    buyer_id: int = 0
    is_labelled: bool = False
    told_state: str = ""
    changes: int = 0
    answered_by: int = 0


PostState = Literal["posting", "posted"]


class Post(NamedTuple):
    """Something that the bridge writes into a conversation: begun, or known to be there."""

    source_id: str
    state: PostState
    chatwoot_message_id: int = 0


DeliveryState = Literal["waiting", "sending", "sent", "refused"]


class Delivery(NamedTuple):
    """What became of an agent's reply.

    waiting: not sent, to be tried again; sending: begun and its outcome unknown; sent: Mercado Livre has it; refused:
    it will not be sent unless the agent asks again. `is_told` says whether Chatwoot shows that outcome yet.
    """

    chatwoot_message_id: int
    conversation_id: int
    state: DeliveryState
    text_digest: str = ""
    attempts: int = 0
    reason: str = ""
    is_told: bool = False


class ThreadRecord(NamedTuple):
    """All that is stored about one thread."""

    thread: Thread
    conversation: Conversation | None
    posts: dict[str, Post]
    deliveries: dict[int, Delivery]


class Seller(NamedTuple):
    """A connected Mercado Livre account and its grant. `version` grows with each new pair of tokens.

    `expires_at` is in epoch seconds. `dead_reason` is set when only the seller, by authorising again, can mend it.
    """

    seller_id: int
    nickname: str
    site_id: str
    access_token: str
    refresh_token: str
    expires_at: int
    version: int = 1
    dead_reason: str = ""


def text_digest(text: str) -> str:
    """Names a text, so that it can be recognised without being stored; white space does not count."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
