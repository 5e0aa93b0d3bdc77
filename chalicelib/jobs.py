"""What travels on the queue of threads. Each job knows its own wire form.

Hints travel on the queue of notifications as `mercado_livre.notifications.Notification`.
"""

import json
from typing import NamedTuple

from chalicelib.models import Thread

# More than any thread takes; the true length travels beside it.
LONGEST_CARRIED_CONTENT = 10_000


class SyncThread(NamedTuple):
    """Bring a thread up to date in Chatwoot. Repeating it is safe."""

    thread: Thread
    correlation_id: str

    @property
    def group(self) -> str:
        return str(self.thread)

    def to_json(self) -> str:
        return json.dumps({"job": "sync", "thread": str(self.thread), "correlation_id": self.correlation_id})


class DeliverReply(NamedTuple):
    """Deliver an agent's message to the buyer and tell the agent what became of it. Repeating it is safe.

    `thread` is None when the agent wrote in a conversation that does not come from Mercado Livre. `content` is cut at
    `LONGEST_CARRIED_CONTENT`; `content_length` is the length of what the agent wrote.
    `received_at` is in epoch seconds.
    """

    thread: Thread | None
    conversation_id: int
    chatwoot_message_id: int
    content: str
    content_length: int
    attachment_count: int
    is_retry: bool
    received_at: int
    correlation_id: str

    @property
    def group(self) -> str:
        return str(self.thread) if self.thread else f"conversation/{self.conversation_id}"

    def to_json(self) -> str:
        thread = str(self.thread) if self.thread else None
        return json.dumps({"job": "reply", **self._asdict(), "thread": thread})


def job_from_json(text: str) -> SyncThread | DeliverReply:
    """The job that a queue message carries; raises ValueError when it carries none."""
    try:
        fields = json.loads(text)
        kind = fields.pop("job")
        thread = Thread.parse(fields.pop("thread") or "")
        if kind == "sync" and thread:
            return SyncThread(thread=thread, **fields)
        if kind == "reply":
            return DeliverReply(thread=thread, **fields)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("the message carries no job") from error
    raise ValueError(f"unknown job {kind!r}")
