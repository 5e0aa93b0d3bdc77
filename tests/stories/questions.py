"""Questions and their answers."""

from chalicelib.stores.threads import KnownContact, UnsavedContact
from chalicelib.wiring import bridge as current_bridge
from tests.killing import Drill
from tests.stories.telling import assert_nothing_is_left, connect_again, is_grant_gone, press_retry, reply, sweep, told


def tell_of_a_refused_reply(drill: Drill) -> None:
    """A reply that Mercado Livre refuses is shown to have failed; when the cause is gone, Retry brings it there."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    question = bridge.ask()
    meli.set_item_status(bridge.item, "paused")
    bridge.settle()
    message = drill.live_through(lambda: chatwoot.reply(bridge.conversation()["id"], "Temos."))["id"]
    # Where nobody heard the agent, it has failed for that reason, and the schedule comes.
    bridge.sweep()
    failed = bridge.message(message)
    assert failed["status"] == "failed"
    assert "não ativo" in str(failed["external_error"])
    assert meli.answers_published == []

    drill.live_through(lambda: meli.set_item_status(bridge.item, "active"))
    press_retry(drill, message)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message)["status"] == "sent"
    assert told(bridge) == [(False, "Tem na cor verde?"), (False, "Temos.")]


def tell_of_an_answer(drill: Drill) -> None:
    """A question answered by an agent."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    question = drill.live_through(lambda: meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?"))
    (conversation,) = chatwoot.conversations()
    message = reply(drill, conversation["id"], "# Temos.")

    assert meli.answers_published == [(question, "# Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert told(bridge) == [(False, "Tem na cor verde?"), (False, "# Temos.")]


def tell_of_an_answer_that_nobody_signed(drill: Drill) -> None:
    """A question answered by an agent, where Chatwoot itself is asked whether that is so."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.set(CHATWOOT_WEBHOOK_SECRETS="{}")
    question = bridge.ask()
    message = reply(drill, bridge.conversation()["id"], "Temos.")

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert told(bridge) == [(False, "Tem na cor verde?"), (False, "Temos.")]


def tell_of_contacts(drill: Drill) -> None:
    """A buyer who is new to the desk, and one whose contact an earlier version made."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    bridge.forget()
    newcomer = meli.add_buyer("OUTRO.COMPRADOR")
    drill.live_through(lambda: meli.ask(newcomer, bridge.item, "Tem?"))
    number = str(bridge.buyer)
    fields = {"name": "COMPRADORA.TESTE", "identifier": number, "custom_attributes": {"meli_user_id": number}}
    made = bridge.as_administrator("POST", "/contacts", fields)["payload"]["contact"]["id"]
    current_bridge().threads.save_contact(bridge.seller, UnsavedContact(number, KnownContact(made, "")))
    drill.live_through(lambda: meli.ask(bridge.buyer, bridge.item, "E verde?"))

    named = {contact["identifier"]: contact["id"] for contact in chatwoot.contacts()}
    assert set(named) == {f"mercado-livre:{newcomer}", f"mercado-livre:{number}"}
    assert [one["contact_id"] for one in chatwoot.conversations()] == list(named.values())
    assert_nothing_is_left(bridge)


def tell_of_changes(drill: Drill) -> None:
    """A question that was held back, and answered on Mercado Livre's own pages."""
    bridge, meli = drill.bridge, drill.bridge.meli
    question = meli.ask(bridge.buyer, bridge.item, "E amarela?")
    drill.live_through(lambda: meli.hold_question(question))
    drill.live_through(lambda: meli.release_question(question))
    drill.live_through(lambda: meli.answer_natively(question, "Amarela não."))

    assert meli.answers_published == []
    assert told(bridge) == [
        (False, "E amarela?"),
        (True, "O Mercado Livre está"),
        (True, "A pergunta foi liber"),
        (False, "Amarela não."),
    ]


def tell_of_a_removed_answer(drill: Drill) -> None:
    """Mercado Livre takes away an answer that it had published; its agent sees why."""
    bridge, meli = drill.bridge, drill.bridge.meli
    question = bridge.ask()
    message = bridge.reply("Chama no zap.")["id"]
    drill.live_through(lambda: meli.ban_answer(question, "PERSONAL_DATA"))

    failed = bridge.message(message)
    assert failed["status"] == "failed"
    assert "Resposta removida" in str(failed["external_error"])
    assert bridge.conversation()["status"] == "open"
    assert len(bridge.messages()) == 2
    assert len(bridge.notes()) == 1
    assert_nothing_is_left(bridge)


def tell_of_a_listing(drill: Drill) -> None:
    """The listing of an open question is paused and costs less; what happens to it after the answer is no matter."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.ask()
    drill.live_through(lambda: meli.set_item_status(bridge.item, "paused"))
    drill.live_through(lambda: meli.set_price(bridge.item, 50.0))
    meli.notifications_enabled = False
    meli.set_item_status(bridge.item, "active")
    meli.notifications_enabled = True
    bridge.reply("Temos.")
    drill.live_through(lambda: meli.set_item_status(bridge.item, "closed"))

    notes = [note.split(" ")[1] for note in bridge.notes()]
    assert notes == ["anúncio", "preço"], notes
    assert bridge.conversation()["custom_attributes"]["meli_total"] == "R$ 50,00"
    assert_nothing_is_left(bridge)


def tell_of_a_new_nickname(drill: Drill) -> None:
    """A buyer who is known by another nickname asks once more; their contact has the new one."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.ask()
    meli.state.buyers[bridge.buyer].nickname = "NOVA.COMPRADORA"
    bridge.clock.turn(days=2)
    drill.live_through(lambda: meli.ask(bridge.buyer, bridge.item, "E azul?"))
    if is_grant_gone(bridge):
        connect_again(bridge)
    bridge.wait_out(minutes=3)
    bridge.sweep()
    bridge.wait_out(minutes=3)

    (contact,) = bridge.chatwoot.contacts()
    assert contact["name"] == "NOVA.COMPRADORA"
    assert len(bridge.chatwoot.conversations()) == 2
    assert_nothing_is_left(bridge)


def tell_of_a_conversation_that_was_deleted(drill: Drill) -> None:
    """An open question comes back once, in another conversation."""
    bridge = drill.bridge
    bridge.ask("Tem na cor verde?")
    bridge.as_administrator("DELETE", f"/conversations/{bridge.conversation()['id']}")
    bridge.turn(minutes=61)
    sweep(drill)
    bridge.turn(minutes=61)
    bridge.sweep()
    bridge.wait_out(minutes=2)

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Tem na cor verde?"]
    assert_nothing_is_left(bridge)
