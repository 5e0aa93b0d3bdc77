"""Words reach the other side as they were written: Chatwoot shows Markdown, and Mercado Livre plain text."""

import json

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.auditing import disagreements
from tests.harness import BridgeUnderTest
from tests.rendering import as_typed, read

WRITTEN = (
    "Segue ![foto](foto.png)",
    "![x](http://evil.example/pixel.png) e [site](http://evil.example)",
    "mede 10*20*30 cm\n3. terceiro\n# 2\n+ 55 11 99999-0000",
    "azul|verde\n-|-\n1|2",
    "(c) preto, cor &amp; tamanho <b>G</b>",
)


def test_a_buyer_reads_to_agents_as_they_wrote(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote(WRITTEN[0])
    for words in WRITTEN[1:]:
        meli.write(sale, words)
        meli.write_natively(sale, words)
    bridge.settle()

    for message in bridge.messages():
        shown, markup = read(message["content"])
        assert not markup
        assert as_typed(shown) in map(as_typed, WRITTEN)
    assert len(bridge.messages()) == 2 * len(WRITTEN) - 1


def test_a_question_and_its_answer_read_as_they_were_written(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.item = meli.add_item(bridge.seller, "Caneca *azul* [300 ml] (c) 10*20", 10.0)
    for words in WRITTEN:
        meli.answer_natively(bridge.ask(words), words)
    bridge.settle()

    found = [
        read(message["content"])
        for one in bridge.chatwoot.conversations()
        for message in bridge.chatwoot.messages(one["id"])
    ]
    asked, answered = (
        [words for words, markup in found if "hr" in markup],
        [words for words, markup in found if not markup],
    )
    assert {as_typed(words) for words in answered} == set(map(as_typed, WRITTEN))
    assert all("Anúncio: Caneca *azul* [300 ml] (c) 10*20 · R$ 10,00" in words for words in asked)
    assert {as_typed(words.partition("\nAnúncio")[0]) for words in asked} == set(map(as_typed, WRITTEN))


def test_what_is_no_markup_comes_without_a_backslash(bridge: BridgeUnderTest) -> None:
    words = 'Oi... tudo "bem"? -- R$ 10,00 & 100% (2x), arquivo_de_teste 5 < 6'

    bridge.bought_and_wrote(words)

    assert bridge.messages()[0]["content"] == words


# The way out

TYPED = "> 10 kg: frete grátis\n# 1 em vendas\n---\nC:\\pasta\\_novo ~~z~~ &amp; 10*20*30\n1. [a](b)"


def calls_itself(chatwoot: Chatwoot, version: str) -> None:
    """A Chatwoot that is like the others but for what it says to be."""
    chatwoot.add_fault("status", status=200, body=json.dumps({"version": version}), path="^/api$", times=99)


def test_a_reply_reaches_the_buyer_as_it_was_typed(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    for typed in (TYPED, "---", "Olá, **Ana**! \\\nChega *amanhã*: [rastreio](https://a.example)"):
        bridge.reply(typed)

    assert [message.text for message in meli.messages_sent] == [
        TYPED,
        "---",
        "Olá, Ana!\nChega amanhã: rastreio (https://a.example)",
    ]


def test_an_answer_reads_as_it_was_typed(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()

    message = bridge.reply("- Sim, **temos** `_novo` \\\n3 < 5 &lt; 7")

    assert message["status"] == "sent"
    assert meli.question(question).answer.text == "- Sim, temos `_novo`\n3 < 5 &lt; 7"


def test_an_editor_that_writes_markdown_is_read_as_such(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    calls_itself(chatwoot, "4.8.2")
    bridge.bought_and_wrote()

    bridge.reply("# Olá\n10\\*20\\*30 cm, ~~z~~ &amp; _novo_")
    bridge.reply("Chega \\#1")

    assert [message.text for message in meli.messages_sent] == ["Olá\n\n10*20*30 cm, z & novo", "Chega #1"]
    assert len([call for call in chatwoot.journal if call.path == "/api"]) == 1


def test_an_upgrade_of_chatwoot_is_noticed_and_an_outage_forgets_nothing(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    calls_itself(chatwoot, "v4.8.2-fork")
    bridge.bought_and_wrote()
    bridge.reply("10\\*20")
    chatwoot.clear_faults()
    chatwoot.add_fault("status", status=503, path="^/api$", times=99)
    bridge.turn(hours=2)
    bridge.reply("20\\*30")
    chatwoot.clear_faults()
    bridge.turn(hours=2)
    bridge.reply("30\\*40")

    assert [message.text for message in meli.messages_sent] == ["10*20", "20*30", "30\\*40"]


def test_where_the_version_is_not_told_words_go_as_typed(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    chatwoot.add_fault("status", status=404, body="<p>Not here</p>", content_type="text/html", path="^/api$")
    bridge.bought_and_wrote()

    bridge.reply("> 10 kg: **frete** grátis")

    assert [message.text for message in meli.messages_sent] == ["> 10 kg: frete grátis"]


def test_most_replies_cost_no_call_for_the_version(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    bridge.bought_and_wrote()
    bridge.reply("Olá, **Ana**! Chega *amanhã*, 10*20*30 cm.\n\nAté")

    assert not [call for call in chatwoot.journal if call.path == "/api"]


# When it was written


def test_what_comes_late_says_when_it_was_written(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    meli.notifications_enabled = False
    meli.write(sale, "Alô?")
    meli.write_natively(sale, "Chega amanhã.")
    meli.write(sale, "", [("nota.pdf", "application/pdf", b"%PDF-1.4")])
    bridge.turn(hours=3)
    meli.notifications_enabled = True
    bridge.write(sale, "Obrigada!")

    remark = "Escrito no Mercado Livre em 22/11/2026 09:00"
    assert [message["content"] for message in bridge.messages()] == [
        "Quando chega?",
        f"Alô?\n\n---\n{remark}",
        f"Chega amanhã.\n\n---\n{remark}",
        remark,
        "Obrigada!",
    ]
    assert disagreements(bridge) == []


def test_a_late_question_and_its_answer_say_so_in_the_desks_language(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.set(AGENT_LANGUAGE="es")
    meli.notifications_enabled = False
    question = bridge.ask("¿Tienen azul?")
    meli.answer_natively(question, "Sí.")
    meli.notifications_enabled = True
    bridge.turn(minutes=30)
    bridge.notify(resource=f"/questions/{question}")
    bridge.settle()

    asked, answered = (str(message["content"]) for message in bridge.messages())
    remark = "Escrito en Mercado Libre el 22/11/2026 09:00"
    assert asked.startswith(f"¿Tienen azul?\n\n---\n{remark}\nPublicación: ")
    assert answered == f"Sí.\n\n---\n{remark}"
    assert disagreements(bridge) == []
