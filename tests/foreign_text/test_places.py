"""Anybody's words in each place: the same words to the eye, and code to nobody."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.foreign_text import WAYS, safe, storable
from simulators.chatwoot.access import is_storable
from tests.recorded import any_json

ZERO_WIDTH_SPACE = "\u200b"
liquid_like = st.text(st.sampled_from(["{", "%", "}", "|", ZERO_WIDTH_SPACE, "\0", "\ud800", "\n", "a"]))


@given(st.one_of(st.text(), liquid_like))
@example("{{contact.name}}")
@example("{% raw %}")
@example("{{{%{{%")
@example("{%{{{")
@example("{\0{ contact.name }}{\0% raw %}")
def test_no_template_is_left_and_every_word_is(content: str) -> None:
    neutral = safe(content, "liquid")

    assert "{{" not in neutral
    assert "{%" not in neutral
    assert neutral.replace(ZERO_WIDTH_SPACE, "") == storable(content).replace(ZERO_WIDTH_SPACE, "")


@given(st.text())
def test_text_without_templates_is_left_alone(content: str) -> None:
    plain = storable(content.replace("{", ""))

    assert safe(plain, "liquid") == plain


@given(st.text(st.sampled_from("ab*_[]()!`<&\0\ud800\x1b\x9b\u202e\n{%~")))
def test_what_is_taken_out_is_taken_out_first(text: str) -> None:
    """Two signs that only came together afterwards would be markup that nobody escaped."""
    for place in WAYS:
        assert safe(text, place) == safe(storable(text), place)
        assert is_storable(safe(text, place))


@given(st.text())
@example("\x1b[2J\x1b]0;x\x07 \x9b31m \u202egpj.exe")
def test_nothing_commands_a_terminal_or_the_reader_of_a_log(text: str) -> None:
    assert all(one.isprintable() or one == "\n" for one in safe(text, "terminal"))
    line = json.dumps({"text": text}, ensure_ascii=False)

    assert safe(line, "log").isprintable()
    assert json.loads(safe(line, "log")) == {"text": text}


def test_a_page_shows_words_as_words() -> None:
    assert safe('<a href="x">\'&', "html") == "&lt;a href=&quot;x&quot;&gt;&#x27;&amp;"


@given(any_json)
@example({"a": ["x\0y", "\ud800"], "\udfff": None})
def test_what_is_written_is_what_a_database_takes(value: object) -> None:
    written = storable(value)

    assert is_storable(written)
    assert storable(written) == written


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_what_a_database_takes_is_left_as_it_is(value: object) -> None:
    assert storable(value) == value or not is_storable(value)
