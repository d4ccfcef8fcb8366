"""How a file of rows is written, what was decided of it, and on what evidence.

A :class:`Dialect` is what a caller or the catalogue says of a file, field by field; what it leaves
open is detected. Either way each answer is a :class:`Decision` that ends in the provenance.
"""

from __future__ import annotations

import codecs
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Self

from workbench.core.errors import nearest
from workbench.core.types import Status
from workbench.loaders.codes import KINDS
from workbench.loaders.errors import DialectInvalid

__all__ = ["EVERY", "ZERO", "Column", "Decision", "Dialect", "Role"]

ZERO = "zero"
"""What a marker stands for when it is written in place of an observed zero."""

EVERY = "*"
"""What stands for the name of every column, in the roles of a dialect."""

_ORDERS = ("dmy", "mdy", "ymd")
_MEANINGS = (ZERO, *(status.name.lower() for status in Status if not status.has_value))


class Role(enum.StrEnum):
    """Say what the cells of a column are; a code is text and is never read as a number."""

    CODE = "code"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"

    @property
    def is_quantity(self) -> bool:
        """Tell whether the column holds figures, and so has a column of statuses."""
        return self in (Role.INTEGER, Role.NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    r"""Say how a file is written; None is what is to be detected.

    Parameters
    ----------
    encoding : str, optional
        A codec of Python (``"utf-8"``, ``"cp1252"``, ``"utf-16-le"``…).
    separator : str, optional
        One character between two cells.
    quote : str, optional
        One character around a cell, or ``""`` for a file that has none.
    decimal : str, optional
        ``","`` or ``"."``.
    thousands : str, optional
        Written between thousands: ``"."``, ``","`` or ``""``. Spaces of every width always are.
    date_order : str, optional
        ``"dmy"``, ``"mdy"`` or ``"ymd"``.
    header : int, optional
        Line of the heading as a text editor numbers it; 0 for a file without one.
    header_rows : int, optional
        Lines of the heading, one or two.
    sheet : str, optional
        Name of the sheet of a workbook.
    roles : mapping of str to str
        Role of a column, by its name, or ``"*"`` for those not named: see `Role`.
    expected : mapping of str to str
        Role of a column that may be absent, as a catalogue says it; `roles` come before. A code
        may have its kind (``"code:commune"``): see `codes.KINDS`.
    markers : mapping of str to str
        Meaning of a cell that holds no figure: ``"suppressed"``, ``"missing"``,
        ``"not_applicable"``, or ``"zero"`` for one that stands for an observed zero.

    Raises
    ------
    DialectInvalid
        A value is none of these.

    Examples
    --------
    >>> Dialect(separator=";").separator
    ';'
    >>> Dialect.of({"separater": ";"})
    Traceback (most recent call last):
    ...
    workbench.loaders.errors.DialectInvalid: A dialect has no key 'separater' (nearest: separator).
    """

    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    date_order: str | None = None
    header: int | None = None
    header_rows: int | None = None
    sheet: str | None = None
    roles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    expected: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    markers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        self._check_encoding()
        one = "one character, neither a letter nor a digit nor an end of line"
        self._check("separator", _is_mark(self.separator), one)
        self._check("quote", self.quote == "" or _is_mark(self.quote), f'{one}, or ""')
        self._check("decimal", self.decimal in (None, ",", "."), "',' or '.'")
        self._check("thousands", self.thousands in (None, "", ",", "."), "',', '.' or ''")
        self._check("date_order", self.date_order in (None, *_ORDERS), ", ".join(_ORDERS))
        self._check("header", _is_count(self.header, least=0), "the number of a line, or 0")
        self._check("header_rows", self.header_rows in (None, 1, 2), "1 or 2")
        self._check("sheet", self.sheet is None or bool(self.sheet), "the name of a sheet")
        for column, role in self.roles.items():
            self._check_choice(f"the role of {column!r}", role, [each.value for each in Role])
        for column, told in self.expected.items():
            role, _, kind = told.partition(":")
            self._check_choice(f"the role of {column!r}", role, [each.value for each in Role])
            if kind:
                self._check_choice(f"the kind of {column!r}", kind, list(KINDS))
        for cell, meaning in self.markers.items():
            self._check_choice(f"the meaning of {cell!r}", meaning, _MEANINGS)
        if self.quote and self.quote == self.separator:
            raise DialectInvalid(f"Separator and quote are both {self.quote!r}: change one.")
        if self.decimal and self.decimal == self.thousands:
            raise DialectInvalid(f"Decimal and thousands are both {self.decimal!r}: change one.")

    @classmethod
    def of(cls, keys: Mapping[str, Any]) -> Self:
        """Make a dialect of what the catalogue or a command says.

        Raises
        ------
        DialectInvalid
            A key is not one of a dialect, or a value is none of the key's.
        """
        known = [each.name for each in fields(cls)]
        for key in keys:
            if key not in known:
                raise DialectInvalid(f"A dialect has no key {key!r} ({nearest(key, known)}).")
        return cls(**keys)

    def _check(self, key: str, fits: bool, expected: str) -> None:
        if not fits:
            found = getattr(self, key)
            raise DialectInvalid(f"The {key} of a dialect is {found!r}; give {expected}.")

    def _check_choice(self, what: str, found: object, choices: Any) -> None:
        if found not in choices:
            told = nearest(str(found), choices)
            raise DialectInvalid(f"A dialect gives {found!r} as {what} ({told}).")

    def _check_encoding(self) -> None:
        if self.encoding is None:
            return
        try:
            is_text = codecs.lookup(self.encoding)._is_text_encoding
        except (LookupError, TypeError, ValueError):
            is_text = False
        self._check("encoding", is_text, "one that Python has: utf-8, cp1252, utf-16-le…")


def _is_mark(text: object) -> bool:
    """Tell whether a text may stand between or around cells."""
    if text is None:
        return True
    return (
        isinstance(text, str)
        and len(text) == 1
        and text.isascii()
        and not text.isalnum()
        and text not in "\r\n\0"
    )


def _is_count(number: object, *, least: int) -> bool:
    if number is None:
        return True
    return isinstance(number, int) and not isinstance(number, bool) and number >= least


@dataclass(frozen=True, slots=True)
class Decision:
    """Say what was decided of a file, on what evidence, and how surely.

    Parameters
    ----------
    key : str
        What was decided: ``"encoding"``, ``"separator"``, ``"role of montant"``…
    value : str
    evidence : str
        What in the file says so; ``"given"`` when the caller said it.
    confidence : float
        From 0 to 1: 1 is given or without another reading.
    """

    key: str
    value: str
    evidence: str
    confidence: float = 1.0

    def __str__(self) -> str:
        sure = "" if self.confidence >= 1 else f", {self.confidence:.0%} sure"
        return f"{self.value} ({self.evidence}{sure})"


@dataclass(frozen=True, slots=True)
class Column:
    """Say how the cells of one column are read.

    Parameters
    ----------
    name : str
        Unique in the table.
    heading : str
        As it is written in the file.
    role : Role
    decimal, thousands, unit : str
        Of a quantity.
    date_order : str
        Of a date: ``"dmy"``, ``"mdy"`` or ``"ymd"``.
    zoned : bool
        Whether the times of a column say their time zone.
    kind : str
        Of a code: `codes.KINDS`, or empty.
    firm : bool
        Whether the role was given, or is said by the heading: cells that contradict it are wrong.
    many : bool
        Whether the values differ from row to row, so that there is nothing to gain from
        reading each one once.
    """

    name: str
    heading: str
    role: Role
    decimal: str = "."
    thousands: str = ""
    unit: str = ""
    date_order: str = "ymd"
    zoned: bool = False
    kind: str = ""
    firm: bool = False
    many: bool = False
