"""Read a zoning that is a table: code of a territory, zone, weight."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from workbench.core.errors import ZoningInvalid, nearest
from workbench.core.parquet import read_table

__all__ = ["read_members"]

_DELIMITERS = ",;\t|"


def read_members(
    source: Path | pd.DataFrame,
    *,
    code: str | None = None,
    zone: str | None = None,
    weight: str | None = None,
    name: str | None = None,
) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """Read and check the rows of a table of memberships.

    Parameters
    ----------
    source : Path or DataFrame
        CSV (comma, semicolon, tab or bar; UTF-8) or Parquet.
    code, zone : str, optional
        Columns of the territory's code and of the zone; ``"code"`` and ``"zone"`` by default.
    weight : str, optional
        Column of the share of the territory that is in the zone, over 0 and up to 1; by default
        ``"weight"`` where there is one, else each is whole in its zone.
    name : str, optional
        Column of the zone's name; by default ``"name"`` where there is one.

    Returns
    -------
    table : DataFrame
        code, zone, weight, name, and row (where it stands in the source).
    title : str
        What the source is called in messages.
    unused : tuple of str
        Columns that were not read.

    Raises
    ------
    ZoningInvalid
        A column lacks, a cell is empty, a code is no text, a weight is no share, a pair comes
        twice; the row is named.
    """
    title, raw, first = _rows(source)
    columns = {"code": code, "zone": zone, "weight": weight, "name": name}
    wanted = {
        key: column or key
        for key, column in columns.items()
        if column or key in ("code", "zone") or key in raw.columns
    }
    for column in wanted.values():
        if column not in raw.columns:
            known = nearest(column, map(str, raw.columns))
            raise ZoningInvalid(f"{title} has no column {column!r} ({known}): name it.")
    table = pd.DataFrame({key: raw[column].array for key, column in wanted.items()})
    table["row"] = np.arange(first, first + len(table))
    if table.empty:
        raise ZoningInvalid(f"{title} has no row: a zoning needs one a territory and zone.")
    for key in ("code", "zone"):
        _check_text(table, key, title, wanted[key])
    table["weight"] = _shares(table, title, wanted.get("weight", ""))
    if "name" not in table:
        table["name"] = table["zone"]
    twice = table.duplicated(["code", "zone"])
    if twice.any():
        found = table[twice].iloc[0]
        raise ZoningInvalid(
            f"{title}, row {found['row']}: {found['code']!r} is in zone {found['zone']!r} twice. "
            "Keep one row, or add their weights."
        )
    unused = tuple(str(x) for x in raw.columns if x not in wanted.values())
    return table[["code", "zone", "weight", "name", "row"]], title, unused


def _rows(source: Path | pd.DataFrame) -> tuple[str, pd.DataFrame, int]:
    """Read a source as it is, text from files; say what it is called and its first row."""
    if isinstance(source, pd.DataFrame):
        return "The table", source.reset_index(drop=True), 0
    if source.suffix == ".parquet":
        return source.name, read_table(source).to_pandas(use_threads=False), 0
    try:
        head = source.open(encoding="utf-8-sig").readline()
        separator = max(_DELIMITERS, key=head.count)
        raw = pd.read_csv(
            source, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ZoningInvalid(
            f"{source.name} is no CSV in UTF-8 ({error}): save it as CSV UTF-8."
        ) from None
    return source.name, raw, 2  # the first line holds the names of columns


def _check_text(table: pd.DataFrame, key: str, title: str, column: str) -> None:
    odd = ~table[key].map(lambda value: isinstance(value, str) and bool(value.strip()))
    if not odd.any():
        return
    found = table[odd].iloc[0]
    value = found[key]
    what = "is empty" if value == "" or pd.isna(value) else f"holds {value}, which is no text"
    step = "a territory code is text: read it with dtype=str" if key == "code" else "name the zone"
    raise ZoningInvalid(f"{title}, row {found['row']}, column {column!r} {what}; {step}.")


def _shares(table: pd.DataFrame, title: str, column: str) -> pd.Series:
    if "weight" not in table:
        return pd.Series(1.0, table.index)
    text = table["weight"].astype(str).str.strip().str.replace(",", ".", regex=False)
    shares = pd.to_numeric(text, errors="coerce")
    wrong = ~((shares > 0) & (shares <= 1))
    if wrong.any():
        row, told = table.loc[wrong, "row"].iloc[0], str(table.loc[wrong, "weight"].iloc[0])
        raise ZoningInvalid(
            f"{title}, row {row}, column {column!r}: {told!r} is no share. "
            "Expected a number over 0 and up to 1, the part of the territory that is in the "
            "zone; divide percentages by 100, leave out what is not in it."
        )
    return shares
