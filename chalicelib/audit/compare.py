"""What should stand on both sides of a thread, beside what does. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from chalicelib.audit.evidence import Evidence, Sent, Written
from chalicelib.audit.resend_policy import why_not_to_resend
from chalicelib.chatwoot.shown_messages import ShownMessage
from chalicelib.mercado_livre.reply_matching import Place
from chalicelib.models import SOURCE_ID_PREFIX, Delivery, Thread
from chalicelib.stores.threads import ThreadRecord

Kind = Literal["missing", "doubled", "out of order", "undelivered"]
Mend = Literal["", "sync", "deliver", "tell", "show"]
NOTE_PREFIX = f"{SOURCE_ID_PREFIX}note/"
# At most, in seconds, Chatwoot's clock and that of Mercado Livre.
CLOCKS_APART = 120

KINDS: tuple[Kind, ...] = ("missing", "doubled", "out of order", "undelivered")


class Span(NamedTuple):
    """The time that is looked at, in epoch seconds; what was written in it is judged."""

    since: int
    until: int

    def holds(self, moment: float) -> bool:
        return self.since <= moment < self.until


class Finding(NamedTuple):
    """Something on which the two sides do not agree.

    `side` is where it is wrong, `what` names the message there, and `seen` says in a few words what is wrong with it.
    `chatwoot_message_id` is that of the agent's reply where it is about one. `mend` says what would set it right: a
    sync of the thread, the delivery of the reply, telling its agent what became of it, showing that it was sent; or
    that nothing would. `conversation_id` is that of the thread in Chatwoot, 0 where there is none; `written` is when a
    reply was, in epoch seconds.
    """

    kind: Kind
    thread: Thread
    side: Literal["Chatwoot", "Mercado Livre"]
    what: str
    seen: str
    chatwoot_message_id: int = 0
    mend: Mend = ""
    conversation_id: int = 0
    written: int = 0


def compare(
    record: ThreadRecord, evidence: Evidence, shown: Sequence[ShownMessage] | None, span: Span
) -> list[Finding]:
    """What does not agree of what was written in a span. `shown` is None where somebody deleted the conversation."""
    if record.erased_at:
        span = span._replace(since=max(span.since, record.erased_at + 1))
    if record.erased_at and record.conversation is None and record.thread.kind == "question":
        # It was asked before, and is not brought in again.
        return []
    conversation_id = record.conversation.conversation_id if record.conversation else 0
    findings: list[Finding] = []
    if shown is not None:
        standing = [message for message in shown if not message.is_deleted]
        findings += _find_repeated(record, evidence, shown, span)
        findings += _find_missing(record, evidence, shown, span)
        findings += _find_doubled(record, evidence, standing)
        findings += _find_disorder(record, evidence, standing)
        findings += _find_undelivered(record, evidence, shown, span)
        findings += _find_disorder_of_parts(record, evidence, span)
    return [finding._replace(conversation_id=conversation_id) for finding in findings]


def _find_missing(
    record: ThreadRecord, evidence: Evidence, shown: Sequence[ShownMessage], span: Span
) -> Iterator[Finding]:
    there = {message.source_id for message in shown}
    first_id = min((message.id for message in shown), default=0)
    for written in evidence.written:
        if not span.holds(written.created):
            continue
        post = record.posts.get(written.source_id)
        is_posted = post is not None and post.state == "posted"
        if written.source_id not in there:
            # What stood in an earlier conversation, which somebody deleted, stays deleted.
            if not (post and is_posted and post.chatwoot_message_id < first_id):
                seen = "was brought in, and is not there any more" if is_posted else "was not brought in"
                mend: Mend = "" if is_posted else "sync"
                yield Finding("missing", record.thread, "Chatwoot", written.source_id, seen, mend=mend)
        elif post and is_posted and post.shown_state not in ("", written.state):
            seen = f"is shown as {post.shown_state}, and is {written.state}"
            yield Finding("missing", record.thread, "Chatwoot", written.source_id, seen, mend="sync")


def _find_doubled(record: ThreadRecord, evidence: Evidence, shown: Sequence[ShownMessage]) -> Iterator[Finding]:
    ours = [
        message.source_id
        for message in shown
        if message.source_id.startswith(SOURCE_ID_PREFIX) and not message.source_id.startswith(NOTE_PREFIX)
    ]
    for source_id, number in Counter(ours).items():
        if number > 1:
            yield Finding("doubled", record.thread, "Chatwoot", source_id, f"stands there {number} times")
    for source_id in {sent.source_id for sent in evidence.sent}.intersection(ours):
        yield Finding("doubled", record.thread, "Chatwoot", source_id, "is a reply, and stands there as an echo too")


def _find_repeated(
    record: ThreadRecord, evidence: Evidence, shown: Sequence[ShownMessage], span: Span
) -> Iterator[Finding]:
    doubles = {
        sent.source_id
        for sent in evidence.repeated
        # What the seller wrote before the agent did came of no attempt at the reply.
        if span.holds(sent.created) and sent.created > _written_at(record, sent.place, shown) - CLOCKS_APART
    }
    for source_id in sorted(doubles):
        seen = "has the words of a reply that went out at about the same time"
        yield Finding("doubled", record.thread, "Mercado Livre", source_id, seen)


def _written_at(record: ThreadRecord, place: Place, shown: Sequence[ShownMessage]) -> float:
    """When an agent wrote a reply: long ago where it stands above all that is shown, never where it is gone."""
    reply_id, known = place.chatwoot_message_id, record.conversation.conversation_id if record.conversation else 0
    if record.deliveries[reply_id].conversation_id != known:
        return math.inf
    if not shown or reply_id < shown[0].id:
        return 0
    return next((message.created_at for message in shown if message.id == reply_id), math.inf)


def _find_disorder(record: ThreadRecord, evidence: Evidence, shown: Iterable[ShownMessage]) -> Iterator[Finding]:
    """What stands in Chatwoot behind something that was written later, and that was to be seen later."""
    written = {one.source_id: one for one in evidence.written if one.created > 0}
    above: list[Written] = []
    for message in sorted(shown, key=lambda message: message.id):
        # What stands there twice is told as such.
        one = written.pop(message.source_id, None)
        if one is None:
            continue
        if any(other.created > one.created and other.available >= one.available for other in above):
            seen = "stands below what was written after it"
            yield Finding("out of order", record.thread, "Chatwoot", message.source_id, seen)
        above.append(one)


def _find_disorder_of_parts(record: ThreadRecord, evidence: Evidence, span: Span) -> Iterator[Finding]:
    """The parts of one reply went out in their order; of several replies each may have had its own delays."""
    parts = [sent for sent in evidence.sent if span.holds(sent.created) and sent.place.part >= 0]
    for earlier, later in pairwise(sorted(parts, key=lambda sent: sent.place)):
        is_same = earlier.place.chatwoot_message_id == later.place.chatwoot_message_id
        if is_same and later.created < earlier.created:
            yield _about(later.place.chatwoot_message_id, record, "out of order", "its parts stand in the wrong order")


def _find_undelivered(
    record: ThreadRecord, evidence: Evidence, shown: Sequence[ShownMessage], span: Span
) -> Iterator[Finding]:
    """Replies that the buyer does not have, without their agent having been told so."""
    for position, message in enumerate(shown):
        if message.is_reply and span.holds(message.created_at):
            finding = _judge(record, evidence, message)
            if finding and finding.mend == "deliver":
                held = why_not_to_resend(message, shown[position + 1 :], evidence, now=span.until)
                finding = finding._replace(seen=f"{finding.seen}, {held}", mend="") if held else finding
            if finding:
                yield finding._replace(written=message.created_at)


def _judge(record: ThreadRecord, evidence: Evidence, message: ShownMessage) -> Finding | None:
    """What is wrong with a reply, as its agent sees it and as Mercado Livre has it."""
    delivery = record.deliveries.get(message.id)
    if delivery is None or delivery.state in ("waiting", "sending"):
        if message.has_failed:
            # Its agent knows.
            return None
        if not message.may_go_out:
            seen = "stands there as if it was sent, and is nothing that goes to a buyer"
            return _about(message.id, record, "undelivered", seen, mend="tell")
        seen = "is still on its way" if delivery else "never reached the bridge"
        # A job that finds all of it there sends nothing.
        mend: Mend = "tell" if delivery and _has_arrived(delivery, evidence) else "deliver"
        return _about(message.id, record, "undelivered", seen, mend=mend)
    if delivery.state == "refused":
        return _judge_refused(record, delivery, message)
    if any(sent.is_rejected and sent.place.part >= 0 for sent in _parts_there(delivery, evidence)):
        return _about(message.id, record, "undelivered", "was removed by moderation, and is shown as sent", mend="sync")
    if evidence.is_whole and not _stands_there(delivery, evidence):
        # Not to be sent anew: Mercado Livre may have taken it away.
        return _about(message.id, record, "missing", "was sent, and is not there")
    if message.has_failed and delivery.is_shown:
        return _about(message.id, record, "undelivered", "was sent, and is shown to have failed", mend="show")
    return None


def _stands_there(delivery: Delivery, evidence: Evidence) -> bool:
    return _numbers(_parts_there(delivery, evidence)) >= set(range(max(1, len(delivery.parts))))


def _has_arrived(delivery: Delivery, evidence: Evidence) -> bool:
    """Whether the buyer has all of it: what moderation took away, a job would send anew."""
    left = [sent for sent in _parts_there(delivery, evidence) if not sent.is_rejected]
    return _numbers(left) >= set(range(max(1, len(delivery.parts))))


def _numbers(parts: Iterable[Sent]) -> set[int]:
    return {sent.place.part for sent in parts}


def _parts_there(delivery: Delivery, evidence: Evidence) -> list[Sent]:
    return [sent for sent in evidence.sent if sent.place.chatwoot_message_id == delivery.chatwoot_message_id]


def _judge_refused(record: ThreadRecord, delivery: Delivery, message: ShownMessage) -> Finding | None:
    if message.has_failed:
        return None
    if not delivery.is_told:
        return _about(message.id, record, "undelivered", "failed, and its agent was not told", mend="tell")
    if delivery.is_shown:
        seen = "failed, and is not shown to have failed: its agent may have pressed Retry"
        return _about(message.id, record, "undelivered", seen, mend="deliver")
    return None


def _about(chatwoot_message_id: int, record: ThreadRecord, kind: Kind, seen: str, *, mend: Mend = "") -> Finding:
    what = f"reply {chatwoot_message_id}"
    return Finding(kind, record.thread, "Mercado Livre", what, seen, chatwoot_message_id, mend)


def count_kinds(findings: Iterable[Finding]) -> dict[str, int]:
    """How many there are of each kind; 0 is told too."""
    counted = Counter(finding.kind for finding in findings)
    return {kind: counted[kind] for kind in KINDS}


def add_up(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}
