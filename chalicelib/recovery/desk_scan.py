"""Looks through the conversations of a desk in which something happened, to find what no webhook told of.

Chatwoot calls once, waits five seconds, and never calls again.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.chatwoot.client import Chatwoot
from chalicelib.chatwoot.resources import ActiveConversation
from chalicelib.errors import NotFound
from chalicelib.observability import count, logger
from chalicelib.recovery.resumable import Scans
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.work.jobs import SWEEP_STALE_SECONDS, SweepDesk

# What is written at the very moment of a sweep may not be listed yet.
OVERLAP_SECONDS = 120

# A conversation that comes to the front during a scan is met by the next one; what was written in it before is then
# older than the mark.
LOOK_BACK_SECONDS = 6 * 3600

# As many as a run has time for where each takes as long as one may.
MOST_THAT_HANG = 8
TRIED_FOR_SECONDS = 24 * 3600

# Of an inbox that was deleted Chatwoot lists nothing, as of one in which nothing happens.
INBOXES_ASKED_FOR_EVERY_SECONDS = 3600

NEW: dict[str, Any] = {
    "since": 0,
    "first_since": 0,
    "since_before": 0,
    "place": None,
    "unreadable": {},
    "looked_at": {},
    "inbox_ids": [],
    "inboxes_asked_for_at": 0,
}
FIRST_PAGE = {"inbox": 0, "page": 1}


class DeskScan:
    """The sweep of one desk. `queue_lost` queues what of a conversation is not known here, and says how much that was.

    `since`, in Chatwoot's time, says how far the desk was looked through. It moves on when all the conversations that
    were active since were looked at; where a run has no time for all, the next one goes on. Conversations that could
    not be read are tried again beside the others. The first sweep sets the mark and looks at nothing: what was written
    before is not known to be unanswered.
    """

    def __init__(
        self,
        chatwoot: Chatwoot,
        queue_lost: Callable[[ActiveConversation, int], int],
        scans: Scans,
        cache: Cache,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._chatwoot = chatwoot
        self._queue_lost = queue_lost
        self._scans = scans
        self._cache = cache
        self._settings = settings
        self._clock = clock

    def sweep(self, job: SweepDesk) -> bool:
        """Look through what happened since the mark; whether nothing is left of it. Repeating it is safe.

        Whoever calls it has begun the scans of this job.
        """
        if self._now() - job.asked_at > SWEEP_STALE_SECONDS:
            return False
        with self._scans.resume(self._key(), NEW) as state:
            now = self._chatwoot.read_clock() or self._now()
            if state["since"]:
                self._go_on(state, now)
            else:
                state.update(since=now, first_since=now)
            self._ask_for_inboxes(state, now)
            # Of an inbox that is gone each sweep tells.
            return bool(state["inbox_ids"]) and not (state["place"] or state["unreadable"])

    def _ask_for_inboxes(self, state: dict[str, Any], now: int) -> None:
        """Now and then, and each time while one is gone, of which `/health` tells then."""
        inbox_ids = self._inbox_ids()
        is_new = inbox_ids != state["inbox_ids"]
        if is_new or now - state["inboxes_asked_for_at"] >= INBOXES_ASKED_FOR_EVERY_SECONDS:
            # Both are asked for, since each is told of.
            are_there = [self._chatwoot.has_inbox(inbox_id) for inbox_id in inbox_ids]
            state.update(inbox_ids=inbox_ids if all(are_there) else [], inboxes_asked_for_at=now)

    def looked_through_until(self) -> int:
        """Up to when the desk was looked through, in epoch seconds of Chatwoot's time; 0 before the first sweep."""
        state = self._cache.get(self._key())
        return int(state["since"]) if state else 0

    def finds_since(self) -> int | None:
        """Since when the sweeps find replies, in epoch seconds of Chatwoot's time; None before the first of them."""
        state = self._cache.get(self._key())
        return _looks_back_to(state) if state and state["since"] else None

    def _go_on(self, state: dict[str, Any], now: int) -> None:
        run = Run(self._queue_lost, state, now, self._scans)
        place = {"began": now, **FIRST_PAGE, **(state["place"] or {})}
        # One at least, whatever time the others take.
        run.look_at(run.unreadable_before()[:1])
        is_through = self._look_through(state, place, run, until=now - OVERLAP_SECONDS)
        run.look_at(run.unreadable_before())
        run.tell()
        state.update(unreadable=run.unreadable, place=place)
        if is_through:
            # What came to the front meanwhile is met by the next scan, which looks back as far as this one did.
            state.update(since_before=state["since"], since=place["began"], place=None)
            listed_since = state["since"] - OVERLAP_SECONDS
            state["looked_at"] = {name: at for name, at in state["looked_at"].items() if at >= listed_since}

    def _look_through(self, state: dict[str, Any], place: dict[str, int], run: "Run", *, until: int) -> bool:
        """Look at page after page; whether there was time for all. Where there was not, `place` is the next page.

        `looked_at` keeps what has not changed since from being looked at again while the overlap shows it.
        """
        looked_at = state["looked_at"]
        inbox_ids = self._inbox_ids()
        for number in range(place["inbox"], len(inbox_ids)):
            # One that was deleted meanwhile has moved those behind it a place to the front.
            first_page = max(1, place["page"] - 1) if number == place["inbox"] else 1
            pages = self._chatwoot.find_active(
                inbox_id=inbox_ids[number], since=state["since"] - OVERLAP_SECONDS, first_page=first_page
            )
            for page, conversations in pages:
                new = [
                    one
                    for one in conversations
                    if not run.is_unreadable(one) and one.last_activity_at > looked_at.get(str(one.id), 0)
                ]
                for one in run.look_at(new):
                    if one.last_activity_at < until:
                        looked_at[str(one.id)] = one.last_activity_at
                if not self._scans.has_time:
                    place.update(inbox=number, page=page)
                    return False
        return True

    def _inbox_ids(self) -> list[int]:
        return [self._settings.questions_inbox_id, self._settings.sales_inbox_id]

    def _key(self) -> str:
        return desk_scan_key(self._settings.desk)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def desk_scan_key(desk: str) -> str:
    return f"desk-scan/{desk}"


class Run:
    """One run of a scan: what it looked at, what it found, and what it could not read."""

    def __init__(
        self, queue_lost: Callable[[ActiveConversation, int], int], state: Mapping[str, Any], now: int, scans: Scans
    ) -> None:
        self._queue_lost = queue_lost
        self.unreadable: dict[str, Any] = dict(state["unreadable"])
        self._since = _looks_back_to(state)
        self._now = now
        self._scans = scans
        self._looked, self._failed, self._found = 0, 0, 0
        self._trouble: Exception | None = None

    def unreadable_before(self) -> list[ActiveConversation]:
        """What earlier runs could not read, the one that was tried longest ago first."""
        entries = sorted(self.unreadable.items(), key=lambda entry: int(entry[1]["tried_at"]))
        return [
            ActiveConversation(int(name), entry["source_id"], self._now)
            for name, entry in entries
            if entry["tried_at"] < self._now
        ]

    def is_unreadable(self, conversation: ActiveConversation) -> bool:
        return str(conversation.id) in self.unreadable

    def look_at(self, conversations: Iterable[ActiveConversation]) -> list[ActiveConversation]:
        """Look at each while there is time; those that could be read. What could not is for the next run."""
        read = []
        for conversation in conversations:
            if not self._scans.has_time:
                break
            name = str(conversation.id)
            new = {"since": self._since, "source_id": conversation.source_id, "first_tried_at": self._now}
            entry = {**self.unreadable.get(name, new), "tried_at": self._now}
            self._looked += 1
            try:
                self._found += self._queue_lost(conversation, entry["since"])
            except NotFound:
                # Somebody deleted it.
                pass
            except Exception as error:  # noqa: BLE001 - one that cannot be read must not hide those behind it
                self._failed += 1
                self._trouble = error
                self.unreadable[name] = entry
                continue
            self.unreadable.pop(name, None)
            read.append(conversation)
        return read

    def tell(self) -> None:
        """Tell what came of it, and give up what could not be read for too long, and not now either.

        Raises when many were looked at and none could be read: then it is not they, and nothing is to be remembered.
        """
        if self._found:
            logger.info("queued what was not heard", found=self._found)
        if self._trouble and self._failed == self._looked > MOST_THAT_HANG:
            raise self._trouble
        if self._trouble:
            count("SweepFailed")
            logger.warning("conversations could not be read", failed=self._failed, reason=str(self._trouble))
        self.unreadable = {name: entry for name, entry in self.unreadable.items() if not self._is_hopeless(entry)}

    def _is_hopeless(self, entry: Mapping[str, Any]) -> bool:
        tried_for_seconds: int = self._now - entry["first_tried_at"]
        return tried_for_seconds > TRIED_FOR_SECONDS and bool(entry["tried_at"] == self._now)


def _looks_back_to(state: Mapping[str, Any]) -> int:
    """What was written before is left alone: it was looked at, or is older than the first sweep."""
    since = min(state["since"] - LOOK_BACK_SECONDS, state["since_before"] or state["since"])
    return int(max(state["first_since"], since)) - OVERLAP_SECONDS
