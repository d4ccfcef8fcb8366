"""Refuse a hostile or broken file before a library reads it, in seconds and in little memory.

Each check reads a file once, a piece at a time. What passes may still be wrong: it can be read.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any
from xml.parsers import expat

from workbench.loaders.archive import extract
from workbench.loaders.content import encoding_of, kind_of, refuse_page
from workbench.loaders.errors import CodeRefused, JsonRefused, NotTheFile, TextRefused, XmlRefused

__all__ = ["check_array", "check_file", "check_text", "check_xml", "read_json"]

_PIECE = 1 << 20
# A commune's outline as text may take a megabyte; a line of more than this is not one of a table.
LONGEST_LINE = 8 << 20
# What the most generous spreadsheet holds. The widest of INSEE's tables has fewer than 2,000.
MOST_COLUMNS = 16_384
# A quoted field that goes on over so many lines was left open.
_MOST_LINES = 1_000
# How far an open quote is looked for, a matter of seconds; further on it is the reader's to tell.
_LOOKED_AT = 64 << 20
_XML_DEPTH, _XML_TOKEN = 256, 16 << 20
_JSON_BYTES = 256 << 20

_TEXTS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".geojson", ".xml", ".gml", ".kml")
_TABLES = (".csv", ".tsv", ".txt")
_XMLS = (".xml", ".gml", ".kml", ".sdmx", ".rdf")
_CODES = (".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth")
_QUOTE = ord('"')
_SEPARATORS = ";,\t|"
# Each blank and each quote is looked at once, in lines of megabytes too.
_WHOLE_FIELD = re.compile(r'(^|[;,\t|]) *+"(?:[^"]|"")*+" *+(?=[;,\t|\r\n]|$)')
_OPENED = re.compile(r'(?:^|[;,\t|]) *+"')


def check_file(path: Path) -> None:
    """Check a file as its name says what it is.

    Raises
    ------
    NotTheFile
        A web page, a message of error, or another kind under this name.
    TextRefused, XmlRefused, CodeRefused, ArchiveInvalid, ArchiveBomb
        See the check of each kind.
    """
    name, kind = path.name.lower(), kind_of(path)
    if kind == "pickle" or name.endswith(_CODES):
        raise CodeRefused(
            f"{path.name} is a pickle, which runs code of its maker when it is read. Ask its "
            "producer for CSV or Parquet."
        )
    if not name.endswith((".html", ".htm")):
        refuse_page(path, path.name)
    if name.endswith(_TEXTS):
        _refuse_other(path, kind)
    if name.endswith(_TABLES):
        check_text(path)
    elif name.endswith(_XMLS):
        check_xml(path)
    elif name.endswith(".npy"):
        check_array(path)
    elif name.endswith(".npz"):
        with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
            for each in extract(path, Path(folder) / "arrays"):
                check_array(each)


def _refuse_other(path: Path, kind: str) -> None:
    if kind not in ("", "xml"):
        raise NotTheFile(
            f"{path.name} is a {kind} file under the name of a text. Give it its own ending, or "
            "tell its producer."
        )
    if path.name.lower().endswith(_TABLES) and path.stat().st_size < 1 << 16:
        text = path.read_text(encoding_of(path), "replace").strip()
        if text.startswith("{") and text.endswith("}"):
            raise NotTheFile(
                f"{path.name} is no table but a server's answer: {text[:120]!r}. Look at its "
                "address, then fetch it again."
            )


# -- tables of text -------------------------------------------------------------------------


def check_text(path: Path) -> None:
    """Refuse what no table has: a line without end, thousands of columns, a quote left open.

    Raises
    ------
    TextRefused
        The line is told.
    """
    import numpy as np

    quotes = since = 0
    with path.open("rb") as file:
        head = file.read(LONGEST_LINE)
        _refuse_columns(path, head)
        file.seek(0)
        while piece := file.read(_PIECE):
            # Ten times faster than counting in bytes, where quotes are many.
            quotes += int(np.count_nonzero(np.frombuffer(piece, np.uint8) == _QUOTE))
            last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
            since = since + len(piece) if last < 0 else len(piece) - last - 1
            if since > LONGEST_LINE:
                line = _line_at(path, file.tell() - since)
                raise TextRefused(
                    f"{path.name}, line {line}: more than {LONGEST_LINE:,} bytes without an "
                    "end of line, which no table has. Look at the file, or ask its producer."
                )
    if quotes % 2:
        _refuse_open_quote(path)


def _line_at(path: Path, place: int) -> int:
    """Return the number of the line that begins at a byte, as a text editor has it."""
    ends, begun = 0, 0
    with path.open("rb") as file:
        while begun < place:
            piece = file.read(min(_PIECE, place - begun))
            ends += max(piece.count(b"\n"), piece.count(b"\r"))
            begun += len(piece)
    return ends + 1


def _refuse_columns(path: Path, head: bytes) -> None:
    first = head.lstrip(b"\r\n").split(b"\n", 1)[0].split(b"\r", 1)[0]
    columns = 1 + max(first.count(each.encode()) for each in _SEPARATORS)
    if columns > MOST_COLUMNS:
        raise TextRefused(
            f"{path.name}, line 1: {columns:,} columns at least, where {MOST_COLUMNS:,} are read "
            "at most. If it is that wide, turn it: a row for each value."
        )


def _refuse_open_quote(path: Path) -> None:
    """Find a field whose quote is never closed: it swallows all that follows."""
    opened, begun, size, text = 0, 0, 0, ""
    with path.open(encoding=encoding_of(path), errors="replace", newline="") as file:
        for number, line in enumerate(file, 1):
            size += len(line)
            if opened and (number - opened > _MOST_LINES or size - begun > LONGEST_LINE):
                break
            if line.count('"') % 2:
                if opened:
                    opened = 0
                # A quote within a field, as in 5", opens nothing.
                elif _OPENED.search(_WHOLE_FIELD.sub(r"\1", line)):
                    opened, begun, text = number, size, line.strip()
            if size > _LOOKED_AT and not opened:
                return
    if opened:
        raise TextRefused(
            f"{path.name}, line {opened}: a quote is opened and not closed, which swallows the "
            f"lines that follow: {text[:80]!r}. Close it, or double it if it belongs to the text."
        )


# -- XML, JSON, arrays ----------------------------------------------------------------------


def check_xml(path: Path) -> None:
    """Refuse an XML file that defines entities, nests without end or is not well formed.

    Raises
    ------
    XmlRefused
    """
    parser = expat.ParserCreate()
    depth = 0

    def refuse(reason: str) -> None:
        raise XmlRefused(
            f"{path.name}, line {parser.CurrentLineNumber}: {reason}. Ask its producer for plain "
            "XML, or another kind of file."
        )

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _XML_DEPTH:
            refuse(f"elements within elements, more than {_XML_DEPTH} deep")

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    def doctype(_name: str, _system: object, _public: object, internal: int) -> None:
        if internal:
            refuse(
                "it defines entities or attributes of its own, which can fill the memory or "
                "read files of this machine"
            )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = doctype
    fed = 0
    with path.open("rb") as file:
        try:
            while piece := file.read(_PIECE):
                parser.Parse(piece)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > _XML_TOKEN:
                    refuse(f"a name or a value of more than {_XML_TOKEN:,} bytes")
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise XmlRefused(
                f"{path.name} is no well-formed XML: {error}. Fetch it again, or tell its producer."
            ) from None


def read_json(content: bytes, source: str, *, most: int = _JSON_BYTES) -> Any:
    """Read a JSON text.

    Parameters
    ----------
    content : bytes
    source : str
        What the message names.
    most : int
        Bytes that are read at most: a value takes ten times its text in memory.

    Raises
    ------
    JsonRefused

    Examples
    --------
    >>> read_json(b'{"code": "01001"}', "a.json")
    {'code': '01001'}
    """
    if len(content) > most:
        raise JsonRefused(
            f"{source} is {len(content):,} bytes of JSON, more than the {most:,} that are read at "
            "once. Ask for fewer records a page, or for another format."
        )
    try:
        return json.loads(content)
    except RecursionError:
        told = "lists within lists without end"
    except MemoryError:
        told = "it needs more memory than there is"
    except UnicodeDecodeError as error:
        told = f"not UTF-8: {error.reason} at byte {error.start:,}"
    except ValueError as error:
        told = str(error)
    start = content[:60].decode("utf-8", "replace")
    raise JsonRefused(f"{source} is no JSON ({told}); it begins with {start!r}.")


def check_array(path: Path) -> None:
    """Refuse a NumPy file of Python objects, or one that announces more than it holds.

    Raises
    ------
    CodeRefused
    """
    import numpy as np

    try:
        # Mapped, not read: nothing is allocated, whatever shape is announced.
        with np.errstate(over="raise"):
            np.lib.format.open_memmap(path, mode="r", max_header_size=10_000)
    except Exception as error:
        # The header is read by Python's own parser, which has errors of many kinds.
        reason = str(error).partition("\n")[0]
        raise CodeRefused(
            f"{path.name} is no array of numbers or texts ({reason}). Ask its producer for one "
            "without Python objects, or for netCDF."
        ) from None
