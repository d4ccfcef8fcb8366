"""Prove, before anything is timed, that the contenders make the same report."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

import nbformat
from nbformat import NotebookNode

from .contenders import ENGINE, PAIRS, Asked, Contender
from .measuring import measure

Shown = tuple[str, str]
_PICTURE = re.compile(r'src="data:image/png;base64,([^"]+)"')


def check_agreement(
    asked: Asked, contenders: Sequence[Contender] = (), *, reference: Contender = PAIRS
) -> list[Shown]:
    """Make one report in every way, and return what they all show.

    Parameters
    ----------
    asked : Asked
        One territory; each contender gets a folder of its own in the one given.
    contenders : sequence of Contender
        They leave a notebook, a page or both: all are checked.
    reference : Contender
        What the others, and the package's engine of papermill, must agree with.

    Raises
    ------
    SystemExit
        At the first difference.
    """
    notebooks, pages = _made(reference, asked)
    expected = notebooks[0]
    others = [contender for contender in (ENGINE, *contenders) if contender != reference]
    own_pages = []
    for contender in others:
        more_notebooks, more_pages = _made(contender, asked)
        if not more_notebooks and not more_pages:
            raise SystemExit(f"{contender.name} left neither a notebook nor a page")
        notebooks += more_notebooks
        pages += more_pages
        own_pages += [page for page in more_pages if contender.name.startswith("workbench")]
    for notebook in notebooks:
        check_same(shown_in(expected), shown_in(notebook))
    for page in pages:
        check_page(page, expected)
    if len(set(own_pages)) > 1:
        raise SystemExit("The pages of the package's two engines differ.")
    return shown_in(expected)


def _made(contender: Contender, asked: Asked) -> tuple[list[NotebookNode], list[str]]:
    """Let a contender make the report; give the notebooks and pages of the territory."""
    folder = asked.folder / contender.name.replace(" ", "_")
    folder.mkdir(parents=True)
    measure(contender.commands(Asked(asked.template, asked.level, asked.codes, folder)))
    found = sorted(folder.rglob(f"{asked.codes[0]}.*"))
    notebooks = [nbformat.read(path, as_version=4) for path in found if path.suffix == ".ipynb"]
    return notebooks, [path.read_text("utf-8") for path in found if path.suffix == ".html"]


def shown_in(notebook: NotebookNode) -> list[Shown]:
    """List what the code cells output, by kind and content; a picture by its digest."""
    return [
        shown
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        for shown in _contents(output)
    ]


def _contents(output: NotebookNode) -> Iterator[Shown]:
    if output.output_type == "stream":
        yield output.name, output.text
        return
    for kind, content in sorted(output.data.items()):
        yield kind, _digest(content) if kind == "image/png" else str(content)


def _digest(picture: str) -> str:
    return hashlib.sha256(base64.b64decode(picture)).hexdigest()


def check_same(expected: Sequence[Shown], found: Sequence[Shown]) -> None:
    """Stop when two notebooks show different things."""
    if len(expected) != len(found):
        raise SystemExit(f"Expected {len(expected)} outputs, found {len(found)}.")
    for number, (one, other) in enumerate(zip(expected, found, strict=True)):
        if one != other:
            raise SystemExit(f"Output {number} differs: {one!r:.300} is not {other!r:.300}")


def check_page(page: str, notebook: NotebookNode) -> None:
    """Stop when a page lacks a picture or a text of the notebook."""
    shown = shown_in(notebook)
    expected = [content for kind, content in shown if kind == "image/png"]
    found = [_digest(picture) for picture in _PICTURE.findall(page)]
    if expected != found:
        raise SystemExit(f"The page holds {len(found)} pictures, not the {len(expected)} expected.")
    text = _squeezed(page)
    for fragment in _texts(notebook):
        if _squeezed(fragment) not in text:
            raise SystemExit(f"The page lacks {fragment!r:.300}")


def _texts(notebook: NotebookNode) -> Iterator[str]:
    """Give the prose, and each piece of the outputs that a page shows as text."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and "remove-cell" not in cell.metadata.get("tags", ()):
            lines = cell.source.splitlines()
            # A page has its own title in place of the notebook's.
            yield from (line.lstrip("# ") for line in lines if not line.startswith("# "))
    for kind, content in shown_in(notebook):
        if kind == "text/html":
            yield from _pieces(content)
        elif kind in ("stdout", "stderr"):
            yield content


class _Text(HTMLParser):
    """Collect the texts that a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)


def _pieces(fragment: str) -> list[str]:
    text = _Text()
    text.feed(fragment)
    text.close()
    return text.pieces


def _squeezed(fragment: str) -> str:
    return "".join("".join(_pieces(fragment)).split())
