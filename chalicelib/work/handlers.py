"""What is done for each job, and what is told of one that fails, waits or is given up: one table, a row a job.

A handler takes what it needs out of the container when its job comes, so that a setting that is missing makes the job
wait, and not the Lambda fail.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from chalicelib.call_counts import counted_calls
from chalicelib.errors import LONGEST_WORDS, BridgeError, LoginNeeded, NotShown
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.observability import count, logger
from chalicelib.outbound.replies import WrittenElsewhere
from chalicelib.rate_limit import READS_OF_A_THREAD, caused_by_hint
from chalicelib.recovery.desk_scan import desk_scan_key
from chalicelib.routing.topics import find_topic
from chalicelib.stores.audits import audit_mark_key
from chalicelib.stores.troubles import MERCADO_LIVRE, desk_place
from chalicelib.work.consumer import Record
from chalicelib.work.failures import can_wait, is_not_permitted
from chalicelib.work.jobs import (
    AnswerCommand,
    AttachLabel,
    AuditDesk,
    AuditSeller,
    DeliverReply,
    Job,
    LookAtService,
    LookUpMessage,
    SweepDesk,
    SweepSeller,
    SyncThread,
    ThreadJob,
    job_from_json,
    may_wait,
)

if TYPE_CHECKING:
    from chalicelib.wiring import Container

# The first of these that a job has names it in the log.
LOG_KEYS = {"group": "meli_thread", "seller_id": "meli_seller_id", "desk": "desk", "place": "service_place"}


# Hints


def resolve(hint: Notification, container: "Container") -> None:
    topic = find_topic(hint.topic)
    if hint.can_wait and topic:
        container.rate_limit.reserve(topic.reads)
    container.resolver.resolve_notification(hint)


def note_hint_failed(hint: Notification, container: "Container", error: Exception) -> None:
    container.history.record_unresolved(hint, _state_after(error))


def note_hint_given_up(hint: Notification, container: "Container") -> None:
    container.history.record_unresolved(hint, "given up")


# Jobs on a thread


def bring_up_to_date(job: SyncThread, container: "Container") -> None:
    record = container.threads.load(job.thread)
    # A conversation stays where it was opened.
    opened = record.conversation
    desk = opened.desk if opened else container.desks.of_seller(job.thread.seller_id)
    if desk != job.desk:
        # With the replies that are written there.
        moved = job._replace(desk=desk)
        container.threads_queue.send(moved.to_json(), group=moved.group, deduplication_id=f"moved/{uuid4()}")
        return
    # Before Mercado Livre is read in vain.
    container.desk(desk).breaker.let_pass()
    try:
        was_read = container.desk(desk).inbound(job.thread.kind).sync_thread(record, job)
    except NotShown as refusal:
        container.desk(desk).hidden_threads.note(record, refusal)
        return
    if not was_read:
        # Its listing, its parcel or a claim was looked at, and not what was written.
        return
    is_from_sweep = job.was_set_aside or job.can_wait
    container.desk(desk).hidden_threads.note_shown(record, is_from_sweep=is_from_sweep)
    if not is_from_sweep:
        return
    if job.changed in ("", "conversation"):
        container.set_aside.remove(job.thread)
    else:
        # What was given up may have been another part of it.
        container.set_aside.remove_queued(job.thread)


def is_first_of_its_thread(job: SyncThread, container: "Container", message_id: str) -> bool:
    """Whether no job for the same thread stands among the dead letters; sweeps go on trying it."""
    now = int(container.clock().timestamp())
    return container.set_aside.add(job.thread, message_id, now=now)


def deliver_reply(job: DeliverReply, container: "Container") -> None:
    # The reply says where it was written; whether that is its thread's desk is for the flow to judge.
    container.desk(job.desk).breaker.let_pass()
    try:
        container.desk(job.desk).outbound.deliver_reply(job)
    except LoginNeeded:
        if job.thread:
            container.desk(job.desk).login_note.tell(job.thread, job.conversation_id)
        raise
    except WrittenElsewhere:
        # It goes on by a group of its own: what a desk sends waits for that desk alone, and no thread behind it.
        stray = job._replace(thread=None)
        name = f"stray/{job.announcement}/{job.correlation_id}"
        container.threads_queue.send(stray.to_json(), group=stray.group, deduplication_id=name)


def tell_reply_waits(job: DeliverReply, container: "Container") -> None:
    container.desk(job.desk).outbound.tell_waiting(job)


def tell_reply_given_up(job: DeliverReply, container: "Container") -> None:
    container.desk(job.desk).outbound.tell_given_up(job)


def look_up_message(job: LookUpMessage, container: "Container") -> None:
    container.desk(job.desk).unsigned_events.queue_what_is_true(job)


def answer_command(job: AnswerCommand, container: "Container") -> None:
    container.desk(job.desk).commands.answer(job)


def tell_command_waits(job: AnswerCommand, container: "Container") -> None:
    container.desk(job.desk).commands.tell_waiting(job)


def tell_command_given_up(job: AnswerCommand, container: "Container") -> None:
    container.desk(job.desk).commands.tell_given_up(job)


def attach_label(job: AttachLabel, container: "Container") -> None:
    record = container.threads.load(job.thread)
    # One that was erased at its buyer's wish needs none.
    if record.conversation:
        container.desk(record.conversation.desk).label_notes.attach(record, job)


# Services that are away


def look_at_service(job: LookAtService, container: "Container") -> None:
    container.breaker_at(job.place).look(job)


# Sweeps and audits


def sweep_seller(job: SweepSeller, container: "Container") -> None:
    if not _ends_well(lambda: container.sweep.sweep_seller(job)):
        container.waiting_sweeps.note_begun(job.name)


def sweep_desk(job: SweepDesk, container: "Container") -> None:
    container.waiting_sweeps.note_begun(job.name)
    if not _ends_well(lambda: _sweep_desk(job, container)):
        container.waiting_sweeps.note_unfinished(job.name)


def _sweep_desk(job: SweepDesk, container: "Container") -> bool:
    """Three looks, of which none hinders another; what is stored of them is read at once."""
    keys, places = [desk_scan_key(job.desk), audit_mark_key(job.desk)], [MERCADO_LIVRE, desk_place(job.desk)]
    found = container.scans.begin(keys, beside=container.outages.keys(places))

    def look_for_lost_looks() -> None:
        for place, outage in container.outages.read(found).items():
            container.breaker_at(place).make_up_for_lost_look(outage)

    parts = (
        look_for_lost_looks,
        lambda: container.desk(job.desk).desk_scan.sweep(job),
        lambda: container.daily_audit.ask_daily(job.desk),
    )
    ends = [_ends_well(part) for part in parts]
    return all(ends)


def audit_seller(job: AuditSeller, container: "Container") -> None:
    # One that was disconnected has nothing to be compared.
    if seller := container.sellers.get(job.seller_id):
        container.seller_audit.audit_seller(seller, job)


def audit_desk(job: AuditDesk, container: "Container") -> None:
    container.daily_audit.audit_desk(job)


class Row(NamedTuple):
    """The functions of one kind of job. `comes_back` is whether one that failed is tried again."""

    handle: "Callable[[Any, Container], None]"
    when_failed: "Callable[[Any, Container, Exception], None] | None" = None
    when_waiting: "Callable[[Any, Container], None] | None" = None
    when_given_up: "Callable[[Any, Container], None] | None" = None
    is_new_dead_letter: "Callable[[Any, Container, str], bool] | None" = None
    comes_back: bool = True


HANDLERS: dict[type[Job], Row] = {
    Notification: Row(resolve, when_failed=note_hint_failed, when_given_up=note_hint_given_up),
    SyncThread: Row(bring_up_to_date, is_new_dead_letter=is_first_of_its_thread),
    DeliverReply: Row(deliver_reply, when_waiting=tell_reply_waits, when_given_up=tell_reply_given_up),
    AnswerCommand: Row(answer_command, when_waiting=tell_command_waits, when_given_up=tell_command_given_up),
    LookUpMessage: Row(look_up_message),
    AttachLabel: Row(attach_label),
    LookAtService: Row(look_at_service),
    SweepSeller: Row(sweep_seller, comes_back=False),
    SweepDesk: Row(sweep_desk, comes_back=False),
    AuditSeller: Row(audit_seller),
    AuditDesk: Row(audit_desk),
}


class JobHandlers:
    """Looks up what belongs to the job of a record, and names the job in each log line."""

    def __init__(self, container: "Container") -> None:
        self._container = container

    def handle(self, record: Record) -> None:
        job = job_from_json(record.body)
        with _log_keys(job, record):
            if may_wait(job) and record.queue_url == self._container.notifications_queue.url:
                # Put there by a version that had no queue for it.
                self._container.background_queue.send(record.body)
            elif isinstance(job, ThreadJob) and not record.group:
                _pass_on(job, self._container, record)
            else:
                row = HANDLERS[type(job)]
                if record.receives > 1 and not row.comes_back:
                    _tell_that_it_was_killed()
                if isinstance(job, ThreadJob) and job.thread:
                    self._container.keep_awake(job.thread.seller_id)
                with caused_by_hint() if _is_live_hint(job) else nullcontext(), _calls_told(job) as calls:
                    row.handle(job, self._container)
                seconds = round(self._container.clock().timestamp() - record.sent_at, 1)
                logger.info("job done", job=type(job).__name__, seconds=seconds, receives=record.receives, **calls)

    def note_failure(self, record: Record, error: Exception) -> None:
        with _whatever_happens():
            job = job_from_json(record.body)
            if note := HANDLERS[type(job)].when_failed:
                note(job, self._container, error)

    def tell_waiting(self, record: Record) -> None:
        job = job_from_json(record.body)
        if tell := HANDLERS[type(job)].when_waiting:
            tell(job, self._container)

    def is_new_dead_letter(self, record: Record) -> bool:
        try:
            job = job_from_json(record.body)
        except ValueError:
            return True
        is_new = HANDLERS[type(job)].is_new_dead_letter
        return is_new is None or is_new(job, self._container, record.message_id)

    def tell_given_up(self, record: Record) -> None:
        with _whatever_happens():
            job = job_from_json(record.body)
            if tell := HANDLERS[type(job)].when_given_up:
                tell(job, self._container)


def _is_live_hint(job: Job) -> bool:
    """Whether a job is done because something was announced: what is looked at again after a reply is not."""
    if isinstance(job, SyncThread):
        return not (job.can_wait or job.is_read_back)
    return isinstance(job, Notification) and not job.can_wait


def _pass_on(job: ThreadJob, container: "Container", record: Record) -> None:
    """Put a job on the queue of threads; what can wait comes again while live traffic needs the reads."""
    if may_wait(job):
        container.rate_limit.reserve(READS_OF_A_THREAD)
    container.resolver.pass_on(job, wish=record.message_id)


def _tell_that_it_was_killed() -> None:
    """A sweep comes back to its queue only when its Lambda was killed, or could not be reached in time."""
    count("SweepFailed")
    logger.error("a sweep did not come to its end")


@contextmanager
def _calls_told(job: Job) -> Iterator[Mapping[str, Any]]:
    """The calls to the services that are made in here; those of a job that breaks off are told here."""
    with counted_calls() as counts:
        calls: Mapping[str, Any] = counts
        try:
            yield calls
        except Exception:
            if calls:
                logger.info("job broke off", job=type(job).__name__, **calls)
            raise


def _ends_well(part: Callable[[], bool | None]) -> bool:
    """Whether a part of a sweep left nothing. It is not tried again: the next one looks at all that this one left."""
    try:
        return part() is not False
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and nothing is lost by it
        count("SweepFailed")
        if is_not_permitted(error):
            count("PermissionMissing")
        if can_wait(error):
            logger.warning("sweep broke off", reason=str(error))
        else:
            logger.exception("sweep failed")
        return False


@contextmanager
def _whatever_happens() -> Iterator[None]:
    """What made a job fail may fail this too; the job is safe on its queue, or dead on another."""
    try:
        yield
    except Exception:  # noqa: BLE001 - as it says
        logger.exception("what became of a job could not be told")


def _state_after(error: Exception) -> str:
    """What a notification does after an error, and why: in words of ours, since those of others may quote anything."""
    state = "waiting" if can_wait(error) else "failing"
    if isinstance(error, BridgeError):
        return f"{state}: {str(error)[:LONGEST_WORDS]}"
    return f"{state}: {'AWS does not answer' if state == 'waiting' else type(error).__name__}"


@contextmanager
def _log_keys(job: Job, record: Record) -> Iterator[None]:
    """A warm container must not carry the names of one job into the next."""
    named = next((key, getattr(job, name)) for name, key in LOG_KEYS.items() if hasattr(job, name))
    correlation_id = getattr(job, "correlation_id", record.message_id)
    logger.thread_safe_append_keys(correlation_id=correlation_id, **dict([named]))
    try:
        yield
    finally:
        logger.thread_safe_clear_keys()
