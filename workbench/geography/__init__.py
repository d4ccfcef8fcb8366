"""Codes, levels, boundaries and time of territories.

>>> from workbench import geography
>>> geography.open_atlas("france").vintage
2026
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.geography.atlas import Atlas, open_atlas
    from workbench.geography.code_check import check_codes
    from workbench.geography.conversion_report import ConversionReport, conversions
    from workbench.geography.converting import convert, convert_table
    from workbench.geography.series import constant_perimeter
    from workbench.geography.timeline import History, history
    from workbench.geography.transition import Transition
    from workbench.geography.vintage import guess_vintage

__all__ = [
    "Atlas",
    "ConversionReport",
    "History",
    "Transition",
    "check_codes",
    "constant_perimeter",
    "conversions",
    "convert",
    "convert_table",
    "guess_vintage",
    "history",
    "open_atlas",
]

# Where each name comes from: nothing is read before it is used. No module may bear one of these
# names: once imported, it would hide the function.
_HOMES = {
    "Atlas": "atlas",
    "ConversionReport": "conversion_report",
    "History": "timeline",
    "Transition": "transition",
    "check_codes": "code_check",
    "constant_perimeter": "series",
    "conversions": "conversion_report",
    "convert": "converting",
    "convert_table": "converting",
    "guess_vintage": "vintage",
    "history": "timeline",
    "open_atlas": "atlas",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench.geography' has no attribute {name!r}")
    return getattr(importlib.import_module(f"workbench.geography.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
