"""What may leave the house: data that has passed disclosure control, and cannot be made otherwise.

Figures, reports and publications of sensitive sources take a :class:`Released`, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Never, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import ColumnUnknown, DisclosureRefused, ParameterError, nearest
from workbench.core.i18n import ABSENT_MARKS, format_number, translate
from workbench.core.types import Status
from workbench.disclosure.layout import Layout, Written, lay_out
from workbench.disclosure.methods import METHODS, Sensitive, suppress_together
from workbench.disclosure.report import Method, Report, Verdict
from workbench.disclosure.tables import Dimension
from workbench.loaders.persons import find_identifiers

__all__ = ["Released", "Sensitive", "release", "release_open", "release_together"]

Given: TypeAlias = xr.Dataset | pd.DataFrame | pa.Table
_SEAL = object()
# Kinds of identifiers that are never an organisation's.
_PERSONS = frozenset({"nir", "name", "birth_date"})


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


def release_open(
    data: Given, *, vintage: int | None = None, public: Sequence[str] = ()
) -> Released:
    """Release data that no rule of confidentiality applies to; the report says so.

    Parameters
    ----------
    data : Dataset, DataFrame or Table
    vintage : int, optional
        Year of the map; a cube's own by default.
    public : sequence of str
        Columns that identify persons and are public all the same: elected officials, say.

    Raises
    ------
    DisclosureRefused
        A column holds names, dates of birth or social security numbers of persons. What may be
        an organisation's (e-mail, phone, address, SIRET) is told in the report.

    Examples
    --------
    >>> release_open(pd.DataFrame({"code": ["01001"], "people": [771]})).sensitive
    False
    """
    held = _plain(data)
    found = []
    if isinstance(held, pd.DataFrame):
        found = [each for each in find_identifiers(held) if each.column not in public]
    persons = [each for each in found if each.kind in _PERSONS]
    if persons:
        told = ", ".join(f"{each.column} ({each.kind})" for each in persons)
        raise DisclosureRefused(
            f"Columns identify persons: {told}. Leave them out, or say that they are public "
            f"(public=[{persons[0].column!r}])."
        )
    warned = tuple((each.column, each.kind) for each in found)
    report = Report(vintage=_vintage(held, vintage), identifiers=warned)
    return Released(held.copy(deep=True), report, seal=_SEAL)


def release(
    data: Given,
    rules: Mapping[str, Sensitive],
    *,
    dimensions: Mapping[str, Dimension],
    keep: Sequence[str] = (),
    method: Method = "suppression",
    vintage: int | None = None,
    before: Released | None = None,
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
        Hide cells; round all to a multiple of 5 so that sums still hold; or add noise to counts.
    vintage : int, optional
    before : Released, optional
        An earlier release of the same cells: what it shows cannot be hidden any more.

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
    >>> from workbench.disclosure.primary import Rule
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
    if method not in METHODS:
        raise ParameterError(f"There is no method {method!r}; {nearest(method, METHODS)}.")
    written, told = {}, []
    for name, sensitive in rules.items():
        shown = None if before is None else _shown(before, name, dimensions, layout)
        done = METHODS[method](name, sensitive, layout, shown)
        imputed = _imputed(sensitive, layout)
        written[name] = Written(done.values, done.hidden, imputed | (method != "suppression"))
        told.append(done.told)
    audit: Verdict = "by noise" if method == "cell_key" else "passed"
    report = Report(tuple(told), audit, _vintage(held, vintage), left_out)
    return Released(layout.write(written, {*dimensions, *keep}), report, seal=_SEAL)


def release_together(
    tables: Mapping[str, Given],
    variable: str,
    sensitive: Sensitive,
    *,
    dimensions: Mapping[str, Mapping[str, Dimension]],
    keep: Sequence[str] = (),
    vintage: int | None = None,
) -> dict[str, Released]:
    """Release several tables of one variable, protected together.

    Tables by activity and by size, of two zonings or of two maps share cells and totals: each
    would give away what another one hides.

    Parameters
    ----------
    tables : mapping of str to Dataset, DataFrame or Table
    variable : str
    sensitive : Sensitive
    dimensions : mapping of str to mapping of str to Dimension
        Of each table. Those that have one name are the same dimension; a table that lacks one has
        its total. Sums between tables, a zone and its communes say, are in the trees of both.
    keep, vintage
        See :func:`release`.

    Returns
    -------
    dict of str to Released

    Raises
    ------
    DisclosureRefused, ProtectionImpossible, TablesDisagree
        See :func:`release`.

    Examples
    --------
    >>> from workbench.disclosure.primary import Rule
    >>> size = pd.DataFrame({"size": ["t", "s", "l"], "sales": [60., 5, 55], "firms": [12, 2, 10]})
    >>> kind = pd.DataFrame({"kind": ["t", "x", "y"], "sales": [60., 25, 35], "firms": [12, 5, 7]})
    >>> trees = {"size": {"size": Dimension.of({"s": "t", "l": "t"})},
    ...          "kind": {"kind": Dimension.of({"x": "t", "y": "t"})}}
    >>> done = release_together({"size": size, "kind": kind}, "sales",
    ...     Sensitive(Rule(minimum_frequency=3), counts="firms"), dimensions=trees)
    >>> done["size"].printed("sales", "en").tolist(), done["kind"].printed("sales", "en").tolist()
    (['60', 's', 's'], ['60', '25', '35'])
    """
    held = {name: _plain(table) for name, table in tables.items()}
    layouts = {name: lay_out(held[name], [variable], dimensions[name]) for name in held}
    left_out = {
        name: _left_out(table, {variable: sensitive}, {*dimensions[name], *keep})
        for name, table in held.items()
    }
    done = suppress_together(variable, sensitive, layouts)
    released = {}
    for name, outcome in done.items():
        imputed = _imputed(sensitive, layouts[name])
        written = {variable: Written(outcome.values, outcome.hidden, imputed)}
        data = layouts[name].write(written, {*dimensions[name], *keep})
        year = _vintage(held[name], vintage)
        report = Report((outcome.told,), "passed", year, left_out[name])
        released[name] = Released(data, report, seal=_SEAL)
    return released


def _imputed(sensitive: Sensitive, layout: Layout) -> NDArray[np.bool_]:
    """Find the cells that were imputed and must not be called observed."""
    if sensitive.imputed and not sensitive.rule.imputed_as_observed:
        return layout.read(sensitive.imputed) > 0
    return np.zeros(layout.table.sums.size, bool)


def _shown(
    before: Released, name: str, dimensions: Mapping[str, Dimension], layout: Layout
) -> NDArray[np.bool_]:
    """Find the cells that an earlier release shows."""
    earlier = lay_out(before.data, [name], dimensions)
    if earlier.table.shape != layout.table.shape:
        raise DisclosureRefused("The earlier release has other cells: release both together.")
    return ~np.isnan(earlier.read(name, blank=True))


def _left_out(
    data: xr.Dataset | pd.DataFrame, rules: Mapping[str, Sensitive], kept: set[str]
) -> tuple[str, ...]:
    """Find the columns that only rules need; refuse those that nobody spoke for."""
    names = [str(each) for each in data]
    for name in kept - set(names):
        if isinstance(data, pd.DataFrame) or name not in data.coords:
            raise ColumnUnknown(f"There is no column {name!r} to keep; {nearest(name, names)}.")
    used = {column for each in rules.values() for column in each.columns}
    status = {f"{name}_status" for name in rules}
    unspoken = [each for each in names if each not in {*rules, *used, *kept, *status}]
    if unspoken:
        raise DisclosureRefused(
            f"Nothing says whether {', '.join(unspoken)} may be released. Give each a rule, keep "
            "it (it then tells nothing secret), or leave it out of the data."
        )
    return tuple(each for each in names if each in used - {*rules, *kept})


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
