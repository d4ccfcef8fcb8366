"""The one chart of a publication: its first figure, by what tells the rows apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from workbench.core.errors import UnknownName
from workbench.core.i18n import format_number, format_quantity, translate, unit
from workbench.core.types import Quantity, Status
from workbench.figures.bars import bars
from workbench.figures.figure import Figure
from workbench.figures.marks import Mark, Profile, Role
from workbench.figures.strip import strip
from workbench.figures.wording import wording_of
from workbench.publishing.columns import Column, Table

__all__ = ["chart"]

_MOST = 24  # bars; beyond, the largest of a count, and the distribution of anything else
_LARGEST = 12


def chart(table: Table, lang: str, *, source: str) -> Figure | None:
    """Draw the first figure that has values, in its last period.

    Parameters
    ----------
    table : Table
    lang : str
    source : str
        Who the figures are from.

    Returns
    -------
    Figure or None
        Bars from the largest down; the distribution where there are many and they cannot be
        ranked as amounts. None where no column is a figure with values.
    """
    for column in table.columns:
        if column.role == "figure" and column.type in ("integer", "number"):
            rows, period = _rows(table, column)
            if len(rows):
                return _drawn(rows, period, column, lang, source)
    return None


def _rows(table: Table, column: Column) -> tuple[pd.DataFrame, str]:
    """Return label and value of the rows of the last period where the figure is known."""
    by, label = _named_by(table)
    if not label:
        return pd.DataFrame(), ""
    # The other columns of a large table stay as they are.
    wanted = list(dict.fromkeys((*table.key, label, column.name)))
    frame: pd.DataFrame = table.data.select(wanted).to_pandas()
    known = frame[frame[column.name].notna()]
    period = ""
    if "period" in table.key and len(known):
        last = known["period"].max()
        known, period = known[known["period"] == last], str(last)
    for name in table.key:
        if name not in ("period", by) and len(known):
            known = known[known[name] == known[name].iloc[0]]
    rows = known[[label, column.name]].set_axis(["label", "value"], axis=1)
    rows = rows.sort_values(["value", "label"], ascending=[False, True], kind="stable")
    return rows[rows["label"].notna()], period


def _named_by(table: Table) -> tuple[str, str]:
    """Return the key that rows are drawn by, and the column that names them."""
    keys = [name for name in table.key if name != "period"]
    texts = [each.name for each in table.columns if each.role == "label" and each.type == "string"]
    label = "name" if "name" in texts else keys[0] if keys else texts[0] if texts else ""
    return (keys[0] if keys else "", label)


def _drawn(rows: pd.DataFrame, period: str, column: Column, lang: str, source: str) -> Figure:
    values = rows["value"].to_numpy(dtype=float)
    write = _formatter(column, values, lang)
    figure = column.title[lang]
    notes = []
    if len(rows) <= _MOST or (column.type == "integer" and (values >= 0).all()):
        shown = rows if len(rows) <= _MOST else rows.head(_LARGEST)
        if len(shown) < len(rows):
            total = format_number(len(rows), 0, lang)
            count = format_number(len(shown), 0, lang)
            notes.append(translate("publishing.chart_first", lang, shown=count, total=total))
        if (shown["value"] >= 0).all():
            notes.append(translate("publishing.chart_source", lang, source=source))
            return bars(
                [str(each) for each in shown["label"]],
                [
                    Profile(
                        figure, tuple(Quantity(float(v)) for v in shown["value"]), Role.TERRITORY
                    )
                ],
                key="chart",
                title=f"{figure} ({period})" if period else figure,
                fmt=write,
                caption=" ".join(notes),
                wording=wording_of(lang),
            )
    heading = translate("publishing.chart_strip", lang, figure=figure)
    middle = Mark(
        translate("publishing.chart_median", lang),
        Quantity(float(np.median(values))),
        Role.TERRITORY,
    )
    return strip(
        np.sort(values),
        middle,
        key="chart",
        title=f"{heading} ({period})" if period else heading,
        fmt=write,
        caption=translate("publishing.chart_source", lang, source=source),
        wording=wording_of(lang),
    )


def _formatter(
    column: Column, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], lang: str
) -> Callable[[Quantity], str]:
    whole = bool((values == np.round(values)).all())
    decimals = 0 if whole else 1 if np.abs(values).max() >= 10 else 2

    def write(quantity: Quantity) -> str:
        if quantity.status is not Status.OBSERVED:
            return format_quantity(quantity, "count", 0, lang)
        try:
            unit(column.unit)
        except UnknownName:
            return format_number(quantity.value, decimals, lang)
        return format_quantity(quantity, column.unit, decimals, lang)

    return write
