"""A reply is brought into what Mercado Livre's messages carry, and cut where a reader would pause."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.text import length, split, to_sendable
from tests.recorded import any_text

EMOJI = [
    "👍",
    "❤",
    "❤️",
    "⚠️",
    "1️⃣",
    "™️",
    "👍🏽",
    "🇧🇷",
    "👨‍👩‍👧",
    "👩🏽‍💻",
    "👁️‍🗨️",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
]

# Characters


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("‘Olá’ “mundo” „hallo‟", '\'Olá\' "mundo" "hallo"'),
        ("5′ 10″", "5' 10\""),
        ("Seg–sex — 9‑18h −2 ‐ ― ‒", "Seg-sex - 9-18h -2 - - -"),
        ("Já vai…", "Já vai..."),
        ("R$\u00a062,96\u202fà\u2009vista\u3000já\tsim", "R$ 62,96 à vista já sim"),
        ("ﬁo e ﬂor, œuvre", "fio e flor, oeuvre"),
        ("Ol\u200bá\u200c,\u2060 \ufefftudo\u00ad bem\u200e?", "Olá, tudo bem?"),
        ("\u202eola\u202c \u2066ola\u2069", "ola ola"),
        ("voce\u0302 na\u0303o, coraça\u0303o, u\u0308", "você não, coração, ü"),
        ("• azul\n‣ verde\n▪ preto", "- azul\n- verde\n- preto"),
        ("€ 5 → 6 ≤ 7 ≠ 8 ≈ 9", "EUR 5 -> 6 <= 7 != 8 ~ 9"),
        ("uma\u2028duas\u2029três", "uma\nduas\ntrês"),
        ("ｗｉｄｅ 𝐁𝐨𝐥𝐝 ① №", "wide Bold 1 No"),
        ("«Olá» ¿qué? ½ 10 m² 5º R$ 3¢ ·±×÷ ñ ç ß", "«Olá» ¿qué? ½ 10 m² 5º R$ 3¢ ·±×÷ ñ ç ß"),
        ("", ""),
    ],
)
def test_typography_becomes_what_a_typewriter_has(typed: str, sent: str) -> None:
    assert to_sendable(typed) == (sent, "")


@pytest.mark.parametrize("emoji", EMOJI)
def test_an_emoji_passes_as_it_is(emoji: str) -> None:
    assert to_sendable(emoji) == (emoji, "")
    assert to_sendable(f"“Olá”{emoji}já{emoji}{emoji}…") == (f'"Olá"{emoji}já{emoji}{emoji}...', "")


@pytest.mark.parametrize(
    ("typed", "sent", "strange"),
    [
        ("你好你们好", "", "你好们"),
        ("Привет, мир!", ", !", "Приветм"),
        ("Olá Šárka — Š", "Olá árka - ", "Š"),
        ("✓ ok ✓ ★", " ok  ", "✓★"),
        ("👍 你 👍", "👍  👍", "你"),
        ("🇦", "", "🇦"),
        ("a\ud800b", "ab", "\ud800"),
    ],
)
def test_what_cannot_be_sent_is_named_once_in_the_order_of_its_coming(typed: str, sent: str, strange: str) -> None:
    assert to_sendable(typed) == (sent, strange)


@pytest.mark.parametrize("bullet", ["▪️", "◾", "▫️", "◼️"])
def test_a_bullet_that_is_an_emoji_can_be_sent(bullet: str) -> None:
    """Templates written on a telephone are full of them."""
    _, strange = to_sendable(f"{bullet} azul\n{bullet} verde")

    assert strange == ""


@pytest.mark.parametrize("invisible", ["\ufe0f", "\ufe0e", "\u200d"])
def test_no_agent_is_told_of_a_character_that_nobody_can_see(invisible: str) -> None:
    assert to_sendable(f"Temos{invisible} sim") == ("Temos sim", "")


sample_text = st.lists(
    st.one_of(any_text, st.sampled_from([*EMOJI, "“", "…", "\u00a0", "ﬁ", "e\u0301", "你", "Ж", "\u200b"])), max_size=8
).map("".join)


@given(sample_text)
@settings(max_examples=60)
def test_what_can_be_sent_is_latin_1_and_emoji(text: str) -> None:
    import emoji

    sent, strange = to_sendable(text)

    assert len(set(strange)) == len(strange)
    assert not set(strange) & set(emoji.replace_emoji(sent, ""))
    emoji.replace_emoji(sent, "").encode("latin-1")


@given(sample_text)
@settings(max_examples=40)
def test_what_was_made_sendable_once_stays_as_it_is(text: str) -> None:
    sent, _ = to_sendable(text)

    assert to_sendable(sent) == (sent, "")


@given(st.text(st.characters(max_codepoint=0xFF, exclude_characters="\u00a0\u00ad\t")))
def test_latin_1_passes_as_it_is(text: str) -> None:
    assert to_sendable(text) == (text, "")


# Length


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("ação", 4), ("👍", 2), ("👍🏽", 4), ("🇧🇷", 4), ("👨‍👩‍👧", 8), ("❤️", 2)]
)
def test_an_emoji_is_as_long_as_it_may_be_counted(text: str, expected: int) -> None:
    assert length(text) == expected


# Pieces


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("", 20, [""]),
        (" \n ", 20, [""]),
        ("Temos sim!", 20, ["Temos sim!"]),
        ("  Temos sim!\n", 10, ["Temos sim!"]),
        ("x" * 20, 20, ["x" * 20]),
        ("x" * 21, 20, ["x" * 20, "x"]),
        ("x" * 45, 20, ["x" * 20, "x" * 20, "x" * 5]),
        # A sentence before a word.
        ("Temos em azul. E em verde também.", 20, ["Temos em azul.", "E em verde também."]),
        ("Tem mesmo? Sim! Chega amanhã cedo.", 20, ["Tem mesmo? Sim!", "Chega amanhã cedo."]),
        ("Temos em azul\nE em verde também", 20, ["Temos em azul", "E em verde também"]),
        ("Temos em azul\n\n\nE em verde também", 20, ["Temos em azul", "E em verde também"]),
        # A sentence that would leave most of the piece unused gives way to a word.
        ("Oi. Temos em azul e em verde", 20, ["Oi. Temos em azul e", "em verde"]),
        ("Temos em azul e em verde", 20, ["Temos em azul e em", "verde"]),
        # What fits to the last character is not cut earlier.
        ("Temos azul e verde.. Sim", 20, ["Temos azul e verde..", "Sim"]),
        ("Temos azul e verde12 sim", 20, ["Temos azul e verde12", "sim"]),
        ("R$ 62,96 e R$ 21,00 no total", 20, ["R$ 62,96 e R$ 21,00", "no total"]),
        # A word that fits nowhere is cut hard, and the words around it are not.
        (f"Veja {'x' * 30} ali", 20, ["Veja", "x" * 20, f"{'x' * 10} ali"]),
    ],
)
def test_a_text_is_cut_where_a_reader_would_pause(text: str, limit: int, pieces: list[str]) -> None:
    assert split(text, limit) == pieces


words = st.one_of(
    st.text("abç.!?;,0\u00a0", min_size=1, max_size=30),
    st.sampled_from(["👍", "👨‍👩‍👧", "🇧🇷", "👍🏽", "x" * 500]),
)
long_text = st.lists(st.tuples(words, st.sampled_from([" ", "  ", "\n", "\n\n", " \n", ". "])), max_size=60).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
limits = st.integers(20, 400)


@given(long_text, limits)
@settings(max_examples=60)
def test_nothing_but_white_space_is_lost_between_pieces_that_fit(text: str, limit: int) -> None:
    pieces = split(text, limit)

    assert all(length(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece == piece.strip() for piece in pieces)
    assert all(pieces) or pieces == [""]
    assert split(text, limit) == pieces


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), limits)
@settings(max_examples=60)
def test_any_text_comes_in_pieces_that_fit(text: str, limit: int) -> None:
    pieces = split(text, limit)

    assert all(length(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(long_text.filter(lambda text: max(map(len, text.split()), default=0) <= 20), limits)
@settings(max_examples=40)
def test_a_word_that_fits_is_not_cut(text: str, limit: int) -> None:
    # Only what `str.split` holds to be a word: a non-breaking space ends one.
    assert [word for piece in split(text, limit) for word in piece.split()] == text.split()


@given(st.lists(st.text("abc ", min_size=1, max_size=12), min_size=1, max_size=30), limits)
@settings(max_examples=40)
def test_what_was_cut_does_not_depend_on_what_follows(parts: list[str], limit: int) -> None:
    """The rest of a reply is sent after its beginning: both must come from the same cuts."""
    text = " ".join(" ".join(parts).split())
    first, *rest = split(text, limit)

    if rest:
        assert split(text[len(first) :], limit) == rest


def test_a_limit_under_which_nothing_fits_comes_to_an_end() -> None:
    for limit in (-350, -1, 0, 1):
        for text in ("", "ab c", "👍👍 a"):
            assert "".join(split(text, limit)) == "".join(text.split())


@pytest.mark.parametrize("emoji", EMOJI)
def test_no_emoji_is_cut_in_two_at_the_end_of_a_piece(emoji: str) -> None:
    for before in range(10, 20):
        pieces = split("x" * before + emoji + "y" * 20, 20)

        assert sum(piece.count(emoji) for piece in pieces) == 1, f"after {before} letters"


@pytest.mark.parametrize("emoji", ["👍", "👨‍👩‍👧", "🇧🇷", "👍🏽"])
def test_a_row_of_emoji_is_cut_between_two_of_them(emoji: str) -> None:
    """Each piece takes as many as fit, and none is broken."""
    most = 20 // length(emoji)

    assert split(emoji * (most + 1), 20) == [emoji * most, emoji]


def test_a_row_of_emoji_in_a_true_message_does_not_become_a_message_each() -> None:
    assert [length(piece) for piece in split("👍" * 180, 350)] == [350, 10]


def test_a_row_of_emoji_is_cut_in_no_time() -> None:
    """A reply has up to 10,000 characters, and its job little more than a minute for all that it does."""
    to_sendable("👍")  # The first look at an emoji loads the list of them.
    started = time.process_time()

    split("👍" * 120, 200)

    assert time.process_time() - started < 0.3
