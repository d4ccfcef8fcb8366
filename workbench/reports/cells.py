"""Turn the cells of an executed notebook into the blocks of a page.

A cell's tags decide what is shown, as in every notebook tool: ``remove-cell``,
``remove-input``, ``remove-output``. Cells tagged ``parameters`` and ``injected-parameters``
are gathered at the end of the page.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from workbench.core.i18n import translate
from workbench.figures.figure import without_paint
from workbench.reports.markdown import code_html, prose_html
from workbench.reports.outline import Outline

__all__ = ["Block", "blocks_of", "inline_styles"]

_PARAMETERS = frozenset({"parameters", "injected-parameters"})
# Elements that run, load or send: HTML that holds one is not shown. The page runs no script
# but its own, and a value read from data may have reached this HTML unescaped. (Handlers in
# attributes and `javascript:` links are left to the page's policy, which forbids them.)
_ACTIVE = re.compile(
    r"<(?:script|iframe|frame|object|embed|applet|base|meta|link|form|portal)(?=[\s/>])",
    re.IGNORECASE,
)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.IGNORECASE | re.DOTALL)
# What a terminal colours its text with; a page shows the words only.
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# What pandas writes around a table: our style sheet does better, and an empty header cell
# names nothing to a screen reader.
_PANDAS = re.compile(
    r"<div>\s*(?:<style scoped>.*?</style>\s*)?<table border=\"1\" class=\"(dataframe[^\"]*)\">",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """Hold what one cell brings to the page.

    Parameters
    ----------
    shown : str
        HTML of the prose or the outputs, harmless; empty when there are none.
    code : str
        HTML of the folded source; empty when there is none or it is hidden.
    setting : bool
        Whether the cell only sets parameters.
    """

    shown: str
    code: str
    setting: bool = False


def blocks_of(notebook: NotebookNode, outline: Outline, *, lang: str) -> list[Block]:
    """Render the cells in order.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook, format 4; left as it is.
    outline : Outline
        Receives the headings.
    lang : str
        Language of the words this module adds.

    Returns
    -------
    list of Block
    """
    information = notebook.metadata.get("language_info", {})
    language = information.get("pygments_lexer") or information.get("name") or "python"
    blocks = []
    for cell in notebook.cells:
        tags = frozenset(cell.metadata.get("tags", ()))
        if "remove-cell" in tags or not (cell.source.strip() or cell.get("outputs")):
            continue
        if cell.cell_type == "markdown":
            prose = outline.adopt(prose_html(_with_attachments(cell)))
            blocks.append(Block(f'<div class="wb-prose">\n{prose}</div>', ""))
        elif cell.cell_type == "code":
            hidden = "remove-input" in tags or not cell.source.strip()
            outputs = () if "remove-output" in tags else cell.outputs
            blocks.append(
                Block(
                    "\n".join(_output(output, outline, lang=lang) for output in outputs),
                    "" if hidden else code_html(cell.source, language),
                    not tags.isdisjoint(_PARAMETERS),
                )
            )
    return [block for block in blocks if block.shown or block.code]


def inline_styles(fragments: Iterable[str]) -> list[str]:
    """List the contents of the ``<style>`` elements, for the page's policy to name.

    Examples
    --------
    >>> inline_styles(["<style>p{}</style><p>", "<svg><style>a{}</style></svg>"])
    ['p{}', 'a{}']
    """
    return [style for fragment in fragments for style in _STYLE.findall(fragment)]


def _with_attachments(cell: NotebookNode) -> str:
    """Put the pictures attached to a Markdown cell in place of their names."""
    source: str = cell.source
    for name, data in cell.get("attachments", {}).items():
        for kind, content in data.items():
            source = source.replace(f"(attachment:{name})", f"(data:{kind};base64,{content})")
    return source


def _output(output: NotebookNode, outline: Outline, *, lang: str) -> str:
    if output.output_type == "stream":
        kind = " wb-warning" if output.name == "stderr" else ""
        text = html.escape(_TERMINAL.sub("", output.text).rstrip("\n"))
        return f'<pre class="wb-stream{kind}" tabindex="0">{text}</pre>'
    if output.output_type == "error":
        return _error(output, lang=lang)
    return _displayed(output.data, output.get("metadata", {}), outline, lang=lang)


def _error(output: NotebookNode, *, lang: str) -> str:
    said = html.escape(f"{output.ename}: {output.evalue}")
    trace = html.escape(_TERMINAL.sub("", "\n".join(output.traceback)))
    title = html.escape(translate("report.error", lang))
    return (
        f'<div class="wb-error"><p><strong>{title}</strong> <code>{said}</code></p>\n'
        f'<pre tabindex="0">{trace}</pre></div>'
    )


def _displayed(
    data: Mapping[str, Any], metadata: Mapping[str, Any], outline: Outline, *, lang: str
) -> str:
    """Show the richest representation that this page can show safely."""
    left_out = ""
    if "text/html" in data:
        fragment = str(data["text/html"])
        if not _ACTIVE.search(fragment):
            shown = outline.adopt(_tidy_tables(without_paint(fragment), lang=lang))
            return f'<div class="wb-output">{shown}</div>'
        said = html.escape(translate("report.active_output", lang))
        left_out = f'<aside class="wb-note"><p>{said}</p></aside>\n'
    for kind in ("image/svg+xml", "image/png", "image/jpeg"):
        if kind in data:
            return _picture(kind, str(data[kind]), metadata, lang=lang)
    if "text/markdown" in data:
        prose = outline.adopt(prose_html(str(data["text/markdown"])))
        return f'<div class="wb-prose">\n{prose}</div>'
    if "text/plain" in data:
        text = html.escape(str(data["text/plain"]))
        return f'{left_out}<pre class="wb-stream" tabindex="0">{text}</pre>'
    return left_out


def _picture(kind: str, content: str, metadata: Mapping[str, Any], *, lang: str) -> str:
    """Embed a picture; an SVG too, as an image can neither run nor load anything."""
    own = {**metadata, **metadata.get(kind, {})}
    if kind == "image/svg+xml":
        content = base64.b64encode(content.encode()).decode()
    alt = html.escape(str(own.get("alt") or translate("report.figure_without_text", lang)))
    size = "".join(
        f' {side}="{int(own[side])}"'
        for side in ("width", "height")
        if str(own.get(side)).isdigit()
    )
    caption = own.get("caption")
    said = f"<figcaption>{html.escape(str(caption))}</figcaption>" if caption else ""
    source = "".join(content.split())
    return (
        '<figure class="wb-figure wb-picture">'
        f'<img src="data:{kind};base64,{html.escape(source)}" alt="{alt}"{size}>{said}</figure>'
    )


def _tidy_tables(fragment: str, *, lang: str) -> str:
    if 'class="dataframe' not in fragment:
        return fragment
    label = html.escape(translate("report.table", lang))
    opening = f'<div class="wb-scroll" role="group" tabindex="0" aria-label="{label}">'
    tidy = _PANDAS.sub(rf'{opening}<table class="\1">', fragment)
    tidy = tidy.replace('<tr style="text-align: right;">', "<tr>").replace("<th></th>", "<td></td>")
    head, mark, body = tidy.partition("</thead>")
    return (
        head.replace("<th>", '<th scope="col">') + mark + body.replace("<th>", '<th scope="row">')
    )
