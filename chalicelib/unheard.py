"""Finds what agents wrote and no webhook brought: Chatwoot calls once, waits five seconds, and never calls again."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.chatwoot.client import Chatwoot
from chalicelib.chatwoot.resources import ActiveConversation
from chalicelib.chatwoot.webhooks import Reply
from chalicelib.jobs import SWEEP_STALE_SECONDS, AttachedFile, DeliverReply, SweepDesk
from chalicelib.models import Delivery, Thread
from chalicelib.observability import count, logger
from chalicelib.queues import Queue
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.stores.threads import Refusal, Threads

# What is written at the very moment of a sweep may not be listed yet.
OVERLAP_SECONDS = 120
MARK_KEPT = timedelta(days=400)
LOOKED_KEPT = timedelta(days=3)

# After a pause there may be more than one Lambda can look through in its minute; the next one goes on from there.
LONGEST_LOOK_SECONDS = 40
LEFT_FOR_SECONDS = 24 * 3600

# The Retry button is there for a day (Chatwoot: Message.vue).
RETRY_OFFERED_SECONDS = 25 * 3600
RETRY_REMEMBERED = timedelta(hours=1)


class Unheard:
    """The sweep of one desk: replies that never reached us, and presses of Retry that did not.

    A mark, in Chatwoot's time, remembers how far a desk was looked through; it moves on only when all before it was.
    Conversations that could not be read are left, and tried again beside the others. The first sweep sets the mark and
    looks at nothing: what was written before is not known to be unanswered.
    """

    def __init__(
        self,
        chatwoot: Chatwoot,
        threads: Threads,
        threads_queue: Queue,
        cache: Cache,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._chatwoot = chatwoot
        self._threads = threads
        self._threads_queue = threads_queue
        self._cache = cache
        self._settings = settings
        self._clock = clock

    def sweep(self, job: SweepDesk) -> None:
        """Queue what agents wrote since the mark and what is not known here. Repeating it is safe."""
        if self._now() - job.asked_at > SWEEP_STALE_SECONDS:
            return
        key, started = self._mark_key(), self._chatwoot.read_clock() or self._now()
        state = self._cache.get(key)
        if state is None:
            self._cache.put(key, {"since": started, "left": {}}, keep=MARK_KEPT)
            return
        is_through = self._look_through(state, started)
        if is_through:
            state["since"] = started
        self._cache.put(key, state, keep=MARK_KEPT)

    def looked_through_until(self) -> int:
        """Up to when the desk was looked through, in epoch seconds of Chatwoot's time; 0 before the first sweep."""
        state = self._cache.get(self._mark_key())
        return int(state["since"]) if state else 0

    def queue_retry(self, refusal: Refusal) -> bool:
        """Queue a reply whose agent has pressed Retry; whether he has. Forgets one that can be pressed no more."""
        record = self._threads.load(refusal.thread)
        delivery = record.deliveries.get(refusal.chatwoot_message_id)
        attempts = delivery.attempts if delivery else 0
        key = f"retried/{refusal.thread}/{refusal.chatwoot_message_id}/{attempts}"
        is_settled = record.conversation is None or (delivery is not None and delivery.state == "sent")
        if is_settled or self._cache.get(key) is not None:
            if is_settled:
                self._threads.forget_refusal(refusal)
            return False
        reply = self._chatwoot.get_reply(
            record.opened.conversation_id, refusal.chatwoot_message_id, contact_source_id=str(refusal.thread)
        )
        if reply:
            self._queue(refusal.thread, reply, name=f"retry/{refusal.chatwoot_message_id}/{attempts}")
            # Where it has to wait, more jobs would only stand behind it.
            self._cache.put(key, "queued", keep=RETRY_REMEMBERED)
        elif self._now() - refusal.refused_at > RETRY_OFFERED_SECONDS:
            self._threads.forget_refusal(refusal)
        return reply is not None

    def _look_through(self, state: dict[str, Any], started: int) -> bool:
        """Queue what is unheard since the mark; whether all was looked at. What cannot be read is left in `state`."""
        since, left, deadline = state["since"] - OVERLAP_SECONDS, state["left"], self._now() + LONGEST_LOOK_SECONDS
        active = [conversation for inbox_id in self._inbox_ids() for conversation in self._list(inbox_id, since)]
        active.sort(key=lambda conversation: conversation.last_activity_at)
        again = [ActiveConversation(int(key), old["source_id"], started) for key, old in left.items()]
        failed, looked, found = 0, 0, 0
        for conversation in again + active:
            name = str(conversation.id)
            if conversation.last_activity_at <= (self._cache.get(self._looked_key(name)) or 0):
                continue
            if self._now() > deadline:
                return False
            looked += 1
            begun = left.get(name, {"since": since, "source_id": conversation.source_id})
            try:
                found += self._queue_unheard(conversation, begun["since"])
            except Exception as error:  # noqa: BLE001 - one that cannot be read must not hide those behind it
                failed += 1
                trouble = error
                left[name] = begun
                continue
            left.pop(name, None)
            if conversation.last_activity_at < started - OVERLAP_SECONDS:
                self._cache.put(self._looked_key(name), conversation.last_activity_at, keep=LOOKED_KEPT)
        if found:
            count("UnheardFound", found)
            logger.info("queued what was not heard", found=found)
        if failed and failed == looked:
            raise trouble
        if failed:
            count("SweepFailed")
            logger.warning("conversations could not be read", failed=failed, reason=str(trouble))
        for name in [name for name, old in left.items() if started - old["since"] > LEFT_FOR_SECONDS]:
            del left[name]
        return True

    def _mark_key(self) -> str:
        return f"desk-mark/{self._settings.desk}"

    def _inbox_ids(self) -> tuple[int, int]:
        return self._settings.questions_inbox_id, self._settings.sales_inbox_id

    def _list(self, inbox_id: int, since: int) -> list[ActiveConversation]:
        return self._chatwoot.find_active(inbox_id=inbox_id, since=since)

    def _looked_key(self, name: str) -> str:
        return f"looked/{self._settings.desk}/{name}"

    def _queue_unheard(self, conversation: ActiveConversation, since: int) -> int:
        thread = Thread.parse(conversation.source_id)
        if thread is None:
            return 0
        record = self._threads.load(thread)
        # What was written before its buyer was erased may have been sent.
        since = max(since, record.erased_at + 1)
        forwards_bots = self._settings.forwards_bots
        replies = self._chatwoot.find_replies(conversation, since=since, forwards_bots=forwards_bots)
        unheard = 0
        for position, reply in enumerate(replies):
            delivery = record.deliveries.get(reply.chatwoot_message_id)
            if delivery:
                self._show_again(delivery, reply)
            elif not (reply.has_failed and _is_repeated(reply, replies[position + 1 :])):
                self._queue(thread, reply)
                unheard += 1
        return unheard

    def _show_again(self, delivery: Delivery, reply: Reply) -> None:
        """Chatwoot paints a reply as failed when a later webhook about it finds nobody, though it was sent long ago."""
        if reply.has_failed and delivery.state == "sent" and delivery.is_told and delivery.is_shown:
            status = "read" if delivery.is_read else "sent"
            self._chatwoot.set_message_status(reply.conversation_id, reply.chatwoot_message_id, status)

    def _queue(self, thread: Thread, reply: Reply, *, name: str = "") -> None:
        job = make_job(thread, reply, desk=self._settings.desk, now=self._now())
        self._threads_queue.send(job.to_json(), group=job.group, deduplication_id=name or job.announcement)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def make_job(thread: Thread, reply: Reply, *, desk: str, now: int) -> DeliverReply:
    """The job for a reply that was found and not announced; `now` is in epoch seconds."""
    return DeliverReply.for_message(
        reply.chatwoot_message_id,
        content=reply.content,
        thread=thread,
        conversation_id=reply.conversation_id,
        files=tuple(AttachedFile(*file) for file in reply.files),
        is_retry=reply.is_retry,
        received_at=now,
        correlation_id="sweep",
        desk=desk,
    )


def _is_repeated(reply: Reply, later: Sequence[Reply]) -> bool:
    """Whether an agent who saw his reply fail has written it once more: then the buyer is to have that one only."""
    return any((other.content, len(other.files)) == (reply.content, len(reply.files)) for other in later)
