"""What a ``pack.yml`` contradicts in itself, each with its place and what to write instead.

The schema sees the shape of each key; this sees what one key says of another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from workbench.core.errors import nearest
from workbench.core.i18n import LANGUAGES
from workbench.geography.code_kinds import CHECKS

if TYPE_CHECKING:
    from workbench.packs.spec import PackSpec

__all__ = ["contradictions"]

_NOUNS = ("one", "many", "the", "this")
_PATTERNS = ("named", "within")
_FIELDS = frozenset({"name", "the", "of", "at"})


def contradictions(spec: PackSpec) -> Iterator[str]:
    """Yield what is wrong in a pack's declarations, each on one line.

    Parameters
    ----------
    spec : PackSpec
        One that follows the schema.
    """
    rules: tuple[Callable[[PackSpec], Iterator[str]], ...] = (
        _levels,
        _parents,
        _cycle,
        _maps,
        _languages,
        _variables,
        _codes,
        _texts,
    )
    for rule in rules:
        yield from rule(spec)


def _unknown(place: str, what: str, name: str, known: Iterable[str]) -> Iterator[str]:
    if name not in known:
        yield f"{place}: {what} {name!r} is not declared ({nearest(name, known)})"


def _levels(spec: PackSpec) -> Iterator[str]:
    yield from _unknown("base_level", "level", spec.base_level, spec.levels)
    base = spec.levels.get(spec.base_level)
    if base is not None and base.role != "local":
        yield f"levels, {base.id}, role: the base level is {base.role!r}; write local"
    wholes = [level.id for level in spec.levels.values() if level.role == "country"]
    if len(wholes) != 1:
        found = ", ".join(wholes) or "none"
        yield f"levels: one level has the role country, and one only; found {found}"
    for level in spec.levels.values():
        try:
            re.compile(level.code)
        except re.error as error:
            yield f"levels, {level.id}, code: {level.code!r} is no regular expression ({error})"


def _parents(spec: PackSpec) -> Iterator[str]:
    for level in spec.levels.values():
        for key, names in (("parents", level.parents), ("references", level.references)):
            for name in names:
                yield from _unknown(f"levels, {level.id}, {key}", "level", name, spec.levels)
        for name in level.caveats:
            yield from _unknown(f"levels, {level.id}, caveats", "caveat", name, spec.caveats)
        if level.siblings and level.siblings not in level.parents:
            hint = nearest(level.siblings, level.parents)
            yield f"levels, {level.id}, siblings: {level.siblings!r} is no parent of it ({hint})"


def _cycle(spec: PackSpec) -> Iterator[str]:
    """Follow parents upwards; then each level must come before those that hold it."""
    order = {name: place for place, name in enumerate(spec.levels)}
    for start in spec.levels:
        path = _way_back(spec, start)
        if path and order[start] == min(order[name] for name in path):
            chain = " → ".join([*path, start])
            yield f"levels: {chain} hold each other; take one of these parents away"
            return
    for level in spec.levels.values():
        for parent in level.parents:
            if parent in order and order[parent] < order[level.id]:
                yield f"levels, {level.id}: list it before {parent!r}, which holds it"


def _way_back(spec: PackSpec, start: str) -> list[str]:
    """Return the levels from one up to itself again; none when no way leads back."""
    paths, seen = [[start]], {start}
    while paths:
        path = paths.pop()
        for parent in spec.levels[path[-1]].parents:
            if parent == start:
                return path
            if parent in spec.levels and parent not in seen:
                seen.add(parent)
                paths.append([*path, parent])
    return []


def _maps(spec: PackSpec) -> Iterator[str]:
    if spec.vintage != max(spec.vintages):
        latest = max(spec.vintages)
        yield f"vintage: {spec.vintage} is not the latest of vintages; write {latest}"
    for level, shown in spec.map_levels.items():
        for name in (level, shown):
            yield from _unknown("map_levels", "level", name, spec.levels)
    for number, rule in enumerate(spec.constant):
        place = f"constant, {number}"
        yield from _unknown(place, "variable", rule["variable"], spec.variables)
        yield from _unknown(place, "level", rule["level"], spec.levels)
        yield from _unknown(place, "caveat", rule["caveat"], spec.caveats)


def _languages(spec: PackSpec) -> Iterator[str]:
    for lang in spec.languages:
        if lang not in LANGUAGES:
            yield (
                f"languages: no report is written in {lang!r} ({nearest(lang, LANGUAGES)}); names "
                "in another language go in other_names"
            )
    yield from _unknown("default_language", "language", spec.default_language, spec.languages)


def _variables(spec: PackSpec) -> Iterator[str]:
    for variable in spec.variables.values():
        place = f"variables, {variable.id}"
        for name in variable.sources:
            yield from _unknown(f"{place}, sources", "source", name, spec.sources)
        for name in variable.caveats:
            yield from _unknown(f"{place}, caveats", "caveat", name, spec.caveats)


def _codes(spec: PackSpec) -> Iterator[str]:
    for kind in spec.codes:
        place = f"codes, {kind.id}"
        for key, name in (("level", kind.level), ("whole", kind.whole)):
            if name:
                yield from _unknown(f"{place}, {key}", "level", name, spec.levels)
        for name in filter(None, (kind.check, *kind.exceptions.values())):
            yield from _unknown(f"{place}, check", "check", name, CHECKS)
        try:
            re.compile(kind.pattern)
        except re.error as error:
            yield f"{place}, pattern: {kind.pattern!r} is no regular expression ({error})"


def _texts(spec: PackSpec) -> Iterator[str]:
    """Look for the text of each language, and for the nouns that sentences need."""
    for place, text in _said(spec):
        if missing := [lang for lang in spec.languages if lang not in text]:
            yield f"{place}: no text in {', '.join(missing)}; add it"
    for level in spec.levels.values():
        for lang in spec.languages:
            place, nouns = f"levels, {level.id}, names", level.names.get(lang)
            if nouns is None:
                yield f"{place}: no noun in {lang}; add one, many, the and this"
                continue
            for form in _NOUNS:
                if not nouns.get(form):
                    yield f"{place}, {lang}: {form!r} is missing; add it"
            for form in _PATTERNS:
                for field in re.findall(r"{(\w*)}", nouns.get(form, "")):
                    if field not in _FIELDS:
                        hint = nearest(field, _FIELDS)
                        yield f"{place}, {lang}, {form}: {{{field}}} has no meaning ({hint})"


def _said(spec: PackSpec) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "title", spec.title
    if spec.map_date:
        yield "map_date", spec.map_date
    for key, source in spec.sources.items():
        yield f"sources, {key}, title", source.title
        yield f"sources, {key}, reference", source.reference
    for key, variable in spec.variables.items():
        yield f"variables, {key}, long_name", variable.long_name
    for frame in spec.frames:
        yield f"frames, {frame.id}, label", frame.label
    for kind in spec.codes:
        yield f"codes, {kind.id}, one", kind.one
        yield f"codes, {kind.id}, many", kind.many
        if kind.advice:
            yield f"codes, {kind.id}, advice", kind.advice
    for key, other in spec.other_names.items():
        yield f"other_names, {key}, label", other.label
    named = {
        "caveats": spec.caveats,
        "type_names": spec.type_names,
        "former_kinds": spec.former_kinds,
    }
    for group, texts in named.items():
        for key, text in texts.items():
            yield f"{group}, {key}", text
