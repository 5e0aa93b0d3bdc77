"""Finds what agents wrote and no webhook brought: Chatwoot calls once, waits five seconds, and never calls again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.chatwoot.agent_messages import CommandNote, Reply, was_typed_again
from chalicelib.chatwoot.client import Chatwoot, Written
from chalicelib.chatwoot.resources import ActiveConversation
from chalicelib.errors import TryAgainLater
from chalicelib.models import Delivery, Thread
from chalicelib.observability import count, logger
from chalicelib.recovery.desk_webhooks import DeskWebhooks
from chalicelib.recovery.found import Found
from chalicelib.recovery.resumable import Scans
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.stores.threads import Refusal, ThreadRecord, Threads
from chalicelib.work.jobs import AnswerCommand, DeliverReply
from chalicelib.work.queue import Queue

# Longer than a job waits on its queue.
REPLY_REMEMBERED = timedelta(days=15)

# The Retry button is there for a day (Chatwoot: Message.vue).
RETRY_OFFERED_SECONDS = 25 * 3600
RETRY_REMEMBERED = timedelta(hours=1)
RETRIES_REMEMBERED = timedelta(days=2)

# Of a job's time; the rest is for what Mercado Livre lists.
LONGEST_LOOK_FOR_RETRIES = timedelta(seconds=30)


class LostReplies:
    """Queues what no webhook brought of one desk: replies that never reached us, and presses of Retry."""

    def __init__(
        self,
        chatwoot: Chatwoot,
        threads: Threads,
        queue: "QueuedOnce",
        webhooks: DeskWebhooks,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._chatwoot = chatwoot
        self._threads = threads
        self._queue = queue
        self._webhooks = webhooks
        self._settings = settings
        self._clock = clock

    def queue_replies(self, conversation: ActiveConversation, *, since: int) -> int:
        """Queue what agents wrote in a conversation since a moment and what is not known here; how much that was.

        Repeating it is safe. `since` is in epoch seconds of Chatwoot's time.
        """
        thread = Thread.parse(conversation.source_id)
        if thread is None:
            return 0
        replies, commands = self._find_written(conversation, since)
        if not replies and not commands:
            return 0
        record = self._threads.load(thread)
        if record.erased_at >= since:
            # What was written before its buyer was erased may have been sent.
            replies, commands = self._find_written(conversation, record.erased_at + 1)
        desk = self._settings.desk
        replies = [reply for reply in replies if not record.was_erased(reply.chatwoot_message_id, desk=desk)]
        opened = record.conversation
        # Of a thread that is elsewhere nothing is known of what was written here, whatever its numbers are.
        is_its_own = opened is None or opened.is_at(desk, conversation_id=conversation.id)
        if is_its_own:
            known_ids = [one.chatwoot_message_id for one in replies if one.chatwoot_message_id in record.deliveries]
            self._webhooks.note_known(thread.kind, known_ids, lambda one: self._queue.has(self._key(one)))
        lost = 0
        for position, reply in enumerate(replies):
            delivery = record.deliveries.get(reply.chatwoot_message_id) if is_its_own else None
            if delivery:
                self._show_again(thread, delivery, reply)
            elif not was_typed_again(reply, replies[position + 1 :]):
                job = make_job(thread, reply, desk=self._settings.desk, now=self._now())
                lost += self._queue_once(job._replace(inbox_id=conversation.inbox_id))
        return lost + sum(self._queue_once(self._command_job(thread, command)) for command in commands)

    def _find_written(self, conversation: ActiveConversation, since: int) -> Written:
        return self._chatwoot.find_written(conversation, since=since, forwards_bots=self._settings.forwards_bots)

    def _command_job(self, thread: Thread, command: CommandNote) -> AnswerCommand:
        message_id = command.chatwoot_message_id
        desk = self._settings.desk
        return AnswerCommand(thread, command.conversation_id, message_id, command.content, "sweep", desk)

    def _queue_once(self, job: DeliverReply | AnswerCommand) -> bool:
        """Queue a job, unless that was done before: it may wait, or may have found that it belongs nowhere."""
        key = self._key(job.chatwoot_message_id)
        if self._queue.has(key):
            return False
        if isinstance(job, DeliverReply):
            job = job._replace(is_silent=not self._webhooks.are_believed)
        self._queue.send(job, key, name=job.announcement, keep=REPLY_REMEMBERED)
        if job.thread:
            self._webhooks.note_unheard(job.thread.kind, job.chatwoot_message_id)
        return True

    def _key(self, chatwoot_message_id: int) -> str:
        """Where it is noted that a sweep found a message."""
        return f"unheard/{self._settings.desk}/{chatwoot_message_id}"

    def queue_retry(self, refusal: Refusal) -> bool:
        """Queue a reply whose agent has pressed Retry; whether that was so. Forgets one that can be pressed no more."""
        record = self._threads.load(refusal.thread)
        delivery = record.deliveries.get(refusal.chatwoot_message_id)
        # Each refusal offers the button anew, also one that came before any attempt.
        press = f"{refusal.chatwoot_message_id}/{refusal.refused_at}"
        key = f"retried/{refusal.thread}/{press}"
        if record.conversation is None or (delivery is not None and delivery.state == "sent"):
            self._settle(refusal, record, delivery)
            return False
        if self._queue.has(key):
            return False
        reply = self._chatwoot.get_reply(
            record.opened.conversation_id,
            refusal.chatwoot_message_id,
            contact_source_id=str(refusal.thread),
            forwards_bots=self._settings.forwards_bots,
        )
        if reply:
            job = make_job(refusal.thread, reply, desk=self._settings.desk, now=self._now())
            # Desks number their messages from the same first number on.
            name = f"retry/{press}/{self._settings.desk}"
            # Where it has to wait, more jobs would only stand behind it.
            self._queue.send(job, key, name=name, keep=RETRY_REMEMBERED)
        elif self._now() - refusal.refused_at > RETRY_OFFERED_SECONDS:
            self._threads.forget_refusal(refusal)
        return reply is not None

    def _show_again(self, thread: Thread, delivery: Delivery, reply: Reply) -> None:
        """Chatwoot paints a reply as failed when a later webhook about it finds nobody, though it was sent long ago."""
        if not (reply.has_failed and delivery.state == "sent" and delivery.is_told and delivery.is_shown):
            return
        if not self._webhooks.are_believed:
            # It would be painted so once more.
            self._threads.remember_refusal(thread, delivery.chatwoot_message_id)
        else:
            self._show_sent(delivery)

    def _settle(self, refusal: Refusal, record: ThreadRecord, delivery: Delivery | None) -> None:
        """Forget a refusal of what was sent after all, and show that where Chatwoot does not."""
        if record.conversation and delivery and delivery.is_told and delivery.is_shown:
            if not self._webhooks.are_believed:
                return
            if self._chatwoot.shows_as_failed(delivery.conversation_id, delivery.chatwoot_message_id):
                self._show_sent(delivery)
        self._threads.forget_refusal(refusal)

    def _show_sent(self, delivery: Delivery) -> None:
        status = "read" if delivery.is_read else "sent"
        self._chatwoot.set_message_status(delivery.conversation_id, delivery.chatwoot_message_id, status)

    def _now(self) -> int:
        return int(self._clock().timestamp())


class QueuedOnce:
    """Puts jobs on the queue of threads, each once for as long as it is remembered."""

    def __init__(self, queue: Queue, cache: Cache) -> None:
        self._queue = queue
        self._cache = cache

    def has(self, key: str) -> bool:
        return self._cache.get(key) is not None

    def send(self, job: DeliverReply | AnswerCommand, key: str, *, name: str, keep: timedelta) -> None:
        self._queue.send(job.to_json(), group=job.group, deduplication_id=name)
        self._cache.put(key, "queued", keep=keep)


class UnheardRetries:
    """Queues the replies that failed and whose agent has pressed Retry; mostly the webhook was quicker.

    `queue_retry` is that of the desk where a reply was written.
    """

    def __init__(
        self,
        threads: Threads,
        scans: Scans,
        queue_retry: Callable[[Refusal], bool],
        clock: Callable[[], datetime],
    ) -> None:
        self._threads = threads
        self._scans = scans
        self._queue_retry = queue_retry
        self._clock = clock

    def key(self, seller_id: int) -> str:
        return f"retries/{seller_id}"

    def queue(self, found: Found) -> None:
        """Look at each in a part of the job's time; the next sweep begins after the last that was looked at."""
        seller_id = found.seller.seller_id
        refusals = self._threads.refusals_of(seller_id)
        if not refusals:
            return
        until = self._clock() + LONGEST_LOOK_FOR_RETRIES
        with self._scans.resume(self.key(seller_id), {"last": 0}, keep=RETRIES_REMEMBERED) as state:
            last = state["last"]
            for refusal in sorted(refusals, key=lambda one: (one.chatwoot_message_id <= last, one.chatwoot_message_id)):
                if self._clock() > until:
                    return
                state["last"] = refusal.chatwoot_message_id
                try:
                    found.queued += self._queue_retry(refusal)
                except TryAgainLater as error:
                    logger.warning("failed replies were not all looked at", reason=str(error))
                    found.was_disturbed = True
                    return
                except Exception:  # noqa: BLE001 - one that cannot be read must not hide those behind it
                    logger.exception("a failed reply was not looked at", chatwoot_message_id=state["last"])
                    count("SweepFailed")


def make_job(thread: Thread, reply: Reply, *, desk: str, now: int) -> DeliverReply:
    """The job for a reply that was found and not announced; `now` is in epoch seconds."""
    return DeliverReply.for_reply(reply, thread, desk=desk, received_at=now, correlation_id="sweep")
