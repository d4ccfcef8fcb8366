"""Find the reports of a folder: a page stands at ``<level>/<code>.<language>.html``.

The partial notebook of a failure stands at the same place under ``failed/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.core.types import Territory
from workbench.packs.pack import Pack

__all__ = ["Found", "find_reports"]

_PAGE, _PARTIAL = ".html", ".html.ipynb"


@dataclass(frozen=True, slots=True)
class Found:
    """Name one report of a folder, or the partial notebook of one that failed.

    Parameters
    ----------
    territory : Territory
    lang : str
    href : str
        From the folder.
    failed : bool
    """

    territory: Territory
    lang: str
    href: str
    failed: bool = False


def find_reports(folder: Path, pack: Pack) -> list[Found]:
    """Find every report of a folder, widest levels first then by code.

    Files that bear another name than a report's, or the code of no territory of this map, are
    left alone. Only names are read: a folder may hold tens of thousands of reports.
    """
    found = []
    for level in reversed(pack.territories.levels):
        pages = dict.fromkeys(_named(folder / level, _PAGE, pack), False)
        # A page made since then takes the place of the failure.
        partial = dict.fromkeys(_named(folder / "failed" / level, _PARTIAL, pack), True)
        reports = pages | {report: True for report in partial if report not in pages}
        codes = pack.frame(level).index
        known = set(codes[codes.isin([code for code, _ in reports])])
        kept = [(code, lang) for code, lang in reports if code in known]
        territories = pack.territories.several([code for code, _ in kept], level=level)
        for (code, lang), territory in zip(kept, territories, strict=True):
            failed = reports[code, lang]
            href = f"{level}/{code}.{lang}"
            href = f"failed/{href}{_PARTIAL}" if failed else f"{href}{_PAGE}"
            found.append(Found(territory, lang, href, failed))
    return found


def _named(folder: Path, ending: str, pack: Pack) -> Iterator[tuple[str, str]]:
    """Give the code and language of each file named as a report is, in the order of names."""
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        # A code may hold dots: the language stands behind the last one.
        code, _, lang = name.removesuffix(ending).rpartition(".")
        if name.endswith(ending) and lang in pack.spec.languages:
            yield code, lang
