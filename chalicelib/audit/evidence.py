"""What Mercado Livre shows of a thread, and what of it agents wrote in Chatwoot. Pure.

Nothing of what people wrote is held here: messages are told apart by their ids, and words by their digests.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from chalicelib.mercado_livre.message_resources import REJECTED, Exchange, Message
from chalicelib.mercado_livre.reply_matching import Place, find_ours, may_be_double
from chalicelib.mercado_livre.resources import ANSWERED, UNANSWERED, Question
from chalicelib.models import SOURCE_ID_PREFIX, Part, message_source_id, run_digests, text_digest
from chalicelib.stores.threads import ThreadRecord

# Of 10,000 characters, the most that a job carries, at 350 a message of which half may stay unused.
MOST_PARTS = 60


class Written(NamedTuple):
    """What stands at Mercado Livre and should be brought to Chatwoot, there to be found by its source id.

    Times are in epoch seconds, 0 where none is told; a message may become available later than it was created.
    """

    source_id: str
    created: float
    available: float = 0
    state: str = ""


class Sent(NamedTuple):
    """A reply, or a part of one, that stands at Mercado Livre. `is_rejected` is whether moderation took it away."""

    place: Place
    source_id: str
    created: float
    is_rejected: bool = False


class Evidence(NamedTuple):
    """What Mercado Livre shows of a thread.

    `is_whole` says whether it shows all; `repeated` are what may be doubles of
    replies, each with the place of what it may double; `words` are the digests of all that the
    buyer has in the seller's name, in whatever parts it came.
    """

    written: tuple[Written, ...]
    sent: tuple[Sent, ...] = ()
    repeated: tuple[Sent, ...] = ()
    words: frozenset[str] = frozenset()
    is_whole: bool = True


def read_question(record: ThreadRecord, question: Question) -> Evidence:
    """The question, and its answer where the seller gave it on Mercado Livre's own pages."""
    asked = Written(f"{SOURCE_ID_PREFIX}question/{question.id}", _epoch(question.date_created))
    if question.answer is None or question.status != ANSWERED:
        # One that was taken away has taken its answer with it.
        return Evidence((asked,), is_whole=question.status in (ANSWERED, UNANSWERED))
    answer = Written(f"{SOURCE_ID_PREFIX}answer/{question.id}", _epoch(question.answer.date_created))
    digest = text_digest(question.answer.text) if question.answer.text else ""
    ours = _our_answers(record, digest)
    is_rejected = question.state != ANSWERED
    sent = tuple(Sent(Place(message_id, 0), answer.source_id, answer.created, is_rejected) for message_id in ours)
    is_native = digest and not ours
    return Evidence((asked, answer) if is_native else (asked,), sent, words=frozenset({digest} - {""}))


def _our_answers(record: ThreadRecord, digest: str) -> list[int]:
    """The replies that may have made an answer: by what was stored of them, or by their words where that is open."""
    answered_by = record.conversation.answered_by if record.conversation else 0
    return [
        delivery.chatwoot_message_id
        for delivery in record.deliveries.values()
        if delivery.state == "sent"
        or delivery.chatwoot_message_id == answered_by
        or (delivery.state == "sending" and digest in ("", delivery.text_digest))
    ]


def read_exchange(record: ThreadRecord, exchange: Exchange, *, echoes_seller: bool) -> Evidence:
    """Every message, and which of them are agents' replies."""
    ours = find_ours(record, exchange)
    parts = _parts_begun(record)
    seller_id = record.thread.seller_id
    written, sent, repeated = [], [], []
    for message in exchange.messages:
        source_id, created = message_source_id(message.id), _epoch(message.created)
        if message.id in ours:
            sent.append(Sent(ours[message.id], source_id, created, message.state == REJECTED))
            continue
        if message.from_user_id == seller_id and message.state != REJECTED:
            repeated += [Sent(place, source_id, created) for place, part in parts if may_be_double(part, message)]
        if message.from_user_id != seller_id or echoes_seller:
            written.append(Written(source_id, created, _epoch(message.available), message.state))
    return Evidence(
        tuple(written),
        tuple(sent),
        tuple(repeated),
        _words(exchange.messages, seller_id),
        # Of a conversation that has expired nothing is shown any more.
        is_whole=exchange.total <= len(exchange.messages) and not (exchange.is_blocked and not exchange.messages),
    )


def _parts_begun(record: ThreadRecord) -> list[tuple[Place, Part]]:
    return [
        (Place(delivery.chatwoot_message_id, index), part)
        for delivery in record.deliveries.values()
        for index, part in enumerate(delivery.parts)
        if part.state in ("sending", "sent")
    ]


def _words(messages: Iterable[Message], seller_id: int) -> frozenset[str]:
    # What moderation refused, its buyer does not have.
    texts = [message.text for message in messages if message.from_user_id == seller_id and message.state != REJECTED]
    return frozenset(run_digests(texts, longest=MOST_PARTS))


def _epoch(moment: datetime | None) -> float:
    """0 for one that is not told: what does not say when it was written is taken for old, and is not judged."""
    return max(0.0, moment.timestamp()) if moment else 0.0
