"""Read declaration files (YAML) strictly: text stays text, keys are known and said once.

YAML guesses types: ``01001`` becomes 513 and ``no`` becomes false. Here a plain scalar is a
number only when it is written as one (``12``, ``0.5``), ``true``/``false`` are the only
booleans, and everything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from workbench.core.errors import DeclarationError, nearest

__all__ = ["problems_of", "read_declaration", "validate"]


# A declaration is written by hand: none has so many bytes, levels or, aliases repeated, values.
_LARGEST, _DEEPEST, _MOST = 4 << 20, 60, 500_000


class _TextLoader(yaml.SafeLoader):
    """Load mappings, lists and scalars without YAML's guesses, and refuse a key said twice.

    An alias counts as what it repeats: a few of them stand for more than a memory holds.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012 - declared by the base class

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._count = 0
        self._sizes: dict[yaml.Node, int] = {}

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
        alias, before = self.check_event(yaml.AliasEvent), self._count
        self._depth += 1
        if self._depth > _DEEPEST:
            raise DeclarationError(f"{self.name}, line {line}: more than {_DEEPEST} levels.")
        node = super().compose_node(parent, index)
        self._depth -= 1
        if alias and node not in self._sizes:
            raise DeclarationError(f"{self.name}, line {line}: a value that holds itself.")
        self._count += self._sizes[node] if alias and node is not None else 1
        if self._count > _MOST:
            raise DeclarationError(f"{self.name}, line {line}: more than {_MOST:,} values.")
        if node is not None and not alias:
            self._sizes[node] = self._count - before
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                mark = key.start_mark
                raise DeclarationError(
                    f"{mark.name}, line {mark.line + 1}: key {key.value!r} is said twice; "
                    "keep one of them."
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_TextLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^(0|-?[1-9][0-9]*)$"), list("-0123456789")
)
_TextLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789")
)
_TextLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), ["t", "f"]
)
_TextLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^null$"), ["n"])


def read_declaration(path: Path, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Read one YAML file and check it against a JSON Schema.

    Parameters
    ----------
    path : Path
    schema : mapping, optional
        JSON Schema (2020-12); unknown keys are errors where it says so.

    Returns
    -------
    dict

    Raises
    ------
    DeclarationError
        Naming the file, the place, what was found and the nearest valid key.
    """
    if path.stat().st_size > _LARGEST:
        raise DeclarationError(f"{path.name} is larger than {_LARGEST:,} bytes.")
    try:
        # _TextLoader is a SafeLoader: no tag makes an object.
        loader = _TextLoader(path.read_text(encoding="utf-8"))
        loader.name = path.name
        content = loader.get_single_data()
    except yaml.YAMLError as error:
        raise DeclarationError(f"{path.name} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise DeclarationError(f"{path.name} holds no mapping; expected keys at its top level.")
    if schema is not None:
        validate(content, schema, path.name)
    return content


def validate(content: object, schema: Mapping[str, Any], name: str) -> None:
    """Check a value against a JSON Schema; the error says where and what is nearest.

    Examples
    --------
    >>> validate({"unt": 1}, {"properties": {"unit": {}}, "additionalProperties": False}, "a.yml")
    Traceback (most recent call last):
    ...
    workbench.core.errors.DeclarationError: a.yml: unknown key 'unt' (nearest: unit).
    """
    error = best_match(Draft202012Validator(schema).iter_errors(content))
    if error is not None:
        raise DeclarationError(f"{name}{_place(error)}: {_explain(error)}.")


def problems_of(content: object, schema: Mapping[str, Any], name: str) -> list[str]:
    """List all that breaks a JSON Schema, each with its place, in the order of the file.

    Examples
    --------
    >>> problems_of({"a": 1, "b": "x"}, {"properties": {"a": {"type": "string"}}}, "a.yml")
    ["a.yml, a: 1 is not of type 'string'"]
    """
    errors = Draft202012Validator(schema).iter_errors(content)
    return [f"{name}{_place(error)}: {_explain(error)}" for error in errors]


def _place(error: ValidationError) -> str:
    return "".join(f", {part}" for part in error.absolute_path)


def _explain(error: ValidationError) -> str:
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema["properties"] if isinstance(error.schema, dict) else {}
        unknown = [key for key in error.instance if key not in known]
        return f"unknown key {unknown[0]!r} ({nearest(str(unknown[0]), known)})"
    return error.message
