"""Messages after a sale, as recorded, become what the bridge works with; and a reply finds whom it is for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mercado_livre.message_resources import (
    LONG_AGO,
    MESSAGING_AGENTS,
    SELLER_MAX_MESSAGE_LENGTH,
    Exchange,
    Message,
    MessageAttachment,
    Receipt,
    find_recipient,
    put_in_order,
)
from tests.recorded import names_in, recorded

FOLDER = "mercado_livre/messages"
SELLER, BUYER, AGENT, NEW_AGENT = 700000001, 3100000099, MESSAGING_AGENTS["MLB"], 3099999999
PACK, ORDER = "2000007000000001", "2000011000000001"
NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
OLD_PATH, MIGRATED_PATH = f"/packs/{PACK}/sellers/{SELLER}", f"/packs/{PACK}/sellers/{SELLER}/conversations/post_sale"


def messages_in(name: str) -> list[Message]:
    fields = recorded(name)
    return [Message.from_json(entry) for entry in fields.get("messages", [fields])]


def make_message(**fields: Any) -> Message:
    (entry,) = recorded(f"{FOLDER}/by_id.200")["messages"]
    return Message.from_json(entry | fields)


def write(author: int, *, minutes: int = 0, site_id: str = "MLB") -> Message:
    message = make_message(id=f"{author}-{minutes}", site_id=site_id)
    return replace(message, from_user_id=author, created=NOON + timedelta(minutes=minutes))


def make_exchange(*messages: Message, path: str = OLD_PATH, total: int | None = None) -> Exchange:
    return Exchange(
        messages=messages,
        status="active",
        substatus="",
        path=path,
        longest_message=SELLER_MAX_MESSAGE_LENGTH,
        total=len(messages) if total is None else total,
    )


# Messages


@pytest.mark.parametrize("name", [*names_in(FOLDER, "by_id.*200"), *names_in(FOLDER, "pack.*200")])
def test_every_recorded_message_is_understood(name: str) -> None:
    for message in messages_in(name):
        assert len(message.id) == 32
        assert message.site_id == "MLB"
        assert message.from_user_id in (SELLER, BUYER, AGENT)
        assert message.created.tzinfo is UTC
        assert message.created.year == 2026
        assert (message.pack_id, message.order_id) in ((PACK, ""), ("", ORDER))
        assert message.text or message.attachments
        assert "None" not in (message.text, message.reason, message.state)


def test_a_message_by_its_id_is_the_same_in_both_shapes() -> None:
    (message,), (flat,) = messages_in(f"{FOLDER}/by_id.200"), messages_in(f"{FOLDER}/by_id.legacy.200")

    assert message == Message(
        id="0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        site_id="MLB",
        from_user_id=BUYER,
        text="Bom dia, quando envia?",
        state="available",
        reason="",
        created=datetime(2026, 6, 10, 14, 0, tzinfo=UTC),
        is_read=False,
        attachments=(),
        pack_id=PACK,
        order_id="",
        available=datetime(2026, 6, 10, 14, 0, tzinfo=UTC),
    )
    assert flat == replace(message, created=flat.created, available=flat.available, pack_id="", order_id=ORDER)
    assert flat.created == datetime(2026, 6, 10, 14, 0, 0, 821000, UTC)


def test_a_message_of_an_order_without_a_pack_names_the_order() -> None:
    (message,) = messages_in(f"{FOLDER}/by_id.orders_resource.200")

    assert (message.pack_id, message.order_id) == ("", ORDER)


def test_a_flat_message_may_belong_to_a_pack() -> None:
    flat = recorded(f"{FOLDER}/by_id.legacy.200")

    message = Message.from_json(flat | {"resource": "packs", "resource_id": int(PACK)})

    assert (message.pack_id, message.order_id) == (PACK, "")


@pytest.mark.parametrize(
    ("status", "moderation", "state"),
    [
        ("available", "clean", "available"),
        ("AVAILABLE", "CLEAN", "available"),
        ("available", "NON_MODERATED", "available"),
        ("available", None, "available"),
        (None, None, "available"),
        ("moderated", "rejected", "rejected"),
        ("moderated", "clean", "rejected"),
        ("MODERATED", None, "rejected"),
        ("rejected", None, "rejected"),
        ("available", "rejected", "rejected"),
        ("available", "REJECTED", "rejected"),
        ("pending", "rejected", "rejected"),
        ("IN_MODERATION", "NON_MODERATED", "pending"),
        ("pending_moderation", None, "pending"),
        ("available", "pending", "pending"),
        ("pending", "clean", "pending"),
        ("pending_translation", "clean", "pending_translation"),
        ("Something_New", "clean", "something_new"),
        ("available", "something_new", "available"),
    ],
)
def test_a_messages_state_is_its_status_and_its_moderation(status: str | None, moderation: str | None, state: str):
    fields = {"status": status, "message_moderation": {"status": moderation}}

    assert make_message(**fields).state == state
    assert Receipt.from_json(fields).state == state


@pytest.mark.parametrize(
    ("name", "state", "reason"),
    [
        ("by_id.200", "available", ""),
        ("pack.in_moderation.200", "pending", ""),
        ("pack.seller_moderated.200", "rejected", "PERSONAL_DATA"),
    ],
)
def test_a_recorded_message_tells_its_state(name: str, state: str, reason: str) -> None:
    (message,) = messages_in(f"{FOLDER}/{name}")

    assert (message.state, message.reason) == (state, reason)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": None},
        {"from": None},
        {"from": {}},
        {"from": {"user_id": None}},
        {"message_date": None},
        {"message_date": {"created": "soon"}},
        {"message_moderation": None},
        {"message_attachments": None},
        {"message_resources": None},
        {"site_id": None},
        {"status": None},
    ],
)
def test_a_message_may_lack_what_the_bridge_can_do_without(fields: dict[str, Any]) -> None:
    message = make_message(**fields)

    assert len(message.id) == 32
    assert "None" not in (message.text, message.site_id, message.pack_id, message.state, message.reason)


@pytest.mark.parametrize(("user_id", "expected"), [(7, 7), ("7", 7), ("", 0), ("ana", 0), (None, 0), (2**40, 2**40)])
def test_an_author_is_known_by_a_number_or_a_text(user_id: object, expected: int) -> None:
    assert make_message(**{"from": {"user_id": user_id}}).from_user_id == expected


@pytest.mark.parametrize(
    ("dates", "created"),
    [
        ({"created": "2026-06-10T14:00:00.000Z", "received": "2026-06-10T13:00:00Z"}, NOON + timedelta(hours=2)),
        ({"created": "2026-06-10T10:00:00.000-04:00"}, NOON + timedelta(hours=2)),
        ({"created": None, "received": "2026-06-10T13:00:00Z"}, NOON + timedelta(hours=1)),
        ({"available": "2026-06-10T12:00:00Z"}, NOON),
        ({}, LONG_AGO),
    ],
)
def test_a_message_was_written_at_the_first_time_that_it_names(dates: dict[str, Any], created: datetime) -> None:
    assert make_message(message_date=dates).created == created


def test_a_message_that_was_read_says_so() -> None:
    assert make_message(message_date={"read": "2026-06-10T14:00:00.000Z"}).is_read
    assert Message.from_json(recorded(f"{FOLDER}/by_id.legacy.200") | {"date_read": "2026-06-10T14:00:00.000Z"}).is_read


@pytest.mark.parametrize(
    ("name", "original_filename", "content_type", "is_threat"),
    [
        ("pack.attachments.200", "foto do produto.jpg", "image/jpeg", False),
        ("pack.attachment_threat.200", "arquivo.bin", "application/octet-stream", True),
    ],
)
def test_a_recorded_file_is_understood(name: str, original_filename: str, content_type: str, is_threat: bool) -> None:
    (message,) = messages_in(f"{FOLDER}/{name}")

    assert message.attachments == (
        MessageAttachment(
            filename="3100000099_59f0f034-db1b-4ea6-8c5e-1d34e2092482.jpg",
            original_filename=original_filename,
            type=content_type,
            size=536766,
            is_threat=is_threat,
        ),
    )


def test_a_file_may_lack_everything_but_its_key() -> None:
    attachment = MessageAttachment.from_json({"filename": "k.jpg", "size": None, "original_filename": None})

    assert attachment == MessageAttachment("k.jpg", "k.jpg", "", 0, False)


# Receipts


@pytest.mark.parametrize(
    ("name", "receipt"),
    [
        ("send.201", Receipt("1a2b3c4d5e6f708192a3b4c5d6e7f809", "available", "")),
        ("send.201.moderated", Receipt("1a2b3c4d5e6f708192a3b4c5d6e7f809", "rejected", "OUT_OF_PLACE_LANGUAGE")),
        ("send.201.no_id", Receipt("", "available", "")),
    ],
)
def test_a_recorded_receipt_is_understood(name: str, receipt: Receipt) -> None:
    assert Receipt.from_json(recorded(f"{FOLDER}/{name}")) == receipt


@pytest.mark.parametrize("fields", [None, [], "ok", 7, {"id": None}, {"message_moderation": None, "status": None}])
def test_a_receipt_that_says_nothing_is_one_all_the_same(fields: object) -> None:
    assert Receipt.from_json(fields) == Receipt("", "available", "")


def test_a_receipt_in_the_flat_shape_has_its_id() -> None:
    assert Receipt.from_json({"message_id": "0f1e"}).id == "0f1e"


# Order


@given(st.permutations([write(BUYER, minutes=minutes) for minutes in range(8)]))
def test_messages_stand_oldest_first_however_they_were_listed(messages: list[Message]) -> None:
    assert put_in_order(messages) == tuple(write(BUYER, minutes=minutes) for minutes in range(8))


@given(st.lists(st.integers(0, 5), max_size=12))
def test_a_message_that_two_pages_show_stands_once(minutes: list[int]) -> None:
    messages = put_in_order([write(BUYER, minutes=minute) for minute in minutes])

    assert [message.id for message in messages] == [f"{BUYER}-{minute}" for minute in sorted(set(minutes))]


def test_what_was_read_later_of_a_message_counts() -> None:
    message = write(BUYER)

    assert put_in_order([message, replace(message, state="rejected")]) == (replace(message, state="rejected"),)


def test_messages_of_the_same_moment_were_listed_newest_first() -> None:
    newest, older, oldest = (replace(write(BUYER), id=name) for name in "cba")

    assert put_in_order([newest, older, oldest]) == (oldest, older, newest)


@pytest.mark.parametrize("minutes", [(0, 0, 0, 1), (0, 1, 1, 1), (0, 1, 1, 2), (0, 0, 1, 1)])
@pytest.mark.parametrize("newest_first", [True, False])
def test_a_listings_own_direction_orders_what_is_of_the_same_moment(
    minutes: tuple[int, ...], *, newest_first: bool
) -> None:
    messages = [replace(write(BUYER, minutes=minute), id=f"m{number}") for number, minute in enumerate(minutes)]

    assert put_in_order(messages[::-1] if newest_first else messages) == tuple(messages)


def test_a_message_without_a_time_stands_first() -> None:
    timeless = make_message(id="x", message_date=None)

    assert put_in_order([write(BUYER), timeless])[0] == timeless


def test_an_exchange_tells_its_newest_time() -> None:
    assert make_exchange(write(BUYER), write(SELLER, minutes=5)).newest_created == "2026-06-10T12:05:00+00:00"
    assert datetime.fromisoformat(make_exchange().newest_created) == LONG_AGO


def test_an_exchange_tells_the_messages_of_its_newest_time() -> None:
    older, newest = write(BUYER), write(SELLER, minutes=5)
    as_new = replace(write(BUYER, minutes=5), id="as new")

    assert make_exchange(older, newest).newest_ids == (newest.id,)
    assert make_exchange(older, newest, as_new).newest_ids == (newest.id, "as new")
    assert make_exchange().newest_ids == ()


# To whom a reply goes


@pytest.mark.parametrize(
    ("name", "goes_through_agent", "recipient"),
    [
        ("pack.text.direct.200", False, BUYER),
        ("pack.text.agent.200", True, AGENT),
        ("pack.blocked.200", False, BUYER),
        ("pack.seller_moderated.200", False, None),
        ("pack.empty.200", False, None),
    ],
)
def test_a_recorded_exchange_tells_to_whom_a_reply_goes(
    name: str, goes_through_agent: bool, recipient: int | None
) -> None:
    fields = recorded(f"{FOLDER}/{name}")
    exchange = make_exchange(
        *put_in_order(messages_in(f"{FOLDER}/{name}") if fields["messages"] else []),
        path=fields["conversation_status"]["path"],
        total=fields["paging"]["total"],
    )

    assert exchange.goes_through_agent is goes_through_agent
    assert find_recipient(exchange, SELLER, BUYER) == recipient
    assert find_recipient(exchange, SELLER, 0) == recipient


@pytest.mark.parametrize("path", [OLD_PATH, f"/packs/{PACK}/seller/{SELLER}", ""])
@pytest.mark.parametrize("total", [2, 200])
@pytest.mark.parametrize("buyer_id", [BUYER, 0])
def test_on_an_old_thread_a_reply_goes_to_whoever_wrote_last(path: str, total: int, buyer_id: int) -> None:
    exchange = make_exchange(write(BUYER), write(SELLER, minutes=1), path=path, total=total)

    assert find_recipient(exchange, SELLER, buyer_id) == BUYER


@pytest.mark.parametrize("buyer_id", [BUYER, 0])
def test_on_a_migrated_thread_a_reply_goes_to_the_agent_that_wrote(buyer_id: int) -> None:
    exchange = make_exchange(write(BUYER), write(AGENT, minutes=1), write(SELLER, minutes=2), path=MIGRATED_PATH)

    assert find_recipient(exchange, SELLER, buyer_id) == AGENT


@pytest.mark.parametrize("site_id", ["MLB", "MPE", ""])
def test_on_a_migrated_thread_an_agent_that_is_new_to_us_is_known_by_not_being_the_buyer(site_id: str) -> None:
    exchange = make_exchange(
        write(BUYER, site_id=site_id), write(NEW_AGENT, minutes=1, site_id=site_id), path=MIGRATED_PATH
    )

    assert find_recipient(exchange, SELLER, BUYER) == NEW_AGENT


@pytest.mark.parametrize("buyer_id", [BUYER, 0])
@pytest.mark.parametrize("author", [BUYER, NEW_AGENT])
def test_on_a_migrated_thread_a_reply_never_goes_to_somebody_who_may_be_the_buyer(author: int, buyer_id: int) -> None:
    exchange = make_exchange(write(author), path=MIGRATED_PATH)

    is_known_to_be_no_buyer = (author, buyer_id) == (NEW_AGENT, BUYER)
    assert find_recipient(exchange, SELLER, buyer_id) == (NEW_AGENT if is_known_to_be_no_buyer else AGENT)


@pytest.mark.parametrize("site_id", MESSAGING_AGENTS)
@pytest.mark.parametrize("total", [1, 200])
@pytest.mark.parametrize("author", [BUYER, SELLER])
def test_on_a_migrated_thread_where_no_agent_is_shown_a_reply_goes_to_that_of_the_site(
    site_id: str, total: int, author: int
) -> None:
    exchange = make_exchange(write(author, site_id=site_id), path=MIGRATED_PATH, total=total)

    assert find_recipient(exchange, SELLER, BUYER) == MESSAGING_AGENTS[site_id]
    assert find_recipient(exchange, SELLER, 0) == MESSAGING_AGENTS[site_id]


@pytest.mark.parametrize("site_id", ["MPE", "", "XYZ"])
@pytest.mark.parametrize("total", [2, 3])
@pytest.mark.parametrize("buyer_id", [BUYER, 0])
def test_on_a_migrated_thread_of_a_site_without_a_known_agent_the_buyers_words_alone_do_not_tell(
    site_id: str, total: int, buyer_id: int
) -> None:
    messages = [write(BUYER, site_id=site_id), write(SELLER, minutes=1, site_id=site_id)]

    assert find_recipient(make_exchange(*messages, path=MIGRATED_PATH, total=total), SELLER, buyer_id) is None


@pytest.mark.parametrize("path", [OLD_PATH, MIGRATED_PATH])
@pytest.mark.parametrize("messages", [[], [write(SELLER, site_id="")], [write(0, site_id="")]])
def test_where_nobody_wrote_it_is_not_known_to_whom_a_reply_goes(path: str, messages: list[Message]) -> None:
    assert find_recipient(make_exchange(*messages, path=path), SELLER, BUYER) is None
    assert find_recipient(make_exchange(*messages, path=path), SELLER, 0) is None


def test_whoever_is_not_named_is_no_recipient() -> None:
    assert find_recipient(make_exchange(write(BUYER), write(0, minutes=1)), SELLER, BUYER) == BUYER
    assert find_recipient(make_exchange(write(BUYER), write(0, minutes=1)), SELLER, 0) == BUYER


@pytest.mark.parametrize("nothing", [None, 0, "", "0", "None", "null", False, -1, 1.5])
def test_what_names_nothing_is_no_id(nothing: object) -> None:
    resources = [{"id": nothing, "name": "packs"}, {"id": nothing, "name": "orders"}]

    message = make_message(message_resources=resources, **{"from": {"user_id": nothing}})

    assert (message.pack_id, message.order_id, message.from_user_id) == ("", "", 0)


def test_messages_without_an_id_are_not_taken_for_one() -> None:
    first, second = (make_message(id=None, text=text) for text in ("Um.", "Dois."))

    assert first.id != second.id
    assert first.id == make_message(id=None, text="Um.", status="moderated").id
    assert len(put_in_order([first, second])) == 2
