"""Check the parameters of a template before anything runs.

A template declares its parameters in its notebook metadata, under ``workbench.parameters``::

    {"territory": {"type": "text", "required": true},
     "lang": {"type": "choice", "choices": ["fr", "en"], "default": "fr"},
     "vintage": {"type": "integer", "default": 2026}}

Values arrive as text (command line) or as Python values (API) and leave with the declared
type: a code stays text whatever it looks like. A ``grid`` is the path of daily gridded data, which
the run makes into figures of territories before its reports (see :mod:`.grids`). A name that is
not declared, or is not a plain identifier, is refused, since papermill writes names into a cell as
code.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.declarations import validate
from workbench.core.errors import ParameterError, nearest

__all__ = ["Parameter", "check_parameters", "read_parameters"]

Value = str | int | float | bool

_TYPES = ("text", "integer", "number", "flag", "choice", "grid")
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": False,
        "required": ["type"],
        "properties": {
            "type": {"enum": list(_TYPES)},
            "default": {"type": ["string", "integer", "number", "boolean"]},
            "choices": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "required": {"type": "boolean"},
            "description": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """Declare one parameter of a template."""

    name: str
    type: str
    default: Value | None = None
    choices: tuple[str, ...] = ()
    required: bool = False

    def read(self, value: Value) -> Value:
        """Turn a given value into the declared type.

        Raises
        ------
        ParameterError
            Naming the parameter, what was found and what is expected.

        Examples
        --------
        >>> Parameter("territory", "text").read("01001")
        '01001'
        >>> Parameter("vintage", "integer").read("2026")
        2026
        """
        if self.type in ("text", "choice", "grid"):
            return self._read_text(value)
        if self.type == "flag":
            return self._read_flag(value)
        number = int if self.type == "integer" else float
        try:
            if isinstance(value, bool) or (number is int and isinstance(value, float)):
                raise ValueError
            read = number(value)
            if not math.isfinite(read):
                raise ValueError
            return read
        except (OverflowError, TypeError, ValueError):
            raise self._wrong(value, f"{'an' if number is int else 'a'} {self.type}") from None

    def _read_text(self, value: Value) -> str:
        if not isinstance(value, str):
            raise self._wrong(value, "text: write it between quotes, with its leading zeros")
        if self.choices and value not in self.choices:
            raise self._wrong(value, f"one of {', '.join(self.choices)}")
        return value

    def _read_flag(self, value: Value) -> bool:
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
        raise self._wrong(value, "true or false")

    def _wrong(self, value: object, expected: str) -> ParameterError:
        hint = (
            f" ({nearest(value, self.choices)})" if self.choices and isinstance(value, str) else ""
        )
        return ParameterError(f"Parameter {self.name}: found {value!r}, expected {expected}{hint}.")


def read_parameters(metadata: Mapping[str, Any], template: str) -> dict[str, Parameter]:
    """Read the declared parameters of a template from its notebook metadata.

    Raises
    ------
    DeclarationError
        When a declaration breaks the schema.
    ParameterError
        When a declared name is no identifier, or a default is not of its type.
    """
    declared = metadata.get("workbench", {}).get("parameters", {})
    validate(declared, _SCHEMA, f"{template}, parameters")
    for name in declared:
        _check_name(name, declared)
    parameters = {
        name: Parameter(
            name,
            row["type"],
            row.get("default"),
            tuple(row.get("choices", ())),
            row.get("required", False),
        )
        for name, row in declared.items()
    }
    for parameter in parameters.values():
        if parameter.default is not None:
            parameter.read(parameter.default)
    return parameters


def check_parameters(
    declared: Mapping[str, Parameter], given: Mapping[str, Value]
) -> dict[str, Value]:
    """Check given values against declared parameters and complete them with defaults.

    Parameters
    ----------
    declared : mapping of str to Parameter
    given : mapping of str to value

    Returns
    -------
    dict
        Every declared parameter that has a value, in declared order.

    Raises
    ------
    ParameterError
        On an unknown or impossible name, a wrong type, or a required one left out.

    Examples
    --------
    >>> check_parameters({"lang": Parameter("lang", "choice", "fr", ("fr", "en"))}, {})
    {'lang': 'fr'}
    """
    for name in given:
        _check_name(name, declared)
        if name not in declared:
            hint = nearest(name, declared)
            raise ParameterError(f"Parameter {name!r} is not declared by the template ({hint}).")
    values: dict[str, Value] = {}
    for name, parameter in declared.items():
        if name in given:
            values[name] = parameter.read(given[name])
        elif parameter.default is not None:
            values[name] = parameter.default
        elif parameter.required:
            raise ParameterError(f"Parameter {name} is required by the template; give it a value.")
    return values


def _check_name(name: str, declared: Mapping[str, Any]) -> None:
    # Papermill writes `name = value` into a cell: anything but a plain name would run as code.
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        hint = nearest(name, declared)
        raise ParameterError(f"Parameter name {name!r} is not a plain identifier ({hint}).")
