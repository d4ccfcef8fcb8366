"""Read a file as data to publish: what its source says of it comes along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import xarray as xr

from workbench.core.errors import PublicationInvalid
from workbench.loaders.load import load
from workbench.publishing.origins import Data

__all__ = ["read_data"]


def read_data(what: str | Path, *, source: str = "") -> Data:
    r"""Read a table or a cube, by its path or by its name in the catalogue of sources.

    Parameters
    ----------
    what : str or Path
    source : str
        Name of the catalogue that tells how a file is read, and what it is.

    Returns
    -------
    Dataset or DataFrame
        With the title, source and licence that are known in its attributes.

    Raises
    ------
    LoadingError
        The file cannot be read.
    PublicationInvalid
        It holds neither a table nor a cube.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "a.csv")
    >>> _ = path.write_text("code,homes\n01001,5\n")
    >>> read_data(path)["code"].tolist()
    ['01001']
    """
    found = load(str(what), source=source).data
    if isinstance(found, xr.Dataset):
        return _plain(found)
    if isinstance(found, pa.Table):
        return _frame(found)
    raise PublicationInvalid(
        f"{what} holds {type(found).__name__}, where a table or a cube is published."
    )


def _frame(table: pa.Table) -> pd.DataFrame:
    made: pd.DataFrame = table.to_pandas(integer_object_nulls=True, ignore_metadata=True)
    columns: dict[str, dict[str, str]] = {}
    for field in table.schema:
        told = _texts(field.metadata)
        said = {"title": told.get("long_name", ""), "unit": told.get("units", "")}
        if said := {key: text for key, text in said.items() if text}:
            columns[field.name] = said
    made.attrs.update(_texts(table.schema.metadata))
    if columns:
        made.attrs["columns"] = columns
    return made


def _texts(metadata: Any) -> dict[str, str]:
    """Return the texts of Arrow's metadata, without what libraries keep there for themselves."""
    known = ("title", "source", "source_id", "licence", "url", "sha256", "fetched", "comment")
    more = ("long_name", "units", "producer", "date")
    told = {key.decode(): value for key, value in (metadata or {}).items()}
    return {key: told[key].decode() for key in (*known, *more) if key in told}


def _plain(cube: xr.Dataset) -> xr.Dataset:
    """Take off what the conventions of published cubes add: bounds, their time, their units."""
    bounds = {
        str(each.attrs["bounds"]) for each in cube.variables.values() if "bounds" in each.attrs
    }
    added = [name for name in cube.variables if name in bounds or "bounds" in cube[name].attrs]
    made = cube.drop_vars(added)
    for name in made.variables:
        if unit := made[name].attrs.pop("unit_name", ""):
            made[name].attrs["units"] = unit
    return made
