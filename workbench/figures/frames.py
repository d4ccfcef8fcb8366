"""Where the parts of a map go: the main frame, its legend's column, the insets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.core.errors import FigureError, nearest
from workbench.figures.svg import SMALL, WIDTH
from workbench.figures.text import line_height

__all__ = ["Extent", "Frames", "Inset", "Layout", "Placement"]

_GUTTER = 18.0
_INSET = 74.0  # height of the drawing in an inset
_PAD = 4.0


@dataclass(frozen=True, slots=True)
class Inset:
    """Name a frame drawn apart, at its own scale.

    Parameters
    ----------
    frame : str
        What the areas of this frame carry.
    label : str
        Printed above it.
    """

    frame: str
    label: str


@dataclass(frozen=True, slots=True)
class Extent:
    """Bound a frame's areas, in projected kilometres, x east and y north."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Placement:
    """Give a frame its box in the view box, and its scale.

    A point at (x, y) km is drawn at ``(left + scale * x, foot - scale * y)``.
    """

    frame: str
    label: str
    x: float
    y: float
    width: float
    height: float
    scale: float
    left: float
    foot: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold the placements, the column of the legend and the height of the whole."""

    placements: tuple[Placement, ...]
    column: float
    height: float


@dataclass(frozen=True, slots=True)
class Frames:
    """Declare the main frame of a map and its insets.

    Examples
    --------
    >>> frames = Frames("main", (Inset("974", "La Réunion"),))
    >>> layout = frames.place({"main": Extent(0, 0, 1000, 1000), "974": Extent(0, 0, 60, 60)},
    ...                       column=190, legend=150)
    >>> [p.frame for p in layout.placements]
    ['main', '974']
    """

    main: str = "main"
    insets: tuple[Inset, ...] = ()
    tallest: float = 560.0

    def place(self, extents: Mapping[str, Extent], *, column: float, legend: float) -> Layout:
        """Fit each frame in its box; insets that hold no area are left out.

        Parameters
        ----------
        extents : mapping of str to Extent
            By frame.
        column : float
            Width of the right-hand column, legend on top and insets under it.
        legend : float
            Height of the legend.

        Returns
        -------
        Layout

        Raises
        ------
        FigureError
            When an area carries a frame that is not declared, or none the main frame.
        """
        declared = [self.main, *(inset.frame for inset in self.insets)]
        for frame in extents:
            if frame not in declared:
                message = (
                    f"frame {frame!r} is not declared on this map; {nearest(frame, declared)}."
                )
                raise FigureError(message)
        if self.main not in extents:
            message = (
                f"no area is in the main frame {self.main!r}: expected at least one. "
                f"Frames given: {', '.join(sorted(extents)) or 'none'}."
            )
            raise FigureError(message)
        insets = [inset for inset in self.insets if inset.frame in extents]
        width = WIDTH - column - _GUTTER
        extent = extents[self.main]
        wide, tall = _size(extent)
        height = min(max(width * tall / wide, 200.0), self.tallest)
        across = min(len(insets), 2) or 1
        cell = (column - 8 * (across - 1)) / across - 1
        each = line_height(SMALL) + _INSET + 8
        rows = math.ceil(len(insets) / across)
        height = max(height, legend + (16 + rows * each if insets else 0))
        placed = [_fit(self.main, "", extent, 0, 0, width, height)]
        # Insets stand at the foot of the column: the legend keeps its place from map to map.
        top = height - rows * each + line_height(SMALL)
        for i, inset in enumerate(insets):
            x = width + _GUTTER + (i % across) * (cell + 8)
            y = top + (i // across) * each
            placed.append(_fit(inset.frame, inset.label, extents[inset.frame], x, y, cell, _INSET))
        return Layout(tuple(placed), width + _GUTTER, height)


def _size(extent: Extent) -> tuple[float, float]:
    """Return the width and height of an extent; a point has the size of a village."""
    return max(extent.east - extent.west, 0.1), max(extent.north - extent.south, 0.1)


def _fit(
    frame: str, label: str, extent: Extent, x: float, y: float, width: float, height: float
) -> Placement:
    wide, tall = _size(extent)
    scale = min((width - 2 * _PAD) / wide, (height - 2 * _PAD) / tall)
    east, north = (extent.west + extent.east) / 2, (extent.south + extent.north) / 2
    return Placement(
        frame,
        label,
        x,
        y,
        width,
        height,
        scale,
        x + width / 2 - scale * east,
        y + height / 2 + scale * north,
    )
