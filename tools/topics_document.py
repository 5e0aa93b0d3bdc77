"""Writes docs/topics.md from the table of topics."""

from typing import Any

from chalicelib.routing.topics import TOPICS, Topic

HEAD = """\
# Topics

<!-- Made from the table in chalicelib/routing/topics.py: python -m tools topics --markdown > docs/topics.md -->

What Mercado Livre's notifications of each topic do. Those to tick in the DevCenter are marked; an older name of a topic
does what the present one does. Whatever else comes is answered 200, recorded as `unknown topic` (`python -m tools
history`), and does nothing.

| topic | older names | what it does | in the DevCenter |
|---|---|---|---|
"""


def topics_as_json() -> list[dict[str, Any]]:
    return [
        {"name": one.name, "aliases": list(one.aliases), "about": one.about, "in_devcenter": one.in_devcenter}
        for one in _sorted()
    ]


def topics_as_markdown() -> str:
    rows = [
        f"| `{one.name}` | {', '.join(f'`{name}`' for name in one.aliases)} | {one.about} | {one.in_devcenter} |"
        for one in _sorted()
    ]
    return HEAD + "\n".join(rows) + "\n"


def _sorted() -> list[Topic]:
    """Those to tick first."""
    order = ("required", "recommended", "")
    return sorted(TOPICS, key=lambda one: (order.index(one.in_devcenter), one.about.startswith("nothing"), one.name))
