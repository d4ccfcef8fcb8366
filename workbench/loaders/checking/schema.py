"""Read a Table Schema: what columns a file should have, and what their cells may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.core.declarations import read_declaration
from workbench.core.errors import nearest
from workbench.loaders.checking.customs import GPS
from workbench.loaders.checking.reading import FORMATS, TYPES
from workbench.loaders.errors import SchemaInvalid

__all__ = ["Custom", "Field", "Schema", "known_schemas", "read_schema", "schema_of"]

_CONSTRAINTS = frozenset(
    {"required", "unique", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength"}
)
_MOST_BYTES = 10**7
_MOST_PATTERN = 10_000  # characters


@dataclass(frozen=True, slots=True)
class Field:
    """Say what a column should hold: see the Table Schema specification."""

    name: str
    title: str = ""
    type: str = "string"
    format: str = "default"
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    bounds: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    example: str = ""


@dataclass(frozen=True, slots=True)
class Custom:
    """Hold a check of several columns, or of a national number, that a schema asks for by name."""

    name: str
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Schema:
    """Hold what a file should be.

    Parameters
    ----------
    title : str
    fields : tuple of Field
    missing : frozenset of str
        Cells that hold nothing.
    key : tuple of str
        Columns that tell one row from another.
    customs : tuple of Custom
    """

    title: str
    fields: tuple[Field, ...]
    missing: frozenset[str] = frozenset({""})
    key: tuple[str, ...] = ()
    customs: tuple[Custom, ...] = ()

    @property
    def points(self) -> tuple[str, ...]:
        """Columns that hold points, longitude first."""
        typed = [each.name for each in self.fields if each.type == "geopoint"]
        asked = [each.words.get("column") for each in self.customs if each.name == GPS]
        return tuple(dict.fromkeys([*typed, *(name for name in asked if isinstance(name, str))]))


def known_schemas() -> Mapping[str, str]:
    """Return the schemas that have a name here: where each one is published.

    A source of the catalogue has that of the schema its files follow.

    Examples
    --------
    >>> known_schemas()["scdl_grants"] == known_schemas()["scdl/subventions"]
    True
    """
    found: Mapping[str, str] = read_declaration(Path(__file__).parent / "schemas.yml")
    return {name: found.get(where, where) for name, where in found.items()}


def read_schema(path: Path) -> Schema:
    """Read the schema that a file holds.

    Raises
    ------
    SchemaInvalid
        It is no Table Schema; what is wrong in it is named.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise SchemaInvalid(f"{path.name} is too long for a schema. Give a Table Schema (JSON).")
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SchemaInvalid(
            f"{path.name} is no JSON ({str(error)[:80]}). Give a Table Schema, or one of the names "
            f"known here: {', '.join(list(known_schemas())[:3])}…"
        ) from error
    return schema_of(content, path.name)


def schema_of(content: object, name: str) -> Schema:
    """Read a schema from what its JSON holds.

    Raises
    ------
    SchemaInvalid

    Examples
    --------
    >>> found = schema_of({"fields": [{"name": "n", "type": "integer"}]}, "towns")
    >>> found.fields[0].type
    'integer'
    >>> schema_of({"fields": [{"name": "n", "type": "entier"}]}, "towns")
    Traceback (most recent call last):
    ...
    workbench.loaders.errors.SchemaInvalid: towns: column 'n' has type 'entier' (nearest: ...
    """
    if isinstance(content, dict) and "resources" in content and "fields" not in content:
        raise SchemaInvalid(
            f"{name} describes several files (a data package). Give the schema of one of them."
        )
    if not isinstance(content, dict) or not isinstance(content.get("fields"), list):
        raise SchemaInvalid(
            f"{name} has no list of fields: it is no Table Schema. A schema of GeoJSON or of other "
            "JSON is not read here."
        )
    fields = tuple(_field(each, name) for each in content["fields"])
    names = [each.name for each in fields]
    twice = sorted({each for each in names if names.count(each) > 1})
    if not fields or twice:
        told = f"column {twice[0]!r} comes twice" if twice else "there is no column"
        raise SchemaInvalid(f"{name}: {told}. Correct the schema.")
    key = content.get("primaryKey") or ()
    key = (key,) if isinstance(key, str) else tuple(map(str, key))
    for column in key:
        if column not in names:
            raise SchemaInvalid(
                f"{name}: the key names column {column!r} ({nearest(column, names)})."
            )
    customs = content.get("custom_checks") or ()
    return Schema(
        str(content.get("title") or content.get("name") or name),
        fields,
        frozenset(map(str, content.get("missingValues", [""]))),
        key,
        tuple(_custom(each, name) for each in customs),
    )


def _custom(content: object, name: str) -> Custom:
    if not isinstance(content, dict) or not isinstance(content.get("name"), str):
        raise SchemaInvalid(f"{name}: a custom check has no name: {str(content)[:60]}.")
    words = content.get("params") or {}
    if not isinstance(words, dict):
        raise SchemaInvalid(f"{name}: the params of check {content['name']!r} are no names.")
    return Custom(content["name"], words)


def _field(content: object, name: str) -> Field:
    if not isinstance(content, dict) or not isinstance(content.get("name"), str):
        raise SchemaInvalid(f"{name}: a field has no name: {str(content)[:60]}.")
    column, kind = content["name"], content.get("type", "string")
    if kind not in TYPES:
        raise SchemaInvalid(
            f"{name}: column {column!r} has type {kind!r} ({nearest(str(kind), TYPES)})."
        )
    held = content.get("constraints") or {}
    if not isinstance(held, dict):
        raise SchemaInvalid(f"{name}: the constraints of column {column!r} are no names.")
    for key in held:
        if key not in _CONSTRAINTS:
            raise SchemaInvalid(
                f"{name}: column {column!r} has constraint {key!r} ({nearest(key, _CONSTRAINTS)})."
            )
    found = Field(
        column,
        str(content.get("title") or ""),
        kind,
        str(content.get("format") or "default"),
        required=_flag(held.get("required")),
        unique=_flag(held.get("unique")),
        enum=tuple(map(_text, held.get("enum") or ())),
        pattern=str(held.get("pattern") or ""),
        bounds={key: held[key] for key in held if key.startswith(("min", "max"))},
        options={
            key: content[key]
            for key in ("trueValues", "falseValues", "decimalChar", "groupChar", "bareNumber")
            if key in content
        },
        example=_text(content.get("example") or ""),
    )
    if kind in FORMATS and found.format not in FORMATS[kind]:
        raise SchemaInvalid(
            f"{name}: column {column!r} has format {found.format!r} "
            f"({nearest(found.format, FORMATS[kind])})."
        )
    _try(found, name)
    return found


def _try(given: Field, name: str) -> None:
    """Refuse a pattern or a bound that says nothing."""
    if len(given.pattern) > _MOST_PATTERN:
        raise SchemaInvalid(
            f"{name}: the pattern of column {given.name!r} has {len(given.pattern):,} characters, "
            f"more than {_MOST_PATTERN:,}. Give a list of choices (enum) instead."
        )
    try:
        re.compile(given.pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise SchemaInvalid(
            f"{name}: the pattern of column {given.name!r} is no expression ({error})."
        ) from error
    try:
        reader = TYPES[given.type](given.format, given.options)
        with suppress(ValueError):
            reader("1")
    except (re.error, TypeError, AttributeError) as error:
        raise SchemaInvalid(
            f"{name}: column {given.name!r} has format {given.format!r} and options "
            f"{dict(given.options)!r}, which do not read a {given.type} ({error})."
        ) from error
    for key, bound in given.bounds.items():
        try:
            int(bound) if key.endswith("Length") else reader(_text(bound))
        except (ValueError, TypeError) as error:
            raise SchemaInvalid(
                f"{name}: column {given.name!r} has {key} {bound!r}, no {given.type}."
            ) from error


def _flag(value: object) -> bool:
    # Published schemas write both true and "true".
    return value is True or str(value).lower() == "true"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
