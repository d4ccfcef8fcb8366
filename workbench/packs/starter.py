"""Start a pack: a folder that is complete, sound and small, to be changed little by little."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from workbench.core.errors import DirectoryNotWritable, PackInvalid, UnknownName, nearest
from workbench.core.i18n import LANGUAGES
from workbench.packs.tabulate import build_from_csv

__all__ = ["ROLES", "start_pack"]

# What levels play, from the widest: the country holds regions, which hold counties, and so on.
ROLES: Mapping[int, tuple[str, ...]] = {
    2: ("local", "country"),
    3: ("local", "middle", "country"),
    4: ("local", "middle", "region", "country"),
    5: ("finest", "local", "middle", "region", "country"),
}
_PERIODS = (2015, 2025)
# Words of the first pack.yml, by language: the author of the pack replaces them.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "made_up": {"fr": "simulé", "en": "simulated"},
    "the": {"fr": "le", "en": "the"},
    "this": {"fr": "ce", "en": "this"},
    "census": {"fr": "Recensement simulé", "en": "Simulated census"},
    "nobody": {"fr": "Personne : chiffres simulés", "en": "Nobody: simulated figures"},
    "caveat": {"fr": "Chiffres simulés.", "en": "Simulated figures."},
    "area": {"fr": "Surface", "en": "Area"},
    "in_arabic": {"fr": "Nom en arabe", "en": "Name in Arabic"},
}
_INSIDE = 3
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


def start_pack(
    folder: Path, *, name: str, languages: Sequence[str], levels: Sequence[str]
) -> tuple[Path, ...]:
    """Write a pack of simulated figures, and build it.

    Parameters
    ----------
    folder : Path
        Made if it is not there; nothing else may be in it.
    name : str
        Of the pack: small letters, digits and underscores.
    languages : sequence of str
        Those of reports, the usual one first.
    levels : sequence of str
        Two to five, from the finest to the country.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    PackInvalid
        When a name is no plain word, or there are too many levels or too few.
    UnknownName
        When no report is written in a language.
    DirectoryNotWritable
        When the folder holds something already, or cannot be written to.
    """
    for word in (name, *levels):
        if not _NAME.match(word):
            raise PackInvalid(
                f"Name {word!r}: expected small letters, digits and underscores, such as "
                f"{re.sub('[^a-z0-9_]+', '_', word.lower()).strip('_0123456789') or 'my_country'}."
            )
    if len(levels) not in ROLES or len(set(levels)) != len(levels):
        raise PackInvalid(
            f"Levels {', '.join(levels)}: expected two to five different ones, from the finest to "
            "the country, such as --level village --level district --level country."
        )
    for lang in languages:
        if lang not in LANGUAGES:
            hint = nearest(lang, LANGUAGES)
            raise UnknownName(
                f"No report is written in {lang!r} ({hint}). Names in another language go in "
                "other_names of pack.yml."
            )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DirectoryNotWritable(
            f"{folder} is there already, and is not empty. Choose another folder."
        )
    try:
        return _write(folder, name, list(dict.fromkeys(languages)), levels)
    except OSError as error:
        raise DirectoryNotWritable.because(folder, error) from error


def _write(
    folder: Path, name: str, languages: Sequence[str], levels: Sequence[str]
) -> tuple[Path, ...]:
    roles = dict(zip(levels, ROLES[len(levels)], strict=True))
    base = next(level for level, role in roles.items() if role == "local")
    rows = _territories(levels)
    tables = {"territories": pd.DataFrame(rows).fillna("")}
    for level in levels:
        if roles[level] in ("finest", "local"):
            tables[level] = _figures(rows, level, base)
    tables["totals"] = _totals(tables[base], rows[0])
    sources = folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    written = []
    for table, content in tables.items():
        path = sources / f"{table}.csv"
        content.to_csv(path, index=False, lineterminator="\n")
        written.append(path)
    words = Environment(
        loader=PackageLoader("workbench.packs", "starter_files"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - YAML and Markdown of plain words, checked above
    )
    values = {
        "name": name,
        "languages": languages,
        "levels": levels,
        "roles": roles,
        "base": base,
        "letters": {level: _letter(levels, level) for level in levels},
        "country": rows[0]["code"],
        "periods": _PERIODS,
        "first": rows[-1]["code"],
        "nouns": {level: _nouns(level) for level in levels},
        **_WORDS,
    }
    for file in ("pack.yml", "README.md"):
        path = folder / file
        path.write_text(words.get_template(f"{file}.j2").render(values), "utf-8")
        written.append(path)
    return (*written, *build_from_csv(folder))


def _nouns(level: str) -> Mapping[str, str]:
    """Make nouns out of the name of a level, to be corrected by hand."""
    one = level.replace("_", " ")
    return {"one": one, "many": f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"}


def _letter(levels: Sequence[str], level: str) -> str:
    """Give the letter that begins the codes of a level: A for the finest."""
    return "ABCDE"[levels.index(level)]


def _territories(levels: Sequence[str]) -> list[dict[str, str]]:
    """List the territories, widest first: each holds three of the next level."""
    country = {"level": levels[-1], "code": f"{_letter(levels, levels[-1])}1"}
    rows = [{**country, "name": levels[-1].replace("_", " ").title()}]
    above = [{levels[-1]: country["code"]}]
    for level in reversed(levels[:-1]):
        held: list[dict[str, str]] = []
        for holders in above:
            for _ in range(_INSIDE):
                number = len(held) + 1
                code = f"{_letter(levels, level)}{number}"
                name = f"{level.replace('_', ' ').title()} {number}"
                rows.append({"level": level, "code": code, "name": name, **holders})
                held.append({**holders, level: code})
        above = held
    return rows


def _figures(rows: Sequence[Mapping[str, str]], level: str, base: str) -> pd.DataFrame:
    """Make figures up, the same ones each time; finer levels add up to the base level."""
    codes = [row["code"] for row in rows if row["level"] == level]
    holders = [row.get(base, row["code"]) for row in rows if row["level"] == level]
    groups = [list(dict.fromkeys(holders)).index(holder) for holder in holders]
    has_finer = any(base in row for row in rows)
    parts = _INSIDE if level == base and has_finer else 1
    first = [100 * parts * (1 + group % 7) for group in groups]
    moved = [10 * parts * (group % 5 - 1) for group in groups]
    columns: dict[str, list[float]] = {
        f"population@{_PERIODS[0]}": [float(count) for count in first],
        f"population@{_PERIODS[1]}": [float(a + b) for a, b in zip(first, moved, strict=True)],
    }
    if level == base:
        columns["area_km2"] = [10.0] * len(codes)
    return pd.DataFrame({"code": codes, **columns})


def _totals(counted: pd.DataFrame, country: Mapping[str, str]) -> pd.DataFrame:
    """Give the totals that a producer would publish for the country."""
    names = [f"population@{period}" for period in _PERIODS]
    values = [counted[name].sum() for name in names]
    whole = {"level": country["level"], "code": country["code"]}
    return pd.DataFrame({**whole, "variable": names, "value": values})
