"""What is written after a sale becomes one conversation per purchase, each message once and in order."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest, Clock


def calls(service: MercadoLivre | Chatwoot) -> list[str]:
    return [f"{call.method} {call.path}" for call in service.journal if call.direction == "in"]


def words(bridge: BridgeUnderTest) -> list[str]:
    return [str(message["content"]) for message in bridge.messages()]


# The conversation


@pytest.mark.parametrize("in_pack", [True, False])
def test_a_purchase_is_one_conversation_in_the_sales_inbox(bridge: BridgeUnderTest, *, in_pack: bool) -> None:
    sale = bridge.bought_and_wrote("Quando chega?", in_pack=in_pack)
    bridge.write(sale, "Tem nota fiscal?")

    (conversation,) = bridge.chatwoot.conversations(bridge.sales_inbox)
    assert conversation["source_id"] == f"{bridge.seller}/pack/{sale}"
    assert set(conversation["labels"]) == {"mercado-livre", "venda", "a-enviar"}
    assert words(bridge) == ["Quando chega?", "Tem nota fiscal?"]
    assert [message["message_type"] for message in bridge.messages()] == ["incoming", "incoming"]
    assert bridge.meli.thread(sale).marked_as_read_by_api == 0


def test_a_purchase_alone_opens_no_conversation(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.buy()

    assert chatwoot.conversations() == []


def test_a_private_note_tells_the_order_in_short(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy(quantity=2)
    second = meli.add_to_pack(sale, meli.add_item(bridge.seller, "Prato_raso [novo]", 10.0))
    bridge.write(sale, "Quando chega?")

    (note,) = bridge.notes()
    assert "2 × Caneca azul 300 ml" in note
    assert "1 × Prato" in note
    assert "Total: R$ 135,92" in note
    assert "Pagamento: aprovado" in note
    assert "Envio: pronto para enviar" in note
    assert str(second) in note
    assert f"(https://www.mercadolivre.com.br/vendas/{sale}/detalhe)" in note


def test_the_conversation_carries_what_an_agent_filters_by(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()

    attributes = bridge.conversation()["custom_attributes"]
    (order,) = meli.orders_of(sale)
    assert attributes["meli_pack_id"] == str(sale)
    assert attributes["meli_order_id"] == str(order)
    assert attributes["meli_items"] == "1 × Caneca azul 300 ml (SKU: SKU-1)"
    assert attributes["meli_total"] == "R$ 62,96"
    assert attributes["meli_sale_link"].endswith(f"/vendas/{sale}/detalhe")
    assert attributes["meli_seller"] == f"LOJA TESTE ({bridge.seller})"


def test_the_contact_is_the_orders_buyer_though_the_agent_wrote(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    meli.migrate(sale)

    bridge.write(sale, "Quando chega?")

    (contact,) = chatwoot.contacts()
    assert contact["identifier"] == f"mercado-livre:{bridge.buyer}"
    assert contact["name"] == "COMPRADORA.TESTE"


def test_questions_and_purchases_of_one_buyer_have_one_contact(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.ask()
    bridge.bought_and_wrote()
    bridge.bought_and_wrote()

    assert len(chatwoot.contacts()) == 1
    assert len(chatwoot.conversations(bridge.questions_inbox)) == 1
    assert len(chatwoot.conversations(bridge.sales_inbox)) == 2


@pytest.mark.parametrize("path", ["/packs/", "/orders/", "/shipments/", "/users/"])
def test_what_cannot_be_read_of_a_sale_keeps_no_message_back(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, path: str
) -> None:
    sale = bridge.buy()
    body = '{"message": "User access token invalid for resource", "error": "forbidden", "status": 403, "cause": []}'
    meli.add_fault("status", method="GET", path=f"^{path}", status=403, body=body, times=100)

    bridge.write(sale, "Quando chega?")
    bridge.wait_out(minutes=3)

    assert words(bridge) == ["Quando chega?"]
    assert str(sale) in bridge.notes()[0]
    (contact,) = chatwoot.contacts()
    assert contact["identifier"] == f"mercado-livre:{bridge.buyer}"


def test_a_sale_whose_buyer_nobody_shows_has_a_contact_all_the_same(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    meli.migrate(sale)
    for path in ("/packs/", "/orders/"):
        meli.add_fault("status", method="GET", path=f"^{path}", status=404, times=100)

    bridge.write(sale, "Quando chega?")
    bridge.wait_out(minutes=3)

    (contact,) = chatwoot.contacts()
    assert contact["name"] == f"Mercado Livre {sale}"
    assert words(bridge) == ["Quando chega?"]


def test_the_note_says_which_one_was_bought(bridge: BridgeUnderTest) -> None:
    bridge.bought_and_wrote(variation={"Cor": "Azul *petróleo*", "Voltagem": "220 V"})

    assert "1 × Caneca azul 300 ml (Cor: Azul \\*petróleo\\*, Voltagem: 220 V, SKU: SKU-1)" in bridge.notes()[0]


# Each message


def test_messages_say_when_they_were_written(bridge: BridgeUnderTest, clock: Clock) -> None:
    bridge.bought_and_wrote()

    (message,) = bridge.messages()
    assert message["content_attributes"]["external_created_at"] == int(clock.now.timestamp())
    assert message["status"] == "sent"


def test_the_first_look_at_a_purchase_brings_in_its_history(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.notifications_enabled = False
    sale = bridge.buy()
    for number in range(13):
        meli.write(sale, f"mensagem {number}")
        meli.write_natively(sale, f"resposta {number}")
    meli.notifications_enabled = True

    bridge.write(sale, "E agora?")

    told = [text for number in range(13) for text in (f"mensagem {number}", f"resposta {number}")]
    assert words(bridge) == [*told, "E agora?"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_every_page_is_read_whatever_its_order(
    bridge: BridgeUnderTest, meli: MercadoLivre, *, newest_first: bool
) -> None:
    meli.newest_first, meli.page_limit_max, meli.notifications_enabled = newest_first, 7, False
    sale = bridge.buy()
    for number in range(20):
        meli.write(sale, f"mensagem {number}")
    meli.notifications_enabled = True

    bridge.write(sale, "a última")

    assert words(bridge) == [*(f"mensagem {number}" for number in range(20)), "a última"]


def test_a_long_history_waits_for_chatwoots_limit(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.notifications_enabled = False
    sale = bridge.buy()
    for number in range(230):
        meli.write(sale, str(number))
    meli.notifications_enabled = True
    bridge.write(sale, "230")
    bridge.wait_out(minutes=4)

    assert words(bridge) == [str(number) for number in range(231)]
    assert bridge.dead_letters() == 0


def test_a_minute_that_others_have_filled_is_waited_out_as_often_as_need_be(
    bridge: BridgeUnderTest, meli: MercadoLivre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Chatwoot counts what everybody writes, so that it is not for us to know when a minute is full."""
    monkeypatch.setattr("simulators.chatwoot.messages.MAX_MESSAGES_A_MINUTE", 15)
    sale = bridge.bought_and_wrote("0")
    meli.notifications_enabled = False
    for number in range(1, 101):
        meli.write(sale, str(number))
    meli.notifications_enabled = True
    bridge.write(sale, "101")
    bridge.wait_out(minutes=9)

    assert [text.split("\n")[0] for text in words(bridge)] == [str(number) for number in range(102)]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    assert "job failed" not in caplog.text


def test_twenty_messages_announced_at_once_shuffled_and_repeated_land_in_order_and_once(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.buy()
    meli.notifications_enabled = False
    ids = [meli.write(sale, f"mensagem {number}") for number in range(20)]
    told = [(message, copy) for message in ids for copy in range(3)]
    random.Random(20).shuffle(told)

    def notify(entry: tuple[str, int]) -> int:
        message, copy = entry
        sent = f"2026-11-22T12:00:0{copy}Z"
        fields = {"resource": message, "topic": "messages", "actions": ["created"], "user_id": bridge.seller}
        return bridge.notify(**fields, _id=None, id=f"{message}-{copy}", sent=sent, received=sent).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(notify, told)) == {200}
    bridge.settle()
    bridge.wait_out(minutes=1)

    assert words(bridge) == [f"mensagem {number}" for number in range(20)]
    assert len(bridge.notes()) == 1


def test_a_message_that_is_not_there_yet_is_waited_for(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    meli.messages_not_found = 3

    bridge.write(sale, "Quando chega?")
    bridge.wait_out(minutes=3)

    assert words(bridge) == ["Quando chega?"]


def test_a_message_that_never_appears_is_let_go(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.notify(topic="messages", resource="0" * 32, id="n1")
    bridge.settle()
    bridge.wait_out(minutes=40)

    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    assert bridge.history()[-1]["outcome"] == "message not found"


def test_a_message_that_the_listing_lacks_is_brought_in_all_the_same(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote("um")
    late = meli.write(sale, "dois")
    meli.hide_from_pack(late)
    bridge.settle()
    assert words(bridge) == ["um", "dois"]

    meli.show_in_pack(late)
    bridge.write(sale, "três")

    assert words(bridge) == ["um", "dois", "três"]


@pytest.mark.parametrize("resource", ["{id}", "/messages/{id}", "messages/{id}", "/marketplace/messages/{id}"])
def test_a_hint_may_name_its_message_in_any_form(bridge: BridgeUnderTest, meli: MercadoLivre, resource: str) -> None:
    sale = bridge.buy()
    meli.notifications_enabled = False
    message = meli.write(sale, "Quando chega?")

    bridge.notify(topic="messages", resource=resource.format(id=message), actions=["created"])
    bridge.settle()

    assert words(bridge) == ["Quando chega?"]


@pytest.mark.parametrize("in_pack", [True, False])
def test_the_older_shape_of_a_message_leads_to_the_same_purchase(
    bridge: BridgeUnderTest, meli: MercadoLivre, *, in_pack: bool
) -> None:
    meli.legacy_message_shape = True

    sale = bridge.bought_and_wrote("Quando chega?", in_pack=in_pack)

    assert bridge.conversation()["source_id"] == f"{bridge.seller}/pack/{sale}"
    assert words(bridge) == ["Quando chega?"]


def test_answers_that_leave_things_out_are_read(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.omits_max_lengths = meli.user_ids_as_text = True

    bridge.bought_and_wrote("Quando chega?")
    bridge.reply("Amanhã.")

    assert words(bridge) == ["Quando chega?", "Amanhã."]
    assert [message.text for message in meli.messages_sent] == ["Amanhã."]


def test_a_message_without_words_or_files_is_shown(bridge: BridgeUnderTest) -> None:
    sale = bridge.buy()

    bridge.write(sale, "", status="pending_translation")

    assert words(bridge)[0].startswith("[")


@pytest.mark.parametrize(
    ("status", "moderation", "remark"),
    [
        ("IN_MODERATION", "pending", "moderação"),
        ("pending_translation", "clean", "tradu"),
        ("some_new_status", "clean", "some_new_status"),
    ],
)
def test_odd_states_are_shown_beside_the_words(
    bridge: BridgeUnderTest, meli: MercadoLivre, status: str, moderation: str, remark: str
) -> None:
    sale = bridge.buy()

    message = bridge.write(sale, "Meu recado", status=status, moderation=moderation)

    (text,) = words(bridge)
    assert text.startswith("Meu recado\n\n---\n")
    assert remark in text

    meli.release_message(message, "Meu recado liberado")
    bridge.settle()

    assert words(bridge) == [text, "Meu recado liberado"]


# The seller's own


def test_what_the_seller_writes_on_mercado_livre_appears_once_as_echo(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()

    meli.write_natively(sale, "Chega amanhã, {{contact.name}}!")
    bridge.settle()
    bridge.write(sale, "Obrigada!")

    echo = bridge.messages()[1]
    assert echo["message_type"] == "outgoing"
    assert echo["content_attributes"]["external_echo"] is True
    assert str(echo["content"]).replace("\u200b", "") == "Chega amanhã, {{contact.name}}!"
    assert len(words(bridge)) == 3
    assert meli.messages_sent == []


def test_the_echo_can_be_turned_off(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.set(ECHO_SELLER_MESSAGES="off")
    sale = bridge.bought_and_wrote("um")

    meli.write_natively(sale, "dois")
    bridge.settle()
    bridge.write(sale, "três")

    assert words(bridge) == ["um", "três"]


def test_an_echo_that_moderation_refuses_is_noted(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    message = meli.write_natively(sale, "me chama no whats")
    bridge.settle()

    meli.moderate(message, "PERSONAL_DATA")
    bridge.settle()

    assert "dados pessoais" in bridge.notes()[-1]
    assert len(words(bridge)) == 2


# The state of the exchange


def test_a_blocked_conversation_says_why_and_that_it_is_over(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote("um")
    bridge.as_administrator(
        "POST", f"/conversations/{bridge.conversation()['id']}/custom_attributes", {"custom_attributes": {"vip": "sim"}}
    )
    meli.block(sale, "blocked_by_mediation")
    bridge.write(sale, "dois")
    bridge.write(sale, "três")

    assert "Mediação" in bridge.notes()[-1]
    assert len(bridge.notes()) == 2
    attributes = bridge.conversation()["custom_attributes"]
    assert attributes["meli_conversation_state"].startswith("Não pode responder. Mediação em andamento")
    assert attributes["vip"] == "sim"

    meli.unblock(sale)
    bridge.write(sale, "quatro")

    assert len(bridge.notes()) == 3
    assert bridge.situation() == "Pode responder"


def test_an_unknown_reason_for_a_block_is_shown_as_it_is(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    meli.block(sale, "blocked_by_something_new")

    bridge.write(sale, "Quando chega?")

    assert "blocked_by_something_new" in bridge.notes()[-1]


def test_a_conversation_behind_the_agent_tells_its_deadline_once(
    bridge: BridgeUnderTest, meli: MercadoLivre, clock: Clock
) -> None:
    # Sunday noon in Greenwich; 48 business hours are Monday and Tuesday.
    sale = bridge.buy()
    meli.migrate(sale)
    bridge.write(sale, "Quando chega?")
    bridge.write(sale, "Alô?")

    assert bridge.situation() == "Pode responder até 24/11/2026 23:59"
    (note,) = [note for note in bridge.notes() if "24/11/2026 23:59" in note]
    assert "350" in note

    bridge.reply("Amanhã.")
    assert bridge.situation() == "Pode responder"

    bridge.turn(hours=72)
    bridge.write(sale, "Não chegou")
    assert bridge.situation() == "Pode responder até 27/11/2026 09:00"
    assert sum("48 horas úteis" in note for note in bridge.notes()) == 1


# Chatwoot's side


def test_a_buyers_message_opens_a_resolved_conversation_again(bridge: BridgeUnderTest) -> None:
    sale = bridge.bought_and_wrote()
    bridge.as_administrator(
        "POST", f"/conversations/{bridge.conversation()['id']}/toggle_status", {"status": "resolved"}
    )

    bridge.write(sale, "Chegou quebrado")

    assert bridge.conversation()["status"] == "open"


def test_a_conversation_deleted_in_chatwoot_is_opened_anew_for_what_comes(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote("um")
    bridge.as_administrator("DELETE", f"/conversations/{bridge.conversation()['id']}")

    bridge.write(sale, "dois")

    assert words(bridge) == ["dois"]
    assert "Caneca azul" in bridge.notes()[0]
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


# What it costs


def test_a_next_message_costs_two_reads_and_one_write(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    meli.journal.clear()
    chatwoot.journal.clear()

    bridge.write(sale, "Tem nota fiscal?")

    assert len(calls(meli)) == 2
    assert len(calls(chatwoot)) == 1


def test_a_repeated_announcement_of_nothing_new_costs_one_read(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    message = bridge.write(sale, "Quando chega?")
    meli.journal.clear()
    chatwoot.journal.clear()

    bridge.notify(topic="messages", resource=message, id="again", actions=["read"])
    bridge.settle()

    assert calls(meli) == [f"GET /messages/packs/{sale}/sellers/{bridge.seller}"]
    assert calls(chatwoot) == []


# What no notification told


def test_the_sweep_finds_what_no_notification_told(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.notifications_enabled = False
    sale = bridge.bought_and_wrote("um")

    bridge.sweep()
    assert words(bridge) == ["um"]

    bridge.write(sale, "dois")
    bridge.sweep()
    assert words(bridge) == ["um", "dois"]

    meli.journal.clear()
    bridge.sweep()
    assert not [call for call in calls(meli) if "/messages/packs/" in call]


def test_missed_feeds_bring_messages_back(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    meli.drop_notifications(1)
    bridge.write(sale, "Quando chega?")

    bridge.sweep()

    assert words(bridge) == ["Quando chega?"]
    assert bridge.errors == []


def test_messages_of_one_instant_keep_their_order_when_the_last_is_not_listed_yet(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    bridge.clock.turn(minutes=1)
    meli.drop_notifications(2)
    written = [meli.write(sale, words) for words in ("Um.", "Dois.", "Três.")]
    for message in written:
        meli.state.messages[message].date_created = bridge.clock.now
    meli.hide_from_pack(written[-1])

    bridge.settle()

    assert [message["content"] for message in bridge.messages()] == ["Quando chega?", "Um.", "Dois.", "Três."]
