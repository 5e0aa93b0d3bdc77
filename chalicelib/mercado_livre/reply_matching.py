"""Which of the seller's messages are replies that agents wrote in Chatwoot. Pure.

Mercado Livre does not promise to say which message came of a send, and a send may end without an answer. What it
shows afterwards is compared with what was begun: the same words, written after the intent, and claimed by no other.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chalicelib.mercado_livre.message_resources import Exchange, Message
from chalicelib.models import Part, message_source_id, text_digest
from chalicelib.stores.threads import ThreadRecord

SPENT = -1

# A send whose message is not shown is begun anew; so long after the first attempt it is held to be another reply.
LONGEST_TRYING = timedelta(days=1)

# Between our clock and Mercado Livre's, and for a send that it finished without us.
LONGEST_SENDING = timedelta(minutes=15)


class Place(NamedTuple):
    """One part of one reply; `SPENT` stands for a message that moderation refused before the part was sent anew."""

    chatwoot_message_id: int
    part: int


def find_ours(record: ThreadRecord, exchange: Exchange) -> dict[str, Place]:
    """The messages of an exchange that our replies became, by their ids.

    A part whose message is known by its id is that message; the others, in the order in which they were begun, take
    the oldest message that may be theirs.
    """
    named, nameless = _parts(record)
    ours = {message.id: named[message.id] for message in exchange.messages if message.id in named}
    free = [
        message
        for message in exchange.messages
        if message.from_user_id == record.thread.seller_id
        and message.id not in named
        and not _is_echoed(record, message)
    ]
    for place, part in nameless:
        found = next((message for message in free if may_be(part, message)), None)
        if found:
            free.remove(found)
            ours[found.id] = place
    return ours


def _parts(record: ThreadRecord) -> tuple[dict[str, Place], list[tuple[Place, Part]]]:
    named: dict[str, Place] = {}
    nameless = []
    for delivery in record.deliveries.values():
        for index, part in enumerate(delivery.parts):
            place = Place(delivery.chatwoot_message_id, index)
            named.update(dict.fromkeys(part.spent_ids, place._replace(part=SPENT)))
            if part.meli_message_id:
                named[part.meli_message_id] = place
            elif part.state != "waiting":
                nameless.append((place, part))
    return named, sorted(nameless, key=lambda entry: (entry[1].after, entry[1].begun_at, *entry[0]))


def _is_echoed(record: ThreadRecord, message: Message) -> bool:
    post = record.posts.get(message_source_id(message.id))
    return post is not None and post.state == "posted"


def may_be(part: Part, message: Message) -> bool:
    """Whether a message may be this part: of the same words, not seen before it was begun, and soon after that."""
    # Times may be cut to the second, and to miss our own message would send it twice.
    is_timely = datetime.fromisoformat(part.after) <= message.created <= _begun(part) + LONGEST_SENDING
    return is_timely and message.id not in part.seen_ids and _reads_the_same(part, message)


def may_be_double(part: Part, message: Message) -> bool:
    """Whether a message may have come of any attempt at this part; the last one alone is told by `after`."""
    earliest, latest = _begun(part) - LONGEST_TRYING, _begun(part) + LONGEST_SENDING
    return earliest <= message.created <= latest and _reads_the_same(part, message)


def _reads_the_same(part: Part, message: Message) -> bool:
    return text_digest(message.text) == part.text_digest and len(message.attachments) == len(part.file_keys)


def _begun(part: Part) -> datetime:
    return datetime.fromtimestamp(part.begun_at, UTC)
