"""Which desk a thread belongs to: the Chatwoot account and inboxes where its conversation is, or would be opened."""

from chalicelib.models import Thread
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import Threads


class Desks:
    """Looks up desks. A conversation stays where it was opened; a new one is opened at its seller's desk."""

    def __init__(self, threads: Threads, sellers: Sellers, settings: Settings) -> None:
        self._threads = threads
        self._sellers = sellers
        self._settings = settings

    def of(self, thread: Thread) -> str:
        """The desk of a thread; the first one's name is empty."""
        # Most stages have one desk, and pay nothing for others.
        if not self._settings.desk_names():
            return ""
        opened_at = self._threads.desk_of(thread)
        return self.of_seller(thread.seller_id) if opened_at is None else opened_at

    def of_seller(self, seller_id: int) -> str:
        """Where the new conversations of a seller are opened."""
        seller = self._sellers.get(seller_id)
        return seller.desk if seller else ""
