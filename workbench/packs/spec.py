"""What a pack declares, as records read from ``pack.yml`` and checked against its schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from workbench.core.declarations import read_declaration, validate
from workbench.core.errors import LevelUnknown, PackInvalid, UnknownName, nearest
from workbench.geography.boundaries import Projection
from workbench.geography.code_kinds import CodeKind
from workbench.packs.declared import contradictions

__all__ = [
    "PARTS",
    "Frame",
    "Level",
    "OtherName",
    "PackSpec",
    "Source",
    "VariableSpec",
    "kept_spec",
    "pack_schema",
    "read_spec",
    "spec_of",
    "state_of",
]

Texts = Mapping[str, str]

PARTS = "parts"
"""Variable that every pack has: the number of territories of the base level."""


@dataclass(frozen=True, slots=True)
class Level:
    """Declare one level: its role, the shape of its codes, its parents and its words.

    ``role`` is what it plays whatever the country: finest, local, group, middle, region,
    country. ``names`` gives, by language, the nouns ``one``, ``many``, ``the``, ``this``, and
    optional patterns (see :mod:`workbench.core.i18n.lexicon`). ``siblings`` is the parent level
    within which a territory is ranked. ``caveats`` names the reservations that its members call
    for, wherever they are listed.
    """

    id: str
    role: str
    code: str
    parents: tuple[str, ...]
    references: tuple[str, ...]
    names: Mapping[str, Mapping[str, str]]
    siblings: str = ""
    caveats: tuple[str, ...] = ()

    @property
    def label(self) -> Texts:
        """Return the noun of one territory of the level, by language."""
        return {lang: words["one"] for lang, words in self.names.items()}


@dataclass(frozen=True, slots=True)
class Source:
    """Name where figures come from."""

    id: str
    title: Texts
    producer: str
    licence: str
    reference: Texts
    url: str
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VariableSpec:
    """Declare one additive variable of the pack.

    ``single`` says that a territory of the base level has one at most (its town hall).
    """

    id: str
    unit: str
    sources: tuple[str, ...]
    caveats: tuple[str, ...]
    long_name: Texts
    single: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Declare one window of the map: what it shows and its projection."""

    id: str
    label: Texts
    projection: Projection
    region: str = ""


@dataclass(frozen=True, slots=True)
class OtherName:
    """Declare a language in which territories bear another name, and how it is written."""

    lang: str
    label: Texts
    direction: str = "ltr"


@dataclass(frozen=True)
class PackSpec:
    """Hold the whole of ``pack.yml``."""

    name: str
    title: Texts
    languages: tuple[str, ...]
    default_language: str
    country: str
    vintage: int
    vintages: tuple[int, ...]
    base_level: str
    levels: Mapping[str, Level]
    sources: Mapping[str, Source]
    variables: Mapping[str, VariableSpec]
    map_levels: Mapping[str, str] = field(default_factory=dict)
    caveats: Mapping[str, Texts] = field(default_factory=dict)
    frames: tuple[Frame, ...] = ()
    secrecy: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    peers: Mapping[str, Any] = field(default_factory=dict)
    type_names: Mapping[str, Texts] = field(default_factory=dict)
    constant: tuple[Mapping[str, Any], ...] = ()
    codes: tuple[CodeKind, ...] = ()
    other_names: Mapping[str, OtherName] = field(default_factory=dict)
    former_kinds: Mapping[str, Texts] = field(default_factory=dict)
    map_date: Texts = field(default_factory=dict)
    simulated: bool = False
    build: str = ""

    @cached_property
    def country_level(self) -> str:
        """Identifier of the level that is the country itself."""
        return next(level.id for level in self.levels.values() if level.role == "country")

    @property
    def level_names(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """Return the nouns of the levels, by level, language and form, as sentences need them."""
        return {name: level.names for name, level in self.levels.items()}

    def level(self, name: str) -> Level:
        """Return a level by its identifier."""
        try:
            return self.levels[name]
        except KeyError:
            hint = nearest(name, self.levels)
            raise LevelUnknown(f"Level {name!r} is not in pack {self.name} ({hint}).") from None

    def source(self, name: str) -> Source:
        """Return a source by its identifier."""
        try:
            return self.sources[name]
        except KeyError:
            hint = nearest(name, self.sources)
            raise UnknownName(f"Source {name!r} is not in pack {self.name} ({hint}).") from None


@cache
def pack_schema() -> Mapping[str, Any]:
    """Return the JSON Schema of ``pack.yml``."""
    text = resources.files("workbench.packs").joinpath("pack.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def read_spec(path: Path) -> PackSpec:
    """Read and check a ``pack.yml``.

    Raises
    ------
    DeclarationError
        When a key is unknown, missing or of the wrong type.
    PackInvalid
        When declarations contradict each other.
    """
    raw = read_declaration(path)
    validate(raw, pack_schema(), path.name)
    spec = spec_of(raw)
    wrong = list(contradictions(spec))
    if wrong:
        more = f" ({len(wrong) - 1} more)" if wrong[1:] else ""
        raise PackInvalid(
            f"{path.name}, {wrong[0]}{more}. `workbench pack check {path.parent}` lists all."
        )
    return spec


def kept_spec(folder: Path) -> PackSpec:
    """Return the declarations of a pack, read again when its ``pack.yml`` has changed."""
    return _kept(folder, state_of(folder))


def state_of(folder: Path) -> tuple[int, int]:
    """Tell one state of a pack's declarations from another: time of change and size."""
    status = (folder / "pack.yml").stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=8)
def _kept(folder: Path, _state: tuple[int, int]) -> PackSpec:
    return read_spec(folder / "pack.yml")


def spec_of(raw: Mapping[str, Any]) -> PackSpec:
    """Turn the content of a ``pack.yml`` that follows the schema into records."""
    levels = {row["id"]: _level(row) for row in raw["levels"]}
    variables = {
        key: VariableSpec(
            id=key,
            unit=row["unit"],
            sources=tuple(row["sources"]),
            caveats=tuple(row["caveats"]),
            long_name=row["long_name"],
            single=row.get("single", False),
        )
        for key, row in raw["variables"].items()
    }
    base = levels.get(raw["base_level"])
    nouns = {} if base is None else base.names
    own = {lang: words["many"] for lang, words in nouns.items() if "many" in words}
    variables.setdefault(PARTS, VariableSpec(PARTS, "count", (), (), own, single=True))
    return PackSpec(
        name=raw["name"],
        title=raw["title"],
        languages=tuple(raw["languages"]),
        default_language=raw["default_language"],
        country=raw["country"],
        vintage=raw["vintage"],
        vintages=tuple(raw["vintages"]),
        base_level=raw["base_level"],
        levels=levels,
        sources={
            key: Source(id=key, **{**row, "packages": tuple(row.get("packages", ()))})
            for key, row in raw["sources"].items()
        },
        variables=variables,
        map_levels=raw.get("map_levels", {}),
        caveats=raw.get("caveats", {}),
        frames=tuple(_frame(row) for row in raw.get("frames", ())),
        secrecy=raw.get("secrecy", {}),
        peers=raw.get("peers", {"count": 1, "variables": []}),
        type_names=raw.get("type_names", {}),
        constant=tuple(raw.get("constant", ())),
        codes=tuple(
            CodeKind.read(row, {each["id"]: each["code"] for each in raw["levels"]})
            for row in raw.get("codes", ())
        ),
        other_names={
            lang: OtherName(lang, **row) for lang, row in raw.get("other_names", {}).items()
        },
        former_kinds=raw.get("former_kinds", {}),
        map_date=raw.get("map_date", {}),
        simulated=raw.get("simulated", False),
        build=raw.get("build", ""),
    )


def _level(row: Mapping[str, Any]) -> Level:
    return Level(
        id=row["id"],
        role=row["role"],
        code=row["code"],
        parents=tuple(row["parents"]),
        references=tuple(row.get("references", row["parents"])),
        names=row["names"],
        siblings=row.get("siblings", ""),
        caveats=tuple(row.get("caveats", ())),
    )


def _frame(row: Mapping[str, Any]) -> Frame:
    return Frame(row["id"], row["label"], Projection.read(row["projection"]), row.get("region", ""))
