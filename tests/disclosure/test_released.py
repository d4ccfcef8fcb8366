"""Nothing is released that has not been checked, and what is hidden is nowhere in it."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xarray as xr

from workbench.core.errors import ColumnUnknown, DisclosureRefused, TablesDisagree, UnknownName
from workbench.core.types import Status
from workbench.disclosure.primary import Rule
from workbench.disclosure.released import Released, Sensitive, release, release_open
from workbench.disclosure.report import Report
from workbench.disclosure.tables import Dimension

PLACES = Dimension.of({"a": "all", "b": "all", "c": "all"})
FEW = Sensitive(Rule(source="a guide", minimum_frequency=3), counts="firms")
SALES = pd.DataFrame(
    {
        "place": ["all", "a", "b", "c"],
        "name": ["All", "Aa", "Bb", "Cc"],
        "sales": [60.0, 5.0, 25.0, 30.0],
        "firms": [12, 2, 4, 6],
    }
)


def released(data: pd.DataFrame = SALES, **options: object) -> Released:
    given = {"dimensions": {"place": PLACES}, "keep": ["name"], **options}
    return release(data, {"sales": FEW}, **given)  # type: ignore[arg-type]


def test_a_hidden_value_is_nowhere_in_the_data() -> None:
    """5 is sensitive, and 25 is hidden lest 60 − 30 − 25 tell it; the counts are left out."""
    done = released()
    assert list(done.data.columns) == ["place", "name", "sales", "sales_status"]
    assert done.data["sales"].dropna().tolist() == [60, 30]
    assert done.data["sales_status"].tolist() == [
        "observed",
        "suppressed",
        "suppressed",
        "observed",
    ]
    assert (done.report.primary, done.report.secondary) == (1, 1)
    assert done.report.variables[0].cost == pytest.approx(50)


def test_hidden_prints_as_s_with_its_reason() -> None:
    done = released()
    assert done.printed("sales", "fr").tolist() == ["60", "s", "s", "30"]
    assert done.reason("fr").startswith("secret statistique\u00a0: ")
    assert done.reason("en").startswith("statistical confidentiality: ")


def test_the_report_tells_rules_and_what_they_hide() -> None:
    told = released(vintage=2026).report.sentences("en")
    assert told[:3] == (
        "sales: no figure on fewer than 3 units.",
        "Source of the rule: a guide",
        "sales: of 4 cells, 1 are hidden for themselves and 1 lest sums give them away (50.0% of "
        "the value of the finest cells).",
    )
    assert "Columns that the rules used and that are not released: firms." in told
    assert told[-1] == "Map of territories of 2026."
    assert released().report.to_dict()["variables"][0]["rule"]["minimum_frequency"] == 3


def test_nobody_else_makes_one() -> None:
    with pytest.raises(DisclosureRefused, match=r"made by disclosure\.release"):
        Released(SALES, Report(), seal=object())
    with pytest.raises(TypeError, match="seal"):
        Released(SALES, Report())  # type: ignore[call-arg]
    done = released()
    with pytest.raises(AttributeError, match="cannot be changed"):
        done._data = SALES  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError, match="audit"):
        done.report.audit = "passed"  # type: ignore[misc]


def test_what_is_read_is_a_copy() -> None:
    """To write in it changes nothing for the next reader."""
    done = released()
    read = done.data
    read.loc[0, "sales"] = 0
    assert done.data["sales"].iloc[0] == 60


def test_a_column_that_nobody_spoke_for_is_refused() -> None:
    with pytest.raises(DisclosureRefused, match="whether name may be released"):
        released(keep=[])
    with pytest.raises(ColumnUnknown, match="'names' to keep; nearest: name"):
        released(keep=["names", "name"])
    with pytest.raises(DisclosureRefused, match="No rule is given"):
        release(SALES, {}, dimensions={"place": PLACES})


def test_totals_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(TablesDisagree, match="the first is 61, its parts make 60"):
        released(SALES.assign(sales=[61.0, 5.0, 25.0, 30.0]))
    with pytest.raises(TablesDisagree, match=r"same cell \(place a\): row 5 comes again"):
        released(pd.concat([SALES, SALES.iloc[[1]]]))
    with pytest.raises(TablesDisagree, match="sales: 1 cells have no number"):
        released(SALES.assign(sales=[60.0, np.nan, 25.0, 30.0]))


def test_a_position_out_of_the_trees_is_refused() -> None:
    with pytest.raises(UnknownName, match="place 'd' is not a position of its dimension"):
        released(SALES.assign(place=["all", "a", "b", "d"]))
    with pytest.raises(UnknownName, match="place 'c' has no cell in the data"):
        released(SALES.iloc[:3])


def test_a_cube_keeps_its_shape() -> None:
    """Each period is a table of its own: nothing adds them up."""
    cube = xr.Dataset(
        {
            "sales": (("period", "territory"), [[5.0, 60.0, 25.0, 30.0], [9.0, 70.0, 30.0, 31.0]]),
            "firms": (("period", "territory"), [[2, 12, 4, 6], [4, 14, 4, 6]]),
        },
        {"territory": ["a", "all", "b", "c"], "period": [2020, 2021]},
        {"vintage": 2026},
    )
    done = release(cube, {"sales": FEW}, dimensions={"territory": PLACES})
    status = done.data["sales_status"]
    assert status.dims == ("period", "territory")
    assert status.to_numpy().tolist() == [[Status.SUPPRESSED, 0, Status.SUPPRESSED, 0], [0] * 4]
    assert done.data["sales"].sel(period=2021).to_numpy().tolist() == [9, 70, 30, 31]
    assert done.report.vintage == 2026
    with pytest.raises(UnknownName, match="no dimension 'place'"):
        release(cube, {"sales": FEW}, dimensions={"place": PLACES})


def test_open_data_says_so() -> None:
    table = pa.table({"code": ["01001"], "people": [771]})
    done = release_open(table)
    assert not done.sensitive
    assert done.report.sentences("fr")[0].startswith("Aucune règle de secret")
    assert copy.copy(done.data).equals(table.to_pandas())
    with pytest.raises(DisclosureRefused, match="A list cannot be released"):
        release_open([1])  # type: ignore[arg-type]
