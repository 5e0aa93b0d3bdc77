"""Agents write commands in private notes, and are answered by private notes that no buyer sees."""

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest

LIST = "Comandos que existem, em nota privada (o comprador não os vê):\n- **/ajuda**: mostra esta lista"


def note(bridge: BridgeUnderTest, content: str) -> list[str]:
    """An agent writes a private note; those that the bridge adds."""
    before = bridge.notes()
    bridge.chatwoot.reply(bridge.conversation()["id"], content, private=True)
    bridge.settle()
    return bridge.notes()[len(before) + 1 :]


def test_help_tells_once_what_commands_there_are_in_the_agents_language(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.ask()

    for written in ("/ajuda", "/ayuda", "/help", " /AJUDA por favor"):
        assert note(bridge, written) == [LIST]
    bridge.set(AGENT_LANGUAGE="en")
    (told,) = note(bridge, "/help")

    assert told.endswith("- **/help**: shows this list")
    assert meli.answers_published == []
    assert len(bridge.messages()) == 1


def test_a_word_that_is_no_command_is_told_so_and_what_there_is(bridge: BridgeUnderTest) -> None:
    bridge.bought_and_wrote()

    assert note(bridge, "/etiquetta 1") == [f"O comando /etiquetta não existe.\n\n{LIST}"]


def test_a_note_that_only_looks_like_a_command_stays_a_note(bridge: BridgeUnderTest) -> None:
    bridge.ask()

    for words in ("/home/ana/nota.pdf", "/2 do valor", "veja /ajuda", "/", "/ ajuda", "24/11", "//ajuda", "/n° 3"):
        assert note(bridge, words) == []


def test_a_command_written_as_a_reply_fails_and_reaches_no_buyer(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()

    for words in ("/ajuda", "/AJUDA", "/ajuda este comprador é difícil"):
        message = bridge.reply(words)
        assert message["status"] == "failed"
        assert "nota privada" in message["content_attributes"]["external_error"]
    assert meli.messages_sent == []

    assert bridge.reply("/desconhecido")["status"] == "sent"
    assert bridge.reply("Veja /ajuda no site.")["status"] == "sent"


def test_a_command_whose_answer_is_uncertain_is_answered_once(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.ask()
    chatwoot.add_fault("commit_then_drop", method="POST", path="/messages")

    note(bridge, "/ajuda")
    bridge.wait_out(minutes=1)

    assert bridge.notes().count(LIST) == 1
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_command_does_not_wait_behind_a_reply(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    meli.add_fault("status", status=503, times=1000)
    bridge.reply("Oi")

    assert note(bridge, "/ajuda") == [LIST]


def test_a_command_in_a_conversation_of_another_origin_is_answered_there(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    contact = bridge.as_administrator("POST", "/contacts", {"name": "Alguém", "inbox_id": bridge.sales_inbox})
    conversation = bridge.as_administrator(
        "POST",
        "/conversations",
        {"inbox_id": bridge.sales_inbox, "contact_id": contact["payload"]["contact"]["id"], "source_id": "elsewhere"},
    )

    chatwoot.reply(conversation["id"], "/ajuda", private=True)
    bridge.settle()

    assert bridge.notes() == ["/ajuda", LIST]


def test_a_command_that_never_reached_us_is_found_by_the_sweep(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.ask()
    bridge.sweep()
    chatwoot.reply(bridge.conversation()["id"], "/ajuda", private=True)
    chatwoot.outbox.clear()

    for _ in range(3):
        bridge.sweep()
        bridge.turn(minutes=2)

    assert bridge.notes() == ["/ajuda", LIST]
