"""Write SVG as text: escaping, numbers, elements and the accessible root.

No ``style`` attribute is ever written, so that a page may forbid inline styles; colours are
presentation attributes, which a style sheet overrides through the class beside them.
"""

from __future__ import annotations

import html
import re

from workbench.core.errors import FigureError
from workbench.figures.palette import paint

__all__ = [
    "BASE",
    "SMALL",
    "WIDTH",
    "check_key",
    "document",
    "escape",
    "haloed",
    "label",
    "num",
    "small",
    "tag",
]

#: Width of the view box: a report's column, and still legible on a 360 px phone.
WIDTH = 640.0
#: Text sizes. The style sheet enlarges both by 15 % on phones (see `text.ENLARGED`).
BASE = 16.0
SMALL = 14.0

_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
#: Characters that XML 1.0 cannot carry, even escaped: they become a visible replacement.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """Make any text safe as XML content and as a quoted attribute.

    Examples
    --------
    >>> escape('<script> & "co"')
    '&lt;script&gt; &amp; &quot;co&quot;'
    """
    return html.escape(_FORBIDDEN.sub("\ufffd", text))


def num(value: float) -> str:
    """Write a coordinate to a tenth of a unit, without useless zeros.

    Examples
    --------
    >>> num(12.04), num(-0.04), num(3.26)
    ('12', '0', '3.3')
    """
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def check_key(key: str) -> str:
    """Return `key` if it can prefix the identifiers of a page.

    Raises
    ------
    FigureError
        When it is not a letter followed by letters, digits, ``-`` or ``_``.
    """
    if _KEY.fullmatch(key):
        return key
    message = (
        f"figure key {key!r} is not usable as an identifier: expected a letter, then letters, "
        "digits, '-' or '_', such as 'population-line'. Give each figure of a page its own."
    )
    raise FigureError(message)


def tag(name: str, attributes: str = "", content: str = "") -> str:
    """Write an element from attributes and content that are already escaped.

    Examples
    --------
    >>> tag("path", 'd="M0 0"')
    '<path d="M0 0"/>'
    """
    head = f"<{name} {attributes}" if attributes else f"<{name}"
    return f"{head}>{content}</{name}>" if content else f"{head}/>"


def label(
    x: float,
    y: float,
    text: str,
    *,
    size: float | None = BASE,
    anchor: str = "start",
    colour: str = "ink",
    bold: bool = False,
    strong: str = "",
) -> str:
    """Write a text centred vertically on `y`; data are escaped here.

    Parameters
    ----------
    x, y : float
        Anchor in view box units.
    text : str
        Unescaped text.
    size : float or None
        `BASE` or `SMALL`; None within a group that says it (see `small`).
    anchor : str
        ``"start"``, ``"middle"`` or ``"end"``.
    colour : str
        Name in the palette; the ink is that of the root and costs nothing.
    bold : bool
        Heavier.
    strong : str
        A value that follows the text, heavier.
    """
    extra = "wb-small" if size == SMALL else ""
    parts = [f'x="{num(x)}" y="{num(y)}" dy=".35em"']
    if size == SMALL:
        parts.append(f'font-size="{num(SMALL)}"')
    if anchor != "start":
        parts.append(f'text-anchor="{anchor}"')
    if bold:
        parts.append('font-weight="600"')
    if extra or colour != "ink":
        parts.append(paint(fill=None if colour == "ink" else colour, extra=extra))
    value = tag("tspan", 'font-weight="600"', escape(strong)) if strong else ""
    content = f"{escape(text)} {value}" if value else escape(text)
    return tag("text", " ".join(parts), content or " ")


def small(texts: str, *, colour: str = "muted") -> str:
    """Group small texts of one colour, written once for all of them."""
    size = f'font-size="{num(SMALL)}"'
    return tag("g", f"{size} {paint(fill=colour, extra='wb-small')}", texts) if texts else ""


def haloed(texts: str) -> str:
    """Ring texts with the paper's colour, so that they read over marks."""
    ring = 'stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"'
    return tag("g", f"{ring} {paint(stroke='paper')}", texts)


def document(
    body: str,
    *,
    key: str,
    title: str,
    alternative: str,
    height: float,
    width: float = WIDTH,
    interactive: bool = False,
) -> str:
    """Wrap shapes into an accessible, self-sufficient ``<svg>``.

    Parameters
    ----------
    body : str
        Escaped SVG.
    key : str
        Prefix of the identifiers.
    title, alternative : str
        Subject and finding, unescaped; they become ``<title>`` and ``<desc>``.
    height, width : float
        View box.
    interactive : bool
        Whether it holds links: the children of an image role are hidden from assistive
        technologies, those of a group are not.
    """
    check_key(key)
    head = (
        f'xmlns="http://www.w3.org/2000/svg" {paint(fill="ink", extra="wb-svg")} '
        f'role="{"group" if interactive else "img"}" '
        f'aria-labelledby="{key}-t {key}-d" viewBox="0 0 {num(width)} {num(height)}" '
        f'font-family="{_FONTS}" font-size="{num(BASE)}"'
    )
    names = f'<title id="{key}-t">{escape(title)}</title>'
    names += f'<desc id="{key}-d">{escape(alternative)}</desc>'
    paper = tag("rect", f'width="{num(width)}" height="{num(height)}" {paint(fill="paper")}')
    return f"<svg {head}>{names}{paper}{body}</svg>"
