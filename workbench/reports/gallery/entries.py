"""What the gallery says of one report: its territory, and what holds that territory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from workbench.core.errors import DeclarationError
from workbench.core.folding import fold
from workbench.reports.markdown import is_relative

__all__ = ["LONG", "GalleryEntry", "Holder", "sort_key"]

LONG = 300
"""Number of reports that one page still shows at a glance; beyond, they go to lists."""

_NO_LETTER = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class Holder:
    """Name the territory by which reports are listed, when they are too many for one page.

    Examples
    --------
    >>> Holder("departement", "59", "Nord").key
    'departement/59'
    """

    level: str
    code: str
    name: str

    @property
    def key(self) -> str:
        """Identify the holder among all levels, in addresses too."""
        return f"{self.level}/{self.code}"


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """Name one report of the gallery.

    Parameters
    ----------
    code, name : str
        Of the territory.
    level, level_label : str
        Identifier of its level, and the level's name in the gallery's language.
    href : str
        Address of the report (of the partial notebook when it failed), relative to the gallery.
    group : str
        Heading it is listed under (the name of its région); ``""`` for those above all groups.
        The first entry that bears the group's own name becomes the heading's link.
    within : str
        The parent shown beside the name in search results (``"Nord"`` for Lille).
    postcodes : tuple of str
    population : int or None
        Persons, None when unknown.
    status : {"done", "failed"}
    nouns : tuple of two str
        Name of one and of several territories of the level, as sentences say them
        (``("commune", "communes")``).
    holder : Holder or None
        On whose list it stands in a long gallery; None keeps it on the first page.
    others : tuple of str
        Its names in other languages, which the search finds too.

    Examples
    --------
    >>> GalleryEntry("59", "Nord", "departement", "Département", href="59.html").status
    'done'
    """

    code: str
    name: str
    level: str
    level_label: str
    href: str
    group: str = ""
    within: str = ""
    postcodes: tuple[str, ...] = ()
    population: int | None = None
    status: Literal["done", "failed"] = "done"
    nouns: tuple[str, str] = ("", "")
    holder: Holder | None = None
    others: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not is_relative(self.href):
            raise DeclarationError(
                f"gallery entry {self.code} leads to {self.href!r}: expected a path relative to "
                "the gallery, so that the folder can be moved. Remove the scheme and leading slash."
            )

    @property
    def key(self) -> str:
        """Identify the territory among all levels."""
        return f"{self.level}/{self.code}"


def sort_key(text: str) -> str:
    """Return what a name is sorted by: its letters, without accents, case or hyphens.

    Examples
    --------
    >>> sorted(["Évreux", "Eu", "Étampes"], key=sort_key)
    ['Étampes', 'Eu', 'Évreux']
    """
    return _NO_LETTER.sub(" ", fold(text)).strip()
