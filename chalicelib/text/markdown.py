"""Chatwoot's Markdown as the plain text that Mercado Livre takes."""

import re

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
