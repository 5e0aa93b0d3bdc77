"""The sweep: finds what no notification told us, and queues it as if one had. Every two minutes, one job a seller."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from chalicelib.allowance import Allowance
from chalicelib.errors import LoginNeeded, OperatorNeeded, PutOff, TryAgainLater
from chalicelib.feeds import Feeds, Found
from chalicelib.jobs import SWEEP_STALE_SECONDS, SweepDesk, SweepMissedFeeds, SweepSeller
from chalicelib.mercado_livre.client import TOO_MANY_REQUESTS
from chalicelib.mercado_livre.tokens import Tokens
from chalicelib.models import Seller, Thread
from chalicelib.observability import count, logger
from chalicelib.open_questions import OpenQuestions
from chalicelib.pace import sellers_a_minute
from chalicelib.queues import Queue
from chalicelib.settings import Settings
from chalicelib.silence import Silence
from chalicelib.stores.cache import Cache
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import Refusal, Threads
from chalicelib.worker import Worker

# Longer than a job that waits by itself; where sellers are many, each has his turn within it.
LONG_UNSWEPT_SECONDS = 30 * 60

# The open questions and the unread messages; what comes on top is taken call by call.
READS_OF_A_SWEEP_AT_LEAST = 2

TRIED_KEPT = timedelta(days=2)

Find = Callable[[Seller], Iterator[Found]]


class Recovery:
    """Sweeps sellers: refreshes the token ahead of its expiry, queues what was missed, calls back what waited."""

    def __init__(
        self,
        feeds: Feeds,
        open_questions: OpenQuestions,
        queue_retry: Callable[[Refusal], bool],
        tokens: Tokens,
        sellers: Sellers,
        threads: Threads,
        silence: Silence,
        allowance: Allowance,
        cache: Cache,
        worker: Worker,
        notifications_queue: Queue,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._feeds = feeds
        self._open_questions = open_questions
        self._queue_retry = queue_retry
        self._tokens = tokens
        self._sellers = sellers
        self._threads = threads
        self._silence = silence
        self._allowance = allowance
        self._cache = cache
        self._worker = worker
        self._notifications_queue = notifications_queue
        self._settings = settings
        self._clock = clock

    def ask_for_sweeps(self) -> None:
        """Ask for a sweep of every seller and desk; a thousand of them then share no timeout. Repeating it is safe.

        Who waited longest comes first, so that all have their turn where the budget does not do for each round.
        """
        sellers = sorted(self._sellers.all(), key=lambda seller: (bool(seller.dead_reason), seller.swept_at))
        # The missed feeds hold those of every seller; whoever was swept last is known to be well.
        if reader := next((seller for seller in reversed(sellers) if not seller.dead_reason), None):
            sites = sorted({seller.site_id for seller in sellers if seller.site_id})
            self._notifications_queue.send(SweepMissedFeeds(reader.seller_id, self._now(), sites).to_json())
        first = sellers_a_minute(self._allowance.reads_a_minute)
        for number, seller in enumerate(sellers):
            # Those for whom the first minute has no reads left may have the second, before the next round.
            delay_seconds = 0 if number < first else 60
            job = SweepSeller(seller.seller_id, self._now())
            self._notifications_queue.send(job.to_json(), delay_seconds=delay_seconds)
        for desk in ("", *self._settings.desk_names()):
            self._notifications_queue.send(SweepDesk(desk, self._now()).to_json())

    def sweep_seller(self, job: SweepSeller) -> None:
        """Sweep one seller. Repeating it is safe; what cannot be done now is done by the sweep of the next schedule."""
        seller = self._sellers.get(job.seller_id)
        if seller is None or self._is_stale(job.asked_at):
            return
        feeds: dict[str, Find] = {
            "unread messages": self._feeds.queue_unread,
            "changed orders": self._feeds.queue_changed_sales,
            "questions": self._open_questions.queue_changed,
            "retries": self._queue_retries,
        }
        unannounced: dict[str, list[Thread]] = {}
        is_through = self._sweep(seller, feeds, unannounced, reads=READS_OF_A_SWEEP_AT_LEAST)
        self._silence.listen(seller, unannounced)
        if not is_through:
            return
        if self._was_mended(seller):
            self._worker.call_back(seller.seller_id)
        self._sellers.mark_swept(seller, now=self._now())

    def sweep_missed_feeds(self, job: SweepMissedFeeds) -> None:
        """Look through the missed feeds of all sellers. Repeating it is safe, and what is left is for the next one."""
        seller = self._sellers.get(job.seller_id)
        if seller is None or self._is_stale(job.asked_at):
            return
        feeds: dict[str, Find] = {
            "missed feeds": self._feeds.queue_missed,
            "missed feeds of listings": lambda seller: self._feeds.queue_missed_listings(seller, job.sites),
        }
        # One page of each list, as where nothing was missed.
        self._sweep(seller, feeds, {}, reads=1 + len(job.sites))

    def _was_mended(self, seller: Seller) -> bool:
        """Whether what waits for a person may have become possible: a new grant, or a first sweep after some failed."""
        has_new_grant = seller.refreshed_at > seller.swept_at
        return has_new_grant or self._now() - seller.swept_at > LONG_UNSWEPT_SECONDS

    def _sweep(
        self, seller: Seller, feeds: Mapping[str, Find], unannounced: dict[str, list[Thread]], *, reads: int
    ) -> bool:
        """Whether all feeds could be looked at; what of them was not announced goes into `unannounced` by topic.

        `feeds` are by the name under which a failure is logged, and `reads` is how many calls they make at least.
        """
        try:
            self._tokens.refresh_ahead(seller.seller_id)
            self._allowance.begin(reads)
            for name, find in feeds.items():
                for found in self._look(seller, name, find):
                    if found.unannounced:
                        unannounced.setdefault(found.topic, []).extend(found.unannounced)
        except TryAgainLater as error:
            if not _breaks_off(error):
                raise
            # What was queued is remembered, and the place in what was not; the rest is for the next schedule.
            count("SweepPutOff")
            return False
        except (LoginNeeded, OperatorNeeded) as error:
            # Said loudly when it was found out; here only once in each round.
            logger.warning("seller was not swept", meli_seller_id=seller.seller_id, reason=str(error))
            return False
        return True

    def _look(self, seller: Seller, name: str, find: Find) -> Iterator[Found]:
        """What one feed brings; where it fails, that hides nothing of the others."""
        queued = 0
        try:
            for found in find(seller):
                queued += found.queued
                yield found
        except (LoginNeeded, OperatorNeeded):
            raise
        except Exception as error:
            if _breaks_off(error):
                raise
            logger.exception("a feed was not swept", meli_seller_id=seller.seller_id, feed=name)
            count("SweepFailed")
        finally:
            if queued:
                count("MissedFound", queued)
                logger.info("queued what was missed", meli_seller_id=seller.seller_id, found=queued)

    def _queue_retries(self, seller: Seller) -> Iterator[Found]:
        """Queue the replies that failed and whose agent has pressed Retry; mostly the webhook was quicker.

        Where there is no time for all, or Chatwoot does not answer, the next sweep begins after the last tried.
        """
        key, refusals = f"retries-tried/{seller.seller_id}", self._threads.refusals_of(seller.seller_id)
        tried: int = (self._cache.get(key) or 0) if refusals else 0
        for refusal in sorted(refusals, key=lambda one: (one.chatwoot_message_id <= tried, one.chatwoot_message_id)):
            try:
                self._allowance.check_time()
                tried = refusal.chatwoot_message_id
                yield Found(self._queue_retry(refusal))
            except TryAgainLater as error:
                self._cache.put(key, tried, keep=TRIED_KEPT)
                logger.warning("failed replies were not all looked at", reason=str(error))
                return
            except Exception:  # noqa: BLE001 - one that cannot be read must not hide those behind it
                logger.exception("a failed reply was not looked at", chatwoot_message_id=refusal.chatwoot_message_id)
                count("SweepFailed")

    def _is_stale(self, asked_at: int) -> bool:
        return self._now() - asked_at > SWEEP_STALE_SECONDS

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _breaks_off(error: Exception) -> bool:
    """Whether each further call would be one too many as well."""
    return isinstance(error, PutOff) or (isinstance(error, TryAgainLater) and error.status == TOO_MANY_REQUESTS)
