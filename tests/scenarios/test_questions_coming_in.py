"""What a buyer asks, and what becomes of the question, reaches Chatwoot once and in a form to act on."""

import pytest

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest, Clock


def calls(service: MercadoLivre | Chatwoot) -> list[str]:
    return [f"{call.method} {call.path}" for call in service.journal if call.direction == "in"]


def test_the_first_message_shows_the_question_and_the_listing_beside_it(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.ask("Serve para micro-ondas?\nObrigada!")

    (message,) = bridge.messages()
    words, _, listing = message["content"].partition("\n\n---\n")
    assert words == "Serve para micro-ondas?\nObrigada!"
    assert listing.startswith("Anúncio: [Caneca azul 300 ml](")
    assert " · R$ 62,96 · ativo" in listing
    assert listing.splitlines()[-1].startswith("![Caneca azul 300 ml](http")
    # As wide as the bubble it would push the question out of sight.
    assert listing.endswith(".svg?cw_image_height=96px)")
    assert message["message_type"] == "incoming"
    assert message["content_attributes"]["external_created_at"] == int(bridge.clock.now.timestamp())


def test_the_conversation_carries_what_an_agent_filters_by(bridge: BridgeUnderTest) -> None:
    question = bridge.ask()

    conversation = bridge.conversation()
    attributes = conversation["custom_attributes"]
    assert attributes["meli_question_id"] == str(question)
    assert attributes["meli_item_id"] == bridge.item
    assert attributes["meli_items"] == "Caneca azul 300 ml"
    assert attributes["meli_total"] == "R$ 62,96"
    assert attributes["meli_sale_link"].startswith("http")
    assert attributes["meli_seller"] == f"LOJA TESTE ({bridge.seller})"
    assert set(conversation["labels"]) == {"mercado-livre", "pergunta"}
    assert conversation["source_id"] == f"{bridge.seller}/question/{question}"


def test_the_contact_is_the_buyer(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.ask()

    (contact,) = chatwoot.contacts()
    assert contact["identifier"] == f"mercado-livre:{bridge.buyer}"
    assert contact["name"] == "COMPRADORA.TESTE"
    assert contact["custom_attributes"]["meli_profile"].startswith("http")


def test_two_questions_of_one_buyer_are_two_conversations_of_one_contact(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    bridge.ask("Tem verde?")
    bridge.ask("E amarela?")

    assert len(chatwoot.contacts()) == 1
    assert len(chatwoot.conversations(bridge.questions_inbox)) == 2


def test_a_notification_delivered_five_times_adds_nothing(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.duplicate_notifications = 5

    bridge.ask()

    assert len(bridge.messages()) == 1


def test_the_same_notification_repeated_is_worked_on_once(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    headers = {"X-MELI-DELIVERY-ID": "d-0001"}
    meli.journal.clear()

    for _ in range(5):
        assert bridge.notify(resource=f"/questions/{question}", headers=headers).status_code == 200
        bridge.settle()

    assert calls(meli) == [f"GET /questions/{question}"]
    assert len(bridge.messages()) == 1


def test_a_late_notification_of_a_known_question_costs_one_read(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    meli.journal.clear()
    chatwoot.journal.clear()

    bridge.notify(resource=f"/questions/{question}", _id="another", received="2026-11-22T12:00:09Z")
    bridge.settle()

    assert calls(meli) == [f"GET /questions/{question}"]
    assert calls(chatwoot) == []


def test_notifications_before_between_and_after_end_in_the_same_conversation(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    # Before: told of a question that Mercado Livre does not show yet.
    bridge.notify(resource="/questions/13999999999")
    bridge.settle()
    question = meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?")
    # Between: the question's own notification is still on its way.
    bridge.notify(resource=f"/questions/{question}", _id="between", sent="2026-11-22T12:00:01Z")
    bridge.settle()
    bridge.reply("Temos.")
    # After: everything has happened already.
    bridge.notify(resource=f"/questions/{question}", _id="after", sent="2026-11-22T12:00:02Z")
    bridge.settle()

    assert [m["content"].split("\n")[0] for m in bridge.messages()] == ["Tem na cor verde?", "Temos."]
    assert bridge.notes() == []


def test_a_first_question_costs_at_most_three_calls_to_chatwoot(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    meli.journal.clear()
    chatwoot.journal.clear()

    question = bridge.ask()

    assert sorted(calls(meli)) == sorted(
        [
            f"GET /questions/{question}",
            f"GET /items/{bridge.item}",
            f"GET /items/{bridge.item}/sale_price",
            f"GET /users/{bridge.buyer}",
        ]
    )
    assert [call.replace("/api/v1/accounts/1", "") for call in calls(chatwoot)] == [
        "POST /contacts",
        "POST /conversations",
        f"POST /conversations/{bridge.conversation()['id']}/labels",
    ]


def test_listing_and_nickname_are_remembered(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.ask()
    meli.journal.clear()

    question = bridge.ask("Outra pergunta")

    assert calls(meli) == [f"GET /questions/{question}"]


def test_a_changed_listing_is_asked_for_again(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    bridge.ask()
    bridge.reply("Temos.")
    meli.set_item_status(bridge.item, "paused")
    meli.set_item_status(bridge.item, "active")
    bridge.settle()
    meli.journal.clear()

    bridge.ask("Outra pergunta")

    assert f"GET /items/{bridge.item}" in calls(meli)


def test_a_listing_is_asked_for_again_after_an_hour(bridge: BridgeUnderTest, meli: MercadoLivre, clock: Clock) -> None:
    bridge.ask()
    bridge.turn(minutes=61)
    meli.journal.clear()

    bridge.ask("Outra pergunta")

    assert f"GET /items/{bridge.item}" in calls(meli)
    assert f"GET /users/{bridge.buyer}" not in calls(meli)


@pytest.mark.parametrize("status", [403, 404])
def test_a_listing_that_is_not_shown_to_us_leaves_the_question_with_its_id(
    bridge: BridgeUnderTest, meli: MercadoLivre, status: int
) -> None:
    meli.add_fault("status", path="/items/", status=status, body='{"error":"forbidden","status":403}')

    bridge.ask("Tem na cor verde?")

    assert bridge.messages()[0]["content"] == f"Tem na cor verde?\n\n---\nAnúncio: {bridge.item}"
    assert "meli_total" not in bridge.conversation()["custom_attributes"]


def test_a_buyer_whose_nickname_is_not_shown_is_named_by_his_id(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    meli.add_fault("status", path="/users/", status=404, body='{"error":"not_found","status":404}')

    bridge.ask()

    assert chatwoot.contacts()[0]["name"] == f"Mercado Livre {bridge.buyer}"


def test_an_answer_typed_on_mercado_livre_appears_once_as_an_echo(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()

    meli.duplicate_notifications = 3
    meli.answer_natively(question, "Temos sim, {{contact.name}}! {% raw %}")
    bridge.settle()

    _, echo = bridge.messages()
    assert echo["message_type"] == "outgoing"
    assert echo["content"].replace("\u200b", "") == "Temos sim, {{contact.name}}! {% raw %}"
    assert echo["content_attributes"]["external_echo"] is True
    assert bridge.conversation()["status"] == "resolved"
    assert meli.answers_published == []


def test_a_question_answered_before_it_was_seen_is_brought_in_whole(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = meli.ask(bridge.buyer, bridge.item, "Tem verde?")
    meli.answer_natively(question, "Tem!")

    bridge.settle()

    assert [m["content"].split("\n")[0] for m in bridge.messages()] == ["Tem verde?", "Tem!"]
    assert bridge.conversation()["status"] == "resolved"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("delete_question", "foi excluída"),
        ("ban_question", "removeu esta pergunta"),
        ("close_question", "encerrada sem resposta"),
        ("disable_question", "foi desativada"),
    ],
)
def test_a_question_that_can_no_longer_be_answered_is_noted_and_resolved(
    bridge: BridgeUnderTest, meli: MercadoLivre, act: str, words: str
) -> None:
    question = bridge.ask()
    reason = ("OUT_OF_PLACE_LANGUAGE",) if act == "ban_question" else ()

    getattr(meli, act)(question, *reason)
    bridge.settle()

    (note,) = bridge.notes()
    assert words in note
    assert bridge.conversation()["status"] == "resolved"
    assert len(bridge.messages()) == 1


def test_a_deleted_question_that_mercado_livre_hides_is_noted(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    meli.hides_deleted_questions = True

    meli.delete_question(question)
    bridge.settle()

    assert "foi excluída" in bridge.notes()[0]
    assert bridge.conversation()["status"] == "resolved"


def test_a_question_under_review_stays_open_and_its_release_is_noted(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask()

    meli.hold_question(question)
    bridge.settle()
    assert bridge.conversation()["status"] == "open"
    assert bridge.situation().startswith("Em análise")
    meli.release_question(question)
    bridge.settle()

    under_review, released = bridge.notes()
    assert "analisando" in under_review
    assert "já pode ser respondida" in released
    assert bridge.situation() == "Aguarda resposta"
    assert bridge.conversation()["status"] == "open"


def test_a_question_banned_before_it_was_seen_shows_that_its_text_is_gone(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = meli.ask(bridge.buyer, bridge.item, "Me chama no zap")
    meli.ban_question(question, "PERSONAL_DATA")

    bridge.settle()

    assert bridge.messages()[0]["content"].startswith("[O texto da pergunta foi removido")
    assert bridge.conversation()["status"] == "resolved"


def test_an_answer_removed_by_moderation_fails_the_agents_message(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    message = bridge.reply("Me chame no e-mail")

    meli.ban_answer(question, "PERSONAL_DATA")
    bridge.settle()

    message = bridge.message(message["id"])
    assert message["status"] == "failed"
    assert "Resposta removida" in str(message["external_error"])
    assert bridge.situation().startswith("Resposta removida")
    assert bridge.conversation()["status"] == "open"
    assert len(bridge.messages()) == 2


def test_before_4_2_one_note_with_the_words_tells_of_what_moderation_removed(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.chatwoot.add_fault(
        "status", status=404, body="<p>404</p>", content_type="text/html", method="PATCH", path="/messages/", times=99
    )
    question = bridge.ask()
    bridge.reply("Me chame no *e-mail*")
    meli.ban_answer(question, "PERSONAL_DATA")
    bridge.settle()
    answered = bridge.conversation()["id"]
    bridge.bought_and_wrote()
    sale = max(one["id"] for one in bridge.chatwoot.conversations())
    bridge.chatwoot.reply(sale, "Me chame no zap")
    bridge.settle()
    meli.moderate(meli.messages_sent[0].message_id, "AUTOMATIC_MESSAGE")
    bridge.wait_out(minutes=3)

    (of_answer,) = notes_in(bridge, answered)
    _, of_message = notes_in(bridge, sale)
    for note, words, why in ((of_answer, "e-mail", "Resposta removida"), (of_message, "zap", "automática")):
        assert words in note
        assert why in note
    assert bridge.chatwoot.conversations()[-1]["status"] == "open"


def notes_in(bridge: BridgeUnderTest, conversation: int) -> list[str]:
    return [message["content"] for message in bridge.chatwoot.messages(conversation) if message["private"]]


def test_an_unknown_state_is_shown_as_it_is(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    body = (
        f'{{"id":{question},"seller_id":{bridge.seller},"buyer_id":{bridge.buyer},"item_id":"{bridge.item}",'
        '"status":"PENDING_ROBOT","text":"?","answer":null}'
    )
    meli.add_fault("status", path=f"/questions/{question}", status=200, body=body)

    bridge.notify(resource=f"/questions/{question}", _id="x")
    bridge.settle()

    assert "PENDING_ROBOT" in bridge.notes()[0]
    assert bridge.conversation()["status"] == "open"


@pytest.mark.parametrize(("language", "words"), [("es", "Publicación:"), ("en", "Listing:")])
def test_the_bridge_speaks_the_language_that_is_set(bridge: BridgeUnderTest, language: str, words: str) -> None:
    bridge.set(AGENT_LANGUAGE=language)

    bridge.ask()

    assert words in bridge.messages()[0]["content"]


def test_a_conversation_left_by_an_earlier_installation_is_continued(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    bridge.forget()

    bridge.notify(resource=f"/questions/{question}", _id="later")
    bridge.settle()

    assert len(chatwoot.contacts()) == 1
    assert len(bridge.messages()) == 1


def test_a_contact_deleted_in_chatwoot_is_made_again(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.ask()
    with chatwoot.lock:
        chatwoot.state.contacts.clear()

    bridge.ask("Outra")

    assert len(chatwoot.contacts()) == 1
    assert bridge.errors == []


# A conversation that somebody deleted in Chatwoot


def delete_the_conversation(bridge: BridgeUnderTest) -> None:
    bridge.as_administrator("DELETE", f"/conversations/{bridge.conversation()['id']}")


def test_an_answer_to_a_question_whose_conversation_was_deleted_opens_another(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask("Tem na cor verde?")
    delete_the_conversation(bridge)

    meli.answer_natively(question, "Temos.")
    bridge.settle()
    bridge.notify(resource=f"/questions/{question}")
    bridge.wait_out(minutes=10, step_seconds=30)

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Tem na cor verde?", "Temos."]
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


@pytest.mark.parametrize("hides", [False, True])
def test_what_becomes_of_a_question_whose_conversation_was_deleted_harms_nothing(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, hides: bool
) -> None:
    meli.hides_deleted_questions = hides
    question = bridge.ask()
    delete_the_conversation(bridge)

    meli.delete_question(question)
    bridge.notify(resource=f"/questions/{question}")
    bridge.wait_out(minutes=10, step_seconds=30)

    assert chatwoot.conversations() == []
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0
