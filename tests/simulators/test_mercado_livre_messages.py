"""Conversations after the sale: how they are read, and what buyers, sellers and Mercado Livre do in them."""

from collections.abc import Callable
from typing import Any

import pytest

from simulators.mercado_livre import MercadoLivre, NotPossible, Unknown
from tests.simulators.mercado_livre_sales import AGENT, PHOTO, SalesShop
from tests.simulators.mercado_livre_shop import (
    Receiver,
    Reply,
    TurnableClock,
    load_sample,
    shape,
    without_numbers,
)

# Reading conversations


def read_direct(sales: SalesShop, clock: TurnableClock) -> Reply:
    thread_id = sales.buy()
    sales.ask_about(thread_id)
    sales.get(f"{sales.path(thread_id)}?tag=post_sale")
    sales.send(thread_id)
    return sales.read(thread_id)


def read_agent(sales: SalesShop, clock: TurnableClock) -> Reply:
    thread_id = sales.buy()
    sales.ask_about(thread_id)
    sales.meli.migrate(thread_id)
    sales.ask_about(thread_id, "E agora?")
    return sales.read(thread_id)


def read_with_file(sales: SalesShop, *, threat: bool) -> Reply:
    thread_id = sales.buy()
    sales.ask_about(thread_id)
    text, file = ("", ("arquivo.bin", "application/octet-stream", b"?")) if threat else ("Chegou assim", PHOTO)
    sales.meli.write(thread_id, text, [file], threat=threat)
    return sales.read(thread_id, "&limit=1")


def read_blocked(sales: SalesShop, substatus: str, claim_key: str, *, written: bool = True) -> Reply:
    sales.meli.claim_key = claim_key
    thread_id = sales.buy()
    if written:
        sales.ask_about(thread_id)
    sales.meli.block(thread_id, substatus)
    return sales.read(thread_id)


def read_moderated(sales: SalesShop, clock: TurnableClock) -> Reply:
    thread_id = sales.buy()
    sales.ask_about(thread_id)
    sales.meli.moderate(sales.send(thread_id, "me chama no whats").json["id"], "PERSONAL_DATA")
    return sales.read(thread_id, "&limit=1")


def read_second_page(sales: SalesShop, clock: TurnableClock) -> Reply:
    thread_id = sales.buy()
    for number in range(11):
        sales.ask_about(thread_id, f"Bom dia {number}")
    return sales.read(thread_id, "&limit=10&offset=10")


def read_one(sales: SalesShop, **options: Any) -> Reply:
    return sales.read_message(sales.ask_about(sales.buy(**options)))


def read_flat(sales: SalesShop, clock: TurnableClock) -> Reply:
    sales.meli.legacy_message_shape = True
    return read_one(sales)


def count_unread(sales: SalesShop, clock: TurnableClock) -> Reply:
    sales.ask_about(sales.buy())
    return sales.count_unread()


CONVERSATIONS: dict[str, Callable[[SalesShop, TurnableClock], Reply]] = {
    "pack.empty.200": lambda sales, clock: sales.read(sales.buy()),
    "pack.text.direct.200": read_direct,
    "pack.text.agent.200": read_agent,
    "pack.attachments.200": lambda sales, clock: read_with_file(sales, threat=False),
    "pack.attachment_threat.200": lambda sales, clock: read_with_file(sales, threat=True),
    "pack.blocked.200": lambda sales, clock: read_blocked(sales, "blocked_by_buyer", "claim_ids"),
    "pack.blocked_by_mediation.200": lambda sales, clock: read_blocked(sales, "blocked_by_mediation", "claim_ids"),
    "pack.blocked.unknown_substatus.200": lambda sales, clock: read_blocked(
        sales, "blocked_by_something_new", "claim_id", written=False
    ),
    "pack.seller_moderated.200": read_moderated,
    "pack.page2.200": read_second_page,
    "by_id.200": lambda sales, clock: read_one(sales),
    "by_id.orders_resource.200": lambda sales, clock: read_one(sales, in_pack=False),
    "by_id.legacy.200": read_flat,
    "unread.200": count_unread,
    "unread.empty.200": lambda sales, clock: sales.count_unread(),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_has_the_shape_of_its_sample(sales: SalesShop, clock: TurnableClock, name: str) -> None:
    response, sample = CONVERSATIONS[name](sales, clock), load_sample(f"messages/{name}")

    assert response.status_code == 200, response.text
    assert shape(response.json) == shape(sample)
    if conversation := sample.get("conversation_status"):
        for field in ("status", "substatus"):
            assert response.json["conversation_status"][field] == conversation[field]


def test_the_agent_stands_between_after_migration(sales: SalesShop, clock: TurnableClock) -> None:
    view, sample = read_agent(sales, clock).json, load_sample("messages/pack.text.agent.200")

    assert without_numbers(view["conversation_status"]["path"]) == without_numbers(
        sample["conversation_status"]["path"]
    )
    assert [message["from"]["user_id"] for message in view["messages"]] == [AGENT, sales.buyer_id]
    assert [message["conversation_first_message"] for message in view["messages"]] == [False, True]


def test_a_site_without_an_agent_does_not_migrate(clock: TurnableClock) -> None:
    sales = SalesShop(MercadoLivre(clock=clock, site_id="MPE"))

    with pytest.raises(NotPossible):
        sales.meli.migrate(sales.buy())


def test_messages_are_a_millisecond_apart_though_the_clock_stands(sales: SalesShop) -> None:
    thread_id = sales.buy()
    ids = [sales.ask_about(thread_id), sales.meli.write_natively(thread_id, "Oi"), sales.ask_about(thread_id)]
    messages = sales.read(thread_id).json["messages"]

    assert [message["id"] for message in messages] == ids[::-1]
    assert [message["message_date"]["created"] for message in reversed(messages)] == [
        "2026-06-10T13:44:21.746Z",
        "2026-06-10T13:44:21.747Z",
        "2026-06-10T13:44:21.748Z",
    ]


def test_nothing_happens_to_a_message_before_it_is_written(sales: SalesShop) -> None:
    thread_id = sales.buy()
    sales.ask_about(thread_id)
    read, held = sales.meli.write_natively(thread_id, "Oi"), sales.meli.write(thread_id, "Hello", status="pending")
    sales.meli.read_messages(thread_id)
    sales.meli.release_message(held)
    messages = {message.id: message for message in sales.meli.thread(thread_id).messages}

    assert messages[read].read == messages[read].date_created
    assert messages[held].available == messages[held].date_created


def test_a_page_has_ten_messages_unless_told_and_never_more_than_the_largest(sales: SalesShop) -> None:
    thread_id = sales.buy()
    ids = [sales.ask_about(thread_id) for _ in range(12)][::-1]
    sales.meli.page_limit_max = 11

    assert sales.list_ids(thread_id) == ids[:10]
    assert sales.list_ids(thread_id, "&limit=50") == ids[:11]
    assert sales.list_ids(thread_id, "&limit=5&offset=10") == ids[10:]
    assert sales.read(thread_id, "&limit=50").json["paging"] == {"limit": 11, "offset": 0, "total": 12}


def test_a_listing_may_be_cut_short_and_in_either_order(sales: SalesShop) -> None:
    thread_id = sales.buy()
    ids = [sales.ask_about(thread_id) for _ in range(5)]
    sales.meli.newest_first = False
    sales.meli.max_messages_listed = 3

    assert sales.list_ids(thread_id) == ids[2:]
    assert sales.list_ids(thread_id, "&offset=3") == []
    assert sales.read(thread_id).json["paging"]["total"] == 5


def test_ids_may_be_text_and_lengths_left_out(sales: SalesShop) -> None:
    thread_id = sales.buy()
    sales.ask_about(thread_id)
    sales.meli.user_ids_as_text = sales.meli.omits_max_lengths = True
    view = sales.read(thread_id).json

    assert view["messages"][0]["from"] == {"user_id": str(sales.buyer_id)}
    assert view["messages"][0]["to"] == {"user_id": str(sales.seller_id)}
    assert set(view) == {"paging", "conversation_status", "messages"}


def test_a_message_may_be_found_only_later(sales: SalesShop) -> None:
    message_id = sales.ask_about(sales.buy())
    sales.meli.messages_not_found = 2
    responses = [sales.read_message(message_id) for _ in range(3)]

    assert [response.status_code for response in responses] == [404, 404, 200]
    assert responses[0].json | {"message": ""} == load_sample("messages/by_id.404") | {"message": ""}
    assert responses[0].json["message"] == f"The message with id: {message_id} could not be retrieved from storage"


def test_a_message_may_be_missing_in_its_pack(sales: SalesShop) -> None:
    thread_id = sales.buy()
    message_id = sales.ask_about(thread_id)
    sales.meli.hide_from_pack(message_id)
    hidden = sales.list_ids(thread_id), sales.read_message(message_id).status_code
    sales.meli.show_in_pack(message_id)

    assert hidden == ([], 200)
    assert sales.list_ids(thread_id) == [message_id]


def test_reading_marks_as_read_unless_told_not_to(sales: SalesShop) -> None:
    thread_id = sales.buy()
    sales.ask_about(thread_id)
    sales.read(thread_id)
    before = sales.meli.thread(thread_id).marked_as_read_by_api, sales.count_unread().json["total"]
    sales.get(f"{sales.path(thread_id)}?tag=post_sale")
    after = sales.meli.thread(thread_id).marked_as_read_by_api, sales.count_unread().json["results"]

    assert before == (0, 1)
    assert after == (1, [])


def test_unread_messages_are_counted_by_conversation(sales: SalesShop) -> None:
    thread_id = sales.buy()
    sales.ask_about(thread_id)
    sales.ask_about(thread_id)
    sales.meli.write_natively(thread_id, "Oi")
    one = sales.get(f"/messages/unread/packs/{thread_id}/sellers/{sales.seller_id}?tag=post_sale").json

    assert one["results"] == [{"resource": f"/packs/{thread_id}/sellers/{sales.seller_id}", "count": 2}]
    assert sales.count_unread().json == one


def test_a_buyers_rejected_message_is_not_there(sales: SalesShop, receiver: Receiver) -> None:
    thread_id = sales.buy()
    sales.meli.deliver_webhooks()
    receiver.notifications.clear()
    message_id = sales.meli.write(thread_id, "...", status="moderated", moderation="rejected")

    assert sales.list_ids(thread_id) == []
    assert sales.read_message(message_id).status_code == 404
    assert sales.meli.deliver_webhooks() == 0


def test_an_expired_conversation_shows_no_messages(sales: SalesShop) -> None:
    thread_id = sales.buy()
    sales.ask_about(thread_id)
    sales.meli.block(thread_id, "blocked_by_conversation_expired")

    assert sales.list_ids(thread_id) == []


READING_REFUSED: dict[str, tuple[int, Callable[[SalesShop, int], Reply]]] = {
    "no tag": (400, lambda sales, thread: sales.get(f"{sales.path(thread)}?mark_as_read=false")),
    "no tag by id": (400, lambda sales, thread: sales.get(f"/messages/{sales.ask_about(thread)}")),
    "no role": (400, lambda sales, thread: sales.get("/messages/unread?tag=post_sale")),
    "no tag for unread": (400, lambda sales, thread: sales.get("/messages/unread?role=seller")),
    "odd limit": (400, lambda sales, thread: sales.read(thread, "&limit=ten")),
    "unknown pack": (404, lambda sales, thread: sales.read(1)),
    "order in a pack": (404, lambda sales, thread: sales.read(sales.meli.orders_of(thread)[0])),
    "other seller's sale": (403, lambda sales, thread: sales.make_stranger().read(thread)),
    "other seller's message": (403, lambda sales, thread: sales.make_stranger().read_message(sales.ask_about(thread))),
    "unread of another": (
        403,
        lambda sales, thread: sales.get(f"/messages/unread/packs/{thread}/sellers/1?tag=post_sale"),
    ),
}


@pytest.mark.parametrize("case", READING_REFUSED)
def test_reading_is_refused(sales: SalesShop, case: str) -> None:
    status, read = READING_REFUSED[case]

    response = read(sales, sales.buy())

    assert (response.status_code, response.json["status"]) == (status, status)
    if status == 403 and "message" not in case:
        assert without_numbers(response.json) == without_numbers(load_sample("messages/pack.403"))


# What happens in conversations


def list_notified(sales: SalesShop, receiver: Receiver) -> list[tuple[str, list[str]]]:
    sales.meli.deliver_webhooks()
    return [(sent["resource"], sent["actions"]) for sent in receiver.notifications if sent["topic"] == "messages"]


def test_messages_are_notified_by_their_bare_id(sales: SalesShop, receiver: Receiver) -> None:
    thread_id = sales.buy()
    asked = sales.ask_about(thread_id)
    native = sales.meli.write_natively(thread_id, "Oi")
    sent = sales.send(thread_id).json["id"]
    sales.meli.read_messages(thread_id)
    sales.meli.read_messages(thread_id)

    assert list_notified(sales, receiver) == [
        (asked, ["created"]),
        (native, ["created"]),
        (sent, ["created"]),
        (native, ["read"]),
        (sent, ["read"]),
    ]
    created, read = receiver.notifications[2], receiver.notifications[-1]
    assert shape(created) == shape(load_sample("notifications/messages.created"))
    assert shape(read) == shape(load_sample("notifications/messages.read"))
    assert [message.read is not None for message in sales.meli.thread(thread_id).messages] == [False, True, True]


def test_moderation_and_release_are_notified_and_blocking_is_not(sales: SalesShop, receiver: Receiver) -> None:
    thread_id = sales.buy()
    asked = sales.meli.write(thread_id, "Hello", status="pending_translation")
    sales.meli.release_message(asked, "Olá")
    sent = sales.send(thread_id).json["id"]
    sales.meli.moderate(sent, "PERSONAL_DATA")
    sales.meli.block(thread_id, "blocked_by_time")
    sales.meli.unblock(thread_id)

    assert list_notified(sales, receiver) == [(message_id, ["created"]) for message_id in (asked, asked, sent, sent)]


def test_a_held_message_may_change_when_it_is_released(sales: SalesShop) -> None:
    thread_id = sales.buy()
    message_id = sales.meli.write(thread_id, "Hello", status="IN_MODERATION", moderation="NON_MODERATED")
    held = sales.read_message(message_id).json["messages"][0]
    sales.meli.release_message(message_id, "Olá")
    released = sales.read_message(message_id).json["messages"][0]

    assert (held["status"], held["message_moderation"]["status"]) == ("IN_MODERATION", "NON_MODERATED")
    assert held["message_date"]["available"] is None
    assert (released["status"], released["message_moderation"]["status"]) == ("available", "clean")
    assert released["text"] == "Olá"
    with pytest.raises(NotPossible):
        sales.meli.release_message(message_id)


def test_blocking_changes_the_date_of_the_status(sales: SalesShop, clock: TurnableClock) -> None:
    thread_id = sales.buy()

    def read_status() -> tuple[str, str | None, str]:
        status = sales.read(thread_id).json["conversation_status"]
        return status["status"], status["substatus"], status["status_date"][11:16]

    statuses = [read_status()]
    clock.turn(hours=1)
    sales.meli.block(thread_id, "blocked_by_refund")
    statuses.append(read_status())
    clock.turn(hours=1)
    sales.meli.unblock(thread_id)
    statuses.append(read_status())

    assert statuses == [
        ("active", None, "13:44"),
        ("blocked", "blocked_by_refund", "14:44"),
        ("active", None, "15:44"),
    ]


def test_full_opens_its_conversation_on_delivery(sales: SalesShop, clock: TurnableClock) -> None:
    thread_id = sales.buy(logistic_type="fulfillment")
    before = sales.read(thread_id).json["conversation_status"]
    clock.turn(days=3)
    sales.renew_token()
    sales.meli.set_shipment_status(thread_id, "delivered")
    after = sales.read(thread_id).json["conversation_status"]

    assert (before["status"], before["substatus"]) == ("blocked", "blocked_by_fulfillment")
    assert (after["status"], after["substatus"]) == ("active", None)
    assert after["status_date"] > before["status_date"]


def test_pages_refuse_what_they_would_not_offer(sales: SalesShop) -> None:
    thread_id = sales.buy()
    asked = sales.ask_about(thread_id, "a" * 3500)

    for text in ("", "a" * 3501):
        with pytest.raises(NotPossible):
            sales.meli.write(thread_id, text)
    with pytest.raises(NotPossible):
        sales.meli.write_natively(thread_id, "a" * 351)
    with pytest.raises(NotPossible):
        sales.meli.moderate(asked, "SPAM")
    with pytest.raises(NotPossible):
        sales.meli.block(thread_id, "")
    sales.meli.block(thread_id, "blocked_by_buyer")
    with pytest.raises(NotPossible):
        sales.meli.write_natively(thread_id, "Oi")
    with pytest.raises(Unknown):
        sales.meli.moderate("0" * 32, "SPAM")
    assert sales.ask_about(thread_id)


def test_a_thread_is_a_snapshot(sales: SalesShop) -> None:
    thread_id = sales.buy()
    sales.meli.write(thread_id, "Chegou assim", [PHOTO])
    snapshot = sales.meli.thread(thread_id)
    snapshot.messages[0].text = "changed"
    message = sales.meli.thread(thread_id).messages[0]

    assert (message.text, message.attachments[0].content) == ("Chegou assim", PHOTO[2])
    assert (message.from_user_id, message.to_user_id) == (sales.buyer_id, sales.seller_id)
