"""A finished figure: a drawing, its subject, its finding in words and its numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from workbench.core.aside import written_aside
from workbench.core.errors import FigureError
from workbench.figures.svg import check_key, escape

__all__ = ["Figure", "TableFigure", "data_table", "stylesheet", "write"]


def stylesheet() -> str:
    """Return the style sheet that a page holding figures links to or carries.

    Examples
    --------
    >>> "--wb-territory" in stylesheet()
    True
    """
    return resources.files(__package__).joinpath("figures.css").read_text(encoding="utf-8")


_FONT = re.compile(r' font-family="[^"]*"')
# What a drawing needs to stand alone in a file, and a page gives it already.
_ALONE = '<svg xmlns="http://www.w3.org/2000/svg" '
_PAINTED = re.compile(r'class="[^"]*\bwb-[fs]-[^"]*"(?: (?:fill|stroke)="[^"]*")+')
_COLOUR = re.compile(r' (?:fill|stroke)="#[0-9a-f]{6}"')


def without_paint(html: str) -> str:
    """Leave colours to the style sheet: in a page that has it, the values beside classes repeat it.

    Examples
    --------
    >>> without_paint('<path d="M0 0" class="wb-f-mass" fill="#d3dbe3"/>')
    '<path d="M0 0" class="wb-f-mass"/>'
    """
    html = _PAINTED.sub(lambda found: _COLOUR.sub("", found[0]), html)
    return _FONT.sub("", html.replace(_ALONE, "<svg "))


def write(path: str | Path, text: str) -> Path:
    """Write a file under a temporary name, then move it: a reader never sees half of it."""
    target = Path(path)
    with written_aside(target) as aside:
        aside.write_text(text, encoding="utf-8", newline="\n")
    return target


def data_table(rows: Sequence[Sequence[str]], *, caption: str) -> str:
    """Write rows of text as an HTML table; the first row and column are headings.

    Examples
    --------
    >>> data_table([["Period", "Lille"], ["2016", "1"]], caption="Population")[:52]
    '<table class="wb-data"><caption>Population</caption>'
    """
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in rows[0])
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows[1:]
    )
    return (
        f'<table class="wb-data"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


@dataclass(frozen=True, slots=True)
class Figure:
    r"""Hold a drawing and everything a reader who does not see it needs.

    Parameters
    ----------
    svg : str
        Self-sufficient drawing, with ``<title>`` and ``<desc>``.
    title : str
        What it is about.
    alternative : str
        What it shows: the finding.
    caption : str
        What a reader needs to know under the title (unit, periods, source).
    key : str
        Prefix of its identifiers in a page.
    data : tuple of tuple of str
        The same figures as a table, headings first; empty if the page gives them elsewhere.
    data_label : str
        Name of the folded table.

    Examples
    --------
    >>> figure = Figure("<svg/>", "Population", "It grows.", key="pop")
    >>> print(figure.html().replace("><", ">\n<"))
    <figure class="wb-figure" id="pop">
    <figcaption>
    <strong>Population</strong>
    </figcaption>
    <svg/>
    </figure>
    """

    svg: str
    title: str
    alternative: str
    caption: str = ""
    key: str = "figure"
    data: tuple[tuple[str, ...], ...] = ()
    data_label: str = "The figures in a table"

    def __post_init__(self) -> None:
        check_key(self.key)
        for name in ("title", "alternative"):
            if not getattr(self, name).strip():
                message = (
                    f"figure {self.key!r} has no {name}: expected its "
                    f"{'subject' if name == 'title' else 'finding'} in words. Give {name}=…"
                )
                raise FigureError(message)

    def html(self, *, table: str = "") -> str:
        """Return the ``<figure>`` element, with `table` (HTML) after the drawing."""
        caption = f"<span>{escape(self.caption)}</span>" if self.caption else ""
        return (
            f'<figure class="wb-figure" id="{self.key}"><figcaption>'
            f"<strong>{escape(self.title)}</strong>{caption}</figcaption>{self.svg}{table}</figure>"
        )

    def table_html(self) -> str:
        """Return the figures as a table, folded; nothing when there are none."""
        if not self.data:
            return ""
        return (
            f'<details class="wb-details"><summary>{escape(self.data_label)}</summary>'
            f"{data_table(self.data, caption=self.title)}</details>"
        )

    def save(self, path: str | Path) -> Path:
        """Write the drawing as an SVG file that stands alone."""
        return write(path, '<?xml version="1.0" encoding="UTF-8"?>\n' + self.svg + "\n")

    def _repr_html_(self) -> str:
        return self.html(table=self.table_html())

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, slots=True)
class TableFigure:
    """Hold a figure that is a table: HTML, with small drawings in its cells.

    Parameters
    ----------
    html : str
        The table, ready for a page.
    title, alternative, caption : str
        As for `Figure`.
    key : str
    data : tuple of tuple of str
        The same as plain text.
    """

    html: str
    title: str
    alternative: str
    caption: str = ""
    key: str = "table"
    data: tuple[tuple[str, ...], ...] = ()

    def save(self, path: str | Path) -> Path:
        """Write the table as a fragment of HTML."""
        return write(path, self.html + "\n")

    def _repr_html_(self) -> str:
        return self.html
