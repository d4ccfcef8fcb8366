"""What a pack declares, as records read from ``pack.yml`` and checked against its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from workbench.core.declarations import read_declaration
from workbench.core.errors import LevelUnknown, PackInvalid, UnknownName, nearest
from workbench.geography.boundaries import Projection
from workbench.geography.code_kinds import CHECKS, CodeKind

__all__ = ["Frame", "Level", "PackSpec", "Source", "VariableSpec", "read_spec"]

Texts = Mapping[str, str]


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
    map_levels: Mapping[str, str]
    sources: Mapping[str, Source]
    caveats: Mapping[str, Texts]
    variables: Mapping[str, VariableSpec]
    frames: tuple[Frame, ...]
    secrecy: Mapping[str, Mapping[str, Any]]
    peers: Mapping[str, Any]
    type_names: Mapping[str, Texts] = field(default_factory=dict)
    constant: tuple[Mapping[str, Any], ...] = ()
    codes: tuple[CodeKind, ...] = ()

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


def read_spec(path: Path) -> PackSpec:
    """Read and check a ``pack.yml``.

    Raises
    ------
    DeclarationError
        When a key is unknown, missing or of the wrong type.
    PackInvalid
        When declarations contradict each other.
    """
    schema = json.loads(
        resources.files("workbench.packs").joinpath("pack.schema.json").read_text("utf-8")
    )
    raw = read_declaration(path, schema)
    spec = PackSpec(
        name=raw["name"],
        title=raw["title"],
        languages=tuple(raw["languages"]),
        default_language=raw["default_language"],
        country=raw["country"],
        vintage=raw["vintage"],
        vintages=tuple(raw["vintages"]),
        base_level=raw["base_level"],
        levels={row["id"]: _level(row) for row in raw["levels"]},
        map_levels=raw["map_levels"],
        sources={
            key: Source(id=key, **{**row, "packages": tuple(row.get("packages", ()))})
            for key, row in raw["sources"].items()
        },
        caveats=raw["caveats"],
        variables={
            key: VariableSpec(
                id=key,
                unit=row["unit"],
                sources=tuple(row["sources"]),
                caveats=tuple(row["caveats"]),
                long_name=row["long_name"],
                single=row.get("single", False),
            )
            for key, row in raw["variables"].items()
        },
        frames=tuple(_frame(row) for row in raw["frames"]),
        secrecy=raw["secrecy"],
        peers=raw["peers"],
        type_names=raw.get("type_names", {}),
        constant=tuple(raw.get("constant", ())),
        codes=tuple(
            CodeKind.read(row, {each["id"]: each["code"] for each in raw["levels"]})
            for row in raw.get("codes", ())
        ),
    )
    _check(spec)
    return spec


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


def _check(spec: PackSpec) -> None:
    """Refuse names that lead nowhere and texts without a language."""
    for level in spec.levels.values():
        for name in (*level.parents, *level.references):
            if name not in spec.levels:
                raise PackInvalid(f"level {level.id}: parent {name!r} is not a level")
        for name in level.caveats:
            if name not in spec.caveats:
                raise PackInvalid(f"level {level.id}: caveat {name!r} is not declared")
    for kind in spec.codes:
        for name in filter(None, (kind.level, kind.whole)):
            spec.level(name)
        try:
            re.compile(kind.pattern)
        except re.error as error:
            raise PackInvalid(f"code {kind.id}: pattern {kind.pattern!r}: {error}") from error
        for name in filter(None, (kind.check, *kind.exceptions.values())):
            if name not in CHECKS:
                hint = nearest(name, CHECKS)
                raise PackInvalid(f"code {kind.id}: check {name!r} is unknown ({hint})")
    for variable in spec.variables.values():
        for name in variable.sources:
            spec.source(name)
        for name in variable.caveats:
            if name not in spec.caveats:
                raise PackInvalid(f"variable {variable.id}: caveat {name!r} is not declared")
    texts: dict[str, Texts] = {f"caveat {key}": text for key, text in spec.caveats.items()}
    texts |= {f"variable {key}": row.long_name for key, row in spec.variables.items()}
    texts |= {f"source {key}": row.title for key, row in spec.sources.items()}
    texts |= {f"code {kind.id}": kind.one for kind in spec.codes}
    texts |= {f"code {kind.id}, many": kind.many for kind in spec.codes}
    texts |= {f"code {kind.id}, advice": kind.advice for kind in spec.codes if kind.advice}
    for place, text in texts.items():
        if missing := set(spec.languages) - set(text):
            raise PackInvalid(f"{place}: no text in {', '.join(sorted(missing))}")
