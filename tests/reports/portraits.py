"""Portraits of the real pack, made once for all the tests that read them."""

from __future__ import annotations

import html
import re
from functools import cache

from workbench.reports.portrait.portrait import Portrait, portrait, sections


@cache
def made(code: str, level: str, lang: str) -> Portrait:
    """Open a portrait."""
    return portrait(code, level=level, lang=lang)


@cache
def told(code: str, level: str, lang: str) -> tuple[str, ...]:
    """Give the HTML of the sections, in the order of the template."""
    return tuple(section.html for section in sections(made(code, level, lang)))


def words_of(fragment: str) -> str:
    """Take the words out of a fragment of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", fragment)).split(" ")).strip()
