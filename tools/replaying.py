"""Shows dead letters as sentences, puts them back on their queues, and takes away what is no job any more.

Looking at a message hides it from others; whatever is not taken away gets its visibility back. A FIFO queue shows at
most ten messages of a thread at a time, and no more of it before those are gone: those behind are only counted.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib.mercado_livre.notifications import Notification
from chalicelib.models import Thread
from chalicelib.stores.tables import Table
from chalicelib.wiring import Container
from chalicelib.work.consumer import FAILURES_ALLOWED, dead_letter_url
from chalicelib.work.failures import Failures
from chalicelib.work.jobs import (
    AnswerCommand,
    AttachLabel,
    AuditDesk,
    AuditSeller,
    DeliverReply,
    Job,
    LookAtService,
    LookUpMessage,
    RoundJob,
    SweepDesk,
    SweepSeller,
    SyncThread,
    ThreadJob,
    job_from_json,
)

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

# Long enough to read thousands; a command that is killed hides them for no longer.
LOOKING_SECONDS = 120
MOST_AT_ONCE = 10


class DeadLetter(NamedTuple):
    """A job that was given up. `failures` is 0 where nobody counted; `job` is None for a body that is no job any more.

    `state` is that of the reply's delivery, where the job is a reply and something is stored of it.
    """

    message_id: str
    queue: str
    given_up: datetime
    failures: int
    job: Job | None
    state: str = ""

    @property
    def thread(self) -> Thread | None:
        return self.job.thread if isinstance(self.job, ThreadJob) else None

    @property
    def seller_id(self) -> int | None:
        if isinstance(self.job, SweepSeller | AuditSeller | Notification):
            return self.job.seller_id
        return self.thread.seller_id if self.thread else None


class Look(NamedTuple):
    """What stands in all dead-letter queues.

    `behind` are those that only show once others of their thread are gone, and those that somebody else looks at.
    """

    letters: list[DeadLetter]
    behind: int


class DeadLetters:
    """The dead letters of a stage."""

    def __init__(self, bridge: Container) -> None:
        self._bridge = bridge
        self._tries = Failures(Table(bridge.dynamodb, f"ponte-{bridge.settings.stage}-idempotency"), bridge.clock)

    def look(self) -> Look:
        """Every dead letter that the queues show, the oldest of each queue first; all stay where they are."""
        letters, behind = [], 0
        for url in self._queue_urls():
            with self._hold(url) as (messages, hidden):
                letters += sorted((self._read(url, message) for message in messages), key=_age)
            behind += hidden
        return Look(letters, behind)

    def put_back(self, message_ids: Collection[str]) -> list[str]:
        """Put these back on the queues that they come from; which ones were still there.

        Each is sent before it is deleted here, so that none is lost. Dying in between leaves it in both places, and
        repeating this then puts it on its queue once more. A FIFO queue drops that for five minutes, by the
        deduplication id; later it does no harm, since every job may be repeated: hints are read anew, and a reply is
        looked up before it is sent.
        """

        def send(url: str, message: "MessageTypeDef") -> None:
            job = _job(message["Body"])
            if job is None:
                # It would only come back here.
                raise ValueError(f"{message['MessageId']} is no job")
            body = message["Body"]
            if isinstance(job, DeliverReply):
                body = job._replace(is_replayed=True).to_json()
            elif isinstance(job, SyncThread):
                # One letter stands for whatever was given up of its thread.
                body = job._replace(changed="", was_set_aside=True).to_json()
            group = message.get("Attributes", {}).get("MessageGroupId")
            name = hashlib.sha256(f"replay/{message['MessageId']}".encode()).hexdigest()
            fifo: dict[str, Any] = {"MessageGroupId": group, "MessageDeduplicationId": name} if group else {}
            self._bridge.sqs.send_message(QueueUrl=url, MessageBody=body, **fifo)

        return self._take(message_ids, send)

    def drop(self, message_ids: Collection[str]) -> list[str]:
        """Delete these for good; which ones were still there."""
        return self._take(message_ids, lambda _url, _message: None)

    def _take(self, message_ids: Collection[str], act: "Callable[[str, MessageTypeDef], None]") -> list[str]:
        taken = []
        for url in self._queue_urls():
            with self._hold(url) as (messages, _):
                # In the order in which they came, which is that of each thread.
                for message in [message for message in messages if message["MessageId"] in message_ids]:
                    act(url, message)
                    if isinstance(job := _job(message["Body"]), SyncThread):
                        self._bridge.set_aside.remove(job.thread)
                    self._bridge.sqs.delete_message(
                        QueueUrl=dead_letter_url(url), ReceiptHandle=message["ReceiptHandle"]
                    )
                    messages.remove(message)
                    taken.append(message["MessageId"])
        return taken

    def _queue_urls(self) -> tuple[str, ...]:
        return self._bridge.queue_urls

    @contextmanager
    def _hold(self, url: str) -> "Iterator[tuple[list[MessageTypeDef], int]]":
        """All that the dead-letter queue of a queue shows, and how many it does not; what is left is shown again."""
        messages: list[MessageTypeDef] = []
        try:
            hidden = self._receive_all(dead_letter_url(url), messages)
            yield messages, hidden
        finally:
            self._show_again(dead_letter_url(url), messages)

    def _receive_all(self, url: str, messages: "list[MessageTypeDef]") -> int:
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self._bridge.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        expected, held_by_others = (int(attributes[name]) for name in names)
        while True:
            received = self._bridge.sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=MOST_AT_ONCE,
                VisibilityTimeout=LOOKING_SECONDS,
                # A short look may miss some of those that are there; a longer one asks all of the queue's servers.
                WaitTimeSeconds=1 if len(messages) < expected else 0,
                MessageSystemAttributeNames=["All"],
            ).get("Messages", [])
            if not received:
                return max(0, expected + held_by_others - len(messages))
            messages += received

    def _show_again(self, url: str, messages: "list[MessageTypeDef]") -> None:
        for start in range(0, len(messages), MOST_AT_ONCE):
            entries: Any = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
                for number, message in enumerate(messages[start : start + MOST_AT_ONCE])
            ]
            self._bridge.sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)

    def _read(self, url: str, message: "MessageTypeDef") -> DeadLetter:
        job, attributes = _job(message["Body"]), message.get("Attributes", {})
        # The worker names a dead letter for the message that it was; the other queue keeps no such name.
        name = attributes.get("MessageDeduplicationId")
        return DeadLetter(
            message_id=message["MessageId"],
            queue=url.rpartition("/")[2],
            given_up=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
            failures=self._tries.of(name) if name else 0,
            job=job,
            state=self._state(job),
        )

    def _state(self, job: Job | None) -> str:
        if not isinstance(job, DeliverReply) or job.thread is None:
            return ""
        record = self._bridge.threads.load(job.thread)
        if record.conversation and not record.conversation.is_at(job.desk, conversation_id=job.conversation_id):
            return ""
        delivery = record.deliveries.get(job.chatwoot_message_id)
        return delivery.state if delivery else ""


def _job(body: str) -> Job | None:
    """What a body asks for; None when it is no job. A job of a version to come may look like none."""
    try:
        return job_from_json(body)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _age(letter: DeadLetter) -> datetime:
    return letter.given_up


def describe(letter: DeadLetter, nicknames: dict[int, str]) -> str:
    """What the job was to do; never what people wrote."""
    seller_id = letter.seller_id
    seller = f"{nicknames[seller_id]} ({seller_id})" if seller_id in nicknames else f"{seller_id}, not connected"
    match letter.job:
        case SyncThread(thread=thread):
            return f"{_named(thread)} of seller {seller}, to be brought up to date"
        case DeliverReply(thread=Thread() as thread) as job:
            return f"an agent's reply to {_named(thread)} of seller {seller}, {_written(job)}"
        case DeliverReply() as job:
            return f"an agent's reply that belongs to no question and no purchase, {_written(job)}"
        case AnswerCommand() | LookUpMessage() as job:
            what = "command" if isinstance(job, AnswerCommand) else "message of which nobody signed"
            return (
                f"an agent's {what} in conversation {job.conversation_id}{f' at desk {job.desk}' if job.desk else ''}"
            )
        case AttachLabel(thread=thread):
            return f"the label of {_named(thread)} of seller {seller}"
        case Notification() as notification:
            return f"a notification on topic {notification.topic}: {notification.resource} of seller {seller}"
        case LookAtService(place=place):
            return f"the look whether {place} answers again"
        case None:
            return "no job any more: its body cannot be read"
    return _describe_round(letter.job, seller)


def _describe_round(job: RoundJob, seller: str) -> str:
    match job:
        case SweepSeller():
            return f"the search for what was missed of seller {seller}"
        case AuditSeller():
            return f"the audit of seller {seller}"
        case AuditDesk(desk=desk):
            return f"the audit of the sellers{f' of the desk {desk}' if desk else ''}"
        case SweepDesk(desk=desk):
            return f"the search for agents' replies that were not heard{f' at the desk {desk}' if desk else ''}"


def describe_past(letter: DeadLetter) -> str:
    """How it came to be given up and, for a reply, what its agent was told."""
    if letter.failures > FAILURES_ALLOWED:
        tried = f"failed {FAILURES_ALLOWED} times for a reason that nobody foresaw; the log has it under 'job failed'"
    elif letter.failures:
        tried = "waited until its queue was about to drop it, after 13 days or a thousand tries"
    else:
        tried = f"failed {FAILURES_ALLOWED} times, or waited 13 days: this queue does not tell which"
    return tried if not isinstance(letter.job, DeliverReply) else f"{tried}. {TOLD.get(letter.state, TOLD_FAILED)}"


TOLD_FAILED = "The agent was told that it could not be sent"
TOLD = {
    "sent": "It did go out, and the agent was told so",
    "sending": "Whether it went out is not known, and the agent was told to try again; putting it back looks first",
}


def _named(thread: Thread) -> str:
    return f"{'question' if thread.kind == 'question' else 'purchase'} {thread.meli_id}"


def _written(job: DeliverReply) -> str:
    moment = datetime.fromtimestamp(job.received_at, UTC)
    desk = f" at desk {job.desk}" if job.desk else ""
    return f"written {moment:%Y-%m-%d %H:%M} UTC in conversation {job.conversation_id}{desk}"
