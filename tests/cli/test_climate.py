"""Climate figures are made on the command line; wrong questions are told."""

from __future__ import annotations

import pytest

from workbench.indicators.climate.kept import Kept
from workbench.indicators.climate.simulated import simulate


@pytest.fixture
def grid(tmp_path):
    """Write a small simulated grid of two years."""
    pytest.importorskip("xclim", reason="needs territorial-workbench[climate]")
    path = tmp_path / "days.nc"
    made = simulate((-5.5, 41.0, 10.0, 51.5), step=3.0, first=2001, last=2002)
    made.to_netcdf(path)
    return path


def test_figures_of_a_grid_are_written_and_told(workbench, grid, tmp_path):
    target = tmp_path / "climate.parquet"
    done = workbench("climate", grid, "--to", target, "-l", "region", "-l", "departement", "--json")
    assert done.code == 0
    assert done.json["levels"] == "region, departement"
    assert (done.json["years"], done.json["pack"]) == ("2001-2002", "france 2026")
    assert done.json["simulated"] == "true"
    cube = Kept.open(target).level("departement")
    assert cube["simulated_frost_days"].sizes == {"territory": 101, "period": 2}
    again = workbench("climate", grid, "--to", target)
    assert (again.code, again.out) == (2, "")
    assert "climate.parquet is there already" in again.err


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("days.nc",), "Give the file to write: --to climate.parquet"),
        (("x.nc", "--simulate", "-l", "region"), "leave the other options out"),
        (("none.nc", "--to", "{folder}/c.parquet"), "Nothing is at none.nc: expected a daily grid"),
        (("{grid}", "--to", "{folder}/c.parquet", "-l", "county"), "Level 'county' is not in pack"),
        (
            ("{grid}", "--to", "{folder}/c.parquet", "--scheduler", "x"),
            "No Dask scheduler answers at x",
        ),
    ],
)
def test_wrong_questions_are_told(workbench, grid, tmp_path, words, error):
    done = workbench("climate", *(word.format(folder=tmp_path, grid=grid) for word in words))
    assert done.code == 2
    assert error in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["days.nc"]
