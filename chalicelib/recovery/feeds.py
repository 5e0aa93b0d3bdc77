"""What Mercado Livre still shows of what it failed to announce: missed feeds, unread messages, changed orders.

It gives up on a notification after an hour and drops it into the missed feeds, which it empties after two days; what
happened while a topic was disabled is not even there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.errors import BridgeError, Malformed, PutOff, Refused, TryAgainLater
from chalicelib.mercado_livre.client import TOO_MANY_REQUESTS, MercadoLivre, OrderPage
from chalicelib.mercado_livre.messages import MOST_UNREAD, Messaging
from chalicelib.mercado_livre.notifications import MISSED_FEEDS, read_notification
from chalicelib.models import Seller, Thread
from chalicelib.observability import count, logger
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.stores.threads import Threads
from chalicelib.work.jobs import SyncThread
from chalicelib.work.queue import Queue

MISSED_FEEDS_PAGE_LENGTH = 50

# How often the whole list is looked at, whichever end Mercado Livre adds to.
MISSED_FEEDS_EVERY_SECONDS = 3600

# Nothing takes an entry out of the missed feeds; they forget it after two days.
MISSED_FEED_REMEMBERED = timedelta(days=3)

# Orders that changed are looked at less often than the rest, since notifications tell of them too.
ORDERS_EVERY_SECONDS = 10 * 60
LONGEST_STEP_SECONDS = 6 * 3600

# What a Lambda looks through in some seconds, page by page.
MOST_ORDERS_OF_A_STEP = 500

# Mercado Livre's search may lag behind what it lists.
OVERLAP_SECONDS = 2 * 60
MARK_KEPT = timedelta(days=400)

LONG_PAUSE_SECONDS = 3600
UNREAD_NOTED_EVERY_SECONDS = 10 * 60

# Conversations are blocked 30 days after their last message.
UNREAD_REMEMBERED = timedelta(days=60)

# The purchases of a pause are looked at a few at a time, so that sweeps have calls for what is new.
MOST_UNSEEN = 5000
MOST_UNREADABLE_IN_A_SWEEP = 3


class Found(NamedTuple):
    """How much was queued, and what of it happened since the last sweep and should have been announced."""

    queued: int
    topic: str = ""
    unannounced: Sequence[Thread] = ()


class Feeds:
    """Each feed of a seller, read and queued page by page. Repeating it is safe.

    A feed that is broken off, because there are no calls left for it or no time, remembers its place and goes on there.
    """

    def __init__(
        self,
        meli: MercadoLivre,
        messaging: Messaging,
        threads: Threads,
        background_queue: Queue,
        cache: Cache,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._meli = meli
        self._messaging = messaging
        self._threads = threads
        self._background_queue = background_queue
        self._cache = cache
        self._settings = settings
        self._clock = clock

    def queue_missed(self, seller: Seller, *, site_id: str = "") -> Iterator[Found]:
        """Queue the entries that were not queued before, asked for in one seller's name: they are every seller's.

        Those on listings are had for one site alone. Nothing takes an entry away for two days, so that most rounds look
        at the ends of the list only.
        """
        key, now = f"missed-length/{site_id}", self._now()
        state: dict[str, Any] = self._cache.get(key) or {"length": 0, "looked_at": 0}
        is_full = now - state["looked_at"] >= MISSED_FEEDS_EVERY_SECONDS
        walk = state.setdefault("walk", {"began": now, "offset": 0, "is_full": is_full})
        try:
            for page in self._missed_feeds(seller, site_id, state, walk):
                yield Found(sum(map(self._queue_entry, page)))
        except TryAgainLater:
            self._cache.put(key, state, keep=MISSED_FEED_REMEMBERED)
            raise
        looked_at = walk["began"] if walk["is_full"] else state["looked_at"]
        self._cache.put(key, {"length": walk["offset"], "looked_at": looked_at}, keep=MISSED_FEED_REMEMBERED)

    def _missed_feeds(
        self, seller: Seller, site_id: str, state: dict[str, Any], walk: dict[str, Any]
    ) -> Iterator[list[dict[str, Any]]]:
        """The entries page by page; `walk` remembers how far all that came before a page was queued."""
        # What has been forgotten meanwhile has moved those behind it to the front.
        offset = max(0, walk["offset"] - MISSED_FEEDS_PAGE_LENGTH)
        seen: set[str] = set()
        while page := self._meli.find_missed_feeds(
            seller.seller_id,
            self._settings.mercado_livre_app_id,
            offset=offset,
            limit=MISSED_FEEDS_PAGE_LENGTH,
            site_id=site_id,
        ):
            new = [entry for entry in page if repr(entry) not in seen]
            if not new:
                # Pages may be shorter than asked for, so only one that brings nothing new is the last.
                return
            yield new
            offset += len(page)
            if not walk["is_full"] and not seen:
                offset = max(offset, state["length"] - MISSED_FEEDS_PAGE_LENGTH)
            seen.update(map(repr, new))
            walk["offset"] = offset

    def _queue_entry(self, entry: dict[str, Any]) -> bool:
        try:
            notification = read_notification(entry, now=self._clock(), correlation_id=MISSED_FEEDS)
        except Malformed as error:
            logger.warning("unreadable entry in the missed feeds", reason=str(error))
            return False
        key = f"missed/{notification.seller_id}/{notification.content_key}"
        # What cannot be told from others of its kind is queued each time: it does no harm.
        if notification.content_key and self._cache.get(key) is not None:
            return False
        # A name of its own for each: those of one page may have arrived at the very same moment.
        name = f"{MISSED_FEEDS}/{notification.content_key[-12:]}"
        recovered = notification._replace(correlation_id=name, can_wait=True)
        self._background_queue.send(recovered.to_json())
        self._cache.put(key, "queued", keep=MISSED_FEED_REMEMBERED)
        return True

    def queue_changed_sales(self, seller: Seller) -> Iterator[Found]:
        """Queue the purchases in conversation whose orders changed: Mercado Livre may have closed or opened them.

        A mark remembers how far the changes were looked at. After a pause it moves on in steps, one a sweep, and in
        shorter ones where much was sold; the first sweep sets it and looks at nothing. What changed in a pause and has
        no conversation is remembered for `queue_unseen`.
        """
        key, now = f"changed-orders/{seller.seller_id}", self._now()
        stored = self._cache.get(key)
        if stored is None:
            self._cache.put(key, now, keep=MARK_KEPT)
            return
        # A mark alone, or with the place in a step that was broken off.
        state: dict[str, Any] = {"since": stored} if isinstance(stored, int) else stored
        if state["since"] < seller.connected_at:
            # What happened while he was not connected is not ours to bring in.
            state = {"since": seller.connected_at}
        if now - state["since"] >= ORDERS_EVERY_SECONDS:
            if now - state["since"] > LONG_PAUSE_SECONDS:
                state.setdefault("away_until", now)
            try:
                yield from self._queue_step(seller, state, now)
            except TryAgainLater:
                self._cache.put(key, state, keep=MARK_KEPT)
                raise
            self._cache.put(key, _after_step(state), keep=MARK_KEPT)

    def _queue_step(self, seller: Seller, state: dict[str, Any], now: int) -> Iterator[Found]:
        """Look through the next step, or what is left of it; `state` remembers the place in it."""
        queued: set[Thread] = set()
        was_away = "away_until" in state
        for page in self._pages_of_step(seller, state, now):
            threads = {Thread(seller.seller_id, "pack", order.pack_id or order.id) for order in page.orders} - queued
            written_about = {thread for thread in threads if self._threads.has_conversation(thread)}
            for thread in written_about:
                self._queue_thread(thread)
            if was_away:
                self._remember_unseen(seller, threads - written_about)
            queued |= threads
            state["step"] |= {"offset": page.next_offset, "total": page.total}
            yield Found(len(written_about))

    def _pages_of_step(self, seller: Seller, state: dict[str, Any], now: int) -> Iterator[OrderPage]:
        since = state["since"]
        step = state.setdefault("step", {"until": min(now, since + LONGEST_STEP_SECONDS), "offset": 0, "total": 0})
        while True:
            pages = self._meli.find_changed_orders(
                seller.seller_id,
                since=since - OVERLAP_SECONDS,
                until=step["until"],
                offset=step["offset"],
                total=step["total"],
            )
            first = next(pages)
            length = step["until"] - since
            if step["offset"] or first.total <= MOST_ORDERS_OF_A_STEP or length <= ORDERS_EVERY_SECONDS:
                break
            step["until"] -= length // 2
        yield first
        yield from pages

    def _remember_unseen(self, seller: Seller, threads: Iterable[Thread]) -> None:
        key = f"unseen-sales/{seller.seller_id}"
        unseen = dict.fromkeys([*(self._cache.get(key) or ()), *sorted(thread.meli_id for thread in threads)])
        if len(unseen) > MOST_UNSEEN:
            logger.warning("more was sold in a pause than is looked at", meli_seller_id=seller.seller_id)
        self._cache.put(key, list(unseen)[:MOST_UNSEEN], keep=UNREAD_REMEMBERED)

    def queue_unseen(self, seller: Seller, *, most: int) -> Iterator[Found]:
        """Queue the purchases of a pause about which somebody wrote; so many are looked at in each sweep at most.

        Who read their messages on Mercado Livre's own pages has taken them out of the list of what is unread. One about
        which nobody wrote takes one call; one that cannot be read now comes last in the next sweeps.
        """
        key = f"unseen-sales/{seller.seller_id}"
        unseen: list[str] = self._cache.get(key) or []
        seen, unreadable = 0, list[str]()
        try:
            for pack_id in unseen[:most]:
                try:
                    found = Found(self._queue_written_about(Thread(seller.seller_id, "pack", pack_id)))
                except TryAgainLater as error:
                    if breaks_off(error):
                        raise
                    unreadable.append(pack_id)
                    found = Found(0)
                yield found
                seen += 1
                if len(unreadable) >= MOST_UNREADABLE_IN_A_SWEEP:
                    return
        finally:
            if seen:
                self._cache.put(key, [*unseen[seen:], *unreadable], keep=UNREAD_REMEMBERED)

    def _queue_written_about(self, thread: Thread) -> bool:
        """Queue a purchase without a conversation, if somebody wrote about it."""
        if self._threads.has_conversation(thread):
            return False
        try:
            is_written_about = bool(self._messaging.read_exchange(thread.seller_id, thread.meli_id).messages)
        except Refused:
            # It is gone, or is not shown to us; nor would its job be shown more.
            return False
        except BridgeError:
            raise
        except Exception:  # noqa: BLE001 - what nobody foresaw of one must not hide the others; its job says it loudly
            is_written_about = True
        if is_written_about:
            self._queue_thread(thread)
        return is_written_about

    def queue_unread(self, seller: Seller) -> Iterator[Found]:
        """Queue the purchases whose count of unread messages has changed; we never mark one as read ourselves."""
        key, now = unread_key(seller.seller_id), self._now()
        remembered, unread = self._cache.get(key), dict(self._messaging.find_unread(seller.seller_id))
        before: dict[str, int] = remembered["counts"] if remembered else {}
        looked_ago = now - (remembered["looked_at"] if remembered else 0)
        # After a pause the same number may be of other messages.
        was_away = looked_ago > LONG_PAUSE_SECONDS
        changed = [pack_id for pack_id, number in unread.items() if was_away or before.get(pack_id) != number]
        # More may have been written before the seller read it on Mercado Livre's own pages.
        read_since = before.keys() - unread.keys()
        for pack_id in (*changed, *sorted(read_since)):
            self._queue_thread(Thread(seller.seller_id, "pack", pack_id))
        if unread != before or looked_ago > UNREAD_NOTED_EVERY_SECONDS:
            self._cache.put(key, {"counts": unread, "looked_at": now}, keep=UNREAD_REMEMBERED)
        if len(unread) >= MOST_UNREAD:
            logger.warning("more is unread than Mercado Livre lists", meli_seller_id=seller.seller_id)
            count("UnreadOverflow")
        grown = [pack_id for pack_id in changed if remembered is not None and unread[pack_id] > before.get(pack_id, 0)]
        yield Found(
            len(changed) + len(read_since), "messages", [Thread(seller.seller_id, "pack", pack_id) for pack_id in grown]
        )

    def _queue_thread(self, thread: Thread) -> None:
        queue_found(thread, self._background_queue)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def unread_key(seller_id: int) -> str:
    """Where the counts of unread messages of a seller's purchases are cached."""
    return f"unread-counts/{seller_id}"


def unread_overflows(cache: Cache, seller_id: int) -> bool:
    """Whether a seller's purchases with unread messages are so many that Mercado Livre may not list them all."""
    stored = cache.get(unread_key(seller_id))
    return stored is not None and len(stored["counts"]) >= MOST_UNREAD


def _after_step(state: dict[str, Any]) -> int | dict[str, Any]:
    """What is stored after a step: the mark alone, or with the end of the pause where there are steps to go."""
    until: int = state["step"]["until"]
    away_until: int = state.get("away_until", 0)
    return {"since": until, "away_until": away_until} if until < away_until else until


def breaks_off(error: Exception) -> bool:
    """Whether each further call would be one too many as well."""
    return isinstance(error, PutOff) or (isinstance(error, TryAgainLater) and error.status == TOO_MANY_REQUESTS)


def queue_found(thread: Thread, background_queue: Queue) -> None:
    """Queue a thread that a sweep found: by the notifications, where it waits while live traffic needs the calls."""
    background_queue.send(SyncThread(thread, "sweep", can_wait=True).to_json())
