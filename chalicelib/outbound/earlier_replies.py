"""What agents wrote before a reply and has not gone out, since its webhook was lost or is late: it goes first."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache

from chalicelib.chatwoot.agent_messages import Reply, was_typed_again
from chalicelib.chatwoot.client import Chatwoot
from chalicelib.errors import NotFound, TryAgainLater
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import DeliverReply
from chalicelib.work.queue import Queue

# Of a job's two minutes, the last of them and the reply itself may take most.
LONGEST_TIME = timedelta(seconds=20)


class WrittenBefore(Exception):
    """A reply has to wait for others; `jobs` are theirs, in the order in which they were written."""

    def __init__(self, jobs: list[DeliverReply]) -> None:
        super().__init__(f"{len(jobs)} replies go first")
        self.jobs = jobs


class EarlierReplies:
    """Looks for them in a conversation, once for each reply: what stands before the last one that is settled was
    looked for when that one went.

    `found_since` says since when sweeps find replies, in epoch seconds of Chatwoot's time; None before the first sweep.
    """

    def __init__(
        self,
        chatwoot: Chatwoot,
        threads_queue: Queue,
        found_since: Callable[[], int | None],
        clock: Callable[[], datetime],
    ) -> None:
        self._chatwoot = chatwoot
        self._threads_queue = threads_queue
        self._found_since = found_since
        self._clock = clock

    @contextmanager
    def looked_for(self, record: ThreadRecord, job: DeliverReply) -> Iterator[Callable[[], None]]:
        """Read the conversation beside what is done meanwhile. What it yields raises WrittenBefore, or lets pass.

        Whom it has let pass once it lets pass again: that may have gone out by then.
        """
        settled = [one for one, delivery in record.deliveries.items() if delivery.state in ("sent", "refused")]
        after = max((one for one in settled if one < job.chatwoot_message_id), default=0)
        with ThreadPoolExecutor(1) as beside:
            reading = beside.submit(self._read, record, job, after)
            yield cache(lambda: self._check(record, job, reading.result()))

    def take_each(self, jobs: Iterable[DeliverReply]) -> Iterator[DeliverReply]:
        """One after the other, each queued too: it is not to be lost with the job of the one that it goes before.

        Raises TryAgainLater when they take too long. Repeating it is safe.
        """
        until = self._clock() + LONGEST_TIME
        for job in jobs:
            if self._clock() > until:
                raise TryAgainLater("more was written before", retry_after_seconds=1)
            self._threads_queue.send(job.to_json(), group=job.group, deduplication_id=job.announcement)
            yield job

    def _read(self, record: ThreadRecord, job: DeliverReply, after: int) -> list[Reply]:
        try:
            return self._chatwoot.find_replies_between(
                job.conversation_id,
                after=after,
                before=job.chatwoot_message_id,
                contact_source_id=str(record.thread),
            )
        except NotFound:
            # Somebody deleted the conversation.
            return []

    def _check(self, record: ThreadRecord, job: DeliverReply, replies: list[Reply]) -> None:
        """Raises WrittenBefore where some have not gone out.

        Not waited for: what was refused or given up, what was typed again, and what no sweep would look for.
        """
        replies = [reply for reply in replies if not reply.refused_for]
        has_unheard = any(reply.chatwoot_message_id not in record.deliveries for reply in replies)
        since = self._found_since() if has_unheard else None
        later = [*replies, _as_reply(job)]
        waiting = [
            reply
            for position, reply in enumerate(replies, start=1)
            if _is_waiting(record, reply, since)
            and not record.was_erased(reply.chatwoot_message_id, desk=job.desk)
            and not was_typed_again(reply, later[position:])
        ]
        if waiting:
            raise WrittenBefore([self._make_job(record, job, reply) for reply in waiting])

    def _make_job(self, record: ThreadRecord, job: DeliverReply, reply: Reply) -> DeliverReply:
        return DeliverReply.for_reply(
            reply,
            record.thread,
            desk=job.desk,
            # When the later one was heard, which stays the same however often that comes back.
            received_at=job.received_at,
            correlation_id=job.correlation_id,
            inbox_id=job.inbox_id,
        )


def _is_waiting(record: ThreadRecord, reply: Reply, since: int | None) -> bool:
    """Whether a reply is to go out still: begun by a job that went before another, or found by no job at all."""
    delivery = record.deliveries.get(reply.chatwoot_message_id)
    if delivery:
        return delivery.state in ("waiting", "sending") and not reply.has_failed
    if since is None:
        # What another stage sent before this one was made is not known here; since this one writes here, all is.
        known = [*record.deliveries, *(post.chatwoot_message_id for post in record.posts.values())]
        return any(0 < one < reply.chatwoot_message_id for one in known)
    return reply.created_at >= since and reply.created_at > record.erased_at


def _as_reply(job: DeliverReply) -> Reply:
    return Reply(job.chatwoot_message_id, job.conversation_id, "", job.content, job.files, job.is_retry)
