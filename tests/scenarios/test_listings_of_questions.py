"""What becomes of a listing matters to whoever answers a question on it."""

from tests.harness import BridgeUnderTest
from tests.scenarios.test_life_of_a_sale import happen, reads


def test_a_question_shows_stock_choices_and_the_price_that_buyers_see(bridge: BridgeUnderTest) -> None:
    bridge.meli.set_variations(bridge.item, {"Azul": 3, "Verde": 0})
    bridge.meli.set_price(bridge.item, 50.0, regular_price=62.96)

    bridge.ask()

    (shown,) = bridge.messages()
    assert "R$ 50,00 (em oferta; preço normal R$ 62,96) · ativo · 3 em estoque · Azul: 3, Verde: 0" in shown["content"]
    assert bridge.conversation()["custom_attributes"]["meli_total"] == "R$ 50,00"


def test_a_listing_that_cannot_be_answered_on_is_told_once_and_that_it_can_again(bridge: BridgeUnderTest) -> None:
    meli = bridge.meli
    bridge.ask()
    reads(meli)

    happen(bridge, lambda: meli.set_stock(bridge.item, 0))
    assert reads(meli) == 2
    happen(bridge, lambda: meli.touch_item(bridge.item))
    assert [note.split(".")[0] for note in bridge.notes()] == ["O anúncio ficou sem estoque e foi pausado"]
    happen(bridge, lambda: meli.set_stock(bridge.item, 5))
    happen(bridge, lambda: meli.set_item_status(bridge.item, "under_review", "waiting_for_patch"))
    assert [note.split(" ")[2] for note in bridge.notes()] == ["ficou", "voltou", "Livre"]


def test_a_price_that_changed_is_told_to_each_open_question_and_to_no_other(bridge: BridgeUnderTest) -> None:
    meli, chatwoot = bridge.meli, bridge.chatwoot
    answered = bridge.ask("Tem azul?")
    bridge.reply("Temos.")
    for text in ("E verde?", "E preta?"):
        meli.ask(meli.add_buyer(f"OUTRO {text}"), bridge.item, text)
    bridge.settle()
    reads(meli)

    happen(bridge, lambda: meli.set_price(bridge.item, 50.0, regular_price=62.96))

    told = {
        one["source_id"].rpartition("/")[2]: [
            message["content"] for message in chatwoot.messages(one["id"]) if message["private"]
        ]
        for one in chatwoot.conversations()
    }
    assert told.pop(str(answered)) == []
    assert [*told.values()] == [["O preço do anúncio mudou desde a pergunta: de R$ 62,96 para R$ 50,00."]] * 2
    # A listing, and what it costs now, twice: its offer is announced apart.
    assert reads(meli) <= 4


def test_a_listing_without_an_open_question_costs_no_read(bridge: BridgeUnderTest) -> None:
    bridge.ask()
    bridge.reply("Temos.")
    happen(bridge, lambda: bridge.meli.touch_item(bridge.item))
    reads(bridge.meli)

    for topic, resource in (
        ("items", f"/items/{bridge.item}"),
        ("catalogs", f"/items/{bridge.item}/price_to_win"),
        ("promotions", f"/seller-promotions/offers/OFFER-{bridge.item}-1"),
        ("public_offers", "/seller-promotions/offers/5900000001"),
    ):
        bridge.meli.notify(topic, resource, bridge.seller)
    bridge.settle()

    assert reads(bridge.meli) == 0
    outcomes = [entry["outcome"] for entry in bridge.history()]
    assert (outcomes.count("listing forgotten"), outcomes.count("unusable resource")) == (3, 1)
    assert bridge.notes() == []


def test_a_conversation_that_was_deleted_is_told_nothing(bridge: BridgeUnderTest) -> None:
    bridge.ask()
    bridge.as_administrator("DELETE", f"/conversations/{bridge.conversation()['id']}")

    happen(bridge, lambda: bridge.meli.set_item_status(bridge.item, "paused"))

    assert bridge.chatwoot.conversations() == []
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
