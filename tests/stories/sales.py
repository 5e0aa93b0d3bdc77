"""Messages about purchases, and what becomes of them."""

from typing import Any

import pytest

from simulators.mercado_livre import message_reading
from tests.harness import BridgeUnderTest
from tests.killing import Drill
from tests.stories.telling import PICTURE, assert_nothing_is_left, press_retry, reply, writing_while_read

LONG_REPLY = f"{'a' * 298}. {'b' * 200}."


def tell_of_a_sale(drill: Drill) -> None:
    """A message with a file after a sale, and a reply in two messages with a file."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    sale = meli.buy(bridge.buyer, bridge.item)
    drill.live_through(lambda: meli.write(sale, "Chegou assim", [PICTURE]))
    (conversation,) = chatwoot.conversations()
    long = reply(drill, conversation["id"], LONG_REPLY, attachments=[PICTURE])
    drill.live_through(lambda: bridge.turn(seconds=61))
    drill.live_through(lambda: meli.read_messages(sale))

    assert [message.text for message in meli.messages_sent] == [LONG_REPLY[:299], LONG_REPLY[300:]]
    assert [content for _, _, content in meli.messages_sent[-1].files] == [PICTURE[2]]
    assert bridge.message(long["id"])["status"] == "read"
    brought = bridge.messages()
    assert [message["content"].split("\n")[0] for message in brought] == ["Chegou assim", LONG_REPLY]
    assert chatwoot.files(brought[0]["id"]) == [PICTURE]
    assert len(bridge.notes()) == 1
    assert set(bridge.conversation()["labels"]) == {"mercado-livre", "venda", "a-enviar"}
    assert len(chatwoot.contacts()) == 1
    assert_nothing_is_left(bridge)


def tell_of_what_was_answered(drill: Drill) -> None:
    """The buyer writes at the very moment when what was answered is marked as read, and nothing is announced."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.bought_and_wrote()
    bridge.reply("Amanhã.")
    meli.notifications_enabled = False
    with writing_while_read(meli, sale, "E a nota?"):
        drill.live_through(lambda: bridge.turn(seconds=61))
    bridge.turn(minutes=2)

    assert [shown["content"].split("\n")[0] for shown in bridge.messages()] == ["Quando chega?", "Amanhã.", "E a nota?"]
    assert_nothing_is_left(bridge)


def tell_of_a_lost_webhook(drill: Drill) -> None:
    """A reply that no webhook told of goes out before the one that was written after it."""
    bridge, chatwoot = drill.bridge, drill.bridge.chatwoot
    bridge.bought_and_wrote()
    conversation = bridge.conversation()["id"]
    first = chatwoot.reply(conversation, "Rua A, 1.")
    chatwoot.outbox.clear()
    second = reply(drill, conversation, "Envie ao endereço acima.")

    assert [message.text for message in bridge.meli.messages_sent] == ["Rua A, 1.", "Envie ao endereço acima."]
    assert [bridge.message(one["id"])["status"] for one in (first, second)] == ["sent", "sent"]
    assert_nothing_is_left(bridge)


def tell_of_a_late_rejection(drill: Drill) -> None:
    """Moderation takes away a message that was accepted; its agent sees why, and Retry sends it anew."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.bought_and_wrote()
    message = bridge.reply("Obrigado!")["id"]
    bridge.wait_out(minutes=30, step_seconds=300)
    drill.live_through(lambda: meli.moderate(meli.messages_sent[0].message_id, "AUTOMATIC_MESSAGE"))
    failed = bridge.message(message)
    assert failed["status"] == "failed"
    assert "automática" in str(failed["external_error"])

    press_retry(drill, message)
    bridge.turn(seconds=61)

    assert [sent.text for sent in meli.messages_sent] == ["Obrigado!", "Obrigado!"]
    assert bridge.message(message)["status"] == "sent"
    assert [shown["content"].split("\n")[0] for shown in bridge.messages()] == ["Quando chega?", "Obrigado!"]
    bridge.wait_out(minutes=20, step_seconds=300)
    assert_nothing_is_left(bridge)


def tell_of_a_release(drill: Drill) -> None:
    """A buyer's message that moderation holds back, and lets go later."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.buy()
    message = drill.live_through(lambda: meli.write(sale, "Veja", status="IN_MODERATION", moderation="pending"))
    drill.live_through(lambda: meli.release_message(message))

    assert [shown["content"].split("\n")[0] for shown in bridge.messages()] == ["Veja"]
    assert len(set(bridge.notes())) == len(bridge.notes()) == 2
    assert_nothing_is_left(bridge)


def tell_of_an_expired_file(drill: Drill) -> None:
    """A reply with a file whose key Mercado Livre does not take any more."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.bought_and_wrote()
    body = '{"message": "Attachment key is invalid", "error": "unprocessable_entity", "status": 422, "cause": []}'
    meli.add_fault("status", method="POST", path="/messages/packs", status=422, body=body)
    message = reply(drill, bridge.conversation()["id"], "Segue.", attachments=[PICTURE])
    bridge.turn(seconds=61)

    assert [(sent.text, [content for _, _, content in sent.files]) for sent in meli.messages_sent] == [
        ("Segue.", [PICTURE[2]])
    ]
    assert bridge.message(message["id"])["status"] == "sent"
    assert_nothing_is_left(bridge)


def tell_of_a_stray(drill: Drill) -> None:
    """A reply in another conversation of the buyer, which is refused where it stands."""
    bridge, chatwoot = drill.bridge, drill.bridge.chatwoot
    bridge.bought_and_wrote()
    bridge.as_administrator("PATCH", f"/inboxes/{bridge.sales_inbox}", {"lock_to_single_conversation": False})
    made = chatwoot.new_conversation(bridge.conversation()["contact_id"], bridge.sales_inbox)
    message = reply(drill, made["id"], "Olá")

    failed = bridge.message(message["id"])
    assert failed["status"] == "failed"
    assert bridge.meli.messages_sent == []
    assert_nothing_is_left(bridge)


def tell_of_a_cart(drill: Drill) -> None:
    """A message that names its order, which is in a pack, with a file that is not to be had for a while."""
    bridge, meli = drill.bridge, drill.bridge.meli
    view = message_reading.view_message

    def name_order(sale: Any, *rest: Any) -> dict[str, Any]:
        shown = view(sale, *rest)
        order = {"id": str(sale.orders[0].id), "name": "orders"}
        return {**shown, "message_resources": [order, *shown["message_resources"][1:]]}

    sale = bridge.buy()
    meli.write(sale, "Chegou assim", [PICTURE])
    meli.add_fault("status", method="GET", path="/messages/attachments/", status=500)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(message_reading, "view_message", name_order)
        drill.live_through(lambda: None)
    drill.live_through(lambda: bridge.wait_out(minutes=2))

    (message,) = bridge.messages()
    assert message["content"].split("\n")[0] == "Chegou assim"
    assert bridge.chatwoot.files(message["id"]) == [PICTURE]
    assert_nothing_is_left(bridge)


def tell_of_an_order_split_off(drill: Drill) -> None:
    """What is written about an order that has left its pack comes into a conversation of its own."""
    bridge, meli = drill.bridge, drill.bridge.meli
    pack = bridge.buy()
    order = meli.add_to_pack(pack, bridge.item)
    bridge.write(pack, "Os dois?")
    # Nobody announces it: what is written about it is taken for a message of the pack first.
    meli.notifications_enabled = False
    own = meli.split_off(order)
    meli.notifications_enabled = True
    drill.live_through(lambda: meli.write(own, "E este?"))

    there = {one["source_id"].rpartition("/")[2]: one["id"] for one in bridge.chatwoot.conversations()}
    shown = {
        thread: [
            message["content"].split("\n")[0]
            for message in bridge.chatwoot.messages(conversation)
            if not message["private"]
        ]
        for thread, conversation in there.items()
    }
    assert shown == {str(pack): ["Os dois?"], str(own): ["E este?"]}
    assert_nothing_is_left(bridge)


def tell_of_a_block(drill: Drill) -> None:
    """The messaging agent sets a deadline; Mercado Livre blocks the conversation, and opens it again."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.buy()
    meli.migrate(sale)
    drill.live_through(lambda: meli.write(sale, "Quando chega?"))
    assert bridge.situation().startswith("Pode responder até")

    drill.live_through(lambda: (meli.block(sale, "blocked_by_mediation"), announce_order(bridge, sale)))
    assert bridge.situation().startswith("Não pode responder. Mediação")

    drill.live_through(lambda: (meli.unblock(sale), announce_order(bridge, sale)))
    assert bridge.situation().startswith("Pode responder até")
    occasions = [note.split("\n")[0] for note in bridge.notes()]
    assert len(set(occasions)) == len(occasions), occasions
    assert sum("Mediação" in note for note in bridge.notes()) == 1
    assert_nothing_is_left(bridge)


def announce_order(bridge: BridgeUnderTest, sale: int) -> None:
    """Mercado Livre announces no blocks, but changes of an order."""
    bridge.clock.turn(seconds=1)
    bridge.meli.touch_order(bridge.meli.orders_of(sale)[0])


def tell_of_a_parcel(drill: Drill) -> None:
    """A sale is paid, dispatched, and does not arrive: a note for each, and its facts beside the conversation."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.buy(is_paid=False)
    bridge.write(sale, "Já paguei")
    bridge.chatwoot.set_status(bridge.conversation()["id"], "resolved")
    bridge.turn(minutes=1)
    drill.live_through(lambda: meli.pay(sale))
    bridge.turn(minutes=1)
    drill.live_through(lambda: meli.hand_over(sale))
    bridge.turn(minutes=1)
    drill.live_through(lambda: meli.carry(sale, "lose"))

    told = [note.split(" ")[0] for note in bridge.notes()[1:]]
    assert sorted(told) == ["O", "O", "Pagamento", "Pronta"], told
    assert bridge.conversation()["status"] == "open"
    assert bridge.conversation()["custom_attributes"]["meli_shipment"].startswith("não entregue (extraviado)")
    assert set(bridge.conversation()["labels"]) == {"mercado-livre", "venda"}
    assert_nothing_is_left(bridge)


def tell_of_a_split(drill: Drill) -> None:
    """A seller sends a purchase in two, and its buyer writes about one of them."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.bought_and_wrote(quantity=2)
    bridge.turn(minutes=1)
    parts: list[int] = []
    drill.live_through(lambda: parts.extend(meli.split(sale)))
    drill.live_through(lambda: meli.write(parts[0], "E a outra?"))

    notes = {
        one["source_id"].rpartition("/")[2]: [
            message["content"] for message in bridge.chatwoot.messages(one["id"]) if message["private"]
        ]
        for one in bridge.chatwoot.conversations()
    }
    assert set(notes) == {str(sale), str(parts[0])}
    assert len(notes[str(sale)]) == 2
    assert all(str(part) in notes[str(sale)][1] for part in parts)
    assert "/conversations/" in notes[str(parts[0])][0]
    assert_nothing_is_left(bridge)


def tell_of_a_sale_that_opens(drill: Drill) -> None:
    """A purchase has its conversation when it is paid, where that is so set; then its buyer writes."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.set(OPEN_CONVERSATION_ON_SALE="on")
    bridge.restart()
    sale = drill.live_through(lambda: meli.buy(bridge.buyer, bridge.item))
    drill.live_through(lambda: meli.write(sale, "Quando chega?"))

    assert len(bridge.notes()) == 1
    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Quando chega?"]
    assert set(bridge.conversation()["labels"]) == {"mercado-livre", "venda", "a-enviar"}
    assert_nothing_is_left(bridge)
