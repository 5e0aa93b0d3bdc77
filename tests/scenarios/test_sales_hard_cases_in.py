"""What went wrong once with messages that come in after a sale, and must not again."""

from typing import Any

import pytest
from flask import request

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre, message_reading, messages, sales, sending
from tests.harness import BridgeUnderTest, Machine
from tests.killing import Drill, Executioner

FORBIDDEN = '{"message": "forbidden", "error": "forbidden", "status": 403, "cause": []}'
NEW_AGENT = 3099999999
PHOTOS = [(f"{number}.jpg", "image/jpeg", b"\xff\xd8\xff" + bytes([number]) * 3000) for number in range(25)]


def words(bridge: BridgeUnderTest) -> list[str]:
    return [str(message["content"]) for message in bridge.messages()]


def files_brought(bridge: BridgeUnderTest) -> list[str]:
    return sorted(name for message in bridge.messages() for name, _, _ in bridge.chatwoot.files(message["id"]))


def names_of(photos: list[tuple[str, str, bytes]]) -> list[str]:
    return sorted(name for name, _, _ in photos)


def hint(bridge: BridgeUnderTest, message: str) -> None:
    """Mercado Livre says that something about a message has changed."""
    bridge.notify(topic="messages", resource=message, id=f"hint-{bridge.clock.now}", actions=["read"])
    bridge.settle()


def change_views_of_messages(monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
    view = message_reading.view_message
    monkeypatch.setattr(message_reading, "view_message", lambda sale, *rest: change(sale, view(sale, *rest)))


def change_views_of_conversations(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    view = MercadoLivre._view_conversation
    monkeypatch.setattr(MercadoLivre, "_view_conversation", lambda self, *rest: view(self, *rest) | changes)


def use_new_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    agents = {**messages.AGENTS, "MLB": NEW_AGENT}
    monkeypatch.setattr(messages, "AGENTS", agents)
    monkeypatch.setattr(sending, "AGENTS", agents)


def hide_sale(meli: MercadoLivre, *, times: int) -> None:
    """The sale itself cannot be read; what is written about it can."""
    for path in ("^/packs/", "^/orders/"):
        meli.add_fault("status", method="GET", path=path, status=403, body=FORBIDDEN, times=times)


# The sweep


def test_the_sweep_sees_a_message_that_follows_others_that_were_read(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    """The count of unread messages goes to zero and comes back to what it was."""
    meli.notifications_enabled = False
    sale = bridge.buy()
    meli.write(sale, "um")
    bridge.sweep()
    for message in meli.state.sales[sale].messages:
        message.read = meli.clock()
    bridge.sweep()

    meli.write(sale, "dois")
    bridge.sweep()

    assert words(bridge) == ["um", "dois"]


@pytest.mark.parametrize("path", ["/questions/search", "/missed_feeds"])
def test_a_feed_that_cannot_be_read_hides_no_other(bridge: BridgeUnderTest, meli: MercadoLivre, path: str) -> None:
    meli.notifications_enabled = False
    sale = bridge.buy()
    meli.write(sale, "um")
    meli.add_fault("status", method="GET", path=path, status=403, body=FORBIDDEN, times=100)

    bridge.sweep()

    assert words(bridge) == ["um"]


# Files


def test_more_files_than_fit_that_chatwoot_does_not_take_keep_no_message_back(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    chatwoot.max_body_bytes = 20_000
    sale = bridge.buy()

    bridge.write(sale, "Todas", PHOTOS)
    bridge.write(sale, "E uma palavra")
    bridge.wait_out(minutes=10, step_seconds=60)

    assert words(bridge)[-1] == "E uma palavra"
    assert all(name in "".join(words(bridge)) for name in names_of(PHOTOS))
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_file_that_comes_or_goes_between_two_tries_moves_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, *, comes_back: bool
) -> None:
    sale = bridge.buy()
    meli.write(sale, "Todas", PHOTOS)
    third = meli.thread(sale).messages[0].attachments[2].filename
    meli.fail_file(third, "expired" if comes_back else "ok")
    # After the note and the first piece.
    chatwoot.add_fault("status", method="POST", path="/messages", status=503, skip=2)
    bridge.settle()
    meli.fail_file(third, "ok" if comes_back else "expired")
    bridge.wait_out(minutes=2)

    brought = files_brought(bridge)
    assert len(brought) == len(set(brought))
    lost = set(names_of(PHOTOS)) - set(brought)
    assert lost <= {"2.jpg"}
    assert all(name in "".join(words(bridge)) for name in lost)


def test_a_limit_of_calls_is_waited_out_for_a_file(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    headers = {"Retry-After": "300"}
    meli.add_fault("status", path="/messages/attachments/", status=429, times=100, headers=headers)
    bridge.write(sale, "Veja", PHOTOS[:1])
    bridge.wait_out(minutes=4)
    tries = sum("/messages/attachments/" in call.path for call in meli.journal)
    meli.clear_faults()
    bridge.wait_out(minutes=4)

    (message,) = bridge.messages()
    assert (message["content"], chatwoot.files(message["id"])) == ("Veja", PHOTOS[:1])
    assert tries <= 2


@pytest.mark.parametrize("before", [0, 5])
def test_many_files_that_come_slowly_are_done_with_before_the_lambda_ends(
    bridge: BridgeUnderTest, meli: MercadoLivre, before: int
) -> None:
    sale = bridge.buy()
    if before:
        meli.write(sale, "Algumas", PHOTOS[:before])
    started = bridge.clock.now

    def dawdle() -> None:
        # Within the read timeout.
        if request.path.startswith("/messages/attachments/"):
            bridge.clock.turn(seconds=7)

    watchers = meli.flask.before_request_funcs.setdefault(None, [])
    watchers.append(dawdle)
    try:
        bridge.write(sale, "Todas", PHOTOS)
    finally:
        watchers.remove(dawdle)

    assert (bridge.clock.now - started).total_seconds() < 120
    bridge.wait_out(minutes=2)
    assert any(text.startswith("Todas") for text in words(bridge))


def test_files_of_a_message_that_was_held_back_are_brought_when_it_is_released(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.buy()
    message = meli.write(sale, "Veja", PHOTOS[:2], status="IN_MODERATION", moderation="pending")
    withheld = meli.thread(sale).messages[0].attachments[1].filename
    meli.fail_file(withheld, "missing")
    bridge.settle()
    bridge.wait_out(minutes=1, step_seconds=5)
    assert files_brought(bridge) == ["0.jpg"]

    meli.fail_file(withheld, "ok")
    meli.release_message(message)
    bridge.settle()

    assert files_brought(bridge) == ["0.jpg", "1.jpg"]
    assert sum(text.startswith("Veja") for text in words(bridge)) == 1


def test_chatwoots_limit_of_messages_costs_no_file(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """It answers 422 to too many messages in a minute as it does to a file that it does not take."""
    sale = bridge.bought_and_wrote("um")
    path = f"/conversations/{bridge.conversation()['id']}/messages"
    # With what the bridge wrote there are as many as Chatwoot takes in a minute.
    for number in range(197):
        bridge.as_administrator("POST", path, {"content": str(number), "private": True})

    bridge.write(sale, "Veja", PHOTOS[:1])
    bridge.wait_out(minutes=5)

    message = bridge.messages()[-1]
    assert (message["content"], chatwoot.files(message["id"])) == ("Veja", PHOTOS[:1])
    assert bridge.dead_letters() == 0


def test_what_a_file_is_called_is_no_markdown(bridge: BridgeUnderTest) -> None:
    sale = bridge.buy()

    bridge.write(sale, "oi", [("[clique](https:evil.example).pdf", "application/pdf", b"MZ")], threat=True)

    assert "evil.example" in words(bridge)[0]
    assert "[clique](" not in words(bridge)[0]


@pytest.mark.parametrize("point", range(0, 60, 4))
def test_a_crash_amid_many_files_loses_and_doubles_none(machine: Machine, point: int) -> None:
    bridge = BridgeUnderTest(machine)
    sale = bridge.buy()

    Drill(bridge, Executioner(point)).live_through(lambda: bridge.meli.write(sale, "Todas", PHOTOS[:17]))
    bridge.wait_out(minutes=1)

    assert files_brought(bridge) == names_of(PHOTOS[:17])
    assert sum(text == "Todas" for text in words(bridge)) == 1


# What is released


def test_what_is_released_while_its_first_showing_was_uncertain_is_shown(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    chatwoot.add_fault("commit_then_drop", method="POST", path="/messages")
    message = meli.write(sale, "", status="pending_translation")
    bridge.settle()

    meli.release_message(message, "A palavra que importa")
    bridge.wait_out(minutes=2)

    assert sum("A palavra que importa" in text for text in words(bridge)) == 1


def test_words_that_were_shown_before_their_release_are_not_shown_twice(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.buy()
    message = bridge.write(sale, "Meu recado", status="IN_MODERATION", moderation="pending")

    meli.release_message(message)
    bridge.settle()

    assert [text.split("\n")[0] for text in words(bridge)] == ["Meu recado"]
    assert "liberou" in bridge.notes()[-1]


# The state of the exchange


def test_a_block_that_is_seen_when_the_conversation_is_deleted_harms_nothing(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    message = bridge.write(sale, "um")
    bridge.as_administrator("DELETE", f"/conversations/{bridge.conversation()['id']}")

    meli.block(sale, "blocked_by_mediation")
    hint(bridge, message)
    bridge.wait_out(minutes=10, step_seconds=30)

    assert chatwoot.conversations() == []
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


def test_a_block_is_told_again_where_the_conversation_was_deleted(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    bridge.write(sale, "um")
    meli.block(sale, "blocked_by_mediation")
    bridge.write(sale, "dois")
    bridge.as_administrator("DELETE", f"/conversations/{bridge.conversation()['id']}")

    bridge.write(sale, "três")

    assert words(bridge) == ["três"]
    assert "Mediação" in bridge.situation()
    assert sum("Mediação" in note for note in bridge.notes()) == 1


def test_a_conversation_that_expired_and_shows_no_messages_tells_its_state(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.buy()
    message = bridge.write(sale, "um")

    meli.block(sale, "blocked_by_conversation_expired")
    hint(bridge, message)

    assert bridge.situation().startswith("Não pode responder. Compra de mais de 18 meses")


@pytest.mark.parametrize("listing", [None, []])
def test_a_conversation_without_a_list_of_messages_is_read(
    bridge: BridgeUnderTest, meli: MercadoLivre, monkeypatch: pytest.MonkeyPatch, listing: list[Any] | None
) -> None:
    sale = bridge.buy()
    message = bridge.write(sale, "um")
    meli.block(sale, "blocked_by_conversation_expired")
    change_views_of_conversations(monkeypatch, messages=listing)

    hint(bridge, message)
    bridge.wait_out(minutes=5)

    assert words(bridge) == ["um"]
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


@pytest.mark.parametrize(
    ("substatus", "shown"), [("blocked_by_time", "30 dias"), ("blocked_by_conversation_expired", "18 meses")]
)
def test_a_block_that_is_met_by_a_reply_is_shown_on_the_conversation(
    bridge: BridgeUnderTest, meli: MercadoLivre, substatus: str, shown: str
) -> None:
    """Mercado Livre announces no blocks."""
    sale = bridge.bought_and_wrote()
    meli.block(sale, substatus)

    assert bridge.reply("Oi")["status"] == "failed"
    bridge.wait_out(minutes=2)

    assert shown in bridge.situation()


def test_a_state_that_is_not_given_is_no_release(
    bridge: BridgeUnderTest, meli: MercadoLivre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = bridge.buy()
    message = bridge.write(sale, "um")
    meli.block(sale, "blocked_by_buyer")
    bridge.write(sale, "dois")
    notes = bridge.notes()
    change_views_of_conversations(monkeypatch, conversation_status=None)

    hint(bridge, message)

    assert bridge.notes() == notes
    assert "bloqueadas pelo comprador" in bridge.situation()


def test_one_reason_in_two_spellings_is_told_once(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote("um")

    for spelling in ("blocked_by_mediation", "bloqued_by_mediation", "blocked_by_mediation"):
        meli.block(sale, spelling)
        bridge.write(sale, spelling)

    assert sum("Mediação" in note for note in bridge.notes()) == 1


def test_a_deadline_goes_when_nobody_may_write(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    meli.migrate(sale)
    message = bridge.write(sale, "um")
    assert bridge.situation().startswith("Pode responder até")

    bridge.turn(hours=96)
    meli.block(sale, "blocked_by_ai_assistant_expired")
    hint(bridge, message)

    assert bridge.situation().startswith("Não pode responder.")


def test_attributes_that_others_left_empty_stay(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote("um")
    path = f"/conversations/{bridge.conversation()['id']}/custom_attributes"
    bridge.as_administrator("POST", path, {"custom_attributes": {"vip": ""}})

    meli.block(sale, "blocked_by_buyer")
    bridge.write(sale, "dois")

    assert bridge.conversation()["custom_attributes"]["vip"] == ""


# Answers that say little


@pytest.mark.parametrize("paging", [None, {"limit": 100, "offset": 0, "total": 100}])
def test_a_total_that_is_missing_or_too_low_hides_no_message(
    bridge: BridgeUnderTest, meli: MercadoLivre, monkeypatch: pytest.MonkeyPatch, paging: dict[str, int] | None
) -> None:
    meli.notifications_enabled = False
    sale = bridge.buy()
    for number in range(120):
        meli.write(sale, str(number))
    meli.notifications_enabled = True
    change_views_of_conversations(monkeypatch, paging=paging)

    bridge.write(sale, "120")
    bridge.wait_out(minutes=4)

    assert words(bridge) == [str(number) for number in range(121)]


def test_an_order_of_which_little_is_shown_is_told_without_what_lacks(
    bridge: BridgeUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = sales.view_order
    hidden = {"buyer": None, "order_items": None, "payments": None, "shipping": None}

    def view_little(*details: Any) -> dict[str, Any]:
        shown = view(*details)
        return {"id": shown["id"], "status": shown["status"], **hidden}

    monkeypatch.setattr(sales, "view_order", view_little)
    sale = bridge.buy(in_pack=False)

    bridge.write(sale, "um")
    bridge.wait_out(minutes=2)

    assert words(bridge) == ["um"]
    (note,) = bridge.notes()
    assert "Total:" not in note
    assert "None" not in note


def test_a_message_without_author_or_time_is_shown(bridge: BridgeUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    change_views_of_messages(monkeypatch, lambda _, view: view | {"from": None, "message_date": None})
    sale = bridge.buy()

    bridge.write(sale, "um")
    bridge.wait_out(minutes=4)

    assert words(bridge) == ["um"]
    assert bridge.messages()[0]["content_attributes"].get("external_created_at", 0) >= 0


# The sale


def test_a_message_that_names_its_order_finds_its_pack_though_the_order_is_late(
    bridge: BridgeUnderTest, meli: MercadoLivre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def name_order(sale: Any, view: dict[str, Any]) -> dict[str, Any]:
        order, *others = [{"id": str(sale.orders[0].id), "name": "orders"}, *view["message_resources"][1:]]
        return view | {"message_resources": [order, *others]}

    change_views_of_messages(monkeypatch, name_order)
    sale = bridge.buy()
    meli.add_fault("status", method="GET", path="^/orders/", status=404)

    bridge.write(sale, "um")
    bridge.wait_out(minutes=10, step_seconds=30)

    assert words(bridge) == ["um"]
    assert bridge.conversation()["source_id"] == f"{bridge.seller}/pack/{sale}"
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


@pytest.mark.parametrize("in_pack", [False, True])
def test_an_order_that_was_split_off_its_pack_has_a_conversation_of_its_own(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, *, in_pack: bool
) -> None:
    pack = bridge.buy()
    order = meli.add_to_pack(pack, bridge.item)
    bridge.write(pack, "Os dois chegam juntos?")
    own = meli.split_off(order, in_pack=in_pack)
    bridge.settle()

    first = bridge.write(own, "E este, quando chega?")
    bridge.write(own, "Alô?")
    # Told once more, as when moderation changes its mind.
    bridge.notify(topic="messages", resource=first, _id="later", actions=["created"])
    bridge.settle()

    conversations = {one["source_id"].rpartition("/")[2]: one["id"] for one in chatwoot.conversations()}
    assert set(conversations) == {str(pack), str(own)}
    public = [message for message in chatwoot.messages(conversations[str(own)]) if not message["private"]]
    assert [message["content"] for message in public] == ["E este, quando chega?", "Alô?"]
    chatwoot.reply(conversations[str(own)], "Amanhã.")
    bridge.settle()
    assert meli.messages_sent[-1].thread_id == own
    assert bridge.dead_letters() == 0


def test_an_agent_that_is_new_to_us_is_never_taken_for_the_buyer(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_new_agent(monkeypatch)
    sale = bridge.buy()
    meli.migrate(sale)
    hide_sale(meli, times=1000)

    bridge.write(sale, "um")
    bridge.wait_out(minutes=3)

    (contact,) = chatwoot.contacts()
    assert str(NEW_AGENT) not in contact["identifier"]
    assert str(bridge.buyer) not in contact["identifier"]
    assert words(bridge) == ["um"]


def test_a_sale_that_can_be_read_within_a_minute_has_its_buyer(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    meli.migrate(sale)
    hide_sale(meli, times=1000)
    bridge.write(sale, "um")
    bridge.turn(seconds=25)
    assert chatwoot.contacts() == []

    meli.clear_faults()
    bridge.wait_out(minutes=2)

    (contact,) = chatwoot.contacts()
    assert contact["identifier"] == f"mercado-livre:{bridge.buyer}"
    assert words(bridge) == ["um"]


def test_a_cart_with_more_orders_than_are_shown_has_no_false_total(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    for _ in range(11):
        meli.add_to_pack(sale, bridge.item)

    bridge.write(sale, "um")

    (note,) = bridge.notes()
    assert "629,60" not in note
    assert "mais 2" in note
    assert "629,60" not in bridge.conversation()["custom_attributes"].get("meli_total", "")


def test_what_a_listing_is_called_is_no_markdown(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    title = "Kit *2* un. ![x](https://t.example/p.png) {{contact.email}} __y__"
    meli.add_to_pack(sale, meli.add_item(bridge.seller, title, 10.0))

    bridge.write(sale, "um")

    (note,) = bridge.notes()
    assert "t.example/p.png" in note
    assert "![x](" not in note
    assert "*2*" not in note
    assert "{{" not in note


def test_a_contact_that_was_deleted_in_chatwoot_is_made_anew(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    sale = bridge.bought_and_wrote("um")
    # Its conversations go with it.
    state = chatwoot.state
    for kept in (state.contacts, state.contact_inboxes, state.conversations, state.messages):
        kept.clear()

    bridge.write(sale, "dois")
    bridge.wait_out(minutes=3)

    assert words(bridge) == ["dois"]
    assert len(chatwoot.contacts()) == 1
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0
