"""Finds what no notification told us, and queues it as if one had.

Mercado Livre gives up on a notification after an hour and drops it into the missed feeds, which it empties after two
days; what happened while a topic was disabled is not even there.
"""

from collections.abc import Callable
from datetime import datetime

from chalicelib.errors import BridgeError, LoginNeeded, Malformed
from chalicelib.jobs import SyncThread
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.notifications import read_notification
from chalicelib.mercado_livre.tokens import Tokens
from chalicelib.models import Seller, Thread
from chalicelib.observability import count, logger
from chalicelib.queues import Queue
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import Threads

MISSED_FEEDS_PAGE_LENGTH = 50


class Recovery:
    """The sweep: for every seller, refresh the token ahead of its expiry and queue what was missed."""

    def __init__(
        self,
        meli: MercadoLivre,
        tokens: Tokens,
        sellers: Sellers,
        threads: Threads,
        notifications_queue: Queue,
        threads_queue: Queue,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._meli = meli
        self._tokens = tokens
        self._sellers = sellers
        self._threads = threads
        self._notifications_queue = notifications_queue
        self._threads_queue = threads_queue
        self._settings = settings
        self._clock = clock

    def sweep(self) -> None:
        """Sweep every seller; one seller's trouble keeps no other from being swept. Repeating it is safe."""
        for seller in self._sellers.all():
            if seller.dead_reason:
                continue
            try:
                self._sweep_seller(seller)
            except LoginNeeded as error:
                logger.warning("seller must authorise again", meli_seller_id=seller.seller_id, reason=str(error))
                count("SellerNeedsLogin")
            except BridgeError as error:
                # The next sweep is two minutes away.
                logger.warning("seller was not swept", meli_seller_id=seller.seller_id, reason=str(error))
                count("SweepFailed")

    def _sweep_seller(self, seller: Seller) -> None:
        self._tokens.access_token(seller.seller_id)
        found = self._queue_missed_feeds(seller) + self._queue_unknown_questions(seller)
        if found:
            count("MissedFound", found)
            logger.info("queued what was missed", meli_seller_id=seller.seller_id, found=found)

    def _queue_missed_feeds(self, seller: Seller) -> int:
        """The missed feeds are the application's, and nothing takes an entry out: those known are dropped later."""
        queued, offset = 0, 0
        while True:
            page = self._meli.find_missed_feeds(
                seller.seller_id,
                self._settings.mercado_livre_app_id,
                offset=offset,
                limit=MISSED_FEEDS_PAGE_LENGTH,
            )
            for entry in page:
                try:
                    notification = read_notification(entry, now=self._clock(), correlation_id="missed-feeds")
                except Malformed as error:
                    logger.warning("unreadable entry in the missed feeds", reason=str(error))
                    continue
                if notification.seller_id == seller.seller_id:
                    self._notifications_queue.send(notification.to_json())
                    queued += 1
            # The server may give shorter pages than asked for; only an empty one is the last.
            if not page:
                return queued
            offset += len(page)

    def _queue_unknown_questions(self, seller: Seller) -> int:
        queued = 0
        for question in self._meli.find_unanswered_questions(seller.seller_id):
            thread = Thread(seller.seller_id, "question", question.id)
            if not self._threads.has_conversation(thread):
                job = SyncThread(thread, "sweep")
                moment = self._clock().isoformat()
                self._threads_queue.send(job.to_json(), group=job.group, deduplication_id=f"sweep/{thread}/{moment}")
                queued += 1
        return queued
