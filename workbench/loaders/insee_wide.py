"""Read INSEE's wide files: a row a territory, a column a variable in a year, into a cube.

``CODGEO;LIBGEO;P21_POP;P15_POP…`` with its file of metadata; files of IRIS; Filosofi; counts of
facilities (BPE), whose rows are a territory and a type; reference populations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbench.core.reads import note
from workbench.loaders.columnar import read as read_parquet
from workbench.loaders.detection import detect
from workbench.loaders.dialect import Dialect, Role
from workbench.loaders.insee_files import Files, opened, zeros_of
from workbench.loaders.kinds import kind_of_file
from workbench.loaders.registry import Loaded
from workbench.loaders.tabular import Table, read
from workbench.loaders.wide_cube import YEAR_COLUMNS, Wide
from workbench.loaders.wide_headings import (
    IDENTIFIERS,
    NAMES,
    PARENTS,
    read_headings,
)
from workbench.loaders.workbook import read as read_workbook

__all__ = ["load", "options", "suffixes", "takes_archives"]

suffixes = ()
takes_archives = True
options = (
    *("member", "level", "territory", "period", "categories", "arrondissements", "absent"),
    *("vintage", "mend", "strict", "lang", "separator", "sheet", "variables"),
)


def load(
    path: Path,
    *,
    rows: int | None = None,
    member: str = "*",
    level: str = "",
    territory: str = "",
    period: int | str = 0,
    categories: Sequence[str] | str = (),
    variables: Sequence[str] | str = (),
    arrondissements: str = "auto",
    absent: str = "missing",
    vintage: int = 0,
    mend: bool = False,
    strict: bool = False,
    lang: str = "en",
    separator: str = "",
    sheet: str = "",
) -> Loaded:
    """Read a wide file.

    Parameters
    ----------
    path : Path
        A zip of data and metadata, or a file of data with its metadata beside.
    rows : int, optional
        Keep the first territories only.
    member : str
        Pattern of the name of the file of data in the zip.
    level : str
        Of the territories; told by their codes by default.
    territory : str
        Column of their codes; one that INSEE names so by default.
    period : int
        Year of the columns that tell none; that of the file's name by default.
    categories : sequence of str, or text with commas
        Columns that part the rows of a territory (``TYPEQU``).
    variables : sequence of str, or text with commas
        Those to keep, with or without their year; all by default.
    arrondissements : str
        Of Paris, Lyon and Marseille: ``in``, ``out``, or ``auto``, out where their commune is in.
    absent : str
        What a combination of categories that has no row is: ``missing`` or ``zero``.
    vintage : int
        Year of the map of communes; told by its codes by default.
    mend : bool
        Put back the zeros that codes have lost, which are refused otherwise.
    strict : bool
        Refuse the file when a row cannot be read.
    lang : str
        Language of the problems.
    separator, sheet : str
        Of the file, when it is not to be detected.

    Returns
    -------
    Loaded
        An ``xarray.Dataset``: territory, period, then the categories. ``P21_POP`` and ``P15_POP``
        are the variable ``P_POP`` in 2021 and in 2015.

    Raises
    ------
    LoadingError
    """
    note("file", str(path))
    zeros = zeros_of(absent)
    with opened(path, member) as files:
        parted, wanted = _parts(categories), _parts(variables)
        dialect = Dialect(separator=separator or None, sheet=sheet or None)
        table = _table(files, dialect, parted, strict=strict, lang=lang)
    wide = Wide(files, table, parted, wanted, int(period or 0), mend, lang)
    who, column, gone = wide.territories(territory, level, arrondissements, vintage=vintage)
    cube, told = wide.cube(who, column, gone, zeros=zeros)
    if rows is not None:
        cube = cube.isel(territory=slice(0, rows))
    dialect_told = {each.key: str(each) for each in table.decisions if "role" not in each.key}
    if files.described:
        told["labels"] = files.described
    return Loaded(
        cube,
        (*table.problems, *who.problems),
        {**dialect_told, **who.decisions, **told},
        table.rows,
        table.set_aside.num_rows,
        table.totals,
    )


def _parts(text: Sequence[str] | str) -> tuple[str, ...]:
    return tuple(text.split(",") if isinstance(text, str) and text else text)


def _table(
    files: Files, dialect: Dialect, categories: Sequence[str], *, strict: bool, lang: str
) -> Table:
    """Read the file of data: what the metadata says is text stays text."""
    path, kind = files.data, kind_of_file(files.data)
    if kind == "parquet":
        return read_parquet(path, dialect, strict=strict, lang=lang)
    if kind == "workbook":
        return read_workbook(path, dialect, strict=strict, lang=lang)
    roles = {}
    for column in detect(path, dialect).columns:
        upper = column.name.upper()
        if upper in (*IDENTIFIERS, *PARENTS):
            # Codes of any level: those that have lost a zero are told by the level, later.
            roles[column.name] = Role.TEXT.value
        elif column.name in (*files.book.texts, *categories) or upper in NAMES:
            roles[column.name] = Role.CODE.value
        elif upper in YEAR_COLUMNS:
            roles[column.name] = Role.INTEGER.value
        elif column.name in files.book.numbers or read_headings([column.name])[column.name].year:
            roles[column.name] = Role.NUMBER.value
    return read(path, replace(dialect, roles=roles), strict=strict, lang=lang)
