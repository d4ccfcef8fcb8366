"""The first rows of what a reader returns, as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from workbench.core.i18n import Messages, format_number
from workbench.core.types import Status
from workbench.loaders.geometry import kind_of_wkb

__all__ = ["first_rows"]


def first_rows(data: Any, count: int, *, lang: str = "en") -> list[Mapping[str, Any]] | None:
    """Return rows of a table; a figure that is not there is told by its status.

    Parameters
    ----------
    data : object
        What :class:`workbench.loaders.registry.Loaded` holds; of a cube, a row is a cell.
    count : int
    lang : str
        Language of the statuses.

    Returns
    -------
    list of mapping of str to object, or None
        None for what has no rows, such as a grid.

    Examples
    --------
    >>> first_rows(pa.table({"code": ["01001"], "n": [None], "n_status": pa.array([4], "u1")}), 5)
    [{'code': '01001', 'n': '(suppressed)'}]
    """
    say = Messages(lang)
    if isinstance(data, pa.Table):
        rows = data.slice(0, count).to_pylist()
        kinds = {each.name: each.type == pa.uint8() for each in data.schema}
    elif hasattr(data, "data_vars"):
        if "territory" not in data.dims:
            return None
        rows = _of_cube(data, count)
        kinds = {str(name): "flag_values" in each.attrs for name, each in data.data_vars.items()}
    elif hasattr(data, "head"):
        rows = data.head(count).to_dict("records")
        kinds = {str(name): kind == "u1" for name, kind in data.dtypes.items()}
    else:
        return None
    # A file may have columns of this name of its own, which are texts, or larger numbers.
    statuses = {
        name
        for name, is_status in kinds.items()
        if is_status and name.endswith("_status") and name.removesuffix("_status") in kinds
    }
    return [
        {
            key: _shown(value, row[told] if (told := f"{key}_status") in statuses else None, say)
            for key, value in row.items()
            if key not in statuses
        }
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


def _shown(value: Any, status: int | None, say: Messages) -> Any:
    if isinstance(value, bytes):
        # Geometries: of no use to the eye, and no text.
        kind = kind_of_wkb(value) or say("dialect.binary")
        return say("dialect.geometry", kind=kind, size=format_number(len(value), 0, say.lang))
    if value is not None:
        return value
    name = "" if status is None else f"dialect.value_{Status(int(status)).name.lower()}"
    return f"({say(name)})" if name in say.entries else ""
