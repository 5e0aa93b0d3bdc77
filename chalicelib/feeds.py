"""What Mercado Livre still shows of what it failed to announce: missed feeds, questions, unread messages, orders.

It gives up on a notification after an hour and drops it into the missed feeds, which it empties after two days; what
happened while a topic was disabled is not even there.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from chalicelib.errors import Malformed
from chalicelib.jobs import SyncThread
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.messaging import MOST_UNREAD, Messaging
from chalicelib.mercado_livre.notifications import Notification, read_notification
from chalicelib.mercado_livre.resources import UNANSWERED, Question
from chalicelib.models import Seller, Thread
from chalicelib.observability import count, logger
from chalicelib.queues import Queue
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.stores.threads import Threads

MISSED_FEEDS_PAGE_LENGTH = 50

# How often the whole list is looked at, whichever end Mercado Livre adds to.
MISSED_FEEDS_EVERY_SECONDS = 3600

# Nothing takes an entry out of the missed feeds; they forget it after two days.
MISSED_FEED_REMEMBERED = timedelta(days=3)

# A question that was queued and does not appear is waiting; more jobs would only stand behind it.
QUESTION_REMEMBERED = timedelta(days=1)

# As many open questions as are remembered: what one item of a table holds.
MOST_OPEN_QUESTIONS = 20_000
QUESTIONS_EVERY_SECONDS = 3600
OPEN_REMEMBERED = timedelta(days=60)

# Orders that changed are looked at less often than the rest, since notifications tell of them too.
ORDERS_EVERY_SECONDS = 10 * 60
LONGEST_STEP_SECONDS = 6 * 3600

# What a Lambda looks through in some seconds, page by page.
MOST_ORDERS_OF_A_STEP = 500

# Mercado Livre's search may lag behind what it lists.
OVERLAP_SECONDS = 2 * 60
MARK_KEPT = timedelta(days=400)

LONG_PAUSE_SECONDS = 3600

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
        cache: Cache,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._meli = meli
        self._messaging = messaging
        self._threads = threads
        self._notifications_queue = notifications_queue
        self._cache = cache
        self._settings = settings
        self._clock = clock

    def queue_missed(self, seller: Seller) -> Found:
        """Queue the entries that were not queued before, asked for in one seller's name: they are every seller's."""
        return self._queue_missed(seller, site_id="")

    def queue_missed_listings(self, seller: Seller, sites: Iterable[str]) -> Found:
        """The same for what was missed on listings, which Mercado Livre shows by country."""
        return Found(sum(self._queue_missed(seller, site_id=site_id).queued for site_id in sites))

    def _queue_missed(self, seller: Seller, *, site_id: str) -> Found:
        queued = 0
        for notification in self._missed_feeds(seller, site_id):
            key = f"missed/{notification.seller_id}/{notification.content_key}"
            # What cannot be told from others of its kind is queued each time: it does no harm.
            if notification.content_key and self._cache.get(key) is not None:
                continue
            self._notifications_queue.send(notification.to_json())
            self._cache.put(key, "queued", keep=MISSED_FEED_REMEMBERED)
            queued += 1
        return Found(queued)

    def _missed_feeds(self, seller: Seller, site_id: str) -> Iterator[Notification]:
        """The entries; nothing takes them away for two days, so that most rounds look at the ends of the list only."""
        key, now = f"missed-length/{site_id}", int(self._clock().timestamp())
        remembered = self._cache.get(key) or {"length": 0, "looked_at": 0}
        is_recent = now - remembered["looked_at"] < MISSED_FEEDS_EVERY_SECONDS
        entries: dict[str, dict[str, Any]] = {}
        offset = 0
        while page := self._meli.find_missed_feeds(
            seller.seller_id,
            self._settings.mercado_livre_app_id,
            offset=offset,
            limit=MISSED_FEEDS_PAGE_LENGTH,
            site_id=site_id,
        ):
            seen = len(entries)
            entries |= {repr(entry): entry for entry in page}
            if len(entries) == seen:
                # Pages may be shorter than asked for, so only one that brings nothing new is the last.
                break
            offset += len(page)
            if is_recent and seen == 0:
                offset = max(offset, remembered["length"] - MISSED_FEEDS_PAGE_LENGTH)
        for entry in entries.values():
            try:
                notification = read_notification(entry, now=self._clock(), correlation_id="missed-feeds")
            except Malformed as error:
                logger.warning("unreadable entry in the missed feeds", reason=str(error))
                continue
            # A name of its own for each: those of one page may have arrived at the very same moment.
            yield notification._replace(correlation_id=f"missed-feeds/{notification.content_key[-12:]}")
        looked_at = remembered["looked_at"] if is_recent else now
        self._cache.put(key, {"length": offset, "looked_at": looked_at}, keep=MISSED_FEED_REMEMBERED)

    def queue_questions(self, seller: Seller) -> Found:
        """Queue the open questions that have no conversation, and those that are open no more and are shown as open.

        Where the newest are known and their number is the same as before, nothing has changed: that takes one call,
        however many are open. All are looked through once an hour.
        """
        key, now = f"open-questions/{seller.seller_id}", int(self._clock().timestamp())
        remembered = self._cache.get(key) or {"ids": [], "looked_at": 0}
        known, is_recent = set(remembered["ids"]), now - remembered["looked_at"] < QUESTIONS_EVERY_SECONDS
        asked: dict[str, Question] = {}
        for number, page in enumerate(self._meli.find_unanswered_questions(seller.seller_id)):
            asked |= {question.id: question for question in page.questions}
            if number == 0 and is_recent and page.total == len(known) and known.issuperset(asked):
                return Found(0, "questions")
        queued, unannounced = 0, list[Thread]()
        for question in sorted(asked.values(), key=lambda question: int(question.id)):
            if is_recent and question.id in known:
                continue
            thread = Thread(seller.seller_id, "question", question.id)
            if self._threads.has_conversation(thread):
                queued += self._queue_changed(thread, is_open=True)
            elif self._queue_new(thread):
                queued += 1
                if seller.swept_at and question.date_created and question.date_created.timestamp() >= seller.swept_at:
                    unannounced.append(thread)
        gone = [Thread(seller.seller_id, "question", question_id) for question_id in known - asked.keys()]
        queued += sum(self._queue_changed(thread, is_open=False) for thread in gone)
        if remembered["looked_at"] and not is_recent:
            since = remembered["looked_at"] - OVERLAP_SECONDS
            queued += self._queue_short_lived(seller, since=since, besides=known | asked.keys())
        looked_at = remembered["looked_at"] if is_recent else now
        self._cache.put(key, {"ids": list(asked)[:MOST_OPEN_QUESTIONS], "looked_at": looked_at}, keep=OPEN_REMEMBERED)
        return Found(queued, "questions", unannounced)

    def _queue_short_lived(self, seller: Seller, *, since: int, besides: Collection[str]) -> int:
        """Queue the questions that were asked since a moment and closed before any sweep saw them open."""
        queued = 0
        for question in self._meli.find_newest_questions(seller.seller_id):
            if question.date_created and question.date_created.timestamp() < max(since, seller.connected_at):
                break
            if question.status != UNANSWERED and question.id not in besides:
                thread = Thread(seller.seller_id, "question", question.id)
                is_shown = self._threads.has_conversation(thread)
                queued += self._queue_changed(thread, is_open=False) if is_shown else self._queue_new(thread)
        return queued

    def _queue_new(self, thread: Thread) -> bool:
        """Queue a question that has no conversation, unless that was done a while ago."""
        key = f"swept/{thread}"
        if self._cache.get(key) is not None:
            return False
        self._queue(thread)
        self._cache.put(key, "queued", keep=QUESTION_REMEMBERED)
        return True

    def _queue_changed(self, thread: Thread, *, is_open: bool) -> bool:
        """Queue a question whose conversation shows it as open where it is not, or as closed or held where it is."""
        conversation = self._threads.conversation_of(thread)
        if conversation is None or (conversation.told_state in ("", UNANSWERED)) == is_open:
            return False
        self._queue(thread)
        return True

    def queue_changed_sales(self, seller: Seller) -> Found:
        """Queue the purchases in conversation whose orders changed: Mercado Livre may have closed or opened them.

        A mark remembers how far the changes were looked at. After a pause it moves on in steps, one a sweep, and in
        shorter ones where much was sold; the first sweep sets it and looks at nothing.
        """
        key, now = f"changed-orders/{seller.seller_id}", int(self._clock().timestamp())
        since = self._cache.get(key)
        if since is not None and now - since < ORDERS_EVERY_SECONDS:
            return Found(0)
        until, changed = (now, []) if since is None else self._changed_sales(seller, since, now)
        queued = 0
        for thread in changed:
            if self._threads.has_conversation(thread):
                self._queue(thread)
                queued += 1
        self._cache.put(key, until, keep=MARK_KEPT)
        return Found(queued)

    def _changed_sales(self, seller: Seller, since: int, now: int) -> tuple[int, list[Thread]]:
        """Where the next step ends, and what changed in it."""
        until = min(now, since + LONGEST_STEP_SECONDS)
        while True:
            pages = self._meli.find_changed_orders(seller.seller_id, since=since - OVERLAP_SECONDS, until=until)
            first = next(pages)
            if first.total <= MOST_ORDERS_OF_A_STEP or until - since <= ORDERS_EVERY_SECONDS:
                break
            until -= (until - since) // 2
        orders = (order for page in chain([first], pages) for order in page.orders)
        threads = (Thread(seller.seller_id, "pack", order.pack_id or order.id) for order in orders)
        return until, list(dict.fromkeys(threads))

    def queue_unread(self, seller: Seller) -> Found:
        """Queue the purchases whose count of unread messages has changed; we never mark one as read ourselves."""
        key = f"unread/{seller.seller_id}"
        remembered, unread = self._cache.get(key), dict(self._messaging.find_unread(seller.seller_id))
        before = remembered or {}
        # After a pause the same number may be of other messages.
        was_away = self._clock().timestamp() - seller.swept_at > LONG_PAUSE_SECONDS
        changed = [pack_id for pack_id, number in unread.items() if was_away or before.get(pack_id) != number]
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
        # By the queue of notifications, where it waits while there is much to do for live traffic.
        self._notifications_queue.send(SyncThread(thread, "sweep", can_wait=True).to_json())
