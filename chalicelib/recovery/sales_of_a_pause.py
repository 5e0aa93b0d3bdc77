"""Purchases that changed while nothing of ours ran, and that have no conversation, of which some may be written about.

Who read their messages on Mercado Livre's own pages has taken them out of the list of what is unread.
"""

from collections.abc import Iterable
from datetime import timedelta

from chalicelib.errors import BridgeError, Refused, TryAgainLater
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.models import Seller, Thread
from chalicelib.observability import logger
from chalicelib.recovery.found import Found, ends_sweep
from chalicelib.recovery.resumable import Scans
from chalicelib.stores.threads import Threads

MOST_REMEMBERED = 5000
REMEMBERED = timedelta(days=60)

# A few at a time, so that sweeps have reads for what is new: what a pause has left is not urgent.
MOST_IN_A_SWEEP = 10
MOST_UNREADABLE_IN_A_SWEEP = 3

NEW: dict[str, list[str]] = {"pack_ids": []}


class SalesOfAPause:
    """Queues those about which somebody wrote. One about which nobody did takes one read."""

    name = "sales of a pause"

    def __init__(self, messaging: Messaging, threads: Threads, scans: Scans) -> None:
        self._messaging = messaging
        self._threads = threads
        self._scans = scans

    def keys(self, found: Found) -> list[str]:
        return [_key(found.seller)]

    def remember(self, seller: Seller, threads: Iterable[Thread]) -> None:
        """Look at these in the next sweeps."""
        with self._scans.resume(_key(seller), NEW, keep=REMEMBERED) as state:
            pack_ids = dict.fromkeys([*state["pack_ids"], *sorted(thread.meli_id for thread in threads)])
            if len(pack_ids) > MOST_REMEMBERED:
                logger.warning("more was sold in a pause than is looked at", meli_seller_id=seller.seller_id)
            state["pack_ids"] = list(pack_ids)[:MOST_REMEMBERED]

    def queue(self, found: Found) -> None:
        """Look at a few. One that cannot be read now comes last in the next sweeps."""
        with self._scans.resume(_key(found.seller), NEW, keep=REMEMBERED) as state:
            unreadable = 0
            for pack_id in state["pack_ids"][:MOST_IN_A_SWEEP]:
                try:
                    self._queue_written_about(found, Thread(found.seller.seller_id, "pack", pack_id))
                except TryAgainLater as error:
                    if ends_sweep(error):
                        raise
                    unreadable += 1
                    state["pack_ids"].append(pack_id)
                state["pack_ids"].remove(pack_id)
                if unreadable >= MOST_UNREADABLE_IN_A_SWEEP:
                    return

    def _queue_written_about(self, found: Found, thread: Thread) -> None:
        if self._threads.has_conversation(thread):
            return
        try:
            is_written_about = bool(self._messaging.read_exchange(thread.seller_id, thread.meli_id).messages)
        except Refused:
            # It is gone, or is not shown to us; nor would its job be shown more.
            return
        except BridgeError:
            raise
        except Exception:  # noqa: BLE001 - what nobody foresaw of one must not hide the others; its job says it loudly
            is_written_about = True
        found.has_read = True
        if is_written_about:
            found.add(thread)


def _key(seller: Seller) -> str:
    return f"sales-of-a-pause/{seller.seller_id}"
