"""What a conversion did with each row: kept, moved, shared out, or set aside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd
import xarray as xr

from workbench.core.i18n import Messages
from workbench.geography.transition import Transition

__all__ = ["ATTRIBUTE", "ConversionReport", "conversions"]

ATTRIBUTE = "conversions"
_LISTED = ("apportioned", "unmatched", "estimated", "incomplete", "created", "left_out")
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ConversionReport:
    """Count what a conversion did with the rows it was given.

    Every row is in one of the first four: their numbers add up to :attr:`rows`.

    Parameters
    ----------
    since, to : int
        Years of the two maps.
    matched : int
        Rows whose territory kept code and ground.
    converted : int
        Rows whose whole figures went to a territory of another code, or of more ground.
    apportioned : tuple of str
        Codes of the rows whose figures were shared between several territories.
    unmatched : tuple of str
        Codes that are not on the first map, or of a territory that nothing followed: they were
        set aside, and are in no figure of the result.
    estimated : tuple of str
        Those of `apportioned` that were shared evenly, for want of weights.
    shared : tuple of str
        Codes of the result whose counts are estimates, for a part of them came from a row of
        `apportioned`.
    incomplete : tuple of str
        Codes of the result that lack the row of a territory they are made of: missing.
    created : tuple of str
        Codes of the result that come from nowhere: missing.
    left_out : tuple of str
        Coordinates that the second map does not have.
    """

    since: int
    to: int
    matched: int
    converted: int
    apportioned: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    estimated: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        transition: Transition,
        codes: pd.Index,
        *,
        vintages: tuple[int, int],
        result: pd.Index,
        incomplete: pd.Index,
        left_out: tuple[str, ...] = (),
    ) -> ConversionReport:
        """Count the rows of some codes."""
        table = transition.table
        changes = transition.changes
        split = table[table["is_split"]]
        changed = codes[codes.isin(changes["from"])]
        unmatched = codes[~codes.isin(transition.followed)]
        apportioned = codes[codes.isin(split["from"])]
        estimated = codes[codes.isin(table.loc[table["is_even"], "from"])]
        return cls(
            *vintages,
            matched=len(codes) - len(changed) - len(unmatched),
            converted=len(changed) - len(apportioned),
            apportioned=_texts(apportioned),
            unmatched=_texts(unmatched),
            estimated=_texts(estimated),
            shared=_texts(result[result.isin(split["to"])]),
            incomplete=_texts(incomplete),
            created=_texts(result[result.isin(transition.created)]),
            left_out=left_out,
        )

    @property
    def rows(self) -> int:
        """Number of rows that were given."""
        return self.matched + self.converted + len(self.apportioned) + len(self.unmatched)

    @property
    def is_exact(self) -> bool:
        """Tell whether every figure is a sum of whole ones, and none was set aside."""
        return not (self.apportioned or self.unmatched)

    def told(self, lang: str = "en") -> str:
        """Say it in a language: a line for what was done with the rows, and for each surprise.

        Examples
        --------
        >>> print(ConversionReport(2015, 2026, 30, 2, unmatched=("99999",)).told())
        From the map of 2015 to that of 2026:
        30 territories unchanged
        2 territories moved whole to another code or a larger territory
        1 code that leads nowhere, set aside: 99999
        """
        say = Messages(lang)
        lines = [say("conversion.maps", since=str(self.since), to=str(self.to))]
        lines += [
            say(f"conversion.{name}", count=getattr(self, name))
            for name in ("matched", "converted")
        ]
        for name in _LISTED:
            codes: tuple[str, ...] = getattr(self, name)
            if codes:
                more = "…" if len(codes) > _SHOWN else ""
                shown = ", ".join(codes[:_SHOWN]) + more
                lines.append(say(f"conversion.{name}", count=len(codes), codes=shown))
        return "\n".join(lines)

    def written(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        """Add it to the attributes of a cube, after those of earlier conversions."""
        earlier = json.loads(attrs.get(ATTRIBUTE, "[]"))
        return {**attrs, ATTRIBUTE: json.dumps([*earlier, asdict(self)])}


def conversions(cube: xr.Dataset | xr.DataArray) -> tuple[ConversionReport, ...]:
    """Return the report of each conversion that a cube went through, oldest first.

    Parameters
    ----------
    cube : Dataset or DataArray
        They are text in its attribute ``conversions``, which files and selections keep.

    Returns
    -------
    tuple of ConversionReport
        Empty when it was never converted.

    Examples
    --------
    >>> conversions(xr.Dataset())
    ()
    """
    told = json.loads(cube.attrs.get(ATTRIBUTE, "[]"))
    names = {each.name for each in fields(ConversionReport)}
    return tuple(
        ConversionReport(**{k: _plain(v) for k, v in one.items() if k in names}) for one in told
    )


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _texts(codes: pd.Index) -> tuple[str, ...]:
    return tuple(str(code) for code in codes)
