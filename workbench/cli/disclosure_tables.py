"""What the commands of disclosure read: tables, trees, true figures, records."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.errors import FileUnreadable, ParameterError, UnknownName, nearest
from workbench.disclosure.attack import Attack, Published, attack
from workbench.disclosure.leaks import Secret
from workbench.disclosure.microdata import Ladder, anonymity, dates, numbers, prefixes, propose
from workbench.disclosure.primary import Rule, primary
from workbench.disclosure.reading import cells_of, laid_on, published, read_cells
from workbench.disclosure.tables import Dimension
from workbench.disclosure.territories import across, at_level, territories
from workbench.loaders.persons import find_identifiers
from workbench.packs.pack import Pack, open_pack

__all__ = ["Asked", "attacked", "looked_at", "secrets"]


@dataclass(frozen=True)
class Asked:
    """Hold what ``workbench disclosure audit`` was asked; see its options."""

    files: tuple[str, ...]
    keys: tuple[str, ...]
    value: str
    trees: tuple[tuple[str, str], ...] = ()
    totals: tuple[tuple[str, str], ...] = ()
    territory: str = ""
    level: str = ""
    rates: tuple[tuple[str, str, float], ...] = ()
    whole: bool = False
    protection: float = 0.1
    truth: Path | None = None
    rule: str = ""
    counts: str = ""
    largest: str = ""
    pack: str = ""


def attacked(asked: Asked) -> Attack:
    """Read the tables, then attack them together."""
    for option, named in (("--tree", asked.trees), ("--total", asked.totals)):
        for key, _ in named:
            _known_key(option, key, asked.keys)
    if asked.territory:
        _known_key("--territory", asked.territory, asked.keys)
    parted = [_with_year(each) for each in asked.files]
    frames = {name: _read(path, asked) for name, (path, _) in zip(asked.files, parted, strict=True)}
    place = _territories(asked, frames, [year for _, year in parted]) if asked.territory else None
    dimensions = {key: _dimension(key, asked, frames, place) for key in asked.keys}
    table = laid_on(frames.values(), dimensions)
    tables = {
        name: published(frame, asked.value, table, rates=asked.rates, name=name)
        for name, frame in frames.items()
    }
    if asked.truth is None:
        return attack(tables, protection=asked.protection, whole=asked.whole)
    return _with_truth(asked, asked.truth, tables)


def _with_truth(asked: Asked, truth: Path, tables: Mapping[str, Published]) -> Attack:
    if len(tables) != 1 or not asked.counts or not asked.rule:
        raise ParameterError(
            "--truth goes with one table, --rule (of the pack) and --counts (its column of "
            "contributors)."
        )
    spec = open_pack(asked.pack).spec
    secrecy = spec.secrecy
    if asked.rule not in secrecy:
        raise UnknownName(f"The pack has no rule {asked.rule!r}; {nearest(asked.rule, secrecy)}.")
    rule = Rule.declared(asked.rule, secrecy[asked.rule])
    if rule.dominance <= 1 and not asked.largest:
        raise ParameterError(
            f"Rule {asked.rule!r} looks at the largest contributor: name its column with --largest."
        )
    ((name, table),) = tables.items()
    columns = [each for each in (asked.value, asked.counts, asked.largest) if each]
    frame = read_cells(truth, _columns(asked), columns)
    frame = _named_territories(frame, asked, {}, spec.base_level)
    place = cells_of(frame, table.table, truth.name)
    laid = {column: np.zeros(len(table.shown)) for column in columns}
    for column, cells in laid.items():
        cells[place] = frame[column].fillna(0).to_numpy(float)
    found = primary(
        laid[asked.value],
        rule,
        counts=laid[asked.counts],
        largest=laid[asked.largest] if asked.largest else None,
        whole=asked.whole,
    )
    return attack({name: table}, whole=asked.whole, truth={name: laid[asked.value]}, primary=found)


def _known_key(option: str, key: str, keys: Sequence[str]) -> None:
    if key not in keys:
        raise UnknownName(f"{option} {key}: it is not one of the keys; {nearest(key, keys)}.")


def _with_year(text: str) -> tuple[Path, str]:
    """Part ``FILE@YEAR``."""
    name, mark, year = text.rpartition("@")
    return (Path(name), year) if mark and year.isdecimal() else (Path(text), "")


def _columns(asked: Asked) -> list[str]:
    return [*asked.keys, *([asked.level] if asked.level else [])]


def _read(path: Path, asked: Asked) -> pd.DataFrame:
    figures = [asked.value, *(each for rate, of, _ in asked.rates for each in (rate, of))]
    return read_cells(path, _columns(asked), list(dict.fromkeys(figures)))


def _territories(asked: Asked, frames: dict[str, pd.DataFrame], years: Sequence[str]) -> Dimension:
    """Name the territories of each file, and find their totals; `frames` change."""
    pack = open_pack(asked.pack)
    base = pack.spec.base_level
    levels = dict.fromkeys(
        level
        for frame in frames.values()
        for level in (frame[asked.level].unique().tolist() if asked.level else [base])
    )
    told = [year for year in dict.fromkeys(years) if year]
    trees: list[dict[str, str]] = []
    renamed: dict[str, dict[str, str]] = {}
    if len(told) > 2:
        raise ParameterError("Two maps at most are compared: FILE@YEAR of two years.")
    if len(told) == 2:
        before, after = sorted(told)
        renamed[before], renamed[after], trees = _two_maps(pack, before, after)
    for (name, frame), year in zip(list(frames.items()), years, strict=True):
        frames[name] = _named_territories(frame, asked, renamed.get(year, {}), base)
    latest = open_pack(asked.pack, vintage=int(max(told))) if told else pack
    made = territories(latest, list(levels))
    across_maps = Dimension.of(*trees)
    names = dict.fromkeys([*made.names, *across_maps.names])
    return Dimension(tuple(names), (*made.sums, *across_maps.sums))


def _two_maps(
    pack: Pack, before: str, after: str
) -> tuple[dict[str, str], dict[str, str], list[dict[str, str]]]:
    from workbench.geography.transition import transition

    found = transition(pack.events, int(before), int(after), without_weight="even")
    old, new, trees = across(found, pack.spec.base_level, before=before, after=after)
    # The latest map's names are those of the levels above.
    plain = {name: at_level(pack.spec.base_level, code) for code, name in new.items()}
    old = {code: plain.get(name, name) for code, name in old.items()}
    trees = [
        {plain.get(part, part): plain.get(whole, whole) for part, whole in tree.items()}
        for tree in trees
    ]
    return old, {code: plain[name] for code, name in new.items()}, trees


def _named_territories(
    frame: pd.DataFrame, asked: Asked, renamed: Mapping[str, str], base: str
) -> pd.DataFrame:
    """Name territories by their level and code, as the dimension of the pack does."""
    if not asked.territory:
        return frame
    levels = frame[asked.level] if asked.level else pd.Series(base, index=frame.index)
    named = [
        renamed.get(code, at_level(level, code)) if level == base else at_level(level, code)
        for level, code in zip(levels, frame[asked.territory], strict=True)
    ]
    return frame.assign(**{asked.territory: named})


def _dimension(
    key: str, asked: Asked, frames: Mapping[str, pd.DataFrame], place: Dimension | None
) -> Dimension:
    if key == asked.territory and place is not None:
        return place
    names = dict.fromkeys(each for frame in frames.values() for each in frame[key])
    trees = [_tree(Path(path)) for at, path in asked.trees if at == key]
    for at, total in asked.totals:
        if at != key:
            continue
        if total not in names:
            raise UnknownName(f"--total {key}={total}: no such position; {nearest(total, names)}.")
        trees.append({name: total for name in names if name != total})
    made = Dimension.of(*trees)
    return Dimension(tuple(dict.fromkeys([*made.names, *names])), made.sums)


def _tree(path: Path) -> dict[str, str]:
    """Read a CSV of two columns: a position, and its total."""
    if not path.is_file():
        raise FileUnreadable(f"There is no file {path}. A tree is a CSV of two columns.")
    text = path.read_text("utf-8-sig")
    found = csv.reader(text.splitlines(), delimiter=";" if ";" in text else ",")
    rows = [row for row in found if row][1:]
    for line, row in enumerate(rows, 2):
        if len(row) != 2 or not all(row):
            raise FileUnreadable(f"{path}, line {line}: a position and its total were expected.")
    return dict(rows)


def secrets(
    truth: Path, hidden_in: Path, keys: Sequence[str], value: str, names: Sequence[str]
) -> list[Secret]:
    """Return the true values of the cells that a published table hides."""
    true = read_cells(truth, [*keys, *names], [value])
    shown = read_cells(hidden_in, keys, [value])
    shown = shown[shown[value].notna()]
    both = true.merge(shown[list(keys)], on=list(keys), how="left", indicator=True)
    gone = both[(both["_merge"] == "left_only") & both[value].notna()]
    return [
        Secret(
            " × ".join(row[key] for key in keys),
            float(row[value]),
            # Names stand for the first key: that of the territory.
            tuple(
                (row[key], *(row[name] for name in names if at == 0)) for at, key in enumerate(keys)
            ),
        )
        for row in gone.to_dict("records")
    ]


def looked_at(
    file: Path,
    quasi: Sequence[str],
    sensitive: str,
    k: int,
    l: int,  # noqa: E741
) -> dict[str, Any]:
    """Look for persons in a file."""
    from workbench.loaders.load import load

    frame: pd.DataFrame = load(str(file), options={"roles": {"*": "text"}}).data.to_pandas()
    found: dict[str, Any] = {
        "identifiers": find_identifiers(frame),
        "anonymity": None,
        "sensitive": sensitive,
        "proposals": [],
    }
    if not quasi:
        if sensitive:
            raise ParameterError("--sensitive goes with --quasi: what could others know?")
        return found
    ladders = dict(_ladder(frame, each) for each in quasi)
    told = anonymity(frame, list(ladders), sensitive=sensitive, k=k, l=l)
    found["anonymity"] = told
    if told.exposed:
        found["proposals"] = [
            {
                "classes": {
                    name: _example(frame, name, ladders[name], at)
                    for name, at in each.steps.items()
                },
                "loss": each.loss,
                "k": each.anonymity.k,
            }
            for each in propose(frame, ladders, sensitive=sensitive, k=k, l=l, most=3)
        ]
    return found


def _ladder(frame: pd.DataFrame, text: str) -> tuple[str, Ladder]:
    name, _, steps = text.partition(":")
    if name not in frame:
        known = nearest(name, map(str, frame.columns))
        raise UnknownName(f"--quasi {name}: the file has no such column; {known}.")
    if steps == "date":
        return name, dates(frame[name])
    try:
        sizes = [int(each) for each in steps.split(",") if each]
    except ValueError:
        raise ParameterError(f"--quasi {text}: steps are whole numbers, or date.") from None
    as_numbers = pd.to_numeric(frame[name], errors="coerce")
    # A code has a zero before it, or letters: it is cut, not put in classes.
    lengths = frame[name].str.len()
    is_code = bool(
        as_numbers.isna().any()
        or frame[name].str.match(r"0\d").any()
        or (lengths.nunique() == 1 and lengths.max() > 3)
    )
    if is_code:
        return name, prefixes(frame[name], *sorted(sizes, reverse=True))
    return name, numbers(frame[name], *sorted(sizes))


def _example(frame: pd.DataFrame, name: str, ladder: Ladder, step: int) -> str:
    """Show what a step makes of the first value."""
    value = str(frame[name].iloc[0])
    if step == 0:
        return value
    return ladder[step - 1][value] if step <= len(ladder) else "*"
