"""Words reach the other side as they were written: Chatwoot shows Markdown, and Mercado Livre plain text."""

from simulators.mercado_livre import MercadoLivre
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
