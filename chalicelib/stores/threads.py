"""The table of threads: which conversation is which, which message is which, and what became of each."""

from chalicelib.models import Conversation, Delivery, Post, Thread, ThreadRecord
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
                post = Post(**fields)
                record.posts[post.source_id] = post
            elif item.startswith(DELIVERY_PREFIX):
                delivery = Delivery(**fields)
                record.deliveries[delivery.chatwoot_message_id] = delivery
        return record

    def has_conversation(self, thread: Thread) -> bool:
        item = self._table.get({"thread": str(thread), "item": CONVERSATION})
        return bool(item and item["conversation_id"])

    def save_conversation(self, thread: Thread, conversation: Conversation) -> None:
        self._table.put({**conversation._asdict(), "thread": str(thread), "item": CONVERSATION})

    def save_post(self, thread: Thread, post: Post) -> None:
        self._table.put({**post._asdict(), "thread": str(thread), "item": f"{POST_PREFIX}{post.source_id}"})

    def save_delivery(self, thread: Thread, delivery: Delivery) -> None:
        item = f"{DELIVERY_PREFIX}{delivery.chatwoot_message_id}"
        self._table.put({**delivery._asdict(), "thread": str(thread), "item": item})

    def contact_of(self, seller_id: int, buyer_id: int) -> int | None:
        """The id of the buyer's Chatwoot contact, where it is known."""
        item = self._table.get({"thread": f"{seller_id}/buyer/{buyer_id}", "item": CONTACT})
        return int(item["contact_id"]) if item else None

    def save_contact(self, seller_id: int, buyer_id: int, contact_id: int) -> None:
        self._table.put({"thread": f"{seller_id}/buyer/{buyer_id}", "item": CONTACT, "contact_id": contact_id})
