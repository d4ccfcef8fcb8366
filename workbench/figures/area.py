"""The areas of a map, the links they may carry, and the classes they fall in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import FigureError, LinkRefused
from workbench.core.types import Quantity

__all__ = ["Area", "Outline", "check_breaks", "check_link", "quantile_breaks"]

_SCHEME = re.compile(r"[^/?#]*:")
_STRANGE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\]")


def check_link(link: str) -> str:
    """Return a link if it stays within the report.

    Raises
    ------
    LinkRefused
        When it names a scheme or a host, or holds blanks, control characters or backslashes,
        which browsers may drop and so uncover a scheme.

    Examples
    --------
    >>> check_link("../59/index.html#top")
    '../59/index.html#top'
    """
    if link and not _SCHEME.match(link) and not link.startswith("//") and not _STRANGE.search(link):
        return link
    message = (
        f"link {link!r} is refused: expected a relative address such as 'region/11.html' or "
        "a '#fragment'. Percent-encode blanks; give None for no link."
    )
    raise LinkRefused(message)


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """One territory of a map.

    Parameters
    ----------
    code, name : str
    rings : tuple of ndarray (point, 2)
        Outer rings and holes, projected kilometres, x east and y north, equal-area or nearly.
    value : Quantity
    frame : str
        The frame in which it is drawn.
    link : str or None
        Relative address or fragment.
    """

    code: str
    name: str
    rings: tuple[NDArray[np.float64], ...]
    value: Quantity
    frame: str = "main"
    link: str | None = None

    def __post_init__(self) -> None:
        _check_rings(self.rings, f"area {self.code!r} ({self.name})")
        if self.link is not None:
            check_link(self.link)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Heavier borders drawn over the areas (régions over départements)."""

    rings: tuple[NDArray[np.float64], ...]
    frame: str = "main"

    def __post_init__(self) -> None:
        _check_rings(self.rings, "an outline")


def _check_rings(rings: Sequence[NDArray[np.float64]], what: str) -> None:
    shapes = [ring.shape for ring in rings]
    if not rings or any(len(shape) != 2 or shape[1] != 2 or shape[0] < 3 for shape in shapes):
        message = (
            f"{what} has rings of shapes {shapes}: expected at least one, each of three points or "
            "more and two columns, x and y in kilometres. Leave out areas without boundaries."
        )
        raise FigureError(message)


def quantile_breaks(
    values: NDArray[np.float64], *, classes: int = 5, decimals: int | None = None
) -> tuple[float, ...]:
    """Choose breaks that put about as many values in each class.

    Parameters
    ----------
    values : ndarray
        Known values, in any order.
    classes : int
        Wanted; fewer when values repeat.
    decimals : int or None
        Round the breaks to what the legend prints, so that it tells the truth.

    Returns
    -------
    tuple of float
        Increasing, inside the values; a class is ``low <= value < high``.

    Examples
    --------
    >>> quantile_breaks(np.array([1.0, 2.0, 3.0, 4.0]), classes=2)
    (2.5,)
    >>> quantile_breaks(np.array([0.0, 0.0, 0.0, 7.0]), classes=4)
    (1.75,)
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return ()
    breaks = np.quantile(known, np.arange(1, classes) / classes)
    if decimals is not None:
        breaks = np.round(breaks, decimals)
    lowest, highest = known.min(), known.max()
    return tuple(float(b) for b in np.unique(breaks) if lowest < b <= highest)


def check_breaks(breaks: Sequence[float], key: str) -> tuple[float, ...]:
    """Return breaks if they are finite, increasing and at most six."""
    found = tuple(float(b) for b in breaks)
    if len(found) <= 6 and all(np.isfinite(found)) and list(found) == sorted(set(found)):
        return found
    message = (
        f"map {key!r} was given the breaks {found}: expected at most six finite values, each "
        "above the one before. Use quantile_breaks(values, classes=5)."
    )
    raise FigureError(message)
