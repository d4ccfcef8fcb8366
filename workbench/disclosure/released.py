"""What may leave the house: data that has passed disclosure control, and cannot be made otherwise.

Figures, reports and publications of sensitive sources take a :class:`Released`, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Never, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import ColumnUnknown, DisclosureRefused, nearest
from workbench.core.i18n import ABSENT_MARKS, translate
from workbench.core.types import Status
from workbench.disclosure.layout import Layout, lay_out
from workbench.disclosure.primary import Primary, Rule, primary
from workbench.disclosure.protect import protect
from workbench.disclosure.report import Method, Protected, Report
from workbench.disclosure.sums import check_sums
from workbench.disclosure.tables import Dimension

__all__ = ["Released", "Sensitive", "release", "release_open"]

Given: TypeAlias = xr.Dataset | pd.DataFrame | pa.Table
_SEAL = object()
_NAMED = 5  # cells that an error names


@dataclass(frozen=True)
class Sensitive:
    """Say which rule a variable falls under, and where the rule finds what it looks at.

    Parameters
    ----------
    rule : Rule
    counts : str
        Column or variable of the contributors of each cell; the variable itself where it counts
        them.
    largest, second : str
        Those of the two largest contributions, for rules that look at them.
    whole : bool
        Values are whole numbers, and everyone knows it.
    """

    rule: Rule
    counts: str
    largest: str = ""
    second: str = ""
    whole: bool = False


class Released:
    """Hold data that has passed disclosure control, and the report of it.

    Made by :func:`release` and :func:`release_open` only.

    Attributes
    ----------
    data : Dataset or DataFrame
        A copy at each reading. Hidden values are NaN, and their ``<variable>_status`` says
        *suppressed*; the values themselves are nowhere in it.
    report : Report
    sensitive : bool
        A rule applies to the data.
    """

    __slots__ = ("_data", "_report")
    _data: xr.Dataset | pd.DataFrame
    _report: Report

    def __init__(self, data: xr.Dataset | pd.DataFrame, report: Report, *, seal: object) -> None:
        if seal is not _SEAL:
            raise DisclosureRefused(
                "Released is made by disclosure.release and disclosure.release_open, which check: "
                "call one of them on the data."
            )
        object.__setattr__(self, "_data", data)
        object.__setattr__(self, "_report", report)

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"Released cannot be changed ({name}): release the new data.")

    def __repr__(self) -> str:
        kind = "sensitive" if self.sensitive else "open"
        hidden = self._report.primary + self._report.secondary
        return f"<Released: {kind}, {hidden} cells hidden>"

    @property
    def data(self) -> xr.Dataset | pd.DataFrame:
        """Return the data, in a copy."""
        copy: xr.Dataset | pd.DataFrame = self._data.copy(deep=True)
        return copy

    @property
    def report(self) -> Report:
        """Return what was hidden, by which rules."""
        return self._report

    @property
    def sensitive(self) -> bool:
        """Tell whether a rule applies to the data."""
        return self.report.sensitive

    def reason(self, lang: str) -> str:
        """Tell why a figure is written *s*.

        One reason for all: to tell those hidden for themselves from the others would say that
        such a cell has few contributors, and that the other has many.
        """
        return translate("disclosure.hidden", lang)

    def printed(self, variable: str, lang: str) -> NDArray[np.str_]:
        """Write a variable as texts, ``"s"`` where it is hidden.

        Examples
        --------
        >>> kept = release_open(pd.DataFrame({"code": ["01001"], "people": [771.0]}))
        >>> kept.printed("people", "en").tolist()
        ['771']
        """
        from workbench.core.i18n import format_number

        values = self._data[variable].to_numpy().astype(float)
        status = self._data.get(f"{variable}_status")
        gone = np.zeros(values.shape, bool)
        if status is not None:
            gone = np.isin(status.to_numpy(), (int(Status.SUPPRESSED), "suppressed"))
        texts = [
            ABSENT_MARKS[Status.SUPPRESSED if hidden else Status.MISSING]
            if np.isnan(value)
            else format_number(value, 0 if value == round(value) else 2, lang)
            for value, hidden in zip(values.ravel(), gone.ravel(), strict=True)
        ]
        return np.array(texts, str).reshape(values.shape)


def release_open(data: Given, *, vintage: int | None = None) -> Released:
    """Release data that no rule of confidentiality applies to; the report says so.

    Parameters
    ----------
    data : Dataset, DataFrame or Table
    vintage : int, optional
        Year of the map; a cube's own by default.

    Raises
    ------
    DisclosureRefused
        Microdata: the data hold a direct identifier of persons.

    Examples
    --------
    >>> release_open(pd.DataFrame({"code": ["01001"], "people": [771]})).sensitive
    False
    """
    held = _plain(data)
    return Released(held, Report(vintage=_vintage(held, vintage)), seal=_SEAL)


def release(
    data: Given,
    rules: Mapping[str, Sensitive],
    *,
    dimensions: Mapping[str, Dimension],
    keep: Sequence[str] = (),
    method: Method = "suppression",
    vintage: int | None = None,
) -> Released:
    """Protect data by its rules, attack the result, and release it if nothing gives way.

    Parameters
    ----------
    data : Dataset, DataFrame or Table
        The true figures, totals included. A table has one row a cell.
    rules : mapping of str to Sensitive
        By variable. Columns that only the rules need are left out, as the report says.
    dimensions : mapping of str to Dimension
        What tells cells apart, and which is the total of which.
    keep : sequence of str
        Other columns to release as they are: names, levels.
    method : {"suppression", "rounding", "cell_key"}
    vintage : int, optional

    Returns
    -------
    Released

    Raises
    ------
    DisclosureRefused
        An attacker would come too near to a cell, or a column is neither kept nor ruled.
    ProtectionImpossible
        Nothing that could be hidden protects a cell.
    TablesDisagree
        The totals are not the sums of their parts.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "place": ["all", "a", "b", "c"], "sales": [60.0, 5.0, 25.0, 30.0],
    ...     "firms": [12, 2, 4, 6]})
    >>> rule = Sensitive(Rule(source="the pack", minimum_frequency=3), counts="firms")
    >>> whole = Dimension.of({"a": "all", "b": "all", "c": "all"})
    >>> done = release(table, {"sales": rule}, dimensions={"place": whole})
    >>> done.printed("sales", "en").tolist(), done.report.left_out
    (['60', 's', 's', '30'], ('firms',))
    """
    held = _plain(data)
    if not rules:
        raise DisclosureRefused(
            "No rule is given. Name the rule of each sensitive variable, or call release_open for "
            "data that none applies to."
        )
    layout = lay_out(held, rules, dimensions)
    left_out = _left_out(held, rules, {*dimensions, *keep})
    written, told = {}, []
    for name, sensitive in rules.items():
        values, hidden, done = _protect(name, sensitive, layout, method)
        written[name] = values, hidden
        told.append(done)
    report = Report(tuple(told), "passed", _vintage(held, vintage), left_out)
    return Released(layout.write(written, {*dimensions, *keep}), report, seal=_SEAL)


def _protect(
    name: str, sensitive: Sensitive, layout: Layout, method: Method
) -> tuple[NDArray[np.float64], NDArray[np.bool_], Protected]:
    sums = layout.table.sums
    values = layout.read(name)
    check_sums(values, sums)
    found = _primary(values, sensitive, layout)
    protection = protect(layout.table, values, found, whole=sensitive.whole)
    done, under = protection.suppression, protection.under
    if under.any():
        raise DisclosureRefused(
            f"{name}: {int(under.sum())} cells would be known too closely: "
            f"{_named(under, layout)}. Nothing is released."
        )
    finest = np.ones(len(values), bool)
    finest[sums.totals] = False
    share = values[finest & done.hidden].sum() / max(values[finest].sum(), 1e-300)
    return (
        values,
        done.hidden,
        Protected(
            name,
            sensitive.rule,
            method,
            len(values),
            int(done.primary.sum()),
            int(done.secondary.sum()),
            100 * float(share),
        ),
    )


def _primary(values: NDArray[np.float64], sensitive: Sensitive, layout: Layout) -> Primary:
    largest, second = (
        layout.read(column) if column else None for column in (sensitive.largest, sensitive.second)
    )
    return primary(
        values,
        sensitive.rule,
        counts=layout.read(sensitive.counts),
        largest=largest,
        second=second,
        whole=sensitive.whole,
    )


def _left_out(
    data: xr.Dataset | pd.DataFrame, rules: Mapping[str, Sensitive], kept: set[str]
) -> tuple[str, ...]:
    """Find the columns that only rules need; refuse those that nobody spoke for."""
    names = [str(each) for each in data]
    for name in kept - set(names):
        if isinstance(data, pd.DataFrame) or name not in data.coords:
            raise ColumnUnknown(f"There is no column {name!r} to keep; {nearest(name, names)}.")
    used = {
        column
        for each in rules.values()
        for column in (each.counts, each.largest, each.second)
        if column
    }
    status = {f"{name}_status" for name in rules}
    unspoken = [each for each in names if each not in {*rules, *used, *kept, *status}]
    if unspoken:
        raise DisclosureRefused(
            f"Nothing says whether {', '.join(unspoken)} may be released. Give each a rule, keep "
            "it (it then tells nothing secret), or leave it out of the data."
        )
    return tuple(each for each in names if each in used - {*rules, *kept})


def _named(cells: NDArray[np.bool_], layout: Layout) -> str:
    dimensions = layout.table.dimensions.values()
    places = [np.unravel_index(each, layout.table.shape) for each in np.flatnonzero(cells)[:_NAMED]]
    told = [
        " × ".join(dimension.names[at] for dimension, at in zip(dimensions, place, strict=True))
        for place in places
    ]
    return "; ".join(told) + ("…" if int(cells.sum()) > _NAMED else "")


def _plain(data: Given) -> xr.Dataset | pd.DataFrame:
    if isinstance(data, pa.Table):
        frame: pd.DataFrame = data.to_pandas()
        return frame
    if isinstance(data, (xr.Dataset, pd.DataFrame)):
        return data
    found: Any = type(data).__name__
    raise DisclosureRefused(
        f"A {found} cannot be released: a Dataset, a DataFrame or an Arrow table was expected."
    )


def _vintage(data: xr.Dataset | pd.DataFrame, given: int | None) -> int | None:
    if given is None and isinstance(data, xr.Dataset) and "vintage" in data.attrs:
        return int(data.attrs["vintage"])
    return given
