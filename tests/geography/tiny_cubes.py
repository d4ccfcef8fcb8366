"""Cubes of the tiny country, and its conversions."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from workbench.core.types import Status
from workbench.geography.converting import convert

from .tiny_atlas import ATLAS, OLD

OK, A, AP, E, S, M, NA = (int(status) for status in Status)
nan = float("nan")


def variable(values: list[Any], codes: list[str] = OLD, **attrs: Any) -> xr.DataArray:
    return xr.DataArray(
        np.array(values), coords={"territory": np.array(codes, dtype=object)}, attrs=attrs
    )


def count(values: list[Any], codes: list[str] = OLD) -> xr.DataArray:
    return variable(values, codes, kind="count")


def status(*values: int) -> xr.DataArray:
    return variable(list(values)).astype(np.int8)


def cube(vintage: int | None = 2012, **variables: xr.DataArray) -> xr.Dataset:
    return xr.Dataset(variables, attrs={} if vintage is None else {"vintage": vintage})


def later(given: xr.Dataset, **how: Any) -> xr.Dataset:
    return convert(given, **{"to": 2020, "pack": ATLAS} | how)


HOMES = [80, 20, 40, 5, 7, 9]


HOMES = [80, 20, 40, 5, 7, 9]
