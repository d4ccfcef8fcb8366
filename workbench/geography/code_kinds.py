"""Tell kinds of codes apart: which shapes, check digits and lists a country's codes have.

A country declares its kinds in its pack; nothing here knows any of them. The order of the
declaration is the order of preference when several kinds explain a column equally well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.core.errors import UnknownName, nearest
from workbench.geography.code_years import CodeYears
from workbench.geography.territories import plain

__all__ = ["CHECKS", "CodeBook", "CodeKind", "among", "luhn"]

Texts = Mapping[str, str]
BoolArray = NDArray[np.bool_]


def luhn(codes: pd.Series) -> BoolArray:
    """Tell which codes of digits end with their Luhn check digit.

    From the right, every second digit is doubled, and 9 taken off when that exceeds 9; the sum
    of all is a multiple of 10.

    Parameters
    ----------
    codes : Series of str
        Digits only, all of one length.

    Returns
    -------
    ndarray of bool

    References
    ----------
    ISO/IEC 7812-1, annex B.

    Examples
    --------
    >>> luhn(pd.Series(["732829320", "732829321"])).tolist()
    [True, False]
    """
    digits = _digits(codes)
    digits[:, -2::-2] *= 2
    digits[digits > 9] -= 9
    checked: BoolArray = digits.sum(axis=1) % 10 == 0
    return checked


def _sum_of_five(codes: pd.Series) -> BoolArray:
    """Tell which codes have a sum of digits that is a multiple of 5."""
    checked: BoolArray = _digits(codes).sum(axis=1) % 5 == 0
    return checked


def _digits(codes: pd.Series) -> NDArray[np.int64]:
    if not len(codes):
        return np.zeros((0, 1), dtype=np.int64)
    letters = codes.to_numpy(dtype=np.str_)
    width = letters.dtype.itemsize // 4
    return letters.view(np.uint32).reshape(len(letters), width).astype(np.int64) - ord("0")


CHECKS: Mapping[str, Callable[[pd.Series], BoolArray]] = MappingProxyType(
    {"luhn": luhn, "sum_of_five": _sum_of_five}
)
"""Algorithms of check digits that a pack may name."""


def among(codes: pd.Series, index: pd.Index) -> BoolArray:
    """Tell which codes are in an index, whose table is made once and kept by it."""
    found: BoolArray = index.get_indexer(pd.Index(codes, dtype=object)) >= 0
    return found


@dataclass(frozen=True)
class CodeKind:
    """Declare one kind of code.

    Parameters
    ----------
    id : str
    one, many : mapping of str to str
        By language, what one code is called, with its article (*a postcode*), and several.
    pattern : str
        Regular expression of a whole code.
    width : int
        Characters of a code, 0 when they vary.
    level : str
        Level whose territories these codes name; empty when they name something else.
    column : str
        Column of the level's table that holds these codes, several to a territory (postcodes);
        empty when they are the territories' own.
    whole : str
        Level of the territories that those of `level` are parts of; empty when there is none.
    check : str
        One of :data:`CHECKS`; empty when there is no check digit.
    exceptions : mapping of str to str
        By beginning of the codes, another check that also makes them valid.
    former : mapping of str to tuple of str
        Codes that are no longer used, and those that came after.
    columns : tuple of str
        Words that the columns of these codes are usually called by.
    advice : mapping of str to str
        What to do when they are found in place of those of the base level, by language.
    """

    id: str
    one: Texts
    many: Texts
    pattern: str
    width: int = 0
    level: str = ""
    column: str = ""
    whole: str = ""
    check: str = ""
    exceptions: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    advice: Texts = field(default_factory=dict)

    @classmethod
    def read(cls, row: Mapping[str, Any], patterns: Mapping[str, str]) -> CodeKind:
        """Read a declaration of ``pack.yml``; the pattern is the level's unless it is said."""
        given = {**row, "pattern": row.get("pattern") or patterns.get(row.get("level", ""), "")}
        former = {code: tuple(after) for code, after in row.get("former", {}).items()}
        return cls(**{**given, "former": former, "columns": tuple(row.get("columns", ()))})

    @cached_property
    def shape(self) -> re.Pattern[str]:
        """The pattern, where digits are those of ASCII only."""
        return re.compile(self.pattern, re.ASCII)

    def fits(self, code: str) -> bool:
        """Tell whether a code has the shape and the check digit of this kind."""
        if self.shape.search(code) is None:
            return False
        return not self.check or bool(self.well_made(pd.Series([code], dtype=object))[0])

    def shaped(self, codes: pd.Series) -> BoolArray:
        """Tell which codes have the shape of this kind (bool, one a code)."""
        matches = (self.shape.search(code) is not None for code in codes)
        return np.fromiter(matches, dtype=bool, count=len(codes))

    def well_made(self, codes: pd.Series) -> BoolArray:
        """Tell which codes have the shape and the check digit of this kind."""
        found = self.shaped(codes)
        if not self.check or not found.any():
            return found
        inside = codes[found]
        valid = CHECKS[self.check](inside)
        for beginning, check in self.exceptions.items():
            concerned = inside.str.startswith(beginning).to_numpy(dtype=bool)
            valid[concerned] |= CHECKS[check](inside[concerned])
        found[found] = valid
        return found

    def names_column(self, name: str) -> int:
        """Tell how well a column's name says this kind: words in common, 0 for none.

        Examples
        --------
        >>> kind = CodeKind("post", {}, {}, "", columns=("code postal", "cp"))
        >>> [kind.names_column(x) for x in ("codePostal", "CP", "adresse_code_postal", "cpt")]
        [2, 1, 2, 0]
        """
        words = f" {plain(re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name))} "
        return max((len(x.split()) for x in self.columns if f" {x} " in words), default=0)


@dataclass(frozen=True, eq=False)
class CodeBook:
    """Hold all that tells the codes of a country apart.

    Parameters
    ----------
    kinds : mapping of str to CodeKind
        By identifier, those preferred first.
    base : str
        The kind of the codes of the base level, those that `timeline` follows.
    names : mapping of str to Series
        By kind with a list: the name of each code in use, empty when it is not known.
    holders : mapping of str to mapping of str to tuple of str
        By kind: the base codes that a code stands for, whole (that a part is in) or several
        (served by a postcode).
    parents : mapping of str to str
        Middle-level holder of base codes, today's and former ones, where it is known.
    timeline : CodeYears, optional
        When the base codes were in force.
    """

    kinds: Mapping[str, CodeKind]
    base: str
    names: Mapping[str, pd.Series]
    holders: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    timeline: CodeYears | None = None

    def kind(self, name: str) -> CodeKind:
        """Return a kind by its identifier.

        Raises
        ------
        UnknownName
            When the country declares no such kind; the nearest are named.
        """
        if name not in self.kinds:
            raise UnknownName(f"Kind of code {name!r} is unknown ({nearest(name, self.kinds)}).")
        return self.kinds[name]

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """Number the middle-level holder of each code of the timeline."""
        codes = [] if self.timeline is None else self.timeline.codes.tolist()
        parents = [self.parents.get(code, "") for code in codes]
        numbers, _ = pd.factorize(np.array(parents, dtype=object))
        return numbers

    def known(self, kind: str) -> pd.Index:
        """Return the codes of a kind that are or were in use; empty when there is no list."""
        listed: pd.Index = self._known[kind]
        return listed

    @cached_property
    def _known(self) -> Mapping[str, pd.Index]:
        found = {}
        for name, kind in self.kinds.items():
            listed = self.names[name].index if name in self.names else pd.Index([], dtype=object)
            if name == self.base and self.timeline is not None:
                listed = listed.union(self.timeline.codes)
            former = pd.Index(list(kind.former), dtype=object)
            found[name] = pd.Index(listed, dtype=object).union(former)
        return found

    def listed(self, kind: str) -> bool:
        """Tell whether the codes of a kind are listed, so that a stray one is known as such."""
        return len(self.known(kind)) > 0

    def valid(self, kind: str, codes: pd.Series) -> BoolArray:
        """Tell which codes are, or were, of a kind: by its list, else by shape and check digit."""
        if self.listed(kind):
            return among(codes, self.known(kind))
        return self.kinds[kind].well_made(codes)

    def holds(self, kind: str, code: str) -> bool:
        """Tell whether one code is, or was, of a kind."""
        if self.listed(kind):
            return code in self.known(kind)
        return self.kinds[kind].fits(code)

    def current(self, kind: str, codes: pd.Series) -> BoolArray:
        """Tell which codes of a kind are still in use."""
        if kind == self.base and self.timeline is not None and self.timeline.years:
            return among(codes, self.timeline.in_force(self.timeline.years[-1]))
        former = codes.isin(list(self.kinds[kind].former)).to_numpy(dtype=bool)
        return np.logical_not(former)

    def name(self, kind: str, code: str) -> str:
        """Return the name that goes with a code; empty when there is none."""
        return str(self.names[kind].get(code, "")) if kind in self.names else ""

    def stands_for(self, kind: str, code: str) -> tuple[str, ...]:
        """Return the base codes that a code of another kind stands for."""
        return self.holders.get(kind, {}).get(code, ())
