"""Find territories by code, name or postcode, and say what was meant when it is not found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.core.errors import AmbiguousTerritory, LevelUnknown, TerritoryUnknown, nearest
from workbench.core.folding import fold
from workbench.core.types import Territory

__all__ = ["Territories", "plain"]

# Abbreviations people type for words of names.
_ABBREVIATIONS = {"st": "saint", "ste": "sainte"}
# Arabic letters that are written one for the other, and the stroke that only lengthens a word.
_ALIKE = str.maketrans({"ى": "ي", "ة": "ه", "ک": "ك", "ٱ": "ا", "ـ": None})


def plain(text: str) -> str:
    """Fold case, accents, hyphens and apostrophes, for searching.

    Examples
    --------
    >>> plain("Saint-Étienne"), plain("ST ETIENNE"), plain("L'Haÿ-les-Roses")
    ('saint etienne', 'saint etienne', 'l hay les roses')
    >>> plain("أكادير") == plain("اكادير")
    True
    """
    words = re.split(r"[\W_]+", fold(text).translate(_ALIKE))
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words if word)


@dataclass(frozen=True)
class Territories:
    """Hold the territories of one vintage, all levels.

    Parameters
    ----------
    table : DataFrame
        One row a territory: level, code, name, article, article_in_name, type, area_km2,
        postcodes and one column a parent level; text columns empty when there is none. A
        column ``name_<language>`` holds names in another language.
    vintage : int
    levels : sequence of str
        Levels from the finest to the country; searching favours the later ones.
    on_demand : str
        Level that is searched only when it is asked for: tens of thousands of parts of
        communes, which bear the name of their commune. Empty for none.
    """

    table: pd.DataFrame
    vintage: int
    levels: Sequence[str]
    on_demand: str = ""
    _frames: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    _records: dict[str, Mapping[str, Territory]] = field(default_factory=dict, repr=False)
    _held: dict[tuple[str, str], Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict, repr=False
    )
    _folded: dict[tuple[str, str], NDArray[np.str_]] = field(default_factory=dict, repr=False)

    def frame(self, level: str) -> pd.DataFrame:
        """Return the territories of a level, indexed by code, in the order of codes."""
        if level not in self._frames:
            if level not in self.levels:
                raise LevelUnknown(f"Level {level!r} is unknown ({nearest(level, self.levels)}).")
            rows = self.table[self.table["level"] == level]
            self._frames[level] = rows.set_index("code").sort_index()
        return self._frames[level]

    def __len__(self) -> int:
        return len(self.table)

    def __iter__(self) -> Iterator[Territory]:
        for level in self.levels:
            yield from self._all(level).values()

    def get(self, code: str, *, level: str | None = None) -> Territory:
        """Return the territory of a code.

        Parameters
        ----------
        code : str
            Official code, text.
        level : str, optional
            Needed when the code is used at several levels (``"11"`` is a département and a
            région).

        Raises
        ------
        TerritoryUnknown
            When no territory has this code; the nearest are named.
        AmbiguousTerritory
            When several levels have it.
        """
        if not isinstance(code, str):
            raise TerritoryUnknown(self._not_text(code, level))
        levels = [level] if level else [x for x in self.levels if code in self.frame(x).index]
        if len(levels) > 1:
            raise AmbiguousTerritory(
                f"Code {code!r} is used at several levels: {', '.join(levels)}. "
                f"Give the level too (--level {levels[0]})."
            )
        if not levels or code not in self._all(levels[0]):
            raise TerritoryUnknown(self._unknown(code, level))
        return self._all(levels[0])[code]

    def several(self, codes: Sequence[str], *, level: str) -> list[Territory]:
        """Return the territories of several codes of one level.

        Raises
        ------
        TerritoryUnknown
            When the level lacks one of the codes; it is told as by :meth:`get`.
        """
        records = self._all(level)
        for code in codes:
            if code not in records:
                raise TerritoryUnknown(self._unknown(code, level))
        return [records[code] for code in codes]

    def _all(self, level: str) -> Mapping[str, Territory]:
        """Return the records of a level by code; all are made the first time."""
        if level not in self._records:
            self._records[level] = {made.code: made for made in self._made(level)}
        return self._records[level]

    def _made(self, level: str) -> Iterator[Territory]:
        frame = self.frame(level)
        holders = [name for name in self.levels if name in frame]
        columns = (frame[x].tolist() for x in ("name", "article", "article_in_name", *holders))
        posted = frame["postcodes"].tolist() if "postcodes" in frame else [""] * len(frame)
        # Siblings share one mapping: there are few, and tens of thousands of territories.
        shared: dict[tuple[str, ...], Mapping[str, str]] = {}
        for code, postcodes, others, name, article, in_name, *held in zip(
            frame.index.tolist(), posted, self._others(frame), *columns, strict=True
        ):
            parents = {x: c for x, c in zip(holders, held, strict=True) if c}
            yield Territory(
                code=code,
                level=level,
                name=name,
                vintage=self.vintage,
                article=article,
                article_in_name=in_name,
                parents=shared.setdefault(tuple(held), parents),
                postcodes=tuple(postcodes.split()),
                names=others,
            )

    @cached_property
    def _languages(self) -> Mapping[str, str]:
        """Columns of names in other languages, with the language of each."""
        mark = "name_"
        return {c: c.removeprefix(mark) for c in self.table.columns if c.startswith(mark)}

    def _others(self, frame: pd.DataFrame) -> Iterable[Mapping[str, str]]:
        """Give the names of each territory in other languages."""
        if not self._languages:
            return [{}] * len(frame)
        rows = zip(*(frame[column].tolist() for column in self._languages), strict=True)
        languages = self._languages.values()
        return [{k: v for k, v in zip(languages, row, strict=True) if v} for row in rows]

    @property
    def _searched(self) -> list[str]:
        return [level for level in reversed(self.levels) if level != self.on_demand]

    def _not_text(self, code: object, level: str | None) -> str:
        message = f"Code {code!r} is of type {type(code).__name__}; a territory code is text"
        if not isinstance(code, int):
            return f"{message}, such as '01001'."
        return f"{message}: write {self._padded(str(code), level) or str(code)!r}."

    def _padded(self, code: str, level: str | None) -> str:
        """Give back its leading zeros to a code, when that makes it known; else return nothing."""
        indexes = [self.frame(x).index for x in ([level] if level else self.levels)]
        widths = {len(index[0]) for index in indexes if len(index)}
        tried = [code.zfill(width) for width in sorted(widths) if width > len(code)]
        return next((text for text in tried if any(text in index for index in indexes)), "")

    def _unknown(self, code: str, level: str | None) -> str:
        where = f"level {level}" if level else "any level"
        message = f"Code {code!r} is not in vintage {self.vintage} at {where}"
        if padded := self._padded(code, level):
            return f"{message}: it lost its leading zero, write {padded!r}."
        matches = self.find(code, limit=3)
        if matches:
            named = ", ".join(f"{t.code} ({t.name}, {t.level})" for t in matches)
            return f"{message}; nearest: {named}. Search with `workbench territories find`."
        codes = [c for x in ([level] if level else self._searched) for c in self.frame(x).index]
        return f"{message} ({nearest(code, codes)}). Search with `workbench territories find`."

    def find(self, text: str, *, level: str | None = None, limit: int = 10) -> list[Territory]:
        """Search by code, name or postcode, without regard to case, accents or hyphens.

        Exact codes and names come first, then names that start with the text, then words that
        do, then postcodes; within each, larger levels then longer known order of codes.

        Parameters
        ----------
        text : str
        level : str, optional
            Search this level only.
        limit : int
            Most results returned.
        """
        wanted = plain(text)
        searched = self._searched if level is None else [level]
        ranked: list[tuple[int, int, int, str, str]] = []
        for order, name in enumerate(searched if wanted else ()):
            frame, folded = self.frame(name), self._fold(name, "name")
            scores = _scores(folded, frame, wanted, text.strip())
            for column in self._languages:
                scores = np.minimum(scores, _name_scores(self._fold(name, column), wanted))
            for position in np.flatnonzero(scores < _NO_MATCH):
                code, size = frame.index[int(position)], len(folded[position])
                ranked.append((int(scores[position]), size, order, name, str(code)))
        return [self._all(name)[code] for *_, name, code in sorted(ranked)[:limit]]

    def _fold(self, level: str, column: str) -> NDArray[np.str_]:
        key = (level, column)
        if key not in self._folded:
            names = self.frame(level)[column]
            self._folded[key] = np.array([plain(name) for name in names], dtype=np.str_)
        return self._folded[key]

    def parents(self, territory: Territory, levels: Sequence[str]) -> list[Territory]:
        """Return the parents of a territory at the given levels, where it has one."""
        held: Mapping[str, str] = territory.parents
        return [self._all(level)[held[level]] for level in levels if level in held]

    def children(self, territory: Territory, level: str) -> Sequence[str]:
        """Return the codes of the territories of a level that this one holds.

        All the holders are looked at once, the first time; at its own level it holds itself.
        """
        if level == territory.level:
            return (territory.code,)
        key = (level, territory.level)
        if key not in self._held:
            frame, held = self.frame(level), defaultdict[str, list[str]](list)
            codes, holders = frame.index.tolist(), frame[territory.level].tolist()
            for code, holder in zip(codes, holders, strict=True):
                held[holder].append(code)
            self._held[key] = {holder: tuple(codes) for holder, codes in held.items()}
        return self._held[key].get(territory.code, ())


_NO_MATCH = 9


def _name_scores(folded: NDArray[np.str_], wanted: str) -> NDArray[np.int64]:
    """Rank each name: 0 exact, 1 starts with the text, 2 a word does."""
    scores = np.full(len(folded), _NO_MATCH)
    scores[np.char.find(np.char.add(" ", folded), " " + wanted) >= 0] = 2
    scores[np.char.startswith(folded, wanted)] = 1
    scores[folded == wanted] = 0
    return scores


def _scores(
    folded: NDArray[np.str_], frame: pd.DataFrame, wanted: str, text: str
) -> NDArray[np.int64]:
    """Rank each name: 0 exact code or name, 1 starts with it, 2 a word does, 3 postcode."""
    scores = _name_scores(folded, wanted)
    codes = frame.index.to_numpy(dtype=np.str_)
    scores[np.char.upper(codes) == text.upper()] = 0
    if text.isdigit() and len(text) >= 2 and "postcodes" in frame:
        postcodes = frame["postcodes"].to_numpy(dtype=np.str_)
        found = np.char.find(np.char.add(" ", postcodes), " " + text) >= 0
        scores = np.where(found & (scores == _NO_MATCH), 3, scores)
    return scores
