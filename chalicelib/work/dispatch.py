"""What a worker Lambda does with one record of its queue: read the job, name it in the log, hand it to its flow.

A flow is built when a job needs it, so that a setting that is missing makes the job wait, not the Lambda fail.
"""

from binascii import crc32
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.errors import LONGEST_WORDS, BridgeError
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.models import ThreadKind
from chalicelib.observability import count, logger
from chalicelib.routing.topics import find_topic
from chalicelib.stores.budget import Budget
from chalicelib.stores.history import History
from chalicelib.work.consumer import Worker, can_wait
from chalicelib.work.jobs import (
    AnswerCommand,
    AuditDesk,
    AuditSeller,
    DeliverReply,
    RoundJob,
    SweepDesk,
    SweepMissedFeeds,
    SweepSeller,
    SyncThread,
    ThreadJob,
    is_job,
    job_from_json,
    thread_job_from_json,
)
from chalicelib.work.queue import Queue

# How long what can wait waits before it asks again, at least and at most.
PAUSE_SECONDS = 60
LONGEST_PAUSE_SECONDS = 15 * 60

if TYPE_CHECKING:
    from chalicelib.audit.daily import DailyAudit
    from chalicelib.commands.answering import Commands
    from chalicelib.outbound.replies import Outbound
    from chalicelib.recovery.desk_scan import DeskScan
    from chalicelib.recovery.sweep import Sweep
    from chalicelib.routing.resolve import Resolver
    from chalicelib.stores.desks import Desks
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

    def in_background(self, reads: int) -> "Flows": ...


class NotificationDuty:
    """Records of the queue of notifications: hints, jobs for a thread that were to wait a while, sweeps and audits."""

    def __init__(
        self,
        worker: Worker,
        resolver: "Callable[[], Resolver]",
        resolver_in_background: "Callable[[int], Resolver]",
        recovery: "Callable[[], Sweep]",
        desk_scan_at: "Callable[[str], DeskScan]",
        audits: "Callable[[], DailyAudit]",
        budget: Budget,
        queue: Queue,
        history: History,
    ) -> None:
        self._worker = worker
        self._resolver = resolver
        self._resolver_in_background = resolver_in_background
        self._recovery = recovery
        self._desk_scan_at = desk_scan_at
        self._audits = audits
        self._budget = budget
        self._queue = queue
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
        if is_job(body):
            job = job_from_json(body)
            if isinstance(job, SweepSeller | SweepMissedFeeds | SweepDesk):
                _tell_whether_it_ended(record)
            self._take(job, message_id=record["messageId"])
            return
        notification = Notification.from_json(body)
        with _log_keys(notification.correlation_id, meli_seller_id=notification.seller_id):
            topic = find_topic(notification.topic)
            if not notification.can_wait:
                self._resolver().resolve_notification(notification)
            elif self._may_go_on(notification, reads := topic.reads if topic else 0):
                self._resolver_in_background(reads).resolve_notification(notification)
            else:
                self._note(body, "waiting: live traffic goes first")

    def _take(self, job: ThreadJob | RoundJob, *, message_id: str) -> None:
        if isinstance(job, SweepSeller):
            with _log_keys(message_id, meli_seller_id=job.seller_id), _until_the_next():
                self._recovery().sweep_seller(job)
        elif isinstance(job, SweepMissedFeeds):
            with _log_keys(message_id, meli_seller_id=job.seller_id), _until_the_next():
                self._recovery().sweep_missed_feeds(job)
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
        """Put a job on the queue of threads; what can wait comes again while live traffic needs the calls."""
        if isinstance(job, SyncThread) and job.can_wait:
            job = job._replace(reads_taken=self._resolver().reads_of(job.thread))
            if not self._may_go_on(job, job.reads_taken):
                return
        self._resolver().pass_on(job, wish=message_id)

    def _may_go_on(self, hint: Notification | SyncThread, reads: int) -> bool:
        """Whether what can wait may make so many reads now; else it is put on its queue again for a while."""
        if not reads or self._budget.take_reads(reads, "history"):
            return True
        # Not by failing: AWS slows a queue down whose jobs fail.
        body = hint._replace(times_put_off=hint.times_put_off + 1).to_json()
        self._queue.send(body, delay_seconds=_pause_seconds(hint.times_put_off, body))
        return False


class ThreadDuty:
    """Records of the queue of threads. `flows_at` has the flows of a desk."""

    def __init__(
        self, worker: Worker, threads: "Threads", desks: "Desks", flows_at: Callable[[str], Flows], queue_url: str
    ) -> None:
        self._worker = worker
        self._threads = threads
        self._desks = desks
        self._flows_at = flows_at
        self._queue_url = queue_url

    def run(self, record: Mapping[str, Any]) -> None:
        self._worker.run(
            record,
            self._queue_url,
            lambda body: self._work(body, is_first=record["attributes"]["ApproximateReceiveCount"] == "1"),
            when_waiting=self._tell_waiting,
            when_given_up=self._tell_given_up,
        )

    def _work(self, body: str, *, is_first: bool) -> None:
        job = thread_job_from_json(body)
        with _log_keys(job.correlation_id, meli_thread=job.group):
            if isinstance(job, DeliverReply):
                # It says where it was written; whether that is its thread's desk is for the flow to judge.
                self._flows_at(job.desk).outbound.deliver_reply(job)
            elif isinstance(job, AnswerCommand):
                self._flows_at(job.desk).commands.answer(job)
            else:
                # What was taken for a job has been used by the one that failed.
                self._sync(job, reads_taken=job.reads_taken * is_first)

    def _sync(self, job: SyncThread, *, reads_taken: int) -> None:
        record = self._threads.load(job.thread)
        # A conversation stays where it was opened.
        opened = record.conversation
        flows = self._flows_at(opened.desk if opened else self._desks.of_seller(job.thread.seller_id))
        flows = flows.in_background(reads_taken) if job.can_wait else flows
        flows.inbound(job.thread.kind).sync_thread(record, job)

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


def _pause_seconds(times_put_off: int, body: str) -> int:
    """Longer each time, so that thousands of jobs do not crowd out what was found just now.

    Spread by what the job says, so that those which were put off together do not come back together.
    """
    longest = min(PAUSE_SECONDS << min(times_put_off, 10), LONGEST_PAUSE_SECONDS)
    return PAUSE_SECONDS + crc32(body.encode()) % (longest - PAUSE_SECONDS + 1)


def _tell_whether_it_ended(record: Mapping[str, Any]) -> None:
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
