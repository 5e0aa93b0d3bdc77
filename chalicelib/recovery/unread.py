"""Purchases with messages that nobody has read at Mercado Livre. We mark none as read that is not answered."""

from datetime import timedelta

from chalicelib.mercado_livre.messages import MOST_UNREAD, Messaging
from chalicelib.models import Thread
from chalicelib.observability import count, logger
from chalicelib.recovery.found import Found
from chalicelib.recovery.resumable import Scans
from chalicelib.stores.cache import Cache
from chalicelib.stores.set_aside import SetAside

LONG_PAUSE_SECONDS = 3600
# Looking is written down no more often than this, so that a pause may count as long when it is half as long.
NOTED_EVERY_SECONDS = 30 * 60

# Conversations are blocked 30 days after their last message.
REMEMBERED = timedelta(days=60)


class UnreadMessages:
    """Queues the purchases whose number of unread messages has changed."""

    name = "unread messages"

    def __init__(self, messaging: Messaging, set_aside: SetAside, scans: Scans) -> None:
        self._messaging = messaging
        self._set_aside = set_aside
        self._scans = scans

    def keys(self, found: Found) -> list[str]:
        return [unread_key(found.seller.seller_id)]

    def queue(self, found: Found) -> None:
        seller_id = found.seller.seller_id
        with self._scans.resume(unread_key(seller_id), {"counts": {}, "looked_at": 0}, keep=REMEMBERED) as state:
            unread = dict(self._messaging.find_unread(seller_id))
            found.has_read = True
            found.shown.add("messages")
            before, now = state["counts"], self._scans.now
            # After a pause the same number may be of other messages.
            was_away = now - state["looked_at"] > LONG_PAUSE_SECONDS
            changed = [pack_id for pack_id, number in unread.items() if was_away or before.get(pack_id) != number]
            # More may have been written before the seller read it on Mercado Livre's own pages.
            read_since = sorted(before.keys() - unread.keys())
            for pack_id in (*changed, *read_since):
                thread = Thread(seller_id, "pack", pack_id)
                # The counts say what was queued, and not that it is shown.
                self._set_aside.expect(thread, now=now)
                found.add(thread, changed="messages")
            for pack_id in changed if state["looked_at"] else ():
                if unread[pack_id] > before.get(pack_id, 0):
                    found.note_unannounced("messages", Thread(seller_id, "pack", pack_id))
            if unread != before or now - state["looked_at"] > NOTED_EVERY_SECONDS:
                state.update(counts=unread, looked_at=now)
        if len(unread) >= MOST_UNREAD:
            logger.warning("more is unread than Mercado Livre lists", meli_seller_id=seller_id)
            count("NotAllShown")


def unread_key(seller_id: int) -> str:
    """Where the counts of unread messages of a seller's purchases are cached."""
    return f"unread-counts/{seller_id}"


def unread_overflows(cache: Cache, seller_id: int) -> bool:
    """Whether a seller's purchases with unread messages are so many that Mercado Livre may not list them all."""
    stored = cache.get(unread_key(seller_id))
    return stored is not None and len(stored["counts"]) >= MOST_UNREAD
