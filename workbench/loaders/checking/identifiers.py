"""Check the identifiers of a local address database: their shape, and that they say what rows do.

References
----------
AITF, *Format Base adresse locale* 1.1 to 1.4: the key is ``INSEE_VOIE_NUMERO[_suffix]``; since 1.2,
the identifiers of the national database are UUIDs, of the commune, the place name and the address.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.loaders.checking.record import Record
from workbench.loaders.checking.sheet import Sheet

__all__ = ["check_identifiers", "key_fault"]

_KEY, _UID, _NUMBER, _SUFFIX = "cle_interop", "uid_adresse", "numero", "suffixe"
_IDS = ("id_ban_commune", "id_ban_toponyme", "id_ban_adresse")
_COMMUNE = "commune_insee"
_PLACE = "99999"  # the number of what has none: a hamlet, a bridge
# Streets have four characters in the files of the tax office, six where the national database
# has named them.
_SHAPE = re.compile(
    r"([0-9][0-9AB][0-9]{3})_([0-9A-Z]{4}|[0-9A-Z]{6})_([0-9]+)((?:_[0-9A-Z]+)*)", re.IGNORECASE
)
_DIGITS = 5
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PARTS = ("@c:", "@v:", "@a:")


def key_fault(text: str) -> tuple[bool, str]:
    """Tell whether a key is of another shape than it should, and what it should be if that is sure.

    Examples
    --------
    >>> key_fault("31591_xxxx_00009_bis"), key_fault("67482_0340_43"), key_fault("A7482_6956_11")
    ((False, ''), (True, '67482_0340_00043'), (True, ''))
    """
    found = _SHAPE.fullmatch(text)
    if found is None or len(found[3]) > _DIGITS:
        return True, ""
    if len(found[3]) == _DIGITS:
        return False, ""
    return True, f"{found[1]}_{found[2]}_{found[3].zfill(_DIGITS)}{found[4]}"


def check_identifiers(sheet: Sheet, record: Record) -> None:
    """Record the identifiers of addresses that are not of their shape, or contradict their row.

    Parameters
    ----------
    sheet : Sheet
    record : Record
    """
    if _KEY in sheet.columns:
        _check_keys(sheet, record)
    if _UID in sheet.columns:
        uids = sheet.columns[_UID]
        record.add_cells("bal_uid", _UID, uids, _is_no_uid, fatal=False)
        record.add_cells("bal_uid_part", _UID, uids, _lacks_part, fatal=False)
    there = [name for name in _IDS if name in sheet.columns]
    for name in there:
        record.add_cells("bal_uuid", name, sheet.columns[name], _is_no_uuid, fatal=False)
    if len(there) == len(_IDS):
        _check_together(sheet, record)


def _check_keys(sheet: Sheet, record: Record) -> None:
    cells = sheet.columns[_KEY]
    faults = {text: key_fault(text) for text in cells.present}
    rows = cells.rows(lambda text: faults[text][0])
    values = cells.written[rows].tolist()
    general = record.told("bal_key_repair", {})
    repairs = [
        record.say("check.write", text=faults[text][1]) if faults[text][1] else general
        for text in values
    ]
    record.add("bal_key", _KEY, rows, values, repairs=repairs, fatal=False)
    shapes = [_SHAPE.fullmatch(key) for key in cells.written.tolist()]
    for name, told in ((_COMMUNE, 1), (_NUMBER, 3), (_SUFFIX, 4)):
        if name in sheet.columns:
            _compare(name, told, shapes, sheet, record)


def _compare(
    name: str, part: int, shapes: Sequence[re.Match[str] | None], sheet: Sheet, record: Record
) -> None:
    """Record the keys of which a part is not what a column of their row says."""
    others = sheet.columns[name].written.tolist()
    rows, values, reasons = [], [], []
    for row, (found, other) in enumerate(zip(shapes, others, strict=True)):
        # A blank says nothing, but of a suffix: that there is none.
        if found is None or not (other or name == _SUFFIX):
            continue
        held = found[part]
        if name == _NUMBER:
            same = not other.isdecimal() or int(other) == int(held)
        else:
            same = re.sub(r"[\s_]", "", held).lower() == re.sub(r"\s", "", other).lower()
        if not same:
            rows.append(row)
            values.append(found[0])
            said = {"column": name, "value": other or "∅"}
            reasons.append(record.told("bal_key_differs", said))
    record.add("bal_key_differs", _KEY, rows, values, reasons=reasons, fatal=False)


def _is_no_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is None


def _is_no_uid(text: str) -> bool:
    """Tell an identifier in parts of which one is no UUID; one that is not in parts is free."""
    return text.startswith("@") and not all(
        each.startswith(_PARTS) and _UUID.fullmatch(each[3:]) for each in text.split()
    )


def _lacks_part(text: str) -> bool:
    if not text.startswith("@") or _is_no_uid(text):
        return False
    held = {each[:3] for each in text.split()}
    return "@a:" in held and len(held) < len(_PARTS)


def _check_together(sheet: Sheet, record: Record) -> None:
    """Record the rows that have some identifiers only, and those where two are the same."""
    texts = [sheet.columns[name].written for name in _IDS]
    commune, place, address = (sheet.columns[name].filled for name in _IDS)
    numbers = sheet.columns[_NUMBER].written if _NUMBER in sheet.columns else None
    alone = np.zeros(len(sheet), dtype=bool) if numbers is None else numbers == _PLACE
    some = commune | place | address
    part = some & ~(commune & place & (address | alone))
    _add("bal_ids_part", np.flatnonzero(part).tolist(), texts, record)
    if some.any():
        _add("bal_ids_lack", np.flatnonzero(~some).tolist(), texts, record)
    twice = [
        row
        for row in np.flatnonzero(some).tolist()
        if len(held := [each[row] for each in texts if each[row]]) > len(set(held))
    ]
    _add("bal_ids_same", twice, texts, record)


def _add(
    rule: str, rows: Sequence[int], texts: Sequence[NDArray[np.object_]], record: Record
) -> None:
    values = [" / ".join(str(each[row]) or "∅" for each in texts) for row in rows]
    record.add(rule, ", ".join(_IDS), rows, values, fatal=False)
