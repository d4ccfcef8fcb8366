"""A pack with figures that are not its own: one more theme, read as the others are.

Catalogue, profiles, ranks, sentences and tables find the figures of a supplement as they find
those of the pack. A pack without one is not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.core.types import Status
from workbench.indicators.indicator import Indicator, Theme
from workbench.indicators.registry import Registry
from workbench.packs.pack import Pack
from workbench.packs.spec import Source, VariableSpec

__all__ = ["Supplement", "supplied"]

Arrays = tuple[tuple[int, ...], NDArray[np.float64], NDArray[np.int8]]


@dataclass(frozen=True, eq=False)
class Supplement:
    """Hold the figures of one theme, by level.

    Parameters
    ----------
    pack : Pack
        What they are added to.
    theme : Theme
    indicators : mapping of str to Indicator
    variable : VariableSpec
        What they rest on, which names the source and the caveats.
    source : Source
    caveats : mapping of str to mapping of str to str
        By identifier, then language.
    cube : callable
        Gives the figures of a level (territory, period), each variable with its
        ``<name>_status``; None for a level that has none.
    simulated : bool
        They describe no place, and every heading, caption and label says so.
    """

    pack: Pack
    theme: Theme
    indicators: Mapping[str, Indicator]
    variable: VariableSpec
    source: Source
    caveats: Mapping[str, Mapping[str, str]]
    cube: Callable[[str], xr.Dataset | None]
    simulated: bool = False

    def onto(self, known: Registry) -> Registry:
        """Return a catalogue with this theme last."""
        last = max(known.orders.values(), default=0) + 1
        return Registry(
            (*known.themes, self.theme),
            {**known.by_id, **self.indicators},
            {**known.orders, self.theme.id: last},
        )

    def arrays(self, level: str, codes: pd.Index) -> dict[str, Arrays]:
        """Return the figures of a level: periods, values and status, in the order of the codes."""
        cube = self.cube(level)
        if cube is None:
            return {}
        periods = tuple(int(period) for period in cube["period"].values)
        places = pd.Index(cube["territory"].values).get_indexer(codes)
        found = {}
        for name in self.indicators:
            if name in cube:
                values = cube[name].to_numpy()[places].astype(np.float64)
                status = cube[f"{name}_status"].to_numpy()[places].astype(np.int8)
                values[places < 0], status[places < 0] = np.nan, Status.MISSING
                found[name] = (periods, values, status)
        return found


def supplied(supplement: Supplement) -> Pack:
    """Return the pack with a supplement; what the pack has read is shared by both.

    Parameters
    ----------
    supplement : Supplement
    """
    pack = supplement.pack
    _ = pack.territories  # read once for both
    made = Pack.__new__(Pack)
    made.__dict__.update(pack.__dict__)
    spec = pack.spec
    made.spec = replace(
        spec,
        sources={**spec.sources, supplement.source.id: supplement.source},
        variables={**spec.variables, supplement.variable.id: supplement.variable},
        caveats={**spec.caveats, **supplement.caveats},
    )
    made.supplement = supplement
    return made
