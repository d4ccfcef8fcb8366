"""Assemble the legal population of each commune on its own map, and prove every total.

Legal populations (*population municipale*, INSEE) come with two independent witnesses: the
communes' table of each edition, whose README gives INSEE's publication, and the members of
each EPCI, a year later, from DGCL. The second corrects the first for communes merged between
the two maps. What is written was checked equal to INSEE's published national total.

Mayotte keeps the count of its 2017 census in every year (next to come: 2026), so it has a
population but no change.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.core.errors import PackInvalid
from workbench.packs.france.build.inputs import Inputs
from workbench.packs.france.build.maps import CommuneMap

__all__ = ["MAYOTTE", "PUBLISHED", "district_populations", "populations"]

# France without Mayotte and the overseas collectivities, population municipale.
# INSEE, "Populations légales", statistiques 3677855, 6011070, 6683035, 7739582, 8290591, 8680726.
PUBLISHED = {
    2016: 66_361_658,
    2019: 66_988_403,
    2020: 67_162_154,
    2021: 67_408_052,
    2022: 67_760_573,
    2023: 68_094_280,
}

MAYOTTE = "976"
# INSEE, census of 2017, statistiques 3291775.
MAYOTTE_2017 = 256_518

# Map, period, edition of the communes' table, edition of the EPCI members that correct it.
_SERIES = (
    (2019, 2016, "0.4.0", None),
    (2021, 2019, "1.1.1", None),
    (2022, 2020, "2.3.1", None),
    (2023, 2020, "2.3.1", "3.1.1"),
    (2024, 2021, "4.0.0", "4.1.0"),
    (2024, 2022, "4.1.0", None),
    (2025, 2022, "4.1.0", "5.3.0"),
    (2025, 2023, "5.3.0", None),
    (2026, 2023, "6.0.0", None),
)


def populations(inputs: Inputs, maps: dict[int, CommuneMap]) -> pd.DataFrame:
    """Give the legal population of every commune, by map and period.

    Returns
    -------
    DataFrame
        Columns map, code, period, persons (nullable integer).

    Raises
    ------
    PackInvalid
        When a total differs from the published one, or an EPCI's sum from DGCL's.
    """
    parts = []
    for year, period, edition, correction in _SERIES:
        codes = maps[year].communes.index
        counted = _communes_table(inputs, edition)
        if correction is not None:
            counted.update(_members_table(inputs, correction))
        persons = pd.Series(counted).reindex(codes).astype("Int64")
        _fill_mayotte(persons, inputs)
        _check_total(persons, maps[year], period)
        if year == 2019:
            _check_epci(persons, maps[year], inputs.edition("0.7.0", "epci"))
        parts.append(
            pd.DataFrame({"map": year, "code": codes, "period": period, "persons": persons.array})
        )
    return pd.concat(parts, ignore_index=True)


def district_populations(inputs: Inputs) -> pd.DataFrame:
    """Give the legal population of each municipal arrondissement (code × period)."""
    editions = {2016: "0.4.0", 2019: "1.1.1", 2020: "2.3.1", 2021: "4.0.0"}
    editions |= {2022: "4.1.0", 2023: "6.0.0"}
    return pd.DataFrame(
        {
            period: {
                row["code"]: row["population"]
                for row in inputs.edition(edition, "communes")
                if row["type"] == "arrondissement-municipal"
            }
            for period, edition in editions.items()
        }
    )


def _communes_table(inputs: Inputs, edition: str) -> dict[str, int]:
    """Read the communes' population; the six villages destroyed in 1916 count no one."""
    rows = [r for r in inputs.edition(edition, "communes") if r["type"] == "commune-actuelle"]
    table = {r["code"]: r["population"] for r in rows if r.get("population") is not None}
    return table | dict.fromkeys(_DESTROYED_VILLAGES, 0)


# Beaumont, Bezonvaux, Cumières, Fleury, Haumont, Louvemont (Meuse): communes without inhabitants.
_DESTROYED_VILLAGES = ("55039", "55050", "55139", "55189", "55239", "55307")


def _members_table(inputs: Inputs, edition: str) -> dict[str, int]:
    return {
        member["code"]: member["populationMunicipale"]
        for group in inputs.edition(edition, "epci")
        for member in group["membres"]
    }


def _fill_mayotte(persons: pd.Series, inputs: Inputs) -> None:
    mayotte = persons.index.str.startswith(MAYOTTE) & persons.isna()
    census = _communes_table(inputs, "1.1.1")
    persons[mayotte] = [census[code] for code in persons.index[mayotte]]


def _check_total(persons: pd.Series, commune_map: CommuneMap, period: int) -> None:
    departement = commune_map.communes["departement"]
    counted = persons[departement != ""]
    if counted.isna().any():
        absent = ", ".join(counted[counted.isna()].index[:10])
        raise PackInvalid(f"map {commune_map.year}, period {period}: no population for {absent}")
    total = int(counted[departement != MAYOTTE].sum())
    mayotte = int(persons[departement == MAYOTTE].sum())
    if (total, mayotte) != (PUBLISHED[period], MAYOTTE_2017):
        raise PackInvalid(
            f"map {commune_map.year}, period {period}: {total} and {mayotte} in Mayotte, "
            f"published {PUBLISHED[period]} and {MAYOTTE_2017}"
        )


def _check_epci(persons: pd.Series, commune_map: CommuneMap, groups: list[dict[str, Any]]) -> None:
    found = persons.groupby(commune_map.communes["epci"]).sum()
    for group in groups:
        if found[group["code"]] != group["populationMunicipale"]:
            raise PackInvalid(f"EPCI {group['code']}: {found[group['code']]} in 2016, not DGCL's")
