"""Look for hidden values in all that leaves with a release: pages, charts, notebooks, metadata."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np

from workbench.core.errors import FileUnreadable

__all__ = ["Leak", "Secret", "scan"]

# A figure of so many digits is not there by chance.
_TELLING = 4
_BLOCKS = frozenset(
    {"p", "li", "tr", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section"}
    | {"article", "figcaption", "caption", "pre", "text", "title", "desc", "script", "style"}
    | {"option", "summary", "label", "a", "g"}
)
_JOINED = frozenset({"td", "th", "text", "a", "g", "label"})
# 1 234,5 · 1,234.5 · 1234.50 · 1.234,5 · 1e+03
_SPACE = "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}']"
_NUMBER = re.compile(
    rf"(?<![\w.,])[-\N{{MINUS SIGN}}]?(?:\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:[.,]\d+)?"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+"
    r"|\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)(?!\w)"
)


@dataclass(frozen=True)
class Secret:
    """Hold a hidden value, and the words by which a reader would know its cell.

    Parameters
    ----------
    cell : str
    value : float
    labels : tuple of tuple of str
        For each dimension, the code and the names of its position; all dimensions must be
        mentioned for a small figure to be taken for the secret. Totals need none: give ().
    """

    cell: str
    value: float
    labels: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Leak:
    """Tell where a hidden value stands.

    Parameters
    ----------
    file, place : str
        The file, and where in it.
    cell : str
    text : str
        The figure as it is written there.
    """

    file: str
    place: str
    cell: str
    text: str


@dataclass(frozen=True, eq=False)
class _Secrets:
    """Find secrets by their value, as it may be rounded."""

    by_text: Mapping[str, Sequence[Secret]]

    @classmethod
    def of(cls, secrets: Iterable[Secret]) -> _Secrets:
        found: dict[str, dict[Secret, None]] = defaultdict(dict)
        for secret in secrets:
            if not math.isfinite(secret.value) or secret.value == 0:
                continue
            for decimals in range(7):
                found[_plain(secret.value, decimals)][secret] = None
            found[repr(float(secret.value))][secret] = None
        return cls({text: tuple(each) for text, each in found.items()})

    def within(self, text: str, around: str = "") -> Iterator[tuple[Secret, str]]:
        """Find them in a text; `around` is read for the words of the cell only."""
        for match in _NUMBER.finditer(text):
            written = match.group()
            for number in _readings(written):
                for secret in self.by_text.get(number, ()):
                    digits = len(number.replace(".", "").replace("-", "").strip("0"))
                    if digits >= _TELLING or _mentions(f"{around} {text}", secret):
                        yield secret, written

    def equal(self, number: float, around: str) -> Iterator[Secret]:
        """Find those of a number that a file holds as such."""
        for secret in self.by_text.get(repr(float(number)), ()):
            digits = len(_plain(number, 6).replace(".", "").strip("0"))
            if digits >= _TELLING or _mentions(around, secret):
                yield secret


def scan(paths: Iterable[Path], secrets: Iterable[Secret]) -> list[Leak]:
    """Scan files and folders for hidden values.

    Texts of pages and of charts, attributes and tooltips, outputs and sources of notebooks,
    attributes and values of netCDF and Zarr, values and statistics of Parquet, CSV, JSON, XML.

    Parameters
    ----------
    paths : iterable of Path
    secrets : iterable of Secret

    Returns
    -------
    list of Leak
        A figure of four digits or more is one wherever it stands; a smaller one, that many other
        things may be, where all the words of its cell are beside it.

    Raises
    ------
    FileUnreadable
        A path does not exist, or a file is broken.

    Examples
    --------
    >>> import tempfile
    >>> page = Path(tempfile.mkdtemp(), "page.html")
    >>> _ = page.write_text("<p>Sales: 12 345 euros</p>", "utf-8")
    >>> [(leak.cell, leak.text) for leak in scan([page], [Secret("a × x", 12345.0)])]
    [('a × x', '12 345')]
    """
    wanted, found = _Secrets.of(secrets), dict[Leak, None]()
    for path in paths:
        if not path.exists():
            raise FileUnreadable(f"There is no file or folder {path}.")
        root = path if path.is_dir() else path.parent
        for file in _files(path):
            name = str(file.relative_to(root))
            for place, secret, text in _in_file(file, wanted):
                found[Leak(name, place, secret.cell, text)] = None
    return list(found)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file() or path.suffix == ".zarr":
        yield path
        return
    for each in sorted(path.iterdir()):
        if each.is_dir() or each.is_file():
            yield from _files(each)


Found = Iterator[tuple[str, Secret, str]]


def _in_file(file: Path, wanted: _Secrets) -> Found:
    if file.suffix == ".parquet" or file.suffix == ".geoparquet":
        yield from _in_parquet(file, wanted)
    elif file.suffix in (".nc", ".zarr"):
        yield from _in_cube(file, wanted)
    else:
        content = file.read_bytes()
        if b"\0" in content[:4096]:
            return
        text = content.decode("utf-8-sig", "replace")
        if file.suffix in (".html", ".htm", ".svg", ".xml"):
            yield from _in_page(text, wanted)
        elif file.suffix in (".json", ".ipynb", ".jsonld", ".geojson"):
            yield from _in_json(text, file, wanted)
        else:
            yield from _in_lines(text, wanted)


def _in_lines(text: str, wanted: _Secrets) -> Found:
    for number, line in enumerate(text.splitlines(), 1):
        # A separator of cells is none of thousands.
        cells = re.split(r"[;\t|]", line) if re.search(r"[;\t|]", line) else line.split(",")
        for cell in [*cells, line] if len(cells) > 1 else [line]:
            for secret, written in wanted.within(cell, line):
                yield f"line {number}", secret, written


class _Pieces(HTMLParser):
    """Part a page in pieces that are read together: a row, a paragraph, a tooltip."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[str, str, str]] = []
        self._text: list[str] = []
        self._row: list[str] = []
        self._place = "text"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """End the piece before, and take the attributes for pieces of their own."""
        if tag in _BLOCKS:
            self._end(joined=tag in _JOINED)
            self._place = tag
        for name, value in attrs:
            if value and name not in ("class", "style", "d", "points", "transform", "viewbox"):
                self.pieces.append((f"{tag} {name}", value, " ".join(self._row)))

    def handle_endtag(self, tag: str) -> None:
        """End the piece."""
        if tag in _BLOCKS:
            self._end(joined=tag in _JOINED)

    def handle_data(self, data: str) -> None:
        """Add to the piece."""
        self._text.append(data)

    def handle_comment(self, data: str) -> None:
        """Take a comment for a piece."""
        self.pieces.append(("comment", data, ""))

    def close(self) -> None:
        """End the last piece."""
        super().close()
        self._end(joined=False)

    def _end(self, *, joined: bool) -> None:
        # Spaces that do not break stay: they part thousands.
        text = re.sub(r"[ \t\r\n\f]+", " ", "".join(self._text)).strip(" ")
        self._text.clear()
        if text:
            self._row.append(text)
        if not joined and self._row:
            # Cells of a row are read one by one, with the whole row around them.
            around = " ".join(self._row)
            self.pieces += [(self._place, each, around) for each in self._row]
            self._row.clear()


def _in_page(text: str, wanted: _Secrets) -> Found:
    reader = _Pieces()
    reader.feed(text)
    reader.close()
    for place, piece, around in reader.pieces:
        for secret, written in wanted.within(piece, around):
            yield place, secret, written


def _in_json(text: str, file: Path, wanted: _Secrets) -> Found:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise FileUnreadable(f"{file} is no JSON: {error}.") from None
    for place, piece, around in _leaves(content, ""):
        if isinstance(piece, str) and "<" in piece and ">" in piece:
            for at, secret, written in _in_page(piece, wanted):
                yield f"{place} {at}", secret, written
        elif isinstance(piece, str):
            for secret, written in wanted.within(piece, around):
                yield place, secret, written
        else:
            for secret in wanted.equal(piece, around):
                yield place, secret, repr(piece)


def _leaves(value: Any, place: str, around: str = "") -> Iterator[tuple[str, Any, str]]:
    if isinstance(value, Mapping):
        near = " ".join(map(str, (*value, *filter(_is_plain, value.values()))))
        for key, each in value.items():
            yield from _leaves(each, f"{place}/{key}", near)
    elif isinstance(value, list):
        near = " ".join(str(each) for each in value if isinstance(each, str))[:2000]
        for number, each in enumerate(value):
            yield from _leaves(each, f"{place}/{number}", f"{around} {near}")
    elif isinstance(value, str) or (
        isinstance(value, (int, float)) and not isinstance(value, bool)
    ):
        yield place, value, around


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int, float))


def _in_parquet(file: Path, wanted: _Secrets) -> Found:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        opened = pq.ParquetFile(file)
    except pa.ArrowInvalid as error:
        raise FileUnreadable(f"{file} is no Parquet file: {error}.") from None
    for key, value in (opened.schema_arrow.metadata or {}).items():
        for secret, written in wanted.within(value.decode("utf-8", "replace")):
            yield f"metadata {key.decode('utf-8', 'replace')}", secret, written
    held = opened.metadata
    for group in range(held.num_row_groups):
        for column in range(held.num_columns):
            chunk = held.row_group(group).column(column)
            told = chunk.statistics
            for end in (told.min, told.max) if told is not None and told.has_min_max else ():
                if isinstance(end, (int, float)):
                    for secret in wanted.equal(end, ""):
                        place = f"statistics of {chunk.path_in_schema}, row group {group}"
                        yield place, secret, repr(end)
    yield from _in_rows(opened.read().to_pandas(), wanted)


def _in_rows(frame: Any, wanted: _Secrets) -> Found:
    """Look for numbers in the rows of a table, with the texts of the row around them."""
    figures = frame.select_dtypes("number")
    for name in figures:
        column = figures[name]
        for at in column.index[column.map(repr_of).isin(wanted.by_text.keys())]:
            row = frame.loc[at]
            around = " ".join(map(str, row[row.map(lambda each: isinstance(each, str))]))
            for secret in wanted.equal(float(column[at]), around):
                yield f"column {name}, row {at}", secret, repr(float(column[at]))


def repr_of(number: float) -> str:
    """Write a number in full, as :class:`_Secrets` does."""
    return repr(float(number))


def _in_cube(file: Path, wanted: _Secrets) -> Found:
    import xarray as xr

    # Raw: values that a mask or a scale would hide are in the file all the same.
    opened = xr.open_dataset(file, decode_cf=False, engine="zarr" if file.is_dir() else None)
    with opened as cube:
        attributes = {"": cube.attrs, **{str(name): cube[name].attrs for name in cube.variables}}
        for owner, attrs in attributes.items():
            for key, value in attrs.items():
                place = f"attribute {owner}{':' if owner else ''}{key}"
                for each in np.atleast_1d(value).tolist():
                    yield from (
                        (place, secret, written) for secret, written in wanted.within(str(each))
                    )
        for name in cube.data_vars:
            if cube[name].dtype.kind in "fiu" and not str(name).endswith("_status"):
                yield from _in_rows(cube[[name]].to_dataframe().reset_index(), wanted)


def _plain(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if text not in ("-0", "") else "0"


def _readings(written: str) -> set[str]:
    """Read a number as French and as English writers mean it."""
    bare = re.sub(_SPACE, "", written).replace("\N{MINUS SIGN}", "-")
    readings = set()
    candidates = [bare.replace(",", "."), bare.replace(",", "")]
    if "." in bare and "," in bare:
        candidates = [bare.replace(",", "")]
        if bare.rfind(",") > bare.rfind("."):
            candidates = [bare.replace(".", "").replace(",", ".")]
    for text in candidates:
        try:
            readings |= {_plain(float(text), 6), repr(float(text))}
        except ValueError:
            continue
    return readings


def _mentions(text: str, secret: Secret) -> bool:
    return bool(secret.labels) and all(
        any(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text) for each in names if each)
        for names in secret.labels
    )
