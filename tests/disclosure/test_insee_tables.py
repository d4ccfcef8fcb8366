"""INSEE's own example tables: the same cells are secret, and none of them is found afterwards."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.disclosure.layout import lay_out
from workbench.disclosure.primary import Primary, Reason, Rule, primary
from workbench.disclosure.protect import protect
from workbench.disclosure.released import Sensitive, release
from workbench.disclosure.tables import Dimension
from workbench.packs.pack import open_pack

rdata = pytest.importorskip("rdata", reason="reads the tables of R")

RULE = Rule.declared("enterprises", open_pack("france").spec.secrecy["enterprises"])
LEGAL = Dimension.of(dict.fromkeys(("LL", "PA", "SP"), "Total"))
SIZE = Dimension.of(dict.fromkeys(("tr1", "tr2", "tr3"), "Total"))

Read = Callable[[str], pd.DataFrame]


@pytest.fixture(scope="module")
def insee(official_data: Path) -> Read:
    """Give what reads one of the tables that INSEE publishes with its own tools."""
    folder = official_data / "secret" / "data"
    if not folder.is_dir():
        pytest.skip("INSEE's example tables are not on this machine")

    def read(name: str) -> pd.DataFrame:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (frame,) = rdata.read_rda(folder / f"{name}.rda").values()
        return frame.reset_index(drop=True)

    return read


def found(frame: pd.DataFrame, total: str, count: str, largest: str) -> Primary:
    values, counts, top = (frame[name].to_numpy(float) for name in (total, count, largest))

    return primary(values, RULE, counts=counts, largest=top)


@pytest.mark.parametrize(("name", "secret"), [("datatest1", 114), ("datatest2", 1332)])
def test_the_same_cells_are_secret(insee: Read, name: str, secret: int) -> None:
    """By frequency and by dominance, cell by cell, as INSEE's tables flag them."""
    frame = insee(name)
    reasons = found(frame, "pizzas_tot", "nb_obs", "pizzas_max").reasons
    few, dominated = ((reasons & reason) > 0 for reason in (Reason.FREQUENCY, Reason.DOMINANCE))
    assert frame["is_secret_prim"].sum() == secret
    assert np.array_equal(few, frame["is_secret_freq"].to_numpy(bool))
    assert np.array_equal(dominated, frame["is_secret_dom"].to_numpy(bool))


def test_the_four_way_table_is_protected(insee: Read) -> None:
    """Size, legal form, activity and kind of distribution: 880 cells, those of no firm left out."""
    frame = insee("datatest1")
    frame = frame.assign(pizzas_tot=frame["pizzas_tot_abs"])
    keys = ("treff", "cj", "type_distrib", "A10")
    dimensions = {
        key: Dimension.of(dict.fromkeys(sorted(set(frame[key]) - {"Total"}), "Total"))
        for key in keys
    }
    layout = lay_out(frame, ["pizzas_tot"], dimensions)
    values = added_up(layout.table.shape, layout.read("pizzas_tot"), dimensions)
    counts, largest = layout.read("nb_obs"), layout.read("pizzas_max")
    sensitive = primary(values, RULE, counts=counts, largest=np.minimum(largest, values))
    done = protect(layout.table, values, sensitive)
    assert not done.under.any()
    assert done.suppression.hidden[sensitive.sensitive].all()


def added_up(shape: tuple[int, ...], values: np.ndarray, dimensions: dict) -> np.ndarray:
    """Make totals anew from the finest cells: one total of the file is negative."""
    cells = values.reshape(shape).copy()
    for axis, dimension in enumerate(dimensions.values()):
        ((total, parts),) = dimension.sums
        moved = np.moveaxis(cells, axis, 0)
        moved[dimension.numbers[total]] = moved[[dimension.numbers[part] for part in parts]].sum(0)
    return cells.ravel()


def activities(insee: Read, there: set[str]) -> Dimension:
    """Nest activities: 10 classes, 21 sections, 88 divisions, those that the table has."""
    tree = {}
    for line in insee("activity_corr_table").astype(str).itertuples(index=False):
        above = "Total"
        for code in line:
            if code in there:
                if code != above:
                    tree.setdefault(code, above)
                above = code
    return Dimension.of(tree)


def regions(insee: Read, there: set[str]) -> Dimension:
    """Nest NUTS 3 in NUTS 2."""
    pairs = insee("nuts23_fr_corr_table").astype(str)
    tree = {row.NUTS2: "Total" for row in pairs.itertuples() if row.NUTS2 in there}
    tree |= {row.NUTS3: row.NUTS2 for row in pairs.itertuples() if row.NUTS3 in there}
    return Dimension.of(tree)


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("turnover_act_size", "ACTIVITY", "SIZE"),
        ("turnover_act_cj", "ACTIVITY", "CJ"),
        ("turnover_nuts_size", "NUTS", "SIZE"),
        ("turnover_nuts_cj", "NUTS", "CJ"),
    ],
)
def test_tables_of_turnover_are_released(insee: Read, name: str, first: str, second: str) -> None:
    """By nested activities or regions, and by size or legal form."""
    frame = insee(name)
    frame[[first, second]] = frame[[first, second]].astype(str)
    names = set(frame[first])
    nested = activities(insee, names) if first == "ACTIVITY" else regions(insee, names)
    rule = Sensitive(RULE, counts="N_OBS", largest="MAX")
    done = release(
        frame,
        {"TOT": rule},
        dimensions={first: nested, second: SIZE if second == "SIZE" else LEGAL},
    )
    sensitive = found(frame, "TOT", "N_OBS", "MAX").sensitive
    assert done.report.primary == sensitive.sum()
    assert done.data["TOT"].isna().to_numpy()[sensitive].all()
    assert done.report.audit == "passed"
