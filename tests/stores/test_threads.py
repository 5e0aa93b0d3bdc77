"""What is stored about a thread comes back from DynamoDB as it was."""

from collections.abc import Iterator
from uuid import uuid4

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.models import Conversation, Delivery, Part, Post, Thread, UploadedFile
from chalicelib.stores.tables import Table
from chalicelib.stores.threads import KnownContact, ThreadRecord, Threads, UnsavedContact
from tests.harness import Clock, Machine

PACK = Thread(700000001, "pack", "2000007000000001")
QUESTION = Thread(700000001, "question", "13000000001")
PART = Part(
    "0f1e",
    state="sent",
    meli_message_id="m1",
    begun_at=1_780_000_000,
    after="2026-06-10T14:00:00+00:00",
    file_keys=("k1.png", "k2.pdf"),
    spent_ids=("m0",),
    seen_ids=("m7", "m8"),
)
DELIVERY = Delivery(
    chatwoot_message_id=90002,
    conversation_id=1042,
    state="sending",
    text_digest="a1b2",
    attempts=3,
    reason="não foi",
    is_told=True,
    is_shown=False,
    is_read=True,
    part_limit=350,
    parts=(PART, Part("2d3c")),
    files=(UploadedFile("k1.png", 1_780_000_000), UploadedFile("k2.pdf", 1_780_000_001)),
)


@pytest.fixture(scope="module")
def table(machine: Machine) -> Iterator[Table]:
    client, name = boto3.client("dynamodb"), f"threads-{uuid4().hex}"
    keys = [("thread", "HASH"), ("item", "RANGE")]
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],  # type: ignore[typeddict-item]
    )
    yield Table(client, name)
    client.delete_table(TableName=name)


@pytest.fixture
def threads(table: Table) -> Threads:
    for item in table.scan():
        table.take({"thread": item["thread"], "item": item["item"]})
    return Threads(table, Clock())


def test_a_thread_that_nobody_knows_is_empty(threads: Threads) -> None:
    record = threads.load(PACK)

    assert (record.thread, record.conversation, record.posts, record.deliveries) == (PACK, None, {}, {})
    assert not threads.has_conversation(PACK)


def test_a_desk_has_the_conversations_that_were_opened_or_begun_at_it(threads: Threads, table: Table) -> None:
    assert not threads.has_conversations_at("")

    threads.begin_conversation(
        PACK, Conversation(0, 7, 3, desk="loja2"), UnsavedContact("5100000001", KnownContact(7, ""))
    )

    assert threads.has_conversations_at("loja2")
    assert not threads.has_conversations_at("")
    # One of before there were desks.
    table.put({"thread": "1/question/2", "item": "conversation", "conversation_id": 4})
    assert threads.has_conversations_at("")


@pytest.mark.parametrize(
    "delivery",
    [
        DELIVERY,
        Delivery(90002, 1042, "waiting"),
        DELIVERY._replace(parts=(), files=()),
        DELIVERY._replace(parts=tuple(PART._replace(begun_at=number) for number in range(30))),
    ],
)
def test_a_delivery_comes_back_with_its_parts_and_its_files(threads: Threads, delivery: Delivery) -> None:
    threads.save_delivery(PACK, delivery)

    found = threads.load(PACK).deliveries

    assert found == {90002: delivery}
    # Equality would let lists and decimals pass for nothing else; a part is compared and hashed as a tuple.
    assert hash(found[90002]) == hash(delivery)
    assert all(type(part.begun_at) is int for part in found[90002].parts)
    assert all(type(file) is UploadedFile and type(file.uploaded_at) is int for file in found[90002].files)
    assert type(found[90002].is_told) is bool


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
numbers = st.integers(0, 2**53)
part_states = st.sampled_from(["waiting", "sending", "sent", "refused"])
names = st.lists(words, max_size=3).map(tuple)


@given(
    st.builds(
        Delivery,
        st.just(7),
        numbers,
        part_states,
        text_digest=words,
        attempts=numbers,
        reason=words,
        is_told=st.booleans(),
        is_shown=st.booleans(),
        is_read=st.booleans(),
        part_limit=numbers,
        parts=st.lists(st.builds(Part, words, part_states, words, numbers, words, names, names, names), max_size=3).map(
            tuple
        ),
        files=st.lists(st.builds(UploadedFile, words, numbers), max_size=3).map(tuple),
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_delivery_comes_back_as_it_was(threads: Threads, delivery: Delivery) -> None:
    threads.save_delivery(PACK, delivery)

    assert threads.load(PACK).deliveries == {7: delivery}


def test_saving_again_replaces(threads: Threads) -> None:
    threads.save_delivery(PACK, DELIVERY)
    threads.save_delivery(PACK, DELIVERY._replace(state="sent", parts=(PART,), files=()))

    assert threads.load(PACK).deliveries == {90002: DELIVERY._replace(state="sent", parts=(PART,), files=())}


def test_everything_about_a_thread_comes_back(threads: Threads) -> None:
    conversation = Conversation(1042, 311, 8, 3100000099, True, "blocked", 2, 7, "2026-06-12T10:00:00-03:00")
    post = Post("meli:message/0f1e", "fetching", 7, 1_780_000_000, "pending", "a1b2", ("k1.png", "k2.pdf"))
    threads.save_conversation(PACK, conversation)
    threads.save_post(PACK, post)
    threads.save_delivery(PACK, DELIVERY)

    record = threads.load(PACK)

    assert record == ThreadRecord(PACK, threads, conversation, {post.source_id: post}, {90002: DELIVERY})
    assert hash(record.posts[post.source_id]) == hash(post)
    assert threads.has_conversation(PACK)


def test_threads_do_not_see_each_other(threads: Threads) -> None:
    threads.save_delivery(PACK, DELIVERY)
    threads.save_post(QUESTION, Post("meli:question/13000000001", "posted", 1))

    assert threads.load(QUESTION).deliveries == {}
    assert threads.load(PACK).posts == {}


def test_what_an_earlier_version_stored_is_still_read(threads: Threads, table: Table) -> None:
    """Version 0.1.0 knew neither parts nor files, and no time of a post."""
    key = {"thread": str(QUESTION)}
    conversation = {"conversation_id": 1042, "contact_id": 311, "inbox_id": 7, "buyer_id": 5, "is_labelled": True}
    conversation |= {"told_state": "ANSWERED", "changes": 1, "answered_by": 90002}
    delivery = {"chatwoot_message_id": 90002, "conversation_id": 1042, "state": "sent", "text_digest": "a1b2"}
    delivery |= {"attempts": 1, "reason": "", "is_told": True}
    table.put(key | conversation | {"item": "conversation"})
    table.put(key | {"source_id": "meli:q", "state": "posted", "chatwoot_message_id": 1, "item": "meli#meli:q"})
    table.put(key | delivery | {"item": "reply#90002"})

    record = threads.load(QUESTION)

    assert record.conversation == Conversation(1042, 311, 7, 5, True, "ANSWERED", 1, 90002)
    assert record.posts == {"meli:q": Post("meli:q", "posted", 1)}
    assert record.deliveries == {90002: Delivery(90002, 1042, "sent", "a1b2", 1, "", True)}


def test_what_was_stored_before_parts_knew_what_was_seen_is_still_read(threads: Threads, table: Table) -> None:
    key = {"thread": str(PACK)}
    part = {"text_digest": "0f1e", "state": "sending", "meli_message_id": "", "begun_at": 1, "after": "2026-06-10"}
    part |= {"file_keys": ["k1.png"], "spent_ids": ["m0"]}
    delivery = {"chatwoot_message_id": 90002, "conversation_id": 1042, "state": "sending", "parts": [part], "files": []}
    table.put(key | delivery | {"item": "reply#90002"})

    (found,) = threads.load(PACK).deliveries.values()

    assert found.parts == (Part("0f1e", "sending", "", 1, "2026-06-10", ("k1.png",), ("m0",)),)
    assert found.is_shown


def test_a_buyer_is_a_contact_of_one_seller(threads: Threads) -> None:
    begin(threads, "3100000099", 311)

    assert threads.contact_of(700000001, "3100000099") == KnownContact(311, "mercado-livre:3100000099")
    assert threads.contact_of(700000002, "3100000099") is None
    assert threads.contact_of(700000001, "311") is None


def begin(threads: Threads, buyer: str, contact_id: int, *, desk: str = "") -> None:
    """A conversation with a buyer who is a new contact."""
    threads.begin_conversation(
        PACK,
        Conversation(0, contact_id, 8, desk=desk),
        UnsavedContact(buyer, KnownContact(contact_id, f"mercado-livre:{buyer}")),
    )


def save_all(threads: Threads, thread: Thread, buyer_id: int) -> None:
    threads.save_post(thread, Post("meli:message/0f1e", "posted", 7))
    threads.save_delivery(thread, DELIVERY)
    threads.save_conversation(thread, Conversation(1042, 311, 8, buyer_id))


def test_the_threads_of_a_buyer_are_found_by_him_and_his_seller(threads: Threads) -> None:
    of_another_seller = Thread(7000000011, "question", "13000000002")
    save_all(threads, PACK, 3100000099)
    save_all(threads, QUESTION, 310000009)
    save_all(threads, of_another_seller, 3100000099)

    assert threads.find_of_buyer(700000001, 3100000099) == [PACK]
    assert threads.find_of_buyer(7000000011, 3100000099) == [of_another_seller]
    assert threads.find_without_buyer(700000001) == []


def test_a_thread_whose_buyer_is_not_shown_is_nobodys(threads: Threads) -> None:
    save_all(threads, PACK, 0)

    assert threads.find_without_buyer(700000001) == [PACK]


def test_erasing_leaves_that_it_was_erased_and_when(threads: Threads, table: Table) -> None:
    save_all(threads, PACK, 3100000099)

    count = threads.erase(PACK, now=1_790_000_000)

    assert count == 3
    replies = {"": DELIVERY.chatwoot_message_id}
    assert table.scan() == [{"thread": str(PACK), "item": "erased", "erased_at": 1_790_000_000, "replies": replies}]
    assert threads.load(PACK) == ThreadRecord(PACK, threads, erased_at=1_790_000_000, erased_replies=replies)


def test_erasing_again_finds_nothing_more(threads: Threads) -> None:
    save_all(threads, PACK, 3100000099)
    threads.erase(PACK, now=1_790_000_000)

    assert threads.erase(PACK, now=1_790_000_100) == 0


def test_an_erased_question_is_not_one_that_was_missed(threads: Threads) -> None:
    threads.erase(QUESTION, now=1_790_000_000)

    assert threads.has_conversation(QUESTION)
    assert threads.conversation_of(QUESTION) is None


def test_a_conversation_after_an_erasure_is_one(threads: Threads) -> None:
    threads.erase(PACK, now=1_790_000_000)
    threads.save_conversation(PACK, Conversation(0, 311, 8, 3100000099))

    assert not threads.has_conversation(PACK)
    assert threads.load(PACK).erased_at == 1_790_000_000


def test_a_buyers_contacts_are_forgotten_at_every_desk(threads: Threads) -> None:
    begin(threads, "3100000099", 311)
    begin(threads, "3100000099", 12, desk="loja2")
    begin(threads, "310000009", 5)
    assert threads.contacts_of(700000001, "3100000099") == {"": 311, "loja2": 12}

    count = threads.forget_contacts(700000001, "3100000099")

    assert count == 2
    assert threads.contacts_of(700000001, "3100000099") == {}
    assert threads.contact_of(700000001, "310000009") == KnownContact(5, "mercado-livre:310000009")


def test_replies_under_way_are_counted_for_a_seller(threads: Threads) -> None:
    threads.save_delivery(PACK, DELIVERY)
    threads.save_delivery(QUESTION, Delivery(1, 2, "waiting"))
    threads.save_delivery(QUESTION, Delivery(2, 2, "sent"))
    threads.save_delivery(Thread(7000000011, "question", "1"), Delivery(3, 2, "waiting"))

    assert threads.count_underway(700000001) == 2


def test_more_than_a_page_is_found(threads: Threads, table: Table) -> None:
    """DynamoDB answers with a megabyte at a time, before it filters."""
    for number in range(8):
        table.put({"thread": f"700000001/pack/{number + 1}", "item": "padding", "text": "x" * 300_000})
    save_all(threads, PACK, 3100000099)

    assert threads.find_of_buyer(700000001, 3100000099) == [PACK]


def test_what_a_newer_version_stored_is_still_read(threads: Threads, table: Table) -> None:
    """After a rollback, or while a deployment is under way."""
    save_all(threads, PACK, 3100000099)
    for item in table.query("thread", str(PACK)):
        newer = {**item, "added_later": "x"}
        if "parts" in item:
            newer["parts"] = [{**part, "added_later": "x"} for part in item["parts"]]
            newer["files"] = [{**file, "added_later": "x"} for file in item["files"]]
        table.put(newer)

    record = threads.load(PACK)

    assert record.opened == threads.conversation_of(PACK)
    assert record.deliveries == {DELIVERY.chatwoot_message_id: DELIVERY}
    assert list(record.posts) == ["meli:message/0f1e"]
