"""Compares the open questions of a seller with those that were open before, and queues what has changed."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from chalicelib.errors import BridgeError
from chalicelib.mercado_livre.client import PAGE_LENGTH, MercadoLivre
from chalicelib.mercado_livre.resources import UNANSWERED, Question
from chalicelib.models import Thread
from chalicelib.observability import logger
from chalicelib.recovery.found import Found
from chalicelib.recovery.gone_conversations import MOST_LOOKS_OF_A_SCAN, GoneConversations
from chalicelib.recovery.resumable import Scans
from chalicelib.stores.set_aside import SetAside
from chalicelib.stores.threads import Threads

# Twice as many, open before and open now, are what one item of a table holds. Of more the newest are looked at.
MOST_OPEN_QUESTIONS = 10_000
ALL_EVERY_SECONDS = 3600
REMEMBERED = timedelta(days=60)

# Mercado Livre's search may lag behind what it lists.
OVERLAP_SECONDS = 2 * 60

NEW = {"open_ids": [], "looked_through_at": 0, "unlisted": 0, "place": None, "inbox_id": 0}


class OpenQuestions:
    """Queues the open questions that have no conversation, and those that are open no more and are shown as open.

    The newest come first, and where their number agrees with what was open before nothing else has changed: mostly that
    takes one call, however many are open. All are looked through once an hour; then a question whose conversation was
    deleted in Chatwoot is queued too. Where many are open, that is looked at for some of them each time.
    """

    name = "open questions"

    def __init__(
        self, meli: MercadoLivre, threads: Threads, set_aside: SetAside, gone: GoneConversations, scans: Scans
    ) -> None:
        self._meli = meli
        self._threads = threads
        self._set_aside = set_aside
        self._gone = gone
        self._scans = scans

    def keys(self, found: Found) -> list[str]:
        return [_key(found)]

    def queue(self, found: Found) -> None:
        with self._scans.resume(_key(found), NEW, keep=REMEMBERED) as state:
            inbox_id = self._gone.inbox_of(found.seller.desk)
            # The inbox before was deleted, and all that was in it.
            scan = QuestionScan(state, self._scans.now, must_see_all=inbox_id != state["inbox_id"])
            state["inbox_id"] = inbox_id
            if not scan.has_seen_all:
                self._look_through_open(found, scan)
            if scan.is_of_all and scan.looked_through_at:
                self._look_for_short_lived(found, scan)
            for question_id in scan.closed():
                self._scans.check_time()
                self._queue_if_shown(found, question_id, as_open=True)
                scan.forget(question_id)
            scan.end()

    def _look_through_open(self, found: Found, scan: "QuestionScan") -> None:
        for page in self._meli.find_unanswered_questions(found.seller.seller_id, offset=scan.offset):
            found.shown.add("questions")
            found.has_read = True
            for question in sorted(page.questions, key=lambda question: int(question.id)):
                if scan.is_of_all or question.id not in scan.open_before:
                    self._queue_open(found, question)
                if scan.may_look_for_gone(question, page.total):
                    self._queue_gone(found, question, scan)
            scan.see(question.id for question in page.questions)
            if scan.accounts_for(page.total):
                scan.note_seen()
                return
        scan.note_seen_to_the_end(page.total)

    def _queue_open(self, found: Found, question: Question) -> None:
        thread = Thread(found.seller.seller_id, "question", question.id)
        if self._threads.has_conversation(thread):
            self._queue_if_shown(found, question.id, as_open=False)
        elif self._queue_new(found, thread) and _was_asked_since(question, found.seller.swept_at):
            found.note_unannounced("questions", thread)

    def _queue_gone(self, found: Found, question: Question, scan: "QuestionScan") -> None:
        """Queue a question whose conversation somebody deleted."""
        thread = Thread(found.seller.seller_id, "question", question.id)
        conversation = self._threads.conversation_of(thread)
        try:
            if conversation and self._gone.must_come_back(conversation):
                found.add(thread, changed="conversation")
        except BridgeError as error:
            # Whether Chatwoot is away or not set up, it hides nothing of what Mercado Livre lists.
            logger.warning("conversations were not looked for", reason=str(error))
            scan.stop_looking_for_gone()

    def _look_for_short_lived(self, found: Found, scan: "QuestionScan") -> None:
        """Queue the questions that were asked since the last look and closed before any sweep saw them open."""
        since = max(scan.looked_through_at - OVERLAP_SECONDS, found.seller.connected_at)
        offset = max(0, scan.closed_offset - PAGE_LENGTH)
        for page in self._meli.find_newest_questions(found.seller.seller_id, offset=offset):
            recent = [one for one in page.questions if not one.date_created or one.date_created.timestamp() >= since]
            for question in recent:
                if question.status != UNANSWERED and not scan.knows(question.id):
                    self._queue_closed(found, question.id)
            scan.closed_offset = page.next_offset
            if len(recent) < len(page.questions):
                return

    def _queue_closed(self, found: Found, question_id: str) -> None:
        thread = Thread(found.seller.seller_id, "question", question_id)
        if self._threads.has_conversation(thread):
            self._queue_if_shown(found, question_id, as_open=True)
        else:
            self._queue_new(found, thread)

    def _queue_new(self, found: Found, thread: Thread) -> bool:
        """Queue a question that has no conversation, unless that was done a while ago: more jobs would only wait."""
        if self._set_aside.knows(thread):
            return False
        # Noted last: where this is cut short, the next sweep queues it once more, and not in an hour.
        found.add(thread)
        self._set_aside.expect(thread, now=self._scans.now)
        return True

    def _queue_if_shown(self, found: Found, question_id: str, *, as_open: bool) -> None:
        """Queue a question whose conversation shows it as open, or else as closed or held."""
        thread = Thread(found.seller.seller_id, "question", question_id)
        conversation = self._threads.conversation_of(thread)
        if conversation and (conversation.told_state in ("", UNANSWERED)) == as_open:
            found.add(thread)


class QuestionScan:
    """One scan from the newest open question to the oldest; `state` is what is stored of it.

    `open_before` are the ids that the last scan left open, and `looked_through_at` is when one last saw all. `unlisted`
    is how many Mercado Livre counted then that it did not list.
    """

    def __init__(self, state: dict[str, Any], now: int, *, must_see_all: bool = False) -> None:
        self._state = state
        self._hour = now // 3600
        self._looks_for_gone = True
        if must_see_all:
            state["place"] = None
        self.looked_through_at: int = state["looked_through_at"]
        self._place: dict[str, Any] = state["place"] or {
            "began": now,
            "is_of_all": must_see_all or now - self.looked_through_at >= ALL_EVERY_SECONDS,
            "seen_ids": [],
            "oldest_seen": 0,
            "has_seen_all": False,
            "closed_offset": 0,
        }
        state["place"] = self._place
        self.open_before: set[str] = set(state["open_ids"])
        self._seen: set[str] = set(self._place["seen_ids"])

    @property
    def is_of_all(self) -> bool:
        return bool(self._place["is_of_all"])

    @property
    def has_seen_all(self) -> bool:
        """Whether all open questions were seen, or those behind are accounted for."""
        return bool(self._place["has_seen_all"])

    @property
    def offset(self) -> int:
        """Where the scan goes on; what was answered meanwhile has moved those behind it to the front."""
        return max(0, len(self._seen) - PAGE_LENGTH)

    @property
    def closed_offset(self) -> int:
        """How far the newest questions of any state were looked at."""
        return int(self._place["closed_offset"])

    @closed_offset.setter
    def closed_offset(self, offset: int) -> None:
        self._place["closed_offset"] = offset

    def knows(self, question_id: str) -> bool:
        return question_id in self.open_before or question_id in self._seen

    def may_look_for_gone(self, question: Question, total: int) -> bool:
        """Whether it is this question's turn: of many, some have it each hour."""
        hours = max(1, -(-total // MOST_LOOKS_OF_A_SCAN))
        return self.is_of_all and self._looks_for_gone and (int(question.id) + self._hour) % hours == 0

    def stop_looking_for_gone(self) -> None:
        self._looks_for_gone = False

    def see(self, question_ids: Iterable[str]) -> None:
        new = [one for one in question_ids if one not in self._seen]
        self._seen.update(new)
        self._place["seen_ids"] += new
        self._place["oldest_seen"] = min(map(int, self._seen), default=0)

    def accounts_for(self, total: int) -> bool:
        """Whether what was seen agrees with what was open before, so that nothing behind it can have changed."""
        if len(self._seen) >= MOST_OPEN_QUESTIONS:
            logger.warning("more questions are open than are looked at", total=total)
            return True
        known = len(self.open_before | self._seen) - len(self.closed()) + self._state["unlisted"]
        return not self.is_of_all and (known == total or total > known >= MOST_OPEN_QUESTIONS)

    def note_seen(self) -> None:
        self._place["has_seen_all"] = True

    def note_seen_to_the_end(self, total: int) -> None:
        self._place.update(has_seen_all=True, oldest_seen=0)
        self._state["unlisted"] = max(0, total - len(self._seen))

    def closed(self) -> list[str]:
        """Those that were open before, were not seen, and would have been."""
        oldest = self._place["oldest_seen"]
        return [one for one in self.open_before if int(one) > oldest and one not in self._seen]

    def forget(self, question_id: str) -> None:
        self.open_before.discard(question_id)
        self._state["open_ids"].remove(question_id)

    def end(self) -> None:
        open_ids = _newest_first(self.open_before | self._seen)[:MOST_OPEN_QUESTIONS]
        looked_at = self._place["began"] if self.is_of_all else self.looked_through_at
        self._state.update(open_ids=open_ids, looked_through_at=looked_at, place=None)


def _was_asked_since(question: Question, swept_at: int) -> bool:
    return bool(swept_at and question.date_created and question.date_created.timestamp() >= swept_at)


def _newest_first(question_ids: Collection[str]) -> list[str]:
    return sorted(question_ids, key=int, reverse=True)


def _key(found: Found) -> str:
    return f"open-questions/{found.seller.seller_id}"
