"""Tell opening hours that are written as OpenStreetMap specifies them from those that are not.

References
----------
.. [1] OpenStreetMap wiki, *Key:opening_hours/specification*, version 0.7.3: years, months, weeks,
   days, hours, then ``open``, ``off`` or ``unknown`` and a comment; rules are parted by ``;``,
   ``,`` or ``||``.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["not_hours"]


def _several(one: str) -> str:
    return rf"{one}(?: ?, ?{one})*"


_CLOCK = r"(?:[0-3]?[0-9]|4[0-8]):[0-5][0-9]"  # up to 48:00: two days in a row
_EVENT = r"(?:dawn|sunrise|sunset|dusk)"
_MOMENT = rf"(?:{_CLOCK}|{_EVENT}|\({_EVENT} ?[-+] ?{_CLOCK}\))"
_TIMES = _several(rf"{_MOMENT}(?: ?- ?{_MOMENT})?\+?(?:/[0-9:]{{1,5}})?")
_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_DAYS = _several(rf"(?:{_DAY}(?: ?- ?{_DAY}|\[[-0-9, ]{{1,15}}\])?|PH|SH)(?: [-+][0-9]+ days?)?")
_YEARS = _several(r"[12][0-9]{3}(?:-[12][0-9]{3})?(?:/[0-9]{1,2})?\+?")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DATE = rf"(?:[12][0-9]{{3}} )?(?:{_MONTH}(?: [0-3]?[0-9])?|easter)(?: [-+][0-9]+ days?)?"
_MONTHS = _several(rf"{_DATE}(?: ?- ?(?:{_DATE}|[0-3]?[0-9]))?\+?")
_WEEKS = r"week " + _several(r"[0-5]?[0-9](?:-[0-5]?[0-9])?(?:/[0-9]{1,2})?")
_PARTS = rf"(?:{_YEARS} ?)?(?:{_MONTHS} ?)?(?:{_WEEKS} ?)?:? ?(?:{_DAYS} ?)?(?:{_TIMES})?"
_STATE = r"(?: ?(?:open|off|closed|unknown))?(?: ?\"[^\"]*\")?"
_RULE = rf"(?:24/7|{_PARTS}){_STATE}"
# RE2, whose time is linear: a comma may go on a list or begin a rule, which is tried both ways.
_HOURS = rf"^{_RULE}(?: ?(?:;|,|\|\|) ?{_RULE})* ?;?$"


def not_hours(texts: Sequence[str]) -> frozenset[str]:
    """Return the texts that are no opening hours.

    Examples
    --------
    >>> sorted(not_hours(["24/7", "Mo-Fr 08:00-12:00,14:00-18:00; Sa off", "Lu-Ve", "8h-18h"]))
    ['8h-18h', 'Lu-Ve']
    """
    written = pa.array(list(texts), pa.string())
    said = pc.and_(
        pc.match_substring_regex(written, _HOURS), pc.match_substring_regex(written, "[A-Za-z0-9]")
    )
    return frozenset(written.filter(pc.invert(said)).to_pylist())
