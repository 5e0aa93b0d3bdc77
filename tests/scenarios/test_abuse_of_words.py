"""Names, titles and words that are code to somebody: to Mercado Livre's paths, to Liquid, to Markdown, to HTML."""

import re

import pytest

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.drilling import IS_DRILL
from tests.harness import BridgeUnderTest
from tests.rendering import parser

pytestmark = pytest.mark.drill

# Paths

TRICKS = [
    "/{noun}/../../users/me",
    "/{noun}/%2e%2e/%2e%2e/users/me",
    "/{noun}/1/../../users/me",
    "/{noun}/..",
    "/{noun}/.",
    "/{noun}/%2e%2e%2fusers%2fme",
    "//evil.test/{noun}/1",
    "https://evil.test/{noun}/1",
    "https://evil.test/{noun}/..;/1@",
    "{noun}@evil.test",
    "/{noun}/1?x=../../users/me",
    "/{noun}/1?access_token=x#y",
    "/{noun}/1#/../users/me",
    "/{noun}/1%23",
    "/{noun}/1\n",
    "/{noun}/1\r\nX-Evil: 1",
    "/{noun}/1\x00",
    "/{noun}/\x00",
    "/{noun}/ 1",
    "/{noun}/1 HTTP/1.1",
    "/{noun}/١٢",
    "/{noun}/０１",
    "/{noun}/²",
    "/{noun}/01",
    "/{noun}/0",
    "/{noun}/-1",
    "/{noun}/1e9",
    "/{noun}/" + "9" * 20,
    "/{noun}/" + "9" * 900,
    "/{noun}/" + "a" * 900,
    "/{noun}/a%2Fb",
    "/{noun}/a\\b",
    "/{noun}/a/b/c",
    "/{noun}/unread",
    "/{noun}/packs",
    "/{noun}/attachments",
    "/{noun}/search",
    "/{noun}/me",
    "me",
    "/",
    "?",
    "#",
    "..",
]
NOUNS = {
    "questions": "questions",
    "messages": "messages",
    "orders_v2": "orders",
    "shipments": "shipments",
    "items": "items",
}

# One thing by its id, as the API names it.
READ_BY_ID = re.compile(
    r"/(questions|orders|packs|shipments|items)/[0-9]{1,19}(/sellers/[0-9]+)?|/messages/[0-9A-Za-z_-]{1,64}"
)
WORDS_OF_THE_API = ("/unread", "/packs", "/attachments", "/search", "/me")


@pytest.mark.parametrize("topic", NOUNS)
def test_no_trick_in_a_resource_leads_elsewhere(bridge: BridgeUnderTest, meli: MercadoLivre, topic: str) -> None:
    tricks = TRICKS if IS_DRILL or topic in ("questions", "messages") else TRICKS[::4]
    for number, trick in enumerate(tricks):
        resource = trick.format(noun=NOUNS[topic])
        assert bridge.notify(topic=topic, resource=resource, _id=f"trick-{number}").status_code == 200
    bridge.settle()
    bridge.wait_out(minutes=60, step_seconds=600)

    for call in meli.journal:
        assert call.method == "GET"
        assert READ_BY_ID.fullmatch(call.path), call
        assert not call.path.endswith(WORDS_OF_THE_API), call
    assert len(bridge.history()) == len(tricks)
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    assert bridge.chatwoot.conversations() == []


# Templates

LIQUID = [
    "{{ contact.name }}",
    "{{contact.email}}{{ agent.name }}",
    "{{- contact.name -}}",
    "{% if true %}x{% endif %}",
    "{%- raw -%}{{ x }}{%- endraw -%}",
    "{% comment %}tudo{% endcomment %}",
    "{{{ contact.name }}}",
    "{{{{ contact.name }}}}",
    "{{ '{{' }}",
    "{{ contact.name",
    "{% ",
    "}} %} {",
    "{\u200b{ contact.name }\u200b}",
    "{\ufeff{ contact.name }}",
    "{\n{ contact.name }\n}",
    "{\n% comment %}",
    "` {{ contact.name }} `",
    "`{{ contact.name }}",
    "{% endraw %}{{ contact.name }}",
    "` {% endraw %}{{ contact.name }} `",
    "{{ 7 | times: 7 }}",
    "${{7*7}} #{7*7} <%= 7 %>",
    "{{{%{{%{%",
]


def seen(text: str) -> str:
    """What somebody sees: invisible spaces are none, and an escaped mark is the mark."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace("\u200b", "").replace("\ufeff", "")


def test_liquid_in_a_sellers_echo_stays_what_it_is_to_the_eye(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    for text in LIQUID:
        meli.write_natively(sale, text)
    bridge.settle()

    echoes = [str(message["content"]) for message in bridge.messages() if message["message_type"] == "outgoing"]
    assert [seen(echo) for echo in echoes] == [seen(text.strip()) for text in LIQUID]


def test_liquid_in_an_answer_of_the_seller_stays_what_it_is(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.answer_natively(bridge.ask("{{ contact.name }}"), "".join(LIQUID))
    bridge.settle()

    asked, answered = (str(message["content"]) for message in bridge.messages())
    assert asked.startswith("{{ contact.name }}")
    assert seen(answered) == seen("".join(LIQUID))


@pytest.mark.parametrize("text", LIQUID if IS_DRILL else LIQUID[:5])
def test_liquid_that_a_note_quotes_stays_what_it_is(bridge: BridgeUnderTest, meli: MercadoLivre, text: str) -> None:
    bridge.item = meli.add_item(bridge.seller, text, 10.0)
    sale = bridge.bought_and_wrote()
    message = meli.write_natively(sale, text)
    bridge.settle()
    meli.moderate(message, "OUT_OF_PLACE_LANGUAGE")
    bridge.settle()
    bridge.turn(minutes=1)

    notes = [seen(note) for note in bridge.notes()]
    assert sum(seen(" ".join(text.split())) in note for note in notes) == 2, notes


# Markup

MARKUP = [
    "x](javascript:alert(1))",
    "[clique](javascript:alert(1))",
    "![x](https://evil.test/pixel.png)",
    "x]: https://evil.test",
    "<https://evil.test>",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</a><a href='https://evil.test'>",
    "[@Ana](mention://user/5/Ana)",
    "\\[x](https://evil.test)",
    "\\\\[x\\](https://evil.test)",
    "&#91;x&#93;&#40;https://evil.test&#41;",
    "`](https://evil.test)`",
    "**x** _y_ ~~z~~",
    "x\n\n# [y](https://evil.test)",
    "{{ '[x](https://evil.test)' }}",
]


def leads_to(markdown: str) -> set[str]:
    """Whatever a reader may click without seeing where it leads, or loads by itself, and HTML as it stands."""
    tokens = [child for token in parser.parse(markdown) for child in (token, *(token.children or ()))]
    found = {
        str(token.attrGet("href") or token.attrGet("src"))
        for token in tokens
        if token.type in ("link_open", "image") and token.markup != "linkify"
    }
    return found | {token.content for token in tokens if token.type.startswith("html")}


@pytest.mark.parametrize("words", MARKUP if IS_DRILL else MARKUP[:9:2])
def test_a_title_or_a_quoted_word_is_neither_link_nor_picture(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, words: str
) -> None:
    bridge.item = meli.add_item(bridge.seller, words, 10.0)
    bridge.buyer = meli.add_buyer(words)
    sale = bridge.buy()
    bridge.write(sale, "Abra", [(f"{words}.pdf", "application/pdf", b"MZ")], threat=True)
    message = meli.write_natively(sale, words)
    bridge.settle()
    meli.moderate(message, "OUT_OF_PLACE_LANGUAGE")
    bridge.settle()
    notes, (opening, *_) = bridge.notes(), bridge.messages()
    bridge.ask("Tem?")
    (question,) = (c for c in chatwoot.conversations() if c["inbox_id"] == bridge.questions_inbox)
    listing = str(chatwoot.messages(question["id"])[0]["content"])

    assert sum(" ".join(words.split()) in " ".join(seen(note).split()) for note in notes) == 2
    for text in (*notes, str(opening["content"])):
        assert not {target for target in leads_to(text) if "vendas" not in target}, text
        assert "(mention://" not in text
    assert not {target for target in leads_to(listing) if "mercadolivre" not in target and "/pictures/" not in target}
    assert "(mention://" not in listing
    assert chatwoot.contacts()[0]["name"] == words


# What no database takes

HALF_AND_NUL = "a\x00b\ud83d c"


def test_text_that_no_database_takes_holds_nothing_up(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.item = meli.add_item(bridge.seller, HALF_AND_NUL, 10.0)
    bridge.buyer = meli.add_buyer(HALF_AND_NUL)
    question = bridge.ask(HALF_AND_NUL)
    meli.answer_natively(question, HALF_AND_NUL)
    sale = bridge.buy()
    bridge.write(sale, HALF_AND_NUL, [(f"{HALF_AND_NUL}.pdf", "application/pdf", b"%PDF-1.4")])
    meli.write_natively(sale, HALF_AND_NUL)
    bridge.settle()

    asked, sold = sorted(chatwoot.conversations(), key=lambda one: int(one["id"]))
    assert [message["content"].split("\n")[0] for message in chatwoot.messages(asked["id"])] == ["ab? c", "ab? c"]
    public = [message for message in chatwoot.messages(sold["id"]) if not message["private"]]
    assert [message["content"] for message in public] == ["ab? c", "ab? c"]
    assert len(chatwoot.files(public[0]["id"])) == 1
    assert {contact["name"] for contact in chatwoot.contacts()} == {"ab? c"}
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_what_is_taken_out_brings_no_two_signs_together(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """A NUL between two braces was taken out after the template was looked for."""
    words = "[x]\0(https://evil.test) {\0{ contact.name }} {\0% raw %}"
    bridge.item = meli.add_item(bridge.seller, words, 10.0)
    sale = bridge.bought_and_wrote(words)
    message = meli.write_natively(sale, words)
    bridge.settle()
    meli.moderate(message, "OUT_OF_PLACE_LANGUAGE")
    bridge.settle()
    meli.answer_natively(bridge.ask(words), words)
    bridge.settle()

    shown = [message for one in chatwoot.conversations() for message in chatwoot.messages(one["id"])]
    quoting = [str(message["content"]) for message in shown if "evil.test" in str(message["content"])]
    assert len(quoting) == 6
    for content in quoting:
        assert words.replace("\0", "") in seen(content)
        assert "https://evil.test" not in leads_to(content), content
