"""Verify the figures of a pack: against published totals, and between levels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from workbench.core.types import Status
from workbench.packs.finding import Check, some
from workbench.packs.pack import Pack
from workbench.packs.tables import whole_table

__all__ = ["finer", "populations", "published"]

# What legal populations are called in every pack.
_POPULATION = "population"
_STEP = "Look for territories that the source counts and the table lacks, or counts twice."


def populations(pack: Pack) -> Check:
    """Sum the populations of each map and compare with the published national totals.

    Published totals leave out what the source keeps constant and what lies outside the country.
    """
    title = "populations add up to the published totals, on every map"
    known = pack.manifest.get("published_population", {}) if has_manifest(pack) else {}
    if not known:
        return Check(title, detail="the pack publishes no total")
    problems, years = [], set()
    for vintage in pack.spec.vintages:
        for year, total in _totals(Pack(pack.folder, vintage)):
            years.add(year)
            expected = known.get(str(year))
            if total != expected:
                problems.append(f"map of {vintage}, {year}: {total}, published {expected}")
    problems += [f"{year}: no map has it" for year in known if int(year) not in years]
    detail = f"{len(years)} years, {len(pack.spec.vintages)} maps"
    return Check(title, some(problems), detail, _STEP)


def has_manifest(pack: Pack) -> bool:
    """Tell whether the build wrote what its tables are."""
    return (pack.folder / "data" / "manifest.json").exists()


def _totals(pack: Pack) -> Iterator[tuple[int, int]]:
    base = pack.spec.base_level
    if not pack.has_variable(_POPULATION, base):
        return
    frame = pack.frame(base)
    counted = (frame[pack.spec.country_level] != "").to_numpy()
    for rule in pack.spec.constant:
        if rule["variable"] == _POPULATION:
            counted = counted & (frame[rule["level"]] != rule["code"]).to_numpy()
    persons = pack.variable(_POPULATION, base).compute(scheduler="synchronous")
    for period in persons["period"].to_numpy():
        values = persons.sel(period=period).to_numpy()[counted]
        # Territories split since keep fractions, whose sum is whole but for rounding.
        yield int(period), int(np.round(np.nansum(values)))


def published(pack: Pack) -> Check:
    """Compare the table ``totals`` (level, code, variable@period, value) with sums of the base."""
    title = "sums are the totals published by level"
    path = pack.folder / "data" / "totals.parquet"
    if not path.exists():
        return Check(title, detail="the pack has no table of totals")
    table = whole_table(path)
    problems = []
    for (level, column), rows in table.groupby(["level", "variable"], sort=False):
        name, _, period = str(column).partition("@")
        if level not in pack.spec.levels or not pack.has_variable(name, pack.spec.base_level):
            problems.append(f"totals: no {name} by {pack.spec.base_level} sums to a {level}")
            continue
        sums = _sums(pack, name, int(period or 0), str(level))
        for code, value in rows[["code", "value"]].itertuples(index=False):
            found = sums.get(code, np.nan)
            if not abs(found - value) < 0.5:
                problems.append(f"{level} {code}, {column}: {found:.0f}, published {value:.0f}")
    return Check(title, some(problems), f"{len(table):,} totals", _STEP)


def _sums(pack: Pack, name: str, period: int, level: str) -> pd.Series:
    """Sum one period of a variable over the parts of each territory of a level."""
    counted = pack.variable(name, pack.spec.base_level).compute(scheduler="synchronous")
    if period not in counted["period"].to_numpy():
        return pd.Series(dtype=float)
    values = pd.Series(counted.sel(period=period).to_numpy())
    members = pack.membership(level)
    sums = values[members >= 0].groupby(members[members >= 0]).sum(min_count=1)
    return sums.set_axis(pack.frame(level).index[sums.index])


def finer(pack: Pack) -> Check:
    """Sum what is counted below the base level, and compare with what the base level counts.

    Each part may be rounded, so that a sum may be half a unit a part away. A territory of which
    only some parts are counted is left out, and one whose figure is apportioned or estimated.
    """
    title = "finer levels add up to the base level"
    base, problems, compared = pack.spec.base_level, list[str](), 0
    for level in pack.territories.levels:
        if pack.level(level).role != "finest" or base not in pack.frame(level).columns:
            continue
        for name in pack.spec.variables:
            if not (pack.has_variable(name, level) and pack.has_variable(name, base)):
                continue
            below = pack.variable(name, level).compute(scheduler="synchronous")
            above = pack.variable(name, base).compute(scheduler="synchronous")
            status = pack.status(name, base).compute(scheduler="synchronous")
            shared = set(below["period"].to_numpy()) & set(above["period"].to_numpy())
            for period in sorted(int(each) for each in shared):
                whole = pd.Series(above.sel(period=period).to_numpy(), pack.frame(base).index)
                exact = status.sel(period=period).to_numpy() == Status.OBSERVED
                parts = pd.Series(below.sel(period=period).to_numpy()).groupby(
                    pack.frame(level)[base].to_numpy()
                )
                sums = parts.sum()[parts.count() == parts.size()]
                gap = (sums - whole[exact].reindex(sums.index)).dropna()
                wrong = gap[gap.abs() > 0.5 * parts.size().reindex(gap.index) + 1e-6]
                compared += len(gap)
                problems += [
                    f"{base} {code}, {name}@{period}: {sums[code]:g} over its {level}, and "
                    f"{whole[code]:g} of its own"
                    for code in wrong.index
                ]
    return Check(title, some(problems), f"{compared:,} sums", _STEP)
