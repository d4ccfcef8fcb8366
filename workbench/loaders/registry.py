"""The readers of files: what one is, what it returns, and how one is found.

A reader is a module, or any object, with three names: :class:`Loader`; one that also has
``takes_archives = True`` is given an archive as it came, when it is named. The package's own
are listed in :data:`OWN`; another package adds its own by the entry point group
``workbench.loaders``::

    [project.entry-points."workbench.loaders"]
    gauges = "my_package.gauges"
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from workbench.core.errors import nearest
from workbench.loaders.dialect import Decision, Dialect
from workbench.loaders.errors import FileTooLarge, LoaderInvalid, LoaderUnknown, OptionUnknown

__all__ = ["GROUP", "OWN", "Loaded", "Loader", "Problem", "loader", "loader_for", "loaders", "read"]

GROUP = "workbench.loaders"

# The package's own readers, imported when one of them is asked for: "module", or "module:object".
OWN: Mapping[str, str] = {
    "rows": "workbench.loaders.tabular",
    "workbook": "workbench.loaders.workbook",
    "records": "workbench.loaders.records",
    "parquet": "workbench.loaders.columnar",
    "json": "workbench.loaders.documents",
    "geojson": "workbench.loaders.features",
    "grid": "workbench.loaders.grid",
    "sdmx": "workbench.loaders.sdmx",
    "series": "workbench.loaders.series",
    "gtfs": "workbench.loaders.gtfs",
    "gbfs": "workbench.loaders.gbfs",
    "ngsi_ld": "workbench.loaders.ngsi",
    "layers": "workbench.loaders.layers",
    "insee_long": "workbench.loaders.insee_long",
    "insee_wide": "workbench.loaders.insee_wide",
    "decp": "workbench.loaders.decp",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Locate what is wrong in a file, and say how its producer repairs it.

    Parameters
    ----------
    file : str
        Name of the file, with that of the archive or sheet that holds it.
    row : int or None
        Line of the file as a text editor numbers it, the header being 1; None for a whole column.
    column : str
        Heading, empty for a whole row.
    value : str
        What was read, as it is written.
    reason, repair : str
        What is wrong, and what to write in its place.
    fatal : bool
        Whether the row was set aside.
    rule : str
        Name of what is wrong, the same in every language; empty when its reader has none.
    """

    file: str
    row: int | None
    column: str
    value: str
    reason: str
    repair: str = ""
    fatal: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Hold what a reader made of a file.

    Parameters
    ----------
    data : object
        A ``pyarrow.Table``, a lazy Dask frame or an ``xarray.Dataset``; codes are text, and a
        column ``v`` has its statuses in ``v_status``.
    problems : tuple of Problem
    decisions : mapping of str to str
        What was decided of the file's dialect and why; it ends in the provenance.
    rows, set_aside : int or None
        Rows read, those set aside among them; None when it takes the whole file to know.
    totals : object
        Rows that are totals of others, left out of `data`; None when the reader tells none.
    held : object
        What keeps the file from going while its data are lazy; a reader leaves it alone.
    counts : mapping of (str, str) to int
        All the problems, by column and rule, of a reader that tells the first ones only.
    unread : pyarrow.Table or None
        Rows set aside, of a reader that keeps them: line, reason, text.
    dialect : Dialect
        What to write another file like this one with; empty for what is no text.
    told : tuple of Decision
        The decisions of a reader of rows, in parts.
    """

    data: Any
    problems: tuple[Problem, ...] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    set_aside: int | None = 0
    totals: Any = field(default=None, repr=False)
    held: object = field(default=None, repr=False, compare=False)
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict, repr=False)
    unread: Any = field(default=None, repr=False)
    dialect: Dialect = field(default_factory=Dialect, repr=False)
    told: tuple[Decision, ...] = field(default=(), repr=False)


@runtime_checkable
class Loader(Protocol):
    """Read one kind of file."""

    @property
    def suffixes(self) -> Sequence[str]:
        """Endings of the names of its files, in lower case (``".csv"``)."""
        ...

    @property
    def options(self) -> Sequence[str]:
        """What :meth:`load` takes by name; anything else is refused before it is called."""
        ...

    def load(self, path: Path, *, rows: int | None = None, **options: Any) -> Loaded:
        """Read a file, or its first `rows` rows.

        Raises
        ------
        WorkbenchError
            The file cannot be read; never an error of a library.
        """
        ...


def loaders() -> tuple[str, ...]:
    """Name the readers there are, in alphabetical order."""
    return tuple(sorted({*OWN, *_added()}))


def loader(name: str) -> Loader:
    """Return a reader by name.

    Raises
    ------
    LoaderUnknown
        None has this name.
    LoaderInvalid
        It cannot be imported, or lacks one of the names of :class:`Loader`.
    """
    return _loader(name, _added())


def _loader(name: str, added: Mapping[str, EntryPoint]) -> Loader:
    if name in OWN:
        point = EntryPoint(name, OWN[name], GROUP)
    elif name in added:
        point = added[name]
    else:
        raise LoaderUnknown(
            f"No reader is named {name!r} ({nearest(name, loaders())}). Another package adds one "
            f"by the entry point group {GROUP}."
        )
    return _imported(point)


def loader_for(path: Path) -> Loader:
    """Return the reader of a file by the ending of its name, the longest that fits.

    Raises
    ------
    LoaderUnknown
        No reader takes such files.
    """
    name = path.name.lower()
    added = _added()  # once: it looks at each folder of packages
    every = sorted({*OWN, *added})
    endings = {suffix: each for each in every for suffix in _loader(each, added).suffixes}
    fitting = [suffix for suffix in endings if name.endswith(suffix)]
    if not fitting:
        known = ", ".join(sorted(endings)) or "none"
        raise LoaderUnknown(
            f"No reader takes {path.name!r}. Files that are read: {known}. Name a reader if the "
            "file has another ending than its kind."
        )
    return _loader(endings[max(fitting, key=len)], added)


def read(
    path: Path,
    *,
    reader: str = "",
    rows: int | None = None,
    options: Mapping[str, Any] = MappingProxyType({}),
) -> Loaded:
    """Read a file with a reader, named or found by the file's ending.

    Parameters
    ----------
    path : Path
    reader : str, optional
    rows : int, optional
        Read the first rows only.
    options : mapping
        What the reader takes by name.

    Raises
    ------
    OptionUnknown
        The reader takes no option of this name.
    FileTooLarge
        There is not enough memory for it.
    """
    chosen = loader(reader) if reader else loader_for(path)
    for name in options:
        if name not in chosen.options:
            told = nearest(name, chosen.options) if chosen.options else "it takes none"
            raise OptionUnknown(f"The reader of {path.name} takes no option {name!r} ({told}).")
    try:
        return chosen.load(path, rows=rows, **options)
    except MemoryError:
        raise FileTooLarge(
            f"{path.name} needs more memory than there is. Read it lazily (`lazily.scan`), or ask "
            "its producer for a part of it."
        ) from None


def _added() -> Mapping[str, EntryPoint]:
    """Index the readers of other packages, anew once a package comes or goes."""
    folders = (Path(each or ".") for each in sys.path)
    return _index(tuple((str(each), each.stat().st_mtime_ns) for each in folders if each.exists()))


@lru_cache(maxsize=1)
def _index(folders: tuple[tuple[str, int], ...]) -> Mapping[str, EntryPoint]:
    """Read what all the packages of these folders declare: hundreds of small files.

    Two readers of one name are refused: which one is found would depend on an order of folders.
    """
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        if point.name in OWN or found.get(point.name, point).value != point.value:
            raise LoaderInvalid(
                f"Two readers are named {point.name!r}, one of them {point.value}: uninstall one "
                "of the packages, or rename its entry point."
            )
        found[point.name] = point
    return found


@cache
def _imported(point: EntryPoint) -> Loader:
    module, _, attribute = point.value.partition(":")
    try:
        found = importlib.import_module(module)
        found = getattr(found, attribute) if attribute else found
    except (ImportError, AttributeError) as error:
        raise LoaderInvalid(
            f"Reader {point.name!r} ({point.value}) is not there: {error}"
        ) from error
    if not isinstance(found, Loader):
        lacking = [each for each in ("suffixes", "options", "load") if not hasattr(found, each)]
        raise LoaderInvalid(
            f"Reader {point.name!r} ({point.value}) lacks {', '.join(lacking)}: a reader has "
            "suffixes, options and load(path, *, rows=None, **options)."
        )
    return found
