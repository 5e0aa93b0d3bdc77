"""Only words and files that a person wrote go out; what stands there as if it did is marked as failed with a reason."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from simulators.chatwoot import Chatwoot
from simulators.chatwoot.messages import CONTENT_TYPES, Draft
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest

CARD = {"title": "Caneca", "description": "Azul", "media_url": "", "actions": []}
ARTICLE = {"title": "Trocas", "description": "Como trocar", "link": "https://ajuda.example/trocas"}


def test_a_video_call_is_not_published_as_the_answer_to_a_question(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    call = chatwoot.start_video_call(bridge.conversation()["id"])
    bridge.settle()

    shown = bridge.message(call["id"])
    assert meli.answers_published == []
    assert (shown["status"], shown["external_error"][:13]) == ("failed", "Videochamada ")

    # Pressed again, it fails again; and the question can still be answered.
    chatwoot.press_retry(call["id"])
    bridge.settle()
    assert bridge.message(call["id"])["external_error"] == shown["external_error"]
    bridge.reply("Temos.")
    assert meli.answers_published == [(question, "Temos.")]


def test_what_is_no_text_fails_with_what_it_is(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    bridge.set(FORWARD_BOTS="on")
    bridge.bought_and_wrote()
    conversation = bridge.conversation()["id"]
    kinds: list[tuple[str, dict[str, Any], str]] = [
        ("cards", {"items": [CARD]}, "Cartões"),
        ("form", {"items": [{"type": "email", "label": "E-mail", "name": "email"}]}, "Formulário"),
        ("article", {"items": [ARTICLE]}, "Artigo"),
        ("input_select", {"items": [{"title": "Sim", "value": "sim"}]}, "Botões"),
        ("input_email", {}, "input_email"),
        ("sticker", {}, "sticker"),
    ]

    messages = [chatwoot.reply(conversation, "Veja.", content_type=kind, **details) for kind, details, _ in kinds]
    bridge.settle()

    assert meli.messages_sent == []
    for message, (_, _, words) in zip(messages, kinds, strict=True):
        assert words in bridge.message(message["id"])["external_error"]


def test_an_answer_from_slack_goes_out_whoever_wrote_it(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    bridge.sweep()
    conversation = bridge.conversation()["id"]

    chatwoot.slack_reply(conversation, "De um usuário.", as_user="agent")
    bridge.settle()
    chatwoot.slack_reply(conversation, "De ninguém.")
    bridge.settle()
    lost = chatwoot.slack_reply(conversation, "Sem aviso.")
    chatwoot.outbox.clear()
    bridge.sweep()

    assert [message.text for message in meli.messages_sent] == ["De um usuário.", "De ninguém.", "Sem aviso."]
    assert bridge.message(lost["id"])["status"] == "sent"


@pytest.mark.parametrize("is_heard", [True, False])
def test_what_a_bot_without_a_name_wrote_stays_inside_though_slack_shows_it_too(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, *, is_heard: bool
) -> None:
    """Dialogflow's words have no sender, and Chatwoot notes what it takes to Slack. slack/send_on_slack_service.rb"""
    bridge.bought_and_wrote()
    bridge.sweep()
    conversation = chatwoot._find_conversation(bridge.conversation()["id"])
    mirrored = {"slack": "cw-origin-1795967606.123456"}
    with chatwoot.lock:
        message = chatwoot._write(Draft(conversation, None, "Sou um robô.", external_source_ids=mirrored))
    if not is_heard:
        chatwoot.outbox.clear()
        bridge.sweep()
    bridge.settle()

    assert meli.messages_sent == []
    assert bridge.message(message["id"])["status"] == "failed"


@pytest.mark.parametrize("is_heard", [True, False])
def test_a_message_of_nobody_does_not_stand_there_as_if_it_was_sent(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, *, is_heard: bool
) -> None:
    bridge.bought_and_wrote()
    bridge.sweep()
    message = chatwoot.nameless_reply(bridge.conversation()["id"], "Resposta do Dialogflow")
    if not is_heard:
        chatwoot.outbox.clear()

    bridge.settle()
    bridge.sweep()

    assert meli.messages_sent == []
    assert "Autor desconhecido" in bridge.message(message["id"])["external_error"]


def test_captain_follows_the_setting_for_bots(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    bridge.bought_and_wrote()
    conversation = bridge.conversation()["id"]
    silent = chatwoot.captain_reply(conversation, "Sou a assistente.")
    bridge.settle()
    assert (meli.messages_sent, bridge.message(silent["id"])["status"]) == ([], "sent")

    bridge.set(FORWARD_BOTS="on")
    chatwoot.captain_reply(conversation, "Chega amanhã.")
    chatwoot.bot_choices(conversation, "Posso ajudar em algo mais?", ["Sim", "Não"])
    bridge.settle()

    lines = [[line for line in message.text.splitlines() if line] for message in meli.messages_sent]
    assert lines == [["Chega amanhã."], ["Posso ajudar em algo mais?", "1. Sim", "2. Não"]]


def test_where_chatwoot_shows_no_failure_a_note_names_what_was_kept_inside(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.ask()
    chatwoot.add_fault("status", status=404, path="/messages/", method="PATCH", body="<p>No such route</p>", times=9)

    chatwoot.start_video_call(bridge.conversation()["id"])
    bridge.settle()

    assert meli.answers_published == []
    (note,) = [note for note in bridge.notes() if "não chegou ao comprador" in note]
    assert "Ana has started a meeting" in note
    assert "Videochamada" in note


def test_what_kept_a_message_inside_does_not_keep_back_the_one_before_it(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """Equal words that failed and were written once more go out once; but not where the second may not go at all."""
    bridge.bought_and_wrote()
    bridge.sweep()
    conversation = bridge.conversation()["id"]
    first = chatwoot.reply(conversation, "Amanhã.")
    chatwoot._fail_message(first["id"], "500 Internal Server Error")
    chatwoot.nameless_reply(conversation, "Amanhã.")
    chatwoot.outbox.clear()

    bridge.sweep()

    assert [message.text for message in meli.messages_sent] == ["Amanhã."]


def test_a_rules_message_that_retry_has_robbed_of_its_rule_is_not_published(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """Retry forgets all attributes of a message, so that nothing tells any more that a rule wrote it."""
    bridge.ask()
    message = chatwoot.automation_reply(bridge.conversation()["id"], "Recebemos sua pergunta.")
    bridge.settle()
    chatwoot._fail_message(message["id"], "500 Internal Server Error")
    bridge.settle()

    chatwoot.press_retry(message["id"])
    bridge.settle()

    assert meli.answers_published == []
    assert "Autor desconhecido" in bridge.message(message["id"])["external_error"]


# Whatever Chatwoot may write

SENDERS = ("user", "agent_bot", "captain", "contact", "nobody")
ITEMS: dict[str, list[dict[str, Any]]] = {
    "input_select": [{"title": "Sim", "value": "sim"}],
    "cards": [CARD],
    "form": [{"type": "text", "label": "Nome", "name": "name"}],
    "article": [ARTICLE],
}
drafts = st.fixed_dictionaries(
    {
        "sender": st.sampled_from(SENDERS),
        "message_type": st.sampled_from(["outgoing", "outgoing", "outgoing", "template"]),
        "content_type": st.sampled_from(["text", "text", "text", *CONTENT_TYPES]),
        "is_private": st.sampled_from([False, False, False, True]),
        "is_by_rule": st.sampled_from([False, False, False, True]),
        "is_from_slack": st.booleans(),
    }
)


# Without shrinking: an example costs a sweep.
@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(drafts, min_size=1, max_size=6))
def test_whatever_chatwoot_writes_goes_out_only_by_the_list(
    messaging_bridge: BridgeUnderTest, written: list[dict[str, Any]]
) -> None:
    """A single one is announced by no webhook: then the sweep finds it, and judges it alike."""
    bridge, chatwoot = messaging_bridge, messaging_bridge.chatwoot
    sent_before = len(bridge.meli.messages_sent)
    messages = [write(chatwoot, bridge.conversation()["id"], draft) for draft in written]
    if len(written) == 1:
        chatwoot.outbox.clear()
    bridge.settle()
    bridge.clock.turn(minutes=1)
    bridge.sweep()

    fates = list(map(judge, written))
    shown = [bridge.message(message["id"]) for message in messages]
    assert [(message["status"], bool(message["external_error"])) for message in shown] == [
        ("failed", True) if fate == "fails" else ("sent", False) for fate in fates
    ]
    assert len(bridge.meli.messages_sent) - sent_before == fates.count("goes")


def judge(draft: dict[str, Any]) -> str:
    """What is to become of it, in other words than the bridge's own."""
    is_rule = draft["is_by_rule"] or draft["message_type"] == "template"
    if is_rule or draft["is_private"] or draft["content_type"] == "input_csat":
        return "stays"
    if draft["sender"] in ("agent_bot", "captain"):
        return "stays"
    is_person = draft["sender"] == "user" or (draft["sender"] == "nobody" and draft["is_from_slack"])
    return "goes" if is_person and draft["content_type"] == "text" else "fails"


def write(chatwoot: Chatwoot, conversation_id: int, draft: dict[str, Any]) -> dict[str, Any]:
    conversation = chatwoot._find_conversation(conversation_id)
    sender: Any = {
        "user": chatwoot.state.agent,
        "agent_bot": chatwoot.state.bot,
        "captain": chatwoot.state.captain,
        "contact": conversation.contact,
        "nobody": None,
    }[draft["sender"]]
    attributes: dict[str, Any] = {"automation_rule_id": 5} if draft["is_by_rule"] else {}
    if items := ITEMS.get(draft["content_type"]):
        attributes |= {"items": items}
    with chatwoot.lock:
        return chatwoot._write(
            Draft(
                conversation,
                sender,
                "Chega amanhã.",
                draft["message_type"],
                draft["content_type"],
                attributes,
                private=draft["is_private"],
                external_source_ids={"slack": "1795967606.1"} if draft["is_from_slack"] else {},
            )
        )


@pytest.fixture
def messaging_bridge(bridge: BridgeUnderTest) -> BridgeUnderTest:
    bridge.bought_and_wrote()
    bridge.sweep()
    return bridge
