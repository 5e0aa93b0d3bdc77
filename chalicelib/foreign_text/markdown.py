"""Writes people's words so that Chatwoot, which shows every message as Markdown, shows the same words. Pure.

Chatwoot 4.16.2, app/javascript/shared/helpers/MessageFormatter.js: markdown-it without HTML, with its typographer, and
with links made of bare addresses. Only what would be read as markup or lose a sign gets a backslash: in the text that
Chatwoot searches, a backslash is one sign more. That `...` and `--` are shown as `…` and `–` does no harm.
"""

import re
from itertools import pairwise

# Chatwoot makes a link of it as it stands, so that a backslash inside would lead elsewhere. Only addresses that end
# where it takes them to end, and with signs that it takes for a part of them.
_IN_ADDRESS = r"[\w/=&%#+~$@*:]"
_ADDRESS = (
    r"(?<![\w.+\\-])(?:https?|ftp)://[^\W_]+(?:[.-][^\W_]+)*(?::[0-9]+)?"
    rf"(?:[/?#](?:{_IN_ADDRESS}|(?:[.,;!?]|-{{1,2}})(?={_IN_ADDRESS}))*)?"
    r"(?=[.,;:!?)\"'>]*(?:\s|$))"
)
_COLON_OF_ADDRESS = r":(?=//)"

_BACKSLASH = r"\\(?=[!-/:-@\[-`{-~\n])"
_ENTITY = r"&(?=#x?[0-9A-Fa-f]{1,7};|[A-Za-z][0-9A-Za-z]{0,31};)"
_ADDRESS_IN_ANGLES = r"<(?=[^\s<>]+[:@][^\s<>]*>)"
_COPYRIGHT = r"\((?=(?:[CcRr]|[Tt][Mm])\))"
_LINK = r"\[(?=.*?\][(:])"

# A run of stars with something beside it; underscores between letters are none.
_STARS = r"(?<=[^\s*])\*+|(?<!\*)\*+(?=[^\s*])"
_UNDERSCORES = r"(?<=[^\s_])_+(?!\w)|(?<!\w)_+(?=[^\s_])"
_TILDES = r"~~+"
_BACKTICKS = r"`+"

# Signs that are markup only as a pair, and the pair in one paragraph.
_PAIRED = (
    # A link, or what gives a name to an address and is not shown at all: `[Voltagem]: 220V`.
    (_LINK, re.compile(r"\](?:\(|:\s*+(?:<[^\n]*>|\S++)(?:\s*[\"'(]|[ \t]*(?:\n|$)))")),
    (_STARS, re.compile(r"\*(?=[^\s*]).*?(?<=[^\s*])\*", re.DOTALL)),
    (_UNDERSCORES, re.compile(r"(?<![^\W_])_(?=[^\s_]).*?(?<=[^\s_])_(?![^\W_])", re.DOTALL)),
    (_TILDES, re.compile(r"~~[^~].*?~~", re.DOTALL)),
    (_BACKTICKS, re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)),
)
_ALONE = (_COLON_OF_ADDRESS, _BACKSLASH, _ENTITY, _ADDRESS_IN_ANGLES, _COPYRIGHT)

# What begins a list, a heading, a quotation, a line across or code, where it begins a line.
_BLOCK = re.compile(
    r" {0,3}(?:[0-9]{1,9}(?P<point>[.)])(?=[ \t]|$)"
    r"|(?P<mark>[-+*](?=[ \t]|$)|#(?=#{0,5}(?:[ \t]|$))|>)"
    r"|(?P<line>(?P<sign>[-*_])(?=[ \t]*(?:(?P=sign)[ \t]*){2,}$))"
    r"|(?P<fence>`{3,}|~{3,}))"
)
_UNDER_TABLE_HEAD = re.compile(r" {0,3}(?P<mark>[|:-])(?=[|:\- \t]*$)")
_DEEP_INDENTATION = re.compile(r"^(?: {4,}| {0,3}\t)[ \t]*", re.MULTILINE)

_IN_A_LINE = re.compile(
    "|".join((_COLON_OF_ADDRESS, rf"{_BACKSLASH}|\\$", _ENTITY, _ADDRESS_IN_ANGLES, _COPYRIGHT, r"[\[\]]"))
    + "|".join(("", _STARS, _UNDERSCORES, _TILDES, _BACKTICKS))
)


def escape_text(text: str) -> str:
    """Words of several lines, that stand in a message by themselves."""
    lines = _DEEP_INDENTATION.sub("", re.sub(r"\r\n?", "\n", text))
    paragraphs = re.split(r"(\n[ \t]*(?=\n))", lines)
    return "\n".join(_escape_blocks("".join(map(_escape_paragraph, paragraphs)).split("\n")))


def escape_line(text: str) -> str:
    """Words inside a line of ours, a title in a link as well; on one line, and with no link in them.

    Chatwoot calls an agent whom a note mentions (4.15.1, app/services/messages/mention_service.rb).
    """
    return _IN_A_LINE.sub(lambda found: _with_backslashes(found[0]), " ".join(text.splitlines()))


def _escape_paragraph(text: str) -> str:
    signs = [*_ALONE, *(sign for sign, pair in _PAIRED if pair.search(text))]
    pattern = rf"(?P<address>{_ADDRESS})|{'|'.join(signs)}"
    return re.sub(pattern, lambda found: found["address"] or _with_backslashes(found[0]), text, flags=re.DOTALL)


def _escape_blocks(lines: list[str]) -> list[str]:
    return [_escape_block(line, previous) for previous, line in pairwise(["", *lines])]


def _escape_block(line: str, previous: str) -> str:
    found = _BLOCK.match(line) or ("|" in previous and _UNDER_TABLE_HEAD.match(line))
    if not found:
        return line
    begin, end = found.span(found.lastgroup or 0)
    return line[:begin] + _with_backslashes(line[begin:end]) + line[end:]


def _with_backslashes(signs: str) -> str:
    return "".join(f"\\{sign}" for sign in signs)
