"""What an agent types since Chatwoot 4.9 are words, but for bold, italic and the editor's line breaks."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.text import without_formatting


@pytest.mark.parametrize(
    "words",
    [
        "> 10 kg: frete grátis\n# 1 em vendas\n---\n- item\n1. item\n+ 55 11",
        "C:\\pasta\\_novo e C:\\pasta \\\n\nfim \\",
        "~~z~~ `*` ``` _x_ __y__ | a | b |\n|---|---|",
        "&amp; &lt;b&gt; <b>G</b> \\# 5 \\*x\\*",
        "10*20*30 cm, 2 * 3 * 4, 2**8**2, preço (*) à vista (*), R$ 10* e R$ 20*",
        "[a](b) [Voltagem]: 220V ![foto](foto.png) [x](javascript:alert)",
        "* azul\n* verde\n\n*   claro",
        "Veja https://loja.example/caneca?_gl=1*17jh0i2*_ga*MTU4*_ga_X*MTc2",
        "***\n\n____",
    ],
)
def test_signs_reach_the_buyer_as_typed(words: str) -> None:
    assert without_formatting(words) == words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Temos **sim**, em *verde* e ***azul***!", "Temos sim, em verde e azul!"),
        ("**neg**rito e **R$ 10,00** (**à vista**)", "negrito e R$ 10,00 (à vista)"),
        ("**Duas \\\nlinhas**", "Duas\nlinhas"),
        ("Olá! \\\nTemos. \\\n\\\nAté", "Olá!\nTemos.\n\nAté"),
        ("Olá! \nTemos.\n\n\\\n\nAté", "Olá!\nTemos.\n\n\n\nAté"),
        ("\\", ""),
        (
            "[o manual](https://a.example/a_b) e *<https://b.example>*",
            "o manual (https://a.example/a_b) e https://b.example",
        ),
        ("[**Caneca** azul](https://a.example)\n- um\n- dois", "Caneca azul (https://a.example)\n- um\n- dois"),
        (
            "![foto](https://a.example/1.png) [Ana](mailto:a@b.example)",
            "foto (https://a.example/1.png) Ana (a@b.example)",
        ),
    ],
)
def test_formatting_is_taken_away(content: str, words: str) -> None:
    assert without_formatting(content) == words


typed = st.lists(
    st.sampled_from([*"*_`~[]()<>#-+.!|\\\n :&;0aé\0", "\n\n", "](https://a.example)"]),
    max_size=40,
).map("".join)


@settings(max_examples=50)
@given(typed)
@example("[" * 2000)
@example("![[" * 700)
@example("*a" * 1000)
def test_no_letter_is_lost(content: str) -> None:
    words = without_formatting(content)

    assert words == words.strip()
    assert [*filter(str.isalnum, words)] == [*filter(str.isalnum, content)]
    if not set("*[<\\\0 ") & set(content):
        assert words == content.strip()
