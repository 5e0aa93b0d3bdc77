"""What the bridge writes into Chatwoot: the same words to the eye, and code to nobody."""

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.chatwoot.message_bodies import (
    echo_message,
    incoming_message,
    neutralise_liquid,
    private_note,
    storable,
)
from simulators.chatwoot.access import is_storable
from tests.recorded import any_json

ZERO_WIDTH_SPACE = "\u200b"
liquid_like = st.text(st.sampled_from(["{", "%", "}", "|", ZERO_WIDTH_SPACE, "\n", "a"]))


@given(st.one_of(st.text(), liquid_like))
@example("{{contact.name}}")
@example("{% raw %}")
@example("{{{%{{%")
@example("{%{{{")
def test_no_template_is_left_and_every_word_is(content: str) -> None:
    neutral = neutralise_liquid(content)

    assert "{{" not in neutral
    assert "{%" not in neutral
    assert neutral.replace(ZERO_WIDTH_SPACE, "") == content.replace(ZERO_WIDTH_SPACE, "")


@given(st.text())
def test_text_without_templates_is_left_alone(content: str) -> None:
    plain = content.replace("{", "")

    assert neutralise_liquid(plain) == plain


def test_what_we_write_as_outgoing_is_neutral() -> None:
    note = private_note("{{ contact.email }}", source_id="meli:x")
    echo = echo_message("{% raw %}", source_id="meli:y", external_created_at=None)

    assert (note["message_type"], note["source_id"]) == ("outgoing", "meli:x")
    assert (echo["message_type"], echo["source_id"]) == ("outgoing", "meli:y")
    assert "{{" not in note["content"]
    assert "{%" not in echo["content"]


def test_a_buyers_words_are_left_as_they_are() -> None:
    """Chatwoot renders outgoing messages only."""
    message = incoming_message("Serve em {{10}}?", source_id="meli:x", external_created_at=1795269655)

    assert message == {
        "content": "Serve em {{10}}?",
        "message_type": "incoming",
        "source_id": "meli:x",
        "content_attributes": {"external_created_at": 1795269655},
    }


def test_a_moment_that_is_not_known_is_left_out() -> None:
    assert incoming_message("Oi", source_id="meli:x", external_created_at=None)["content_attributes"] == {}


def test_only_a_note_is_private() -> None:
    note = private_note("Oi", source_id="meli:x")
    echo = echo_message("Oi", source_id="meli:x", external_created_at=None)

    assert note["private"] is True
    assert not echo.get("private")
    assert echo["content_attributes"] == {"external_echo": True}


@given(any_json)
@example({"a": ["x\0y", "\ud800"], "\udfff": None})
def test_what_is_written_is_what_a_database_takes(value: object) -> None:
    written = storable(value)

    assert is_storable(written)
    assert storable(written) == written


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_what_a_database_takes_is_left_as_it_is(value: object) -> None:
    assert storable(value) == value or not is_storable(value)
