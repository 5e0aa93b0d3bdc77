"""Forgets one buyer of one seller: all that the bridge stores about them, here and nowhere else.

What stays of each of their questions and purchases is that it was erased, and when: without that, the next notification
about it, or the search for what was missed, would bring its old words in again.
"""

from typing import NamedTuple

from chalicelib.models import Delivery, Thread
from chalicelib.stores.threads import ThreadRecord
from chalicelib.wiring import Container
from tools.replaying import DeadLetters


class StoredAbout(NamedTuple):
    """What is stored about a buyer. `contacts` are their Chatwoot contacts by desk."""

    seller_id: int
    buyer_id: int
    records: list[ThreadRecord]
    contacts: dict[str, int]
    dead_letters: list[str]
    nameless: int

    @property
    def is_nothing(self) -> bool:
        return not self.records and not self.contacts

    @property
    def threads(self) -> list[Thread]:
        return [record.thread for record in self.records]

    @property
    def underway(self) -> list[Delivery]:
        """Replies that wait, or were begun with an outcome unknown."""
        deliveries = [delivery for record in self.records for delivery in record.deliveries.values()]
        return [delivery for delivery in deliveries if delivery.state in ("waiting", "sending")]

    @property
    def messages(self) -> int:
        """Of how many messages it is stored what became of them."""
        return sum(len(record.posts) + len(record.deliveries) for record in self.records)

    def count(self, kind: str) -> int:
        return sum(thread.kind == kind for thread in self.threads)


class Erased(NamedTuple):
    """How many items went from where, and how many a worker wrote anew meanwhile."""

    items: int
    contacts: int
    remembered: int
    dead_letters: int
    came_back: int


def find_buyer(bridge: Container, seller_id: int, buyer_id: int) -> StoredAbout:
    """All that is stored about a buyer; reads whole tables."""
    records = [bridge.threads.load(thread) for thread in bridge.threads.find_of_buyer(seller_id, buyer_id)]
    threads = {record.thread for record in records}
    contacts = {record.conversation.desk: record.conversation.contact_id for record in records if record.conversation}
    letters = DeadLetters(bridge).look().letters
    return StoredAbout(
        seller_id,
        buyer_id,
        sorted(records, key=lambda record: str(record.thread)),
        {**contacts, **bridge.threads.contacts_of(seller_id, str(buyer_id))},
        [letter.message_id for letter in letters if letter.thread in threads],
        len(bridge.threads.find_without_buyer(seller_id)),
    )


def erase(bridge: Container, found: StoredAbout) -> Erased:
    """Forget what was found. Repeating is safe, and goes on where one was cut short.

    Contacts go before the threads by which the rest is found again, and last of all those.
    """
    threads = found.threads
    remembered = bridge.catalog.forget_buyer(found.seller_id, found.buyer_id, threads)
    # An agent's words are in them.
    letters = DeadLetters(bridge).drop(found.dead_letters) if found.dead_letters else []
    contacts = bridge.threads.forget_contacts(found.seller_id, str(found.buyer_id))
    now = int(bridge.clock().timestamp())
    items = sum(bridge.threads.erase(thread, now=now) for thread in threads)
    came_back = len(bridge.threads.find_of_buyer(found.seller_id, found.buyer_id))
    return Erased(items, contacts, remembered, len(letters), came_back)


def contact_links(bridge: Container, found: StoredAbout) -> list[str]:
    """Where Chatwoot shows the buyer's contacts."""
    links = []
    for desk, contact_id in sorted(found.contacts.items()):
        if desk and desk not in bridge.settings.desk_names():
            links.append(f"contact {contact_id} at the desk {desk}, which is not set up any more")
            continue
        settings = bridge.settings.at_desk(desk)
        links.append(f"{settings.chatwoot_url}/app/accounts/{settings.chatwoot_account_id}/contacts/{contact_id}")
    return links
