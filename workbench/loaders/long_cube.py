"""Lay out the observations of a long file of INSEE as a cube: its measures are the variables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import nearest
from workbench.core.types import Status
from workbench.loaders.cubing import Axis, Facts, axis_of, make_cube, words_on
from workbench.loaders.errors import DialectInvalid
from workbench.loaders.insee_rows import GEO, LEVEL, LEVELS, PERIOD, VALUE, Rows
from workbench.loaders.insee_words import Codebook, nature
from workbench.loaders.registry import Loaded
from workbench.loaders.sdmx import OBS_STATUSES, PUBLIC, period_start
from workbench.loaders.territories import Territories, levels, named, territories

__all__ = ["Layout", "lay_out"]

_TOTAL = "_T"
_NOTHING = frozenset({_TOTAL, "_Z", ""})
_MAP = "#vintage"
# What is said of an observation; the other columns are categories.
_SAID = frozenset({GEO, LEVEL, PERIOD, VALUE, f"{VALUE}_status", _MAP, "UNIT_MULT", "DECIMALS"})
_SAID |= frozenset({"OBS_STATUS", "CONF_STATUS", "OBS_STATUS_FR"})
_UNITS = {"EUR": "EUR", "EUR_YR": "EUR", "PT": "percent", "PC": "percent", "PS": "person"}
_YEAR = re.compile(r"\d{4}")
_ADVICE = (
    "Keep some values of its categories (option where, such as SEX=_T), or some measures "
    "(option measures)."
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Say what is wanted of a cube; see :func:`workbench.loaders.insee_long.load`."""

    measures: tuple[str, ...] = ()
    nested: tuple[tuple[str, ...], ...] = ()
    zeros: bool = False
    vintage: int = 0
    mend: bool = False
    lang: str = "en"


def lay_out(rows: Rows, book: Codebook, layout: Layout) -> Loaded:
    """Make a cube of observations.

    Parameters
    ----------
    rows : Rows
    book : Codebook
        Labels.
    layout : Layout

    Raises
    ------
    DialectInvalid
        There is no such measure.
    CodesSpoilt, CubeTooLarge, CellTwice
    """
    texts = {name: _texts(rows.table, name) for name in rows.table.column_names if _told(name)}
    values, status, told = _figures(rows.table, texts)
    texts, merged = _merged(texts, layout.nested)
    who = _who(rows, texts, layout)
    told |= who.decisions
    where = axis_of("territory", who.codes, attrs={"long_name": "official code"})
    when, starts = _periods(texts[PERIOD])
    measure = next((n for n in texts if n.endswith("_MEASURE") and n != "UNIT_MEASURE"), "")
    facts = []
    for code, mask in _measures(texts, measure, layout.measures, rows.name):
        chosen = np.flatnonzero(mask)
        attrs, axes = _categories(texts, chosen, measure, book)
        label = book.value(measure, code) or book.label(VALUE) or code
        kind, unit = nature(label)
        unit = _UNITS.get(attrs.pop("unit_measure", ""), unit)
        attrs = {"long_name": label, **attrs, "periods": _list(when, chosen)}
        attrs |= {"kind": str(kind)} if kind else {}
        attrs |= {"units": unit} if unit else {}
        both = [where.at(chosen), when.at(chosen), *axes]
        absent = None if layout.zeros else Status.MISSING
        facts.append(Facts(code, both, values[chosen], status[chosen], attrs, absent))
    attrs = {"Conventions": "CF-1.11", **who.attrs}
    cube = make_cube(facts, rows.name, attrs, _ADVICE)
    cube = cube.assign_coords(_coordinates(cube, rows, book, merged, starts))
    if layout.zeros:
        told["absent"] = "zero (a combination that is not in the file, as is said of this source)"
    problems = (*rows.problems, *who.problems)
    told = {**rows.decisions, **told, "level": rows.decisions["level"]}
    return Loaded(cube, problems, told, rows.count, rows.set_aside)


def _told(name: str) -> bool:
    return name not in (VALUE, f"{VALUE}_status")


def _texts(table: pa.Table, name: str) -> NDArray[np.object_]:
    column = table.column(name).cast(pa.string()).to_pandas()
    texts: NDArray[np.object_] = column.fillna("").to_numpy(dtype=object)
    return texts


def _figures(
    table: pa.Table, texts: Mapping[str, NDArray[np.object_]]
) -> tuple[NDArray[np.float64], NDArray[np.uint8], dict[str, str]]:
    """Return the figures and their statuses, by what the file says of each."""
    values = table.column(VALUE).to_pandas().to_numpy(dtype=np.float64)
    status = table.column(f"{VALUE}_status").to_pandas().to_numpy(dtype=np.uint8).copy()
    there = ~np.isnan(values)
    told = {}
    if "OBS_STATUS" in texts:
        said = pd.Series(texts["OBS_STATUS"]).map(OBS_STATUSES).fillna(-1).to_numpy(dtype=np.int64)
        status[there & (said == Status.ESTIMATED)] = Status.ESTIMATED
        why = ~there & (said > Status.ESTIMATED)
        status[why] = said[why]
    if "CONF_STATUS" in texts:
        hidden = ~pd.Series(texts["CONF_STATUS"]).isin(PUBLIC).to_numpy()
        status[hidden & ~there] = Status.SUPPRESSED
        if shown := int((hidden & there).sum()):
            told["confidential"] = (
                f"{shown:,} (figures marked confidential that the file holds: kept)"
            )
    if "UNIT_MULT" in texts:
        powers = pd.to_numeric(pd.Series(texts["UNIT_MULT"]), errors="coerce").fillna(0)
        if powers.any():
            values = values * 10.0 ** powers.to_numpy()
            told["UNIT_MULT"] = "applied (figures are multiplied by this power of ten)"
    hidden_count = int((status == Status.SUPPRESSED).sum())
    if hidden_count:
        told["suppressed"] = f"{hidden_count:,}"
    return values, status, told


def _merged(
    texts: dict[str, NDArray[np.object_]], nested: Sequence[Sequence[str]]
) -> tuple[dict[str, NDArray[np.object_]], dict[str, tuple[str, ...]]]:
    """Make one category of those that are within one another: the finest that says something."""
    merged: dict[str, tuple[str, ...]] = {}
    for chain in nested:
        if any(name not in texts for name in chain):
            continue
        finest = np.full(len(texts[chain[0]]), _TOTAL, dtype=object)
        for name in chain:
            says = ~pd.Series(texts[name]).isin(_NOTHING).to_numpy()
            finest[says] = texts[name][says]
        texts = {name: each for name, each in texts.items() if name not in chain}
        texts[chain[-1]] = finest
        merged[chain[-1].lower()] = tuple(chain)
    return texts, merged


def _who(rows: Rows, texts: Mapping[str, NDArray[np.object_]], layout: Layout) -> Territories:
    maps = {text for text in texts.get(_MAP, ()) if text}
    vintage = layout.vintage or (int(maps.pop()) if len(maps) == 1 else 0)
    years = [int(text[:4]) for text in set(texts[PERIOD]) if _YEAR.match(text)]
    level = LEVELS.get(rows.level, rows.level.lower())
    return territories(
        list(texts[GEO]),
        level,
        name=rows.name,
        column=GEO,
        repair=layout.mend,
        vintage=vintage,
        since=max(years, default=0),
        lang=layout.lang,
    )


def _periods(texts: NDArray[np.object_]) -> tuple[Axis, list[str]]:
    """Lay out periods: years as whole numbers, others as they are, with their first day."""
    if all(_YEAR.fullmatch(text) for text in set(texts)):
        years = [int(text) for text in texts]
        return axis_of("period", years, attrs={"long_name": "reference year"}), []
    axis = axis_of("period", texts, attrs={"long_name": "period"})
    return axis, [period_start(text) for text in axis.values]


def _measures(
    texts: Mapping[str, NDArray[np.object_]], column: str, asked: Sequence[str], name: str
) -> list[tuple[str, NDArray[np.bool_]]]:
    if not column:
        if asked:
            raise DialectInvalid(f"{name} has one measure, without a name: ask for none.")
        return [("value", np.ones(len(texts[PERIOD]), dtype=bool))]
    known = sorted(set(texts[column]))
    for each in asked:
        if each not in known:
            raise DialectInvalid(f"{name} has no measure {each!r} ({nearest(each, known)}).")
    return [(code, texts[column] == code) for code in (asked or known)]


def _categories(
    texts: Mapping[str, NDArray[np.object_]],
    chosen: NDArray[np.int64],
    measure: str,
    book: Codebook,
) -> tuple[dict[str, Any], list[Axis]]:
    """Return what is the same for all the rows of a measure, and the dimensions that vary."""
    attrs: dict[str, Any] = {}
    axes = []
    for name, column in texts.items():
        if name in _SAID or name == measure:
            continue
        there = column[chosen]
        known = sorted(set(there))
        if len(known) == 1:
            if known[0] not in ("_Z", ""):
                attrs[name.lower()] = known[0]
            continue
        said = {"long_name": book.label(name) or name.lower()}
        said |= {"total": _TOTAL} if _TOTAL in known else {}
        axes.append(axis_of(name.lower(), there, attrs=said))
    return attrs, axes


def _list(axis: Axis, chosen: NDArray[np.int64]) -> str:
    places = sorted(set(axis.places[chosen].tolist()))
    return " ".join(str(axis.values[place]) for place in places)


def _coordinates(
    cube: xr.Dataset,
    rows: Rows,
    book: Codebook,
    merged: Mapping[str, tuple[str, ...]],
    starts: Sequence[str],
) -> dict[str, xr.Variable]:
    """Name the territories and the values of the categories."""
    codes = [str(code) for code in cube["territory"].values]
    level = cube.attrs["level"]
    made = {"level": levels(codes, level)}
    known = book.values.get(GEO, {})
    names = [known.get(f"{rows.level}-{code}") or known.get(code, "") for code in codes]
    made |= named(names, codes, level)
    for dim in map(str, cube.dims):
        if dim in ("territory", "period"):
            continue
        columns = merged.get(dim, (dim.upper(),))
        values = [str(each) for each in cube[dim].values]
        finest = [next((c for c in reversed(columns) if book.value(c, v)), "") for v in values]
        labels = [book.value(c, v) for c, v in zip(finest, values, strict=True)]
        if any(labels):
            made[f"{dim}_label"] = words_on(dim, labels, f"label of {dim}")
        if len(columns) > 1 and any(finest):
            made[f"{dim}_level"] = words_on(
                dim, finest, "which category of the file it is a value of"
            )
    if starts:
        days = np.array([start or "NaT" for start in starts], dtype="datetime64[ns]")
        made["period_start"] = xr.Variable("period", days, {"long_name": "first day"})
    return made
