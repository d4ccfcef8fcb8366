"""Note what a computation reads, so that a later run redoes only what read something changed.

Readers of packs, indicators and files call :func:`note`; it costs nothing unless someone
listens with :func:`listening`. An item is a tuple of texts, its kind first::

    ("indicator", "commune", "share_65_plus")   one indicator at one level
    ("variable", "commune", "population")       a column of a pack's table
    ("boundaries", "commune", "coarse")         shapes of a level
    ("table", "former")                         a whole table of the pack
    ("source", "insee_rp_iris")                 what the pack says of a source
    ("file", "/data/counts.csv")                a file that the template itself opens
    ("grid", "/data/days.zarr")                 a daily grid, made into figures beforehand

What every report reads is not noted: ("map",), ("words",) and ("catalogue",).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

__all__ = [
    "Figure",
    "Item",
    "Reads",
    "listening",
    "note",
    "note_figure",
    "reads",
    "silently",
    "told",
]

Item = tuple[str, ...]
# A value as its shortest exact text (empty when there is none), and its status.
Figure = tuple[str, str]


@dataclass(slots=True)
class Reads:
    """Gather what was read, and the figures told of the territory of a report.

    Parameters
    ----------
    items : set of tuple of str
    figures : dict of str to (value, status)
        By indicator and period: ``"population@2023"``.
    """

    items: set[Item] = field(default_factory=set)
    figures: dict[str, Figure] = field(default_factory=dict)


_heard: Reads | None = None

_TOLD = {
    "indicator": "declaration of {1}",
    "variable": "variable {1} ({0})",
    "boundaries": "{1} boundaries ({0})",
    "table": "table {0}",
    "source": "source {0}",
    "file": "file {0}",
    "grid": "grid {0}",
    "map": "table of territories",
    "words": "what the pack says (words, levels, frames)",
    "catalogue": "themes and list of indicators",
}


def told(item: Item) -> str:
    """Say an item in plain words.

    Examples
    --------
    >>> told(("variable", "commune", "population"))
    'variable population (commune)'
    """
    kind, *names = item
    return _TOLD.get(kind, kind).format(*names)


def note(kind: str, *names: str) -> None:
    """Note that something is read.

    Examples
    --------
    >>> with listening() as heard:
    ...     note("table", "former")
    >>> heard.items
    {('table', 'former')}
    """
    if _heard is not None:
        _heard.items.add((kind, *names))


def note_figure(name: str, value: float, status: str) -> None:
    """Note a figure that a report tells of its territory; NaN is written as no value."""
    if _heard is not None:
        _heard.figures[name] = ("" if value != value else repr(value), status)


def reads(path: str | os.PathLike[str]) -> str:
    """Note a file that a library opens without Python, and return its path.

    Files opened by Python itself are noted without this.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    str

    Examples
    --------
    >>> with listening() as heard:
    ...     path = reads("counts.nc")  # xr.open_dataset(wb.reads("counts.nc"))
    >>> [os.path.basename(name) for _, name in heard.items]
    ['counts.nc']
    """
    note("file", os.path.abspath(path))
    return os.fspath(path)


@contextmanager
def listening(*, files: bool = False) -> Iterator[Reads]:
    """Gather what is noted inside the block, and outside of it nothing.

    Parameters
    ----------
    files : bool
        Also note each file that Python opens to read, but those of Python and its packages.
    """
    global _heard
    if files:
        _hear_files()
    before, _heard = _heard, Reads()
    try:
        yield _heard
    finally:
        _heard = before


@contextmanager
def silently() -> Iterator[None]:
    """Note nothing inside the block: what is computed once for all is not read by all."""
    global _heard
    before, _heard = _heard, None
    try:
        yield
    finally:
        _heard = before


@cache
def _hear_files() -> None:
    """Ask Python to tell of each file it opens; it cannot be asked to stop, hence the cache."""
    # Packages and Python itself are named by their versions, devices hold no data.
    own = (sys.prefix, sys.base_prefix, os.path.dirname(os.path.dirname(__file__)))
    apart = (*(f"{folder}{os.sep}" for folder in own), "/proc/", "/sys/", "/dev/")

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event != "open" or _heard is None:
            return
        path, mode, flags = (*arguments, None, None)[:3]
        if not isinstance(path, str) or _writes(mode, flags):
            return
        full = os.path.abspath(path)
        if not full.startswith(apart):
            note("file", full)

    sys.addaudithook(hear)


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return not mode.startswith("r") or "+" in mode
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
