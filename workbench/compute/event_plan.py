"""Say how a table of events is aggregated, and take the columns that it needs from any table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.compute.periods import AMBIGUOUS, FREQS
from workbench.compute.zones import check_zone
from workbench.core.errors import ColumnUnknown, EventTableInvalid, nearest

__all__ = ["Clock", "Late", "Plan", "columns_of", "plan_of"]

STATS = ("count", "sum", "mean", "min", "max", "distinct", "median")
GAPS = ("zero", "missing")
NO_TIME = np.iinfo(np.int64).min

_QUANTILE = re.compile(r"q(\d{1,2}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Clock:
    """Say by which clock periods are cut.

    Parameters
    ----------
    zone : str
        Of the IANA database (``Europe/Paris``). Times that say their zone are brought to it;
        those that do not are what this clock showed. By default the zone that times say, or
        none: they are taken as they are.
    ambiguous : {"first", "second", "missing"}
        Which hour is meant by a time without a zone that the clock showed twice; ``missing``:
        nobody knows, and the row is counted among those without a time.
    """

    zone: str = ""
    ambiguous: str = "first"

    def __post_init__(self) -> None:
        check_zone(self.zone)
        _among("ambiguous", self.ambiguous, AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class Late:
    """Say when a row comes too late.

    Parameters
    ----------
    arrival : str
        Column of the times at which rows arrived, of the type of the times of the events.
    after : timedelta or str
        A period is closed that long after its end (``"2D"``, ``"36h"``); what arrives later is
        late.
    drop : bool
        Whether late rows are left out of the figures, not only counted.
    """

    arrival: str
    after: Any = "0s"
    drop: bool = False

    @property
    def seconds(self) -> int:
        """How long after its end a period is closed."""
        return int(pd.Timedelta(self.after).total_seconds())


@dataclass(frozen=True, eq=False)
class Plan:
    """Hold what is asked for.

    Parameters
    ----------
    territory, time : str
        Columns.
    freq : str
    stats : mapping of str to tuple of str
        What is computed of each column of values.
    key : tuple of str
    late : Late or None
    clock : Clock
    territories : pyarrow.Array or None
        Codes, in the order of the result.
    gaps : str
    memory : int
        Bytes.
    """

    territory: str
    time: str
    freq: str
    stats: Mapping[str, tuple[str, ...]]
    key: tuple[str, ...] = ()
    late: Late | None = None
    clock: Clock = field(default_factory=Clock)
    territories: pa.Array | None = None
    gaps: str = "zero"
    memory: int = 2**30

    @property
    def columns(self) -> list[str]:
        """Columns of the table that are needed, each once."""
        arrival = [self.late.arrival] if self.late else []
        return list(dict.fromkeys([self.territory, self.time, *self.stats, *self.key, *arrival]))

    @property
    def numeric(self) -> list[str]:
        """Columns of values that are added up."""
        return [name for name, stats in self.stats.items() if set(stats) - {"distinct"}]

    def extremes(self, name: str) -> bool:
        """Whether the least or the greatest value of a column is asked for."""
        return bool({"min", "max"} & set(self.stats[name]))

    def quantiles(self, name: str) -> dict[str, float]:
        """Quantiles of a column, by name, from 0 to 1."""
        return {stat: _share(stat) for stat in self.stats[name] if _is_quantile(stat)}


def plan_of(
    territory: str,
    time: str,
    freq: str,
    values: str | Sequence[str],
    stats: str | Sequence[str] | Mapping[str, str | Sequence[str]],
    key: str | Sequence[str],
    clock: Clock | str,
    territories: Sequence[str] | pd.Index | None,
    gaps: str,
    late: Late | None,
    memory: int,
) -> Plan:
    """Check what is asked for; see `events.aggregate`."""
    _among("freq", freq, FREQS)
    _among("gaps", gaps, GAPS)
    wanted = _texts(values)
    if isinstance(stats, Mapping):
        absent = [name for name in stats if wanted and name not in wanted]
        if absent:
            raise ValueError(f"stats names {absent[0]!r}, not one of values ({', '.join(wanted)}).")
        asked = {name: _texts(stats.get(name, ())) for name in wanted or stats}
    else:
        asked = {name: _texts(stats) or ("sum",) for name in wanted}
        if not wanted and _texts(stats):
            raise ValueError(f"stats={stats!r} needs columns of values: give values=….")
    for name in (stat for each in asked.values() for stat in each):
        if not (name in STATS or _is_quantile(name)):
            raise ValueError(
                f"stat {name!r} is unknown ({nearest(name, [*STATS, 'q90'])}; q90 is the quantile "
                "that 90% of the values do not exceed)."
            )
    codes = None
    if territories is not None:
        given = list(territories)
        if not all(isinstance(code, str) for code in given):
            raise EventTableInvalid(
                f"territories holds {next(c for c in given if not isinstance(c, str))!r}: "
                'a code is text, such as "01001".'
            )
        codes = pa.array(given, pa.string())
        if len(codes.unique()) != len(codes):
            raise ValueError("territories names the same code twice.")
    return Plan(
        territory,
        time,
        freq,
        asked,
        _texts(key),
        late,
        Clock(clock) if isinstance(clock, str) else clock,
        codes,
        gaps,
        memory,
    )


def check_columns(plan: Plan, names: Sequence[str]) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    ColumnUnknown
    """
    for name in plan.columns:
        if name not in names:
            raise ColumnUnknown(f"The table has no column {name!r} ({nearest(name, names)}).")


@dataclass(frozen=True, eq=False)
class Columns:
    """Hold the columns of a batch, ready for the kernel.

    Parameters
    ----------
    codes : ndarray of int32 (row,)
        Positions in `dictionary`; its length where there is no code.
    dictionary : pyarrow.Array of string
    times : ndarray of int64 (row,)
        `NO_TIME` for none.
    unit : str
        Of the times.
    zone : str or None
        That the times say; None when they say none.
    """

    codes: NDArray[np.int32]
    dictionary: pa.Array
    times: NDArray[np.int64]
    unit: str
    zone: str | None


def columns_of(batch: pa.RecordBatch, plan: Plan) -> Columns:
    """Take the territories and the times of a batch.

    Raises
    ------
    EventTableInvalid
        Codes are no texts, or times no times.
    """
    codes, dictionary = _codes(batch.column(plan.territory), plan.territory)
    times, unit, zone = times_of(batch.column(plan.time), plan.time)
    return Columns(codes, dictionary, times, unit, zone)


def _codes(array: pa.Array, name: str) -> tuple[NDArray[np.int32], pa.Array]:
    if pa.types.is_null(array.type):
        array = array.cast(pa.string())
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    if not (_is_text(kind)):
        raise EventTableInvalid(
            f"Column {name!r} holds {array.type}, and a code of a territory is text: 01001 is not "
            "1001. Read the file with its codes as texts."
        )
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    indices = array.indices
    if indices.null_count:
        # Filled in a type that can hold the number of codes.
        indices = indices.cast(pa.int32()).fill_null(len(array.dictionary))
    codes = np.asarray(indices).astype(np.int32, copy=False)
    dictionary = array.dictionary
    return codes, dictionary if dictionary.type == pa.string() else dictionary.cast(pa.string())


def times_of(array: pa.Array, name: str) -> tuple[NDArray[np.int64], str, str | None]:
    """Take times as whole numbers, with their unit and the zone that they say."""
    kind = array.type
    if pa.types.is_date32(kind):
        array = array.cast(pa.timestamp("s"))
    elif pa.types.is_date64(kind):
        array = array.cast(pa.timestamp("ms"))
    elif pa.types.is_null(kind):
        array = array.cast(pa.timestamp("s"))
    elif not pa.types.is_timestamp(kind):
        raise EventTableInvalid(
            f"Column {name!r} holds {kind}, and times are asked for. Give its role (datetime) to "
            "the reader of the file, or convert it with pandas.to_datetime."
        )
    kind = array.type
    numbers = array.view(pa.int64())
    if numbers.null_count:
        numbers = numbers.fill_null(NO_TIME)
    return np.asarray(numbers), kind.unit, kind.tz


def numbers_of(array: pa.Array, name: str) -> NDArray[np.float64]:
    """Take values as floats: NaN where there is none.

    Raises
    ------
    EventTableInvalid
        They are no numbers, or whole ones that a float does not hold.
    """
    kind = array.type
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if not (numeric or pa.types.is_boolean(kind) or pa.types.is_null(kind)):
        raise EventTableInvalid(
            f"Column {name!r} holds {kind}: only its distinct values can be counted "
            f"(stats={{{name!r}: 'distinct'}})."
        )
    if pa.types.is_boolean(kind):
        array = array.cast(pa.int8())
    try:
        floats = array if kind == pa.float64() else pc.cast(array, pa.float64())
    except pa.ArrowInvalid as error:
        raise EventTableInvalid(
            f"Column {name!r} holds whole numbers beyond 2^53, which cannot be added up exactly "
            f"({error}). Are they identifiers? Count their distinct values."
        ) from None
    values: NDArray[np.float64] = floats.to_numpy(zero_copy_only=False)
    return values


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _is_quantile(name: str) -> bool:
    return name == "median" or _QUANTILE.fullmatch(name) is not None


def _share(name: str) -> float:
    return 0.5 if name == "median" else float(name[1:]) / 100


def _texts(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) and given else tuple(dict.fromkeys(given))


def _among(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise ValueError(f"{name}={value!r} is unknown ({nearest(str(value), choices)}).")
