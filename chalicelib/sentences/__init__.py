"""Every sentence that an agent or a seller reads, in Brazilian Portuguese, Spanish and English.

A sentence says what happened, to what, and what to do next. Facts are named in braces.
"""

from collections.abc import Mapping

from chalicelib.sentences import blocked, moderation, pages, questions, replies, sales

_PARTS = (
    replies.SENTENCES,
    questions.SENTENCES,
    sales.SENTENCES,
    blocked.SENTENCES,
    moderation.SENTENCES,
    pages.SENTENCES,
)

SENTENCES: Mapping[str, Mapping[str, str]] = {name: texts for part in _PARTS for name, texts in part.items()}

assert len(SENTENCES) == sum(len(part) for part in _PARTS), "two parts have a sentence of the same name"
