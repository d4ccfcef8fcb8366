"""The few files a page needs: one style sheet, one small script, and the policy that names them.

A run writes them once beside its pages, under names that change with their content, so that
an old report keeps the looks it was checked with. A standalone page carries them inside.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Self

from workbench.core.errors import TemplateNotFound
from workbench.figures.figure import stylesheet, write

__all__ = ["Asset", "Assets", "content_policy", "templates_folder"]


@lru_cache(maxsize=1)
def templates_folder() -> Path:
    """Return the folder of templates: beside the package in a checkout, inside it once installed.

    Raises
    ------
    TemplateNotFound
        The installation is incomplete.
    """
    package = Path(__file__).resolve().parents[1]
    places = (package / "templates", package.parent / "templates")
    for place in places:
        if (place / "page" / "index.html.j2").is_file():
            return place
    looked = " nor ".join(str(place) for place in places)
    raise TemplateNotFound(
        f"the page template is missing: expected page/index.html.j2 in {looked}. "
        "Reinstall the package."
    )


@dataclass(frozen=True, slots=True)
class Asset:
    """Hold one style sheet or script.

    Parameters
    ----------
    name : str
        File name (``"report.css"``).
    text : str
        Its content.

    Examples
    --------
    >>> Asset("report.css", "body{}").file_name
    'report-7c98040a.css'
    """

    name: str
    text: str
    file_name: str = field(init=False)

    def __post_init__(self) -> None:
        stem, dot, suffix = self.name.rpartition(".")
        digest = hashlib.sha256(self.text.encode()).hexdigest()[:8]
        object.__setattr__(self, "file_name", f"{stem}-{digest}{dot}{suffix}")


@dataclass(frozen=True, slots=True)
class Assets:
    """Say how a page gets its style and script.

    Parameters
    ----------
    styles, scripts : tuple of Asset
        In the order the page loads them.
    folder : str or None
        Address of their folder as seen from the page (``"assets"``, ``"../assets"``); None
        puts them inside the page.

    Examples
    --------
    >>> Assets.linked().folder
    'assets'
    >>> Assets.standalone().folder is None
    True
    """

    styles: tuple[Asset, ...]
    scripts: tuple[Asset, ...]
    folder: str | None

    @classmethod
    def linked(cls, folder: str = "assets") -> Self:
        """Share the report's assets among the pages of a run."""
        return cls(*_report_assets(), folder=folder.rstrip("/"))

    @classmethod
    def standalone(cls) -> Self:
        """Put the report's assets inside each page, so that one file is the whole report."""
        return cls(*_report_assets(), folder=None)

    @classmethod
    def gallery(cls, folder: str = "assets") -> Self:
        """Share the gallery's assets: the report's style, and its own style and script."""
        styles, _ = _report_assets()
        return cls((*styles, _source("gallery.css")), (_source("gallery.js"),), folder=folder)

    def write(self, directory: Path) -> tuple[Path, ...]:
        """Write the files into a folder, leaving alone those already there.

        Parameters
        ----------
        directory : Path
            The folder that `folder` leads to; created when missing.

        Returns
        -------
        tuple of Path
        """
        directory.mkdir(parents=True, exist_ok=True)
        paths = []
        for asset in (*self.styles, *self.scripts):
            path = directory / asset.file_name
            if not path.exists():
                # Written aside then moved: several processes may start on one folder at once.
                write(path, asset.text)
            paths.append(path)
        return tuple(paths)


@lru_cache(maxsize=8)
def _source(name: str) -> Asset:
    return Asset(name, (templates_folder() / "assets" / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _report_assets() -> tuple[tuple[Asset, ...], tuple[Asset, ...]]:
    """Read the style of the figures, then that of the report, and its script."""
    # In this order the page's paper, ink and muted ink are those of the figures too.
    style = f"{stylesheet().rstrip()}\n\n{_source('report.css').text}"
    return (Asset("report.css", style),), (_source("report.js"),)


def content_policy(*, styles: Iterable[str] = (), scripts: Iterable[str] = ()) -> str:
    """Return the Content-Security-Policy of a page whose inline blocks are these.

    Everything is refused but files beside the page, pictures inside it, and the inline
    blocks known by their hash: a block that slipped in from data has no hash and stays dead.
    ``style`` attributes are allowed, as tables and drawings carry them; they can load nothing.

    Parameters
    ----------
    styles, scripts : iterable of str
        Contents of the inline ``<style>`` and ``<script>`` elements.

    Returns
    -------
    str

    Examples
    --------
    >>> content_policy(scripts=["0"]).split("; ")[4]
    "script-src 'self' 'sha256-X+zrZv/IbzjZUnhsbWlsecLbwjndTpG0ZynXOif7V+k='"
    """
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data:",
            f"style-src 'self'{_hashes(styles)}",
            "style-src-attr 'unsafe-inline'",
            f"script-src 'self'{_hashes(scripts)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hashes(blocks: Iterable[str]) -> str:
    # A page may repeat a block (each DataFrame brings the same style): name it once.
    digests = dict.fromkeys(hashlib.sha256(block.encode()).digest() for block in blocks)
    return "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
