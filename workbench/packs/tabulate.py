"""Build the tables of a pack from the CSV files of its folder ``sources/``.

``territories.csv`` lists the territories; ``<level>.csv`` holds a column ``code`` and a column
``variable@period`` (``variable`` alone for what has no period) for each figure; ``totals.csv``
(level, code, variable, value) holds published totals to compare sums with. An empty cell is a
figure that is missing. Codes are text, whatever they look like.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.core.errors import PackInvalid
from workbench.packs.spec import PackSpec, read_spec
from workbench.packs.writing import write_manifest, write_table

__all__ = ["build_from_csv"]

_TERRITORIES = "territories"
_TOTALS = "totals"
_POPULATION = "population"


def build_from_csv(folder: Path) -> tuple[Path, ...]:
    """Write ``data/`` from ``sources/``.

    Parameters
    ----------
    folder : Path
        Of the pack.

    Returns
    -------
    tuple of Path
        The tables written.

    Raises
    ------
    PackInvalid
        Naming the file, the row and the column of what cannot be read.
    """
    spec = read_spec(folder / "pack.yml")
    sources = folder / "sources"
    paths = {path.stem: path for path in sorted(sources.glob("*.csv"))}
    for name in (_TERRITORIES, spec.base_level):
        if name not in paths:
            raise PackInvalid(f"{sources / name}.csv is missing: a pack is built from it.")
    tables = {}
    for name, path in paths.items():
        if name == _TERRITORIES:
            tables[name] = _territories(path)
        elif name == _TOTALS:
            tables[name] = _figures(path, text=("level", "code", "variable"))
        elif name in spec.levels:
            tables[name] = _figures(path, text=("code",))
        else:
            raise PackInvalid(
                f"{path}: {name!r} is no level of the pack; name the file after one of "
                f"{', '.join(spec.levels)}, or move it elsewhere."
            )
    data = folder / "data"
    written = []
    for name, table in tables.items():
        write_table(table, data / f"{name}.parquet")
        written.append(data / f"{name}.parquet")
    published = _published(tables, spec)
    write_manifest(data, {"vintage": spec.vintage, "published_population": published})
    return tuple(written)


def _published(tables: dict[str, pd.DataFrame], spec: PackSpec) -> dict[str, int]:
    """Take the published populations of the country, by year, out of the totals."""
    if _TOTALS not in tables:
        return {}
    totals = tables[_TOTALS]
    rows = totals[
        (totals["level"] == spec.country_level)
        & totals["variable"].str.startswith(f"{_POPULATION}@")
    ]
    years = rows["variable"].str.partition("@")[2]
    return {year: round(value) for year, value in zip(years, rows["value"], strict=True)}


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError) as error:
        raise PackInvalid(
            f"{path}: {str(error).strip()}. Write it as CSV, in UTF-8, with commas."
        ) from None


def _territories(path: Path) -> pd.DataFrame:
    table = _read(path)
    _need(path, table, ("level", "code", "name"))
    if "article_in_name" in table:
        table["article_in_name"] = table["article_in_name"].isin(("true", "yes", "1"))
    if "area_km2" in table:
        table["area_km2"] = _numbers(path, table, "area_km2")
    return table


def _figures(path: Path, *, text: tuple[str, ...]) -> pd.DataFrame:
    table = _read(path)
    _need(path, table, text)
    for column in table.columns.drop(list(text)):
        table[column] = _numbers(path, table, column).astype("Float64")
    return table


def _need(path: Path, table: pd.DataFrame, columns: tuple[str, ...]) -> None:
    for column in columns:
        if column not in table:
            found = ", ".join(table.columns)
            raise PackInvalid(f"{path} has no column {column!r}; it has: {found}.")


def _numbers(path: Path, table: pd.DataFrame, column: str) -> pd.Series:
    """Read a column of numbers; an empty cell is missing, anything else is an error."""
    read = pd.to_numeric(table[column].replace("", None), errors="coerce")
    wrong = read.isna() & (table[column].str.strip() != "")
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise PackInvalid(
            f"{path}, row {row + 2}, column {column!r}: found {table[column].iloc[row]!r}, "
            "expected a number such as 12 or 0.5, or nothing."
        )
    numbers: pd.Series = read.astype(float)
    return numbers
