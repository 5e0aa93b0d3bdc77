"""Which messages of an exchange are our replies: by their ids or, where those are unknown, by words, time and files."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mercado_livre.message_resources import LONG_AGO, Exchange, Message, MessageAttachment
from chalicelib.mercado_livre.reply_matching import SPENT, Place, find_ours
from chalicelib.models import Delivery, Part, Post, Thread, message_source_id, text_digest
from chalicelib.stores.threads import ThreadRecord, Threads

SELLER, BUYER = 700000001, 3100000099
THREAD = Thread(SELLER, "pack", "2000007000000001")
NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
BEGUN = int(NOON.timestamp())

# Nothing is stored here.
NOWHERE = Threads(None, lambda: NOON)  # type: ignore[arg-type]
FILE = MessageAttachment("k1.png", "foto.png", "image/png", 9, False)


def write(name: str, minutes: float, text: str = "Temos sim!", *, author: int = SELLER, files: int = 0) -> Message:
    return Message(
        id=name,
        site_id="MLB",
        from_user_id=author,
        text=text,
        state="available",
        reason="",
        created=NOON + timedelta(minutes=minutes),
        is_read=False,
        attachments=(FILE,) * files,
        pack_id=THREAD.meli_id,
        order_id="",
    )


def show(*messages: Message) -> Exchange:
    return Exchange(messages, "active", "", "", 350, len(messages))


def begin(minutes: float, text: str = "Temos sim!", **fields: Any) -> Part:
    """A part that was begun right after the thread's newest message, and whose message is not known."""
    moment = NOON + timedelta(minutes=minutes)
    begun = {"state": "sending", "after": moment.isoformat(), "begun_at": int(moment.timestamp())}
    return Part(text_digest(text), **(begun | fields))


def remember(*deliveries: tuple[int, tuple[Part, ...]], echoed: tuple[str, ...] = ()) -> ThreadRecord:
    posts = {message_source_id(name): Post(message_source_id(name), "posted", 1) for name in echoed}
    found = {number: Delivery(number, 5, "sending", parts=parts) for number, parts in deliveries}
    return ThreadRecord(THREAD, NOWHERE, posts=posts, deliveries=found)


# By id


@pytest.mark.parametrize("state", ["sending", "sent", "refused", "waiting"])
def test_a_message_whose_id_is_known_is_ours_whatever_it_says(state: str) -> None:
    record = remember((1, (begin(0), begin(5, meli_message_id="m1", state=state))))

    assert find_ours(record, show(write("m1", 9, "Outro texto", files=1))) == {"m1": Place(1, 1)}


def test_a_message_that_is_not_shown_is_not_found() -> None:
    record = remember((1, (begin(0, meli_message_id="m1"),)))

    assert find_ours(record, show()) == {}
    assert find_ours(record, show(write("m2", 1, "Outro texto"))) == {}


def test_a_message_with_a_known_id_stands_for_no_other_part() -> None:
    """Two replies with the same words: one message is the first's, so the second has none."""
    record = remember((1, (begin(0, meli_message_id="m1", state="sent"),)), (2, (begin(0),)))

    assert find_ours(record, show(write("m1", 1))) == {"m1": Place(1, 0)}


def test_a_message_that_moderation_refused_before_is_ours_and_spent() -> None:
    record = remember((1, (begin(0, meli_message_id="m2", spent_ids=("m0", "m1")),)))

    assert find_ours(record, show(write("m0", 1), write("m1", 2), write("m2", 3))) == {
        "m0": Place(1, SPENT),
        "m1": Place(1, SPENT),
        "m2": Place(1, 0),
    }


def test_a_part_that_is_sent_anew_does_not_find_its_spent_message_again() -> None:
    record = remember((1, (begin(0, spent_ids=("m1",)),)))

    assert find_ours(record, show(write("m1", 1))) == {"m1": Place(1, SPENT)}
    assert find_ours(record, show(write("m1", 1), write("m2", 2))) == {"m1": Place(1, SPENT), "m2": Place(1, 0)}


# By words, time and files


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_a_part_without_an_id_is_the_message_with_its_words(state: str) -> None:
    record = remember((1, (begin(0, state=state),)))

    assert find_ours(record, show(write("m1", 1, "Outro texto"), write("m2", 2))) == {"m2": Place(1, 0)}


def test_a_part_that_was_not_sent_is_no_message() -> None:
    assert find_ours(remember((1, (begin(0, state="waiting"),))), show(write("m1", 1))) == {}


def test_a_part_that_waits_has_no_time_and_needs_none() -> None:
    record = remember((1, (begin(0), Part(text_digest("E azul.")))))

    assert find_ours(record, show(write("m1", 1), write("m2", 2, "E azul."))) == {"m1": Place(1, 0)}


@pytest.mark.parametrize("text", ["Temos  sim", "temos sim!\n", "Temos sim&excl;", " Temos\u00a0sim…"])
def test_what_mercado_livre_may_change_of_the_words_is_no_difference(text: str) -> None:
    assert find_ours(remember((1, (begin(0),))), show(write("m1", 1, text))) == {"m1": Place(1, 0)}


def test_what_the_buyer_wrote_is_never_ours() -> None:
    assert find_ours(remember((1, (begin(0),))), show(write("m1", 1, author=BUYER))) == {}


def test_the_same_words_written_before_are_somebody_elses() -> None:
    """The seller wrote them on Mercado Livre's own pages."""
    record = remember((1, (begin(0),)))

    assert find_ours(record, show(write("m0", -1))) == {}
    assert find_ours(record, show(write("m0", -1), write("m1", 1))) == {"m1": Place(1, 0)}


def test_a_message_of_the_same_moment_may_be_ours() -> None:
    assert find_ours(remember((1, (begin(0),))), show(write("m1", 0))) == {"m1": Place(1, 0)}


def test_a_message_of_the_same_moment_that_was_seen_before_is_somebody_elses() -> None:
    record = remember((1, (begin(0, seen_ids=("m0", "m1")),)))

    assert find_ours(record, show(write("m0", 0), write("m1", 0))) == {}
    assert find_ours(record, show(write("m0", 0), write("m1", 0), write("m2", 0))) == {"m2": Place(1, 0)}


@pytest.mark.parametrize(("minutes", "is_ours"), [(14.9, True), (15, True), (15.1, False), (3 * 24 * 60, False)])
def test_the_same_words_written_long_afterwards_are_somebody_elses(minutes: float, is_ours: bool) -> None:
    """A send does not take so long; the seller wrote them on Mercado Livre's own pages."""
    assert bool(find_ours(remember((1, (begin(0),))), show(write("m1", minutes)))) is is_ours


def test_how_long_a_send_may_take_counts_from_its_beginning_and_not_from_the_newest_message() -> None:
    record = remember((1, (begin(0, begun_at=int((NOON + timedelta(days=2)).timestamp())),)))

    assert find_ours(record, show(write("m1", 2 * 24 * 60 + 1))) == {"m1": Place(1, 0)}


def test_where_nothing_was_written_before_every_time_will_do() -> None:
    record = remember((1, (begin(0, after=LONG_AGO.isoformat()),)))

    assert find_ours(record, show(write("m1", -99_999))) == {"m1": Place(1, 0)}


@pytest.mark.parametrize(
    ("sent", "shown", "is_ours"), [(0, 0, True), (2, 2, True), (0, 1, False), (1, 0, False), (2, 1, False)]
)
def test_a_message_has_as_many_files_as_were_sent(sent: int, shown: int, is_ours: bool) -> None:
    record = remember((1, (begin(0, file_keys=("k",) * sent),)))

    assert bool(find_ours(record, show(write("m1", 1, files=shown)))) is is_ours


def test_a_message_of_files_alone_is_found() -> None:
    record = remember((1, (begin(0, "", file_keys=("k1.png",)),)))

    exchange = show(write("m1", 1, "Temos sim!", files=1), write("m2", 2, "", files=1), write("m3", 3, ""))

    assert find_ours(record, exchange) == {"m2": Place(1, 0)}


def test_a_message_that_chatwoot_shows_as_the_sellers_is_left_alone() -> None:
    """It is known to be there; a second reply with its words must not be held to have been sent."""
    record = remember((1, (begin(0),)), echoed=("m1",))

    assert find_ours(record, show(write("m1", 1))) == {}
    assert find_ours(record, show(write("m1", 1), write("m2", 2))) == {"m2": Place(1, 0)}


@pytest.mark.parametrize("state", ["posting", "fetching"])
def test_a_message_that_chatwoot_only_may_show_can_still_be_ours(state: str) -> None:
    record = remember((1, (begin(0),)))
    record.posts[message_source_id("m1")] = Post(message_source_id("m1"), state)  # type: ignore[arg-type]

    assert find_ours(record, show(write("m1", 1))) == {"m1": Place(1, 0)}


def test_a_message_with_a_known_id_is_ours_even_where_chatwoot_shows_it_too() -> None:
    record = remember((1, (begin(0, meli_message_id="m1"),)), echoed=("m1",))

    assert find_ours(record, show(write("m1", 1))) == {"m1": Place(1, 0)}


# In order


def test_the_same_words_twice_are_two_messages_in_the_order_of_their_sending() -> None:
    record = remember((2, (begin(5),)), (1, (begin(0),)))

    assert find_ours(record, show(write("m1", 1), write("m2", 6))) == {"m1": Place(1, 0), "m2": Place(2, 0)}
    assert find_ours(record, show(write("m2", 6))) == {"m2": Place(1, 0)}


def test_parts_of_the_same_moment_follow_when_they_were_begun() -> None:
    record = remember((1, (begin(0, begun_at=BEGUN + 9),)), (2, (begin(0, begun_at=BEGUN + 4),)))

    assert find_ours(record, show(write("m1", 1), write("m2", 2))) == {"m1": Place(2, 0), "m2": Place(1, 0)}


def test_parts_that_were_begun_in_the_same_second_follow_each_other() -> None:
    record = remember((1, (begin(0), begin(0), begin(0))))

    exchange = show(write("m1", 1), write("m2", 2), write("m3", 3))

    assert find_ours(record, exchange) == {"m1": Place(1, 0), "m2": Place(1, 1), "m3": Place(1, 2)}


def test_a_later_part_leaves_the_earlier_message_to_the_earlier_one() -> None:
    record = remember((1, (begin(0),)), (2, (begin(5),)))

    exchange = show(write("m1", 6), write("m2", 7))

    assert find_ours(record, exchange) == {"m1": Place(1, 0), "m2": Place(2, 0)}


def test_where_the_first_of_two_is_lost_the_second_is_not_taken_for_an_older_one() -> None:
    """The only message is older than the second part, so it is the first's."""
    record = remember((1, (begin(0),)), (2, (begin(5),)))

    assert find_ours(record, show(write("m1", 1))) == {"m1": Place(1, 0)}


texts = st.sampled_from(["Temos sim!", "Não temos.", ""])
parts = st.builds(
    begin,
    st.integers(0, 9),
    texts,
    state=st.sampled_from(["waiting", "sending", "sent", "refused"]),
    meli_message_id=st.sampled_from(["", "", "", "m0", "m1", "m2"]),
    begun_at=st.integers(0, 3).map(BEGUN.__add__),
    seen_ids=st.sampled_from([(), (), ("m3",), ("m4", "m5")]),
    file_keys=st.lists(st.just("k"), max_size=1).map(tuple),
)


@given(
    st.lists(
        st.tuples(st.sampled_from([*range(12), 30]), texts, st.sampled_from([SELLER, BUYER]), st.integers(0, 1)),
        max_size=6,
    ),
    st.lists(st.lists(parts, max_size=3).map(tuple), max_size=3),
    st.sets(st.integers(0, 5)),
)
@settings(max_examples=80)
def test_no_message_is_two_parts_and_no_part_two_messages(
    written: list[tuple[int, str, int, int]], sent: list[tuple[Part, ...]], echoed: set[int]
) -> None:
    messages = [
        write(f"m{number}", minutes, text, author=author, files=files)
        for number, (minutes, text, author, files) in enumerate(sorted(written))
    ]
    record = remember(*enumerate(sent, 1), echoed=tuple(f"m{number}" for number in echoed))

    ours = find_ours(record, show(*messages))

    nameless = {name: place for name, place in ours.items() if not _part(record, place).meli_message_id}
    assert len(set(nameless.values())) == len(nameless)
    assert set(ours) <= {message.id for message in messages}
    for message in messages:
        if message.id in nameless:
            assert message.from_user_id == SELLER
            assert message_source_id(message.id) not in record.posts
            part = _part(record, ours[message.id])
            assert message.created >= datetime.fromisoformat(part.after)
            assert message.created.timestamp() <= part.begun_at + 15 * 60
            assert message.id not in part.seen_ids
    assert find_ours(record, show(*messages)) == ours


def _part(record: ThreadRecord, place: Place) -> Part:
    return record.deliveries[place.chatwoot_message_id].parts[place.part]
