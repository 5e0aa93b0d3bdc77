"""Which desk a thread belongs to: the Chatwoot account and inboxes where its conversation is, or would be opened."""

from chalicelib.models import Thread
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import Threads


class Desks:
    """Looks up desks. A conversation stays where it was opened; a new one is opened at its seller's desk."""

    def __init__(self, threads: Threads, sellers: Sellers) -> None:
        self._threads = threads
        self._sellers = sellers

    def of(self, thread: Thread) -> str:
        """The desk of a thread; the first one's name is empty."""
        opened = self._threads.conversation_of(thread)
        return opened.desk if opened else self.of_seller(thread.seller_id)

    def of_seller(self, seller_id: int) -> str:
        """Where the new conversations of a seller are opened."""
        seller = self._sellers.get(seller_id)
        return seller.desk if seller else ""
