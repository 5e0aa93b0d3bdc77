"""The sweep: finds what no notification told us, and queues it as if one had. Every two minutes, one job a seller."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from chalicelib.errors import LoginNeeded, OperatorNeeded, PutOff, TryAgainLater
from chalicelib.mercado_livre.oauth import Tokens
from chalicelib.mercado_livre.resources import User
from chalicelib.models import Seller, Thread
from chalicelib.observability import count, logger
from chalicelib.recovery.allowance import Allowance
from chalicelib.recovery.feeds import Feeds, Found, breaks_off
from chalicelib.recovery.open_questions import OpenQuestions
from chalicelib.recovery.pace import sellers_a_minute, spare_reads_of
from chalicelib.recovery.silent_topics import SilentTopics
from chalicelib.recovery.waiting_sweeps import WaitingSweeps
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import Refusal, Threads
from chalicelib.work.consumer import Worker
from chalicelib.work.jobs import SWEEP_STALE_SECONDS, SweepDesk, SweepMissedFeeds, SweepSeller
from chalicelib.work.queue import Queue

# Longer than a job that waits by itself; where sellers are many, each has his turn within it.
LONG_UNSWEPT_SECONDS = 30 * 60

# The open questions and the unread messages; what comes on top is taken call by call.
READS_OF_A_SWEEP_AT_LEAST = 2

TRIED_KEPT = timedelta(days=2)

# How often the schedule asks for sweeps.
ROUND_SECONDS = 2 * 60

RETRIES = "retries"

SweepJob = SweepSeller | SweepMissedFeeds | SweepDesk
Find = Callable[[Seller], Iterator[Found]]


class Sweep:
    """Sweeps sellers: refreshes the token ahead of its expiry, queues what was missed, calls back what waited."""

    def __init__(
        self,
        feeds: Feeds,
        open_questions: OpenQuestions,
        queue_retry: Callable[[Refusal], bool],
        identify: Callable[[int], User],
        tokens: Tokens,
        sellers: Sellers,
        threads: Threads,
        silent_topics: SilentTopics,
        allowance: Allowance,
        cache: Cache,
        worker: Worker,
        waiting_sweeps: WaitingSweeps,
        background_queue: Queue,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._feeds = feeds
        self._open_questions = open_questions
        self._queue_retry = queue_retry
        self._identify = identify
        self._tokens = tokens
        self._sellers = sellers
        self._threads = threads
        self._silent_topics = silent_topics
        self._allowance = allowance
        self._cache = cache
        self._worker = worker
        self._waiting_sweeps = waiting_sweeps
        self._background_queue = background_queue
        self._settings = settings
        self._clock = clock

    def ask_for_sweeps(self) -> None:
        """Ask for a sweep of every seller and desk; a thousand of them then share no timeout. Repeating it is safe.

        Where one still waits no second one is queued. Who waited longest comes first, so that all have their turn where
        the budget does not do for each round.
        """
        waiting, asked = self._waiting_sweeps.find(), list[str]()
        for job, delay_seconds in self._sweeps():
            if job.name not in waiting:
                self._background_queue.send(job.to_json(), delay_seconds=delay_seconds)
                asked.append(job.name)
        self._waiting_sweeps.note_asked(asked, waiting)

    def _sweeps(self) -> Iterator[tuple[SweepJob, int]]:
        """One round of them, and for how many seconds each is to be delayed."""
        sellers = sorted(self._sellers.all(), key=_last_turn)
        if job := self._sweep_of_missed_feeds(sellers):
            yield job, 0
        first = sellers_a_minute(self._allowance.reads_a_minute)
        spare_reads = spare_reads_of(len(sellers), self._allowance.reads_a_minute)
        for number, seller in enumerate(sellers):
            # Those for whom the first minute has no reads left may have the second, before the next round.
            delay_seconds = 0 if number < first else 60
            yield SweepSeller(seller.seller_id, self._now(), spare_reads), delay_seconds
        for desk in ("", *self._settings.desk_names()):
            yield SweepDesk(desk, self._now()), 0

    def _sweep_of_missed_feeds(self, sellers: Collection[Seller]) -> SweepMissedFeeds | None:
        """They are those of every seller. Another one reads them each round, so that one who is refused hides none."""
        living = sorted(seller.seller_id for seller in sellers if not seller.dead_reason)
        if not living:
            return None
        reader = living[_round_of(self._now()) % len(living)]
        sites = sorted({seller.site_id for seller in sellers if seller.site_id})
        return SweepMissedFeeds(reader, self._now(), sites)

    def sweep_seller(self, job: SweepSeller) -> None:
        """Sweep one seller. Repeating it is safe; what cannot be done now is done by the sweep of the next schedule."""
        seller = self._sellers.get(job.seller_id)
        if seller is None or self._is_stale(job.asked_at):
            return
        feeds: dict[str, Find] = {
            "his name": self._find_name,
            "unread messages": self._feeds.queue_unread,
            "changed orders": self._feeds.queue_changed_sales,
            "purchases of a pause": partial(self._feeds.queue_unseen, most=job.spare_reads),
            "questions": self._open_questions.queue_changed,
            RETRIES: self._queue_retries,
        }
        course = Course()
        try:
            is_through = self._sweep(seller, _in_turn(feeds, job.asked_at), course, reads=READS_OF_A_SWEEP_AT_LEAST)
        finally:
            if RETRIES not in course.begun:
                # They are asked of Chatwoot, whatever Mercado Livre answers.
                course.note_all(RETRIES, self._look(seller, RETRIES, self._queue_retries, course))
        self._silent_topics.listen(seller, course.unannounced)
        if course.was_in_vain:
            self._sellers.mark_tried(seller, now=self._now())
        elif is_through:
            self._note_swept(seller)

    def _find_name(self, seller: Seller) -> Iterator[Found]:
        """Who could not be asked for his name and country when he connected is asked now; no other seller is."""
        if seller.is_nameless:
            user = self._identify(seller.seller_id)
            self._sellers.rename(seller._replace(nickname=user.nickname, site_id=user.site_id))
            yield Found(0)

    def _note_swept(self, seller: Seller) -> None:
        if self._was_mended(seller):
            self._worker.call_back(seller.seller_id)
        self._sellers.mark_swept(seller, now=self._now())

    def sweep_missed_feeds(self, job: SweepMissedFeeds) -> None:
        """Look through the missed feeds of all sellers. Repeating it is safe, and what is left is for the next one."""
        seller = self._sellers.get(job.seller_id)
        if seller is None or self._is_stale(job.asked_at):
            return
        feeds: dict[str, Find] = {"missed feeds": self._feeds.queue_missed}
        for site_id in job.sites:
            feeds[f"missed feeds of listings in {site_id}"] = partial(self._feeds.queue_missed, site_id=site_id)
        # One page of each list, as where nothing was missed.
        self._sweep(seller, _in_turn(feeds, job.asked_at), Course(), reads=len(feeds))

    def _was_mended(self, seller: Seller) -> bool:
        """Whether what waits for a person may have become possible: a new grant, or a first sweep after some failed."""
        has_new_grant = seller.refreshed_at > seller.swept_at
        return has_new_grant or self._now() - seller.swept_at > LONG_UNSWEPT_SECONDS

    def _sweep(self, seller: Seller, feeds: Mapping[str, Find], course: "Course", *, reads: int) -> bool:
        """Whether there were calls and time for all feeds; what came of them is noted in `course`.

        `feeds` are by the name under which a failure is logged, and `reads` is how many calls they make at least.
        """
        try:
            self._allowance.begin()
            self._tokens.refresh_ahead(seller.seller_id)
            self._allowance.reserve(reads)
            for name, find in feeds.items():
                course.note_all(name, self._look(seller, name, find, course))
        except TryAgainLater as error:
            if not breaks_off(error):
                raise
            # What was queued is remembered, and the place in what was not; the rest is for the next schedule.
            count("SweepPutOff")
            course.was_told_too_many = not isinstance(error, PutOff)
            return False
        except (LoginNeeded, OperatorNeeded) as error:
            # Said loudly when it was found out; here only once in each round.
            logger.warning("seller was not swept", meli_seller_id=seller.seller_id, reason=str(error))
            return False
        return True

    def _look(self, seller: Seller, name: str, find: Find, course: "Course") -> Iterator[Found]:
        """What one feed brings; where it fails, that hides nothing of the others."""
        queued = 0
        try:
            for found in find(seller):
                queued += found.queued
                yield found
        except (LoginNeeded, OperatorNeeded):
            raise
        except Exception as error:
            if breaks_off(error):
                raise
            logger.exception("a feed was not swept", meli_seller_id=seller.seller_id, feed=name)
            count("SweepFailed")
            course.has_failed = True
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


class Course:
    """How a sweep went: which feeds were begun, which could be looked at, and what was not announced, by topic."""

    def __init__(self) -> None:
        self.begun: set[str] = set()
        self.unannounced: dict[str, list[Thread]] = {}
        self.has_failed = False
        self.was_told_too_many = False
        self._looked_at: set[str] = set()

    @property
    def was_in_vain(self) -> bool:
        """Whether Mercado Livre refused, and others should have their turn before it is asked again."""
        return self.was_told_too_many or (self.has_failed and not self._looked_at - {RETRIES})

    def note_all(self, name: str, found: Iterable[Found]) -> None:
        """Take down what a feed brings, while it is looked at."""
        self.begun.add(name)
        for one in found:
            self._looked_at.add(name)
            if one.unannounced:
                self.unannounced.setdefault(one.topic, []).extend(one.unannounced)


def _last_turn(seller: Seller) -> tuple[bool, int]:
    return bool(seller.dead_reason), max(seller.swept_at, seller.tried_at)


def _round_of(asked_at: int) -> int:
    return asked_at // ROUND_SECONDS


def _in_turn(feeds: Mapping[str, Find], asked_at: int) -> dict[str, Find]:
    """The feeds in another order each round, so that one at which sweeps break off does not hide the others for ever.

    Each time all had their turn it moves on by one more: of many sellers, each may be swept every so many rounds only.
    """
    number, names = _round_of(asked_at), list(feeds)
    first = (number + number // len(names)) % len(names)
    return {name: feeds[name] for name in (*names[first:], *names[:first])}
