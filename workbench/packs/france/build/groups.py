"""List the names that EPCI and EPT bore, map after map."""

from __future__ import annotations

import pandas as pd

from workbench.packs.france.build.inputs import Inputs
from workbench.packs.france.build.maps import EDITIONS, group_edition
from workbench.packs.france.build.states import unchanging

__all__ = ["group_history"]


def group_history(inputs: Inputs) -> pd.DataFrame:
    """List every state of every EPCI and EPT over the maps: one row while nothing changes.

    Returns
    -------
    DataFrame
        level, code, name, type, first, last (map years, both included).
    """
    states = pd.DataFrame(
        [
            (level, row["code"], row["nom"], row["type"], year)
            for level in ("epci", "ept")
            for year in EDITIONS
            for row in inputs.edition(group_edition(level, year), level)
        ],
        columns=["level", "code", "name", "type", "year"],
    )
    return unchanging(states, ["level", "code"], sorted(EDITIONS))
