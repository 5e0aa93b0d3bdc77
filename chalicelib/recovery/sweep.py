"""The sweep of one seller: finds what no notification told us, and queues it as if one had."""

from collections.abc import Callable, Iterable
from datetime import datetime

from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.models import Seller
from chalicelib.recovery.found import Found
from chalicelib.recovery.lost_replies import UnheardRetries
from chalicelib.recovery.resumable import Scans
from chalicelib.recovery.seller_scan import SellerScan
from chalicelib.recovery.silent_topics import SilentTopics, silence_key
from chalicelib.stores.sellers import Sellers
from chalicelib.work.jobs import SWEEP_STALE_SECONDS, SweepSeller
from chalicelib.work.parked_jobs import ParkedJobs

# Longer than a job that waits by itself; where sellers are many, each has its turn within it.
LONG_UNSWEPT_SECONDS = 30 * 60

# A seller may change their nickname, which nothing announces.
NAME_KEPT_SECONDS = 24 * 3600


class Sweep:
    """Sweeps sellers: queues what was missed, refreshes the token ahead of its expiry, calls back what waited."""

    def __init__(
        self,
        sellers: Sellers,
        seller_scan: SellerScan,
        retries: UnheardRetries,
        silent_topics: SilentTopics,
        parked_jobs: ParkedJobs,
        clock: Callable[[], datetime],
    ) -> None:
        self._sellers = sellers
        self._seller_scan = seller_scan
        self._retries = retries
        self._silent_topics = silent_topics
        self._parked_jobs = parked_jobs
        self._clock = clock

    def sweep_seller(self, job: SweepSeller) -> bool:
        """Sweep one seller; whether it is noted with the seller when that was.

        Repeating it is safe; what cannot be done now is done by the sweep of the next schedule.
        """
        seller = self._sellers.get(job.seller_id)
        if seller is None or self._now() - job.asked_at > SWEEP_STALE_SECONDS:
            return False
        keys = (silence_key(seller.seller_id), self._retries.key(seller.seller_id))
        found = self._seller_scan.begin(seller, job.site_ids, keys=keys)
        # They are asked of Chatwoot, whatever Mercado Livre answers.
        self._retries.queue(found)
        is_through = self._seller_scan.run(found)
        misses_topic = self._silent_topics.note(found)
        if found.was_turned_down or found.needs_login or (found.has_failed and not found.has_read):
            # Others have their turn before Mercado Livre is asked again.
            self._sellers.mark_tried(seller, now=self._now())
            return True
        if is_through:
            if found.was_mended or self._was_mended(seller):
                self._parked_jobs.call_back(seller.seller_id)
            if found.was_disturbed:
                # What it left is looked at by the next, as soon as that comes to sellers with traffic.
                self._sellers.keep_awake(seller.seller_id, now=self._now())
            self._sellers.mark_swept(seller, now=self._now(), given_up=found.given_up, misses_topic=misses_topic)
        return is_through

    def _was_mended(self, seller: Seller) -> bool:
        """Whether what waits for a person may have become possible: a new grant, or a first sweep after some failed."""
        has_new_grant = seller.refreshed_at > seller.swept_at
        return has_new_grant or self._now() - seller.swept_at > LONG_UNSWEPT_SECONDS

    def _now(self) -> int:
        return int(self._clock().timestamp())


class SellerNames:
    """Asks for the name and the country of a seller for whom they could not be had at connecting; of others daily."""

    name = "the seller's name"

    def __init__(self, meli: MercadoLivre, sellers: Sellers, scans: Scans) -> None:
        self._meli = meli
        self._sellers = sellers
        self._scans = scans

    def keys(self, found: Found) -> Iterable[str]:
        return [_name_key(found.seller)]

    def queue(self, found: Found) -> None:
        seller = found.seller
        with self._scans.resume(_name_key(seller), {"asked_at": 0}) as state:
            now = self._scans.now
            # It was asked for when the seller connected.
            state["asked_at"] = state["asked_at"] or now
            if not seller.is_nameless and now - state["asked_at"] < NAME_KEPT_SECONDS:
                return
            user = self._meli.get_user(seller.seller_id, seller.seller_id)
            found.has_read = True
            if (user.nickname, user.site_id) != (seller.nickname, seller.site_id):
                self._sellers.rename(seller._replace(nickname=user.nickname, site_id=user.site_id))
            state["asked_at"] = now


def _name_key(seller: Seller) -> str:
    return f"seller-name/{seller.seller_id}"
