"""Read GeoJSON: properties as a table whose codes are text, geometries as well-known binary.

The order of coordinates and the reference system are checked: RFC 7946 knows longitude, then
latitude, in degrees, and files know better.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.loaders.dialect import Decision, Dialect
from workbench.loaders.errors import DialectInvalid, FileNotTabular
from workbench.loaders.geometry import Misshapen, Shape, shape_of
from workbench.loaders.guard import read_json
from workbench.loaders.objects import GEOMETRY, invalid, problem_of, read_objects, with_problems
from workbench.loaders.registry import Problem
from workbench.loaders.tabular import OPTIONS, Table, loading, refuse

__all__ = ["check_degrees", "features_of", "load", "options", "read", "read_features", "suffixes"]

suffixes = (".geojson",)
options = (*OPTIONS, "order")

_DEGREES = "OGC:CRS84"
_REPAIR = "readers.geometry_repair"
# Names of longitude and latitude in degrees in files made before RFC 7946.
_CRS84 = re.compile(r"crs84$|epsg:+(?:[\d.]*:)?4326$|wgs ?84$", re.IGNORECASE)
_EPSG = re.compile(r"epsg:+(?:[\d.]*:)?(\d{4,6})$", re.IGNORECASE)
# Longitudes and latitudes of mainland France, in whole degrees.
_FRANCE = (-6.0, 41.0, 10.0, 52.0)


def read(
    path: Path,
    dialect: Dialect | None = None,
    *,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
    order: str = "xy",
) -> Table:
    """Read a GeoJSON file: a collection, a feature or a geometry.

    Parameters
    ----------
    path : Path
    dialect : Dialect, optional
        ``roles`` and ``markers`` of the properties.
    strict, mend, lang, located
        See `workbench.loaders.tabular.read`. Rows are those of features, counted from 1.
    order : str
        ``"xy"`` (longitude first) or ``"yx"`` for a file that has it the other way round.

    Returns
    -------
    Table
        Its column ``geometry`` is well-known binary; the metadata of its schema are those of
        GeoParquet, so that a file written of it is one.

    Raises
    ------
    JsonRefused, FileNotTabular
        It is no JSON, or no GeoJSON.
    """
    note("file", str(path))
    found = read_json(path.read_bytes(), path.name)
    return read_features(
        found, path.name, dialect, strict=strict, mend=mend, lang=lang, located=located, order=order
    )


def read_features(
    found: Any,
    name: str,
    dialect: Dialect | None = None,
    *,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
    order: str = "xy",
) -> Table:
    """Read what a GeoJSON text holds; see `read`."""
    if order not in ("xy", "yx"):
        raise DialectInvalid(f"The order of coordinates is {order!r}; give xy or yx.")
    say = Messages(lang)
    features = features_of(found, name)
    crs, told = _crs(found)
    rows, lines, problems, aside = [], [], [], []
    shapes: list[Shape | None] = []
    for line, feature in enumerate(features, start=1):
        try:
            properties, shape = _read(feature, swap=order == "yx")
        except Misshapen as error:
            text = json.dumps(feature, ensure_ascii=False, default=str)[:500]
            rule, shown = f"readers.{error}", _start(feature)
            problems.append(
                problem_of(
                    rule, name, line, shown, say, column=GEOMETRY, repair=_REPAIR, fatal=True
                )
            )
            aside.append((line, str(error), text))
            continue
        rows.append(properties)
        shapes.append(shape)
        lines.append(line)
    if crs == _DEGREES:
        problems += check_degrees(shapes, lines, name, say)
    if order == "yx":
        told = (*told, Decision("order", "latitude first", "given"))
    geometry = [shape.wkb if shape else None for shape in shapes]
    table = read_objects(
        rows,
        name,
        dialect or Dialect(),
        lines=lines,
        geometry=geometry,
        told=told,
        mend=mend,
        lang=lang,
        located=located,
    )
    written = pa.chunked_array([pa.array(geometry, pa.binary())])
    problems += invalid(written, GEOMETRY, lines, name, say)
    table = with_problems(table, problems, aside)
    refuse(table, name, strict=strict, located=located)
    return replace(table, data=table.data.replace_schema_metadata(metadata_of(shapes, crs)))


def features_of(found: Any, name: str) -> Sequence[Any]:
    """Return the features of a GeoJSON text.

    Raises
    ------
    FileNotTabular
    """
    kind = found.get("type") if isinstance(found, Mapping) else None
    if kind == "FeatureCollection" and isinstance(found.get("features"), list):
        features: Sequence[Any] = found["features"]
        return features
    if kind == "Feature":
        return [found]
    if isinstance(kind, str) and ("coordinates" in found or "geometries" in found):
        return [{"type": "Feature", "properties": {}, "geometry": found}]
    told = f"its type is {kind!r}" if kind else "it has no type"
    raise FileNotTabular(
        f"{name} is no GeoJSON: {told}, where FeatureCollection is expected with its features. "
        "Name another reader (records, gbfs, ngsi_ld)."
    )


def _read(feature: Any, *, swap: bool) -> tuple[dict[str, Any], Shape | None]:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise Misshapen("not_feature")
    properties = feature.get("properties")
    if not isinstance(properties, Mapping | None):
        raise Misshapen("not_feature")
    row = dict(properties or {})
    if "id" in feature:
        row = {"id" if "id" not in row else "feature_id": feature["id"], **row}
    geometry = feature.get("geometry")
    return row, None if geometry is None else shape_of(geometry, swap=swap)


def _start(feature: Any) -> str:
    geometry = feature.get("geometry") if isinstance(feature, Mapping) else feature
    return json.dumps(geometry, ensure_ascii=False)[:80]


def _crs(found: Any) -> tuple[str, tuple[Decision, ...]]:
    """Tell the reference system: that of RFC 7946, unless the file names another one."""
    declared = found.get("crs") if isinstance(found, Mapping) else None
    if declared is None:
        return _DEGREES, (Decision("crs", _DEGREES, "the one of GeoJSON; the file names none"),)
    properties = declared.get("properties") if isinstance(declared, Mapping) else None
    named = str(properties.get("name", "")) if isinstance(properties, Mapping) else ""
    if _CRS84.search(named):
        return _DEGREES, (Decision("crs", _DEGREES, f"the file names {named!r}"),)
    epsg = _EPSG.search(named)
    crs = f"EPSG:{epsg[1]}" if epsg else named or "unknown"
    evidence = f"the file names {named!r}; coordinates are left as they are"
    return crs, (Decision("crs", crs, evidence, 1.0 if epsg else 0.5),)


def check_degrees(
    shapes: Sequence[Shape | None], lines: Sequence[int], name: str, say: Messages
) -> list[Problem]:
    """Locate coordinates that are not degrees, or have latitude first.

    Parameters
    ----------
    shapes : sequence of Shape or None
    lines : sequence of int
        Number of each in its file.
    name : str
    say : Messages
    """
    problems = []
    for shape, line in zip(shapes, lines, strict=True):
        if shape is None or not len(shape.positions):
            continue
        x, y = shape.positions.T
        if np.abs(x).max() > 180 or np.abs(y).max() > 90:
            swapped = np.abs(x).max() <= 90 and np.abs(y).max() <= 180
            told = "swapped" if swapped else "not_degrees"
        elif _in_france(y, x) and not _in_france(x, y):
            told = "swapped"
        else:
            continue
        value = f"{x[0]:.6g}, {y[0]:.6g}"
        problems.append(problem_of(f"readers.{told}", name, line, value, say, column=GEOMETRY))
    return problems


def _in_france(x: Any, y: Any) -> bool:
    west, south, east, north = _FRANCE
    return bool(x.min() >= west and x.max() <= east and y.min() >= south and y.max() <= north)


def metadata_of(shapes: Sequence[Shape | None], crs: str) -> dict[str, str]:
    """Return the metadata of GeoParquet 1.1; a system other than degrees is named beside them."""
    if crs != _DEGREES:
        return {"crs": crs}
    kinds = sorted({shape.kind for shape in shapes if shape})
    column = {"encoding": "WKB", "geometry_types": kinds}
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    return {"crs": crs, "geo": json.dumps(geo)}


load = loading(read)
