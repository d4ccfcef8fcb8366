"""Read a JSON file by what it holds: features, a feed, entities, or a list of objects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.core.errors import nearest
from workbench.core.reads import note
from workbench.loaders import features, gbfs, ngsi
from workbench.loaders.dialect import Decision
from workbench.loaders.errors import FileNotTabular, OptionUnknown
from workbench.loaders.geometry import KINDS
from workbench.loaders.guard import read_json
from workbench.loaders.objects import read_objects
from workbench.loaders.registry import Loaded, Loader
from workbench.loaders.tabular import OPTIONS, loaded, split_options

__all__ = ["load", "options", "suffixes"]

suffixes = (".json",)
options = tuple(dict.fromkeys((*OPTIONS, *features.options, *gbfs.options, *ngsi.options)))

# Where servers put the list of their records.
_RECORDS = ("results", "records", "data", "items", "member", "hydra:member", "value", "schemas")


def load(path: Path, *, rows: int | None = None, **given: Any) -> Loaded:
    """Read a JSON file.

    Parameters
    ----------
    path : Path
    rows : int, optional
        Return the first rows only.
    **given
        Options of the reader that its content calls for.

    Raises
    ------
    JsonRefused, FileNotTabular
        It is no JSON, or holds nothing that is read as a table.
    OptionUnknown
        What it holds takes no option of this name.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "towns.json")
    >>> _ = path.write_text('{"results": [{"code": "01001", "n": 5}]}')
    >>> load(path).data.to_pylist()
    [{'code': '01001', 'n': 5, 'n_status': 0}]
    """
    note("file", str(path))
    found = read_json(path.read_bytes(), path.name)
    name, reader = _reader(found)
    known = reader.options if reader else OPTIONS
    for option in given:
        if option not in known:
            told = nearest(option, known)
            raise OptionUnknown(f"{path.name} is {name}: no option {option!r} ({told}).")
    if reader:
        return reader.load(path, rows=rows, **given)
    dialect, rest = split_options(given)
    table = read_objects(
        _records(found, path.name),
        path.name,
        dialect,
        told=(Decision("content", "a list of objects", "by what the file holds"),),
        **rest,
    )
    return loaded(table, rows)


def _reader(found: Any) -> tuple[str, Loader | None]:
    """Tell what a document is."""
    one = found if isinstance(found, Mapping) else {}
    kind = one.get("type")
    if kind in ("FeatureCollection", "Feature") or (kind in KINDS and "coordinates" in one):
        return "GeoJSON", features
    if isinstance(one.get("data"), Mapping) and ("ttl" in one or "last_updated" in one):
        return "a GBFS feed", gbfs
    if isinstance(one.get("feeds"), Mapping):
        return "GBFS feeds", gbfs
    first = found[0] if isinstance(found, list) and found else one
    if isinstance(first, Mapping) and {"id", "type"} <= set(first) and _has_attributes(first):
        return "NGSI-LD entities", ngsi
    return "a list of objects", None


def _has_attributes(entity: Mapping[str, Any]) -> bool:
    """Tell an entity from any object with an id and a type: by its name, context or attributes."""
    return (
        "@context" in entity
        or str(entity["id"]).startswith("urn:ngsi-ld:")
        or any(isinstance(each, Mapping) and "type" in each for each in entity.values())
    )


def _records(found: Any, name: str) -> list[Mapping[str, Any]]:
    listed = found
    if isinstance(found, Mapping):
        keys = [key for key in _RECORDS if isinstance(found.get(key), list)]
        listed = found[keys[0]] if keys else None
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise FileNotTabular(
            f"{name} holds no list of objects: features (GeoJSON), a feed (GBFS), entities "
            f"(NGSI-LD), or objects, perhaps under {', '.join(_RECORDS[:3])}, are expected."
        )
    return listed
