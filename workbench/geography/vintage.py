"""Guess what codes a column holds and of which years' map they are."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core.defaults import DEFAULT_PACK
from workbench.geography.atlas import open_atlas
from workbench.geography.code_column import CodeColumn, read_codes
from workbench.geography.code_kinds import CodeBook
from workbench.geography.code_years import Fate
from workbench.geography.vintage_years import VintageFit, changed_between, fit_years

if TYPE_CHECKING:
    from workbench.geography.atlas import Atlas

__all__ = ["Confidence", "KindFit", "VintageFit", "VintageGuess", "guess", "guess_vintage"]

# Distinct texts that kinds are told apart on: enough, and quick on a million of them.
_SAMPLE = 1_000
# Share of the distinct texts that a kind explains, below which the column is of no kind.
_EXPLAINED = 0.5
# Share of stray codes, up to which a guess is likely.
_FEW = 0.02


class Confidence(enum.StrEnum):
    """Say how far a guess can be relied on."""

    SURE = "sure"
    LIKELY = "likely"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class KindFit:
    """Count the distinct codes of a kind, those still in use, and the texts that are none."""

    kind: str
    distinct: int
    current: int
    strays: int

    @property
    def rank(self) -> tuple[int, int]:
        """What kinds are compared by: all their codes, then those still in use.

        A postcode of today may have been the code of a territory two generations ago.
        """
        return self.distinct, self.current

    @property
    def share(self) -> float:
        """Codes of the kind, among all."""
        return self.distinct / (self.distinct + self.strays)


@dataclass(frozen=True, eq=False)
class VintageGuess:
    """Hold what a column of codes is; printed, it says it in words.

    Parameters
    ----------
    book : CodeBook
    rows, empty, distinct : int
        Rows, those without a code, and distinct texts.
    kinds : tuple of KindFit
        Kinds that explain some of it, best first.
    fits : tuple of VintageFit
        Years, best first; none when the codes are not those of the base level's map.
    complete : bool
        Whether the column lists all the codes of some places, so that those it lacks count.
    codes : Series of str
        The distinct codes of the kind, damage undone; empty for the others.
    texts : Series of str
        Distinct texts, as they came.
    changed : int
        Codes that are the same all along the best years, for a territory that gained or lost
        ground meanwhile.
    lang : str
        Language it is printed in.
    """

    book: CodeBook
    rows: int
    empty: int
    distinct: int
    kinds: tuple[KindFit, ...]
    fits: tuple[VintageFit, ...]
    complete: bool
    codes: pd.Series
    texts: pd.Series
    changed: int = 0
    lang: str = "fr"

    @property
    def kind(self) -> str:
        """Identifier of the kind of code; empty when no kind explains half of the column."""
        best = self.kinds[0] if self.kinds else None
        return best.kind if best and best.share >= _EXPLAINED else ""

    @property
    def rivals(self) -> tuple[str, ...]:
        """Other kinds that explain the column just as well."""
        best, *others = self.kinds or (None,)
        return tuple(fit.kind for fit in others if best and fit.rank == best.rank)

    @property
    def best(self) -> VintageFit | None:
        """The years that fit best; the latest when several do."""
        return self.fits[0] if self.fits else None

    @property
    def ties(self) -> tuple[VintageFit, ...]:
        """Years that fit as well as the best ones."""
        return tuple(fit for fit in self.fits if fit.distance == self.fits[0].distance)

    @property
    def vintage(self) -> int | None:
        """The latest of the best years; None when the codes tell no year."""
        return self.best.last if self.best else None

    @property
    def unread(self) -> int:
        """Distinct texts that are no code of the kind."""
        return int((self.codes == "").sum())

    @property
    def mixed(self) -> bool:
        """Whether maps are mixed: no single year explains more than a few of the codes."""
        return self.best is not None and self.best.misfits > _FEW * self.distinct

    @property
    def confidence(self) -> Confidence:
        """How far the kind and the years can be relied on.

        Sure: every text is a code in force, and no other kind explains them all. Likely: at
        most 2 % are not, or another kind would do. Weak: more. None: there is no year to tell.
        """
        if self.best is None:
            return Confidence.NONE
        stray = self.best.misfits + self.unread
        if not stray and not self.rivals:
            return Confidence.SURE
        return Confidence.LIKELY if stray <= _FEW * self.distinct else Confidence.WEAK

    def misfits(self, year: int) -> tuple[Fate, ...]:
        """Say, of each code that is not on the map of a year, what became of it."""
        timeline = self.book.timeline
        if timeline is None or not self.fits:
            return ()
        held = self.codes[self.codes != ""].drop_duplicates()
        out = held[~held.isin(timeline.in_force(year))].sort_values()
        return tuple(timeline.fate(code, year) or Fate(code, past=True) for code in out.tolist())

    def __str__(self) -> str:
        from workbench.geography.code_words import told

        return "\n".join(told(self, self.lang))

    def _repr_html_(self) -> str:
        from workbench.geography.code_words import told_html

        return told_html(self, self.lang)


def guess_vintage(
    codes: Iterable[object], *, pack: str | Atlas = DEFAULT_PACK, lang: str = "fr"
) -> VintageGuess:
    """Guess what codes a column holds and of which years' map they are.

    Parameters
    ----------
    codes : list, array, Series or DataArray
        One column; numbers are read as the text a file would hold.
    pack : str or Atlas
        Country.
    lang : str
        Language the guess is printed in: ``"fr"`` or ``"en"``.

    Returns
    -------
    VintageGuess
        Years best first, those that fit equally together; what does not fit, and why.

    Raises
    ------
    ParameterError
        When there is more than one column.

    Examples
    --------
    >>> guessed = guess_vintage(["14697", "01001"])
    >>> guessed.kind, guessed.best.first, guessed.best.last
    ('commune', 1991, 2014)
    >>> guess_vintage(["75001", "59800", "69003"]).kind
    'postcode'
    """
    return guess(codes, open_atlas(pack).codebook, lang=lang)


def guess(
    codes: Iterable[object] | CodeColumn, book: CodeBook, *, lang: str = "fr"
) -> VintageGuess:
    """Guess as :func:`guess_vintage` does, from what is known of the codes of a country.

    Parameters
    ----------
    codes : list, array, Series or DataArray, or CodeColumn
    book : CodeBook
    lang : str
    """
    column = codes if isinstance(codes, CodeColumn) else CodeColumn.read(codes)
    held = column.filled
    kinds = tell_kinds(held.texts, book)
    kind = kinds[0].kind if kinds else book.base
    read, _ = read_codes(held.texts, kind, book)
    fits: tuple[VintageFit, ...] = ()
    complete, changed = False, 0
    if kinds and kind == book.base and book.timeline is not None:
        counts = pd.Series(held.counts).groupby(pd.Series(read)).sum().drop("", errors="ignore")
        fits, complete = fit_years(counts, book.timeline, book.places)
        if fits:
            changed = changed_between(counts.index, fits[0], book.timeline)
    return VintageGuess(
        book=book,
        rows=len(column.places),
        empty=len(column.places) - len(held.places),
        distinct=len(held.texts),
        kinds=kinds,
        fits=fits,
        complete=complete,
        codes=pd.Series(read, dtype=object),
        texts=held.texts,
        changed=changed,
        lang=lang,
    )


def tell_kinds(texts: pd.Series, book: CodeBook) -> tuple[KindFit, ...]:
    """Count the distinct texts that each kind explains, best first; kinds without any left out.

    Columns of more than a thousand distinct texts are told by as many of them, evenly
    spread.
    """
    if len(texts) > _SAMPLE:
        spread = np.linspace(0, len(texts) - 1, _SAMPLE).astype(np.intp)
        texts = texts.iloc[spread].reset_index(drop=True)
    found = []
    for name in book.kinds:
        read, mended = read_codes(texts, name, book)
        # Where digits were lost, a code of almost any kind can be made up.
        read[[place for place, code in mended.items() if not code.exact]] = ""
        strays = int((read == "").sum())
        codes = pd.Series(list(set(read.tolist()) - {""}), dtype=object)
        current = int(book.current(name, codes).sum())
        found.append(KindFit(name, len(codes), current, strays))
    # Sorting keeps the declared order of kinds that explain as much.
    return tuple(sorted((x for x in found if x.distinct), key=lambda x: x.rank, reverse=True))
