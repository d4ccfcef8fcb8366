"""Markdown and source code as HTML that cannot do harm.

Prose in a template is filled with names and labels read from data, so everything here is
treated as hostile: raw HTML is shown as text, an address that is neither a web page, a mail
nor a relative path loses its link, and no picture is fetched from another host.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from urllib.parse import unquote

import mistune
from mistune.plugins.table import table
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import TextLexer, get_lexer_by_name
from pygments.util import ClassNotFound

__all__ = ["code_html", "is_relative", "is_safe_address", "prose_html"]

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_SHELLS = frozenset({"bash", "console", "sh", "shell"})
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml)[;,]", re.IGNORECASE)


def _scheme(address: str) -> str | None:
    """Return the scheme a browser would read, ``""`` for none, None for another host's path."""
    bare = address
    for _ in range(3):  # the entities and the percent signs may be wrapped in one another
        bare = unquote(html.unescape(bare))
    # Browsers skip blanks and control characters: "java\nscript:" is a script to them.
    bare = re.sub(r"[\x00-\x20\x7f-\xa0]", "", bare).replace("\\", "/")
    if bare.startswith("//"):
        return None
    head = re.split(r"[/?#]", bare, maxsplit=1)[0]
    return head.partition(":")[0].lower() if ":" in head else ""


def is_safe_address(address: str) -> bool:
    r"""Tell whether a link to this address can only lead to a page, a mail or a telephone.

    Examples
    --------
    >>> is_safe_address("https://www.insee.fr"), is_safe_address("59.html#age")
    (True, True)
    >>> is_safe_address("java\tscript:alert(1)"), is_safe_address("&#106;avascript:alert(1)")
    (False, False)
    """
    scheme = _scheme(address)
    return scheme == "" or scheme in _SCHEMES


def is_relative(address: str) -> bool:
    """Tell whether an address stays within the folder of reports.

    Examples
    --------
    >>> is_relative("../index.html"), is_relative("https://example.org"), is_relative("/etc")
    (True, False, False)
    """
    return bool(address) and _scheme(address) == "" and not address.lstrip().startswith(("/", "\\"))


class _Renderer(mistune.HTMLRenderer):
    """Write HTML with raw HTML escaped, safe addresses and tables that name their columns."""

    def __init__(self) -> None:
        super().__init__(escape=True)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, url, title) if is_safe_address(url) else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if not (_PICTURE.match(url) or is_relative(url)):
            return text
        alt = html.escape(re.sub(r"<[^>]*>", "", html.unescape(text)))
        return f'<img src="{html.escape(url)}" alt="{alt}">'

    def block_code(self, code: str, info: str | None = None) -> str:
        language = (info or "").split(maxsplit=1)[0] if (info or "").strip() else "text"
        if language in _SHELLS:
            shown = html.escape(code.rstrip("\n"))
            return f'<pre class="wb-command"><code>{shown}</code></pre>\n'
        return f"{code_html(code, language)}\n"

    def table(self, text: str) -> str:
        return f'<div class="wb-scroll" tabindex="0"><table>\n{text}</table></div>\n'

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        kind = ' class="wb-num"' if align == "right" else ""
        if head and text.strip():
            return f'<th scope="col"{kind}>{text}</th>\n'
        return f"<td{kind}>{text}</td>\n"


# Built once: a parser costs more than the prose of a whole report, a formatter than its code.
_MARKDOWN = mistune.Markdown(renderer=_Renderer(), plugins=[table])
_CODE = HtmlFormatter(nowrap=True)


@lru_cache(maxsize=4096)
def prose_html(source: str) -> str:
    r"""Render Markdown to HTML, with nothing in it that runs or loads.

    Parameters
    ----------
    source : str
        Markdown; raw HTML in it is shown, not obeyed.

    Returns
    -------
    str

    Examples
    --------
    >>> prose_html("**Nord** [x](javascript:alert(1)) <script>")
    '<p><strong>Nord</strong> x &lt;script&gt;</p>\n'
    """
    return str(_MARKDOWN(source))


@lru_cache(maxsize=32)
def _lexer(language: str) -> Lexer:
    lexer: Lexer
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        lexer = TextLexer()
    return lexer


@lru_cache(maxsize=2048)
def code_html(source: str, language: str = "python") -> str:
    """Colour source code with classes that the style sheet gives a colour to.

    The reports of a run share nearly all their code, hence the memory.

    Parameters
    ----------
    source : str
    language : str
        A Pygments lexer's name; an unknown one leaves the text plain.

    Returns
    -------
    str

    Examples
    --------
    >>> code_html("x", "text")
    '<pre class="wb-source" tabindex="0"><code>x</code></pre>'
    """
    coloured = highlight(source, _lexer(language), _CODE).rstrip("\n")
    return f'<pre class="wb-source" tabindex="0"><code>{coloured}</code></pre>'
