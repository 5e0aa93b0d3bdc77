"""The shared nouns: what names a thread, and what makes two texts the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.models import Thread, read_link, run_digests, text_digest

ids = st.integers(1, 10**19 - 1)
threads = st.builds(Thread, ids, st.just("question"), ids.map(str))


@given(threads)
def test_a_thread_is_known_by_its_name(thread: Thread) -> None:
    assert Thread.parse(str(thread)) == thread


def test_a_thread_is_named_by_seller_kind_and_id() -> None:
    assert str(Thread(700000001, "question", "13000000001")) == "700000001/question/13000000001"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "700000001",
        "700000001/question",
        "700000001/question/",
        "/question/1",
        "700000001/claim/1",
        "700000001/buyer/1",
        "700000001/Question/1",
        "0/question/1",
        "7/question/0",
        "7/question/01",
        "07/question/1",
        "-7/question/1",
        "7/question/1.0",
        "7/question/1e3",
        "7/question/1 ",
        " 7/question/1",
        "7/question/1\n",
        "7/question/1/2",
        "7/question//1",
        "7/question/٣",
        "٧/question/1",
        "7/question/12345678901234567890",
        "12345678901234567890/question/1",
        "meli:987654321:pack:2000009876543210",
        "\ud800",
    ],
)
def test_what_names_no_thread_is_none(text: str) -> None:
    assert Thread.parse(text) is None


@given(st.text())
def test_any_text_is_a_threads_own_name_or_none(text: str) -> None:
    thread = Thread.parse(text)

    assert thread is None or str(thread) == text


@pytest.mark.parametrize(
    "text", ["Temos  sim & já!", " Temos sim & já\n", "temos\nsim, já", "Temos\u00a0sim &amp; já…"]
)
def test_what_a_service_may_change_on_the_way_makes_no_other_text(text: str) -> None:
    assert text_digest(text) == text_digest("Temos sim & já!")


@pytest.mark.parametrize(("text", "other"), [("Temos 2", "Temos 3"), ("Temos", ""), ("👍", "👎"), ("!", "?")])
def test_other_words_are_another_text(text: str, other: str) -> None:
    assert text_digest(text) != text_digest(other)


def test_a_digest_does_not_show_the_text() -> None:
    assert "Temos" not in text_digest("Temos sim!")


def test_texts_that_follow_one_another_are_known_when_they_are_put_together() -> None:
    found = run_digests(["Chega amanhã.", "!!", "Até lá,", "Loja"], longest=3)

    assert {text_digest("Chega amanhã."), text_digest("!!"), text_digest("Até lá, Loja")} <= found
    assert text_digest("Chega amanhã. Até lá,") in found
    assert not {text_digest("Chega amanhã. Até lá, Loja"), text_digest("Chega amanhã. Loja"), text_digest("")} & found


def test_a_link_leads_into_the_web_and_ends_nowhere_else() -> None:
    kept = ("https://produto.mercadolivre.com.br/MLB-9-caneca-_JM#x=1&y=%20", "http://a.example/?q=1~2;3")
    for link in kept:
        assert read_link(link) == link
    assert read_link("https://a.example/x) [y](https://evil.test)") == ""
    assert read_link("https://a.example/(x)") == "https://a.example/%28x%29"
    for broken in (
        "javascript:alert(1)",
        "https://a b",
        "https://a>b",
        "data:text/html,x",
        "https://a\x00b",
        None,
        7,
        "",
    ):
        assert read_link(broken) == ""
