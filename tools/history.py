"""What an operator may look up of the last thirty days: every notification, and what is known of a thread."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.models import SOURCE_ID_PREFIX, Thread
from chalicelib.stores.threads import ThreadRecord
from chalicelib.wiring import Container

UNITS_IN_SECONDS = {"m": 60, "h": 3600, "d": 24 * 3600}


class Record(NamedTuple):
    """One notification and how it ended. `time` is when it reached us."""

    time: datetime
    seller_id: int
    topic: str
    resource: str
    outcome: str
    attempts: int | None
    age_seconds: int | None
    correlation_id: str

    @property
    def resource_id(self) -> str:
        return self.resource.split("?")[0].rstrip("/").rpartition("/")[2]

    def to_json(self) -> dict[str, Any]:
        return {**self._asdict(), "time": self.time.isoformat()}


class Trace(NamedTuple):
    """One thing that the bridge carried in a thread: which message is which on the other side, and its state."""

    direction: str
    meli: str
    chatwoot_message_id: int
    state: str
    reason: str = ""


def read_since(text: str) -> timedelta | None:
    """How long ago `90m`, `24h` or `7d` is; None for what is none of these."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", text.strip().lower())
    return timedelta(seconds=int(found[1]) * UNITS_IN_SECONDS[found[2]]) if found else None


def read_thread(text: str) -> Thread | None:
    """The thread that an operator names, as the log and the outcomes write it: `seller/question/id`."""
    return Thread.parse(text.strip().strip("/"))


def find_records(bridge: Container, seller_id: int | None, *, since: datetime) -> list[Record]:
    """The notifications since a moment, oldest first: a seller's, or all, of those too who are not connected."""
    items = bridge.history.all_since(since) if seller_id is None else bridge.history.since(seller_id, since)
    return sorted(map(_record, items), key=lambda record: record.time)


def of_thread(records: Iterable[Record], thread: Thread) -> list[Record]:
    """Those that led to a thread, name the question or purchase that it is about, or repeat one that led to it."""
    records = list(records)
    led = {record.resource_id for record in records if record.outcome == f"queued: {thread}"}
    return [record for record in records if record.resource_id in {*led, thread.meli_id}]


def trace(bridge: Container, thread: Thread) -> list[Trace]:
    """What is stored of a thread: what was brought in, and what became of each reply."""
    record = bridge.threads.load(thread)
    brought = [
        Trace("in", post.source_id, post.chatwoot_message_id, post.state, post.shown_state)
        for post in record.posts.values()
    ]
    delivered = [
        Trace(
            "out",
            ", ".join(part.meli_message_id for part in delivery.parts if part.meli_message_id),
            delivery.chatwoot_message_id,
            delivery.state,
            delivery.reason,
        )
        for delivery in record.deliveries.values()
    ]
    return sorted(_asked(record) + brought + delivered, key=lambda trace: trace.chatwoot_message_id)


def _asked(record: ThreadRecord) -> list[Trace]:
    """The question itself, which came with its conversation and has no record of its own."""
    conversation = record.conversation
    if record.thread.kind != "question" or conversation is None or not conversation.conversation_id:
        return []
    return [Trace("in", f"{SOURCE_ID_PREFIX}question/{record.thread.meli_id}", 0, "posted", "")]


def _record(item: dict[str, Any]) -> Record:
    moment, _, correlation_id = str(item["time"]).partition("#")
    return Record(
        time=datetime.fromisoformat(moment).astimezone(UTC),
        seller_id=int(item["seller_id"]),
        topic=str(item["topic"]),
        resource=str(item["resource"]),
        outcome=str(item["outcome"]),
        attempts=item.get("attempts"),
        age_seconds=item.get("age_seconds"),
        correlation_id=correlation_id,
    )
