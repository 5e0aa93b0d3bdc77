"""Finds what agents wrote and no webhook brought: Chatwoot calls once, waits five seconds, and never calls again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.chatwoot.client import Chatwoot
from chalicelib.chatwoot.resources import ActiveConversation
from chalicelib.chatwoot.webhooks import Reply
from chalicelib.jobs import AttachedFile, DeliverReply, SweepDesk
from chalicelib.models import Thread, ThreadRecord, text_digest
from chalicelib.observability import count, logger
from chalicelib.queues import Queue
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.stores.threads import Refusal, Threads

# Chatwoot's clock may differ from ours.
OVERLAP_SECONDS = 120
MARK_KEPT = timedelta(days=400)
SWEEP_STALE_SECONDS = 240

# After a pause of days there may be more than one Lambda can look through; the next one goes on from there.
MOST_CONVERSATIONS = 200

# The Retry button is there for a day (Chatwoot: Message.vue).
RETRY_OFFERED_SECONDS = 25 * 3600


class Unheard:
    """The sweep of one desk: replies that never reached us, and presses of Retry that did not.

    How far a desk was looked through is remembered by a mark, which moves on only over what was queued. The first sweep
    sets it and looks at nothing: what was written before is not known to be unanswered.
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
        key, started = f"desk-mark/{self._settings.desk}", self._now()
        mark = self._cache.get(key)
        if mark is not None:
            started = self._look_through(mark - OVERLAP_SECONDS, until=started)
        self._cache.put(key, started, keep=MARK_KEPT)

    def queue_retry(self, refusal: Refusal) -> bool:
        """Queue a reply whose agent has pressed Retry; whether he has. Forgets one that can be pressed no more."""
        record = self._threads.load(refusal.thread)
        delivery = record.deliveries.get(refusal.chatwoot_message_id)
        is_offered = self._now() - refusal.refused_at < RETRY_OFFERED_SECONDS
        if delivery is None or delivery.state != "refused" or not is_offered:
            self._threads.forget_refusal(refusal)
            return False
        reply = self._chatwoot.get_reply(
            delivery.conversation_id, delivery.chatwoot_message_id, contact_source_id=str(refusal.thread)
        )
        if reply is None:
            return False
        self._queue(refusal.thread, reply, name=f"retry/{delivery.chatwoot_message_id}/{delivery.attempts}")
        return True

    def _look_through(self, since: int, *, until: int) -> int:
        """Queue what is unheard since a moment; the moment up to which all was looked through."""
        active: list[ActiveConversation] = []
        for inbox_id in (self._settings.questions_inbox_id, self._settings.sales_inbox_id):
            active += self._chatwoot.find_active(inbox_id=inbox_id, since=since)
        active.sort(key=lambda conversation: conversation.last_activity_at)
        found = sum(self._queue_unheard(conversation, since) for conversation in active[:MOST_CONVERSATIONS])
        if found:
            count("UnheardFound", found)
            logger.info("queued what was not heard", found=found)
        return until if len(active) <= MOST_CONVERSATIONS else active[MOST_CONVERSATIONS - 1].last_activity_at

    def _queue_unheard(self, conversation: ActiveConversation, since: int) -> int:
        thread = Thread.parse(conversation.source_id)
        if thread is None:
            return 0
        record = self._threads.load(thread)
        if record.conversation is None or record.conversation.conversation_id != conversation.id:
            return 0
        # What was written before its buyer was erased may have been sent.
        since = max(since, record.erased_at + 1)
        forwards_bots = self._settings.forwards_bots
        replies = self._chatwoot.find_replies(conversation, since=since, forwards_bots=forwards_bots)
        unheard = [reply for reply in replies if not _is_known(record, reply)]
        for reply in unheard:
            self._queue(thread, reply)
        return len(unheard)

    def _queue(self, thread: Thread, reply: Reply, *, name: str = "") -> None:
        job = DeliverReply.for_message(
            reply.chatwoot_message_id,
            content=reply.content,
            thread=thread,
            conversation_id=reply.conversation_id,
            files=tuple(AttachedFile(*file) for file in reply.files),
            is_retry=reply.is_retry,
            received_at=self._now(),
            correlation_id="sweep",
            desk=self._settings.desk,
        )
        self._threads_queue.send(job.to_json(), group=job.group, deduplication_id=name or job.announcement)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _is_known(record: ThreadRecord, reply: Reply) -> bool:
    """Whether a reply is on its way or settled, or was written once more by an agent who saw it fail."""
    if reply.chatwoot_message_id in record.deliveries:
        return True
    digest = text_digest(reply.content)
    return any(
        delivery.text_digest == digest and number > reply.chatwoot_message_id
        for number, delivery in record.deliveries.items()
    )
