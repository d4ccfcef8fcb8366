"""Read INSEE's long files (Melodi): an observation a row, into a cube of measures.

``GEO`` and ``GEO_OBJECT`` are the territory and its level, ``TIME_PERIOD`` the period, the column
in ``_MEASURE`` the variable, and each other column a category. ``OBS_STATUS`` and ``CONF_STATUS``
say why a figure is not there; the file of metadata gives the labels.

References
----------
INSEE, *API Melodi*; SDMX code lists CL_OBS_STATUS 2.2 and CL_CONF_STATUS 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.core.reads import note
from workbench.loaders.errors import DialectInvalid
from workbench.loaders.insee_files import opened, zeros_of
from workbench.loaders.insee_rows import read_rows
from workbench.loaders.long_cube import Layout, lay_out
from workbench.loaders.registry import Loaded

__all__ = ["load", "options", "suffixes", "takes_archives"]

suffixes = ()
takes_archives = True
options = (
    *("member", "level", "where", "measures", "nested", "absent", "vintage", "mend", "strict"),
    *("lang", "separator"),
)


def load(
    path: Path,
    *,
    rows: int | None = None,
    member: str = "*",
    level: str = "",
    where: Mapping[str, str | Sequence[str]] | str = "",
    measures: Sequence[str] | str = (),
    nested: Sequence[Sequence[str]] = (),
    absent: str = "missing",
    vintage: int = 0,
    mend: bool = False,
    strict: bool = False,
    lang: str = "en",
    separator: str = "",
) -> Loaded:
    """Read a long file.

    Parameters
    ----------
    path : Path
        A zip of data and metadata, a file of data, or the records of an answer of Melodi.
    rows : int, optional
        Keep the first territories only.
    member : str
        Pattern of the name of the file of data in the zip.
    level : str
        Of the territories, as Melodi (``COM``) or the pack (``commune``) names it. Unasked, the
        first there is of commune, IRIS, arrondissement, EPCI, département, région, country.
    where : mapping, or text such as ``SEX=_T,AGE=Y15T24|Y25T39``
        Values to keep of the categories.
    measures : sequence of str, or text with commas
        Those to keep; all by default.
    nested : sequence of sequence of str
        Categories within one another, the largest first, that make one dimension.
    absent : str
        What a combination that is not in the file is: ``missing`` or ``zero``.
    vintage : int
        Year of the map of communes; told by the file or by its codes by default.
    mend : bool
        Put back the zeros that codes have lost, which are refused otherwise.
    strict : bool
        Refuse the file when a row cannot be read.
    lang : str
        Language of the problems.
    separator : str
        Of the columns; detected by default.

    Returns
    -------
    Loaded
        An ``xarray.Dataset``: territory, period, then the categories that vary.

    Raises
    ------
    LoadingError
    """
    note("file", str(path))
    zeros = zeros_of(absent)
    with opened(path, member) as files:
        found = read_rows(
            files.data,
            level=level,
            where=_pairs(where),
            separator=separator,
            lang=lang,
            strict=strict,
        )
    layout = Layout(
        measures=tuple(_parts(measures, ",")),
        nested=tuple(tuple(each) for each in nested),
        zeros=zeros,
        vintage=vintage,
        mend=mend,
        lang=lang,
    )
    read = lay_out(found, files.book, layout)
    told = {"labels": files.described} if files.described else {}
    data = read.data if rows is None else read.data.isel(territory=slice(0, rows))
    return replace(read, data=data, decisions={**read.decisions, **told})


def _pairs(where: Mapping[str, Any] | str) -> dict[str, tuple[str, ...]]:
    """Read what is wanted of the categories.

    Examples
    --------
    >>> _pairs("SEX=_T,AGE=Y15T24|Y25T39")
    {'SEX': ('_T',), 'AGE': ('Y15T24', 'Y25T39')}
    """
    if isinstance(where, Mapping):
        return {key: tuple(_parts(values, "|")) for key, values in where.items()}
    found = {}
    for each in _parts(where, ","):
        key, mark, values = each.partition("=")
        if not mark or not values:
            raise DialectInvalid(f"where is {where!r}; write it as SEX=_T,AGE=Y15T24|Y25T39.")
        found[key.strip()] = tuple(_parts(values, "|"))
    return found


def _parts(text: Sequence[str] | str, mark: str) -> list[str]:
    parts = text.split(mark) if isinstance(text, str) else text
    return [each.strip() for each in parts if each.strip()]
