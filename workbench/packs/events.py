"""Read the events that lead to the latest map of a pack, and the words they are told with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from workbench.core.declarations import read_declaration
from workbench.core.errors import DeclarationError, EventsMissing, nearest
from workbench.core.i18n.lexicon import Lexicon
from workbench.core.parquet import read_table
from workbench.core.reads import note
from workbench.core.types import Territory
from workbench.geography.event import Events
from workbench.geography.territories import Territories
from workbench.packs.spec import PackSpec

__all__ = ["EventLexicon", "has_events", "read_event_words", "read_events"]

_HERE = Path(__file__).parent


def has_events(folder: Path) -> bool:
    """Tell whether a pack says what happened before its latest map."""
    return _path(folder).exists()


def read_events(folder: Path, spec: PackSpec) -> Events:
    """Read the table of events of a pack, once for all its maps.

    Raises
    ------
    EventsMissing
        When the pack has none.
    EventsInvalid
        When they do not lead to the latest map.
    """
    if not has_events(folder):
        raise EventsMissing(
            f"Pack {spec.name} tells no event: it has no data/events.parquet. "
            "Its history begins and ends with its maps."
        )
    note("table", "events")
    return _read(folder, spec.base_level, spec.vintage)


@lru_cache(maxsize=8)
def _read(folder: Path, level: str, vintage: int) -> Events:
    columns = ["level", "code", "name"]
    table = read_table(folder / "data" / "territories.parquet", columns)
    latest = table.filter(pc.equal(table["level"], level)).to_pandas(use_threads=False)
    names: pd.Series = latest.set_index("code")["name"].sort_index()
    rows = read_table(_path(folder)).to_pandas(use_threads=False)
    return Events(rows, names.index, vintage, names)


def _path(folder: Path) -> Path:
    return folder / "data" / "events.parquet"


@dataclass(frozen=True)
class EventLexicon:
    """Tell the events of a pack in one language.

    Parameters
    ----------
    lang : str
    spec : PackSpec
    territories : Territories
        Of the latest map: they name the middle level.
    declared : mapping
        What :func:`read_event_words` returns.
    """

    lang: str
    spec: PackSpec
    territories: Territories
    declared: Mapping[str, Any]

    @cached_property
    def lexicon(self) -> Lexicon:
        """How the territories of the pack are named."""
        return Lexicon(self.lang, self.spec.level_names, self.spec.type_names)

    def part(self, status: str, form: str = "one") -> str:
        """Name a type of part: ``one``, ``a`` (with its article) or ``many``."""
        types: Mapping[str, Any] = self.declared["part_types"]
        if status not in types:
            raise DeclarationError(
                f"Parts of type {status!r} have no name ({nearest(status, types)}). "
                f"Name them in events.yml of pack {self.spec.name}."
            )
        return str(types[status][self.lang][form])

    def holder(self, code: str, day: date) -> Territory | None:
        """Return the middle-level territory that had a code on a day; None if not known."""
        for row in self.declared["former_holders"]:
            if row["code"] == code and day.isoformat() < row["until"]:
                return Territory(
                    code, row["level"], row["name"], day.year, article=row.get("article", "")
                )
        middle = [level.id for level in self.spec.levels.values() if level.role == "middle"]
        for name in middle:
            if name in self.territories.levels and code in self.territories.frame(name).index:
                return self.territories.get(code, level=name)
        return None


def read_event_words(folder: Path, spec: PackSpec) -> Mapping[str, Any]:
    """Read ``events.yml``: the names of the types of parts, and of holders that are gone.

    Raises
    ------
    DeclarationError
        When it breaks its schema (``events.schema.json``), or a language is lacking.
    """
    path = folder / "events.yml"
    schema = json.loads((_HERE / "events.schema.json").read_text("utf-8"))
    words: dict[str, Any] = {"part_types": {}, "former_holders": []}
    if path.exists():
        words |= read_declaration(path, schema)
    for status, texts in words["part_types"].items():
        lacking = [lang for lang in spec.languages if lang not in texts]
        if lacking:
            raise DeclarationError(f"{path}: {status} has no name in {', '.join(lacking)}.")
    return words
