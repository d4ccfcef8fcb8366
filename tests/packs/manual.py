"""The reference of ``pack.yml``, written from its schema: a table of keys that cannot go stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.packs.spec import pack_schema

__all__ = ["keys_table"]


def keys_table() -> str:
    """Write one line a key of ``pack.yml``, with its type and its meaning, in Markdown."""
    lines = ["| Key | Holds | Meaning |", "|---|---|---|"]
    lines += [f"| {key} | {kind} | {meaning} |" for key, kind, meaning in _rows(pack_schema(), "")]
    return "\n".join(lines)


def _rows(schema: Mapping[str, Any], above: str) -> Iterator[tuple[str, str, str]]:
    """Walk the keys of an object; those that are needed are bold."""
    for name, each in schema.get("properties", {}).items():
        key = f"`{above}{name}`"
        needed = name in schema.get("required", ())
        yield (f"**{key}**" if needed else key, _kind(each), each.get("description", ""))
        inside, mark = _inside(each)
        if above.count(".") < 2:
            yield from _rows(inside, f"{above}{name}{mark}.")


def _inside(schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Return what an object, each item of a list or each entry of a mapping holds."""
    if "items" in schema:
        return schema["items"], "[]"
    if isinstance(schema.get("additionalProperties"), dict):
        return schema["additionalProperties"], ".*"
    return schema, ""


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return "text by language"
    if "enum" in schema:
        return " or ".join(schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("type") == "object":
        inside = schema.get("additionalProperties")
        return f"{_kind(inside)} by name" if isinstance(inside, dict) else "mapping"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    return names.get(schema.get("type", ""), str(schema.get("type", "")))


if __name__ == "__main__":
    print(keys_table())
