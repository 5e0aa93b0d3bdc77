"""People's words, as Chatwoot shows them: the same words, and no markup that nobody wrote."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.foreign_text import safe
from tests.rendering import as_typed, read

SIGNS = [
    *"*_`~[]()<>#-+.!|\\\n :&;0a?,",
    *("\n\n", "    ", "\t", "```", "~~", "](", "]: ", "(c)", "---", "- ", "1. ", "&amp;", "\n-|-", "é", "🛵"),
    *("https://a.example/_b_", "http://", "www.a.example/*b*", "ana_b@c.example", "<x:y>", " palavra "),
]
typed = st.lists(st.sampled_from(SIGNS), max_size=25).map("".join)


@settings(max_examples=100)
@given(typed)
@example("![foto](foto.png)")
@example("![x](http://evil.example/pixel.png)")
@example("mede 10*20*30 cm\n3. terceiro\n# 2\n+ 55 11 99999-0000")
@example("(c) preto (R) (tm)")
@example("[site](http://evil.example) [Voltagem]: 220V")
@example("azul|verde\n-|-\n1|2")
@example("    recuado\n\n\tmais")
@example("C:\\pasta\\_novo_\\")
def test_a_reader_sees_the_words_that_were_written(words: str) -> None:
    shown, markup = read(safe(words, "markdown"))

    assert as_typed(shown) == as_typed(words)
    assert not markup


@settings(max_examples=50)
@given(typed)
@example("x](javascript:alert(1))")
@example("\\")
@example("Caneca * nova * (c) _ ~~azul~~")
def test_a_title_is_a_link_with_the_words_that_were_written(title: str) -> None:
    shown, markup = read(f"1 × *x: [{safe(title, 'line of markdown')}](https://shop.example/1)*")

    assert as_typed(shown) == as_typed(f"1 × x: {' '.join(title.splitlines())}")
    assert markup <= {"link_open", "link_close", "em_open", "em_close"}


def test_words_that_are_no_markup_get_no_backslash() -> None:
    for words in (
        'Oi... tudo bem? -- disse ela: "sim!" (2x) R$ 10,00/un. 100% & pronto #1',
        "Quero 2 * 3 = 6, *válido até 1/12",
        "arquivo_de_teste_final.pdf ana_b@c.example",
        "Veja https://produto.mercadolivre.com.br/MLB-9000000001-caneca-_JM?a=1&b=*2*_c_, e me diga!",
        "5 < 6 > 3, <3 e <b>",
        "A [azul] (grande) ou (b) ~10 cm - 12 cm + frete | 3.5 `",
        "-10 graus\n+5511999990000\n3.5 kg\n#2",
        "C:\\pasta\\novo",
        "",
    ):
        assert safe(words, "markdown") == words
    for title in ("Caneca #1 azul & branca - 300 ml (2 un.) | R$ 5,00 > 3", "A_B 10 * 20 + 5 ~ 6!"):
        assert safe(title, "line of markdown") == title


def test_what_is_escaped_is_what_would_be_read_as_markup() -> None:
    assert safe("mede 10*20*30 cm", "markdown") == "mede 10\\*20\\*30 cm"
    assert safe("3. terceiro\n+ 55 11", "markdown") == "3\\. terceiro\n\\+ 55 11"
    assert safe("![foto](foto.png)", "markdown") == "!\\[foto](foto.png)"
    assert safe("a|b\n-|-", "markdown") == "a|b\n\\-|-"
    assert safe("Caneca [nova]", "line of markdown") == "Caneca \\[nova\\]"
