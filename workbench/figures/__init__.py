"""Figures as accessible inline SVG: pure functions of labelled values.

Each function returns a frozen `Figure` (drawing, title, text alternative, caption and the
same numbers as rows), which a page includes with ``figure.html()`` and a notebook shows.
"""

from workbench.core.errors import FigureError, LinkRefused
from workbench.figures.area import Area, Outline, quantile_breaks
from workbench.figures.bands import bands
from workbench.figures.bars import bars
from workbench.figures.choropleth import choropleth
from workbench.figures.figure import Figure, TableFigure, stylesheet
from workbench.figures.frames import Frames, Inset
from workbench.figures.line import line
from workbench.figures.marks import Mark, Profile, Role, Series, indexed
from workbench.figures.sparkline import mini_strip, sparkline
from workbench.figures.strip import strip
from workbench.figures.table import Columns, Row, table
from workbench.figures.wording import Wording

__all__ = [
    "Area",
    "Columns",
    "Figure",
    "FigureError",
    "Frames",
    "Inset",
    "LinkRefused",
    "Mark",
    "Outline",
    "Profile",
    "Role",
    "Row",
    "Series",
    "TableFigure",
    "Wording",
    "bands",
    "bars",
    "choropleth",
    "indexed",
    "line",
    "mini_strip",
    "quantile_breaks",
    "sparkline",
    "strip",
    "stylesheet",
    "table",
]
