"""Messages sent through the API and their files: what is accepted, what is refused, and what is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from simulators.mercado_livre import NotPossible, Unknown
from simulators.mercado_livre.state import SentMessage
from tests.simulators.mercado_livre_sales import AGENT, INVOICE, PHOTO, SalesShop
from tests.simulators.mercado_livre_shop import Reply, TurnableClock, load_sample, shape, without_numbers


@pytest.fixture
def thread_id(sales: SalesShop) -> int:
    """A purchase about which its buyer has asked."""
    thread_id = sales.buy()
    sales.ask_about(thread_id)
    return thread_id


def send_moderated(sales: SalesShop, thread_id: int) -> Reply:
    sales.meli.next_moderation = "out_of_place_language"
    return sales.send(thread_id, "me chama no whats")


def send_without_id(sales: SalesShop, thread_id: int) -> Reply:
    sales.meli.send_gives_no_id = True
    return sales.send(thread_id)


ACCEPTED: dict[str, Callable[[SalesShop, int], Reply]] = {
    "send.201": lambda sales, thread: sales.send(thread),
    "send.201.moderated": send_moderated,
    "send.201.no_id": send_without_id,
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_an_accepted_message_has_the_shape_of_its_sample(sales: SalesShop, thread_id: int, name: str) -> None:
    response, sample = ACCEPTED[name](sales, thread_id), load_sample(f"messages/{name}")

    assert response.status_code == 201
    assert shape(response.json) == shape(sample)
    assert response.json.get("status") == sample.get("status")
    assert len(sales.meli.messages_sent) == 1


def test_a_message_may_be_sent_as_the_sample_shows(sales: SalesShop, thread_id: int) -> None:
    (key,) = sales.upload_all([INVOICE])
    body = load_sample("messages/send.request") | {
        "from": {"user_id": str(sales.seller_id)},
        "to": {"user_id": str(AGENT)},
        "attachments": [key],
    }
    sales.meli.migrate(thread_id)

    assert sales.send_body(thread_id, body).status_code == 201


def block_and_send(sales: SalesShop, thread_id: int, substatus: str, envelope: str = "code") -> Reply:
    sales.meli.block_envelope = envelope
    sales.meli.block(thread_id, substatus)
    return sales.send(thread_id)


def send_before_delivery(sales: SalesShop, thread_id: int) -> Reply:
    return sales.send(sales.buy(logistic_type="fulfillment"))


def send_to_other_buyer(sales: SalesShop, thread_id: int) -> Reply:
    return sales.send(thread_id, to=sales.meli.add_buyer("OUTROCOMPRADOR"))


def send_too_many(sales: SalesShop, thread_id: int) -> Reply:
    return sales.send(thread_id, attachments=["key"] * 26)


def send_foreign(sales: SalesShop, thread_id: int) -> Reply:
    item_id = sales.meli.add_item(sales.meli.add_seller("OUTRALOJA"), "De outra loja", 1.0)
    return sales.send(sales.meli.buy(sales.buyer_id, item_id))


REFUSED: dict[str, Callable[[SalesShop, int], Reply]] = {
    "send.400.too_long": lambda sales, thread: sales.send(thread, "a" * 351),
    "send.400.charset": lambda sales, thread: sales.send(thread, "“Olá”"),
    "send.400.equal_users": lambda sales, thread: sales.send(thread, to=sales.seller_id),
    "send.400.wrong_recipient": lambda sales, thread: sales.send(thread, to=AGENT),
    "send.403.receiver": send_to_other_buyer,
    "send.403.blocked": lambda sales, thread: block_and_send(sales, thread, "blocked_by_time"),
    "send.403.blocked.cause": lambda sales, thread: block_and_send(sales, thread, "blocked_by_time", "cause"),
    "send.403.mediation": lambda sales, thread: block_and_send(sales, thread, "blocked_by_mediation"),
    "send.403.full_not_delivered": send_before_delivery,
    "send.422.attachment": lambda sales, thread: sales.send(thread, attachments=["1_unknown.pdf"]),
    "attachments.upload.400.too_many": send_too_many,
    "pack.403": send_foreign,
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_message_is_refused_in_the_recorded_words(sales: SalesShop, thread_id: int, name: str) -> None:
    response, sample = REFUSED[name](sales, thread_id), load_sample(f"messages/{name}")

    assert response.status_code == sample.get("status", sample.get("status_code"))
    assert without_numbers(response.json) == without_numbers(sample)
    assert sales.meli.messages_sent == []
    assert len(sales.meli.thread(thread_id).messages) == 1


# Fields that replace those of a right body; None removes one.
WRONG_FIELDS: dict[str, dict[str, Any]] = {
    "no from": {"from": None},
    "from without id": {"from": {}},
    "from with a name": {"from": {"user_id": 1, "name": "Loja"}},
    "from of the wrong type": {"from": {"user_id": 1.5}},
    "from a truth value": {"from": {"user_id": True}},
    "to an empty id": {"to": {"user_id": ""}},
    "to not an object": {"to": 1},
    "no text": {"text": None},
    "empty text": {"text": " "},
    "text not text": {"text": {"plain": "Oi"}},
    "empty attachments": {"attachments": []},
    "attachments not a list": {"attachments": "key"},
    "attachments not text": {"attachments": [1]},
    "field too many": {"subject": "Oi"},
}


@pytest.mark.parametrize("case", WRONG_FIELDS)
def test_a_wrong_body_is_refused(sales: SalesShop, thread_id: int, case: str) -> None:
    body = {"from": {"user_id": str(sales.seller_id)}, "to": {"user_id": str(sales.buyer_id)}, "text": "Oi"}
    body |= WRONG_FIELDS[case]

    response = sales.send_body(thread_id, {name: value for name, value in body.items() if value is not None})

    assert (response.status_code, response.json["error"]) == (400, "bad_request")


def test_only_the_seller_sends_with_the_tag(sales: SalesShop, thread_id: int) -> None:
    body = {"from": {"user_id": sales.buyer_id}, "to": {"user_id": sales.seller_id}, "text": "Oi"}

    assert sales.send_body(thread_id, body).status_code == 403
    assert sales.call("POST", sales.path(thread_id), json=body).status_code == 400
    assert sales.send_body(thread_id, "Oi").status_code == 400
    assert sales.call("POST", f"{sales.path(thread_id)}?tag=post_sale", data="{").status_code == 400


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Olá, “tudo” bem", 400),
        ("Sim – já", 400),
        ("Espere…", 400),
        ("你好", 400),
        ("a\u200bb", 400),
        ("€ 10", 400),
        ("Olá, ção ÿ §", 201),
        ("Obrigado! 😀👍🏽", 201),
        ("❤️ e ❤", 201),
        ("👨‍👩‍👧 🇧🇷 1️⃣ ©️", 201),
    ],
)
def test_text_is_of_iso_8859_1_and_emoji(sales: SalesShop, thread_id: int, text: str, status: int) -> None:
    assert sales.send(thread_id, text).status_code == status


def test_the_limit_of_a_text_may_change(sales: SalesShop, thread_id: int) -> None:
    sales.meli.seller_max_message_length = 10

    assert sales.send(thread_id, "é" * 10).status_code == 201
    assert sales.send(thread_id, "é" * 11).json["message"].endswith("allowed are 10")
    assert sales.read(thread_id).json["seller_max_message_length"] == 10


def test_sent_messages_are_kept_as_they_came(sales: SalesShop, thread_id: int) -> None:
    single = sales.buy(in_pack=False)
    first = sales.send(thread_id).json["id"]
    sales.meli.write_natively(thread_id, "Oi")
    second = sales.send(single, "", attachments=sales.upload_all([INVOICE, PHOTO])).json["id"]

    assert sales.meli.messages_sent == [
        SentMessage(thread_id, first, sales.buyer_id, "Enviamos hoje.", []),
        SentMessage(single, second, sales.buyer_id, "", [INVOICE, PHOTO]),
    ]
    assert sales.meli.thread(single).messages[0].id == second


def test_a_rejected_message_stays_visible_to_its_seller_only(sales: SalesShop, thread_id: int) -> None:
    message_id = send_moderated(sales, thread_id).json["id"]
    sales.send(thread_id)
    sales.meli.read_messages(thread_id)
    moderation = sales.read_message(message_id).json["messages"][0]["message_moderation"]

    assert (moderation["status"], moderation["reason"]) == ("rejected", "out_of_place_language")
    assert [message.read is not None for message in sales.meli.thread(thread_id).messages] == [False, False, True]


def test_messages_may_be_held_until_released(sales: SalesShop, thread_id: int) -> None:
    sales.meli.holds_messages = True
    held = sales.send(thread_id).json
    sales.meli.read_messages(thread_id)
    unread = sales.meli.thread(thread_id).messages[-1].read
    sales.meli.release_message(held["id"])
    released = sales.meli.thread(thread_id).messages[-1]

    assert (held["status"], held["message_moderation"]["status"]) == ("pending", "pending")
    assert unread is None
    assert (released.status, released.moderation) == ("available", "clean")


@pytest.mark.parametrize("substatus", ["blocked_by_mediation", "bloqued_by_mediation", "blocked_by_mediation_fbm"])
def test_a_mediation_has_a_claim(sales: SalesShop, thread_id: int, substatus: str) -> None:
    response = block_and_send(sales, thread_id, substatus)
    claim_id = sales.read(thread_id).json["conversation_status"]["claim_id"]
    sales.meli.unblock(thread_id)

    assert "mediation is in process" in response.json["message"]
    assert isinstance(claim_id, int)
    assert sales.read(thread_id).json["conversation_status"]["claim_id"] is None
    assert sales.send(thread_id).status_code == 201


def test_a_block_by_fulfillment_is_refused_as_full(sales: SalesShop, thread_id: int) -> None:
    response = block_and_send(sales, thread_id, "blocked_by_fulfillment")

    assert response.json == load_sample("messages/send.403.full_not_delivered")


def test_a_cancelled_sale_stays_open_only_if_somebody_wrote(sales: SalesShop, thread_id: int) -> None:
    silent = sales.buy(in_pack=False)
    for order_id in (silent, *sales.meli.orders_of(thread_id)):
        sales.meli.set_order_status(order_id, "cancelled")

    assert sales.send(thread_id).status_code == 201
    assert sales.send(silent).json["message"] == "blocked_conversation_send_message_forbidden"


# The messaging agent


def test_past_the_agent_a_message_is_lost(sales: SalesShop, thread_id: int) -> None:
    sales.meli.migrate(thread_id)
    lost, delivered = sales.send(thread_id), sales.send(thread_id, to=AGENT)
    sales.meli.read_messages(thread_id)
    messages = {message.id: message for message in sales.meli.thread(thread_id).messages}

    assert (lost.status_code, delivered.status_code) == (201, 201)
    assert [sent.message_id for sent in sales.meli.lost_messages] == [lost.json["id"]]
    assert lost.json["id"] in sales.list_ids(thread_id)
    assert messages[lost.json["id"]].read is None
    assert messages[delivered.json["id"]].read is not None


def test_to_the_agent_goes_one_message_at_a_time(sales: SalesShop, thread_id: int) -> None:
    sales.send(thread_id)
    sales.meli.migrate(thread_id)
    statuses = [sales.send(thread_id, to=AGENT).status_code for _ in range(2)]
    sales.ask_about(thread_id)
    sales.meli.next_moderation = "SOCIAL_NETWORK_LINK"
    statuses += [sales.send(thread_id, to=AGENT).status_code for _ in range(3)]

    assert statuses == [201, 403, 201, 201, 403]


# Files


def test_an_upload_is_answered_with_its_key(sales: SalesShop) -> None:
    response = sales.upload()

    assert response.status_code == 200
    assert shape(response.json) == shape(load_sample("messages/attachments.upload.200"))


UPLOADS_REFUSED: dict[str, Callable[[SalesShop], Reply]] = {
    "empty": lambda sales: sales.upload(content=b""),
    "name": lambda sales: sales.upload(name="notas/nota.pdf"),
    "name_too_long": lambda sales: sales.upload(name="n" * 197 + ".pdf"),
    "site_required": lambda sales: sales.upload(query="tag=post_sale"),
    "too_big": lambda sales: sales.upload(content=bytes(25 * 1024 * 1024 + 1)),
}


@pytest.mark.parametrize("case", UPLOADS_REFUSED)
def test_an_upload_is_refused_in_the_recorded_words(sales: SalesShop, case: str) -> None:
    response = UPLOADS_REFUSED[case](sales)

    assert response.status_code == 400
    assert response.json == load_sample(f"messages/attachments.upload.400.{case}")


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("foto.jpg", "image/jpeg", 200),
        ("FOTO.JPEG", "image/jpeg", 200),
        ("foto.png", "image/png", 200),
        ("leia.txt", "text/plain; charset=utf-8", 200),
        ("foto.gif", "image/gif", 400),
        ("foto.jpg", "application/pdf", 400),
        ("foto", "image/jpeg", 400),
        ("notas\\nota.pdf", "application/pdf", 400),
    ],
)
def test_four_types_of_files_are_taken(sales: SalesShop, name: str, kind: str, status: int) -> None:
    assert sales.upload(name, kind).status_code == status


def test_an_upload_needs_tag_and_file(sales: SalesShop) -> None:
    assert sales.upload(query="site_id=MLB").status_code == 400
    assert sales.upload(query="tag=post_sale&site_id=MLA").status_code == 400
    assert sales.call("POST", "/messages/attachments?tag=post_sale&site_id=MLB").status_code == 400


def test_an_uploaded_file_is_sent_once_and_downloaded_by_its_key(sales: SalesShop, thread_id: int) -> None:
    (key,) = sales.upload_all([INVOICE])
    statuses = [sales.send(thread_id, attachments=keys).status_code for keys in ([key, key], [key], [key])]
    view = sales.read(thread_id).json["messages"][0]["message_attachments"][0]
    file = sales.download(key)

    assert key.startswith(f"{sales.seller_id}_")
    assert key.endswith(".pdf")
    assert statuses == [422, 201, 422]
    assert (view["filename"], view["original_filename"]) == (key, INVOICE[0])
    assert (file.status_code, file.data, file.content_type) == (200, INVOICE[2], INVOICE[1])


def test_uploads_expire(sales: SalesShop, thread_id: int, clock: TurnableClock) -> None:
    sent, told, left = sales.upload_all([INVOICE, PHOTO, PHOTO])
    sales.send(thread_id, attachments=[sent])
    clock.turn(hours=47)
    sales.renew_token()
    (later,) = sales.upload_all([PHOTO])
    clock.turn(hours=1)
    by_clock = [sales.send(thread_id, attachments=[key]).status_code for key in (told, left)]
    sales.meli.expire_uploads()

    assert by_clock == [422, 422]
    assert sales.send(thread_id, attachments=[later]).status_code == 422
    assert sales.download(later).status_code == 500
    assert sales.download(sent).status_code == 200


def test_downloads_fail_on_demand(sales: SalesShop, thread_id: int) -> None:
    sales.meli.write(thread_id, "", [PHOTO])
    filename = sales.meli.thread(thread_id).messages[-1].attachments[0].filename
    answers = {}
    for how in ("missing", "empty", "expired", "ok"):
        sales.meli.fail_file(filename, how)
        answers[how] = sales.download(filename)

    assert {how: answer.status_code for how, answer in answers.items()} == {
        "missing": 500,
        "empty": 200,
        "expired": 400,
        "ok": 200,
    }
    assert answers["missing"].json == load_sample("messages/attachments.download.500")
    assert (answers["empty"].data, answers["ok"].data) == (b"", PHOTO[2])
    with pytest.raises(NotPossible):
        sales.meli.fail_file(filename, "burnt")
    with pytest.raises(Unknown):
        sales.meli.fail_file("none", "missing")


def test_a_download_is_refused(sales: SalesShop) -> None:
    (key,) = sales.upload_all([INVOICE])
    item_id = sales.meli.add_item(sales.meli.add_seller("OUTRALOJA"), "De outra loja", 1.0)
    foreign_thread = sales.meli.buy(sales.buyer_id, item_id)
    sales.meli.write(foreign_thread, "", [PHOTO])
    foreign = sales.meli.thread(foreign_thread).messages[0].attachments[0].filename

    assert sales.download(key, "tag=post_sale&site_id=XYZ").json == load_sample(
        "messages/attachments.download.400.site"
    )
    assert sales.download(key, "tag=post_sale").status_code == 400
    assert sales.download(key, "site_id=MLB").status_code == 400
    assert sales.download("none.pdf").json == load_sample("messages/attachments.download.500")
    assert sales.download(foreign).status_code == 403
