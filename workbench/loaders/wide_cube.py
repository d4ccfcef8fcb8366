"""Lay out a wide table of INSEE as a cube: its headings say variables and years."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import nearest
from workbench.core.types import Kind, Status
from workbench.loaders.cubing import Axis, Facts, axis_of, make_cube, words_on
from workbench.loaders.errors import DialectInvalid, FileNotTabular
from workbench.loaders.insee_files import Files
from workbench.loaders.insee_words import nature
from workbench.loaders.tabular import Table
from workbench.loaders.territories import (
    Territories,
    arrondissements_out,
    levels,
    named,
    territories,
)
from workbench.loaders.territory_codes import FORMS, level_of, mend
from workbench.loaders.wide_headings import (
    IDENTIFIERS,
    NAMES,
    PARENTS,
    Heading,
    read_headings,
    year_in,
)

__all__ = ["YEAR_COLUMNS", "Wide"]

Number = TypeVar("Number", np.float64, np.uint8, np.int64)

YEAR_COLUMNS = ("AN", "ANNEE", "MILLESIME")
"""Columns that hold the year of a row."""

_YEARS = re.compile(r"\s*\b(?:entre \d{4} et \d{4}|en \d{4}|au 1er janvier \d{4})")
_ADVICE = "Name the variables that are wanted (option variables)."
# Of the census (P_, C_, D_): numbers of people, dwellings or households, whatever their label.
_CENSUS = ("P_", "C_", "D_")


@dataclass(frozen=True, slots=True)
class Wide:
    """Hold a wide table while it is laid out.

    Parameters
    ----------
    files : Files
    table : Table
        As it was read: a figure has its statuses beside.
    categories : tuple of str
        Columns that part the rows of a territory.
    wanted : tuple of str
        Variables to keep; all when there is none.
    period : int
        Year of the columns that tell none, 0 when it is not known.
    mend : bool
        Put back the zeros that codes have lost.
    lang : str
        Language of the problems.
    """

    files: Files
    table: Table
    categories: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    period: int = 0
    mend: bool = False
    lang: str = "en"

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.files.data.name

    @property
    def year(self) -> int:
        """Year of the columns that tell none: given, or that of the name of the file."""
        return self.period or year_in(self.name)

    def texts(self, column: str) -> list[str]:
        """Return the texts of a column."""
        values = self.table.data.column(column).cast(pa.string()).to_pylist()
        return [value or "" for value in values]

    def territories(
        self, column: str, level: str, keep: str, *, vintage: int
    ) -> tuple[Territories, str, frozenset[str]]:
        """Read the codes of the rows; see :func:`workbench.loaders.insee_wide.load`.

        Returns
        -------
        tuple of (Territories, str, frozenset of str)
            With the column of the codes, and those that go.
        """
        names = self.table.data.column_names
        self._must_have(*([column] if column else []), *self.categories)
        upper = {name.upper().partition("_20")[0]: name for name in names}
        found = column or next((upper[each] for each in IDENTIFIERS if each in upper), "")
        if not found:
            raise FileNotTabular(
                f"{self.name} has no column of codes of territories ({', '.join(names[:8])}…): "
                f"{', '.join(IDENTIFIERS[:6])}… are looked for. Name it (territory)."
            )
        if level and level not in (*FORMS, found.lower()):
            told = nearest(level, FORMS)
            raise DialectInvalid(f"{self.name}: no level is named {level!r} ({told}).")
        codes = self.texts(found)
        level = level or level_of(set(codes), found) or self._level_in_name()
        if not level:
            raise DialectInvalid(
                f"{self.name}, {found}: codes such as {codes[0]!r} are of départements or of "
                "régions, which nothing tells apart. Give the level."
            )
        who = territories(
            codes,
            level,
            name=self.name,
            column=found,
            repair=self.mend,
            vintage=vintage,
            since=self.year,
            lang=self.lang,
        )
        gone, told = frozenset[str](), ""
        if level == "commune":
            gone, told = arrondissements_out(set(who.codes), keep)
        if told:
            who.decisions["arrondissements"] = told
        who.decisions["territory"] = f"{found} (column)"
        return who, found, gone

    def _must_have(self, *columns: str) -> None:
        names = self.table.data.column_names
        for each in columns:
            if each not in names:
                raise DialectInvalid(
                    f"{self.name} has no column {each!r} ({nearest(each, names)})."
                )

    def _level_in_name(self) -> str:
        stem = f"_{Path(self.name).stem.upper()}_"
        named = {"_DEP_": "departement", "_REG_": "region", "_EPCI_": "epci", "_COM_": "commune"}
        return next((level for mark, level in named.items() if mark in stem), "")

    def cube(
        self, who: Territories, column: str, gone: frozenset[str], *, zeros: bool
    ) -> tuple[xr.Dataset, dict[str, str]]:
        """Lay out the figures.

        Parameters
        ----------
        who, column, gone
            What `territories` returns.
        zeros : bool
            Whether a combination of categories that has no row is zero.
        """
        stay = np.array([code not in gone for code in who.codes], dtype=bool)
        codes = [code for code, kept in zip(who.codes, stay, strict=True) if kept]
        axes = [axis_of("territory", codes, attrs={"long_name": "official code"})]
        for each in self.categories:
            values = np.array(self.texts(each), dtype=object)[stay]
            said = {"long_name": self.files.book.label(each) or each}
            axes.append(axis_of(each.lower(), values, attrs=said))
        dated = self._dated()
        groups: dict[str, list[Heading]] = defaultdict(list)
        for heading in self._headings(dated):
            groups[heading.stem].append(heading)
        absent = None if zeros else Status.MISSING
        facts = [
            self._facts(stem, columns, axes, stay, dated, absent)
            for stem, columns in groups.items()
        ]
        cube = make_cube(facts, self.name, {"Conventions": "CF-1.11", **who.attrs}, _ADVICE)
        cube = cube.assign_coords(self._coordinates(cube, who, column, stay))
        told = {"absent": "zero (a combination without a row, as is said of this source)"}
        return cube, told if zeros else {}

    def _dated(self) -> str:
        """Name the column that holds the year of each row, when there is one."""
        names = self.table.data.column_names
        return next((name for name in names if name.upper() in YEAR_COLUMNS), "")

    def _facts(
        self,
        stem: str,
        columns: Sequence[Heading],
        axes: Sequence[Axis],
        stay: NDArray[np.bool_],
        dated: str,
        absent: Status | None,
    ) -> Facts:
        """Put the columns of a variable one after the other, each with its year."""
        if not dated and any(not (each.year or self.year) for each in columns):
            raise DialectInvalid(
                f"{self.name}: no year is told for {columns[0].column}. Give it (period)."
            )
        values = [self._numbers(each.column, np.float64)[stay] for each in columns]
        status = [self._numbers(f"{each.column}_status", np.uint8)[stay] for each in columns]
        count = int(stay.sum())
        if dated:
            years = np.tile(self._numbers(dated, np.int64)[stay], len(columns))
        else:
            years = np.repeat([each.year or self.year for each in columns], count)
        rows = np.tile(np.arange(count), len(columns))
        period = axis_of("period", years.tolist(), attrs={"long_name": "reference year"})
        where, *rest = (axis.at(rows) for axis in axes)
        attrs = self._about(stem, columns)
        # The rows of a territory and a category are its parts: IRIS of a commune.
        adds = attrs.get("kind") == Kind.COUNT and bool(self.categories)
        both = np.concatenate(values), np.concatenate(status)
        return Facts(stem, (where, period, *rest), *both, attrs, absent, adds=adds)

    def _numbers(self, column: str, kind: type[Number]) -> NDArray[Number]:
        found: NDArray[Number] = self.table.data.column(column).to_pandas().to_numpy(dtype=kind)
        return found

    def _headings(self, dated: str) -> list[Heading]:
        """Return the columns that are figures, those that are wanted."""
        data = self.table.data
        figures = [
            name
            for name in data.column_names
            if f"{name}_status" in data.column_names and name != dated
        ]
        headings = read_headings(figures, self.year)
        if not self.wanted:
            found = list(headings.values())
        else:
            known = {*headings, *(each.stem for each in headings.values())}
            for each in self.wanted:
                if each not in known:
                    told = nearest(each, sorted(known))
                    raise DialectInvalid(f"{self.name} has no variable {each!r} ({told}).")
            found = [h for h in headings.values() if {h.column, h.stem} & set(self.wanted)]
        if not found:
            raise FileNotTabular(f"{self.name} has no column of figures beside its codes.")
        return found

    def _about(self, stem: str, columns: Sequence[Heading]) -> dict[str, object]:
        """Say what a variable is, by the label of its latest column."""
        latest = max(columns, key=lambda each: each.year)
        label = self.files.book.label(latest.column)
        kind, unit = nature(label)
        if kind is None and (stem.startswith(_CENSUS) or stem.upper().startswith(("NB", "PMUN"))):
            kind = Kind.COUNT
        attrs: dict[str, object] = {"long_name": _without_year(label) or stem}
        attrs["columns"] = " ".join(each.column for each in columns)
        if latest.year:
            attrs["periods"] = " ".join(str(year) for year in sorted({c.year for c in columns}))
        if kind:
            attrs["kind"] = str(kind)
        if unit or kind is Kind.COUNT:
            attrs["units"] = unit or "count"
        if starts := [f"{each.start}-{each.year}" for each in columns if each.start]:
            attrs["counted_over"] = " ".join(starts)
        return attrs

    def _coordinates(
        self, cube: xr.Dataset, who: Territories, column: str, stay: NDArray[np.bool_]
    ) -> dict[str, xr.Variable]:
        """Put the texts of the rows on their territories, and labels on the categories."""
        data, book = self.table.data, self.files.book
        first: dict[str, int] = {}
        for place in np.flatnonzero(stay).tolist():
            first.setdefault(who.codes[place], place)
        codes = [str(code) for code in cube["territory"].values]
        rows = [first[code] for code in codes]
        made = {"level": levels(codes, who.attrs["level"])}
        name = next((n for each in NAMES for n in data.column_names if n.upper() == each), "")
        for each in data.column_names:
            field = data.schema.field(each).type
            if each in (column, *self.categories) or not _is_text(field):
                continue
            texts = self.texts(each)
            if self.categories and not _is_constant(texts, who.codes, first):
                continue  # of the row, not of its territory
            key = "name" if each == name else PARENTS.get(each.upper(), each.lower())
            if key in FORMS:
                spoilt = mend(texts, key, repair=self.mend, name=self.name, column=each)
                texts = list(spoilt.codes)
            about = book.label(each) or each
            if values := book.values.get(each):
                about += f" ({'; '.join(f'{k}: {v}' for k, v in list(values.items())[:20])})"
            if key not in cube.variables and key not in made:
                made[key] = words_on("territory", [texts[row] for row in rows], about)
        if "name" not in made:
            made |= named((), codes, who.attrs["level"])
        for each in self.categories:
            dim = each.lower()
            labels = [book.value(each, str(code)) for code in cube[dim].values]
            if any(labels):
                made[f"{dim}_label"] = words_on(dim, labels, f"label of {each}")
        return made


def _without_year(label: str) -> str:
    """Leave out the year of a label that several columns share.

    Examples
    --------
    >>> _without_year("Population en 2021"), _without_year("Naissances entre 2015 et 2021")
    ('Population', 'Naissances')
    """
    return _YEARS.sub("", label).strip()


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_dictionary(kind))


def _is_constant(texts: Sequence[str], codes: Sequence[str], first: Mapping[str, int]) -> bool:
    return all(
        texts[first[code]] == text for code, text in zip(codes, texts, strict=True) if code in first
    )
