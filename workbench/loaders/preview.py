"""The first rows of what a reader returns, as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from workbench.core.types import Status
from workbench.loaders.geometry import kind_of_wkb

__all__ = ["first_rows"]


def first_rows(data: Any, count: int) -> list[Mapping[str, Any]] | None:
    """Return rows of a table; a figure that is not there is told by its status.

    Parameters
    ----------
    data : object
        What :class:`workbench.loaders.registry.Loaded` holds; of a cube, a row is a cell.
    count : int

    Returns
    -------
    list of mapping of str to object, or None
        None for what has no rows, such as a grid.

    Examples
    --------
    >>> first_rows(pa.table({"code": ["01001"], "n": [None], "n_status": [4]}), 5)
    [{'code': '01001', 'n': '(suppressed)'}]
    """
    if isinstance(data, pa.Table):
        rows = data.slice(0, count).to_pylist()
    elif hasattr(data, "data_vars"):
        if "territory" not in data.dims:
            return None
        rows = _of_cube(data, count)
    elif hasattr(data, "head"):
        rows = data.head(count).to_dict("records")
    else:
        return None
    return [
        {key: _shown(key, value, row) for key, value in row.items() if not _is_status(key, row)}
        for row in rows
    ]


def _of_cube(data: Any, count: int) -> list[dict[str, Any]]:
    """Return a row a territory, period and category: the first ones."""
    dims = ("territory", *(str(dim) for dim in data.dims if dim != "territory"))
    # As many territories as rows are enough, whatever the other dimensions.
    shown = {*dims, "name", *(f"{dim}_label" for dim in dims)}
    first = data.isel(territory=slice(0, count)).drop_vars(
        [name for name in data.coords if name not in shown]
    )
    frame = first.to_dataframe(dim_order=list(dims)).reset_index().head(count)
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    front = [*dims, *(str(name) for name in first.coords if name not in dims)]
    return [
        {key: row[key] for key in (*front, *(k for k in row if k not in front))} for row in rows
    ]


def _shown(key: str, value: Any, row: Mapping[str, Any]) -> Any:
    if isinstance(value, bytes):
        # Geometries: of no use to the eye, and no text.
        return f"({kind_of_wkb(value) or 'binary'}, {len(value):,} bytes)"
    if value is not None:
        return value
    status = row.get(f"{key}_status")
    return "" if status is None else f"({Status(int(status)).name.lower()})"


def _is_status(key: str, row: Mapping[str, Any]) -> bool:
    return key.endswith("_status") and key.removesuffix("_status") in row
