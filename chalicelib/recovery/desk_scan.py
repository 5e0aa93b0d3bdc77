"""Walks through the conversations of a desk in which something happened, to find what no webhook told of.

Chatwoot calls once, waits five seconds, and never calls again.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.chatwoot.client import Chatwoot
from chalicelib.chatwoot.resources import ActiveConversation
from chalicelib.errors import NotFound
from chalicelib.observability import count, logger
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.work.jobs import SWEEP_STALE_SECONDS, SweepDesk

# What is written at the very moment of a sweep may not be listed yet.
OVERLAP_SECONDS = 120
MARK_KEPT = timedelta(days=400)
LOOKED_KEPT = timedelta(days=3)

# A conversation that comes to the front while one walks is met by the next walk; what was written in it before is then
# older than the mark.
LOOK_BACK_SECONDS = 6 * 3600

# After a pause there may be more than one Lambda can look through in its minute; the next one goes on from there.
LONGEST_LOOK = timedelta(seconds=40)
# As many as a run has time for where each takes as long as one may.
MOST_THAT_HANG = 8
LEFT_FOR_SECONDS = 24 * 3600


class DeskScan:
    """The sweep of one desk.

    A mark, in Chatwoot's time, remembers how far the desk was looked through. It moves on when a walk through all the
    conversations that were active since has come to its end; a walk that one run has no time for goes on in the next.
    Conversations that could not be read are left, and tried again beside the others. The first sweep sets the mark and
    looks at nothing: what was written before is not known to be unanswered.
    """

    def __init__(
        self,
        chatwoot: Chatwoot,
        look: Callable[[ActiveConversation, int], int],
        cache: Cache,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._chatwoot = chatwoot
        self._look = look
        self._cache = cache
        self._settings = settings
        self._clock = clock

    def sweep(self, job: SweepDesk) -> None:
        """Look through what happened since the mark. Repeating it is safe."""
        if self._now() - job.asked_at > SWEEP_STALE_SECONDS:
            return
        key, now = self._mark_key(), self._chatwoot.read_clock() or self._now()
        state = self._cache.get(key)
        if state is None:
            state = {"since": now, "origin": now, "left": {}}
        else:
            self._go_on(state, now)
        self._cache.put(key, state, keep=MARK_KEPT)

    def looked_through_until(self) -> int:
        """Up to when the desk was looked through, in epoch seconds of Chatwoot's time; 0 before the first sweep."""
        state = self._cache.get(self._mark_key())
        return int(state["since"]) if state else 0

    def _go_on(self, state: dict[str, Any], now: int) -> None:
        state.setdefault("origin", state["since"])
        run = Run(self._look, state, now, self._clock, self._clock() + LONGEST_LOOK)
        walk = state.setdefault("walk", {"began": now, "inbox": 0, "page": 1})
        # One at least, whatever time the walk takes.
        run.look_at(run.left_before()[:1])
        is_through = self._walk(state, walk, run, until=now - OVERLAP_SECONDS)
        run.look_at(run.left_before())
        run.tell()
        if is_through:
            # What came to the front behind our back is met by the next walk, which looks back as far as this one did.
            state |= {"before": state["since"], "since": walk["began"]}
            del state["walk"]

    def _walk(self, state: dict[str, Any], walk: dict[str, Any], run: "Run", *, until: int) -> bool:
        """Look at page after page; whether there was time for all. Where there was not, `walk` remembers the page."""
        inbox_ids = (self._settings.questions_inbox_id, self._settings.sales_inbox_id)
        for number in range(walk["inbox"], len(inbox_ids)):
            # One that was deleted meanwhile has moved those behind it a place to the front.
            first_page = max(1, walk["page"] - 1) if number == walk["inbox"] else 1
            pages = self._chatwoot.find_active(
                inbox_id=inbox_ids[number], since=state["since"] - OVERLAP_SECONDS, first_page=first_page
            )
            for page, conversations in pages:
                new = [one for one in conversations if not run.has_left(one) and not self._was_looked_at(one)]
                self._remember(run.look_at(new), until=until)
                if run.has_no_time:
                    walk |= {"inbox": number, "page": page}
                    return False
        return True

    def _was_looked_at(self, conversation: ActiveConversation) -> bool:
        return conversation.last_activity_at <= (self._cache.get(self._looked_key(conversation)) or 0)

    def _remember(self, looked: Iterable[ActiveConversation], *, until: int) -> None:
        """So that what has not changed since is not looked at again while the overlap shows it."""
        for conversation in looked:
            if conversation.last_activity_at < until:
                self._cache.put(self._looked_key(conversation), conversation.last_activity_at, keep=LOOKED_KEPT)

    def _mark_key(self) -> str:
        return f"desk-mark/{self._settings.desk}"

    def _looked_key(self, conversation: ActiveConversation) -> str:
        return f"looked/{self._settings.desk}/{conversation.id}"

    def _now(self) -> int:
        return int(self._clock().timestamp())


class Run:
    """One run of a walk: what it looked at, what it found, and what it could not read."""

    def __init__(
        self,
        look: Callable[[ActiveConversation, int], int],
        state: dict[str, Any],
        now: int,
        clock: Callable[[], datetime],
        deadline: datetime,
    ) -> None:
        self._look = look
        self._left: dict[str, Any] = state["left"]
        since = min(state["since"] - LOOK_BACK_SECONDS, state.get("before", state["since"]))
        self._since = max(state["origin"], since) - OVERLAP_SECONDS
        self._now = now
        self._clock = clock
        self._deadline = deadline
        self._looked, self._failed, self._found = 0, 0, 0
        self._trouble: Exception | None = None

    @property
    def has_no_time(self) -> bool:
        return self._clock() > self._deadline

    def left_before(self) -> list[ActiveConversation]:
        """What earlier runs could not read, the one that was tried longest ago first."""
        left = sorted(self._left.items(), key=lambda entry: int(entry[1].get("tried_at", 0)))
        return [
            ActiveConversation(int(name), old["source_id"], self._now)
            for name, old in left
            if old.get("tried_at", 0) < self._now
        ]

    def has_left(self, conversation: ActiveConversation) -> bool:
        return str(conversation.id) in self._left

    def look_at(self, conversations: Iterable[ActiveConversation]) -> list[ActiveConversation]:
        """Look at each while there is time; those that could be read. What could not is left for the next run."""
        read = []
        for conversation in conversations:
            if self.has_no_time:
                break
            name = str(conversation.id)
            new = {"since": self._since, "source_id": conversation.source_id, "left_at": self._now}
            begun = {**self._left.get(name, new), "tried_at": self._now}
            self._looked += 1
            try:
                self._found += self._look(conversation, begun["since"])
            except NotFound:
                # Somebody deleted it.
                pass
            except Exception as error:  # noqa: BLE001 - one that cannot be read must not hide those behind it
                self._failed += 1
                self._trouble = error
                self._left[name] = begun
                continue
            self._left.pop(name, None)
            read.append(conversation)
        return read

    def tell(self) -> None:
        """Tell what came of it, and give up what was left for too long and could not be read now either.

        Raises when many were looked at and none could be read: then it is not they, and nothing is to be remembered.
        """
        if self._found:
            count("UnheardFound", self._found)
            logger.info("queued what was not heard", found=self._found)
        if self._trouble and self._failed == self._looked > MOST_THAT_HANG:
            raise self._trouble
        if self._trouble:
            count("SweepFailed")
            logger.warning("conversations could not be read", failed=self._failed, reason=str(self._trouble))
        for name in [name for name, old in self._left.items() if self._is_hopeless(old)]:
            del self._left[name]

    def _is_hopeless(self, left: Mapping[str, Any]) -> bool:
        was_tried = left.get("tried_at") == self._now
        return was_tried and self._now - left.get("left_at", left["since"]) > LEFT_FOR_SECONDS
