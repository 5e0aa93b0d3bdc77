"""Compares the open questions of a seller with those that are known to be open, and queues what has changed."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.errors import TryAgainLater
from chalicelib.mercado_livre.client import PAGE_LENGTH, MercadoLivre
from chalicelib.mercado_livre.resources import UNANSWERED, Question
from chalicelib.models import Seller, Thread
from chalicelib.observability import logger
from chalicelib.recovery.feeds import OVERLAP_SECONDS, Found, queue_found
from chalicelib.stores.cache import Cache
from chalicelib.stores.threads import Threads
from chalicelib.work.queue import Queue

# A question that was queued and does not appear is waiting; more jobs would only stand behind it.
QUESTION_REMEMBERED = timedelta(days=1)

# Twice as many, known and met, are what one item of a table holds. Of more the newest are looked at.
MOST_OPEN_QUESTIONS = 10_000
QUESTIONS_EVERY_SECONDS = 3600
OPEN_REMEMBERED = timedelta(days=60)


class OpenQuestions:
    """Those of each seller. Repeating it is safe.

    A walk through them that is broken off, because there are no calls left for it or no time, goes on where it was.
    `check_time` raises PutOff when there is no more.
    """

    def __init__(
        self,
        meli: MercadoLivre,
        threads: Threads,
        background_queue: Queue,
        cache: Cache,
        clock: Callable[[], datetime],
        check_time: Callable[[], None],
    ) -> None:
        self._meli = meli
        self._threads = threads
        self._background_queue = background_queue
        self._cache = cache
        self._clock = clock
        self._check_time = check_time

    def queue_changed(self, seller: Seller) -> Iterator[Found]:
        """Queue the open questions that have no conversation, and those that are open no more and are shown as open.

        The newest come first, and where their number agrees with what is known nothing else has changed: mostly that
        takes one call, however many are open. All are looked through once an hour.
        """
        key = f"open-questions/{seller.seller_id}"
        before = self._cache.get(key)
        walk = Walk(before or {"ids": [], "looked_at": 0}, int(self._clock().timestamp()))
        try:
            yield from self._meet_open(seller, walk)
            if walk.is_full and walk.looked_at:
                yield from self._meet_short_lived(seller, walk)
            yield from self._let_go(seller, walk)
        except TryAgainLater:
            self._cache.put(key, walk.state, keep=OPEN_REMEMBERED)
            raise
        if before != walk.result:
            self._cache.put(key, walk.result, keep=OPEN_REMEMBERED)

    def _meet_open(self, seller: Seller, walk: "Walk") -> Iterator[Found]:
        if walk.has_met_all:
            return
        for page in self._meli.find_unanswered_questions(seller.seller_id, offset=walk.offset):
            yield self._queue_open(seller, walk, page.questions)
            walk.meet(question.id for question in page.questions)
            if walk.is_accounted(page.total):
                break
        else:
            walk.reached = 0
            walk.unlisted = max(0, page.total - len(walk.met))
        walk.has_met_all = True

    def _queue_open(self, seller: Seller, walk: "Walk", questions: Iterable[Question]) -> Found:
        queued, unannounced = 0, list[Thread]()
        for question in sorted(questions, key=lambda question: int(question.id)):
            if question.id in walk.known and not walk.is_full:
                continue
            thread = Thread(seller.seller_id, "question", question.id)
            if self._threads.has_conversation(thread):
                queued += self._queue_other(thread, is_open=True)
            elif self._queue_new(thread):
                queued += 1
                if seller.swept_at and question.date_created and question.date_created.timestamp() >= seller.swept_at:
                    unannounced.append(thread)
        return Found(queued, "questions", unannounced)

    def _meet_short_lived(self, seller: Seller, walk: "Walk") -> Iterator[Found]:
        """Queue the questions that were asked since the last look and closed before any sweep saw them open."""
        since = max(walk.looked_at - OVERLAP_SECONDS, seller.connected_at)
        besides = walk.known | walk.met.keys()
        for page in self._meli.find_newest_questions(seller.seller_id, offset=max(0, walk.closed_offset - PAGE_LENGTH)):
            recent = [one for one in page.questions if not one.date_created or one.date_created.timestamp() >= since]
            closed = [one for one in recent if one.status != UNANSWERED and one.id not in besides]
            yield Found(sum(self._queue_closed(Thread(seller.seller_id, "question", one.id)) for one in closed))
            walk.closed_offset = page.next_offset
            if len(recent) < len(page.questions):
                return

    def _queue_closed(self, thread: Thread) -> bool:
        is_shown = self._threads.has_conversation(thread)
        return self._queue_other(thread, is_open=False) if is_shown else self._queue_new(thread)

    def _let_go(self, seller: Seller, walk: "Walk") -> Iterator[Found]:
        """Queue those that are open no more."""
        for question_id in walk.gone():
            self._check_time()
            yield Found(self._queue_other(Thread(seller.seller_id, "question", question_id), is_open=False))
            walk.forget(question_id)

    def _queue_new(self, thread: Thread) -> bool:
        """Queue a question that has no conversation, unless that was done a while ago."""
        key = f"swept/{thread}"
        if self._cache.get(key) is not None:
            return False
        queue_found(thread, self._background_queue)
        self._cache.put(key, "queued", keep=QUESTION_REMEMBERED)
        return True

    def _queue_other(self, thread: Thread, *, is_open: bool) -> bool:
        """Queue a question whose conversation shows it as open where it is not, or as closed or held where it is."""
        conversation = self._threads.conversation_of(thread)
        if conversation is None or (conversation.told_state in ("", UNANSWERED)) == is_open:
            return False
        queue_found(thread, self._background_queue)
        return True


class Walk:
    """One walk from the newest open question to the oldest; what is stored of it lets the next job go on.

    `known` are the ids that were open before, `met` those that are, and `reached` is the oldest of these, 0 where all
    were met. `looked_at` is when a walk last met all, 0 before the first, and `unlisted` how many Mercado Livre counted
    then that it did not list.
    """

    def __init__(self, stored: dict[str, Any], now: int) -> None:
        self.known: set[str] = set(stored["ids"])
        self.looked_at: int = stored["looked_at"]
        self.unlisted: int = stored.get("unlisted", 0)
        is_full = now - self.looked_at >= QUESTIONS_EVERY_SECONDS
        place: dict[str, Any] = stored.get("walk") or {"began": now, "is_full": is_full}
        self._began: int = place["began"]
        self.is_full: bool = place["is_full"]
        self.met: dict[str, None] = dict.fromkeys(place.get("met", ()))
        self.reached: int = place.get("reached", 0)
        self.has_met_all: bool = place.get("has_met_all", False)
        self.closed_offset: int = place.get("closed_offset", 0)

    @property
    def offset(self) -> int:
        """Where the walk goes on; what was answered meanwhile has moved those behind it to the front."""
        return max(0, len(self.met) - PAGE_LENGTH)

    def meet(self, ids: Iterable[str]) -> None:
        self.met |= dict.fromkeys(ids)
        self.reached = min(map(int, self.met), default=0)

    def is_accounted(self, total: int) -> bool:
        """Whether what was met agrees with what was known before, so that nothing behind it can have changed."""
        if len(self.met) >= MOST_OPEN_QUESTIONS:
            logger.warning("more questions are open than are looked at", total=total)
            return True
        standing = len(self.known | self.met.keys()) - len(self.gone()) + self.unlisted
        return not self.is_full and (standing == total or total > standing >= MOST_OPEN_QUESTIONS)

    def gone(self) -> list[str]:
        """Those that were known, were not met, and would have been."""
        return [one for one in self.known if int(one) > self.reached and one not in self.met]

    def forget(self, question_id: str) -> None:
        self.known.discard(question_id)

    @property
    def state(self) -> dict[str, Any]:
        """What is stored of a walk that was broken off."""
        walk = {
            "began": self._began,
            "is_full": self.is_full,
            "met": list(self.met),
            "reached": self.reached,
            "has_met_all": self.has_met_all,
            "closed_offset": self.closed_offset,
        }
        return {
            "ids": _newest_first(self.known),
            "looked_at": self.looked_at,
            "unlisted": self.unlisted,
            "walk": walk,
        }

    @property
    def result(self) -> dict[str, Any]:
        """What is stored of a walk that came to its end."""
        looked_at = self._began if self.is_full else self.looked_at
        ids = _newest_first(self.known | self.met.keys())[:MOST_OPEN_QUESTIONS]
        return {"ids": ids, "looked_at": looked_at, "unlisted": self.unlisted}


def _newest_first(ids: Collection[str]) -> list[str]:
    return sorted(ids, key=int, reverse=True)
