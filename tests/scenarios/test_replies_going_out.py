"""What an agent writes reaches the buyer once, or the agent is told why it did not; nothing else ever leaves."""

import json

import pytest

from simulators.chatwoot import Chatwoot, Upload
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def refuse_answers(meli: MercadoLivre, status: int, body: str) -> None:
    meli.add_fault("status", method="POST", path="/answers", status=status, body=body)


# What leaves


def test_markdown_leaves_as_plain_text(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()

    bridge.reply("Sim! **300 ml**, veja:\n\n- azul\n- [verde](https://exemplo.invalid/v)")

    assert meli.answers_published == [(question, "Sim! 300 ml, veja:\n\n- azul\n- verde (https://exemplo.invalid/v)")]


def test_the_user_whose_token_the_bridge_uses_may_reply_too(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()

    message = bridge.reply("Temos.", as_user="admin")

    assert meli.answers_published == [(question, "Temos.")]
    assert message["status"] == "sent"


def test_one_reply_told_by_two_webhooks_is_one_answer(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    webhook = {"url": bridge.chatwoot_webhook_url, "subscriptions": ["message_created", "message_updated"]}
    made = bridge.as_administrator("POST", "/webhooks", {"webhook": webhook})["payload"]["webhook"]
    bridge.add_secret("account", made["secret"])
    question = bridge.ask()

    message = bridge.reply("Temos.")

    assert meli.answers_published == [(question, "Temos.")]
    assert message["status"] == "sent"
    assert bridge.errors == []


def test_our_own_answer_is_not_echoed(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    bridge.reply("Temos.")

    bridge.notify(resource=f"/questions/{question}", _id="late", received="2026-11-22T12:00:05Z")
    bridge.settle()

    assert len(bridge.messages()) == 2


def test_an_answered_question_stays_open_when_so_set(bridge: BridgeUnderTest) -> None:
    bridge.set(RESOLVE_ANSWERED_QUESTIONS="off")
    bridge.ask()

    bridge.reply("Temos.")

    assert bridge.conversation()["status"] == "open"


# What does not leave


@pytest.mark.parametrize("act", ["note", "bot", "automation", "greeting", "out_of_office", "survey", "buyer"])
def test_what_is_not_a_reply_of_a_person_never_leaves(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, act: str
) -> None:
    bridge.ask()
    conversation = bridge.conversation()["id"]

    {
        "note": lambda: chatwoot.reply(conversation, "Cuidado com este comprador", private=True),
        "bot": lambda: chatwoot.bot_reply(conversation, "Sou um robô"),
        "automation": lambda: chatwoot.automation_reply(conversation, "Recebemos sua mensagem"),
        "greeting": lambda: chatwoot.greeting(conversation),
        "out_of_office": lambda: chatwoot.out_of_office(conversation),
        "survey": lambda: chatwoot.csat(conversation),
        "buyer": lambda: chatwoot.typing(conversation),
    }[act]()
    bridge.settle()

    assert meli.answers_published == []
    assert bridge.errors == []
    assert all(message["status"] != "failed" for message in bridge.messages())


def test_a_bot_may_answer_when_so_set(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    bridge.set(FORWARD_BOTS="on")
    question = bridge.ask()

    chatwoot.bot_reply(bridge.conversation()["id"], "Temos.")
    bridge.settle()

    assert meli.answers_published == [(question, "Temos.")]


def test_another_inbox_never_leaves(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    bridge.ask()
    inbox = chatwoot.create_other_inbox("Site", webhook_url=bridge.chatwoot_webhook_url)
    conversation = chatwoot.new_conversation(chatwoot.contacts()[0]["id"], inbox["id"])

    message = chatwoot.reply(conversation["id"], "Isto é do site")
    bridge.settle()

    assert meli.answers_published == []
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_reply_in_a_conversation_that_no_buyer_opened_fails_with_its_reason(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    contact = bridge.as_administrator("POST", "/contacts", {"name": "Vizinho", "identifier": "vizinho"})
    conversation = chatwoot.new_conversation(contact["payload"]["contact"]["id"], bridge.questions_inbox)

    message = chatwoot.reply(conversation["id"], "Olá?")
    bridge.settle()

    assert meli.answers_published == []
    assert "não veio do Mercado Livre" in str(bridge.message(message["id"])["external_error"])


def test_a_new_message_to_a_buyer_is_not_published_as_the_answer_to_his_latest_question(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.set_inbox_lock(False)
    bridge.ask()
    conversation = chatwoot.new_conversation(chatwoot.contacts()[0]["id"], bridge.questions_inbox)
    assert conversation["source_id"] == chatwoot.conversations()[0]["source_id"]

    message = chatwoot.reply(conversation["id"], "Oi, particular")
    bridge.settle()

    assert meli.answers_published == []
    assert bridge.message(message["id"])["status"] == "failed"


def test_a_message_that_was_deleted_at_once_does_not_leave(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """Chatwoot builds the payload when it sends it, with its own words in place of the deleted ones."""
    bridge.ask()
    message = chatwoot.reply(bridge.conversation()["id"], "ERRADA")
    body = json.loads(chatwoot.outbox[-1].body)
    chatwoot.outbox.clear()
    body |= {"content": "This message was deleted", "content_attributes": {"deleted": True}}
    chatwoot.send_webhook(bridge.chatwoot_webhook_url, json.dumps(body).encode(), {"X-Chatwoot-Timestamp": "0"})
    bridge.set(CHATWOOT_WEBHOOK_SECRETS="{}")

    bridge.settle()

    assert meli.answers_published == []
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_message_that_is_deleted_while_it_waits_does_not_leave(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.ask()
    meli.add_fault("status", path="/answers", times=3)
    message = bridge.reply("ERRADA, apague")

    chatwoot.delete_message(message["id"])
    bridge.wait_out(minutes=5)

    assert meli.answers_published == []
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_message_that_is_deleted_behind_a_waiting_job_does_not_leave(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    meli.add_fault("status", path=f"/questions/{question}", times=5)
    bridge.notify(resource=f"/questions/{question}", _id="behind which it waits")
    bridge.settle()
    message = bridge.reply("ERRADA, apague")

    chatwoot.delete_message(message["id"])
    bridge.wait_out(minutes=5)

    assert meli.answers_published == []
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_an_application_that_may_neither_answer_nor_read_says_so(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.ask()
    forbidden = '{"status":403,"error":"Invalid scopes","code":"FORBIDDEN"}'
    refuse_answers(meli, 403, forbidden)
    meli.add_fault("status", path="/questions/", status=403, body=forbidden, times=9)

    message = bridge.reply("Temos.")

    assert "permissões do aplicativo" in message["external_error"]
    assert bridge.dead_letters() == 0


def test_a_question_that_is_gone_during_an_uncertain_attempt_says_so(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask()
    meli.notifications_enabled = False
    meli.hides_deleted_questions = True
    meli.add_fault("drop", method="POST", path="/answers")
    message = bridge.reply("Temos.")
    meli.delete_question(question)

    bridge.wait_out(minutes=1)

    assert "excluída" in str(bridge.message(message["id"])["external_error"])
    assert bridge.dead_letters() == 0


def test_a_proxy_that_answers_404_for_chatwoot_hides_no_refusal(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.ask()
    meli.notifications_enabled = False
    meli.set_item_status(bridge.item, "paused")
    for _ in range(2):
        chatwoot.add_fault("status", status=404, body="404 page not found", content_type="text/plain", times=2)

    message = bridge.reply("Temos.")
    bridge.wait_out(minutes=2)

    assert bridge.message(message["id"])["status"] == "failed"
    assert bridge.notes() == []


# What is refused


def test_an_empty_answer_is_refused_before_it_is_sent(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.ask()

    message = bridge.reply("![](  )\u200b")

    assert message["status"] == "failed"
    assert "sem texto" in message["external_error"]
    assert not any(call.path == "/answers" for call in meli.journal)


@pytest.mark.parametrize("length", [2001, 150_000])
def test_an_answer_that_is_too_long_is_refused_with_its_length(
    bridge: BridgeUnderTest, meli: MercadoLivre, length: int
) -> None:
    bridge.ask()

    message = bridge.reply("é" * length)

    assert message["status"] == "failed"
    assert f"{length} caracteres" in message["external_error"]
    assert "2000" in message["external_error"]
    assert not any(call.path == "/answers" for call in meli.journal)


def test_an_answer_of_the_longest_length_is_sent(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()

    bridge.reply(f"**{'é' * 2000}**")

    assert meli.answers_published == [(question, "é" * 2000)]


def test_an_attachment_is_refused_and_its_text_not_sent(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.ask()

    message = bridge.reply("Veja a foto", attachments=[Upload("foto.png", "image/png", b"png")])

    assert message["status"] == "failed"
    assert "Anexo" in message["external_error"]
    assert meli.answers_published == []


def test_a_second_reply_is_refused(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    bridge.reply("Temos.")

    message = bridge.reply("E também em amarelo.")

    assert message["status"] == "failed"
    assert "já respondida" in message["external_error"]
    assert meli.answers_published == [(question, "Temos.")]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("delete_question", "excluída"),
        ("ban_question", "removida"),
        ("close_question", "encerrada"),
        ("hold_question", "em análise"),
        ("answer_natively", "já respondida"),
    ],
)
def test_a_reply_to_a_question_that_takes_none_says_why(
    bridge: BridgeUnderTest, meli: MercadoLivre, act: str, words: str
) -> None:
    question = bridge.ask()
    meli.notifications_enabled = False
    details = {"ban_question": ["PERSONAL_DATA"], "answer_natively": ["Respondido no site"]}.get(act, [])
    getattr(meli, act)(question, *details)

    message = bridge.reply("Temos.")

    assert message["status"] == "failed"
    assert words in message["external_error"]
    assert meli.answers_published == []


def test_a_reply_on_a_paused_listing_can_be_retried_once_it_is_active(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    meli.set_item_status(bridge.item, "paused")
    message = bridge.reply("Temos.")
    assert "não ativo" in message["external_error"]
    meli.set_item_status(bridge.item, "active")

    chatwoot.press_retry(message["id"])
    bridge.settle()

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert bridge.message(message["id"])["external_error"] is None


def test_a_retry_that_is_refused_again_fails_again(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.ask()
    meli.set_item_status(bridge.item, "paused")
    message = bridge.reply("Temos.")

    for _ in range(2):
        chatwoot.press_retry(message["id"])
        bridge.settle()
        assert bridge.message(message["id"])["status"] == "failed"

    assert meli.answers_published == []


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (
            403,
            '{"message":"access to the requested resource is forbidden","error":"forbidden","status":403}',
            "permissão",
        ),
        (400, '{"message":"The question is invalid.","error":"invalid_question","status":400}', "question is invalid"),
        (451, '{"message":"The requested user is not available","error":"unavailable"}', "user is not available"),
    ],
)
def test_any_other_refusal_reaches_the_agent_in_mercado_livres_words(
    bridge: BridgeUnderTest, meli: MercadoLivre, status: int, body: str, words: str
) -> None:
    bridge.ask()
    refuse_answers(meli, status, body)

    message = bridge.reply("Temos.")

    assert message["status"] == "failed"
    assert words in message["external_error"]
    assert bridge.dead_letters() == 0


def test_an_old_chatwoot_gets_a_private_note_instead_of_a_status(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.ask()
    chatwoot.add_fault(
        "status", method="PATCH", path="/messages/", status=404, body="<html></html>", content_type="text/html", times=9
    )

    bridge.reply("x" * 2001)

    (note,) = bridge.notes()
    assert "não chegou ao comprador" in note
    assert "2001" in note


@pytest.mark.parametrize(("language", "words"), [("es", "ya respondida"), ("en", "already answered")])
def test_reasons_come_in_the_agents_language(bridge: BridgeUnderTest, language: str, words: str) -> None:
    bridge.set(AGENT_LANGUAGE=language)
    bridge.ask()
    bridge.reply("Temos.")

    assert words in bridge.reply("De novo")["external_error"]


def test_an_update_of_a_delivered_message_sends_nothing(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """A translation, say, is an update without an error, just as a Retry is."""
    question = bridge.ask()
    message = bridge.reply("Temos.")
    meli.journal.clear()

    bridge.as_administrator("POST", f"/conversations/{message['conversation_id']}/messages/{message['id']}/retry")
    bridge.settle()

    assert meli.answers_published == [(question, "Temos.")]
    assert not any(call.path == "/answers" for call in meli.journal)


def test_an_agent_is_told_of_a_reply_that_waits_although_telling_failed_first(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.ask()
    meli.add_fault("status", status=503, path="/answers", times=100)
    chatwoot.reply(bridge.conversation()["id"], "Temos.")
    chatwoot.add_fault("status", status=503, method="POST", path="/messages", times=1)

    bridge.wait_out(minutes=10)

    assert [note for note in bridge.notes() if "ainda não pôde ser entregue" in note] == bridge.notes()
    assert len(bridge.notes()) == 1
