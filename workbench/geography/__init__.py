"""Codes, levels, boundaries and time of territories.

>>> from workbench import geography
>>> geography.open_atlas("france").vintage
2026
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.geography.annexation import growth, perimeter_series
    from workbench.geography.atlas import Atlas, open_atlas
    from workbench.geography.conversion_report import ConversionReport, conversions
    from workbench.geography.converting import convert, convert_table
    from workbench.geography.group_members import members
    from workbench.geography.series import constant_perimeter
    from workbench.geography.timeline import History, history
    from workbench.geography.transition import Transition
    from workbench.geography.zoning import Zoning
    from workbench.geography.zoning_reading import read_zoning

__all__ = [
    "Atlas",
    "ConversionReport",
    "History",
    "Transition",
    "Zoning",
    "constant_perimeter",
    "conversions",
    "convert",
    "convert_table",
    "growth",
    "history",
    "members",
    "open_atlas",
    "perimeter_series",
    "read_zoning",
]

# Where each name comes from: nothing is read before it is used. No module may bear one of these
# names: once imported, it would hide the function.
_HOMES = {
    "Atlas": "atlas",
    "ConversionReport": "conversion_report",
    "History": "timeline",
    "Transition": "transition",
    "Zoning": "zoning",
    "constant_perimeter": "series",
    "conversions": "conversion_report",
    "convert": "converting",
    "convert_table": "converting",
    "growth": "annexation",
    "members": "group_members",
    "history": "timeline",
    "open_atlas": "atlas",
    "perimeter_series": "annexation",
    "read_zoning": "zoning_reading",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench.geography' has no attribute {name!r}")
    return getattr(importlib.import_module(f"workbench.geography.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
