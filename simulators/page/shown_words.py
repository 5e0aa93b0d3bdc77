"""How Chatwoot's dashboard shows the words of a message: as a tree of elements, of which the page builds its own.

app/javascript/shared/helpers/MessageFormatter.js, with the options seen on 4.16.2.
"""

import re
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

# Text, or what an element is: its tag, its attributes and what stands in it.
Node = str | tuple[str, dict[str, str], list[Any]]

parser = MarkdownIt(
    "default", {"html": False, "breaks": True, "linkify": True, "typographer": True, "maxNesting": 20}
).disable("lheading")

HEIGHT = re.compile(r"[?&]cw_image_height=(\d+)(?:px)?(?:&|$)")
ATTRIBUTES = ("href", "src", "start")


@lru_cache(maxsize=2000)
def show(content: str) -> tuple[Node, ...]:
    """The words as elements. A picture whose address is no full one makes the whole message empty, as it does there."""
    root = SyntaxTreeNode(parser.parse(content.strip()))
    if any(node.type == "image" and "://" not in str(node.attrs.get("src")) for node in root.walk()):
        return ()
    return tuple(part for node in root.children for part in _show(node))


def _show(node: SyntaxTreeNode) -> list[Node]:
    match node.type:
        case "text" | "text_special":
            return [node.content] if node.content else []
        case "inline":
            return [part for child in node.children for part in _show(child)]
        case "softbreak" | "hardbreak":
            return [("br", {}, [])]
        case "code_inline":
            return [("code", {}, [node.content])]
        case "fence" | "code_block":
            return [("pre", {}, [("code", {}, [node.content])])]
    inside = [] if node.type == "image" else [part for child in node.children for part in _show(child)]
    # A list whose items stand close together has paragraphs that are not shown as such.
    if node.type == "paragraph" and node.hidden:
        return inside
    return [(node.tag, _read_attributes(node), inside)]


def _read_attributes(node: SyntaxTreeNode) -> dict[str, str]:
    attributes = {name: str(node.attrs[name]) for name in ATTRIBUTES if name in node.attrs}
    if node.type == "image":
        attributes["alt"] = "".join(
            part.content for part in node.walk(include_self=False) if part.type.startswith("text")
        )
        if height := HEIGHT.search(attributes["src"]):
            attributes["height"] = height[1]
    return attributes
