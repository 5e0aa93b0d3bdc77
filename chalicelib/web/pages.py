"""The few HTML pages that a seller sees."""

import base64
import hashlib
import re
from collections.abc import Iterable

from chalicelib.foreign_text import safe

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color:#222}
h1{font-size:1.4rem}p{overflow-wrap:anywhere}"""

PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{style}</style></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

# A page does nothing but show itself, stands in no frame, and its address, which holds a code, goes to nobody.
HEADERS: dict[str, str | list[str]] = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def render_page(title: str, sentence: str, *, links: Iterable[str], language: str) -> str:
    """A page with one sentence. Whatever stands in it is escaped, and only `links`, which are ours, can be clicked."""
    text = safe(sentence, "html")
    # The longest first, since one may begin with another; all in one go, so that none is found inside another.
    known = sorted({safe(link, "html") for link in links}, key=len, reverse=True)
    if known:
        text = re.sub("|".join(map(re.escape, known)), lambda found: f'<a href="{found[0]}">{found[0]}</a>', text)
    return PAGE.format(language=language, title=safe(title, "html"), text=text, style=STYLE)
