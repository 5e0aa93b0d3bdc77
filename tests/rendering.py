"""Shows what is written into Chatwoot as its dashboard does."""

import re

from markdown_it.token import Token

from simulators.page.shown_words import parser

# What a paragraph of nothing but words is made of.
WORDS = {"paragraph_open", "paragraph_close", "inline", "text", "text_special", "softbreak", "hardbreak"}


def read(markdown: str) -> tuple[str, set[str]]:
    """The words that a reader sees, and whatever of markup is around them."""
    words, markup = "", set()
    for token in parser.parse(markdown):
        markup |= _markup(token)
        words += "\n" if token.type == "paragraph_close" else ""
        for child in token.children or ():
            markup |= _markup(child)
            words += "\n" if child.type in ("softbreak", "hardbreak") else child.content
    return words, markup


def _markup(token: Token) -> set[str]:
    # The address that somebody wrote is a link to that very address.
    return set() if token.type in WORDS or token.markup == "linkify" else {token.type}


def as_typed(words: str) -> str:
    """The words without what typography changes, and without spaces, which nobody sees at the end of a line."""
    for typographic, plain in (("…", ".."), ("–", "-"), ("—", "-"), ("±", "+-"), ("“", '"'), ("”", '"')):
        words = words.replace(typographic, plain)
    words = words.replace("‘", "'").replace("’", "'")
    return re.sub(r"([-.,!?])\1+", r"\1", re.sub(r"\s+", " ", words)).strip()
