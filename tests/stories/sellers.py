"""Grants: given, refreshed, taken back and given again."""

from chalicelib.wiring import bridge as current_bridge
from tests.killing import Drill
from tests.stories.telling import (
    assert_nothing_is_left,
    connect_again,
    is_grant_gone,
    reply,
    sweep,
    walk_to_mercado_livre,
)


def tell_of_a_refresh(drill: Drill) -> None:
    """An answer when the token has expired; a pair of tokens that was lost costs a new authorization and no more."""
    bridge, meli = drill.bridge, drill.bridge.meli
    question = drill.live_through(lambda: meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?"))
    drill.live_through(lambda: bridge.turn(hours=6, seconds=1))
    message = reply(drill, bridge.conversation()["id"], "Temos.")
    if is_grant_gone(bridge):
        connect_again(bridge)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert_nothing_is_left(bridge)


def tell_of_a_new_seller(drill: Drill) -> None:
    """A seller connects, and what was asked before is there."""
    bridge, meli = drill.bridge, drill.bridge.meli
    seller = meli.add_seller("OUTRA")
    meli.ask(bridge.buyer, meli.add_item(seller, "Prato", 19.9), "E prato?")
    bridge.settle()
    walk_to_mercado_livre(drill, seller)
    bridge.turn(minutes=2)
    bridge.sweep()

    assert bridge.conversation()["custom_attributes"]["meli_seller"] == f"OUTRA ({seller})"
    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["E prato?"]
    assert_nothing_is_left(bridge)


def tell_of_a_seller_who_comes_back(drill: Drill) -> None:
    """A seller takes the grant back; a reply waits, its agent is told so once, and it goes when the seller returns."""
    bridge, meli = drill.bridge, drill.bridge.meli
    question = bridge.ask()
    bridge.turn(minutes=20)
    meli.revoke_grant(bridge.seller)
    message = reply(drill, bridge.conversation()["id"], "Temos.")
    bridge.turn(minutes=1)
    (note,) = bridge.notes()
    assert "/oauth/mercado-livre/start" in note
    assert meli.answers_published == []

    walk_to_mercado_livre(drill, bridge.seller)
    bridge.sweep()
    bridge.wait_out(minutes=30, step_seconds=120)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    # And once that it has gone out.
    assert bridge.notes()[:1] == [note]
    assert len(set(bridge.notes())) == len(bridge.notes()) == 2
    assert_nothing_is_left(bridge)


def tell_of_a_seller_without_a_name(drill: Drill) -> None:
    """Mercado Livre does not tell at first who has connected; the schedule asks again."""
    bridge, meli = drill.bridge, drill.bridge.meli
    other = meli.add_seller("OUTRA")
    meli.add_fault("status", path="/users", status=500, times=2)
    bridge.connect(other)
    bridge.settle()
    bridge.turn(minutes=2)
    sweep(drill)

    seller = current_bridge().sellers.get(other)
    assert seller
    assert seller.nickname == "OUTRA"
    assert_nothing_is_left(bridge)
