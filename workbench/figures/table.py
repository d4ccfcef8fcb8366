"""A table figure: value, references, change, position and trend, one indicator a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.core.errors import FigureError
from workbench.core.types import Quantity
from workbench.figures.area import check_link
from workbench.figures.figure import TableFigure
from workbench.figures.notes import printed
from workbench.figures.sparkline import mini_rail, mini_strip, sparkline
from workbench.figures.svg import check_key, escape
from workbench.figures.wording import Wording

__all__ = ["Columns", "Row", "table"]


@dataclass(frozen=True, slots=True)
class Columns:
    """Name the columns of a table; those left empty are not drawn.

    Parameters
    ----------
    subject : str
        Heading of the rows (``"Indicator"``).
    value : str
        The territory's name.
    references : tuple of str
        Their names, in the order of each row's references.
    change, position, trend : str
    """

    subject: str
    value: str
    references: tuple[str, ...] = ()
    change: str = ""
    position: str = ""
    trend: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator of one territory.

    Parameters
    ----------
    label : str
    value : Quantity
    fmt : callable
        Formats the value, and the references unless they have their own.
    reference_fmt : callable or None
        `fmt` when None.
    references : tuple of Quantity
    note : str
        Printed small under the label (unit, period).
    change : Quantity or None
    change_fmt : callable or None
        `fmt` when None.
    change_note : str
        Printed small under the change (``"2016–2023"``).
    quantile : float or None
        Place among the others, from 0 to 1.
    reference_note : str
        Printed small under the last reference (the range of the peers).
    position : str
        The place in words (``"12th of 101"``).
    series : tuple of (float, Quantity)
        The trend, oldest first.
    link : str or None
        Relative address or fragment of the label.
    """

    label: str
    value: Quantity
    fmt: Callable[[Quantity], str]
    references: tuple[Quantity, ...] = ()
    reference_fmt: Callable[[Quantity], str] | None = None
    note: str = ""
    reference_note: str = ""
    change: Quantity | None = None
    change_fmt: Callable[[Quantity], str] | None = None
    change_note: str = ""
    quantile: float | None = None
    position: str = ""
    series: tuple[tuple[float, Quantity], ...] = ()
    link: str | None = None


def table(
    rows: Sequence[Row],
    *,
    key: str,
    title: str,
    columns: Columns,
    caption: str = "",
    alternative: str = "",
    wording: Wording | None = None,
) -> TableFigure:
    """Write a table that can be read by eye, by ear and in grey.

    Parameters
    ----------
    rows : sequence of Row
    key, title, caption, wording
        As for `line`.
    columns : Columns
    alternative : str
        The finding, printed under the title when given.

    Returns
    -------
    TableFigure

    Examples
    --------
    >>> row = Row("Vacancy", Quantity(8.1), lambda q: f"{q.value} %", (Quantity(7.9),))
    >>> table([row], key="t", title="Dwellings", columns=Columns("Indicator", "Nord", ("France",))
    ...      ).data
    (('Indicator', 'Nord', 'France'), ('Vacancy', '8.1 %', '7.9 %'))
    """
    wording = wording or Wording()
    check_key(key)
    for row in rows:
        if len(row.references) != len(columns.references):
            message = (
                f"row {row.label!r} has {len(row.references)} references for "
                f"{len(columns.references)} columns: expected one a column. "
                "Give an absent quantity where there is none."
            )
            raise FigureError(message)
    placed = any(row.quantile is not None for row in rows) and bool(columns.position)
    rail = f"{key}-r" if placed else ""
    lines = "".join(_line(row, columns, wording, rail=rail) for row in rows)
    said = "".join(f"<span>{escape(text)}</span>" for text in (alternative, caption) if text)
    name = f'<caption id="{key}-t"><strong>{escape(title)}</strong>{said}</caption>'
    # A table wider than a phone scrolls in its own box, which the keyboard can reach.
    html = (
        f'<div class="wb-scroll" id="{key}" role="region" aria-labelledby="{key}-t" tabindex="0">'
        f"{mini_rail(rail) if rail else ''}"
        f'<table class="wb-table wb-numbers">{name}<thead><tr>{_headings(columns)}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )
    head, *rest = _data(rows, columns, wording)
    return TableFigure(html, title, alternative or title, caption, key, (head, *rest))


def _headings(columns: Columns) -> str:
    names = [
        ("", columns.subject),
        ("wb-number wb-own", columns.value),
        *(("wb-number", name) for name in columns.references),
        *(("wb-number", name) for name in (columns.change,) if name),
        *(("", name) for name in (columns.position, columns.trend) if name),
    ]
    return "".join(f'<th scope="col"{_class(kind)}>{escape(name)}</th>' for kind, name in names)


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _line(row: Row, columns: Columns, wording: Wording, *, rail: str) -> str:
    name = escape(row.label)
    if row.link is not None:
        name = f'<a href="{escape(check_link(row.link))}">{name}</a>'
    cells = [f'<th scope="row">{name}{_small(row.note)}</th>']
    cells.append(_number(row.value, row.fmt, wording, kind="wb-own"))
    for number, quantity in enumerate(row.references, start=1):
        note = row.reference_note if number == len(row.references) else ""
        cells.append(_number(quantity, row.reference_fmt or row.fmt, wording, note=note))
    if columns.change:
        fmt = row.change_fmt or row.fmt
        if row.change is None:
            cells.append("<td></td>")
        else:
            cells.append(_number(row.change, fmt, wording, note=row.change_note))
    if columns.position:
        drawn = "" if row.quantile is None else mini_strip(row.quantile, rail=rail)
        cells.append(f'<td class="wb-place">{drawn}{_small(row.position)}</td>')
    if columns.trend:
        cells.append(f'<td class="wb-place">{sparkline(row.series, fmt=row.fmt)}</td>')
    return f"<tr>{''.join(cells)}</tr>"


def _number(
    quantity: Quantity,
    fmt: Callable[[Quantity], str],
    wording: Wording,
    *,
    kind: str = "",
    note: str = "",
) -> str:
    """Write a number, or the sign of its absence with the reason one can ask for."""
    if quantity.known:
        text = escape(fmt(quantity))
    else:
        reason, sign = escape(wording.reason(quantity)), escape(wording.sign(quantity))
        text = f'<abbr title="{reason}">{sign}</abbr>'
    return f"<td{_class(kind)}>{text}{_small(note)}</td>"


def _small(text: str) -> str:
    return f"<small>{escape(text)}</small>" if text else ""


def _data(rows: Sequence[Row], columns: Columns, wording: Wording) -> tuple[tuple[str, ...], ...]:
    change = [columns.change] if columns.change else []
    position = [columns.position] if columns.position else []
    done = [(columns.subject, columns.value, *columns.references, *change, *position)]
    for row in rows:
        write = row.reference_fmt or row.fmt
        told = [(row.value, row.fmt), *((quantity, write) for quantity in row.references)]
        cells = [row.label, *(printed(q, fmt(q) if q.known else "", wording) for q, fmt in told)]
        if change:
            moved, fmt = row.change, row.change_fmt or row.fmt
            text = fmt(moved) if moved is not None and moved.known else ""
            cells.append("" if moved is None else printed(moved, text, wording))
        if position:
            cells.append(row.position)
        done.append(tuple(cells))
    return tuple(done)
