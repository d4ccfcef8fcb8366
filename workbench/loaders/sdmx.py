"""Read SDMX-ML 2.1 data (INSEE's BDM, Eurostat): one row an observation, dimensions as text.

The two forms are read, generic and specific to a structure; what a server answers in place of data
is told. The file has passed `guard.check_xml`: no entity, no depth without end.

References
----------
SDMX 2.1, section 3A (SDMX-ML schemas); code lists CL_OBS_STATUS 2.2 and CL_CONF_STATUS 1.2.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa

from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.core.types import Status
from workbench.loaders.errors import FileNotTabular, FileTooLarge, TableRefused
from workbench.loaders.guard import check_xml
from workbench.loaders.registry import Loaded, Problem

__all__ = ["OBS_STATUSES", "PUBLIC", "load", "options", "period_start", "read", "suffixes"]

suffixes = (".sdmx", ".xml")
options = ("strict", "lang")

_VALUE, _PERIOD = "OBS_VALUE", "TIME_PERIOD"
# CL_OBS_STATUS: M cannot exist, K is counted elsewhere, Q is suppressed; O, H and L are missing.
OBS_STATUSES: Mapping[str, Status] = {
    **dict.fromkeys("EFI", Status.ESTIMATED),
    **dict.fromkeys("OHL", Status.MISSING),
    **dict.fromkeys("MK", Status.NOT_APPLICABLE),
    "Q": Status.SUPPRESSED,
}
PUBLIC = frozenset({"F", "_Z", ""})
"""Values of CONF_STATUS that hide nothing; CL_CONF_STATUS has many that do."""
_CODE = pa.dictionary(pa.int32(), pa.string())
_MOST_COLUMNS = 500
_MOST_BYTES = 2**28  # observations take twenty times their text in memory
_MONTHS = {"A": 12, "S": 6, "T": 4, "Q": 3, "B": 2, "M": 1}
_PERIODS = re.compile(r"(\d{4})(?:-?([AQSTBM])(\d{1,2})|-(\d{2})(?:-(\d{2}))?)?(T.*)?")


def read(path: Path, *, strict: bool = False, lang: str = "en") -> Loaded:
    """Read a file of SDMX-ML.

    Parameters
    ----------
    path : Path
    strict : bool
        Refuse the file when a value or a period is none.
    lang : str
        Language of the problems.

    Returns
    -------
    Loaded
        Dimensions and attributes are text, in the order of the file; ``OBS_VALUE`` is a number
        with its ``OBS_VALUE_status``; ``period_start`` is the first day of ``TIME_PERIOD``.

    Raises
    ------
    XmlRefused
        It is no XML, or a hostile one.
    FileNotTabular
        It holds no data: an error of the server, or a structure.
    TableRefused
        `strict` was asked, and something is wrong.

    Examples
    --------
    >>> period_start("2024-Q2"), period_start("2024-02"), period_start("soon")
    ('2024-04-01', '2024-02-01', '')
    """
    note("file", str(path))
    if path.stat().st_size > _MOST_BYTES:
        raise FileTooLarge(
            f"{path.name} is more than {_MOST_BYTES:,} bytes of SDMX. Ask for fewer series, or for "
            "a shorter period."
        )
    check_xml(path)
    say = Messages(lang)
    rows, told = _rows(path)
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) > _MOST_COLUMNS:
        raise FileNotTabular(f"{path.name} has {len(names):,} attributes: it is no SDMX data.")
    problems: list[Problem] = []
    values, statuses, starts = [], [], []
    for line, row in enumerate(rows, start=1):
        value, status, wrong = _value(row)
        values.append(value)
        statuses.append(int(status))
        start = period_start(row.get(_PERIOD, ""))
        starts.append(start or None)
        for column, bad, message in (
            (_VALUE, wrong, "not_value"),
            (_PERIOD, _PERIOD in row and not start, "not_period"),
        ):
            if bad:
                reason, repair = say(f"readers.{message}"), say(f"readers.{message}_repair")
                problems.append(Problem(path.name, line, column, row[column], reason, repair))
    if strict and problems:
        first = problems[0]
        raise TableRefused(
            f"{path.name}: {len(problems):,} cells are wrong, the first in observation "
            f"{first.row}, {first.column}: {first.value!r}, {first.reason}. Read it without strict."
        )
    columns: dict[str, pa.Array] = {}
    for name in names:
        if name == _VALUE:
            columns[name] = pa.array(values, pa.float64())
            columns[f"{name}_status"] = pa.array(statuses, pa.uint8())
            continue
        columns[name] = pa.array([row.get(name) for row in rows], pa.string()).cast(_CODE)
        if name == _PERIOD:
            columns["period_start"] = pa.array(starts, pa.string()).cast(pa.date32())
    return Loaded(pa.table(columns), tuple(problems), told, len(rows))


def _rows(path: Path) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Return the observations, each with what its series says, and what the message says."""
    rows: list[dict[str, str]] = []
    told: dict[str, str] = {}
    series: dict[str, str] = {}
    datasets = 0
    root = within = text = ""
    for event, element in ElementTree.iterparse(path, events=("start", "end")):  # noqa: S314
        name = _local(element.tag)
        if event == "start":
            root = root or name
            if name in ("Series", "Obs"):
                within = name
            if name == "Series":
                series = dict(_plain(element.attrib))
            datasets += name == "DataSet"
            continue
        if name in ("SeriesKey", "Attributes") and within == "Series":
            series |= _pairs(element)
        elif name == "Attributes" and not within:
            told |= _pairs(element)  # of the whole set
        elif name == "Obs":
            within = "Series"
            own = _observation(element)
            rows.append({**series, **own})
            element.clear()
        elif name == "Series":
            series, within = {}, ""
            element.clear()
        elif name in ("Prepared", "ID", "Text") and element.text:
            text = text or (element.text if name == "Text" else "")
            if name != "Text":
                told.setdefault(name.lower(), element.text.strip())
    if not datasets:
        said = f"the server says {text.strip()[:160]!r}" if text else f"it is a {root!r}"
        raise FileNotTabular(
            f"{path.name} holds no SDMX data: {said}. Check the identifiers of the series, then "
            "fetch it again."
        )
    return rows, {f"message {key}": value for key, value in told.items()}


def _observation(element: ElementTree.Element) -> dict[str, str]:
    """Return an observation: attributes of its element, or elements within it."""
    found = dict(_plain(element.attrib))
    for each in element:
        name, value = _local(each.tag), each.get("value", "")
        if name == "ObsDimension":
            found[each.get("id", _PERIOD)] = value
        elif name == "ObsValue":
            found[_VALUE] = value
        elif name in ("ObsKey", "Attributes"):
            found |= _pairs(each)
    return found


def _pairs(element: ElementTree.Element) -> dict[str, str]:
    return {
        each.get("id", ""): each.get("value", "")
        for each in element
        if _local(each.tag) == "Value" and each.get("id")
    }


def _plain(attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the attributes that are data, not those of XML itself."""
    return ((key, value) for key, value in attributes.items() if not key.startswith("{"))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _value(row: Mapping[str, str]) -> tuple[float | None, Status, bool]:
    """Return the value of an observation, its status, and whether it is no number."""
    text = row.get(_VALUE, "").strip()
    status = OBS_STATUSES.get(row.get("OBS_STATUS", "A"), Status.OBSERVED)
    if row.get("CONF_STATUS", "F") not in PUBLIC and text in ("", "NaN"):
        return None, Status.SUPPRESSED, False
    if text in ("", "NaN"):
        return None, status if not status.has_value else Status.MISSING, False
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        return None, Status.MISSING, True
    return value, status if status.has_value else Status.OBSERVED, False


def period_start(text: str) -> str:
    """Return the first day of a period as ISO 8601, ``""`` when it is none.

    Examples
    --------
    >>> [period_start(each) for each in ("2024", "2024-S2", "2024-T3", "2024-12-31", "2024-Q5")]
    ['2024-01-01', '2024-07-01', '2024-09-01', '2024-12-31', '']
    """
    match = _PERIODS.fullmatch(text.strip())
    if not match:
        return ""
    year, kind, number, month, day, _ = match.groups()
    first = int(month or 1)
    if kind:
        first = (int(number) - 1) * _MONTHS[kind] + 1
    try:
        return date(int(year), first, int(day or 1)).isoformat()
    except ValueError:
        return ""


def load(path: Path, *, rows: int | None = None, **given: Any) -> Loaded:
    """Read SDMX-ML for the catalogue and its commands."""
    found = read(path, **given)
    if rows is None:
        return found
    return Loaded(found.data.slice(0, rows), found.problems, found.decisions, found.rows)
