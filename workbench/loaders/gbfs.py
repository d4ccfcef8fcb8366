"""Read the feeds of shared vehicles (GBFS 1 to 3): stations, their state, vehicles, zones.

A file is one feed, the discovery file with its feeds beside it, an archive of them, or the bundle
of all that :mod:`workbench.loaders.gbfs_fetch` makes of a URL.

References
----------
MobilityData, General Bikeshare Feed Specification, v2.3 and v3.0.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.core.errors import nearest
from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.loaders.archive import extract
from workbench.loaders.content import kind_of
from workbench.loaders.dialect import Decision, Dialect
from workbench.loaders.errors import DialectInvalid, FileNotTabular
from workbench.loaders.features import check_degrees, read_features
from workbench.loaders.geometry import Misshapen, Shape, shape_of
from workbench.loaders.guard import read_json
from workbench.loaders.objects import problem_of, read_objects, with_problems
from workbench.loaders.registry import Problem
from workbench.loaders.tabular import OPTIONS, Table, loading, refuse

__all__ = [
    "Feed",
    "discovered",
    "feeds",
    "lists_feeds",
    "load",
    "options",
    "read",
    "suffixes",
    "takes_archives",
]

suffixes = ()
takes_archives = True
options = (*OPTIONS, "feed")

_DISCOVERY = "gbfs"
# The feed that is read when none is named, the first that is there.
_FIRST = ("station_information", "station_status", "vehicle_status", "free_bike_status")
# Seconds since 1970 before version 3, texts since.
_TIMES = frozenset({"last_reported", "last_updated", "available_until", "start", "end"})
_LATEST = 253_402_300_799  # 9999-12-31


@dataclass(frozen=True, slots=True)
class Feed:
    """Hold one feed.

    Parameters
    ----------
    name : str
    version : str
    updated : str
        When its content was made, as ISO 8601; empty when it is not told.
    ttl : int or None
        Seconds after which it is to be asked for again.
    data : object
    """

    name: str
    version: str
    updated: str
    ttl: int | None
    data: Any

    @classmethod
    def of(cls, name: str, document: Any, file: str) -> Feed:
        """Read the envelope of a feed.

        Raises
        ------
        FileNotTabular
            It is none.
        """
        if not isinstance(document, Mapping) or not isinstance(document.get("data"), Mapping):
            raise FileNotTabular(
                f"{file} is no GBFS feed: an object with last_updated, ttl and data is expected. "
                "Name another reader (records, geojson)."
            )
        ttl = document.get("ttl")
        return cls(
            name,
            str(document.get("version", "1.0")),
            str(_time(document.get("last_updated")) or ""),
            ttl if isinstance(ttl, int) else None,
            document["data"],
        )


def discovered(data: Any, name: str, language: str = "") -> Mapping[str, str]:
    """Return the URLs that a discovery file lists, by feed.

    Parameters
    ----------
    data : object
        Before version 3 the feeds are listed for each language.
    name : str
        What the message names.
    language : str
        The one wanted; another is taken when it is not there.

    Raises
    ------
    FileNotTabular

    Examples
    --------
    >>> discovered({"fr": {"feeds": [{"name": "station_status", "url": "https://a.fr/s"}]}}, "a")
    {'station_status': 'https://a.fr/s'}
    """
    listed = data.get("feeds") if isinstance(data, Mapping) else None
    if listed is None and isinstance(data, Mapping):
        languages = {key: each for key, each in data.items() if isinstance(each, Mapping)}
        chosen = (
            languages.get(language) or languages.get("fr") or next(iter(languages.values()), {})
        )
        listed = chosen.get("feeds")
    if not isinstance(listed, list):
        raise FileNotTabular(f"{name} lists no feed: it is no discovery file of GBFS.")
    return {
        each["name"]: each["url"]
        for each in listed
        if isinstance(each, Mapping)
        and isinstance(each.get("name"), str)
        and isinstance(each.get("url"), str)
    }


def feeds(path: Path) -> Mapping[str, Feed]:
    """Return the feeds that a file holds, or that are beside it when it is the discovery file.

    Raises
    ------
    JsonRefused, FileNotTabular
    """
    if kind_of(path) == "zip":
        with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
            return _packed(extract(path, Path(folder) / "gbfs", wanted="*.json"), path.name)
    document = read_json(path.read_bytes(), path.name)
    if isinstance(document, Mapping) and isinstance(document.get("feeds"), Mapping):
        found = {
            name: Feed.of(name, each, f"{path.name} [{name}]")
            for name, each in document["feeds"].items()
        }
        return found
    name = path.name.removesuffix(".json")
    first = Feed.of(name, document, path.name)
    if not lists_feeds(first.data):
        return {name: first}
    found = {name: first}
    for each in discovered(first.data, path.name):
        # Only names: where the discovery file is on this disk, its feeds are beside it.
        beside = path.parent / f"{each}.json"
        if each.isidentifier() and each != name and beside.is_file():
            found[each] = Feed.of(each, read_json(beside.read_bytes(), beside.name), beside.name)
    return found


def _packed(files: Sequence[Path], name: str) -> Mapping[str, Feed]:
    """Return the feeds of an archive, each in a file of its name, in whatever folder."""
    found: dict[str, Feed] = {}
    for path in files:
        feed = path.name.removesuffix(".json")
        if feed in found:
            raise FileNotTabular(
                f"{name} holds two files {path.name}, of two networks or moments: take out the one "
                "to read."
            )
        found[feed] = Feed.of(feed, read_json(path.read_bytes(), path.name), path.name)
    if not found:
        raise FileNotTabular(f"{name} holds no JSON file, where the feeds of GBFS are expected.")
    return found


def lists_feeds(data: Mapping[str, Any]) -> bool:
    """Tell whether the data of a feed are those of a discovery file.

    Whatever is under ``feeds``, which no other feed has: :func:`discovered` refuses what is no
    list, rather than that a broken discovery file is read as a feed.

    Examples
    --------
    >>> lists_feeds({"fr": {"feeds": []}}), lists_feeds({"feeds": None}), lists_feeds({"bikes": []})
    (True, True, False)
    """
    inner = [data, *(each for each in data.values() if isinstance(each, Mapping))]
    return any("feeds" in each for each in inner)


def read(
    path: Path,
    dialect: Dialect | None = None,
    *,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
    feed: str = "",
) -> Table:
    """Read one feed.

    Parameters
    ----------
    path : Path
    dialect : Dialect, optional
    strict, mend, lang, located
        See `workbench.loaders.tabular.read`. Rows are those of the feed, counted from 1.
    feed : str
        Name of the feed; by default the stations, else what is there.

    Returns
    -------
    Table
        Times are UTC; counts by kind of vehicle have a column a kind; what has ``lat`` and
        ``lon`` has a ``geometry``. Version, time and life of the feed are in the decisions.

    Raises
    ------
    JsonRefused, FileNotTabular
        It is no JSON, or no feed.
    DialectInvalid
        There is no feed of this name.
    """
    note("file", str(path))
    found = feeds(path)
    chosen, told = _choose(found, feed, path.name)
    name = f"{path.name} [{chosen.name}]" if len(found) > 1 else path.name
    told = [*told, Decision("version", chosen.version, "the feed says so")]
    told += [Decision("last_updated", chosen.updated, "the feed says so")] * bool(chosen.updated)
    if chosen.ttl is not None:
        told.append(Decision("ttl", f"{chosen.ttl} s", "the feed says so"))
    zones = chosen.data.get("geofencing_zones")
    if isinstance(zones, Mapping):
        table = read_features(
            _translated(zones), name, dialect, strict=strict, mend=mend, lang=lang, located=located
        )
        return replace(table, decisions=(*told, *table.decisions))
    rows, problems, aside = _rows(chosen, name, Messages(lang))
    shapes = [_point(row) for _, row in rows]
    lines = [line for line, _ in rows]
    problems += check_degrees(shapes, lines, name, Messages(lang))
    table = read_objects(
        [row for _, row in rows],
        name,
        dialect or Dialect(),
        lines=lines,
        geometry=[shape.wkb if shape else None for shape in shapes] if any(shapes) else None,
        told=told,
        typed=True,
        mend=mend,
        lang=lang,
        located=located,
    )
    table = with_problems(table, problems, aside)
    refuse(table, name, strict=strict, located=located)
    return table


def _choose(found: Mapping[str, Feed], given: str, name: str) -> tuple[Feed, Sequence[Decision]]:
    if given and given not in found:
        fetch = (
            " The feeds of a network come with the address of its gbfs.json: "
            "`workbench data preview URL --as gbfs`."
        )
        raise DialectInvalid(
            f"{name} has no feed {given!r} ({nearest(given, found)})."
            + (fetch if set(found) == {_DISCOVERY} else "")
        )
    best = given or next((each for each in _FIRST if each in found), next(iter(found)))
    others = ", ".join(each for each in found if each != best)
    evidence = "given" if given else f"the others are {others}" if others else "the only one here"
    return found[best], [Decision("feed", best, evidence)]


def _rows(
    feed: Feed, name: str, say: Messages
) -> tuple[list[tuple[int, dict[str, Any]]], list[Problem], list[tuple[int, str, str]]]:
    """Return the records of a feed and their places; those that are no objects are set aside."""
    if lists_feeds(feed.data):
        listed = discovered(feed.data, name)
        return (
            [(at, {"name": key, "url": url}) for at, (key, url) in enumerate(listed.items(), 1)],
            [],
            [],
        )
    lists = [each for each in feed.data.values() if isinstance(each, list)]
    objects: list[Any] = lists[0] if len(feed.data) == 1 and lists else [feed.data]
    rows, problems, aside = [], [], []
    languages = _languages(objects)
    for line, each in enumerate(objects, start=1):
        if isinstance(each, Mapping):
            rows.append((line, _row(each, one=len(languages) < 2)))
            continue
        shown = str(each)[:80]
        problems.append(problem_of("readers.not_record", name, line, shown, say, fatal=True))
        aside.append((line, "not_record", str(each)[:500]))
    return rows, problems, aside


def _translated(zones: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the texts and times of zones as those of any feed."""
    features = zones.get("features")
    if not isinstance(features, list):
        return zones
    told = [each.get("properties") if isinstance(each, Mapping) else None for each in features]
    one = len(_languages(told)) < 2
    made = [
        {**each, "properties": _row(properties, one=one)}
        if isinstance(properties, Mapping)
        else each
        for each, properties in zip(features, told, strict=True)
    ]
    return {**zones, "features": made}


def _row(found: Mapping[str, Any], *, one: bool) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in found.items():
        if _is_translated(value):
            for text in value:
                made[key if one else f"{key}.{text['language']}"] = text["text"]
        elif _is_counted(value):
            made |= {f"{key}.{each['vehicle_type_id']}": each["count"] for each in value}
        else:
            made[key] = _time(value) if key in _TIMES else value
    return made


def _is_translated(value: Any) -> bool:
    """Tell a text in several languages, as version 3 has it."""
    return _are_objects(value, {"text", "language"})


def _is_counted(value: Any) -> bool:
    """Tell counts by kind of vehicle, each kind once."""
    return _are_objects(value, {"vehicle_type_id", "count"}) and len(
        {each["vehicle_type_id"] for each in value}
    ) == len(value)


def _are_objects(value: Any, keys: set[str]) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, Mapping) and set(each) == keys for each in value)
        and all(isinstance(each[key], str) for each in value for key in keys - {"count"})
    )


def _languages(objects: Sequence[Any]) -> set[str]:
    return {
        text["language"]
        for each in objects
        if isinstance(each, Mapping)
        for value in each.values()
        if _is_translated(value)
        for text in value
    }


def _time(value: Any) -> Any:
    """Write seconds since 1970 as a time; anything else is left as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if not 0 <= value <= _LATEST:
        return value
    return datetime.fromtimestamp(value, UTC).isoformat()


def _point(row: Mapping[str, Any]) -> Shape | None:
    if row.get("lat") is None or row.get("lon") is None:
        return None
    try:
        return shape_of({"type": "Point", "coordinates": [row["lon"], row["lat"]]})
    except Misshapen:
        return None  # told as what it is, a cell that is no number


load = loading(read)
