"""Events that nobody signed, and events of one inbox about threads of the other: nothing goes out by their word."""

from typing import Any

import pytest

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.abusing import CHATWOOT_PATH, an_event, signed
from tests.harness import BridgeUnderTest
from tests.recorded import wire


@pytest.fixture
def unsigned(bridge: BridgeUnderTest) -> BridgeUnderTest:
    bridge.set(CHATWOOT_WEBHOOK_SECRETS="{}")
    return bridge


def forge(bridge: BridgeUnderTest, *, thread: str, conversation: int, inbox: int = 0, **fields: Any) -> None:
    """Tell the bridge what is not so; signed with the secret of an inbox where one is given."""
    where = {"id": conversation, "contact_inbox": {"source_id": thread}}
    inbox_of_event = {"inbox": {"id": inbox}} if inbox else {}
    body = wire(an_event(bridge, **{"conversation": where, "attachments": [], **inbox_of_event, **fields}))
    headers = (
        {name.decode(): value.decode() for name, value in signed(bridge, body, inbox=inbox).items()} if inbox else {}
    )
    assert bridge.post(CHATWOOT_PATH, body, headers).status_code == 200


def thread_of(bridge: BridgeUnderTest) -> str:
    return str(bridge.conversation()["source_id"])


# Unsigned


def test_what_agents_write_goes_out_where_nothing_is_signed(
    unsigned: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge = unsigned
    question = bridge.ask()
    assert bridge.reply("Temos.")["status"] == "sent"
    meli.add_fault("status", path="/answers", status=400, body='{"message": "no", "error": "bad_request"}')
    second = meli.ask(bridge.buyer, bridge.item, "E azul?")
    bridge.settle()
    other = next(one for one in chatwoot.conversations() if one["source_id"].endswith(str(second)))
    message = chatwoot.reply(other["id"], "Também.")
    bridge.settle()
    assert bridge.message(message["id"])["status"] == "failed"

    chatwoot.press_retry(message["id"])
    chatwoot.reply(other["id"], "/ajuda", private=True)
    bridge.settle()

    assert meli.answers_published == [(question, "Temos."), (second, "Também.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert len([one for one in chatwoot.messages(other["id"]) if one["private"]]) == 2
    health = bridge.health().json()
    assert [problem["what"] for problem in health["problems"]] == ["what Chatwoot sends is not signed"]
    assert "python -m tools setup" in health["problems"][0]["do"]


def test_nothing_goes_out_that_nobody_wrote(unsigned: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    """Whoever learnt the address of the webhook makes up a message, its words, its place, or its files."""
    bridge = unsigned
    bridge.ask()
    thread, conversation = thread_of(bridge), bridge.conversation()["id"]
    note = chatwoot.reply(conversation, "Não diga o preço!", private=True)
    asked = bridge.messages()[0]["id"]
    before = chatwoot.messages(conversation)

    for claimed in (
        {},
        {"id": note["id"]},
        {"id": asked},
        {"id": note["id"], "event": "message_updated"},
        {"content_type": "cards"},
        {"conversation": 999},
        {"content": "/ajuda", "private": True},
        {"content": "/ajuda", "private": True, "id": note["id"]},
    ):
        forge(bridge, **{"thread": thread, "conversation": conversation, **claimed})
    bridge.settle()

    assert meli.answers_published == []
    assert chatwoot.messages(conversation) == before
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_nobodys_word_changes_what_an_agent_wrote_and_where(
    unsigned: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge = unsigned
    question = bridge.ask()
    conversation = bridge.conversation()["id"]
    message = chatwoot.reply(conversation, "Temos.")
    chatwoot.outbox.clear()
    other = meli.ask(bridge.buyer, bridge.item, "Para mim?")
    bridge.settle()
    place = {"thread": f"{bridge.seller}/question/{other}", "conversation": conversation, "id": message["id"]}

    forge(bridge, **place, content="Não temos.")
    bridge.settle()
    # Shown as failed, an agent would write it once more.
    forge(bridge, **{**place, "thread": "x"}, content_type="cards", event="message_updated")
    bridge.settle()

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"


@pytest.mark.parametrize("event", ["message_created", "message_updated"])
def test_what_was_written_before_the_bridge_is_not_sent_by_a_strangers_word(
    unsigned: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, event: str
) -> None:
    bridge = unsigned
    bridge.bought_and_wrote()
    message = chatwoot.reply(bridge.conversation()["id"], "De antes.")
    chatwoot.outbox.clear()
    bridge.turn(days=2)
    bridge.sweep()

    forge(bridge, thread=thread_of(bridge), conversation=bridge.conversation()["id"], id=message["id"], event=event)
    bridge.settle()

    assert meli.messages_sent == []


@pytest.mark.parametrize("event", ["message_created", "message_updated"])
def test_what_was_typed_again_is_not_sent_twice_by_a_strangers_word(
    unsigned: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, event: str
) -> None:
    bridge = unsigned
    bridge.bought_and_wrote()
    bridge.sweep()
    message = chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    chatwoot._fail_message(message["id"], "500 Internal Server Error")
    chatwoot.outbox.clear()
    bridge.reply("Amanhã.")

    forge(bridge, thread=thread_of(bridge), conversation=bridge.conversation()["id"], id=message["id"], event=event)
    bridge.settle()

    assert [sent.text for sent in meli.messages_sent] == ["Amanhã."]


# Kind against inbox


def test_who_has_the_secret_of_one_inbox_speaks_in_that_one_alone(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.ask()
    asked, thread = bridge.conversation()["id"], thread_of(bridge)

    forge(bridge, thread=thread, conversation=asked, inbox=bridge.sales_inbox)
    bridge.settle()

    assert meli.answers_published == []


@pytest.mark.parametrize("is_heard", [True, False], ids=["by webhook", "by sweep"])
def test_what_is_written_in_one_inbox_answers_nothing_of_the_other(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, *, is_heard: bool
) -> None:
    """Before the bridge knows of a question, whoever works in the other inbox may name it."""
    bridge.sweep()
    meli.notifications_enabled = False
    question = meli.ask(bridge.buyer, bridge.item, "Tem?")
    where = {"inbox_id": bridge.sales_inbox, "source_id": f"{bridge.seller}/question/{question}"}
    contact = bridge.as_administrator("POST", "/contacts", {"name": "Alguém", **where})["payload"]["contact"]
    made = bridge.as_administrator("POST", "/conversations", {"contact_id": contact["id"], **where})
    message = chatwoot.reply(made["id"], "Da caixa errada.")
    if not is_heard:
        chatwoot.outbox.clear()
        meli.add_fault("status", path="/questions", status=500, times=1000)
        for _ in range(3):
            bridge.turn(minutes=2)
            bridge.sweep()
        meli.clear_faults()
    bridge.settle()

    assert meli.answers_published == []
    assert bridge.message(message["id"])["status"] == "failed"


def test_a_job_of_the_other_inbox_is_refused_before_it_is_sent(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """It came in while the settings named the inboxes the other way round."""
    bridge.ask()
    place = {"thread": thread_of(bridge), "conversation": bridge.conversation()["id"], "inbox": bridge.sales_inbox}
    questions, sales = str(bridge.questions_inbox), str(bridge.sales_inbox)
    bridge.set(CHATWOOT_QUESTIONS_INBOX_ID=sales, CHATWOOT_SALES_INBOX_ID=questions)
    forge(bridge, **place)
    bridge.set(CHATWOOT_QUESTIONS_INBOX_ID=questions, CHATWOOT_SALES_INBOX_ID=sales)

    bridge.settle()

    assert meli.answers_published == []


def test_a_reply_that_waited_while_its_inbox_was_replaced_goes_out(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """The settings name another inbox by then; its conversation is still the thread's own."""
    question = bridge.ask()
    meli.add_fault("status", path="/answers", status=503, times=2)
    bridge.reply("Temos.")
    bridge.set(CHATWOOT_QUESTIONS_INBOX_ID="999")
    bridge.wait_out(minutes=2)

    assert meli.answers_published == [(question, "Temos.")]
