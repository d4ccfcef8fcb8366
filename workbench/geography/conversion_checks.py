"""Refuse what cannot be converted, with what is wrong and what to do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from workbench.core.errors import (
    DeclarationError,
    LevelUnknown,
    TerritoryUnknown,
    UnknownName,
    VintageMismatch,
    nearest,
)
from workbench.geography.atlas import Atlas
from workbench.geography.event import Events
from workbench.geography.transition import Transition

__all__ = ["check_cube", "check_types", "refuse_unmatched", "vintage_of"]


def check_types(cube: object, *years: object) -> None:
    """Refuse what is no dataset, and years that are no numbers."""
    if not isinstance(cube, xr.Dataset):
        name = getattr(cube, "name", None) or "population"
        raise DeclarationError(
            f"What is converted is a Dataset, not a {type(cube).__name__}: make one of an array "
            f"with array.to_dataset(name={name!r}), use convert_table for a table."
        )
    for year in years:
        if year is not None and not isinstance(year, int | np.integer):
            raise VintageMismatch(
                f"The map of {year!r} is asked for: give the year as a number, as in to=2026."
            )


def vintage_of(cube: xr.Dataset, since: int | None) -> int:
    """Find the one map that a cube is on."""
    told = {each.attrs.get("vintage") for each in (cube, *cube.data_vars.values())} - {None}
    found = sorted({int(year) for year in told})
    if len(found) > 1:
        raise VintageMismatch(
            f"The variables of the cube are on the maps of {', '.join(map(str, found))}, which "
            "never mix: call geography.convert on those of each map, then put them together."
        )
    if not found and since is None:
        raise VintageMismatch(
            "The cube does not say the map that its codes are of: give its year to "
            "geography.convert as since= (geography.guess_vintage finds those that fit)."
        )
    if found and since not in (None, found[0]):
        raise VintageMismatch(
            f"The cube is on the map of {found[0]}, not of {since}: call geography.convert "
            "without since=, or correct the attribute vintage of the cube."
        )
    return found[0] if since is None else since


def check_cube(cube: xr.Dataset, atlas: Atlas) -> None:
    """Refuse what is not a cube of the atlas's base level, with each code once."""
    if "territory" not in cube.indexes:
        raise UnknownName(
            f"The cube has no coordinate 'territory' (it has {', '.join(map(str, cube.coords))}): "
            "rename that of the codes, cube.rename(...)."
        )
    level, pack = cube.attrs.get("level", atlas.base_level), cube.attrs.get("pack", atlas.name)
    if pack != atlas.name:
        raise VintageMismatch(
            f"The cube is of pack {pack}, its codes would be looked for in pack {atlas.name}: "
            f"call geography.convert(..., pack={pack!r})."
        )
    if level != atlas.base_level:
        raise LevelUnknown(
            f"The cube is at level {level}: events move territories of level {atlas.base_level}. "
            "Convert these, then roll them up."
        )
    codes = cube.indexes["territory"]
    odd = next((code for code in codes if not isinstance(code, str)), None)
    if odd is not None:
        raise TerritoryUnknown(
            f"Code {odd!r} is of type {type(odd).__name__}; a territory code is text: read the "
            "column as text, leading zeros are lost otherwise."
        )
    if codes.has_duplicates:
        raise TerritoryUnknown(
            f"Code {codes[codes.duplicated()][0]!r} is in several rows of the cube: a cube has "
            "one row a territory. Sum the rows, or make a dimension of what tells them apart."
        )


def refuse_unmatched(codes: pd.Index, moves: Transition, events: Events, year: int) -> None:
    """Refuse codes that go nowhere, and tell what became of the first ones."""
    unknown = codes[~codes.isin(moves.followed)]
    if unknown.empty:
        return
    told = "; ".join(_fate(str(code), events, year) for code in unknown[:3])
    raise TerritoryUnknown(
        f"{len(unknown)} of {len(codes)} codes cannot be converted from the map of {year}: {told}"
        f"{'…' if len(unknown) > 3 else ''}. Correct them or the year (geography.guess_vintage "
        'finds the maps that fit), or set them aside with unmatched="aside".'
    )


def _fate(code: str, events: Events, year: int) -> str:
    """Tell what became of a code that is not on a map, or when it came."""
    for event in sorted(events.of(code), key=lambda each: abs(each.date.year - year)):
        before = {m.before.code for m in event.moves if m.before and not m.before.status}
        after = {m.after.code for m in event.moves if m.after and not m.after.status}
        if code in before and code not in after:
            return f"{code!r} became {', '.join(sorted(after)) or 'nothing'} on {event.date}"
        if code in after and code not in before:
            return f"{code!r} began on {event.date}"
    return f"{code!r} was never a code ({nearest(code, map(str, events.codes))})"
