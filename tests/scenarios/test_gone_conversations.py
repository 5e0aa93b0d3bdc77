"""A question that is to be answered still comes back where its conversation was deleted, in whatever way: once."""

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tests.scenarios.test_erased_buyers import forget_buyer
from tools.chatwoot_setup import INBOX_SETTINGS, ChatwootAccount


def sweep_for(bridge: BridgeUnderTest, *, minutes: int) -> None:
    for _ in range(minutes // 10):
        bridge.turn(minutes=10)
        bridge.sweep()


def shown(bridge: BridgeUnderTest) -> list[str]:
    chatwoot = bridge.chatwoot
    found = [message for one in chatwoot.conversations() for message in chatwoot.messages(one["id"])]
    return sorted(message["content"].split("\n")[0] for message in found if not message["private"])


def delete_conversations(bridge: BridgeUnderTest) -> None:
    for conversation in bridge.chatwoot.conversations():
        bridge.as_administrator("DELETE", f"/conversations/{conversation['id']}")


def delete_contacts(bridge: BridgeUnderTest) -> None:
    for contact in bridge.chatwoot.contacts():
        bridge.as_administrator("DELETE", f"/contacts/{contact['id']}")


def delete_questions_inbox(bridge: BridgeUnderTest) -> None:
    inbox_id = bridge.settings["CHATWOOT_QUESTIONS_INBOX_ID"]
    bridge.as_administrator("DELETE", f"/inboxes/{inbox_id}")
    # Chatwoot deletes it in the background.
    bridge.turn(seconds=10)


def set_up_anew(bridge: BridgeUnderTest) -> None:
    made = ChatwootAccount(bridge.chatwoot.base_url, 1, bridge.chatwoot.admin_token).set_up(bridge.chatwoot_webhook_url)
    bridge.set(**{INBOX_SETTINGS[kind]: str(inbox.id) for kind, inbox in made.inboxes.items()})
    for inbox in made.inboxes.values():
        bridge.add_secret(str(inbox.id), inbox.secret)


def test_an_open_question_whose_conversation_or_contact_was_deleted_comes_back_once(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    for number, delete in enumerate((delete_conversations, delete_contacts)):
        question = bridge.ask(f"Tem {number}?")
        bridge.sweep()
        delete(bridge)
        sweep_for(bridge, minutes=80)

        assert shown(bridge) == [f"Tem {number}?"], delete
        message = chatwoot.reply(bridge.conversation()["id"], f"Temos {number}.")
        bridge.settle()
        assert bridge.message(message["id"])["status"] == "sent"
        assert meli.answers_published[-1] == (question, f"Temos {number}.")
        # Answered, it stays away.
        delete_conversations(bridge)
        sweep_for(bridge, minutes=80)
        assert shown(bridge) == []

    bridge.ask("E azul?")
    for _ in range(2):
        delete_conversations(bridge)
        sweep_for(bridge, minutes=80)
    assert shown(bridge) == []
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_what_was_erased_at_a_buyers_wish_does_not_come_back(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.ask()
    forget_buyer(bridge, chatwoot)
    sweep_for(bridge, minutes=80)

    assert chatwoot.conversations() == []


def test_open_questions_of_an_inbox_that_was_deleted_come_back_in_the_next_one(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    for number in range(3):
        bridge.ask(f"Tem {number}?")
    bridge.sweep()
    delete_conversations(bridge)
    sweep_for(bridge, minutes=80)
    delete_questions_inbox(bridge)
    bridge.ask("Tem 3?")
    sweep_for(bridge, minutes=20)
    assert shown(bridge) == []
    assert "inbox" in bridge.health().json()["problems"][0]["what"]

    set_up_anew(bridge)
    sweep_for(bridge, minutes=30)

    assert shown(bridge) == [f"Tem {number}?" for number in range(4)]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_question_that_was_put_into_a_dying_inbox_comes_into_the_next_one(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """Chatwoot deletes it in the background, and takes conversations for some seconds more."""
    bridge.sweep()
    bridge.ask("Tem verde?")
    # What is done after the making of the next one finds it gone, and the inbox still there.
    chatwoot.add_fault(
        "status",
        times=8,
        path="/conversations/",
        status=404,
        body='{"error":"Resource could not be found"}',
    )
    meli.ask(bridge.buyer, bridge.item, "Tem azul?")
    bridge.settle()
    delete_questions_inbox(bridge)
    bridge.wait_out(minutes=3)
    chatwoot.clear_faults()
    set_up_anew(bridge)
    bridge.wait_out(minutes=3)
    sweep_for(bridge, minutes=30)

    assert shown(bridge) == ["Tem azul?", "Tem verde?"]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_message_that_was_put_into_a_dying_inbox_comes_into_the_next_one(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.sweep()
    bridge.bought_and_wrote("Quando chega?")
    sale = bridge.buy()
    gone = {"status": 404, "body": '{"error":"Resource could not be found"}', "path": "/conversations/"}
    chatwoot.add_fault("status", times=8, **gone)
    meli.write(sale, "Tem nota?")
    bridge.settle()
    bridge.as_administrator("DELETE", f"/inboxes/{bridge.settings['CHATWOOT_SALES_INBOX_ID']}")
    bridge.wait_out(minutes=3)
    chatwoot.clear_faults()
    set_up_anew(bridge)
    bridge.wait_out(minutes=3)
    sweep_for(bridge, minutes=30)

    assert shown(bridge) == ["Tem nota?"]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
