"""An agent's Markdown becomes plain text in which no word and no address is lost."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.text import has_words, to_plain_text
from tests.recorded import any_text

PERMALINK = "https://produto.mercadolivre.com.br/MLB-9000000001-caneca-_JM"


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("Temos **sim**, em *verde* e __azul__.", "Temos sim, em verde e azul."),
        ("~~R$ 80~~ R$ 62,96", "R$ 80 R$ 62,96"),
        ("Código `AB-12`", "Código AB-12"),
        ("```\nAB\n  12\n```", "AB\n  12"),
        ("# Olá\nTudo bem?", "Olá\n\nTudo bem?"),
        ("> Tem azul?\n\nTemos.", "Tem azul?\n\nTemos."),
        ("Olá!\nTemos sim.", "Olá!\nTemos sim."),
        ("Olá!  \nTemos\\\nsim.", "Olá!\nTemos\nsim."),
        ("Olá!\n\nTemos sim.", "Olá!\n\nTemos sim."),
        ("- azul\n- verde", "- azul\n- verde"),
        ("* azul\n* verde", "* azul\n* verde"),
        ("1. azul\n2. verde", "1. azul\n2. verde"),
        ("3) azul\n4) verde", "3) azul\n4) verde"),
        ("- azul\n  - claro\n- verde\n\nQual?", "- azul\n  - claro\n- verde\n\nQual?"),
        ("Temos:\n\n- azul\n- verde\n\nQual?", "Temos:\n\n- azul\n- verde\n\nQual?"),
        ("10\\*10 \\_cm\\_", "10*10 _cm_"),
        ("[Voltagem]: 220V\n[Medidas]: 30x40", "[Voltagem]: 220V\n[Medidas]: 30x40"),
        ("3*4*5 cm e **2*2** m", "3*4*5 cm e 2*2 m"),
        ("Preto &amp; branco &lt;3", "Preto & branco <3"),
        ("5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
        ("<b>Temos</b>", "<b>Temos</b>"),
        ("Serve em {{10}} e {% 5 %}", "Serve em {{10}} e {% 5 %}"),
        ("", ""),
        ("\n\n", ""),
    ],
)
def test_the_words_are_what_a_reader_sees(markdown: str, plain: str) -> None:
    assert to_plain_text(markdown) == plain


@pytest.mark.parametrize(
    "text",
    [
        "+ 55 11 99999-0000",
        "1986. Um bom ano.",
        "2 * 3 * 4 = 24",
        "arquivo_de_teste_final",
        "R$ 62,96 (à vista) ou 3x de R$ 21,00!",
        "#5 da lista",
        "caneca@loja.example",
        "é 100% algodão; não encolhe…",
        f"Veja {PERMALINK} e {PERMALINK}?variation=1",
        "🛵💨 a caminho",
    ],
)
def test_what_only_resembles_markup_stays_as_typed(text: str) -> None:
    assert to_plain_text(text) == text


word = st.from_regex(r"[a-zA-Zà-ü0-9]*[a-zA-Zà-ü][.,!?]?", fullmatch=True)
line = st.lists(word, min_size=1, max_size=6).map(" ".join)


@given(st.lists(line, min_size=1, max_size=5), st.sampled_from(["\n", "\n\n"]))
def test_text_without_markup_stays_as_typed(lines: list[str], line_break: str) -> None:
    text = line_break.join(lines)

    assert to_plain_text(text) == text


# Links


address = st.from_regex(
    r"https://[a-z]{1,9}\.com(/[a-zA-Z0-9-]{0,9}){0,3}(\?[a-z]=[a-z0-9]{0,9})?(#[a-z]{1,5})?", fullmatch=True
)


@given(address, line)
def test_a_link_keeps_its_label_and_its_address(address: str, label: str) -> None:
    assert to_plain_text(f"[{label}]({address})") == f"{label} ({address})"


@given(address)
def test_an_address_by_itself_is_written_once(address: str) -> None:
    assert to_plain_text(f"<{address}>") == address
    assert to_plain_text(f"[{address}]({address})") == address
    assert to_plain_text(f"[]({address})") == address
    assert to_plain_text(f"Veja {address}") == f"Veja {address}"


@pytest.mark.parametrize(
    "address", ["https://loja.example/açaí", "https://loja.example/a%20b", "https://açaí.example/"]
)
def test_an_address_in_any_letters_is_written_once(address: str) -> None:
    assert to_plain_text(f"<{address}>") == address
    assert to_plain_text(f"[{address}]({address})") == address


@pytest.mark.parametrize(
    "address",
    [
        PERMALINK,
        "https://loja.example/caneca?utm_source=chat&_pos=1&_sid=abc&_ss=r",
        # What Google's linker adds to an address that is copied from the browser.
        "https://loja.example/caneca?_gl=1*17jh0i2*_ga*MTU4*_ga_X*MTc2",
        "https://loja.example/_preta_/10",
    ],
)
def test_an_address_that_was_pasted_still_leads_there(address: str) -> None:
    assert to_plain_text(f"Veja {address}") == f"Veja {address}"


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("<ana@loja.example>", "ana@loja.example"),
        ("[Ana](mailto:ana@loja.example)", "Ana (ana@loja.example)"),
        ("![foto](https://loja.example/1.png)", "foto (https://loja.example/1.png)"),
        ("![](https://loja.example/1.png)", "https://loja.example/1.png"),
        ("[**Caneca** azul](https://loja.example)", "Caneca azul (https://loja.example)"),
        ("[Caneca][1]\n\n[1]: https://loja.example", "[Caneca][1]\n\n[1]: https://loja.example"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
    ],
)
def test_every_kind_of_link_is_read(markdown: str, plain: str) -> None:
    assert to_plain_text(markdown) == plain


# Whatever may come

marks = [*"*_`~[]()<>#-+.!|\\\n\t :&;0a{}%\u200b\x00", "    ", "```", "]("]
markup = st.lists(st.sampled_from(marks), max_size=60).map("".join)


@given(st.one_of(any_text, markup))
@example("[a](\ud800)")
@example("[" * 2000)
@example("![[" * 700)
@example("> " * 2000 + "a")
@example("- " * 2000 + "a")
def test_nothing_an_agent_types_breaks_it(markdown: str) -> None:
    plain = to_plain_text(markdown)

    assert plain == plain.strip()


@pytest.mark.parametrize("markdown", ["- ```\n  AB-12\n  ```\n\nQual?", "-\n\nQual?", "1.\n\nQual?"])
def test_an_item_without_words_lends_its_mark_to_nothing_else(markdown: str) -> None:
    assert to_plain_text(markdown).splitlines()[-1] == "Qual?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", True), ("?", True), ("🛵", True), ("", False), (" \n\u00a0", False), ("\u200b\ufeff", False)],
)
def test_only_what_can_be_seen_is_a_word(text: str, *, expected: bool) -> None:
    assert has_words(text) is expected
