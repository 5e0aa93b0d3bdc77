"""What Mercado Livre still shows of what it failed to announce: missed feeds, open questions, unread messages.

It gives up on a notification after an hour and drops it into the missed feeds, which it empties after two days; what
happened while a topic was disabled is not even there.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.errors import Malformed
from chalicelib.jobs import SyncThread
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.messaging import MOST_UNREAD, Messaging
from chalicelib.mercado_livre.notifications import Notification, read_notification
from chalicelib.models import Seller, Thread
from chalicelib.observability import count, logger
from chalicelib.queues import Queue
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.stores.threads import Threads

MISSED_FEEDS_PAGE_LENGTH = 50

# Nothing takes an entry out of the missed feeds; they forget it after two days.
MISSED_FEED_REMEMBERED = timedelta(days=3)

# A question that was queued and does not appear is waiting out an outage; more jobs would only stand behind it.
QUESTION_REMEMBERED = timedelta(hours=1)

# Conversations are blocked 30 days after their last message.
UNREAD_REMEMBERED = timedelta(days=60)


class Found(NamedTuple):
    """How much a sweep queued, and what of it happened since the last sweep and should have been announced."""

    queued: int
    topic: str = ""
    unannounced: Sequence[Thread] = ()


class Feeds:
    """Each feed of a seller, read and queued. Repeating it is safe."""

    def __init__(
        self,
        meli: MercadoLivre,
        messaging: Messaging,
        threads: Threads,
        notifications_queue: Queue,
        threads_queue: Queue,
        cache: Cache,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._meli = meli
        self._messaging = messaging
        self._threads = threads
        self._notifications_queue = notifications_queue
        self._threads_queue = threads_queue
        self._cache = cache
        self._settings = settings
        self._clock = clock

    def queue_missed(self, seller: Seller) -> Found:
        """Queue the entries that were not queued before, asked for in one seller's name: they are every seller's."""
        queued = 0
        for notification in self._missed_feeds(seller):
            key = f"missed/{notification.seller_id}/{notification.content_key}"
            # What cannot be told from others of its kind is queued each time: it does no harm.
            if notification.content_key and self._cache.get(key) is not None:
                continue
            self._notifications_queue.send(notification.to_json())
            self._cache.put(key, "queued", keep=MISSED_FEED_REMEMBERED)
            queued += 1
        return Found(queued)

    def _missed_feeds(self, seller: Seller) -> Iterator[Notification]:
        app_id, offset, seen = self._settings.mercado_livre_app_id, 0, 0
        entries: set[str] = set()
        while True:
            page = self._meli.find_missed_feeds(seller.seller_id, app_id, offset=offset, limit=MISSED_FEEDS_PAGE_LENGTH)
            entries.update(map(repr, page))
            if len(entries) == seen:
                # Pages may be shorter than asked for, so only one that brings nothing new is the last.
                return
            seen, offset = len(entries), offset + len(page)
            for entry in page:
                try:
                    yield read_notification(entry, now=self._clock(), correlation_id="missed-feeds")
                except Malformed as error:
                    logger.warning("unreadable entry in the missed feeds", reason=str(error))

    def queue_questions(self, seller: Seller) -> Found:
        queued, unannounced = 0, list[Thread]()
        for question in self._meli.find_unanswered_questions(seller.seller_id):
            thread = Thread(seller.seller_id, "question", question.id)
            key = f"swept/{thread}"
            if self._threads.has_conversation(thread) or self._cache.get(key) is not None:
                continue
            self._queue(thread)
            self._cache.put(key, "queued", keep=QUESTION_REMEMBERED)
            queued += 1
            if seller.swept_at and question.date_created and question.date_created.timestamp() >= seller.swept_at:
                unannounced.append(thread)
        return Found(queued, "questions", unannounced)

    def queue_unread(self, seller: Seller) -> Found:
        """Queue the purchases whose count of unread messages has changed; we never mark one as read ourselves."""
        key = f"unread/{seller.seller_id}"
        remembered, unread = self._cache.get(key), dict(self._messaging.find_unread(seller.seller_id))
        before = remembered or {}
        changed = [pack_id for pack_id, number in unread.items() if before.get(pack_id) != number]
        for pack_id in changed:
            self._queue(Thread(seller.seller_id, "pack", pack_id))
        if unread != remembered:
            self._cache.put(key, unread, keep=UNREAD_REMEMBERED)
        if len(unread) >= MOST_UNREAD:
            logger.warning("more is unread than Mercado Livre lists", meli_seller_id=seller.seller_id)
            count("UnreadOverflow")
        grown = [pack_id for pack_id in changed if remembered is not None and unread[pack_id] > before.get(pack_id, 0)]
        return Found(len(changed), "messages", [Thread(seller.seller_id, "pack", pack_id) for pack_id in grown])

    def _queue(self, thread: Thread) -> None:
        job = SyncThread(thread, "sweep")
        moment = self._clock().isoformat()
        self._threads_queue.send(job.to_json(), group=job.group, deduplication_id=f"sweep/{thread}/{moment}")
