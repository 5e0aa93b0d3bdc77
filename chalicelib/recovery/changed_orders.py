"""Orders that changed: Mercado Livre may have closed or opened the conversation about them.

Notifications tell of them too, so that they are looked at less often than the rest.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from chalicelib.mercado_livre.client import MercadoLivre, OrderPage
from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.sale_resources import Order
from chalicelib.models import Thread, read_moment
from chalicelib.recovery.found import Found
from chalicelib.recovery.resumable import Scans
from chalicelib.recovery.sales_of_a_pause import SalesOfAPause
from chalicelib.stores.threads import Threads

EVERY_SECONDS = 10 * 60
LONG_PAUSE_SECONDS = 3600
LONGEST_STEP_SECONDS = 6 * 3600

# What a Lambda looks through in some seconds, page by page.
MOST_ORDERS_OF_A_STEP = 500

# Mercado Livre's search may lag behind what it lists.
OVERLAP_SECONDS = 2 * 60

NEW = {"since": 0, "away_until": 0, "step": None}


class ChangedOrders:
    """Queues the purchases in conversation whose orders changed, but for those that show it already.

    Where sales have a conversation as soon as they are paid, those that have none are queued too.

    `since` says how far the changes were looked at. After a pause it moves on in steps, one a sweep, and in shorter
    ones where much was sold; the first sweep sets it and looks at nothing.
    """

    name = "changed orders"

    def __init__(
        self,
        meli: MercadoLivre,
        threads: Threads,
        sales_of_a_pause: SalesOfAPause,
        scans: Scans,
        *,
        opens_on_sale: Callable[[], bool],
    ) -> None:
        self._meli = meli
        self._threads = threads
        self._sales_of_a_pause = sales_of_a_pause
        self._scans = scans
        self._opens_on_sale = opens_on_sale

    def keys(self, found: Found) -> list[str]:
        return [_key(found)]

    def queue(self, found: Found) -> None:
        with self._scans.resume(_key(found), NEW) as state:
            now = self._scans.now
            if not state["since"]:
                state["since"] = now
            if state["since"] < found.seller.connected_at:
                # What happened while the seller was not connected is not ours to bring in.
                state.update(NEW, since=found.seller.connected_at)
            if now - state["since"] >= EVERY_SECONDS:
                self._queue_step(found, state, now)

    def _queue_step(self, found: Found, state: dict[str, Any], now: int) -> None:
        """Look through the next step, or what is left of it."""
        if now - state["since"] > LONG_PAUSE_SECONDS:
            state["away_until"] = state["away_until"] or now
        queued: set[Thread] = set()
        without_conversation: set[Thread] = set()
        for page in self._pages(found, state, now):
            found.has_read = True
            new: set[Thread] = set()
            for order in page.orders:
                thread = Thread(found.seller.seller_id, "pack", order.pack_id or order.id)
                if thread in queued | without_conversation:
                    continue
                if not self._threads.has_conversation(thread):
                    new.add(thread)
                    if self._opens_on_sale() and order.was_just_sold(datetime.fromtimestamp(now, UTC)):
                        found.add(thread, changed=f"order/{order.id}")
                    for claim_id in order.claim_ids:
                        # One that is open is work, also where nothing was written.
                        found.add(thread, changed=f"claim/{claim_id}")
                elif not self._is_shown(thread, order):
                    # What else of it was not announced is not known.
                    found.add(thread)
                    queued.add(thread)
            if state["away_until"]:
                self._sales_of_a_pause.remember(found.seller, new - without_conversation)
            without_conversation |= new
            state["step"].update(offset=page.next_offset, total=page.total)
        until = state["step"]["until"]
        state.update(since=until, away_until=state["away_until"] if until < state["away_until"] else 0, step=None)

    def _is_shown(self, thread: Thread, order: Order) -> bool:
        """Whether its conversation shows this version of an order."""
        known = self._threads.sale_of(thread)
        shown = Sale.from_json(known).order(order.id) if known else None
        # Versions go by the second, in which two things may happen.
        return shown is not None and _version(shown) == _version(order)

    def _pages(self, found: Found, state: dict[str, Any], now: int) -> Iterator[OrderPage]:
        since = state["since"]
        step = state["step"] = state["step"] or {
            "until": min(now, since + LONGEST_STEP_SECONDS),
            "offset": 0,
            "total": 0,
        }
        while True:
            pages = self._meli.find_changed_orders(
                found.seller.seller_id,
                since=since - OVERLAP_SECONDS,
                until=step["until"],
                offset=step["offset"],
                total=step["total"],
            )
            first = next(pages)
            length = step["until"] - since
            if step["offset"] or first.total <= MOST_ORDERS_OF_A_STEP or length <= EVERY_SECONDS:
                break
            step["until"] -= length // 2
        yield first
        yield from pages


def _key(found: Found) -> str:
    return f"changed-orders/{found.seller.seller_id}"


def _version(order: Order) -> tuple[datetime | None, str, float]:
    return read_moment(order.last_updated), order.status, order.refunded
