"""Kernels run on NumPy and on Dask alike."""

from __future__ import annotations

import dask.array as da
import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.blocks import map_blocks


def table(values: np.ndarray, **coords: list[object]) -> xr.DataArray:
    return xr.DataArray(values, dims=("territory", "period"), coords=coords)


def add_and_compare(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return a + b, a > b


def test_arrays_in_memory_are_calculated_at_once() -> None:
    total, greater = map_blocks(
        add_and_compare, table(np.ones((2, 2))), table(np.zeros((2, 2))), dtypes=[float, bool]
    )
    assert total.values.tolist() == [[1, 1], [1, 1]]
    assert greater.values.all()


def test_one_lazy_array_makes_all_lazy() -> None:
    lazy = table(np.ones((4, 2))).chunk({"territory": 2})
    total, greater = map_blocks(
        add_and_compare, table(np.zeros((4, 2))), lazy, dtypes=[float, bool]
    )
    assert isinstance(total.data, da.Array)
    assert greater.dtype == bool
    assert total.values.tolist() == [[1, 1]] * 4


def test_an_array_without_a_dim_goes_with_every_label_of_it() -> None:
    area = xr.DataArray([2.0, 4.0], dims="territory")
    for people in (table(np.full((2, 3), 8.0)), table(np.full((2, 3), 8.0)).chunk({"period": 1})):
        (density,) = map_blocks(lambda a, p: (p / a,), area, people, dtypes=[float])
        assert density.transpose("territory", "period").values.tolist() == [[4] * 3, [2] * 3]


def test_different_labels_are_refused() -> None:
    a = table(np.ones((2, 1)), territory=["59", "62"])
    b = table(np.ones((2, 1)), territory=["59", "80"])
    with pytest.raises(ValueError, match=r"differ in their territory labels.*62.*80"):
        map_blocks(add_and_compare, a, b, dtypes=[float, bool])


def test_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"length along territory: \[2, 3\]"):
        map_blocks(
            add_and_compare, table(np.ones((2, 1))), table(np.ones((3, 1))), dtypes=[float, bool]
        )


def test_the_graph_stays_small() -> None:
    a, b = (table(np.ones((6, 2))).chunk() for _ in range(2))
    total, greater = map_blocks(add_and_compare, a, b, dtypes=[float, bool])
    graph = xr.Dataset({"total": total, "greater": greater}).__dask_graph__()
    assert len(graph) <= 5  # one source (both inputs are equal), the kernel, two picks


@given(st.integers(1, 6), st.integers(1, 4), st.data())
def test_any_chunks_of_any_input_give_the_same(
    rows: int, columns: int, data: st.DataObject
) -> None:
    values = np.arange(rows * columns, dtype=float).reshape(rows, columns)
    cut = st.fixed_dictionaries(
        {"territory": st.integers(1, rows), "period": st.integers(1, columns)}
    )
    a, b = (table(values * k).chunk(data.draw(cut)) for k in (1, 2))
    total, _ = map_blocks(add_and_compare, a, b, dtypes=[float, bool])
    np.testing.assert_array_equal(total, values * 3)
