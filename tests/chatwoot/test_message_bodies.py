"""What the bridge writes into Chatwoot: the same words to the eye, and code to nobody."""

from chalicelib.chatwoot.message_bodies import echo_message, incoming_message, private_note


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
