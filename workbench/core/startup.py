"""Start quickly: put off what a library prepares at its import and hardly anyone uses."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any

__all__ = ["put_off_grammar"]

_GRAMMAR = "rfc3987_syntax"


class _Later(ModuleType):
    """Stand for the module until it is used, then give way to it."""

    def is_valid_syntax(self, *arguments: Any) -> Any:
        """Tell whether a text has a syntax of RFC 3987."""
        return _load(self).is_valid_syntax(*arguments)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_load(self), name)


def _load(later: _Later) -> ModuleType:
    if sys.modules.get(_GRAMMAR) is later:
        del sys.modules[_GRAMMAR]
    return importlib.import_module(_GRAMMAR)


def put_off_grammar() -> None:
    """Have the grammar of international addresses built at its first use.

    Notes
    -----
    jsonschema, which reads notebooks and declarations, imports it to check the formats ``iri``
    and ``iri-reference``. Building it takes more than a second of processor in every process;
    with it put off the formats are checked as before, and those who check none do not pay.

    Examples
    --------
    >>> put_off_grammar()
    >>> import jsonschema
    >>> jsonschema.FormatChecker().conforms("not an address", "iri")
    False
    """
    if _GRAMMAR not in sys.modules and find_spec(_GRAMMAR) is not None:
        sys.modules[_GRAMMAR] = _Later(_GRAMMAR)
