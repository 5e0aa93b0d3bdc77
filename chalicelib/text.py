"""What an agent typed, brought into the form in which Mercado Livre carries it. Pure.

Markdown, or what little of it Chatwoot's newer editors know, becomes plain text; for messages that becomes ISO-8859-1
and emoji, in pieces.
https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
"""

import re
import unicodedata

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# What Chatwoot's editor writes: CommonMark with strikethrough. Line breaks are meant as typed.
_parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")

# `[Voltagem]: 220V` is a sentence here, never the definition of a link.
_parser.disable("reference")


def _keep_as_typed(link: str) -> str:
    """An address stays in whatever letters it was typed: percent-encoding is for browsers."""
    return link


_parser.normalizeLink = _keep_as_typed  # type: ignore[method-assign,assignment]
_parser.normalizeLinkText = _keep_as_typed  # type: ignore[method-assign]

# What follows `http` or `https` in an address that was pasted; the end of a sentence does not belong to it.
_REST_OF_ADDRESS = re.compile(r"://[^\s<>\[\]`]*[^\s<>\[\]`*_~.,;:!?)'\"]")


def _keep_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the signature of a rule
    """Takes a pasted address whole, before its `_` and `*` are taken for emphasis."""
    match = _REST_OF_ADDRESS.match(state.src, state.pos) if state.src[state.pos] == ":" else None
    if match is None or not re.search(r"https?$", state.src[: state.pos]):
        return False
    if not silent:
        state.pending += match[0]
    state.pos = match.end()
    return True


def _keep_star(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the signature of a rule
    """Keeps a star between two letters or digits, as in `3*4*5 cm`: there it multiplies and stresses nothing."""
    position = state.pos
    if not re.fullmatch(r"\w\*\w", state.src[max(position - 1, 0) : position + 2]):
        return False
    if not silent:
        state.pending += "*"
    state.pos = position + 1
    return True


_parser.inline.ruler.before("escape", "address", _keep_address)
_parser.inline.ruler.before("escape", "star", _keep_star)


# What Chatwoot's editor writes since 4.9: words as they were typed, with bold and italic. Links come with macros.
_typed_parser = MarkdownIt("zero").enable(["emphasis", "link", "image", "autolink"])
_typed_parser.normalizeLink = _keep_as_typed  # type: ignore[method-assign,assignment]
_typed_parser.normalizeLinkText = _keep_as_typed  # type: ignore[method-assign]

# Shift and Enter; an empty paragraph; and what is left of either in webhooks, where Chatwoot takes the backslash away.
_EDITORS_BREAK = re.compile(r"[ \t]+\\(?=\n[ \t]*\S)|^\\$|[ \t]+$", re.MULTILINE)
_BETWEEN_PARAGRAPHS = re.compile(r"(\n(?=\n))")


def _is_full_address(link: str) -> bool:
    """`[a](b)` are words; so is what only a browser could follow from somewhere."""
    return re.match(r"(?:https?://|mailto:)\S", link) is not None


_typed_parser.validateLink = _is_full_address  # type: ignore[method-assign,assignment]


_SIGNS = re.compile(r"_+|\*+")
_STRESSES_NOTHING = re.compile(r"""._+.|\\\*+.|\w\*\w|[0-9]\*+[0-9]|[(\["'“‘]\*+[)\]"'”’]""", re.DOTALL)


def _keep_signs(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the signature of a rule
    """Keeps underscores, and the stars of a product such as `3*4*5`, of a footnote `(*)` and behind a backslash."""
    match = _SIGNS.match(state.src, state.pos)
    if match is None:
        return False
    before, after = state.src[max(match.start() - 1, 0) : match.start()], state.src[match.end() : match.end() + 1]
    if not _STRESSES_NOTHING.fullmatch(f"{before or ' '}{match[0]}{after or ' '}"):
        return False
    if not silent:
        state.pending += match[0]
    state.pos = match.end()
    return True


_typed_parser.inline.ruler.before("emphasis", "address", _keep_address)
_typed_parser.inline.ruler.before("emphasis", "signs", _keep_signs)


def without_formatting(content: str) -> str:
    """The words as they were typed, without bold, italic and the marks of the editor's line breaks.

    A link keeps its address. Lists, headings, quotes and escapes are words here.
    """
    paragraphs = _BETWEEN_PARAGRAPHS.split(_EDITORS_BREAK.sub("", content))
    parsed = [_typed_parser.parseInline(paragraph)[0].children for paragraph in paragraphs]
    return "".join(_inline_text(tokens or []) for tokens in parsed).strip()


def to_plain_text(markdown: str) -> str:
    """The words as a reader would copy them from the rendered message; a link keeps its address."""
    blocks: list[str] = []
    depth, bullet = 0, ""
    for token in _parser.parse(markdown):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
                blocks.append("" if depth else "\n")
            case "list_item_open":
                # The number and the mark as they were typed: `+ 55 11 …` is a list to Markdown, not to its writer.
                bullet = "  " * (depth - 1) + f"{token.info}{token.markup} "
            case "list_item_close" if bullet:
                # An item without words, such as a lone dash, is shown as typed.
                blocks.append(f"{bullet.rstrip()}\n")
                bullet = ""
            case "inline":
                blocks.append(_block(bullet + _inline_text(token.children or []), is_tight=depth > 0))
                bullet = ""
            case "fence" | "code_block":
                blocks.append(_block(bullet + token.content.rstrip("\n"), is_tight=depth > 0))
                bullet = ""
    return "".join(blocks).strip()


def has_words(text: str) -> bool:
    """Whether there is anything to read: white space and invisible characters are nothing."""
    return any(character.isprintable() and not character.isspace() for character in text)


def _block(text: str, *, is_tight: bool) -> str:
    return f"{text}\n" if is_tight else f"{text}\n\n"


def _inline_text(tokens: list[Token]) -> str:
    text = ""
    link, link_began = "", 0
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                text += token.content
            case "softbreak" | "hardbreak":
                text += "\n"
            case "image":
                text += _with_address(token.content, str(token.attrGet("src") or ""))
            case "link_open":
                link, link_began = str(token.attrGet("href") or ""), len(text)
            case "link_close":
                text = text[:link_began] + _with_address(text[link_began:], link)
    return text


def _with_address(label: str, address: str) -> str:
    bare = address.removeprefix("mailto:")
    return label or bare if bare in ("", label) or not label else f"{label} ({bare})"


# Typographic characters and what a typewriter has for them.
PLAIN_FORMS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‹›", "'"),
        **dict.fromkeys("‐‑‒–—―−⁃", "-"),
        **dict.fromkeys("•‣◦▪●○■□", "-"),
        **dict.fromkeys("\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u00a0", " "),
        **dict.fromkeys("\u2028\u2029", "\n"),
        **dict.fromkeys(
            "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
            "\u2066\u2067\u2068\u2069"
        ),
        "…": "...",
        "€": "EUR",
        "→": "->",
        "←": "<-",
        "⇒": "=>",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "≈": "~",
        "⁄": "/",
        "œ": "oe",
        "Œ": "OE",
        "\t": " ",
    }
)

# Where a sentence, a paragraph or at least a word ends. An abbreviation is taken for a sentence; it does no harm.
SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
WORD_END = re.compile(r"\s+")

# A family of four with its joiners has eleven characters, and the flag of a region seven.
LONGEST_EMOJI = 16

# A piece that ends at a sentence may leave this much of itself unused.
SHORTEST_SHARE = 0.5


def to_sendable(text: str) -> tuple[str, str]:
    """The text with plain forms for typographic characters, and the characters in it that cannot be sent."""
    composed = unicodedata.normalize("NFC", text)
    plain = composed.translate(PLAIN_FORMS)
    if _is_latin_1(plain):
        return plain, ""
    inside = {position for start, end in _find_emoji(composed) for position in range(start, end)}
    written: list[str] = []
    strange: dict[str, None] = {}
    for position, character in enumerate(composed):
        plain = character if position in inside else _compatible(character.translate(PLAIN_FORMS))
        if _is_latin_1(plain) or position in inside:
            written.append(plain)
        else:
            strange[character] = None
    return "".join(written), "".join(strange)


def length(text: str) -> int:
    """How long a text is at most to Mercado Livre, where an emoji may count as two or more."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, limit: int) -> list[str]:
    """The text in pieces of at most `limit`, cut where sentences end, else between words, else anywhere."""
    pieces = []
    rest = text.strip()
    while rest and length(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest or not pieces else pieces


def _cut(text: str, limit: int) -> int:
    """Where the first piece ends."""
    most = _fitting(text, limit)
    window = text[: most + 1]
    sentences = [match.start() for match in SENTENCE_END.finditer(window) if match.start() >= most * SHORTEST_SHARE]
    words = [match.start() for match in WORD_END.finditer(window) if match.start() > 0]
    if sentences or words:
        return (sentences or words)[-1]
    return _before_emoji(text, most)


def _fitting(text: str, limit: int) -> int:
    """How many characters of a text fit."""
    used = 0
    for position, character in enumerate(text):
        used += length(character)
        if used > limit:
            return position
    return len(text)


def _before_emoji(text: str, cut: int) -> int:
    """The cut, or the beginning of the emoji that it would break; never nothing."""
    broken = [start for start, end in _find_emoji(text[: cut + LONGEST_EMOJI]) if start < cut < end]
    return (broken[0] if broken else cut) or max(cut, 1)


def _find_emoji(text: str) -> list[tuple[int, int]]:
    """Where each emoji begins and ends."""
    # Imported here: it takes 80 ms, and few replies need it.
    import emoji

    return [(entry["match_start"], entry["match_end"]) for entry in emoji.emoji_list(text)]


def _is_latin_1(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _compatible(character: str) -> str:
    """What Unicode holds to be the same but for its looks, such as `fi` for its ligature; the same where none is."""
    same = unicodedata.normalize("NFKC", character)
    return same if not _is_latin_1(character) and _is_latin_1(same) else character
