"""Read the sheets of Excel and OpenDocument workbooks (python-calamine)."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import python_calamine as calamine

from workbench.core.errors import nearest
from workbench.core.reads import note
from workbench.loaders.budget import Bounds, Budget
from workbench.loaders.cells import Cell, rows_of, table_of
from workbench.loaders.content import kind_of
from workbench.loaders.dialect import Decision, Dialect
from workbench.loaders.errors import DialectInvalid, FileNotTabular
from workbench.loaders.kinds import kind_of_file, must_be_rows
from workbench.loaders.tabular import OPTIONS, Table, loading
from workbench.loaders.zips import zip_members, zip_read

__all__ = ["load", "options", "read", "sheets", "suffixes"]

suffixes = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_DIALECT = ("sheet", "header", "header_rows", "decimal", "thousands", "date_order")
options = (*OPTIONS, *_DIALECT)

# A workbook holds a million rows a sheet at most.
_UNPACKED = Bounds(files=10_000, bytes=2**30, depth=1, seconds=120)
_MOST_CELLS, _MOST_MERGED = 40_000_000, 1_000_000
# What counting the cells may take. A cell takes 32 bytes.
_MEGABYTES, _SECONDS = 4096, 120


def sheets(path: Path) -> tuple[str, ...]:
    """Name the sheets of a workbook."""
    return tuple(_open(path)[1])


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
        It is no workbook, is protected by a password, or spans more cells than any table.
    ArchiveInvalid, ArchiveBomb
        It is packed otherwise than workbooks are, or unpacks beyond measure.
    DialectInvalid
        It has no sheet of that name.
    """
    note("file", str(path))
    given = dialect or Dialect()
    book, sizes = _open(path)
    name, told = _choose(sizes, given.sheet, path.name)
    sheet = book.get_sheet_by_name(name)
    grid: list[list[Cell]] = [list(cells) for cells in sheet.to_python(skip_empty_area=False)]
    filled = _fill_merged(grid, sheet.merged_cell_ranges or [], path.name)
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


def _open(path: Path) -> tuple[Any, Mapping[str, int]]:
    """Return a workbook that may be read, and how many cells are filled in each of its sheets."""
    kind = kind_of_file(path)
    if kind != "workbook":
        if kind == "rows":
            raise FileNotTabular(
                f"{path.name} is no workbook: it is text, whatever its name says. Read it as CSV."
            )
        must_be_rows(kind, path.name)
    if kind_of(path) == "zip":
        budget = Budget(path.name, _UNPACKED)
        for _, archive, info in zip_members(path, PurePosixPath(), budget):
            zip_read(archive, info, budget, _Nowhere())
    filled = _measured(path)
    try:
        return calamine.CalamineWorkbook.from_path(str(path)), filled
    except (calamine.CalamineError, OSError) as error:
        raise _damaged(path, str(error)) from error


class _Nowhere(io.BytesIO):
    """Take what is written, and keep nothing."""

    def write(self, data: Any) -> int:
        return len(data)


def _measured(path: Path) -> Mapping[str, int]:
    """Count the cells of each sheet in a process apart, where a hostile one does no harm."""
    script = Path(__file__).with_name("sheet_sizes.py")
    # Without -P the modules beside the script would stand before those of Python (numbers).
    words = [sys.executable, "-P", str(script), str(path), str(_MEGABYTES), str(_SECONDS)]
    try:
        # What the library says when it runs out of memory is hundreds of lines.
        ended = subprocess.run(words, capture_output=True, text=True, timeout=5 * _SECONDS)
        found = json.loads(ended.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise FileNotTabular(
            f"{path.name} cannot be read within {_MEGABYTES / 1024:g} GB of memory and {_SECONDS} "
            "s: cells very far apart, or a file made to fill the memory. Delete what is far from "
            "the table, or save it as CSV."
        ) from None
    if found.get("error") == "password":
        raise FileNotTabular(
            f"{path.name} is protected by a password. Save it without one, or as CSV."
        )
    if "error" in found:
        raise _damaged(path, found["error"])
    for name, (cells, _, merged) in found["sheets"].items():
        if cells > _MOST_CELLS or merged > _MOST_MERGED:
            raise FileNotTabular(
                f"{path.name} [{name}] spans {cells:,} cells ({merged:,} merged areas), where "
                f"{_MOST_CELLS:,} ({_MOST_MERGED:,}) are read at most. Delete what is far from "
                "the table, or save it as CSV."
            )
    return {name: filled for name, (_, filled, _) in found["sheets"].items()}


def _damaged(path: Path, reason: str) -> FileNotTabular:
    return FileNotTabular(
        f"{path.name} is a damaged workbook ({reason}). Fetch it again, or save it as CSV."
    )


def _choose(
    sizes: Mapping[str, int], given: str | None, name: str
) -> tuple[str, tuple[Decision, ...]]:
    """Choose a sheet, and say which others there are."""
    names = list(sizes)
    if given is not None:
        if given not in names:
            raise DialectInvalid(f"{name} has no sheet {given!r} ({nearest(given, names)}).")
        return given, (Decision("sheet", given, "given"),)
    best = max(names, key=lambda each: sizes[each], default="")
    if not best or not sizes[best]:
        must_be_rows("empty", name)
    others = [each for each in names if each != best and sizes[each]]
    told = f"holds most; the others are {', '.join(others)}" if others else "the only one filled"
    sure = 1.0 if not others else 0.9 if 4 * sizes[others[0]] < sizes[best] else 0.6
    return best, (Decision("sheet", best, told, sure),)


def _fill_merged(
    grid: list[list[Cell]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], name: str
) -> int:
    """Repeat a merged cell in the rows under it; those on its right belong to the heading."""
    count, left_over = 0, sum(map(len, grid))
    for (top, left), (bottom, _) in ranges:
        left_over -= max(min(bottom + 1, len(grid)) - top - 1, 0)
        if left_over < 0:
            raise FileNotTabular(
                f"{name} merges its cells over one another, which no program writes. Ask its "
                "producer for CSV."
            )
        for row in range(top + 1, min(bottom + 1, len(grid))):
            if left < len(grid[row]) and grid[row][left] == "":
                grid[row][left] = grid[top][left]
                count += 1
    return count


load = loading(read)
