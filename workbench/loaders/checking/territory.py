"""Check what no schema knows: that the places of a file exist, agree, and are told once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from workbench.geography.atlas import Atlas
from workbench.geography.code_check import CodeCheck, Reason, Verdict, check_column
from workbench.geography.code_column import CodeColumn
from workbench.geography.code_words import typeset
from workbench.geography.territories import plain
from workbench.loaders.checking.columns import Found, find_columns
from workbench.loaders.checking.dates import check_dates
from workbench.loaders.checking.identifiers import check_identifiers
from workbench.loaders.checking.places import check_points
from workbench.loaders.checking.record import Record
from workbench.loaders.checking.sheet import Cells, Sheet
from workbench.loaders.checking.totals import check_rows
from workbench.loaders.roles import words

__all__ = ["Compared", "check_territory"]

# Distinct codes under which the year of a map cannot be told: the latest is taken.
_FEW = 20
# Codes whose row is kept: it is known where it is.
_KEPT = frozenset({Reason.DAMAGED, Reason.PART, Reason.NOT_IN_FORCE, Reason.FORMER, Reason.EMPTY})
_SEVERAL = re.compile(r"\s*[|;,/]\s*")
# Words of the headings that name the base level itself.
_NAMES_BASE = frozenset({"commune", "com", "depcom", "codgeo", "municipalite"})
_POSTCODE = re.compile(r"(?<![0-9])[0-9]{5}(?![0-9])")
# What follows a name without being of it: "LYON CEDEX 03", "Paris 14e arrondissement".
_AFTER = re.compile(r"\b(cedex|arrondissement)\b.*|\b[0-9]+(e|er|eme)?\b")

Places = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Compared:
    """Say what could be compared.

    Parameters
    ----------
    codes : int
        Cells of codes.
    names, points : int
        Rows whose name, whose point, was compared with their code.
    year : int or None
        Of the map.
    """

    codes: int = 0
    names: int = 0
    points: int = 0
    year: int | None = None


def check_territory(
    sheet: Sheet,
    atlas: Atlas,
    record: Record,
    *,
    today: date,
    vintage: int | None = None,
    points: Sequence[str] = (),
) -> Compared:
    """Record what contradicts the territory, the calendar, or the file itself.

    Parameters
    ----------
    sheet : Sheet
    atlas : Atlas
    record : Record
    today : date
        Day of the check.
    vintage : int, optional
        Year of the map that the codes should be of; by default, the one they are found to be of.
    points : sequence of str
        Columns that a schema says hold points.

    Returns
    -------
    Compared
    """
    book = atlas.codebook
    found = find_columns(sheet, book, points)
    where: Places = [()] * len(sheet)
    codes, year = 0, None
    # Those of the base level first: they say where a row is better than the others do.
    for name, kind in sorted(found.codes.items(), key=lambda item: item[1] != book.base):
        checked = _codes(name, sheet.columns[name], kind, atlas, vintage)
        year = year or checked.vintage
        codes += int(sheet.columns[name].filled.sum())
        base = kind == book.base
        _tell_codes(name, checked, atlas, record, alone=base or not any(where))
        found_at = _places(checked, atlas)
        places = [found_at[at] for at in checked.column.places.tolist()]
        # Two columns of the base level may be where one comes from and goes to.
        if not base and any(where):
            _tell_apart(name, sheet, where, places, "code_differs", atlas, record)
        where = [here or there for here, there in zip(where, places, strict=True)]
    if not any(where):
        where = _by_name(found, sheet, atlas)
    names = _check_names(found, sheet, where, atlas, record)
    for name in found.addresses:
        cells = sheet.columns[name]
        told = [_of_address(text, atlas) for text in cells.texts.tolist()]
        places = [told[at] for at in cells.places.tolist()]
        _tell_apart(name, sheet, where, places, "address_differs", atlas, record)
    compared = sum(check_points(sheet, each, where, atlas, record) for each in found.points)
    check_dates(sheet, found, record, today)
    check_rows(sheet, record)
    check_identifiers(sheet, record)
    _check_formulas(sheet, found, record)
    return Compared(codes, names, compared, year)


def _check_formulas(sheet: Sheet, found: Found, record: Record) -> None:
    for name, cells in sheet.columns.items():
        if name not in found.codes:  # ="01001" is told there
            record.add_cells("formula", name, cells, _is_formula, fatal=False)


def _is_formula(text: str) -> bool:
    return text.startswith("=")


def _codes(name: str, cells: Cells, kind: str, atlas: Atlas, vintage: int | None) -> CodeCheck:
    book = atlas.codebook
    # `CodeColumn` wants each text once; two cells may have had different spaces.
    column = CodeColumn.read(cells.written)
    if kind != book.base:
        return check_column(column, book, kind=kind)
    if vintage is None and len(column.texts) < _FEW:
        vintage = atlas.vintages[-1]
    checked = check_column(column, book, vintage=vintage, kind=kind)
    # "insee" alone is the name of any official code: of another level, all are.
    other = book.kinds.get(checked.guess.kind)
    level = other is not None and not other.whole and other.level not in ("", atlas.base_level)
    if other and level and not _NAMES_BASE & set(words(name)):
        return check_column(column, book, kind=other.id)
    return checked


def _judged(checked: CodeCheck) -> Iterator[tuple[int, Verdict]]:
    """Give what is wrong with each cell, several codes in one and codes of the past aside."""
    declared = checked.book.kinds[checked.kind]
    for finding in checked:
        verdict = finding.verdict
        after = declared.former.get(verdict.text, ())
        parts = _SEVERAL.split(verdict.text)
        if verdict.reason is Reason.EMPTY or (len(parts) > 1 and all(map(declared.fits, parts))):
            continue
        if verdict.reason is Reason.OTHER_KIND and after:
            code = after[0] if len(after) == 1 else ""
            verdict = Verdict(verdict.text, Reason.FORMER, code, others=after)
        yield finding.row, verdict


def _tell_codes(
    name: str, checked: CodeCheck, atlas: Atlas, record: Record, *, alone: bool
) -> None:
    """Record what is wrong with codes; a row is set aside where no other column says its place."""
    lang, book = record.lang, checked.book
    by_reason: dict[tuple[str, bool], list[tuple[int, str, str, str]]] = {}
    judged = list(_judged(checked))
    # A code of the past that is a code of another kind too: the others tell which it is.
    past = [bool(each.kind) for _, each in judged if each.reason is Reason.NOT_IN_FORCE]
    doubtful = 2 * sum(past) > len(past)
    for at, verdict in judged:
        told = verdict.told(book, lang, expected=checked.kind)
        repair = record.say("check.write", text=verdict.code) if verdict.code else ""
        if verdict.reason is Reason.PART and not checked.guess.mixed:
            repair = record.say("check.part_repair", text=verdict.code)
        row = (at, verdict.text, told, repair or _advice(verdict.kind, atlas, record))
        fatal = alone and (
            verdict.reason not in _KEPT
            or (verdict.reason is Reason.NOT_IN_FORCE and bool(verdict.kind) and doubtful)
        )
        by_reason.setdefault((verdict.reason.value, fatal), []).append(row)
    for (reason, fatal), cells in by_reason.items():
        rows, values, reasons, repairs = zip(*cells, strict=True)
        if reason in ("other_kind", "part"):
            one = _one(checked, record)
            reasons = tuple(record.say("check.code", expected=one, told=each) for each in reasons)
        record.add(
            f"code_{reason}", name, rows, values, reasons=reasons, repairs=repairs, fatal=fatal
        )


def _one(checked: CodeCheck, record: Record) -> str:
    return typeset(checked.book.kinds[checked.kind].one, record.say)


def _advice(kind: str, atlas: Atlas, record: Record) -> str:
    declared = atlas.codebook.kinds.get(kind)
    return typeset(declared.advice, record.say) if declared and declared.advice else ""


def _places(checked: CodeCheck, atlas: Atlas) -> Places:
    """Return the base territories that each distinct text stands for, today."""
    book = atlas.codebook
    places: Places = []
    for at, text in enumerate(checked.column.texts.tolist()):
        verdict = checked.verdicts.get(at)
        if not text:
            places.append(())
        elif verdict is None:
            own = checked.kind == book.base
            places.append((text,) if own else book.stands_for(checked.kind, text))
        elif verdict.others:
            places.append(verdict.others)
        elif verdict.fate is not None and verdict.fate.then:
            places.append(verdict.fate.then)
        else:
            places.append((verdict.code,) if verdict.code and verdict.sure else ())
    return places


def _of_address(text: str, atlas: Atlas) -> tuple[str, ...]:
    """Return the territories that the last postcode of an address serves."""
    served = [kind.id for kind in atlas.codebook.kinds.values() if kind.column]
    codes = _POSTCODE.findall(text)
    return atlas.codebook.stands_for(served[0], codes[-1]) if served and codes else ()


def _tell_apart(
    name: str,
    sheet: Sheet,
    where: Places,
    places: Places,
    rule: str,
    atlas: Atlas,
    record: Record,
) -> None:
    """Record the cells that tell other territories than the code of their row.

    Parameters
    ----------
    where, places : sequence of tuple of str
        Territories of each row: by its code, and by this column.
    """
    rows: list[int] = []
    reasons = []
    for row, (there, here) in enumerate(zip(places, where, strict=True)):
        if there and here and not set(there) & set(here):
            rows.append(row)
            words = {"there": _named(there, atlas), "here": _named(here, atlas)}
            reasons.append(record.told(rule, words))
    values = sheet.columns[name].written[rows].tolist() if rows else []
    record.add(rule, name, rows, values, reasons=reasons, fatal=False)


def _named(codes: tuple[str, ...], atlas: Atlas) -> str:
    book = atlas.codebook
    told = " / ".join(f"{book.name(book.base, code)} ({code})" for code in codes[:2])
    return told + (" / …" if len(codes) > 2 else "")


def _by_name(found: Found, sheet: Sheet, atlas: Atlas) -> Places:
    """Return the base territories that have the name of each row, in a file without codes."""
    if not found.names:
        return [()] * len(sheet)
    book = atlas.codebook
    codes: dict[str, list[str]] = {}
    for code, name in book.names[book.base].items():
        codes.setdefault(plain(str(name)), []).append(str(code))
    cells = sheet.columns[found.names[0]]
    places = [tuple(codes.get(plain(text), ())) if text else () for text in cells.texts.tolist()]
    return [places[at] for at in cells.places.tolist()]


def _check_names(found: Found, sheet: Sheet, where: Places, atlas: Atlas, record: Record) -> int:
    """Compare the names of places with those of their codes, folded."""
    book, count = atlas.codebook, 0
    for name in found.names:
        written = sheet.columns[name].written.tolist()
        frame = pd.DataFrame({"name": written, "codes": where})
        rows, reasons, repairs = [], [], []
        known: dict[tuple[str, tuple[str, ...]], bool] = {}
        for row, (text, codes) in enumerate(zip(frame["name"], frame["codes"], strict=True)):
            if not text or not codes:
                continue
            count += 1
            if (text, codes) not in known:
                names = [book.name(book.base, code) for code in codes]
                known[text, codes] = not any(names) or any(_alike(text, each) for each in names)
            if not known[text, codes]:
                rows.append(row)
                reasons.append(record.told("name_differs", {"here": _named(codes, atlas)}))
                repairs.append(record.told("name_differs_repair", {}))
        values = [written[row] for row in rows]
        record.add(
            "name_differs", name, rows, values, reasons=reasons, repairs=repairs, fatal=False
        )
    return count


def _alike(text: str, name: str) -> bool:
    """Tell whether a name is another, or begins or ends it."""
    first, second = (set(_AFTER.sub("", plain(each)).split()) for each in (text, name))
    return not first or not second or first <= second or second <= first
