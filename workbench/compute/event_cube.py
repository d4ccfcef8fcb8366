"""Make a cube of what was counted, and say in words what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.compute.event_state import State
from workbench.compute.periods import Periods
from workbench.core.i18n.catalogue import Messages
from workbench.core.types import Kind, Status

__all__ = ["cube_of", "notes"]

_TOLD = 5  # unknown codes that are named
Figures = tuple[NDArray[np.float64], NDArray[np.int8]]

_KINDS = {"count": Kind.COUNT, "sum": Kind.COUNT, "mean": Kind.MEAN}
_CODED = "rows_unknown_territory"
_NOTES = (
    _CODED,
    "rows_without_territory",
    "rows_without_time",
    "rows_ambiguous_time",
    "rows_duplicate",
    "keys_in_conflict",
    "rows_without_key",
    "rows_late",
    "rows_set_aside",
    "gaps",
)


def cube_of(state: State, units: Mapping[str, str], attrs: Mapping[str, Any]) -> xr.Dataset:
    """Make a cube; see `events.aggregate`."""
    frame = _Frame(state)
    data: dict[str, Any] = {}

    def put(name: str, figures: Figures, unit: str, kind: Kind, said: str, **more: Any) -> None:
        values, status = figures
        about = {"units": unit, "long_name": said, "kind": str(kind), **dict(attrs), **more}
        dims = ("territory", "period")
        data[name] = (dims, values, {**about, "ancillary_variables": f"{name}_status"})
        flags = {
            "long_name": f"status of {said}",
            "standard_name": "status_flag",
            "flag_values": np.array([int(s) for s in Status], dtype=np.int8),
            "flag_meanings": Status.flag_meanings(),
        }
        vintage = {"vintage": attrs["vintage"]} if "vintage" in attrs else {}
        data[f"{name}_status"] = (dims, status, {**flags, **vintage})

    put("count", frame.counts(frame.rows), "1", Kind.COUNT, "rows")
    for column, stats in state.plan.stats.items():
        unit = units.get(column, "1")
        # A mean goes with what it is recomputed from.
        wanted = dict.fromkeys([*(("count", "sum") if "mean" in stats else ()), *stats])
        for stat in wanted:
            more = {}
            if stat == "mean":
                more = {"numerator": f"{column}_sum", "denominator": f"{column}_count"}
            put(
                f"{column}_{stat}",
                frame.figures(column, stat),
                "1" if stat in ("count", "distinct") else unit,
                # Least, greatest, distinct and quantiles are never summed.
                _KINDS.get(stat, Kind.MEDIAN),
                f"{stat} of {column}",
                **more,
            )
    coords = {
        "territory": ("territory", frame.codes, {"long_name": "code"}),
        "period": ("period", frame.periods.labels, {"long_name": state.plan.freq}),
        "period_start": ("period", frame.periods.starts[:-1].astype("M8[s]").astype("M8[ns]")),
        "period_hours": ("period", frame.periods.hours, {"units": "h"}),
    }
    return xr.Dataset(data, coords=coords, attrs={**frame.account(), **dict(attrs)})


class _Frame:
    """Hold a state in the order of the result, cut to the periods that have rows."""

    def __init__(self, state: State) -> None:
        self.state = state
        plan = state.plan
        codes = np.array(state.codes.to_pylist(), dtype=object)
        order = np.arange(len(codes))
        if plan.territories is None:
            order = np.argsort(codes.astype(str), kind="stable")
        periods = state.periods
        if periods is None:
            periods = Periods.covering(0, 0, plan.freq).cropped(0, 0)
        block = state.block[: len(codes)]
        filled = np.flatnonzero(block[:, :, 0].any(axis=0)) if block.size else np.empty(0, int)
        first, stop = (int(filled[0]), int(filled[-1]) + 1) if len(filled) else (0, 0)
        self.codes = pd.Index(codes[order], dtype=object)
        self.order = order
        self.periods = periods.cropped(first, stop)
        self.block = block[order, first:stop]
        self.rows: NDArray[np.float64] = self.block[:, :, 0]
        self.empty = self.rows == 0

    def counts(self, values: NDArray[np.float64]) -> Figures:
        """Give counts, all of which are known where there are rows."""
        return self._figures(values, np.int8(Status.AGGREGATED), additive=True)

    def figures(self, column: str, stat: str) -> Figures:
        """Give a statistic of a column."""
        if stat == "distinct":
            rows, starts, found, held = self.state.distinct[column].counts()
            known = np.nan_to_num(self._spread(rows, starts, held))
            several = np.nan_to_num(self._spread(rows, starts, found))
            return self._figures(several, self._of(known), additive=True)
        lane = self.state.lane(column)
        known = self.block[:, :, lane]
        if stat == "count":
            return self.counts(known)
        status = self._of(known)
        total = self.block[:, :, lane + 1] + self.block[:, :, lane + 2]
        if stat == "sum":
            return self._figures(total, status, additive=True)
        values: NDArray[Any]
        if stat == "mean":
            values = np.divide(total, known, out=np.full(total.shape, np.nan), where=known > 0)
        elif stat in ("min", "max"):
            values = self.block[:, :, lane + (3 if stat == "min" else 4)]
        else:
            share = self.state.plan.quantiles(column)[stat]
            rows, starts, drawn, exact = self.state.digests[column].quantiles(share)
            values = self._spread(rows, starts, drawn)
            rough = self._spread(rows[~exact], starts[~exact], drawn[~exact])
            status = np.where(np.isnan(rough), status, np.int8(Status.ESTIMATED))
        return self._figures(values, status, additive=False)

    def _of(self, known: NDArray[np.float64]) -> NDArray[np.int8]:
        """Say of each cell whether all, some or none of its rows have a value."""
        whole = np.where(known == self.rows, Status.AGGREGATED, Status.ESTIMATED)
        return np.where(known == 0, Status.MISSING, whole).astype(np.int8)

    def _figures(self, values: Any, status: Any, *, additive: bool) -> Figures:
        """Say what cells without a row are."""
        absent = Status.MISSING
        if self.state.plan.gaps == "zero":
            absent = Status.AGGREGATED if additive else Status.NOT_APPLICABLE
        status = np.where(self.empty, np.int8(absent), status).astype(np.int8)
        return np.where(status <= Status.ESTIMATED, values, np.nan), status

    def _spread(self, rows: Any, starts: Any, found: Any) -> NDArray[np.float64]:
        """Put figures of some cells in their place, NaN elsewhere."""
        place = np.empty(len(self.order), dtype=np.int64)
        place[self.order] = np.arange(len(self.order))
        out = np.full(self.rows.shape, np.nan)
        out[place[rows], np.searchsorted(self.periods.starts, starts)] = found
        return out

    def account(self) -> dict[str, Any]:
        """Count all rows, in the attributes of the cube."""
        state, plan = self.state, self.state.plan
        unknown = sum(state.unknown.values())
        most = sorted(state.unknown.items(), key=lambda item: (-item[1], item[0]))
        told: dict[str, Any] = {
            "rows": state.rows,
            "rows_counted": state.counted,
            "rows_unknown_territory": unknown,
            "unknown_territories": [f"{code} ({count})" for code, count in most[:_TOLD]],
            "rows_without_territory": state.nameless,
            "rows_without_time": state.timeless,
            "rows_ambiguous_time": state.ambiguous,
        }
        if plan.key:
            told["rows_duplicate"] = state.duplicates
            told["keys_in_conflict"] = state.conflicts
            told["rows_without_key"] = state.keyless
        if plan.late:
            told["rows_late"] = state.late
            told["late_rows"] = "dropped" if plan.late.drop else "counted"
        if plan.gaps == "missing":
            told["gaps"] = self._gaps()
        return told

    def _gaps(self) -> int:
        """Count the periods without a row between the first and the last one of a territory."""
        there = ~self.empty
        before = np.maximum.accumulate(there, axis=1)
        after = np.maximum.accumulate(there[:, ::-1], axis=1)[:, ::-1]
        return int((before & after & self.empty).sum())


def notes(cube: xr.Dataset, *, lang: str = "en") -> tuple[str, ...]:
    """Say what was left out of a cube or is doubtful, for the caveats of a report.

    Parameters
    ----------
    cube : Dataset
        Of `aggregate`.
    lang : {"en", "fr"}

    Examples
    --------
    >>> notes(xr.Dataset(attrs={"rows_duplicate": 2}))
    ('2 rows repeat the key of another one and are left out.',)
    """
    say = Messages(lang)
    told = []
    for name in _NOTES:
        count = int(cube.attrs.get(name, 0))
        if not count:
            continue
        dropped = name == "rows_late" and cube.attrs.get("late_rows") == "dropped"
        codes = {"codes": ", ".join(cube.attrs["unknown_territories"])} if name == _CODED else {}
        told.append(say(f"events.{name}{'_dropped' * dropped}", count=count, **codes))
    return tuple(told)
