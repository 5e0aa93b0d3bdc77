"""What a worker Lambda does with one record of its queue: read the job, name it in the log, hand it to its flow.

A flow is built when a job needs it, so that a setting that is missing makes the job wait, not the Lambda fail.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.errors import LONGEST_WORDS, BridgeError
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.models import ThreadKind
from chalicelib.observability import count, logger
from chalicelib.rate_limit import READS_OF_A_THREAD, RateLimit
from chalicelib.routing.topics import find_topic
from chalicelib.stores.history import History
from chalicelib.work.consumer import Worker, can_wait
from chalicelib.work.jobs import (
    AnswerCommand,
    AuditDesk,
    AuditSeller,
    DeliverReply,
    RoundJob,
    SweepDesk,
    SweepSeller,
    SyncThread,
    ThreadJob,
    is_job,
    job_from_json,
    thread_job_from_json,
)
from chalicelib.work.queue import Queue

if TYPE_CHECKING:
    from chalicelib.audit.daily import DailyAudit
    from chalicelib.commands.answering import Commands
    from chalicelib.outbound.replies import Outbound
    from chalicelib.recovery.desk_scan import DeskScan
    from chalicelib.recovery.sweep import Sweep
    from chalicelib.recovery.waiting_sweeps import WaitingSweeps
    from chalicelib.routing.resolve import Resolver
    from chalicelib.stores.desks import Desks
    from chalicelib.stores.set_aside import SetAside
    from chalicelib.stores.threads import ThreadRecord, Threads


class Inbound(Protocol):
    """Brings one kind of thread up to date."""

    def sync_thread(self, record: "ThreadRecord", job: SyncThread) -> None: ...


class Flows(Protocol):
    """The flows of one desk."""

    def inbound(self, kind: ThreadKind) -> Inbound: ...

    @property
    def outbound(self) -> "Outbound": ...

    @property
    def commands(self) -> "Commands": ...


class NotificationDuty:
    """Records of the queue of notifications (hints, and later looks at a reply) or of that of the background.

    What can wait goes by the background: sweeps, audits, and what they found.
    """

    def __init__(
        self,
        worker: Worker,
        resolver: "Callable[[], Resolver]",
        sweep: "Callable[[], Sweep]",
        waiting_sweeps: "Callable[[], WaitingSweeps]",
        desk_scan_at: "Callable[[str], DeskScan]",
        audits: "Callable[[], DailyAudit]",
        rate_limit: RateLimit,
        queue: Queue,
        background_queue: Queue,
        history: History,
    ) -> None:
        self._worker = worker
        self._resolver = resolver
        self._sweep = sweep
        self._waiting_sweeps = waiting_sweeps
        self._desk_scan_at = desk_scan_at
        self._audits = audits
        self._rate_limit = rate_limit
        self._queue = queue
        self._background_queue = background_queue
        self._history = history

    def run(self, record: Mapping[str, Any]) -> None:
        self._worker.run(
            record,
            self._queue.url,
            lambda body: self._resolve(body, record),
            when_failed=lambda body, error: self._note(body, _state_after(error)),
            when_given_up=lambda body: self._note(body, "given up"),
        )

    def _note(self, body: str, state: str) -> None:
        """Write down what has become of a notification so far; here, since it fails also where no flow can be built."""
        try:
            if not is_job(body):
                self._history.record_unresolved(Notification.from_json(body), state)
        except Exception:  # noqa: BLE001 - what made it fail may fail this; it is safe on its queue, or dead on another
            logger.exception("not written into the history", state=state)

    def _resolve(self, body: str, record: Mapping[str, Any]) -> None:
        work = job_from_json(body) if is_job(body) else Notification.from_json(body)
        if _may_wait(work) and self._queue.url != self._background_queue.url:
            # Put here by a version that had no queue for it.
            self._background_queue.send(body)
        elif isinstance(work, Notification):
            self._resolve_hint(work)
        else:
            if isinstance(work, SweepSeller | SweepDesk):
                self._waiting_sweeps().note_begun(work.name)
                _tell_of_killed_sweep(record)
            self._take(work, message_id=record["messageId"])

    def _resolve_hint(self, notification: Notification) -> None:
        with _log_keys(notification.correlation_id, meli_seller_id=notification.seller_id):
            topic = find_topic(notification.topic)
            if notification.can_wait and topic:
                self._rate_limit.reserve(topic.reads)
            self._resolver().resolve_notification(notification)

    def _take(self, job: ThreadJob | RoundJob, *, message_id: str) -> None:
        if isinstance(job, SweepSeller):
            with _log_keys(message_id, meli_seller_id=job.seller_id), _until_the_next():
                self._sweep().sweep_seller(job)
        elif isinstance(job, SweepDesk):
            with _log_keys(message_id, desk=job.desk):
                with _until_the_next():
                    self._desk_scan_at(job.desk).sweep(job)
                with _until_the_next():
                    self._audits().ask_daily(job.desk)
        elif isinstance(job, AuditSeller):
            with _log_keys(message_id, meli_seller_id=job.seller_id):
                self._audits().audit_seller(job)
        elif isinstance(job, AuditDesk):
            with _log_keys(message_id, desk=job.desk):
                self._audits().audit_desk(job)
        else:
            self._pass_on(job, message_id=message_id)

    def _pass_on(self, job: ThreadJob, *, message_id: str) -> None:
        """Put a job on the queue of threads; what can wait comes again while live traffic needs the reads."""
        if isinstance(job, SyncThread) and job.can_wait:
            self._rate_limit.reserve(READS_OF_A_THREAD)
        self._resolver().pass_on(job, wish=message_id)


class ThreadDuty:
    """Records of the queue of threads. `flows_at` has the flows of a desk."""

    def __init__(
        self,
        worker: Worker,
        threads: "Threads",
        desks: "Desks",
        flows_at: Callable[[str], Flows],
        set_aside: "SetAside",
        queue_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._worker = worker
        self._threads = threads
        self._desks = desks
        self._flows_at = flows_at
        self._set_aside = set_aside
        self._queue_url = queue_url
        self._clock = clock

    def run(self, record: Mapping[str, Any]) -> None:
        self._worker.run(
            record,
            self._queue_url,
            self._work,
            when_waiting=self._tell_waiting,
            when_given_up=self._tell_given_up,
            is_new_dead_letter=self._is_new_dead_letter,
        )

    def _work(self, body: str) -> None:
        job = thread_job_from_json(body)
        with _log_keys(job.correlation_id, meli_thread=job.group):
            if isinstance(job, DeliverReply):
                # It says where it was written; whether that is its thread's desk is for the flow to judge.
                self._flows_at(job.desk).outbound.deliver_reply(job)
            elif isinstance(job, AnswerCommand):
                self._flows_at(job.desk).commands.answer(job)
            else:
                self._sync(job)

    def _sync(self, job: SyncThread) -> None:
        record = self._threads.load(job.thread)
        # A conversation stays where it was opened.
        opened = record.conversation
        flows = self._flows_at(opened.desk if opened else self._desks.of_seller(job.thread.seller_id))
        flows.inbound(job.thread.kind).sync_thread(record, job)
        if job.was_set_aside:
            self._set_aside.remove(job.thread)

    def _is_new_dead_letter(self, body: str, message_id: str) -> bool:
        """Whether no job for the same thread stands among the dead letters; sweeps go on trying it."""
        try:
            job = thread_job_from_json(body)
        except ValueError:
            return True
        now = int(self._clock().timestamp())
        return not isinstance(job, SyncThread) or self._set_aside.add(job.thread, message_id, now=now)

    def _tell_waiting(self, body: str) -> None:
        job = thread_job_from_json(body)
        if isinstance(job, DeliverReply):
            self._flows_at(job.desk).outbound.tell_waiting(job)

    def _tell_given_up(self, body: str) -> None:
        try:
            job = thread_job_from_json(body)
            if isinstance(job, DeliverReply):
                self._flows_at(job.desk).outbound.tell_given_up(job)
            elif isinstance(job, AnswerCommand):
                self._flows_at(job.desk).commands.tell_given_up(job)
        except Exception:  # noqa: BLE001 - what made the job fail may fail this; it is safe in the dead-letter queue
            logger.exception("the agent could not be told")


def _may_wait(work: Notification | ThreadJob | RoundJob) -> bool:
    """Whether something comes after live traffic."""
    return work.can_wait if isinstance(work, Notification | SyncThread) else not isinstance(work, ThreadJob)


def _tell_of_killed_sweep(record: Mapping[str, Any]) -> None:
    """A sweep comes back to its queue only when its Lambda was killed, or could not be reached in time."""
    if int(record["attributes"]["ApproximateReceiveCount"]) > 1:
        count("SweepFailed")
        logger.error("a sweep did not come to its end")


def _state_after(error: Exception) -> str:
    """What a notification does after an error, and why: in words of ours, since those of others may quote anything."""
    state = "waiting" if can_wait(error) else "failing"
    if isinstance(error, BridgeError):
        return f"{state}: {str(error)[:LONGEST_WORDS]}"
    return f"{state}: {'AWS does not answer' if state == 'waiting' else type(error).__name__}"


@contextmanager
def _until_the_next() -> Iterator[None]:
    """A sweep that fails is not tried again: the next one, two minutes later, looks at all that it left."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and nothing is lost by it
        count("SweepFailed")
        if can_wait(error):
            logger.warning("sweep broke off", reason=str(error))
        else:
            logger.exception("sweep failed")


@contextmanager
def _log_keys(correlation_id: str, **keys: Any) -> Iterator[None]:
    """Names the job in each of its log lines; a warm container must not carry the names into the next."""
    logger.thread_safe_append_keys(correlation_id=correlation_id, **keys)
    try:
        yield
    finally:
        logger.thread_safe_clear_keys()
