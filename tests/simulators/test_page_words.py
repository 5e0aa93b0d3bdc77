"""The page shows words as Chatwoot's dashboard does, and an agent's go out as its editor sends them."""

from simulators.chatwoot.editor import as_editor_sends
from simulators.page.shown_words import show


def test_words_are_shown_as_the_dashboard_shows_them() -> None:
    for content, shown in (
        ("Oi (c) ... --", [("p", {}, ["Oi © … –"])]),
        ("um\ndois", [("p", {}, ["um", ("br", {}, []), "dois"])]),
        ("<b>x</b> 10\\*20", [("p", {}, ["<b>x</b> 10*20"])]),
        ("**b** *i* ~~s~~", [("p", {}, [("strong", {}, ["b"]), " ", ("em", {}, ["i"]), " ", ("s", {}, ["s"])])]),
        ("+ 55 11", [("ul", {}, [("li", {}, ["55 11"])])]),
        ("1. um\n3. três", [("ol", {}, [("li", {}, ["um"]), ("li", {}, ["três"])])]),
        ("www.a.com", [("p", {}, [("a", {"href": "http://www.a.com"}, ["www.a.com"])])]),
        ("[x](javascript:x)", [("p", {}, ["[x](javascript:x)"])]),
        ("Título\n===", [("p", {}, ["Título", ("br", {}, []), "==="])]),
    ):
        assert list(show(content)) == shown, content


def test_a_picture_has_the_height_that_its_address_asks_for() -> None:
    address = "https://x.example/a.jpg?cw_image_height=96px"

    assert list(show(f"![Caneca \\*]({address})")) == [
        ("p", {}, [("img", {"src": address, "alt": "Caneca *", "height": "96"}, [])])
    ]


def test_a_picture_without_a_full_address_empties_the_whole_message() -> None:
    assert list(show("Veja:\n\n![foto](foto.png)")) == []


def test_an_agents_lines_and_paragraphs_go_out_as_the_editor_sends_them() -> None:
    for typed, sent in (
        ("Oi", "Oi"),
        ("um\ndois", "um \\\ndois"),
        ("um\n\ndois", "um\n\ndois"),
        ("um\n\n\n\ndois", "um\n\n\\\n\ndois"),
        ("> 10 kg\n# 1", "> 10 kg \\\n# 1"),
        ("", ""),
    ):
        assert as_editor_sends(typed) == sent, typed
