"""Zonal statistics: facts on four cells, then laws on how a cube is cut and who computes."""

from __future__ import annotations

import dask
import dask.array as da
import numpy as np
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.compute.weights import Weights
from workbench.compute.zonal import HOWS, Zonal, zonal
from workbench.core.errors import GridMismatch
from workbench.core.types import Status

BOX = shapely.box
OK, A, AP, E, S, M, NA = (int(status) for status in Status)
nan = float("nan")


def four(*values: float) -> xr.DataArray:
    """Give the cells of a 2 × 2 grid in metres, all of 1 km²."""
    coords = {"y": [1500.0, 500.0], "x": [500.0, 1500.0]}
    return xr.DataArray(np.reshape(values, (2, 2)), dims=("y", "x"), coords=coords)


# Over cells 2 (a quarter) and 3 (a half).
SHAPE = {"01001": BOX(500, 0, 2000, 500)}


def one(how: str, *values: float, **options: object) -> tuple[float, int, float, float]:
    cube = four(*values)
    found = zonal(cube, Weights.of(SHAPE, cube), how, **options)
    return tuple(
        array.item() for array in (found.values, found.status, found.valid, found.denominator)
    )


# --- Facts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "options", "expected"),
    [
        ("mean", {}, (28, A, 1, 0.75)),
        ("sum", {}, (0.25 * 24 + 0.5 * 30, AP, 1, 0.75)),
        ("min", {}, (24, A, 1, 0.75)),
        ("max", {}, (30, A, 1, 0.75)),
        ("std", {}, (np.sqrt((0.25 * 16 + 0.5 * 4) / 0.75), A, 1, 0.75)),
        ("count", {}, (0.75, AP, 1, 0.75)),
        ("majority", {}, (30, A, 1, 0.75)),
        ("threshold_count", {"threshold": 25}, (0.5, AP, 1, 0.75)),
        ("threshold_count", {"threshold": 24, "compare": ">="}, (0.75, AP, 1, 0.75)),
        ("threshold_count", {"threshold": 30, "compare": "<"}, (0.25, AP, 1, 0.75)),
        ("threshold_count", {"threshold": 24, "compare": "<="}, (0.25, AP, 1, 0.75)),
        ("quantile", {}, (30, A, 1, 0.75)),
        ("quantile", {"q": 0.3}, (24, A, 1, 0.75)),
        ("quantile", {"q": 0}, (24, A, 1, 0.75)),
        ("quantile", {"q": 1}, (30, A, 1, 0.75)),
        ("quantile", {"definition": "linear"}, (27, A, 1, 0.75)),
    ],
)
def test_each_statistic(
    how: str, options: dict[str, object], expected: tuple[float, int, float, float]
) -> None:
    assert one(how, 20, 22, 24, 30, **options) == pytest.approx(expected)


def test_a_cell_without_a_value_is_left_out_and_told() -> None:
    assert one("mean", 20, 22, nan, 30) == pytest.approx((30, E, 2 / 3, 0.5))
    assert one("sum", 20, 22, nan, 30) == pytest.approx((15, E, 2 / 3, 0.5))
    assert one("threshold_count", 0, 0, nan, 30, threshold=1) == pytest.approx((0.5, E, 2 / 3, 0.5))


def test_too_few_values_make_no_figure() -> None:
    value, *others = one("mean", 20, 22, 24, nan)
    assert np.isnan(value)
    assert others == pytest.approx([M, 1 / 3, 0.25])


def test_the_least_part_with_values_is_chosen() -> None:
    assert one("mean", 20, 22, 24, nan, min_valid=0.3)[:2] == (24, E)
    assert one("mean", 20, 22, nan, 30, min_valid=1)[1] == M
    assert one("mean", 20, 22, 24, 30, min_valid=1)[1] == A


@pytest.mark.parametrize("how", sorted({*HOWS} - {"threshold_count"}))
def test_no_value_at_all_is_missing_and_not_zero(how: str) -> None:
    value, status, valid, weight = one(how, nan, nan, nan, nan, min_valid=0)
    assert np.isnan(value)
    assert (status, valid, weight) == (M, 0, 0)


def test_a_group_whose_parts_all_lack_values_has_none() -> None:
    cube = four(1, 2, nan, 4)
    thirds = [0, 100, 300, 600]
    shapes = {f"0{i}": BOX(thirds[i], 0, thirds[i + 1], 1000) for i in range(3)}
    weights = Weights.of(shapes, cube)
    levels = {"part": weights, "whole": weights.merged(np.zeros(3, dtype=int), ["A"])}
    found = zonal(cube, levels, min_valid=0)["whole"]
    assert np.isnan(found.values.item())
    assert (found.status.item(), found.valid.item(), found.denominator.item()) == (M, 0, 0)


def test_what_lies_beyond_the_grid_has_no_value() -> None:
    cube = four(1, 2, 3, 4)
    shapes = {"01": BOX(-3000, 0, 1000, 1000), "02": BOX(9000, 0, 9500, 500)}
    found = zonal(cube, Weights.of(shapes, cube), min_valid=0.2)
    assert found.valid.values.tolist() == [0.25, 0]
    assert found.status.values.tolist() == [E, M]
    assert found.values.values[0] == 3


def test_inhabitants_weigh_instead_of_places() -> None:
    cube, people = four(20, 22, 24, 30), four(0, 0, 300, 50)
    found = zonal(cube, Weights.of(SHAPE, cube, by=people))
    assert found.values.item() == pytest.approx((75 * 24 + 25 * 30) / 100)
    assert found.denominator.item() == 100


def test_where_nobody_lives_their_mean_is_not_applicable() -> None:
    cube = four(20, 22, 24, 30)
    found = zonal(cube, Weights.of(SHAPE, cube, by=four(9, 9, 0, 0)))
    assert found.status.item() == NA
    assert np.isnan(found.values.item())


def test_a_cube_without_steps_gives_none() -> None:
    assert zonal(random_cube(0, steps=0), WEIGHTS).values.shape == (5, 0)


def test_an_infinite_value_stays_one() -> None:
    assert one("mean", 1, 1, np.inf, 1)[0] == np.inf


def test_the_result_is_labelled_and_says_what_it_is() -> None:
    cube = four(20, 22, 24, 30).expand_dims(time=[2020, 2021]).assign_attrs(units="K")
    found = zonal(cube.rename("heat"), Weights.of(SHAPE, cube, vintage=2026))
    assert found.values.dims == ("territory", "time")
    assert found.values["territory"].values.tolist() == ["01001"]
    assert found.values["time"].values.tolist() == [2020, 2021]
    assert (
        found.values.attrs | {"units": "K", "vintage": 2026, "kind": "mean"} == found.values.attrs
    )
    assert found.values.name == "heat"
    assert found.status.attrs["flag_meanings"] == Status.flag_meanings()


def test_the_order_of_dims_does_not_matter() -> None:
    cube = random_cube(0)
    turned = cube.transpose("x", "time", "y")
    xr.testing.assert_identical(zonal(turned, WEIGHTS).values, zonal(cube, WEIGHTS).values)


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.float16, np.float32, bool])
def test_any_kind_of_number_is_read(dtype: type) -> None:
    cube = four(0, 1, 1, 0).astype(dtype)
    assert zonal(cube, Weights.of(SHAPE, cube)).values.item() == pytest.approx(1 / 3)


def test_the_numerator_adds_up() -> None:
    cube = four(20, 22, 24, 30)
    weights = Weights.of(SHAPE, cube)
    assert zonal(cube, weights).numerator.item() == pytest.approx(21)
    assert zonal(cube, weights, "count").numerator.item() == 0.75
    assert zonal(cube, weights, "max").numerator is None


# --- Weights -------------------------------------------------------------------------------------


def test_overlaps_are_reported() -> None:
    shapes = {"01": BOX(0, 0, 1000, 1000), "02": BOX(500, 0, 2000, 1000)}
    weights = Weights.of(shapes, four(1, 1, 1, 1))
    assert weights.overlaps.to_dict() == {2: 0.5}
    merged = weights.merged(np.array([0, 0]), ["0"])
    assert dict(zip(merged.cells.tolist(), merged.fraction.tolist(), strict=True)) == {2: 1.5, 3: 1}


def test_territories_beyond_the_grid_are_listed() -> None:
    shapes = {"01": BOX(0, 0, 500, 500), "02": BOX(7000, 7000, 7500, 7500)}
    assert Weights.of(shapes, four(1, 1, 1, 1)).outside == ("02",)


def test_the_digest_tells_grid_outlines_vintage_and_weighting_apart() -> None:
    cube, people = four(1, 1, 1, 1), four(1, 2, 3, 4)
    other = cube.assign_coords(x=[0.0, 1000.0])
    made = [
        Weights.of(SHAPE, cube),
        Weights.of(SHAPE, other),
        Weights.of({"01001": BOX(0, 0, 2000, 500)}, cube),
        Weights.of(SHAPE, cube, vintage=2026),
        Weights.of(SHAPE, cube, by=people),
        Weights.of(SHAPE, cube, by=2 * people),
    ]
    assert len({w.digest for w in made}) == len(made)
    assert Weights.of(SHAPE, cube).digest == made[0].digest


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (four(1, 1, nan, 1), r"1 cells that a territory covers have no weight.*fillna\(0\)"),
        (four(1, 1, -1, 1), "below zero: -1"),
        (four(1, 1, 1, 1).assign_coords(x=[0.0, 1000.0]), "Weights are of another grid: extents"),
        (four(1, 1, 1, 1).rename(x="z"), "Weights have dims"),
    ],
)
def test_weights_that_say_nothing_are_refused(by: xr.DataArray, said: str) -> None:
    with pytest.raises(GridMismatch, match=said):
        Weights.of(SHAPE, four(1, 1, 1, 1), by=by)


# --- Laws ----------------------------------------------------------------------------------------

LAT, LON = np.linspace(5700, 300, 10), np.linspace(250, 5750, 12)


def random_cube(seed: int, steps: int = 5) -> xr.DataArray:
    random = np.random.default_rng(seed)
    values = random.integers(0, 9, (steps, len(LAT), len(LON))).astype(np.float32)
    values[random.random(values.shape) < 0.1] = nan
    values[random.random(steps) < 0.2] = nan
    coords = [("time", range(steps)), ("y", LAT), ("x", LON)]
    return xr.DataArray(values, coords=coords)


DISCS = {
    f"0{i}": shapely.Point(900 + 900 * i, 1200 + 700 * i).buffer(300 + 250 * i) for i in range(5)
}
WEIGHTS = Weights.of(DISCS, random_cube(0))
MEMBERS = np.array([0, 1, 0, 1, -1])
LEVELS = {"commune": WEIGHTS, "departement": WEIGHTS.merged(MEMBERS, ["A", "B"])}
LEVELS["region"] = LEVELS["departement"].merged(np.array([0, 0]), ["R"])
FIELDS = ("values", "status", "valid", "denominator")


def options(how: str) -> dict[str, float]:
    return {"threshold": 4.0} if how == "threshold_count" else {}


def compare(one: Zonal, other: Zonal, rtol: float) -> None:
    for field in FIELDS:
        found, expected = getattr(one, field).compute(), getattr(other, field).compute()
        assert found.dims == expected.dims
        np.testing.assert_allclose(found.values, expected.values, rtol=rtol, atol=rtol)


def cuts(length: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Draw the sizes of chunks."""
    ends = st.sets(st.integers(1, length - 1), max_size=4)
    return ends.map(lambda e: tuple(np.diff([0, *sorted(e), length]).tolist()))


CHUNKS = st.fixed_dictionaries({"time": cuts(5), "y": cuts(10), "x": cuts(12)})


@settings(max_examples=15)
@given(seed=st.integers(0, 99), chunks=CHUNKS, how=st.sampled_from(HOWS))
def test_results_do_not_depend_on_chunks(
    seed: int, chunks: dict[str, tuple[int, ...]], how: str
) -> None:
    cube = random_cube(seed)
    lazy, eager = (zonal(c, LEVELS, how, **options(how)) for c in (cube.chunk(chunks), cube))
    with dask.config.set(scheduler="synchronous"):
        for level in LEVELS:
            compare(lazy[level], eager[level], 1e-12)
            if how in ("min", "max", "quantile", "majority"):
                np.testing.assert_array_equal(lazy[level].values, eager[level].values)


@pytest.mark.parametrize("how", HOWS)
def test_cutting_by_time_changes_no_bit(how: str) -> None:
    cube = random_cube(3, steps=70)
    eager = zonal(cube, LEVELS, how, **options(how))
    for size in (1, 7, 64):
        lazy = zonal(cube.chunk(time=size, y=-1, x=-1), LEVELS, how, **options(how))
        for level in LEVELS:
            for field in FIELDS:
                np.testing.assert_array_equal(
                    getattr(lazy[level], field).compute(scheduler="synchronous"),
                    getattr(eager[level], field),
                )


@pytest.mark.parametrize("how", HOWS)
def test_a_level_made_of_parts_is_that_made_of_cells(how: str) -> None:
    cube = random_cube(5)
    together = zonal(cube, LEVELS, how, **options(how))
    for level in LEVELS:
        compare(together[level], zonal(cube, LEVELS[level], how, **options(how)), 1e-12)


@given(seed=st.integers(0, 99))
def test_means_are_those_of_numpy(seed: int) -> None:
    cube = random_cube(seed)
    flat = cube.values.reshape(5, -1).astype(float)
    found = zonal(cube, WEIGHTS, min_valid=0)
    for place in range(len(DISCS)):
        at = slice(WEIGHTS.starts[place], WEIGHTS.starts[place + 1])
        values = np.ma.masked_invalid(flat[:, WEIGHTS.cells[at]])
        expected = np.ma.average(values, axis=1, weights=WEIGHTS.weight[at])
        np.testing.assert_allclose(found.values.values[place], expected.filled(nan), rtol=1e-12)


@pytest.mark.parametrize("scheduler", ["synchronous", "threads", "processes"])
def test_every_scheduler_gives_the_same(scheduler: str) -> None:
    cube = random_cube(1)
    lazy = [zonal(cube.chunk(time=2, y=4, x=5), WEIGHTS, how) for how in ("mean", "quantile")]
    expected = dask.compute(*(x.values for x in lazy), scheduler="synchronous")
    for one, other in zip(
        dask.compute(*(x.values for x in lazy), scheduler=scheduler), expected, strict=True
    ):
        xr.testing.assert_identical(one, other)


def test_a_distributed_cluster_gives_the_same() -> None:
    distributed = pytest.importorskip("distributed")
    cube = random_cube(1)
    lazy = zonal(cube.chunk(time=2, y=4, x=5), LEVELS)
    expected = lazy["region"].values.compute(scheduler="synchronous")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
    ):
        xr.testing.assert_identical(lazy["region"].values.compute(), expected)


def counted(cube: xr.DataArray, chunks: tuple[int, int, int], seen: list[object]) -> xr.DataArray:
    """Cut a cube into chunks that note when they are read."""

    def read(block: np.ndarray, block_info: dict[int, dict[str, object]]) -> np.ndarray:
        seen.append(block_info[0]["chunk-location"])
        return block

    lazy = da.from_array(cube.values, chunks=chunks)
    return cube.copy(data=lazy.map_blocks(read, dtype=lazy.dtype, meta=lazy._meta))


@pytest.mark.parametrize("how", ["mean", "max", "majority"])
def test_chunks_that_no_territory_touches_are_never_read(how: str) -> None:
    cube, seen = random_cube(2), []
    weights = Weights.of({"01": BOX(0, 0, 900, 900)}, cube)
    found = zonal(counted(cube, (5, 5, 4), seen), weights, how)
    assert seen == []
    dask.compute(found.values, found.status, scheduler="synchronous")
    assert seen == [(0, 1, 0)]


def test_all_levels_read_a_chunk_once() -> None:
    cube, seen = random_cube(2), []
    found = zonal(counted(cube, (5, 10, 12), seen), LEVELS)
    dask.compute(*(level.values for level in found.values()), scheduler="synchronous")
    assert seen == [(0, 0, 0)]


def test_results_share_no_memory_with_the_cube() -> None:
    cube = random_cube(2)
    found = zonal(cube, WEIGHTS, "max")
    before = found.values.values.copy()
    cube.values[:] = -1
    np.testing.assert_array_equal(found.values.values, before)


# --- What cannot be right ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "given_options", "said"),
    [
        ("average", {}, "how='average' is unknown"),
        ("quantile", {"q": 1.5}, r"q=1\.5 is not between 0 and 1"),
        ("mean", {"min_valid": -1}, "min_valid=-1 is not between"),
        ("quantile", {"definition": "nearest"}, "definition='nearest' is unknown"),
        ("threshold_count", {}, "needs a threshold"),
        ("mean", {"threshold": 3}, "nothing else takes one"),
        ("threshold_count", {"threshold": 3, "compare": "=="}, "compare='==' is unknown"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    how: str, given_options: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        zonal(random_cube(0), WEIGHTS, how, **given_options)


def test_a_cube_of_another_grid_is_refused() -> None:
    cube = random_cube(0)
    with pytest.raises(GridMismatch, match="not on the grid of the weights: extents"):
        zonal(cube.assign_coords(x=LON + 1), WEIGHTS)
    with pytest.raises(
        GridMismatch, match=r"not on the grid of the weights: \(10, 12\) cells and \(9"
    ):
        zonal(cube.isel(y=slice(9)), WEIGHTS)
    with pytest.raises(GridMismatch, match="The cube has dims"):
        zonal(cube.isel(y=0), WEIGHTS)
    with pytest.raises(GridMismatch, match="another number of cells"):
        zonal(cube.isel(y=slice(9)).drop_vars(["x", "y"]), WEIGHTS)
