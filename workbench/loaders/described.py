"""Write on data what the catalogue says of them: labels, units, producer, licence, where from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from workbench.loaders.catalogue import Column, Source

__all__ = ["described"]


def described(
    data: Any, source: Source, provenance: Mapping[str, str], *, lang: str, period: str = ""
) -> tuple[Any, dict[str, str]]:
    """Return data with what is said of them.

    Parameters
    ----------
    data : pyarrow.Table, xarray.Dataset, or anything else, which is returned as it is
    source : Source
    provenance : mapping of str to str
        File, URL, sha256, date.
    lang : str
        Language of the labels.
    period : str
        Year of the data, when the parameters of the source tell it.

    Returns
    -------
    tuple of (object, dict of str to str)
        The data; and what is to be told, such as columns that were expected.

    Notes
    -----
    A column of a table has ``long_name``, ``units`` and ``source`` in the metadata of its field; a
    variable of a cube has them in its attributes, with ``licence``. A status has none.
    """
    about = {
        "title": source.title[lang],
        "source": f"{source.producer[lang]}, {source.title[lang]}",
        "source_id": source.id,
        "licence": source.licence[lang],
        **{key: provenance[key] for key in ("url", "sha256", "fetched") if key in provenance},
    }
    if note := source.note.get(lang):
        about["comment"] = note
    if isinstance(data, pa.Table):
        return _table(data, source, about, lang, period)
    if hasattr(data, "data_vars"):
        return _cube(data, source, about, lang), {}
    return data, {}


def _table(
    data: pa.Table, source: Source, about: Mapping[str, str], lang: str, period: str
) -> tuple[pa.Table, dict[str, str]]:
    fields = []
    for field in data.schema:
        said = dict(field.metadata or {})
        if column := source.columns.get(field.name):
            said |= {**_said(column, lang), "source": about["source"]}
        fields.append(field.with_metadata(said or None))
    metadata = {**(data.schema.metadata or {}), **about, **({"period": period} if period else {})}
    lacking = [name for name in source.columns if name not in data.column_names]
    told = {}
    if lacking and data.num_columns:
        told["columns that are not there"] = (
            f"{', '.join(lacking)} (the catalogue says that the source has them)"
        )
    return data.cast(pa.schema(fields, metadata)), told


def _cube(data: Any, source: Source, about: Mapping[str, str], lang: str) -> Any:
    made = data.assign_attrs({**about, **data.attrs})
    each_has = {key: about[key] for key in ("source", "licence")}
    if "vintage" in data.attrs:
        each_has["vintage"] = data.attrs["vintage"]
    for name in made.data_vars:
        if "flag_values" not in made[name].attrs:
            column = source.columns.get(str(name))
            said = _said(column, lang) if column else {}
            made[name].attrs = {**each_has, **made[name].attrs, **said}
    return made


def _said(column: Column, lang: str) -> dict[str, str]:
    """Say what the catalogue does of a column."""
    units = {"units": column.unit} if column.unit else {}
    return {"long_name": column.label[lang], **units}
