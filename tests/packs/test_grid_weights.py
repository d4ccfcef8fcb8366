"""A pack's territories are laid on a grid once, and the weights are found again."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from workbench.compute.grids import Grid
from workbench.core.errors import GridMismatch, LevelUnknown
from workbench.packs.grid_weights import grid_weights, weights_folder

from .drawn_country import write_drawn_country

pytest.importorskip("numba")


def cells(*values, lat=(1.5, 0.5), lon=(0.5, 1.5, 2.5)):
    return xr.DataArray(np.reshape(values, (2, 3)), coords=[("lat", [*lat]), ("lon", [*lon])])


PLAIN = cells(*[1.0] * 6)
GRID = Grid.of(PLAIN)


@pytest.fixture
def tiny(tmp_path):
    return write_drawn_country(tmp_path / "tiny")


def test_each_town_is_one_cell_and_one_that_is_not_drawn_is_none(tiny, tmp_path):
    weights = grid_weights(tiny, "town", GRID, folder=tmp_path)
    assert list(weights.codes) == ["A-001", "A-002", "A-003", "B-001", "B-002", "B-003"]
    assert weights.starts.tolist() == [0, 1, 2, 3, 4, 5, 5]
    assert weights.cells.tolist() == [3, 4, 5, 0, 1]
    assert weights.fraction.tolist() == [1] * 5
    assert weights.inside.tolist() == [1, 1, 1, 1, 1, 0]
    assert weights.vintage == 2023


def test_counties_are_made_of_their_towns(tiny, tmp_path):
    weights = grid_weights(tiny, "county", GRID, folder=tmp_path)
    assert list(weights.codes) == ["A", "B"]
    assert weights.cells.tolist() == [3, 4, 5, 0, 1]
    assert weights.finer.digest == grid_weights(tiny, "town", GRID, folder=tmp_path).digest


def test_weights_are_kept_and_found_again(tiny, tmp_path, monkeypatch):
    folder = tmp_path / "kept"
    made = grid_weights(tiny, "town", GRID, folder=folder)
    assert [path.stem for path in folder.iterdir()] == [made.digest]
    monkeypatch.setattr("workbench.packs.grid_weights.Weights.of", None)
    found = grid_weights(tiny, "town", GRID, folder=folder)
    for name in ("starts", "cells", "fraction", "weight", "area", "inside"):
        np.testing.assert_array_equal(getattr(found, name), getattr(made, name))
    assert (list(found.codes), found.digest) == (list(made.codes), made.digest)
    assert (found.tangled, found.vintage) == (made.tangled, made.vintage)


def test_another_grid_weighting_or_map_is_kept_apart(tiny, tmp_path):
    folder, people = tmp_path / "kept", cells(1, 2, 3, 4, 5, 6)
    moved = write_drawn_country(tmp_path / "moved", east=0.5)
    other = Grid.of(PLAIN.assign_coords(lat=[1.6, 0.6]))
    made = [
        grid_weights(tiny, "town", GRID, folder=folder),
        grid_weights(tiny, "town", other, folder=folder),
        grid_weights(tiny, "town", GRID, by=people, folder=folder),
        grid_weights(tiny, "town", GRID, by=2 * people, folder=folder),
        grid_weights(moved, "town", GRID, folder=folder),
    ]
    assert len({weights.digest for weights in made}) == len(made) == len(list(folder.iterdir()))


@pytest.mark.parametrize("content", [b"", b"PK nothing", "short", "beyond"])
def test_a_damaged_file_is_made_again(tiny, tmp_path, content):
    made = grid_weights(tiny, "town", GRID, folder=tmp_path)
    path = tmp_path / f"{made.digest}.npz"
    with np.load(path) as stored:
        arrays = dict(stored)
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "short":
        np.savez(path, **{**arrays, "cells": arrays["cells"][:-1]})
    else:
        np.savez(path, **{**arrays, "cells": arrays["cells"] + np.int32(6)})
    assert grid_weights(tiny, "town", GRID, folder=tmp_path).cells.tolist() == [3, 4, 5, 0, 1]
    with np.load(path) as stored:
        assert stored["cells"].tolist() == [3, 4, 5, 0, 1]


def test_a_folder_that_cannot_be_written_to_is_done_without(tiny, tmp_path):
    (tmp_path / "file").write_text("")
    weights = grid_weights(tiny, "town", GRID, folder=tmp_path / "file" / "kept")
    assert weights.cells.tolist() == [3, 4, 5, 0, 1]


def test_the_oldest_go_when_there_are_too_many(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.packs.grid_weights._KEPT", 2)
    for move in range(4):
        grid = Grid.of(PLAIN.assign_coords(lat=[1.5 + move / 10, 0.5 + move / 10]))
        last = grid_weights(tiny, "town", grid, folder=tmp_path / "kept").digest
    stems = {path.stem for path in (tmp_path / "kept").iterdir()}
    assert len(stems) == 2
    assert last in stems


def test_the_folder_is_that_of_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    assert weights_folder() == tmp_path / "weights"


def test_what_cannot_be_laid_is_told(tiny, tmp_path):
    with pytest.raises(LevelUnknown, match="'village'"):
        grid_weights(tiny, "village", GRID, folder=tmp_path)
    with pytest.raises(GridMismatch, match="Weights have dims"):
        grid_weights(tiny, "town", GRID, by=PLAIN.rename(lon="x"), folder=tmp_path)
    far = Grid.of(PLAIN.assign_coords(lat=[61.5, 60.5]))
    with pytest.raises(GridMismatch, match="No territory lies on the grid"):
        grid_weights(tiny, "town", far, folder=tmp_path)
