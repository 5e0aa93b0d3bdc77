"""The table of threads: which conversation is which, which message is which, and what became of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from chalicelib.models import SOURCE_ID_PREFIX, Conversation, Delivery, Part, Post, Thread, UploadedFile
from chalicelib.stores.tables import Table, TableItem, put_together

CONVERSATION = "conversation"
POST_PREFIX = "meli#"
DELIVERY_PREFIX = "reply#"
CONTACT = "contact"
ERASED = "erased"
SALE = "sale"
ORIGIN = "origin"


Stored = TypeVar("Stored", Conversation, Post, Part, UploadedFile, Delivery)


class Refusal(NamedTuple):
    """A reply that is shown to have failed, so that its agent may press Retry. `refused_at` is in epoch seconds."""

    thread: Thread
    chatwoot_message_id: int
    refused_at: int


class KnownContact(NamedTuple):
    """A buyer's Chatwoot contact. `identifier` is the one that we gave it, and empty where that has no prefix yet.

    `name_digest` names the nickname that we gave it, and is empty where none was noted.
    """

    id: int
    identifier: str
    name_digest: str = ""


class UnsavedContact(NamedTuple):
    """A contact that is not stored yet, and what names its buyer in our table."""

    buyer: str
    contact: KnownContact


@dataclass
class ThreadRecord:
    """All that is stored about one thread; what changes is stored and known here at once.

    `erased_at`, in epoch seconds, is when all that was known of it before was erased at the buyer's wish;
    `erased_replies` is how far the numbers of the replies went, of which something was known then, by desk. `sale` is
    what was last read of a purchase, in JSON, and `origin` the one that it was split from.
    """

    thread: Thread
    store: "Threads"
    conversation: Conversation | None = None
    posts: dict[str, Post] = field(default_factory=dict)
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    erased_at: int = 0
    erased_replies: dict[str, int] = field(default_factory=dict)
    sale: str = ""
    origin: Thread | None = None

    def was_erased(self, chatwoot_message_id: int, *, desk: str) -> bool:
        """Whether what became of a reply was erased. Clocks differ, and Chatwoot's numbers only grow."""
        return chatwoot_message_id <= self.erased_replies.get(desk, 0)

    @property
    def has_conversation(self) -> bool:
        """Whether the conversation was made, and not only begun."""
        return self.conversation is not None and self.conversation.conversation_id != 0

    @property
    def opened(self) -> Conversation:
        """The conversation, where it is known to have been opened."""
        assert self.conversation, "the conversation was opened before"
        return self.conversation

    def note_id(self, occasion: str) -> str:
        """How a note in the conversation is called."""
        return f"{SOURCE_ID_PREFIX}note/conversation/{self.opened.conversation_id}/{occasion}"

    def has_posted(self, source_id: str) -> bool:
        """Whether something is known to stand in the conversation."""
        post = self.posts.get(source_id)
        return post is not None and post.state == "posted"

    def save_conversation(self, conversation: Conversation) -> None:
        self.store.save_conversation(self.thread, conversation)
        self.conversation = conversation

    def begin_conversation(
        self, conversation: Conversation, new_contact: UnsavedContact | None = None, *, listing: str = ""
    ) -> None:
        """Store that a conversation is about to be made, and the contact that it is with, where that is new.

        It is found by its `listing` then, while that is not forgotten.
        """
        self.store.begin_conversation(self.thread, conversation, new_contact, listing=listing)
        self.conversation = conversation

    def forget_listing(self, listing: str) -> None:
        self.store.forget_listing(self.thread, listing)

    def leave_conversation(self) -> None:
        """Somebody deleted it: what comes next opens another, which begins where this one ended."""
        self.conversation = None

    def save_sale(self, sale: str) -> None:
        """Store what was read of the purchase, unless that is what is stored."""
        if sale != self.sale:
            self.store.save_sale(self.thread, sale)
            self.sale = sale

    def save_post(self, post: Post) -> None:
        self.store.save_post(self.thread, post)
        self.posts[post.source_id] = post

    def save_delivery(self, delivery: Delivery, *, beside: Sequence[TableItem] = ()) -> None:
        """Store what became of a reply, unless that is what is stored; items of other tables are stored with it."""
        if self.deliveries.get(delivery.chatwoot_message_id) != delivery:
            self.store.save_delivery(self.thread, delivery, beside=beside)
            self.deliveries[delivery.chatwoot_message_id] = delivery


class Threads:
    """What is stored about threads, and which Chatwoot contact a buyer is. Every save may be repeated."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def load(self, thread: Thread) -> ThreadRecord:
        record = ThreadRecord(thread, self)
        for fields in self._table.query("thread", str(thread)):
            item = str(fields.pop("item"))
            del fields["thread"]
            if item == CONVERSATION:
                record.conversation = _read(Conversation, fields)
            elif item.startswith(POST_PREFIX):
                post = _read(Post, {**fields, "lacking": tuple(fields.get("lacking", ()))})
                record.posts[post.source_id] = post
            elif item.startswith(DELIVERY_PREFIX):
                delivery = _read_delivery(fields)
                record.deliveries[delivery.chatwoot_message_id] = delivery
            elif item == ERASED:
                record.erased_at = int(fields["erased_at"])
                record.erased_replies = {desk: int(number) for desk, number in fields.get("replies", {}).items()}
            elif item == SALE:
                record.sale = str(fields["sale"])
            elif item == ORIGIN:
                record.origin = Thread.parse(str(fields["origin"]))
        return record

    def has_conversation(self, thread: Thread) -> bool:
        """Whether a thread's conversation was opened; what was erased counts, since it is not to be opened again."""
        item = self._table.get({"thread": str(thread), "item": CONVERSATION})
        if item:
            return bool(item["conversation_id"])
        return self._table.get({"thread": str(thread), "item": ERASED}) is not None

    def conversation_of(self, thread: Thread) -> Conversation | None:
        """The conversation alone, without what was written in it; None where none was opened or begun."""
        item = self._table.get({"thread": str(thread), "item": CONVERSATION})
        if item is None:
            return None
        return _read(Conversation, item)

    def sale_of(self, thread: Thread) -> str:
        """What was last read of a purchase, in JSON; empty where nothing was."""
        item = self._table.get({"thread": str(thread), "item": SALE})
        return str(item["sale"]) if item else ""

    def save_sale(self, thread: Thread, sale: str) -> None:
        self._table.put({"thread": str(thread), "item": SALE, "sale": sale})

    def save_origin(self, thread: Thread, origin: Thread) -> None:
        """Remember from which purchase another one was split."""
        self._table.put({"thread": str(thread), "item": ORIGIN, "origin": str(origin)})

    def has_conversations_at(self, desk: str) -> bool:
        """Whether any thread's conversation was opened, or begun, at a desk. Reads the whole table."""
        # Those of the first desk may be older than desks are, and name none.
        return any(item.get("desk", "") == desk for item in self._table.find("item", CONVERSATION))

    def save_conversation(self, thread: Thread, conversation: Conversation) -> None:
        self._table.put(_write_conversation(thread, conversation))

    def begin_conversation(
        self,
        thread: Thread,
        conversation: Conversation,
        new_contact: UnsavedContact | None = None,
        *,
        listing: str = "",
    ) -> None:
        """As `save_conversation`, together with the contact that it is with, where that is not stored yet."""
        items = [_write_conversation(thread, conversation)]
        if listing:
            items.append(_listing_key(thread, listing))
        if new_contact:
            items.append(_write_contact(thread.seller_id, new_contact, conversation.desk))
        self._table.put_many(items)

    def find_about(self, seller_id: int, listing: str) -> list[Thread]:
        """The questions on a listing, as far as they were not forgotten since."""
        items = self._table.query("thread", f"{seller_id}/listing/{listing}")
        return [thread for item in items if (thread := Thread.parse(f"{seller_id}/{item['item']}"))]

    def forget_listing(self, thread: Thread, listing: str) -> None:
        """What changes in a listing is no matter of a question's any more."""
        self._table.take(_listing_key(thread, listing))

    def mark_login_told(self, thread: Thread, version: int) -> None:
        """Remember of which grant's end the agents were told in a thread's conversation."""
        self._table.update(
            {"thread": str(thread), "item": CONVERSATION},
            "SET told_login = :version",
            {":version": version},
            condition="attribute_exists(conversation_id)",
        )

    def save_post(self, thread: Thread, post: Post) -> None:
        self._table.put(
            {
                **post._asdict(),
                "lacking": list(post.lacking),
                "thread": str(thread),
                "item": f"{POST_PREFIX}{post.source_id}",
            }
        )

    def save_delivery(self, thread: Thread, delivery: Delivery, *, beside: Sequence[TableItem] = ()) -> None:
        name = f"{DELIVERY_PREFIX}{delivery.chatwoot_message_id}"
        item = {**_write_delivery(delivery), "thread": str(thread), "item": name}
        if beside:
            put_together([(self._table, item), *beside])
        else:
            self._table.put(item)
        if delivery.state == "refused" and delivery.is_told and delivery.is_shown:
            self.remember_refusal(thread, delivery.chatwoot_message_id)

    def remember_refusal(self, thread: Thread, chatwoot_message_id: int) -> None:
        """The agent sees a Retry button now, and Chatwoot tells only once that it was pressed."""
        refused_at = int(self._clock().timestamp())
        key = _refusal_key(thread, chatwoot_message_id)
        self._table.put({**key, "refused_thread": str(thread), "refused_at": refused_at})

    def refusals_of(self, seller_id: int) -> list[Refusal]:
        """The replies of a seller's agents that are shown to have failed, or were until a moment ago."""
        return [
            Refusal(thread, int(item["item"].rpartition("#")[2]), int(item["refused_at"]))
            for item in self._table.query("thread", f"{seller_id}/refused")
            if (thread := Thread.parse(str(item["refused_thread"])))
        ]

    def forget_refusal(self, refusal: Refusal) -> None:
        self._table.take(_refusal_key(refusal.thread, refusal.chatwoot_message_id))

    def contact_of(self, seller_id: int, buyer: str, *, desk: str = "") -> KnownContact | None:
        """The buyer's Chatwoot contact at a desk, where it is known."""
        item = self._table.get(_contact_key(seller_id, buyer, desk))
        if item is None:
            return None
        return KnownContact(int(item["contact_id"]), str(item.get("identifier", "")), str(item.get("name_digest", "")))

    def save_contact(self, seller_id: int, unsaved: UnsavedContact, *, desk: str = "") -> None:
        self._table.put(_write_contact(seller_id, unsaved, desk))

    def has_no_old_contacts(self, desk: str) -> bool:
        """Whether it was noted that no contact at a desk has an identifier of before."""
        return self._table.get(_no_old_contacts_key(desk)) is not None

    def note_no_old_contacts(self, desk: str) -> None:
        self._table.put(_no_old_contacts_key(desk))

    # A buyer's wish to be forgotten

    def find_of_buyer(self, seller_id: int, buyer_id: int) -> list[Thread]:
        """The threads whose conversation is known to be with a buyer. Reads the whole table."""
        found = self._table.find("thread", f"{seller_id}/", item=CONVERSATION, buyer_id=buyer_id)
        return [thread for item in found if (thread := Thread.parse(str(item["thread"])))]

    def find_without_buyer(self, seller_id: int) -> list[Thread]:
        """The threads of which Mercado Livre did not show whose they are. Reads the whole table."""
        return self.find_of_buyer(seller_id, 0)

    def count_underway(self, seller_id: int) -> int:
        """How many replies of a seller's agents wait, or are begun with an outcome unknown. Reads the whole table."""
        states = ("waiting", "sending")
        return sum(len(self._table.find("thread", f"{seller_id}/", state=state)) for state in states)

    def contacts_of(self, seller_id: int, buyer: str) -> dict[str, int]:
        """The buyer's Chatwoot contacts by desk."""
        items = self._table.query("thread", _contact_key(seller_id, buyer, "")["thread"])
        return {str(item["item"]).removeprefix(CONTACT).removeprefix("/"): int(item["contact_id"]) for item in items}

    def erase(self, thread: Thread, *, now: int) -> int:
        """Forget all of a thread, and remember only that and when; how many items went.

        Repeating goes on where one was cut short: the conversation, by which a thread is found, goes last.
        """
        self._table.put({"thread": str(thread), "item": ERASED, "erased_at": now, "replies": self._replies_of(thread)})
        for found in self._table.find("thread", f"{thread.seller_id}/listing/", item=_item_of_listing(thread)):
            self._table.take({"thread": str(found["thread"]), "item": str(found["item"])})
        items = [str(item["item"]) for item in self._table.query("thread", str(thread))]
        forgotten = sorted((item for item in items if item != ERASED), key=lambda item: item == CONVERSATION)
        for item in forgotten:
            self._table.take({"thread": str(thread), "item": item})
        return len(forgotten)

    def _replies_of(self, thread: Thread) -> dict[str, int]:
        """The highest number of a reply of which something is known, or was before, by desk."""
        record = self.load(thread)
        numbers = dict(record.erased_replies)
        if record.conversation and record.deliveries:
            desk = record.conversation.desk
            numbers[desk] = max(numbers.get(desk, 0), *record.deliveries)
        return numbers

    def forget_contacts(self, seller_id: int, buyer: str) -> int:
        """Forget which contacts a buyer is, at every desk; how many there were."""
        contacts = self.contacts_of(seller_id, buyer)
        for desk in contacts:
            self._table.take(_contact_key(seller_id, buyer, desk))
        return len(contacts)


def _refusal_key(thread: Thread, chatwoot_message_id: int) -> dict[str, str]:
    return {"thread": f"{thread.seller_id}/refused", "item": f"{thread}#{chatwoot_message_id}"}


def _listing_key(thread: Thread, listing: str) -> dict[str, str]:
    return {"thread": f"{thread.seller_id}/listing/{listing}", "item": _item_of_listing(thread)}


def _item_of_listing(thread: Thread) -> str:
    return f"{thread.kind}/{thread.meli_id}"


def _contact_key(seller_id: int, buyer: str, desk: str) -> dict[str, str]:
    return {"thread": f"{seller_id}/buyer/{buyer}", "item": f"{CONTACT}/{desk}" if desk else CONTACT}


def _no_old_contacts_key(desk: str) -> dict[str, str]:
    return {"thread": f"contacts/{desk}", "item": "none of before"}


def _write_contact(seller_id: int, unsaved: UnsavedContact, desk: str) -> dict[str, Any]:
    known = unsaved.contact
    contact = {"contact_id": known.id, "identifier": known.identifier, "name_digest": known.name_digest}
    return {**_contact_key(seller_id, unsaved.buyer, desk), **contact}


def _write_conversation(thread: Thread, conversation: Conversation) -> dict[str, Any]:
    return {**conversation._asdict(), "thread": str(thread), "item": CONVERSATION}


# What a part holds several of; DynamoDB knows lists, and no tuples.
LISTS_OF_A_PART = ("file_keys", "spent_ids", "seen_ids")


def _write_delivery(delivery: Delivery) -> dict[str, Any]:
    parts = [
        {**part._asdict(), **{name: list(getattr(part, name)) for name in LISTS_OF_A_PART}} for part in delivery.parts
    ]
    return {**delivery._asdict(), "parts": parts, "files": [file._asdict() for file in delivery.files]}


def _read_delivery(fields: Mapping[str, Any]) -> Delivery:
    parts = tuple(
        _read(Part, {**part, **{name: tuple(part.get(name, ())) for name in LISTS_OF_A_PART}})
        for part in fields.get("parts", ())
    )
    files = tuple(_read(UploadedFile, file) for file in fields.get("files", ()))
    return _read(Delivery, {**fields, "parts": parts, "files": files})


def _read(kind: type[Stored], fields: Mapping[str, Any]) -> Stored:
    """What is stored, without what a newer version stored beside it."""
    known: tuple[str, ...] = kind._fields
    return kind(**{name: value for name, value in fields.items() if name in known})
