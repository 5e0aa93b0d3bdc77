"""The notifications that Mercado Livre could not deliver: it gives up after an hour, and lists them for two days.

They are those of every seller, asked for in one seller's name.
https://developers.mercadolivre.com.br/pt_br/produto-receba-notificacoes
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.errors import Malformed, Refused
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.notifications import MISSED_FEEDS, read_notification
from chalicelib.observability import count, logger
from chalicelib.paging import page_numbers
from chalicelib.recovery.found import Found
from chalicelib.recovery.resumable import Scans
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache

PAGE_LENGTH = 50

# Nothing takes an entry out of the list, so that most sweeps look at its ends only. The whole list is looked at as
# often as this, whichever end Mercado Livre adds to.
WHOLE_EVERY_SECONDS = 3600
REMEMBERED = timedelta(days=3)

NEW = {"length": 0, "looked_through_at": 0, "place": None}


class MissedFeeds:
    """Queues the entries that were not queued before."""

    name = "missed feeds"

    def __init__(
        self, meli: MercadoLivre, scans: Scans, cache: Cache, settings: Settings, clock: Callable[[], datetime]
    ) -> None:
        self._meli = meli
        self._scans = scans
        self._cache = cache
        self._settings = settings
        self._clock = clock

    def keys(self, found: Found) -> Iterable[str]:
        return map(_key, _lists(found))

    def queue(self, found: Found) -> None:
        for site_id in _lists(found):
            try:
                self._queue_list(found, site_id)
            except Refused as refusal:
                # That of one country hides none of the others.
                logger.warning("missed feeds were not shown", meli_site=site_id, reason=str(refusal))
                count("SweepFailed")

    def _queue_list(self, found: Found, site_id: str) -> None:
        with self._scans.resume(_key(site_id), NEW, keep=REMEMBERED) as state:
            now = int(self._clock().timestamp())
            is_whole = now - state["looked_through_at"] >= WHOLE_EVERY_SECONDS
            place = state["place"] = state["place"] or {"began": now, "offset": 0, "is_whole": is_whole}
            for entries in self._pages(found, site_id, state["length"], place):
                for entry in entries:
                    self._queue_entry(found, entry)
            looked_at = place["began"] if place["is_whole"] else state["looked_through_at"]
            state.update(length=place["offset"], looked_through_at=looked_at, place=None)

    def _pages(self, found: Found, site_id: str, length: int, place: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """The entries page by page; `place` remembers how far all that came before a page was queued."""
        # What has been forgotten meanwhile has moved those behind it to the front.
        offset = max(0, place["offset"] - PAGE_LENGTH)
        seen: set[str] = set()
        for _ in page_numbers():
            page = self._meli.find_missed_feeds(
                found.seller.seller_id,
                self._settings.mercado_livre_app_id,
                offset=offset,
                limit=PAGE_LENGTH,
                site_id=site_id,
            )
            new = [entry for entry in page if repr(entry) not in seen]
            if not new:
                # Pages may be shorter than asked for, so only one that brings nothing new is the last.
                return
            yield new
            offset += len(page)
            if not place["is_whole"] and not seen:
                offset = max(offset, length - PAGE_LENGTH)
            seen.update(map(repr, new))
            place["offset"] = offset

    def _queue_entry(self, found: Found, entry: dict[str, Any]) -> None:
        try:
            notification = read_notification(entry, now=self._clock(), correlation_id=MISSED_FEEDS)
        except Malformed as error:
            logger.warning("unreadable entry in the missed feeds", reason=str(error))
            return
        key = f"missed/{notification.seller_id}/{notification.content_key}"
        # What cannot be told from others of its kind is queued each time: it does no harm.
        if notification.content_key and self._cache.get(key) is not None:
            return
        # A name of its own for each: those of one page may have arrived at the very same moment.
        name = f"{MISSED_FEEDS}/{notification.content_key[-12:]}"
        found.add_notification(notification._replace(correlation_id=name, can_wait=True))
        self._cache.put(key, "queued", keep=REMEMBERED)


def _lists(found: Found) -> list[str]:
    """The countries whose lists are looked at; the first list has no country, and all but listings."""
    return [] if found.site_ids is None else ["", *found.site_ids]


def _key(site_id: str) -> str:
    return f"missed-feeds/{site_id}"
