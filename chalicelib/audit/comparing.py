"""What should stand on both sides of a thread, beside what does. Pure.

Nothing of what people wrote is held here: messages are told apart by their ids, and words by their digests.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal, NamedTuple

from chalicelib.chatwoot.resources import ShownMessage
from chalicelib.matching import Place, find_ours, may_be, message_source_id
from chalicelib.mercado_livre.message_resources import Exchange
from chalicelib.mercado_livre.resources import ANSWERED, Question
from chalicelib.models import SOURCE_ID_PREFIX, Delivery, Thread, ThreadRecord, text_digest

Kind = Literal["missing", "doubled", "out of order", "undelivered"]
Mend = Literal["", "sync", "deliver", "show"]
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
    sync of the thread, the delivery of the reply, showing that it was sent; or that nothing would. `conversation_id` is
    that of the thread in Chatwoot, 0 where there is none.
    """

    kind: Kind
    thread: Thread
    side: Literal["Chatwoot", "Mercado Livre"]
    what: str
    seen: str
    chatwoot_message_id: int = 0
    mend: Mend = ""
    conversation_id: int = 0


class Written(NamedTuple):
    """What stands at Mercado Livre and should be brought to Chatwoot, there to be found by its source id."""

    source_id: str
    created: float


class Sent(NamedTuple):
    """A reply, or a part of one, that stands at Mercado Livre."""

    place: Place
    source_id: str
    created: float


class Truth(NamedTuple):
    """What Mercado Livre shows of a thread. `is_whole` says whether it shows all; `repeated` are doubles of replies."""

    written: tuple[Written, ...]
    sent: tuple[Sent, ...] = ()
    repeated: tuple[Sent, ...] = ()
    is_whole: bool = True


def read_question(record: ThreadRecord, question: Question) -> Truth:
    """The question, and its answer where the seller gave it on Mercado Livre's own pages."""
    asked = Written(f"{SOURCE_ID_PREFIX}question/{question.id}", _epoch(question.date_created))
    if question.answer is None or question.status != ANSWERED:
        return Truth((asked,))
    answer = Written(f"{SOURCE_ID_PREFIX}answer/{question.id}", _epoch(question.answer.date_created))
    digest = text_digest(question.answer.text) if question.answer.text else ""
    # One that moderation removed has no words left to compare; a question takes one answer only.
    ours = [
        delivery.chatwoot_message_id
        for delivery in record.deliveries.values()
        if delivery.state == "sent" or (delivery.attempts and digest in ("", delivery.text_digest))
    ]
    sent = tuple(Sent(Place(chatwoot_message_id, 0), answer.source_id, answer.created) for chatwoot_message_id in ours)
    is_native = digest and not ours
    return Truth((asked, answer) if is_native else (asked,), sent)


def read_exchange(record: ThreadRecord, exchange: Exchange, *, echoes_seller: bool) -> Truth:
    """Every message, and which of them are agents' replies."""
    ours = find_ours(record, exchange)
    parts = [part for delivery in record.deliveries.values() for part in delivery.parts if part.begun_at]
    seller_id = record.thread.seller_id
    written, sent, repeated = [], [], []
    for message in exchange.messages:
        source_id, created = message_source_id(message.id), message.created.timestamp()
        if message.id in ours:
            sent.append(Sent(ours[message.id], source_id, created))
            continue
        if message.from_user_id == seller_id and any(may_be(part, message) for part in parts):
            repeated.append(Sent(Place(0, 0), source_id, created))
        if message.from_user_id != seller_id or echoes_seller:
            written.append(Written(source_id, created))
    return Truth(tuple(written), tuple(sent), tuple(repeated), is_whole=exchange.total <= len(exchange.messages))


def compare(record: ThreadRecord, truth: Truth, shown: Sequence[ShownMessage] | None, span: Span) -> list[Finding]:
    """What does not agree of what was written in a span. `shown` is None where somebody deleted the conversation."""
    if record.erased_at:
        span = span._replace(since=max(span.since, record.erased_at + 1))
    conversation_id = record.conversation.conversation_id if record.conversation else 0
    findings = [*_find_repeated(record, truth, span)]
    if shown is not None:
        findings += _find_missing(record, truth, shown, span)
        findings += _find_doubled(record, truth, shown)
        findings += _find_disorder(record, truth, shown)
        findings += _find_undelivered(record, truth, shown, span)
        findings += _find_disorder_of_replies(record, truth, span)
    return [finding._replace(conversation_id=conversation_id) for finding in findings]


def _find_missing(record: ThreadRecord, truth: Truth, shown: Iterable[ShownMessage], span: Span) -> Iterator[Finding]:
    there = {message.source_id for message in shown}
    for written in truth.written:
        if span.holds(written.created) and written.source_id not in there:
            yield Finding("missing", record.thread, "Chatwoot", written.source_id, "was not brought in", mend="sync")


def _find_doubled(record: ThreadRecord, truth: Truth, shown: Sequence[ShownMessage]) -> Iterator[Finding]:
    ours = [message.source_id for message in shown if message.source_id.startswith(SOURCE_ID_PREFIX)]
    for source_id, number in Counter(ours).items():
        if number > 1:
            yield Finding("doubled", record.thread, "Chatwoot", source_id, f"stands there {number} times")
    replies = {sent.source_id for sent in truth.sent}
    for source_id in replies.intersection(ours):
        yield Finding("doubled", record.thread, "Chatwoot", source_id, "is a reply, and stands there as an echo too")


def _find_repeated(record: ThreadRecord, truth: Truth, span: Span) -> Iterator[Finding]:
    for sent in truth.repeated:
        if span.holds(sent.created):
            seen = "has the words of a reply that went out at about the same time"
            yield Finding("doubled", record.thread, "Mercado Livre", sent.source_id, seen)


def _find_disorder(record: ThreadRecord, truth: Truth, shown: Iterable[ShownMessage]) -> Iterator[Finding]:
    """What stands in Chatwoot behind something that was written later."""
    created = {written.source_id: written.created for written in truth.written if written.created}
    latest = 0.0
    for message in sorted(shown, key=lambda message: message.id):
        # What stands there twice is told as such.
        moment = created.pop(message.source_id, latest)
        if moment < latest:
            seen = "stands below what was written after it"
            yield Finding("out of order", record.thread, "Chatwoot", message.source_id, seen)
        latest = max(latest, moment)


def _find_disorder_of_replies(record: ThreadRecord, truth: Truth, span: Span) -> Iterator[Finding]:
    """Replies that each went out at the first try went out in the order in which agents wrote them."""
    first_tries = [
        sent
        for sent in truth.sent
        if span.holds(sent.created) and sent.place.part >= 0
        if record.deliveries[sent.place.chatwoot_message_id].attempts == 1
    ]
    for earlier, later in pairwise(sorted(first_tries, key=lambda sent: sent.place)):
        if later.created < earlier.created:
            yield _about(later.place.chatwoot_message_id, record, "out of order", "went out before an earlier one")


def _find_undelivered(
    record: ThreadRecord, truth: Truth, shown: Iterable[ShownMessage], span: Span
) -> Iterator[Finding]:
    """Replies that the buyer does not have, without their agent having been told so."""
    for message in shown:
        if message.is_reply and span.holds(message.created_at):
            finding = _judge(record, truth, message)
            if finding:
                yield finding


def _judge(record: ThreadRecord, truth: Truth, message: ShownMessage) -> Finding | None:
    """What is wrong with a reply, as its agent sees it and as Mercado Livre has it."""
    delivery = record.deliveries.get(message.id)
    if delivery is None or delivery.state in ("waiting", "sending"):
        if message.has_failed:
            # Its agent knows.
            return None
        seen = "is still on its way" if delivery else "never reached the bridge"
        return _about(message.id, record, "undelivered", seen, mend="deliver")
    if delivery.state == "refused":
        return _judge_refused(record, delivery, message)
    if truth.is_whole and not _is_there(delivery, truth.sent):
        # Not to be sent anew: Mercado Livre may have taken it away.
        return _about(message.id, record, "missing", "was sent, and is not there")
    if message.has_failed and delivery.is_shown:
        return _about(message.id, record, "undelivered", "was sent, and is shown to have failed", mend="show")
    return None


def _judge_refused(record: ThreadRecord, delivery: Delivery, message: ShownMessage) -> Finding | None:
    if message.has_failed:
        return None
    if not delivery.is_told:
        return _about(message.id, record, "undelivered", "failed, and its agent was not told", mend="deliver")
    if delivery.is_shown:
        seen = "failed, and is not shown to have failed: its agent may have pressed Retry"
        return _about(message.id, record, "undelivered", seen, mend="deliver")
    return None


def _is_there(delivery: Delivery, sent: Iterable[Sent]) -> bool:
    found = {one.place.part for one in sent if one.place.chatwoot_message_id == delivery.chatwoot_message_id}
    return found >= set(range(max(1, len(delivery.parts))))


def _about(chatwoot_message_id: int, record: ThreadRecord, kind: Kind, seen: str, *, mend: Mend = "") -> Finding:
    what = f"reply {chatwoot_message_id}"
    return Finding(kind, record.thread, "Mercado Livre", what, seen, chatwoot_message_id, mend)


def count_kinds(findings: Iterable[Finding]) -> dict[str, int]:
    """How many there are of each kind; 0 is told too."""
    counted = Counter(finding.kind for finding in findings)
    return {kind: counted[kind] for kind in KINDS}


def add_up(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


def _epoch(moment: datetime | None) -> float:
    # One that does not say when it was written is taken for old, and is not judged.
    return (moment or datetime.fromtimestamp(0, UTC)).timestamp()
