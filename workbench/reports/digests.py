"""Digests of what a report depends on: what it read, its template, the package, the environment.

The same digests say what a second run may skip, what :mod:`.verify` finds changed, and what
made a figure change between two editions.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from workbench.core.digests import sha256_of
from workbench.core.reads import Item
from workbench.core.types import Territory
from workbench.indicators.registry import registry
from workbench.packs.pack import Pack
from workbench.packs.tables import whole_table
from workbench.reports.assets import templates_folder

__all__ = [
    "ABSENT",
    "Digests",
    "digest",
    "environment_digest",
    "file_digest",
    "package_digest",
    "perimeter_digest",
    "state_of_grid",
]

ABSENT = "absent"
# What a report reads is noted item by item; the command draws and calculates nothing.
_APART = ("cli/", "indicators/catalogue/", "templates/")
_CODE = frozenset({".py", ".yml", ".json", ".css", ".js", ".j2"})
_NAMED_APART = ("sources", "variables")


def digest(value: object) -> str:
    """Hash plain values, whatever the order of their keys.

    Examples
    --------
    >>> digest({"b": 1, "a": "é"}) == digest({"a": "é", "b": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


@lru_cache(maxsize=4096)
def _hash_of(path: Path, size: int, changed: int) -> str:
    del size, changed
    return sha256_of(path)


def file_digest(path: Path) -> str:
    """Hash a file; one that is not there has the digest ``"absent"``.

    Examples
    --------
    >>> file_digest(Path("no-such-file"))
    'absent'
    """
    try:
        status = path.stat()
        return _hash_of(path, status.st_size, status.st_mtime_ns)
    except (FileNotFoundError, IsADirectoryError):
        return ABSENT


def state_of_grid(path: Path) -> str:
    """Hash the names, sizes and times of change of a grid's files, which may be very large."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    if not path.exists():
        return ABSENT
    states = ((each.relative_to(path.parent).as_posix(), each.stat()) for each in files)
    return digest([[name, state.st_size, state.st_mtime_ns] for name, state in states])


@lru_cache(maxsize=1)
def package_digest() -> str:
    """Hash the package's code, words and page template, but not what is read item by item."""
    package = Path(__file__).parents[1]
    found = {}
    for root, name in ((package, "workbench"), (templates_folder(), "templates")):
        for path in sorted(root.rglob("*")):
            place = path.relative_to(root).as_posix()
            data = name == "workbench" and (
                place.startswith(_APART)
                or path.name == "pack.yml"
                or (place.startswith("packs/") and "/build" in place)
                or "/data/" in place
            )
            if path.suffix in _CODE and not data:
                found[f"{name}/{place}"] = file_digest(path)
    return digest(found)


@lru_cache(maxsize=1)
def environment_digest() -> str:
    """Hash the version of Python, the kind of machine and every installed package's version."""
    versions = sorted(
        {
            f"{each.name.lower()} {each.version}"
            for each in metadata.distributions()
            if each.name and each.name.lower() != "territorial-workbench"
        }
    )
    return digest([platform.python_version(), platform.machine(), platform.system(), versions])


def perimeter_digest(pack: Pack, territory: Territory) -> str:
    """Hash the ground of a territory: the base territories inside and what each has absorbed.

    The ground that stays the same from one map to the next keeps its digest; only the latest map
    tells what was absorbed, so that older ones are told apart by their year.
    """
    base = pack.spec.base_level
    inside = (
        [territory.code]
        if base in (territory.level, *territory.parents)
        else pack.territories.children(territory, base)
    )
    absorbed = _absorbed(pack)
    year = 0 if pack.is_latest else pack.vintage
    return digest([year, [[code, *absorbed.get(code, ())] for code in inside]])


@lru_cache(maxsize=4)
def _absorbed(pack: Pack) -> Mapping[str, list[str]]:
    """List, by base territory of the latest map, the codes that it absorbed."""
    path = pack.folder / "data" / "former.parquet"
    if not (pack.is_latest and path.exists()):
        return {}
    table = whole_table(path)
    return {str(code): sorted(rows) for code, rows in table.groupby(pack.spec.base_level)["code"]}


class Digests:
    """Hash the items that reports read from a pack, each once.

    Parameters
    ----------
    pack : Pack
    """

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._found: dict[Item, str] = {}

    def of(self, item: Item) -> str:
        """Hash one item of :mod:`workbench.core.reads`."""
        if item not in self._found:
            kind, *names = item
            self._found[item] = getattr(self, f"_{kind}")(*names)
        return self._found[item]

    def of_all(self, items: Iterable[Item]) -> dict[Item, str]:
        """Hash what one report read, what that rests on, and what every report reads."""
        found: set[Item] = set()
        beneath: list[Item] = [*items, ("catalogue",), ("map",), ("words",)]
        while beneath:
            item = beneath.pop()
            if item not in found:
                found.add(item)
                beneath += self._beneath(item)
        return {item: self.of(item) for item in sorted(found)}

    def _beneath(self, item: Item) -> list[Item]:
        """Return what an item rests on: the variables of an indicator, the sources of these."""
        kind, *names = item
        if kind == "indicator" and names[1] in registry().by_id:
            level, name = names
            if level in self._pack.spec.levels:
                parts = self._pack.parts_level(level)
                return [("variable", parts, each) for each in registry().get(name).variables]
        if kind == "variable":
            said = self._declared["variables"].get(names[1], {})
            return [("source", source) for source in said.get("sources", ())]
        return []

    # -- a method a kind of item ---------------------------------------------------------

    def _table(self, name: str) -> str:
        return file_digest(self._pack.folder / "data" / f"{name}.parquet")

    def _map(self) -> str:
        older = () if self._pack.is_latest else ("maps",)
        return digest([self._pack.vintage, *map(self._table, ("territories", *older))])

    def _words(self) -> str:
        return digest({k: v for k, v in self._declared.items() if k not in _NAMED_APART})

    def _source(self, name: str) -> str:
        return digest(self._declared["sources"].get(name, ABSENT))

    def _boundaries(self, level: str, detail: str) -> str:
        return self._table(f"boundaries_{level}_{detail}")

    def _variable(self, level: str, name: str) -> str:
        said = self._declared["variables"].get(name)
        if said is None or not self._pack.has_variable(name, level):
            return ABSENT
        stored = self._pack.stored(name, level)
        exceptions = [self._table(each) for each in ("statuses", "transitions")]
        return digest([said, exceptions, _columns_digest(*stored)])

    def _indicator(self, _level: str, name: str) -> str:
        # Its declaration alone: its variables are items of their own.
        declared = registry().by_id.get(name)
        return ABSENT if declared is None else digest(dataclasses.asdict(declared))

    def _catalogue(self) -> str:
        known = registry()
        return digest([[dataclasses.asdict(theme) for theme in known.themes], list(known.by_id)])

    def _file(self, path: str) -> str:
        return file_digest(Path(path))

    def _grid(self, path: str) -> str:
        return state_of_grid(Path(path))

    @cached_property
    def _declared(self) -> dict[str, Any]:
        text = (self._pack.folder / "pack.yml").read_text("utf-8")
        declared: dict[str, Any] = yaml.safe_load(text)
        return declared


def _columns_digest(path: Path, names: tuple[str, ...]) -> str:
    """Hash some columns of a table as they are stored, without decoding them."""
    found = hashlib.sha256()
    with path.open("rb") as file, pq.ParquetFile(path, pre_buffer=False) as table:
        places = {name: place for place, name in enumerate(table.schema_arrow.names)}
        for number in range(table.metadata.num_row_groups):
            group = table.metadata.row_group(number)
            for name in ("code", *names):
                if name not in places:
                    continue
                column = group.column(places[name])
                starts = (column.dictionary_page_offset, column.data_page_offset)
                file.seek(min(start for start in starts if start))
                found.update(f"{name} {group.num_rows}".encode())
                found.update(file.read(column.total_compressed_size))
    return found.hexdigest()
