"""What nobody thinks of: a reply that was deleted, a nickname that changed, a seller across borders, a wrong total."""

import json
from dataclasses import replace

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.mercado_livre.state import User
from tests.harness import BridgeUnderTest

THE_BUYER_HAS_IT = "O comprador já recebeu"


def notes(chatwoot: Chatwoot, conversation: int) -> list[str]:
    return [message["content"] for message in chatwoot.messages(conversation) if message["private"]]


def rename(users: dict[int, User], user_id: int, nickname: str) -> None:
    users[user_id] = replace(users[user_id], nickname=nickname)


def test_who_deletes_a_reply_that_went_out_learns_that_the_buyer_has_it(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.ask()
    question = bridge.conversation()["id"]
    bridge.bought_and_wrote()
    sale = max(one["id"] for one in chatwoot.conversations())
    for conversation in (question, sale):
        message = chatwoot.reply(conversation, "Errei")
        bridge.settle()
        for _ in range(2):
            chatwoot.delete_message(message["id"])
            bridge.settle()
        assert [THE_BUYER_HAS_IT in note for note in notes(chatwoot, conversation)].count(True) == 1, conversation

    # One that did not go out is simply gone, and so is a note.
    meli.add_fault("status", method="POST", path="/messages/packs", times=100)
    late = chatwoot.reply(sale, "Errei de novo")
    note = chatwoot.reply(sale, "Só para nós", private=True)
    bridge.settle()
    for one in (late, note):
        chatwoot.delete_message(one["id"])
    meli.clear_faults()
    bridge.wait_out(minutes=3)
    assert [THE_BUYER_HAS_IT in note for note in notes(chatwoot, sale)].count(True) == 1
    assert [sent.text for sent in meli.messages_sent] == ["Errei"]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_buyer_who_changed_their_nickname_is_called_by_the_new_one(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.ask()
    rename(meli.state.buyers, bridge.buyer, "NOVA.COMPRADORA")
    bridge.clock.turn(days=2)
    bridge.ask("E azul?")
    (contact,) = chatwoot.contacts()
    assert contact["name"] == "NOVA.COMPRADORA"
    assert contact["custom_attributes"]["meli_nickname"] == "NOVA.COMPRADORA"

    # What an agent calls them stays.
    bridge.as_administrator("PUT", f"/contacts/{contact['id']}", {"name": "Ana da Silva"})
    rename(meli.state.buyers, bridge.buyer, "OUTRA.COMPRADORA")
    bridge.clock.turn(days=2)
    bridge.ask("E preta?")
    assert [contact["name"] for contact in chatwoot.contacts()] == ["Ana da Silva"]


def test_a_seller_who_changed_their_nickname_is_called_by_the_new_one(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.sweep()
    rename(meli.state.sellers, bridge.seller, "LOJA NOVA")
    for _ in range(3):
        bridge.turn(hours=10)
        bridge.sweep()
    bridge.restart()
    bridge.ask()

    assert bridge.conversation()["custom_attributes"]["meli_seller"] == f"LOJA NOVA ({bridge.seller})"


def test_sellers_across_borders_get_a_clear_answer(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    abroad = meli.add_seller("GLOBAL SHOP")
    country, meli.site_id = meli.site_id, "CBT"
    page = bridge.connect(abroad)
    meli.site_id = country
    bridge.settle()
    for topic, resource in (("marketplace_orders", "/marketplace/orders/2000"), ("marketplace_messages", "a1b2")):
        assert bridge.notify(topic=topic, resource=resource, user_id=str(abroad)).status_code == 200
    bridge.settle()

    assert "Global Selling" in page.text
    assert {record["outcome"] for record in bridge.history()} == {
        "not supported: cross-border selling (Global Selling)"
    }
    (problem,) = bridge.health().json()["problems"]
    assert problem["seller"] == abroad
    assert "not supported" in problem["what"]
    assert f"sellers disconnect {abroad}" in problem["do"]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_total_that_is_too_small_ends_no_list(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """Of the messages of a purchase, and of what a sweep looks through."""
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    meli.notifications_enabled = False
    for number in range(55):
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    first = {"seller_id": bridge.seller, "status": "UNANSWERED", "item_id": bridge.item}
    questions = [
        {**first, "id": one.id, "text": one.text, "from": {"id": bridge.buyer}}
        for one in list(meli.state.questions.values())[-50:]
    ]
    body = json.dumps({"total": 1, "questions": questions})
    meli.add_fault("status", status=200, body=body, path="/questions/search")
    bridge.turn(minutes=2)
    bridge.sweep()
    bridge.wait_out(minutes=2)

    assert len(bridge.chatwoot.conversations()) == 56
    assert sale
