"""Which purchase a message, an order, a shipment or a claim belongs to, as far as it was learnt.

What is announced of it then costs no call.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from chalicelib.models import Thread
from chalicelib.stores.cache import Cache
from chalicelib.stores.tables import ItemPlace, TableItem

# An order may be split off its pack: whoever finds that the two disagree asks anew. The time is for the table's sake.
KEPT = timedelta(days=60)


class KnownThreads:
    """What was learnt of purchases. None where it was not, or is too old."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def place_of_message(self, seller_id: int, message_id: str) -> ItemPlace:
        """Where the purchase of a message is stored, for reading it together with other items."""
        return self._cache.place(_message_key(seller_id, message_id))

    def read_message(self, item: dict[str, Any] | None) -> Thread | None:
        return Thread.parse(self._cache.read(item) or "")

    def of_order(self, seller_id: int, order_id: str) -> Thread | None:
        return self._of_sale(seller_id, _order_key(seller_id, order_id))

    def of_shipment(self, seller_id: int, shipment_id: str) -> Thread | None:
        return self._of_sale(seller_id, _shipment_key(seller_id, shipment_id))

    def of_claim(self, seller_id: int, claim_id: str) -> Thread | None:
        return self._of_sale(seller_id, _claim_key(seller_id, claim_id))

    def _of_sale(self, seller_id: int, key: str) -> Thread | None:
        pack_id = self._cache.get(key)
        return Thread.parse(f"{seller_id}/pack/{pack_id}") if pack_id else None

    def item_of_message(self, thread: Thread, message_id: str) -> TableItem:
        """The purchase of a message, to be stored together with other items."""
        return self._cache.item(_message_key(thread.seller_id, message_id), str(thread), keep=KEPT)

    def remember_message(self, thread: Thread, message_id: str) -> None:
        self._cache.put(_message_key(thread.seller_id, message_id), str(thread), keep=KEPT)

    def remember_sale(self, thread: Thread, *, order_ids: Iterable[str] = (), shipment_id: str = "") -> None:
        """Note what a purchase consists of."""
        keys = [_order_key(thread.seller_id, order_id) for order_id in order_ids]
        if shipment_id:
            keys.append(_shipment_key(thread.seller_id, shipment_id))
        for key in keys:
            self._cache.put(key, thread.meli_id, keep=KEPT)

    def remember_claim(self, thread: Thread, claim_id: str) -> None:
        self._cache.put(_claim_key(thread.seller_id, claim_id), thread.meli_id, keep=KEPT)

    def forget_threads(self, seller_id: int, threads: Collection[Thread]) -> int:
        """Drop what is known of these threads; how many entries. Reads all that is known of the seller's purchases."""
        named = {str(thread) for thread in threads}
        pack_ids = {thread.meli_id for thread in threads if thread.kind == "pack"}
        messages = self._cache.find(_message_key(seller_id, ""))
        prefixes = (_order_key(seller_id, ""), _shipment_key(seller_id, ""), _claim_key(seller_id, ""))
        sales = {key: pack_id for prefix in prefixes for key, pack_id in self._cache.find(prefix).items()}
        keys = [
            *(key for key, thread in messages.items() if thread in named),
            *(key for key, pack_id in sales.items() if pack_id in pack_ids),
        ]
        for key in keys:
            self._cache.drop(key)
        return len(keys)


def _message_key(seller_id: int, message_id: str) -> str:
    return f"message/{seller_id}/{message_id}"


def _order_key(seller_id: int, order_id: str) -> str:
    return f"pack/{seller_id}/{order_id}"


def _shipment_key(seller_id: int, shipment_id: str) -> str:
    return f"shipment/{seller_id}/{shipment_id}"


def _claim_key(seller_id: int, claim_id: str) -> str:
    return f"claim/{seller_id}/{claim_id}"
