"""The nouns that every part of the bridge shares: a thread, its conversation, and what became of each message.

Named tuples, because the receipt path imports some of them and `dataclasses` would cost it 6 ms.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple

ThreadKind = Literal["question", "pack"]

# Whatever the bridge writes into Chatwoot carries a source id that begins so; nothing else does.
SOURCE_ID_PREFIX = "meli:"

# Of a reply: more than any thread takes, and what its job carries; the true length travels beside it.
LONGEST_CARRIED_CONTENT = 10_000

SCOPES = ("offline_access", "read", "write")


class Thread(NamedTuple):
    """A Mercado Livre exchange that becomes one Chatwoot conversation.

    A `question` is one question on a listing; a `pack` is all that is written about one purchase, named by the id of
    the pack or, where the order has no pack, of the order. Written as `{seller}/{kind}/{id}`: the key in our tables,
    the group on the queue, and the source id of the contact inbox in Chatwoot.
    """

    seller_id: int
    kind: ThreadKind
    meli_id: str

    def __str__(self) -> str:
        return f"{self.seller_id}/{self.kind}/{self.meli_id}"

    @classmethod
    def parse(cls, text: str) -> "Thread | None":
        """The thread that a text names; None when it names none."""
        match = re.fullmatch(r"([1-9][0-9]{0,18})/(question|pack)/([1-9][0-9]{0,18})", text)
        if match is None:
            return None
        return cls(int(match[1]), "question" if match[2] == "question" else "pack", match[3])


# Among the states that are told: in which inbox the conversation was made in the place of one that was deleted.
RETURNED = "returned"

# The two oldest states have fields of their own.
TOLD_FIELDS = {"state": "told_state", "deadline": "told_deadline"}


class Conversation(NamedTuple):
    """The Chatwoot conversation of a thread, and how far it has been brought up to date.

    `conversation_id` 0 means that creating it was begun and its outcome is not known. `told_state` is the last state
    of the question or of the pack's exchange that the conversation shows; `changes` counts them, so that each note has
    a name of its own. `told_deadline` is the last one that an attribute shows, in ISO 8601. Other states that it shows
    stand in `told` by their names.
    """

    conversation_id: int
    contact_id: int
    inbox_id: int
    buyer_id: int = 0
    is_labelled: bool = False
    told_state: str = ""
    changes: int = 0
    answered_by: int = 0
    told_deadline: str = ""
    told_login: int = 0
    desk: str = ""
    told: Mapping[str, str] = {}

    def is_at(self, desk: str, *, conversation_id: int, inbox_id: int = 0) -> bool:
        """Whether it is the one of this number at a desk; 0 stands for what is not known, here or there."""
        is_number = self.conversation_id in (0, conversation_id)
        is_inbox = 0 in (self.inbox_id, inbox_id) or self.inbox_id == inbox_id
        return self.desk == desk and is_number and is_inbox

    def told_of(self, state: str) -> str | None:
        """What the conversation was last made to show of a state; None where it never was."""
        return getattr(self, TOLD_FIELDS[state]) if state in TOLD_FIELDS else self.told.get(state)

    def with_told(self, state: str, value: str) -> "Conversation":
        """The conversation as it is when it shows a change of a state."""
        told = {TOLD_FIELDS[state]: value} if state in TOLD_FIELDS else {"told": {**self.told, state: value}}
        return self._replace(changes=self.changes + 1, **told)


PostState = Literal["fetching", "posting", "posted"]


class Post(NamedTuple):
    """Something that the bridge writes into a conversation.

    fetching: its files are not to be had yet, since the moment `begun_at` in epoch seconds; posting: begun and its
    outcome unknown, or not taken, `refusals` times since that moment; posted: known to be there, or, after refusals,
    something in its place. Of a message it holds what was shown: Mercado Livre's state of it, the digest of its words,
    and the keys of the files that were lacking.
    """

    source_id: str
    state: PostState = "posting"
    chatwoot_message_id: int = 0
    begun_at: int = 0
    shown_state: str = ""
    shown_digest: str = ""
    lacking: tuple[str, ...] = ()
    refusals: int = 0


PartState = Literal["waiting", "sending", "sent", "refused"]


class Part(NamedTuple):
    """One message at Mercado Livre out of the several that a long reply becomes.

    `begun_at`, in epoch seconds, and `after`, the time of the newest message that the thread had then, tell which
    messages may be this one while its outcome is not known; `seen_ids` are of that very time and older than this one.
    `meli_message_id` may stay empty where Mercado Livre gives none. `spent_ids` are earlier messages of the same part
    that moderation refused.
    """

    text_digest: str
    state: PartState = "waiting"
    meli_message_id: str = ""
    begun_at: int = 0
    after: str = ""
    file_keys: tuple[str, ...] = ()
    spent_ids: tuple[str, ...] = ()
    seen_ids: tuple[str, ...] = ()


class UploadedFile(NamedTuple):
    """A file that waits at Mercado Livre for the message that takes it along. `uploaded_at` in epoch seconds."""

    key: str
    uploaded_at: int


DeliveryState = Literal["waiting", "sending", "sent", "refused"]


class Delivery(NamedTuple):
    """What became of an agent's reply.

    waiting: not sent, to be tried again; sending: begun and its outcome unknown; sent: Mercado Livre has it; refused:
    it will not be sent unless the agent asks again. `is_told` says whether the agent was told of that outcome,
    `is_shown` whether the message itself shows it and no note beside it, and `is_read` whether it shows that the buyer
    has read it. `parts` are the messages of a reply after a sale, cut at `part_limit` when it was last planned.
    `kept_out` is how many of the `attempts` something before Mercado Livre answered, and `is_passed` whether another
    write got through meanwhile.
    """

    chatwoot_message_id: int
    conversation_id: int
    state: DeliveryState
    text_digest: str = ""
    attempts: int = 0
    reason: str = ""
    is_told: bool = False
    is_shown: bool = True
    is_read: bool = False
    part_limit: int = 0
    parts: tuple[Part, ...] = ()
    files: tuple[UploadedFile, ...] = ()
    kept_out: int = 0
    is_passed: bool = False


class Seller(NamedTuple):
    """A connected Mercado Livre account and its grant. `version` grows with each new pair of tokens.

    All times are in epoch seconds. `refreshed_at` is when this pair of tokens was given. `dead_reason` is set when only
    the seller, by authorising again, can mend the grant; `trouble` when the last refresh failed for a reason that an
    operator must mend, such as a wrong secret. `rejected_at` is when a rejected token was last exchanged for another.
    `scopes` are what the grant allows, as Mercado Livre lists them. `desk` is where their conversations go; the first
    desk's name is empty. `connected_at` is when they first authorised; 0 where that was not written down. `swept_at`
    is when a sweep last came to its end, and `tried_at` when Mercado Livre, or a grant that is gone, last turned one
    down. `given_up` is how many threads it found that could not be brought up to date, and `misses_topic` whether it
    found that notifications of a topic no longer arrive. Until `awake_until` the seller is not at rest.
    """

    seller_id: int
    nickname: str
    site_id: str
    access_token: str
    refresh_token: str
    expires_at: int
    version: int = 1
    dead_reason: str = ""
    trouble: str = ""
    refreshed_at: int = 0
    rejected_at: int = 0
    scopes: str = ""
    desk: str = ""
    swept_at: int = 0
    connected_at: int = 0
    tried_at: int = 0
    given_up: int = 0
    misses_topic: bool = False
    awake_until: int = 0

    @property
    def is_nameless(self) -> bool:
        """Whether Mercado Livre has not told yet who it is; the id stands for the nickname then."""
        return self.nickname == str(self.seller_id)

    def is_at_rest(self, now: int) -> bool:
        """Whether nothing has happened for this seller lately, so that sweeps come less often."""
        return self.awake_until <= now

    @property
    def missing_scopes(self) -> list[str]:
        """The scopes that the bridge needs and the grant lacks; where none are listed, the refresh token tells of one.

        https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
        """
        granted = self.scopes.split() or [scope for scope in SCOPES if scope != "offline_access" or self.refresh_token]
        return [scope for scope in SCOPES if scope not in granted]


def message_source_id(message_id: str) -> str:
    """How a message of Mercado Livre is called in Chatwoot."""
    return f"{SOURCE_ID_PREFIX}message/{message_id}"


def read_id(value: object) -> str:
    """A number that names something, as text; empty for what names nothing: null, 0, and what is no number.

    Ids come as numbers in some answers and as text in others.
    """
    text = "" if isinstance(value, bool) else str(value)
    return text if re.fullmatch(r"[1-9][0-9]{0,18}", text) else ""


def read_number(value: object) -> int:
    """The same as a number; 0 for what names nobody."""
    return int(read_id(value) or 0)


def read_link(value: object) -> str:
    """An address of the web in which no sign ends a link, for messages and attributes; empty for what is none."""
    text = str(value or "").replace("(", "%28").replace(")", "%29")
    return text if re.fullmatch(r"https?://[!#-;=?-Z^_a-z|~]+", text) else ""


def read_moment(value: object) -> datetime | None:
    """A time in UTC from ISO 8601 in any of the ways that Mercado Livre writes it; None when it cannot be read."""
    # By id with nine fraction digits and Z, in search with an offset.
    try:
        moment = datetime.fromisoformat(str(value))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def text_digest(text: str) -> str:
    """Names a text, so that it can be recognised without being stored.

    Letters and digits alone count, where there are any: what else a service may change on the way tells nothing.
    """
    return _digest(_letters(text) or "".join(text.split()))


def run_digests(texts: Sequence[str], *, longest: int) -> set[str]:
    """The digests of these texts, and of each two and more up to `longest` that follow one another, put together."""
    letters, found = list(map(_letters, texts)), set(map(text_digest, texts))
    for start in range(len(letters)):
        # Each run is named by what the one before it was: to join them anew would take the square of the time.
        name = hashlib.sha256()
        for part in filter(None, letters[start : start + longest]):
            name.update(part.encode("utf-8", "replace"))
            found.add(name.hexdigest())
    return found


def _letters(text: str) -> str:
    # Imported here: its table of entities would cost every cold receipt, which names no text.
    import html

    return "".join(filter(str.isalnum, html.unescape(text).casefold()))


def _digest(letters: str) -> str:
    return hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()
