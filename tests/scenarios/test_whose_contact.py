"""Who a buyer is in Chatwoot: one contact, under a name that no other program gives; nobody is no buyer."""

from typing import Any

import pytest

from chalicelib.models import Thread
from chalicelib.stores.threads import KnownContact, UnsavedContact
from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def make_as_before(bridge: BridgeUnderTest, **fields: Any) -> int:
    """A contact as an earlier version made them, under the buyer's bare number; and what was noted goes."""
    bridge.forget()
    body = {"name": "COMPRADORA.TESTE", "identifier": str(bridge.buyer), **fields}
    return int(bridge.as_administrator("POST", "/contacts", body)["payload"]["contact"]["id"])


def note_as_before(bridge: BridgeUnderTest, buyer: str, contact: int) -> None:
    """What an earlier version noted of a contact."""
    current_bridge().threads.save_contact(bridge.seller, UnsavedContact(buyer, KnownContact(contact, "")))


def identifiers(chatwoot: Chatwoot) -> list[str]:
    return [contact["identifier"] for contact in chatwoot.contacts()]


@pytest.mark.parametrize("is_noted", [False, True])
def test_a_contact_of_before_is_recognised_and_renamed(
    bridge: BridgeUnderTest, chatwoot: Chatwoot, *, is_noted: bool
) -> None:
    contact = make_as_before(bridge, custom_attributes={"meli_user_id": str(bridge.buyer)})
    if is_noted:
        current_bridge().threads.save_contact(
            bridge.seller, UnsavedContact(str(bridge.buyer), KnownContact(contact, ""))
        )

    bridge.ask("Tem?")
    bridge.ask("E agora?")

    assert identifiers(chatwoot) == [f"mercado-livre:{bridge.buyer}"]
    assert {one["contact_id"] for one in chatwoot.conversations()} == {contact}


@pytest.mark.parametrize("is_noted", [False, True])
def test_another_programs_customer_is_never_taken_for_the_buyer(
    bridge: BridgeUnderTest, chatwoot: Chatwoot, *, is_noted: bool
) -> None:
    """Its name would be published by a template in an answer."""
    stranger = make_as_before(bridge, name="Dona Maria", email="maria@example.com")
    if is_noted:
        current_bridge().threads.save_contact(
            bridge.seller, UnsavedContact(str(bridge.buyer), KnownContact(stranger, ""))
        )
    before = chatwoot.contacts()

    bridge.ask()

    assert bridge.conversation()["contact_id"] != stranger
    assert identifiers(chatwoot) == [str(bridge.buyer), f"mercado-livre:{bridge.buyer}"]
    assert chatwoot.contacts()[0] == before[0]
    bridge.reply("Olá, {{contact.name}}!")
    assert bridge.meli.answers_published[-1][1].casefold() == "olá, compradora.teste!"


def test_a_purchase_of_before_whose_buyer_nobody_shows_keeps_its_contact(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    meli.migrate(sale)
    for path in ("/packs/", "/orders/"):
        meli.add_fault("status", method="GET", path=f"^{path}", status=404, times=1000)
    thread = Thread(bridge.seller, "pack", str(sale))
    contact = make_as_before(bridge, identifier=f"sale/{thread}")
    note_as_before(bridge, f"sale/{thread}", contact)

    bridge.write(sale, "Quando chega?")
    bridge.wait_out(minutes=3)

    assert identifiers(chatwoot) == [f"mercado-livre:{thread}"]
    assert bridge.conversation()["contact_id"] == contact


def test_a_known_contact_that_was_deleted_is_made_again(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.forget()
    note_as_before(bridge, str(bridge.buyer), 999)

    bridge.ask()

    assert identifiers(chatwoot) == [f"mercado-livre:{bridge.buyer}"]
    assert bridge.errors == []


def test_where_both_names_are_taken_by_ours_the_new_one_counts(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    make_as_before(bridge, custom_attributes={"meli_user_id": str(bridge.buyer)})
    body = {"name": "COMPRADORA.TESTE", "identifier": f"mercado-livre:{bridge.buyer}"}
    new = bridge.as_administrator("POST", "/contacts", body)["payload"]["contact"]["id"]

    bridge.ask()

    assert bridge.conversation()["contact_id"] == new
    assert len(chatwoot.contacts()) == 2


@pytest.mark.parametrize("identifier", [None, "cliente-17"])
def test_a_buyer_whom_an_agent_merged_with_another_customer_is_that_customer(
    bridge: BridgeUnderTest, chatwoot: Chatwoot, identifier: str | None
) -> None:
    bridge.ask()
    customer = {"name": "Dona Maria", "email": "maria@example.com", "identifier": identifier}
    maria = bridge.as_administrator("POST", "/contacts", customer)["payload"]["contact"]["id"]
    buyer = bridge.conversation()["contact_id"]
    merging = {"base_contact_id": maria, "mergee_contact_id": buyer}
    bridge.as_administrator("POST", "/actions/contact_merge", merging)

    bridge.ask("E verde?")
    bridge.ask("E azul?")

    assert [contact["id"] for contact in chatwoot.contacts()] == [maria]
    assert {one["contact_id"] for one in chatwoot.conversations()} == {maria}
    assert bridge.errors == []


def test_where_there_were_none_nobody_is_looked_for(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.forget()
    for number in range(3):
        bridge.meli.ask(bridge.meli.add_buyer(f"COMPRADOR.{number}"), bridge.item, "Tem?")
    bridge.settle()

    assert len([call for call in chatwoot.journal if call.path.endswith("/contacts/filter")]) == 1


# Nobody


def test_questions_of_nobody_are_contacts_of_their_own(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    meli.journal.clear()
    questions = [meli.ask(bridge.buyer, bridge.item, f"Tem {number}?", hides_buyer=True) for number in range(2)]
    bridge.settle()
    bridge.ask("E eu?")

    assert identifiers(chatwoot) == [
        *(f"mercado-livre:{bridge.seller}/question/{question}" for question in questions),
        f"mercado-livre:{bridge.buyer}",
    ]
    assert [contact["name"] for contact in chatwoot.contacts()[:2]] == [f"Mercado Livre {one}" for one in questions]
    assert all("meli_user_id" not in contact["custom_attributes"] for contact in chatwoot.contacts()[:2])
    assert not [call for call in meli.journal if call.path == "/users/0"]


def test_a_message_of_a_pack_without_a_number_is_found_by_the_sweep(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.buy()
    meli.lacks_resource_ids = True

    bridge.write(sale, "Quando chega?")
    assert "message of no purchase" in [entry["outcome"] for entry in bridge.history()]
    bridge.sweep()

    assert [message["content"] for message in bridge.messages()] == ["Quando chega?"]
    assert bridge.conversation()["source_id"] == f"{bridge.seller}/pack/{sale}"
    assert bridge.dead_letters() == 0


def test_undated_messages_behind_the_agent_are_shown(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    meli.migrate(sale)
    meli.lacks_dates = True

    bridge.write(sale, "Quando chega?")
    bridge.wait_out(minutes=3)

    assert [message["content"] for message in bridge.messages()] == ["Quando chega?"]
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0
