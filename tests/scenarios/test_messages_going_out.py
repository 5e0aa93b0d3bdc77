"""What an agent writes after a sale reaches the buyer once, or the agent is told why not; and what becomes of it."""

import pytest

from chalicelib.sentences.pt_BR import SENTENCES
from chalicelib.sentences.wording import Wording
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest

SENTENCE = "Uma frase que não diz nada, mas diz com calma. "
# One passes by itself, and one says that writing is allowed.
BLOCKS = {name.removeprefix("blocked/") for name in SENTENCES if name.startswith("blocked/")} - {
    "released",
    "unknown",
    "blocked_by_payment",
    "blocked_by_conversation_use_message_api",
}
REASONS = [
    reason
    for name in SENTENCES
    if name.startswith("moderation/") and (reason := name.removeprefix("moderation/")).isupper()
]


def calls(service: MercadoLivre | Chatwoot) -> list[str]:
    return [f"{call.method} {call.path}" for call in service.journal if call.direction == "in"]


def sent(meli: MercadoLivre) -> list[str]:
    return [message.text for message in meli.messages_sent]


def error_of(message: dict[str, object]) -> str:
    assert message["status"] == "failed", message
    return str(message["external_error"])


# What leaves, and to whom


def test_a_reply_reaches_the_buyer(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()

    message = bridge.reply("Olá! **Chega** amanhã — “prometo”… 👍🏽")

    (told,) = meli.messages_sent
    assert (told.thread_id, told.to_user_id, told.files) == (sale, bridge.buyer, [])
    assert told.text == 'Olá! Chega amanhã - "prometo"... 👍🏽'
    assert message["status"] == "sent"
    assert bridge.notes() == bridge.notes()[:1]
    assert len(bridge.messages()) == 2


def test_a_reply_costs_two_calls_to_each_service(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    meli.journal.clear()
    chatwoot.journal.clear()
    meli.notifications_enabled = False

    bridge.reply("Amanhã.")

    path = f"/messages/packs/{sale}/sellers/{bridge.seller}"
    assert calls(meli) == [f"GET {path}", f"POST {path}"]
    # What was written before, beside the first of those, and the outcome.
    assert [call.split()[0] for call in calls(chatwoot)] == ["GET", "PATCH"]


def test_our_own_message_costs_one_read_and_is_not_echoed(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    meli.notifications_enabled = False
    bridge.reply("Amanhã.")
    meli.journal.clear()
    chatwoot.journal.clear()

    (told,) = meli.messages_sent
    bridge.notify(topic="messages", resource=told.message_id, id="own", actions=["created"])
    bridge.settle()

    assert calls(meli) == [f"GET /messages/packs/{sale}/sellers/{bridge.seller}"]
    assert calls(chatwoot) == []
    assert len(bridge.messages()) == 2


def test_on_a_conversation_behind_the_agent_the_reply_goes_to_the_agent(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    meli.migrate(sale)
    bridge.write(sale, "Alô?")

    message = bridge.reply("Amanhã.")

    assert [told.to_user_id for told in meli.messages_sent] == [3037675074]
    assert meli.lost_messages == []
    assert message["status"] == "sent"


def test_a_conversation_that_moved_before_the_agent_wrote_is_answered_to_the_agent(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.bought_and_wrote()
    meli.migrate(sale)

    bridge.reply("Amanhã.")

    assert [told.to_user_id for told in meli.messages_sent] == [3037675074]
    assert meli.lost_messages == []


@pytest.mark.parametrize("migrated", [True, False])
def test_a_truncated_listing_still_tells_the_recipient(
    bridge: BridgeUnderTest, meli: MercadoLivre, *, migrated: bool
) -> None:
    sale = bridge.bought_and_wrote()
    for number in range(4):
        bridge.write(sale, str(number))
    if migrated:
        meli.migrate(sale)
    meli.max_messages_listed = 2

    bridge.reply("Amanhã.")

    assert [told.to_user_id for told in meli.messages_sent] == [3037675074 if migrated else bridge.buyer]


def test_nobody_to_write_to_is_said(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    meli.max_messages_listed = 0

    message = bridge.reply("Amanhã.")

    assert meli.messages_sent == []
    assert f"/vendas/{sale}/detalhe" in error_of(message)


def test_private_notes_never_leave(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    bridge.reply("cliente difícil", private=True)

    assert meli.messages_sent == []


def test_the_same_words_twice_on_purpose_are_two_messages(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    first, second = bridge.reply("Ok."), bridge.reply("Ok.")

    assert sent(meli) == ["Ok.", "Ok."]
    assert (first["status"], second["status"]) == ("sent", "sent")
    assert len(bridge.messages()) == 3


def test_a_reply_in_another_conversation_of_the_buyer_is_refused(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    bridge.as_administrator("PATCH", f"/inboxes/{bridge.sales_inbox}", {"lock_to_single_conversation": False})
    old = bridge.conversation()
    body = {"inbox_id": bridge.sales_inbox, "contact_id": old["contact_id"], "source_id": old["source_id"]}
    made = bridge.as_administrator("POST", "/conversations", body)

    message = chatwoot.reply(made["id"], "Olá")
    bridge.settle()

    assert meli.messages_sent == []
    assert bridge.message(message["id"])["status"] == "failed"


# The words


def test_what_cannot_be_written_is_named(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    message = bridge.reply("Obrigado, 谢谢!")

    assert meli.messages_sent == []
    assert "谢" in error_of(message)
    assert "谢 谢" not in error_of(message)


def test_an_empty_reply_is_refused(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    assert error_of(bridge.reply("\u200b")) == SENTENCES["message_empty"]
    assert meli.messages_sent == []


def test_a_long_reply_goes_in_several_messages_in_order(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    words = " ".join(f"Frase {number}, que diz pouco e com calma." for number in range(20))

    message = bridge.reply(words)

    pieces = sent(meli)
    assert len(pieces) > 1
    assert all(len(piece) <= 350 for piece in pieces)
    assert all(piece.endswith(".") for piece in pieces)
    assert " ".join(pieces) == words
    assert message["status"] == "sent"
    assert len(bridge.messages()) == 2


def test_the_threads_own_limit_counts(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.seller_max_message_length = 60
    bridge.bought_and_wrote()

    bridge.reply(SENTENCE * 2)

    assert sent(meli) == [SENTENCE.strip(), SENTENCE.strip()]


def test_behind_the_agent_a_long_reply_is_refused_with_the_count(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    meli.migrate(sale)
    bridge.write(sale, "Quando chega?")

    message = bridge.reply("a" * 351)

    assert meli.messages_sent == []
    assert "351" in error_of(message)
    assert "350" in error_of(message)


def test_a_reply_of_many_parts_goes_out_and_none_of_them_is_asked_for_again(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.bought_and_wrote()

    message = bridge.reply(SENTENCE * 200)

    assert len(sent(meli)) > 25
    assert " ".join(sent(meli)) == (SENTENCE * 200).strip()
    assert message["status"] == "sent"
    asked_for = {call.path for call in meli.journal}
    assert not asked_for & {f"/messages/{one.message_id}" for one in meli.messages_sent}


def test_words_beyond_all_bounds_are_refused(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    assert "12000" in error_of(bridge.reply("a" * 12_000))
    assert meli.messages_sent == []


def test_retry_sends_only_the_parts_that_did_not_go(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    body = '{"message": "Something is wrong", "error": "bad_request", "status": 400, "cause": []}'
    meli.add_fault("status", method="POST", path="/messages/packs", status=400, body=body, skip=1)

    message = bridge.reply(SENTENCE * 20)

    assert "1 de 3" in error_of(message)
    assert "Something is wrong" in error_of(message)
    assert len(sent(meli)) == 1

    chatwoot.press_retry(message["id"])
    bridge.settle()

    assert " ".join(sent(meli)) == (SENTENCE * 20).strip()
    assert bridge.message(message["id"])["status"] == "sent"


# What may have happened


@pytest.mark.parametrize("kind", ["commit_then_drop", "drop"])
@pytest.mark.parametrize("part", range(3))
def test_a_send_without_an_answer_is_looked_up_before_it_is_repeated(
    bridge: BridgeUnderTest, meli: MercadoLivre, kind: str, part: int
) -> None:
    bridge.bought_and_wrote()
    meli.add_fault(kind, method="POST", path="/messages/packs", skip=part)

    message = bridge.reply(SENTENCE * 20)
    bridge.wait_out(minutes=2)

    assert " ".join(sent(meli)) == (SENTENCE * 20).strip()
    assert bridge.message(message["id"])["status"] == "sent"
    assert len(bridge.messages()) == 2


@pytest.mark.parametrize("kind", ["commit_then_drop", "drop"])
def test_the_same_words_twice_with_one_of_unknown_outcome_are_two_messages(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, kind: str
) -> None:
    bridge.bought_and_wrote()
    meli.send_gives_no_id = True
    conversation = bridge.conversation()["id"]
    meli.add_fault(kind, method="POST", path="/messages/packs", skip=1)

    ids = [chatwoot.reply(conversation, "Ok.")["id"] for _ in range(3)]
    bridge.settle()
    bridge.wait_out(minutes=2)

    assert sent(meli) == ["Ok."] * 3
    assert [bridge.message(message)["status"] for message in ids] == ["sent"] * 3
    assert len(bridge.messages()) == 4


def test_a_send_that_gives_no_id_is_recognised_by_its_words(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.send_gives_no_id = True
    sale = bridge.bought_and_wrote()

    message = bridge.reply("Amanhã.")
    meli.read_messages(sale)
    bridge.settle()

    assert len(bridge.messages()) == 2
    assert bridge.message(message["id"])["status"] == "read"


def test_a_message_not_listed_yet_is_not_sent_twice(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    meli.add_fault("commit_then_drop", method="POST", path="/messages/packs")
    message = bridge.chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    bridge.settle()
    (told,) = meli.messages_sent
    meli.hide_from_pack(told.message_id)
    bridge.turn(seconds=3)
    meli.show_in_pack(told.message_id)
    bridge.wait_out(minutes=2)

    assert sent(meli) == ["Amanhã."]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_reply_deleted_while_it_waits_is_not_sent(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    meli.add_fault("status", times=3)
    message = chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    bridge.settle()
    chatwoot.delete_message(message["id"])
    bridge.wait_out(minutes=3)

    assert meli.messages_sent == []


def test_buyer_and_agent_write_at_the_same_moment(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote("um")
    conversation = bridge.conversation()["id"]

    for number in range(5):
        meli.write(sale, f"comprador {number}")
        chatwoot.reply(conversation, f"agente {number}")
    bridge.settle()

    shown = [str(message["content"]) for message in bridge.messages()]
    assert [text for text in shown if text.startswith("comprador")] == [f"comprador {number}" for number in range(5)]
    assert sent(meli) == [f"agente {number}" for number in range(5)]
    assert len(shown) == 11


# What becomes of it


def test_a_message_that_moderation_refuses_at_once_fails_with_the_reason(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.bought_and_wrote()

    for reason in REASONS:
        meli.next_moderation = reason.lower()
        message = bridge.reply("Me chama no zap")
        assert error_of(message) == SENTENCES[f"moderation/{reason}"]

    assert len(bridge.messages()) == 1 + len(REASONS) == 9


def test_a_message_that_moderation_refuses_later_fails_then_without_a_notification(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.bought_and_wrote()
    message = bridge.reply("Me chama no zap")
    assert message["status"] == "sent"
    bridge.as_administrator(
        "POST", f"/conversations/{bridge.conversation()['id']}/toggle_status", {"status": "resolved"}
    )

    meli.notifications_enabled = False
    meli.moderate(meli.messages_sent[0].message_id, "A_NEW_REASON")
    bridge.turn(seconds=61)

    assert "A_NEW_REASON" in error_of(bridge.message(message["id"]))
    assert bridge.conversation()["status"] == "open"
    assert bridge.jobs_waiting() == 0


def test_moderation_that_takes_its_time_is_waited_for(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.holds_messages = True
    bridge.bought_and_wrote()
    message = bridge.reply("Me chama no zap")
    assert message["status"] == "sent"
    meli.notifications_enabled = False
    bridge.turn(seconds=61)

    meli.moderate(meli.messages_sent[0].message_id, "SOCIAL_NETWORK_LINK")
    bridge.turn(seconds=901)

    assert bridge.message(message["id"])["status"] == "failed"


def test_retry_after_moderation_sends_the_message_anew(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    meli.next_moderation = "AUTOMATIC_MESSAGE"
    message = bridge.reply("Obrigado!")
    assert message["status"] == "failed"
    meli.next_moderation = ""

    chatwoot.press_retry(message["id"])
    bridge.settle()
    bridge.wait_out(minutes=2)

    assert sent(meli) == ["Obrigado!", "Obrigado!"]
    assert bridge.message(message["id"])["status"] == "sent"
    assert len(bridge.messages()) == 2


def test_a_message_that_the_buyer_read_is_shown_as_read(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    message = bridge.reply(SENTENCE * 20)

    meli.read_messages(sale)
    bridge.settle()

    assert bridge.message(message["id"])["status"] == "read"


# What Mercado Livre refuses


def test_a_blocked_conversation_says_why(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()

    for substatus in BLOCKS:
        meli.block(sale, substatus)
        message = bridge.reply("Amanhã.")
        assert error_of(message) == SENTENCES[f"blocked/{substatus}"]

    assert len(BLOCKS) > 25
    assert meli.messages_sent == []


@pytest.mark.parametrize("envelope", ["code", "cause"])
def test_a_conversation_blocked_after_it_was_read_says_why(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, envelope: str
) -> None:
    sale = bridge.bought_and_wrote()
    bodies = {
        "code": '{"status_code": 403, "code": "forbidden", "message": "blocked_conversation_send_message_forbidden"}',
        "cause": '{"message": "The conversation is blocked", "error": "blocked_conversation_send_message_forbidden", '
        '"status": 403, "cause": [{"code": "blocked_by_time", "message": "blocked"}]}',
    }
    meli.add_fault("status", method="POST", path="/messages/packs", status=403, body=bodies[envelope])
    if envelope == "code":
        # Blocked between the read before the send and the read after it.
        bridge.chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
        meli.block(sale, "blocked_by_time")
    else:
        bridge.chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    bridge.settle()

    message = bridge.messages()[-1]
    assert SENTENCES["blocked/blocked_by_time"] in error_of(message)


def test_a_block_that_passes_is_waited_out(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    meli.block(sale, "blocked_by_payment")
    message = bridge.reply("Amanhã.")
    bridge.turn(seconds=31)
    assert meli.messages_sent == []

    meli.unblock(sale)
    bridge.wait_out(minutes=2)

    assert sent(meli) == ["Amanhã."]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_block_that_ought_to_pass_and_stays_is_told(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    meli.block(sale, "blocked_by_payment")

    message = bridge.reply("Amanhã.")
    bridge.wait_out(minutes=3)

    assert bridge.message(message["id"])["status"] == "failed"
    assert bridge.jobs_waiting() == 0


REFUSALS = [
    (400, "The message content is too long, max characters allowed are 300", "limit_exceeded", "length_refused"),
    (400, "The text has character/s that is/are not supported.", "bad_request", "charset_refused"),
    (400, "to_user_id 1 does not belong to pack /packs/1/sellers/2", "bad_request", "wrong_recipient"),
    (403, "You can not send the message because a mediation is in process", "forbidden", "mediation_open"),
    (
        403,
        "You can not send the message because the purchase is Mercado Envíos Full and has not been yet delivered",
        "forbidden",
        "full_not_delivered",
    ),
    (403, "Receiver does not belong to order 2000011000000001", "forbidden", "receiver_not_in_order"),
    (403, "User access token invalid for resource 2000007000000001", "forbidden", "sale_not_ours"),
    (451, "Unavailable for legal reasons", "unavailable", "buyer_gone"),
    (403, "Something else", "forbidden", "reply_forbidden"),
    (400, "Something else", "bad_request", "reply_refused"),
]


def test_what_mercado_livre_refuses_is_explained(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    for status, words, code, sentence in REFUSALS:
        body = f'{{"message": "{words}", "error": "{code}", "status": {status}, "cause": []}}'
        meli.add_fault("status", method="POST", path="/messages/packs", status=status, body=body)
        message = bridge.reply("Amanhã 😀")
        assert error_of(message) == SENTENCES[sentence].format(words=words, characters="😀")

    assert meli.messages_sent == []


def test_a_full_sale_not_delivered_is_explained(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote(logistic_type="fulfillment")

    message = bridge.reply("Amanhã.")
    assert SENTENCES["blocked/blocked_by_fulfillment"] in error_of(message)

    meli.set_shipment_status(sale, "delivered")
    assert bridge.reply("Chegou?")["status"] == "sent"


def test_a_second_message_that_the_agent_does_not_take_yet_goes_later(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.buy()
    meli.migrate(sale)
    bridge.write(sale, "Quando chega?")
    bridge.reply("Amanhã.")

    second = bridge.reply("De manhã.")
    assert second["status"] == "failed"

    bridge.write(sale, "De manhã ou à tarde?")
    chatwoot.press_retry(second["id"])
    bridge.settle()

    assert sent(meli) == ["Amanhã.", "De manhã."]
    assert bridge.message(second["id"])["status"] == "sent"


@pytest.mark.parametrize("language", ["es", "en"])
def test_agents_read_their_own_language(bridge: BridgeUnderTest, meli: MercadoLivre, language: str) -> None:
    bridge.set(AGENT_LANGUAGE=language)
    sale = bridge.bought_and_wrote()
    meli.block(sale, "blocked_by_buyer")

    message = bridge.reply("Amanhã.")

    assert Wording(language).say("blocked/blocked_by_buyer") in error_of(message)


def test_where_chatwoot_shows_no_status_a_note_says_why_a_message_did_not_go(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    meli.block(sale, "blocked_by_buyer")
    body = '{"error": "Resource could not be found"}'
    chatwoot.add_fault("status", method="PATCH", path="/messages/", status=404, body=body)

    bridge.reply("Amanhã.")

    (note,) = [note for note in bridge.notes() if "Amanhã." in note]
    assert SENTENCES["blocked/blocked_by_buyer"] in note
