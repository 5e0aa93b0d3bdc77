"""The few HTML pages that a seller sees."""

import html
import re

PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color:#222}}
h1{{font-size:1.4rem}}p{{overflow-wrap:anywhere}}</style></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


def render_page(title: str, sentence: str, *, language: str) -> str:
    """A page with one sentence; whatever stands in it is escaped, and our own links can be clicked."""
    text = re.sub(r"(https?://[^\s<]*[^\s<.,:;)])", r'<a href="\1">\1</a>', html.escape(sentence))
    return PAGE.format(language=language, title=html.escape(title), text=text)
