"""The table of threads: which conversation is which, which message is which, and what became of each."""

from collections.abc import Mapping
from typing import Any

from chalicelib.models import Conversation, Delivery, Part, Post, Thread, ThreadRecord, UploadedFile
from chalicelib.stores.tables import Table

CONVERSATION = "conversation"
POST_PREFIX = "meli#"
DELIVERY_PREFIX = "reply#"
CONTACT = "contact"


class Threads:
    """What is stored about threads, and which Chatwoot contact a buyer is. Every save may be repeated."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def load(self, thread: Thread) -> ThreadRecord:
        record = ThreadRecord(thread, None, {}, {})
        for fields in self._table.query("thread", str(thread)):
            item = str(fields.pop("item"))
            del fields["thread"]
            if item == CONVERSATION:
                record = record._replace(conversation=Conversation(**fields))
            elif item.startswith(POST_PREFIX):
                post = Post(**{**fields, "lacking": tuple(fields.get("lacking", ()))})
                record.posts[post.source_id] = post
            elif item.startswith(DELIVERY_PREFIX):
                delivery = _read_delivery(fields)
                record.deliveries[delivery.chatwoot_message_id] = delivery
        return record

    def has_conversation(self, thread: Thread) -> bool:
        item = self._table.get({"thread": str(thread), "item": CONVERSATION})
        return bool(item and item["conversation_id"])

    def desk_of(self, thread: Thread) -> str | None:
        """The desk where a thread's conversation was opened; None where it was not."""
        item = self._table.get({"thread": str(thread), "item": CONVERSATION})
        return str(item.get("desk", "")) if item else None

    def save_conversation(self, thread: Thread, conversation: Conversation) -> None:
        self._table.put({**conversation._asdict(), "thread": str(thread), "item": CONVERSATION})

    def save_post(self, thread: Thread, post: Post) -> None:
        self._table.put(
            {
                **post._asdict(),
                "lacking": list(post.lacking),
                "thread": str(thread),
                "item": f"{POST_PREFIX}{post.source_id}",
            }
        )

    def save_delivery(self, thread: Thread, delivery: Delivery) -> None:
        item = f"{DELIVERY_PREFIX}{delivery.chatwoot_message_id}"
        self._table.put({**_write_delivery(delivery), "thread": str(thread), "item": item})

    def contact_of(self, seller_id: int, buyer: str, *, desk: str = "") -> int | None:
        """The id of the buyer's Chatwoot contact at a desk, where it is known."""
        item = self._table.get(_contact_key(seller_id, buyer, desk))
        return int(item["contact_id"]) if item else None

    def save_contact(self, seller_id: int, buyer: str, contact_id: int, *, desk: str = "") -> None:
        self._table.put({**_contact_key(seller_id, buyer, desk), "contact_id": contact_id})


def _contact_key(seller_id: int, buyer: str, desk: str) -> dict[str, str]:
    return {"thread": f"{seller_id}/buyer/{buyer}", "item": f"{CONTACT}/{desk}" if desk else CONTACT}


# What a part holds several of; DynamoDB knows lists, and no tuples.
LISTS_OF_A_PART = ("file_keys", "spent_ids", "seen_ids")


def _write_delivery(delivery: Delivery) -> dict[str, Any]:
    parts = [
        {**part._asdict(), **{name: list(getattr(part, name)) for name in LISTS_OF_A_PART}} for part in delivery.parts
    ]
    return {**delivery._asdict(), "parts": parts, "files": [file._asdict() for file in delivery.files]}


def _read_delivery(fields: Mapping[str, Any]) -> Delivery:
    parts = tuple(
        Part(**{**part, **{name: tuple(part.get(name, ())) for name in LISTS_OF_A_PART}})
        for part in fields.get("parts", ())
    )
    files = tuple(UploadedFile(**file) for file in fields.get("files", ()))
    return Delivery(**{**fields, "parts": parts, "files": files})
