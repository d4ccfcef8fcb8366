"""What the tests of calculations share: statuses by short names, figures from plain lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from workbench.compute.quantities import Quantities, observed
from workbench.core.types import Status

OK, A, AP, E, S, M, NA = (int(status) for status in Status)
NAN = float("nan")


def figures(
    values: Any, status: Any = None, *, dims: Sequence[str] = ("territory",), **attrs: object
) -> Quantities:
    """Make figures; without a status they are observed, or missing where NaN."""
    array = xr.DataArray(np.array(values, dtype=float), dims=dims, attrs=attrs)
    if status is None:
        return observed(array)
    return Quantities(array, xr.DataArray(np.array(status, dtype=np.int8), dims=dims))


def cut(figures: Quantities, size: int) -> Quantities:
    """Cut figures into chunks of one size along every dim."""
    return Quantities(*(array.chunk(size) for array in figures))


def assert_same(found: Sequence[xr.DataArray], expected: Sequence[xr.DataArray]) -> None:
    """Check that lazy results are the very same, bit for bit, label for label."""
    for lazy, plain in zip(found, expected, strict=True):
        assert lazy.chunks is not None
        xr.testing.assert_identical(lazy.compute(), plain)
