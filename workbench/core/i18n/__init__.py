"""Languages: the catalogue of messages, numbers and units, and grammar of names.

A language is a module of grammar (:mod:`.french`, :mod:`.english`), listed in
:mod:`.languages`, and its texts in ``messages/*.yml`` and ``units.yml``.
"""

from __future__ import annotations

from workbench.core.i18n.catalogue import (
    Catalogue,
    Message,
    Messages,
    catalogue,
    read_catalogue,
    translate,
)
from workbench.core.i18n.languages import LANGUAGES, Language, TypeNames, language
from workbench.core.i18n.lexicon import LevelNames, Lexicon
from workbench.core.i18n.numbers import (
    ABSENT_MARKS,
    Unit,
    format_number,
    format_quantity,
    rounded,
    unit,
    unit_name,
)

__all__ = [
    "ABSENT_MARKS",
    "LANGUAGES",
    "Catalogue",
    "Language",
    "LevelNames",
    "Lexicon",
    "Message",
    "Messages",
    "TypeNames",
    "Unit",
    "catalogue",
    "format_number",
    "format_quantity",
    "language",
    "read_catalogue",
    "rounded",
    "translate",
    "unit",
    "unit_name",
]
