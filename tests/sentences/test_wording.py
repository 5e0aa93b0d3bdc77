"""How things are said: sentences, prices and moments as people write them."""

from datetime import datetime

import pytest

from chalicelib.sentences.wording import Wording


def test_a_sentence_that_nobody_wrote_is_not_known() -> None:
    wording = Wording("en")

    assert not wording.knows("nothing")
    with pytest.raises(KeyError):
        wording.say("nothing")


def test_a_price_is_written_as_people_write_it() -> None:
    for language, amount, currency_id, written in (
        ("pt-BR", 62.96, "BRL", "R$ 62,96"),
        ("pt-BR", 1234.56, "BRL", "R$ 1.234,56"),
        ("pt-BR", 1234567.0, "BRL", "R$ 1.234.567,00"),
        ("pt-BR", 0, "BRL", "R$ 0,00"),
        ("es", 1234.5, "ARS", "$ 1.234,50"),
        ("es", 10, "PEN", "S/ 10,00"),
        ("en", 1234567.891, "USD", "US$ 1,234,567.89"),
        ("en", 9.9, "EUR", "EUR 9.90"),
        ("pt-BR", 9.9, "", "9,90"),
    ):
        assert Wording(language).price(amount, currency_id) == written


def test_a_moment_is_written_as_people_write_it() -> None:
    moment = datetime.fromisoformat("2026-11-05T14:03:59-03:00")

    assert [Wording(language).moment(moment) for language in ("pt-BR", "es", "en")] == [
        "05/11/2026 14:03",
        "05/11/2026 14:03",
        "2026-11-05 14:03",
    ]
