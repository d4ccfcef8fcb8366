"""Read JSON lines: one object a line, its keys the columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.loaders.cells import Cell, rows_of, table_of
from workbench.loaders.dialect import Dialect
from workbench.loaders.encodings import decode, detect_encoding
from workbench.loaders.errors import FileNotTabular, RowTooLong
from workbench.loaders.kinds import kind_of_bytes, must_be_rows
from workbench.loaders.objects import problem_of, with_problems
from workbench.loaders.tabular import OPTIONS, Table, loading, refuse

__all__ = ["load", "options", "read", "suffixes"]

suffixes = (".jsonl", ".ndjson")
options = (*OPTIONS, "encoding", "decimal", "thousands", "date_order")

_MOST_BYTES = 2**28  # objects take twenty times their text in memory
_MOST_COLUMNS = 20_000


def read(
    path: Path,
    dialect: Dialect | None = None,
    *,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
) -> Table:
    r"""Read a file of JSON lines.

    Parameters
    ----------
    path : Path
    dialect : Dialect, optional
    strict, mend, lang, located
        See `workbench.loaders.tabular.read`. A line that is no object is set aside.

    Raises
    ------
    LoadingError
        The file cannot be read; the message says where and why.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "sensors.jsonl")
    >>> _ = path.write_text('{"code": "01001", "n": 5}\n{"code": "01002", "n": null}\n')
    >>> read(path).data.to_pylist()[1]
    {'code': '01002', 'n': None, 'n_status': 5}
    """
    note("file", str(path))
    if path.stat().st_size > _MOST_BYTES:
        raise RowTooLong(
            f"{path.name} holds more than {_MOST_BYTES:,} bytes of JSON. Ask its producer for CSV "
            "or Parquet, which are read piece by piece."
        )
    content = path.read_bytes()
    kind = kind_of_bytes(content[:4096])
    must_be_rows("rows" if kind == "json" else kind, path.name)
    given = dialect or Dialect()
    text, told = detect_encoding([content], given.encoding)
    lines = decode(content[text.mark :], text)[0].decode("utf-8").splitlines()
    objects, bad = _objects(lines)
    if not objects:
        raise FileNotTabular(
            f"{path.name} holds no JSON object of one line. One file of JSON (a list, GeoJSON) has "
            "readers of its own."
        )
    keys = list(dict.fromkeys(key for _, each in objects for key in each))
    if len(keys) > _MOST_COLUMNS:
        raise RowTooLong(
            f"{path.name} has {len(keys):,} keys; a table has {_MOST_COLUMNS:,} at most."
        )
    grid: list[list[Cell]] = [[each.get(key) for key in keys] for _, each in objects]
    rows = [
        row._replace(line=line, raw=lines[line - 1])
        for row, (line, _) in zip(rows_of(grid), objects, strict=True)
    ]
    table = table_of(
        rows,
        given,
        path.name,
        told=(told,),
        names=keys,
        mend=mend,
        lang=lang,
        located=located,
    )
    table = _with_bad(table, bad, path.name, Messages(lang)) if bad else table
    refuse(table, path.name, strict=strict, located=located)
    return table


def _objects(lines: list[str]) -> tuple[list[tuple[int, dict[str, Any]]], list[tuple[int, str]]]:
    """Return the objects, and the lines that hold something else."""
    objects, bad = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            objects.append((number, found))
        else:
            bad.append((number, line))
    return objects, bad


def _with_bad(table: Table, bad: list[tuple[int, str]], name: str, say: Messages) -> Table:
    problems = [
        problem_of("tabular.not_object", name, line, text[:80], say, fatal=True)
        for line, text in bad
    ]
    return with_problems(table, problems, [(line, "not_object", text) for line, text in bad])


load = loading(read)
