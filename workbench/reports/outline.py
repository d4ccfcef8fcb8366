"""Headings in order: one ``h1`` on the page, no level skipped, an anchor on each."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from workbench.core.folding import fold

__all__ = ["Outline", "slug"]

_HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_ID = re.compile(r"""\bid\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def slug(text: str) -> str:
    """Make an anchor of a heading.

    Examples
    --------
    >>> slug("Âge et densité, en 2023")
    'age-et-densite-en-2023'
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-") or "section"


@dataclass(slots=True)
class Outline:
    """Follow the headings of a page from top to bottom.

    The page's own header holds the ``h1``; every heading that passes through comes out
    one level deeper than its parent at most, and with an anchor.

    Parameters
    ----------
    title : str
        The page's title: an opening ``h1`` would say it twice and is dropped.

    Examples
    --------
    >>> outline = Outline("Nord")
    >>> outline.adopt("<h1>Portrait</h1><h2>Âge</h2><h4>Bandes</h4>")
    '<h2 id="age">Âge</h2><h3 id="bandes">Bandes</h3>'
    >>> outline.sections
    [('age', 'Âge')]
    """

    title: str
    sections: list[tuple[str, str]] = field(default_factory=list)
    _level: int = 0
    _taken: set[str] = field(default_factory=lambda: {"content"})

    def adopt(self, fragment: str) -> str:
        """Return a fragment of HTML with its headings put in order."""
        return _HEADING.sub(self._heading, fragment)

    def _heading(self, match: re.Match[str]) -> str:
        given, attributes, inner = int(match[1]), match[2], match[3]
        opening, self._level = self._level == 0, max(self._level, 1)
        if given == 1 and opening:
            return ""
        level = self._level = min(max(given, 2), self._level + 1)
        text = " ".join(html.unescape(_TAG.sub("", inner)).split())
        named = _ID.search(attributes)
        anchor = named[1] if named else self._free(slug(text))
        self._taken.add(anchor)
        if level == 2:
            self.sections.append((anchor, text))
        mark = "" if named else f' id="{anchor}"'
        return f"<h{level}{mark}{attributes}>{inner}</h{level}>"

    def _free(self, anchor: str) -> str:
        number, candidate = 1, anchor
        while candidate in self._taken:
            number += 1
            candidate = f"{anchor}-{number}"
        return candidate
