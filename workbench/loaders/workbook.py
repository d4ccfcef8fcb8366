"""Read the sheets of Excel and OpenDocument workbooks (python-calamine)."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import python_calamine as calamine

from workbench.core.errors import nearest
from workbench.core.reads import note
from workbench.loaders.cells import Cell, rows_of, table_of
from workbench.loaders.dialect import Decision, Dialect
from workbench.loaders.errors import DialectInvalid, FileNotTabular
from workbench.loaders.kinds import kind_of_file, must_be_rows
from workbench.loaders.tabular import Table, loading

__all__ = ["load", "options", "read", "sheets", "suffixes"]

suffixes = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
options = (
    "dialect",
    "strict",
    "mend",
    "lang",
    "located",
    "sheet",
    "header",
    "header_rows",
    "decimal",
    "thousands",
    "date_order",
    "roles",
    "expected",
    "markers",
)

_MOST_BYTES = 2**30  # unpacked: a workbook holds a million rows a sheet at most


def sheets(path: Path) -> tuple[str, ...]:
    """Name the sheets of a workbook."""
    return tuple(_open(path).sheet_names)


def read(
    path: Path,
    dialect: Dialect | None = None,
    *,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
) -> Table:
    """Read one sheet of a workbook: the one that is named, else the one that holds most.

    Parameters
    ----------
    path : Path
    dialect : Dialect, optional
        ``sheet``, ``header``, ``roles``, ``markers``…
    strict, mend, lang, located
        See `workbench.loaders.tabular.read`. Lines are those of the sheet.

    Raises
    ------
    FileNotTabular
        It is no workbook, is protected by a password, or unpacks beyond measure.
    DialectInvalid
        It has no sheet of that name.
    """
    note("file", str(path))
    given = dialect or Dialect()
    book = _open(path)
    name, told = _choose(book, given.sheet, path.name)
    sheet = book.get_sheet_by_name(name)
    grid: list[list[Cell]] = [list(cells) for cells in sheet.to_python(skip_empty_area=False)]
    filled = _fill_merged(grid, sheet.merged_cell_ranges or [])
    if filled:
        evidence = "cells under a merged one are given what it holds"
        told = (*told, Decision("merged cells", str(filled), evidence))
    return table_of(
        rows_of(grid),
        given,
        f"{path.name} [{name}]",
        told=told,
        strict=strict,
        mend=mend,
        lang=lang,
        located=located,
    )


def _open(path: Path) -> Any:
    kind = kind_of_file(path)
    if kind != "workbook":
        if kind == "rows":
            raise FileNotTabular(
                f"{path.name} is no workbook: it is text, whatever its name says. Read it as CSV."
            )
        must_be_rows(kind, path.name)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = sum(each.file_size for each in archive.infolist())
        if size > _MOST_BYTES:
            raise FileNotTabular(
                f"{path.name} unpacks to {size:,} bytes, more than the {_MOST_BYTES:,} of a real "
                "workbook. Ask its producer for CSV."
            )
    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as error:
        raise FileNotTabular(
            f"{path.name} is protected by a password. Save it without one, or as CSV."
        ) from error
    except (calamine.CalamineError, OSError) as error:
        raise FileNotTabular(
            f"{path.name} is a damaged workbook ({error}). Fetch it again, or save it as CSV."
        ) from error


def _choose(book: Any, given: str | None, name: str) -> tuple[str, tuple[Decision, ...]]:
    """Choose a sheet, and say which others there are."""
    names = list(book.sheet_names)
    if given is not None:
        if given not in names:
            raise DialectInvalid(f"{name} has no sheet {given!r} ({nearest(given, names)}).")
        return given, (Decision("sheet", given, "given"),)
    sizes = {each: _filled(book, each) for each in names}
    best = max(names, key=lambda each: sizes[each], default="")
    if not best or not sizes[best]:
        must_be_rows("empty", name)
    others = [each for each in names if each != best and sizes[each]]
    told = f"holds most; the others are {', '.join(others)}" if others else "the only one filled"
    sure = 1.0 if not others else 0.9 if 4 * sizes[others[0]] < sizes[best] else 0.6
    return best, (Decision("sheet", best, told, sure),)


def _filled(book: Any, name: str) -> int:
    sheet = book.get_sheet_by_name(name)
    return sum(1 for cells in sheet.to_python() for cell in cells if cell != "")


def _fill_merged(
    grid: list[list[Cell]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> int:
    """Repeat a merged cell in the rows under it; those on its right belong to the heading."""
    count = 0
    for (top, left), (bottom, _) in ranges:
        for row in range(top + 1, min(bottom + 1, len(grid))):
            if left < len(grid[row]) and grid[row][left] == "":
                grid[row][left] = grid[top][left]
                count += 1
    return count


load = loading(read)
