"""Every sentence is there in every language, with the same facts in it."""

import string
from typing import get_args

import pytest

from chalicelib.outbound.answers import SENTENCES_BY_CODE, SENTENCES_BY_STATUS
from chalicelib.sentences import SENTENCES, blocked, moderation
from chalicelib.sentences.wording import Language, Wording

LANGUAGES = get_args(Language)


def facts_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_says_the_same_in_every_language(sentence: str) -> None:
    texts = SENTENCES[sentence]

    assert set(texts) == set(LANGUAGES)
    assert len({frozenset(facts_in(text)) for text in texts.values()}) == 1
    assert all(name.isidentifier() for text in texts.values() for name in facts_in(text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_written_with_care(sentence: str, language: str) -> None:
    text = SENTENCES[sentence][language]

    assert text
    assert text == " ".join(text.split())
    assert "Mercado Livre" not in text if language == "es" else "Mercado Libre" not in text


# These stand alone in a note, so each begins and ends as a sentence does, and needs no facts to be understood.
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", [*blocked.SENTENCES, *moderation.SENTENCES])
def test_a_reason_stands_alone(sentence: str, language: str) -> None:
    text = SENTENCES[sentence][language]

    assert text[0].isupper()
    assert text.endswith(".")
    assert not facts_in(text) or sentence.endswith("/unknown")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_carries_its_facts(sentence: str, language: str) -> None:
    facts = {name: f"<{name} {{x}}>" for name in facts_in(SENTENCES[sentence]["en"])}

    said = Wording(language).say(sentence, **facts)

    assert all(fact in said for fact in facts.values())
    assert facts_in(said.replace("{x}", "")) == set()


@pytest.mark.parametrize("sentence", sorted({*SENTENCES_BY_CODE.values(), *SENTENCES_BY_STATUS.values()}))
def test_a_refusal_that_has_a_sentence_has_it_here(sentence: str) -> None:
    assert Wording("pt-BR").knows(sentence)


def test_a_sentence_that_nobody_wrote_is_not_known() -> None:
    wording = Wording("en")

    assert not wording.knows("nothing")
    with pytest.raises(KeyError):
        wording.say("nothing")


@pytest.mark.parametrize(
    ("language", "amount", "currency_id", "written"),
    [
        ("pt-BR", 62.96, "BRL", "R$ 62,96"),
        ("pt-BR", 1234.56, "BRL", "R$ 1.234,56"),
        ("pt-BR", 1234567.0, "BRL", "R$ 1.234.567,00"),
        ("pt-BR", 0, "BRL", "R$ 0,00"),
        ("es", 1234.5, "ARS", "$ 1.234,50"),
        ("es", 10, "PEN", "S/ 10,00"),
        ("en", 1234567.891, "USD", "US$ 1,234,567.89"),
        ("en", 9.9, "EUR", "EUR 9.90"),
        ("pt-BR", 9.9, "", "9,90"),
    ],
)
def test_a_price_is_written_as_people_write_it(language: str, amount: float, currency_id: str, written: str) -> None:
    assert Wording(language).price(amount, currency_id) == written
