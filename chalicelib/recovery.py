"""The sweep: finds what no notification told us, and queues it as if one had. Every two minutes, one job a seller."""

from collections.abc import Callable, Sequence
from datetime import datetime

from chalicelib.errors import LoginNeeded, OperatorNeeded, TryAgainLater
from chalicelib.feeds import Feeds, Found
from chalicelib.jobs import SWEEP_STALE_SECONDS, SweepDesk, SweepSeller
from chalicelib.mercado_livre.client import TOO_MANY_REQUESTS
from chalicelib.mercado_livre.tokens import Tokens
from chalicelib.models import Seller, Thread
from chalicelib.observability import count, logger
from chalicelib.queues import Queue
from chalicelib.settings import Settings
from chalicelib.silence import Silence
from chalicelib.stores.budget import SHARES, Budget
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import Refusal, Threads
from chalicelib.worker import Worker

# The open questions, the unread messages and, now and then, the changed orders.
READS_OF_A_SWEEP = 3
# Longer than a job that waits by itself; where sellers are many, each has his turn within it.
LONG_UNSWEPT_SECONDS = 30 * 60
SELLERS_A_MINUTE = SHARES["sweep"] // READS_OF_A_SWEEP

# The first page of the missed feeds, the last, and one that is empty; the same for the listings of each site.
READS_OF_MISSED_FEEDS = 3


class Recovery:
    """Sweeps sellers: refreshes the token ahead of its expiry, queues what was missed, calls back what waited."""

    def __init__(
        self,
        feeds: Feeds,
        queue_retry: Callable[[Refusal], bool],
        tokens: Tokens,
        sellers: Sellers,
        threads: Threads,
        silence: Silence,
        budget: Budget,
        worker: Worker,
        notifications_queue: Queue,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._feeds = feeds
        self._queue_retry = queue_retry
        self._tokens = tokens
        self._sellers = sellers
        self._threads = threads
        self._silence = silence
        self._budget = budget
        self._worker = worker
        self._notifications_queue = notifications_queue
        self._settings = settings
        self._clock = clock

    def ask_for_sweeps(self) -> None:
        """Ask for a sweep of every seller and desk; a thousand of them then share no timeout. Repeating it is safe.

        Who waited longest comes first, so that all have their turn where the budget does not do for each round.
        """
        sellers = sorted(self._sellers.all(), key=lambda seller: (bool(seller.dead_reason), seller.swept_at))
        # The missed feeds hold those of every seller; whoever was swept last is known to be well. He comes first, so
        # that they are read in each round.
        reader = next((seller for seller in reversed(sellers) if not seller.dead_reason), None)
        sellers.sort(key=lambda seller: seller is not reader)
        sites = sorted({seller.site_id for seller in sellers if seller.site_id})
        for number, seller in enumerate(sellers):
            job = SweepSeller(seller.seller_id, self._now(), reads_missed_feeds=False)
            if seller is reader:
                job = job._replace(reads_missed_feeds=True, sites=sites)
            # Those for whom the first minute has no reads left may have the second, before the next round.
            self._notifications_queue.send(job.to_json(), delay_seconds=0 if number < SELLERS_A_MINUTE else 60)
        for desk in ("", *self._settings.desk_names()):
            self._notifications_queue.send(SweepDesk(desk, self._now()).to_json())

    def sweep_seller(self, job: SweepSeller) -> None:
        """Sweep one seller. Repeating it is safe; what cannot be done now is done by the sweep of the next schedule."""
        seller = self._sellers.get(job.seller_id)
        if seller is None or self._now() - job.asked_at > SWEEP_STALE_SECONDS:
            return
        try:
            self._tokens.refresh_ahead(seller.seller_id)
            if not self._budget.take_reads(_reads_of(job)):
                count("SweepPutOff")
                return
            self._sweep(seller, job)
        except TryAgainLater as error:
            if error.status != TOO_MANY_REQUESTS:
                raise
            # What was queued is remembered; the rest, and the mark, are for the next schedule.
            count("SweepPutOff")
            return
        except (LoginNeeded, OperatorNeeded) as error:
            # Said loudly when it was found out; here only once in each round.
            logger.warning("seller was not swept", meli_seller_id=seller.seller_id, reason=str(error))
            return
        if self._was_mended(seller):
            self._worker.call_back(seller.seller_id)
        self._sellers.mark_swept(seller, now=self._now())

    def _was_mended(self, seller: Seller) -> bool:
        """Whether what waits for a person may have become possible: a new grant, or a first sweep after some failed."""
        has_new_grant = seller.refreshed_at > seller.swept_at
        return has_new_grant or self._now() - seller.swept_at > LONG_UNSWEPT_SECONDS

    def _sweep(self, seller: Seller, job: SweepSeller) -> None:
        unannounced: dict[str, Sequence[Thread]] = {}
        for name, find in self._finders(job).items():
            try:
                found = find(seller)
            except (LoginNeeded, OperatorNeeded):
                raise
            except Exception as error:
                if isinstance(error, TryAgainLater) and error.status == TOO_MANY_REQUESTS:
                    # Each further call would be one too many as well.
                    raise
                logger.exception("a feed was not swept", meli_seller_id=seller.seller_id, feed=name)
                count("SweepFailed")
                continue
            if found.queued:
                count("MissedFound", found.queued)
                logger.info("queued what was missed", meli_seller_id=seller.seller_id, found=found.queued)
            if found.unannounced:
                unannounced[found.topic] = found.unannounced
        self._silence.listen(seller, unannounced)

    def _finders(self, job: SweepSeller) -> dict[str, Callable[[Seller], Found]]:
        """What a sweep looks at, by the name under which a failure is logged."""
        feeds = self._feeds
        missed: dict[str, Callable[[Seller], Found]] = {
            "missed feeds": feeds.queue_missed,
            "missed feeds of listings": lambda seller: feeds.queue_missed_listings(seller, job.sites),
        }
        return {
            "questions": feeds.queue_questions,
            "unread messages": feeds.queue_unread,
            "retries": self._queue_retries,
            "changed orders": feeds.queue_changed_sales,
            # The longest stands last, so that it holds up none of the others.
            **(missed if job.reads_missed_feeds else {}),
        }

    def _queue_retries(self, seller: Seller) -> Found:
        """Queue the replies that failed and whose agent has pressed Retry; mostly the webhook was quicker."""
        queued = 0
        for refusal in self._threads.refusals_of(seller.seller_id):
            try:
                queued += self._queue_retry(refusal)
            except Exception:  # noqa: BLE001 - one that cannot be read must not hide those behind it
                logger.exception("a failed reply was not looked at", chatwoot_message_id=refusal.chatwoot_message_id)
                count("SweepFailed")
        return Found(queued)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _reads_of(job: SweepSeller) -> int:
    return READS_OF_A_SWEEP + (READS_OF_MISSED_FEEDS * (1 + len(job.sites)) if job.reads_missed_feeds else 0)
