"""Read the entities of an NGSI-LD broker (FIWARE): one a row, normalised or of keys and values.

References
----------
ETSI GS CIM 009 V1.8, 4.5 (normalised, concise, simplified and GeoJSON representations); NGSIv2 is
read alike, its ``metadata`` being attributes of an attribute.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.loaders.dialect import Decision, Dialect
from workbench.loaders.errors import FileNotTabular
from workbench.loaders.features import check_degrees
from workbench.loaders.geometry import KINDS, Misshapen, Shape, shape_of
from workbench.loaders.guard import read_json
from workbench.loaders.objects import problem_of, read_objects, with_problems
from workbench.loaders.tabular import OPTIONS, Table, loading, refuse

__all__ = ["load", "options", "read", "suffixes"]

suffixes = (".jsonld",)
options = OPTIONS

# What an attribute holds, by its type; NGSIv2 has "value" whatever the type.
_VALUES = (
    "value",
    "object",
    "languageMap",
    "vocab",
    "json",
    "valueList",
    "objectList",
    "values",
    "objects",
)
_NULL = "urn:ngsi-ld:null"
_LOCATION = "location"
_REPAIR = "readers.geometry_repair"


def read(
    path: Path,
    dialect: Dialect | None = None,
    *,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
) -> Table:
    """Read entities: a list, one alone, a GeoJSON collection, or one a line.

    Parameters
    ----------
    path : Path
    dialect : Dialect, optional
    strict, mend, lang, located
        See `workbench.loaders.tabular.read`. Rows are those of entities, counted from 1.

    Returns
    -------
    Table
        An attribute ``a`` has its time in ``a.observedAt``; its unit is in the decisions, or in
        ``a.unitCode`` where entities differ. ``location`` is the column ``geometry``.

    Raises
    ------
    JsonRefused, FileNotTabular
        It is no JSON, or holds no entity.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "a.jsonld")
    >>> _ = path.write_text('[{"id": "urn:a:01", "type": "Air", "no2": {"type": "Property", '
    ...     '"value": 69, "unitCode": "GQ", "observedAt": "2022-07-01T17:00:00Z"}}]')
    >>> table = read(path)
    >>> table.data.column_names
    ['id', 'type', 'no2', 'no2_status', 'no2.observedAt']
    >>> [str(each) for each in table.decisions if each.key == "unit of no2"]
    ['GQ (the same of every entity)']
    """
    note("file", str(path))
    say = Messages(lang)
    rows, lines, problems, aside = [], [], [], []
    shapes: list[Shape | None] = []
    for line, found in enumerate(_entities(path), start=1):
        if not isinstance(found, Mapping) or not isinstance(found.get("type"), str | list):
            text = json.dumps(found, ensure_ascii=False)[:500]
            problems.append(
                problem_of("readers.not_entity", path.name, line, text[:80], say, fatal=True)
            )
            aside.append((line, "not_entity", text))
            continue
        row, shape, wrong = _row(found)
        if wrong:
            rule = f"readers.{wrong}"
            problem = problem_of(rule, path.name, line, "", say, column=_LOCATION, repair=_REPAIR)
            problems.append(problem)
        rows.append(row)
        shapes.append(shape)
        lines.append(line)
    problems += check_degrees(shapes, lines, path.name, say)
    placed = any(shapes)
    table = read_objects(
        rows,
        path.name,
        dialect or Dialect(),
        lines=lines,
        geometry=[shape.wkb if shape else None for shape in shapes] if placed else None,
        told=(*_units(rows), *([Decision("crs", "OGC:CRS84", "that of NGSI-LD")] * placed)),
        typed=True,
        mend=mend,
        lang=lang,
        located=located,
    )
    table = with_problems(table, problems, aside)
    refuse(table, path.name, strict=strict, located=located)
    return table


def _entities(path: Path) -> Sequence[Any]:
    content = path.read_bytes()
    if path.name.lower().endswith((".jsonl", ".ndjson")):
        return [
            read_json(line, f"{path.name}, line {number}")
            for number, line in enumerate(content.splitlines(), start=1)
            if line.strip()
        ]
    found = read_json(content, path.name)
    if isinstance(found, Mapping) and isinstance(found.get("features"), list):
        found = found["features"]
    every: Sequence[Any] = found if isinstance(found, list) else [found]
    if every and not any(isinstance(each, Mapping) and "type" in each for each in every):
        raise FileNotTabular(
            f"{path.name} holds no NGSI-LD entity (an object with id and type): it begins with "
            f"{json.dumps(every[0], ensure_ascii=False)[:80]!r}. Name another reader (records)."
        )
    return every


def _row(entity: Mapping[str, Any]) -> tuple[dict[str, Any], Shape | None, str]:
    """Return the columns of an entity, its place, and what is wrong with that place."""
    found = dict(entity)
    if found.get("type") == "Feature" and isinstance(found.get("properties"), Mapping):
        properties, place = found["properties"], found.get("geometry")
        found = {"id": found.get("id"), **properties}
        if place is not None:
            found[_LOCATION] = place
    found.pop("@context", None)
    kind = found["type"]
    row = {
        "id": found.pop("id", None),
        "type": kind if isinstance(kind, str) else " ".join(map(str, kind)),
    }
    found.pop("type")
    shape, wrong = None, ""
    if _LOCATION in found:
        value = found[_LOCATION]
        value = value["value"] if isinstance(value, Mapping) and "value" in value else value
        value = value if isinstance(value, Mapping) else {}
        if value.get("type") in KINDS:
            place = found.pop(_LOCATION)
            try:
                shape = shape_of(value)
            except Misshapen as error:
                wrong = str(error)
                row[_LOCATION] = json.dumps(place, ensure_ascii=False)
    for name, attribute in found.items():
        row |= _attribute(name, attribute)
    return row, shape, wrong


def _attribute(name: str, found: Any) -> dict[str, Any]:
    """Return the columns of an attribute: its value, and what it says of it."""
    if isinstance(found, list) and found and all(map(_is_attribute, found)):
        if len({each.get("datasetId") for each in found}) < len(found):
            return {name: found}  # its history: kept whole, as JSON
        made: dict[str, Any] = {}
        for each in found:
            source = each.get("datasetId")
            rest = {key: value for key, value in each.items() if key != "datasetId"}
            made |= _attribute(f"{name}.{source}" if source else name, rest)
        return made
    if not _is_attribute(found):
        return {name: _plain(found)}
    key = next(each for each in _VALUES if each in found)
    made = {name: _plain(found[key])}
    for inner, value in found.items():
        if inner not in (key, "type"):
            made |= _attribute(f"{name}.{inner}", value)
    return made


def _is_attribute(found: Any) -> bool:
    return isinstance(found, Mapping) and any(key in found for key in _VALUES) and "type" in found


def _plain(value: Any) -> Any:
    """Return a value without its envelope of JSON-LD."""
    if isinstance(value, Mapping) and "@value" in value:
        value = value["@value"]
    return None if value == _NULL else value


def _units(rows: list[dict[str, Any]]) -> list[Decision]:
    """Take out of the rows the units that never change, and say them once."""
    told = []
    counts = Counter(key for row in rows for key in row if key.endswith(".unitCode"))
    for key in counts:
        name = key.removesuffix(".unitCode")
        holding = [row for row in rows if row.get(name) is not None]
        units = {json.dumps(row.get(key)) for row in holding}
        if len(units) == 1 and holding and isinstance(holding[0].get(key), str):
            unit = holding[0][key]
            for row in rows:
                row.pop(key, None)
            told.append(Decision(f"unit of {name}", unit, "the same of every entity"))
    return told


load = loading(read)
