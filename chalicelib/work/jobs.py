"""What travels on our queues. Each job knows its own wire form.

Hints travel on the queue of notifications as `mercado_livre.notifications.Notification`, and beside them later looks
at a reply. What can wait has a queue of its own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib.mercado_livre.notifications import Notification
from chalicelib.models import LONGEST_CARRIED_CONTENT, Thread

if TYPE_CHECKING:
    from chalicelib.chatwoot.agent_messages import Reply


def thread_group(thread: Thread, desk: str) -> str:
    """The group of jobs on a thread: of a desk's own, since what another desk sends must hold up nothing here."""
    return f"{desk}/{thread}" if desk else str(thread)


class SyncThread(NamedTuple):
    """Bring a thread up to date in Chatwoot. Repeating it is safe.

    `changed` is what changed, so that only that is read: `messages`, `order`, `shipment/45`, `claim/67`,
    `item/MLB8`; empty for everything, and `conversation` where it is Chatwoot's that may be gone. `expects` is the
    id of the message that was announced, which a listing may lack for a while. `is_read_back` marks a later look at
    what became of a reply, and `can_wait` what a sweep found, which comes after live traffic. `was_set_aside` is
    whether an earlier job for the thread was set aside. `desk` is where its conversation is, or would be opened.
    """

    thread: Thread
    correlation_id: str
    expects: str = ""
    is_read_back: bool = False
    can_wait: bool = False
    changed: str = ""
    was_set_aside: bool = False
    desk: str = ""

    @property
    def changed_noun(self) -> str:
        """What changed, without which one of it."""
        return self.changed.partition("/")[0]

    @property
    def group(self) -> str:
        return thread_group(self.thread, self.desk)

    def to_json(self) -> str:
        fields = self._asdict()
        # Whoever waits on a queue may be read by the version before.
        for name in ("changed", "was_set_aside", "desk"):
            if not fields[name]:
                del fields[name]
        return json.dumps({"job": "sync", **fields, "thread": str(self.thread)})

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> "SyncThread":
        thread = Thread.parse(fields.pop("thread"))
        if thread is None:
            raise ValueError("the job names no thread")
        return cls(thread=thread, **_known(cls, fields))


class AttachedFile(NamedTuple):
    """A file of an agent's message: where Chatwoot keeps it, and how many bytes it says that it has."""

    data_url: str
    size: int


class DeliverReply(NamedTuple):
    """Deliver an agent's message to the buyer and tell the agent what became of it. Repeating it is safe.

    `thread` is None when the agent wrote in a conversation that does not come from Mercado Livre. `content` is cut at
    `LONGEST_CARRIED_CONTENT`; `content_length` is the length of what the agent wrote. `files` are all that Chatwoot
    lets one message have. `received_at` is in epoch seconds. `desk` is where the agent wrote it. `is_replayed` marks
    a job that was given up, and that an operator has put back. `refused_for` says what keeps a message inside, which
    is only to be told: it comes without words and files, so that no version of a worker can send it. `inbox_id` is 0
    where it is not known. `is_silent` marks one whose status in Chatwoot is to be left alone for now: each change of it
    would be shown as failed.
    """

    thread: Thread | None
    conversation_id: int
    chatwoot_message_id: int
    content: str
    content_length: int
    files: tuple[AttachedFile, ...]
    is_retry: bool
    received_at: int
    correlation_id: str
    desk: str = ""
    is_replayed: bool = False
    refused_for: str = ""
    excerpt: str = ""
    is_silent: bool = False
    inbox_id: int = 0

    @classmethod
    def for_reply(
        cls,
        reply: "Reply",
        thread: Thread | None,
        *,
        desk: str,
        received_at: int,
        correlation_id: str,
        inbox_id: int = 0,
    ) -> "DeliverReply":
        """The job for a message; its words are cut, and their true length stands beside them."""
        return cls(
            thread=thread,
            conversation_id=reply.conversation_id,
            chatwoot_message_id=reply.chatwoot_message_id,
            content=reply.content[:LONGEST_CARRIED_CONTENT],
            content_length=len(reply.content),
            files=tuple(AttachedFile(*file) for file in reply.files),
            is_retry=reply.is_retry,
            received_at=received_at,
            correlation_id=correlation_id,
            desk=desk,
            refused_for=reply.refused_for,
            excerpt=reply.excerpt,
            inbox_id=inbox_id,
        )

    @property
    def group(self) -> str:
        return (
            thread_group(self.thread, self.desk) if self.thread else f"conversation/{self.desk}/{self.conversation_id}"
        )

    @property
    def announcement(self) -> str:
        """Names the first announcement of a message, which several ways may bring: one job comes of it."""
        return f"message_created/{self.chatwoot_message_id}/created{self.desk}"

    def to_json(self) -> str:
        thread = str(self.thread) if self.thread else None
        return json.dumps({"job": "reply", **self._asdict(), "thread": thread})

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> "DeliverReply":
        thread = Thread.parse(fields.pop("thread") or "")
        # A job of 0.1.0 knew only how many files there were; they cannot be sent, and that must be said.
        unknown = [["", 0]] * fields.pop("attachment_count", 0)
        files = tuple(AttachedFile(*file) for file in fields.pop("files", unknown))
        return cls(thread=thread, files=files, **_known(cls, fields))


class AnswerCommand(NamedTuple):
    """Answer a command that an agent wrote in a private note. Repeating it is safe.

    `thread` is None in a conversation that does not come from Mercado Livre; `content` begins with the command.
    """

    thread: Thread | None
    conversation_id: int
    chatwoot_message_id: int
    content: str
    correlation_id: str
    desk: str = ""

    @property
    def group(self) -> str:
        # Of its own, so that it does not wait behind a reply that waits.
        return f"command/{self.desk}/{self.conversation_id}"

    @property
    def announcement(self) -> str:
        """Names the command, which several ways may bring: one job comes of it."""
        return f"command/{self.chatwoot_message_id}{self.desk}"

    def to_json(self) -> str:
        thread = str(self.thread) if self.thread else None
        return json.dumps({"job": "command", **self._asdict(), "thread": thread})

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> "AnswerCommand":
        return cls(thread=Thread.parse(fields.pop("thread") or ""), **_known(cls, fields))


class AttachLabel(NamedTuple):
    """Put the label of a purchase's parcel into its conversation. Repeating it is safe."""

    thread: Thread
    shipment_id: str
    correlation_id: str

    @property
    def group(self) -> str:
        # Of its own, so that no message waits for it.
        return f"label/{self.thread}"

    def to_json(self) -> str:
        return json.dumps({"job": "label", **self._asdict(), "thread": str(self.thread)})

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> "AttachLabel":
        thread = Thread.parse(fields.pop("thread"))
        if thread is None:
            raise ValueError("the job names no thread")
        return cls(thread=thread, **_known(cls, fields))


class LookUpMessage(NamedTuple):
    """Ask Chatwoot for a message that an event told of which nobody signed, and do what is true. Repeating it is safe.

    `wish` names the update that a Retry may be; it is empty for a message that was created. `received_at` is in epoch
    seconds.
    """

    conversation_id: int
    chatwoot_message_id: int
    received_at: int
    correlation_id: str
    desk: str = ""
    wish: str = ""

    @property
    def group(self) -> str:
        return f"conversation/{self.desk}/{self.conversation_id}"

    @property
    def announcement(self) -> str:
        """Names the event, which several ways may bring: one job comes of it."""
        return f"look-up/{self.chatwoot_message_id}/{self.wish}{self.desk}"

    def to_json(self) -> str:
        return json.dumps({"job": "look-up", **self._asdict()})


ThreadJob = SyncThread | DeliverReply | AnswerCommand | AttachLabel

# While a sweep waits no second one is asked for; one that waited longer than this is followed by another.
SWEEP_STALE_SECONDS = 30 * 60


def sweep_name(seller_id: int) -> str:
    """How the sweep of a seller is called while it waits."""
    return f"seller/{seller_id}"


class SweepSeller(NamedTuple):
    """Look for what was missed of one seller. Repeating it is safe.

    `asked_at` is in epoch seconds. `site_ids` has only the one seller of a round in whose name the missed feeds are
    read, which are those of all sellers: the countries whose listings are looked at.
    """

    seller_id: int
    asked_at: int
    site_ids: Sequence[str] | None = None

    @property
    def name(self) -> str:
        return sweep_name(self.seller_id)

    def to_json(self) -> str:
        return json.dumps({"job": "sweep", **self._asdict()})


class SweepDesk(NamedTuple):
    """Look for replies of agents that never reached us. Repeating it is safe; `asked_at` is in epoch seconds."""

    desk: str
    asked_at: int

    @property
    def name(self) -> str:
        return f"desk/{self.desk}"

    def to_json(self) -> str:
        return json.dumps({"job": "sweep-desk", **self._asdict()})


class AuditDesk(NamedTuple):
    """List what happened at a desk in a span, in epoch seconds, and audit its sellers. Repeating it is safe."""

    desk: str
    since: int
    until: int

    def to_json(self) -> str:
        return json.dumps({"job": "audit-desk", **self._asdict()})


class AuditSeller(NamedTuple):
    """Compare what was written to and by a seller in a span, in epoch seconds. Repeating it is safe."""

    seller_id: int
    desk: str
    since: int
    until: int

    def to_json(self) -> str:
        return json.dumps({"job": "audit", **self._asdict()})


class LookAtService(NamedTuple):
    """See whether a service that is away answers again. Repeating it is safe.

    Each look asks for the next: `chain` names all of one outage, and `step` counts them. `has_answered` is whether
    somebody had an answer from it, so that there is nothing to look for.
    """

    place: str
    chain: str
    step: int
    has_answered: bool = False

    def to_json(self) -> str:
        return json.dumps({"job": "look-at-service", **self._asdict()})


# What is done for a seller or a desk, and not on a thread.
RoundJob = SweepSeller | SweepDesk | AuditSeller | AuditDesk
Job = ThreadJob | RoundJob | LookUpMessage | LookAtService | Notification

# How each is read from the wire, by the name that it has there. What is done with it stands in `work.handlers`.
READERS: "dict[str, Callable[[dict[str, Any]], ThreadJob | RoundJob | LookUpMessage | LookAtService]]" = {
    "sync": SyncThread.from_fields,
    "reply": DeliverReply.from_fields,
    "command": AnswerCommand.from_fields,
    "label": AttachLabel.from_fields,
    "look-up": lambda fields: LookUpMessage(**_known(LookUpMessage, fields)),
    "sweep": lambda fields: SweepSeller(**_known(SweepSeller, fields)),
    # Of before: the missed feeds had a job of their own, in one seller's name.
    "sweep-missed": lambda fields: SweepSeller(fields["seller_id"], fields["asked_at"], fields.get("sites", ())),
    "sweep-desk": lambda fields: SweepDesk(**_known(SweepDesk, fields)),
    "look-at-service": lambda fields: LookAtService(**_known(LookAtService, fields)),
    "audit": lambda fields: AuditSeller(**_known(AuditSeller, fields)),
    "audit-desk": lambda fields: AuditDesk(**_known(AuditDesk, fields)),
}


def job_from_json(text: str) -> Job:
    """The job that a queue message carries, which may be a notification; raises ValueError when it carries none."""
    try:
        if not text.startswith('{"job": '):
            return Notification.from_json(text)
        fields = json.loads(text)
        kind = fields.pop("job")
        if kind in READERS:
            return READERS[kind](fields)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("the message carries no job") from error
    raise ValueError(f"unknown job {kind!r}")


def may_wait(job: Job) -> bool:
    """Whether a job comes after live traffic, and so belongs on the queue of the background."""
    return job.can_wait if isinstance(job, Notification | SyncThread) else isinstance(job, RoundJob)


def _known(
    job: type[ThreadJob | RoundJob | LookUpMessage | LookAtService], fields: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields that a job has: one that an older or a newer version asked for may say more."""
    return {name: value for name, value in fields.items() if name in job._fields}
