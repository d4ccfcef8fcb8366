"""Aggregate batches of events into one state, and states into one: map, then tree reduction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.compute.compiling import kernels
from workbench.compute.event_plan import (
    NO_TIME,
    Columns,
    Plan,
    check_columns,
    columns_of,
    numbers_of,
    times_of,
)
from workbench.compute.event_sides import Digests, Distinct, Keyed, within
from workbench.compute.periods import PER_SECOND, Periods
from workbench.core.errors import EventTableInvalid

__all__ = ["Batches", "State", "merged", "paired", "reduced"]

T = TypeVar("T")

Batches = Callable[[], Iterable[pa.RecordBatch]]
"""What gives some batches of a table when it is called; may be called in any thread."""

# Of a cell in `tally`: known values, sum, what rounding took from it; and least, greatest.
_LANES, _LANES_WITH_EXTREMES = 3, 5
_AT_ONCE = 8192  # rows whose cells stay in the second-level cache from one column to the next
# 0001-01-02 and 9999-12-30: what lies beyond is no time that a calendar writes.
_FIRST, _LAST = -62_135_510_400, 253_402_128_000


@dataclass
class State:
    """Hold what is known of the rows seen so far.

    Parameters
    ----------
    plan : Plan
    """

    plan: Plan
    codes: pa.Array = field(init=False)
    periods: Periods | None = None
    block: NDArray[np.float64] = field(init=False)  # (territory, period, lane)
    zone: str | None = ""
    rows: int = 0
    counted: int = 0
    timeless: int = 0
    nameless: int = 0
    ambiguous: int = 0
    keyless: int = 0
    duplicates: int = 0
    conflicts: int = 0
    late: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    distinct: dict[str, Distinct] = field(init=False)
    digests: dict[str, Digests] = field(init=False)
    keyed: Keyed | None = None
    _dictionary: pa.Array | None = None
    _rows_of: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))

    def __post_init__(self) -> None:
        plan = self.plan
        given = plan.territories
        self.codes = pa.array([], pa.string()) if given is None else given
        self.block = np.zeros((len(self.codes), 0, self.lanes))
        self.distinct = {n: Distinct(plan.memory) for n, s in plan.stats.items() if "distinct" in s}
        self.digests = {n: Digests(plan.memory) for n in plan.stats if plan.quantiles(n)}
        if plan.key:
            arrival = (plan.late.arrival,) if plan.late else ()
            self.keyed = Keyed(plan.key, (*arrival, plan.time), plan.memory)

    @property
    def lanes(self) -> int:
        """Numbers that a cell holds."""
        return 1 + sum(self._width(name) for name in self.plan.numeric)

    def _width(self, name: str) -> int:
        return _LANES_WITH_EXTREMES if self.plan.extremes(name) else _LANES

    def lane(self, name: str) -> int:
        """First number of a column of values in a cell."""
        before = self.plan.numeric[: self.plan.numeric.index(name)]
        return 1 + sum(self._width(each) for each in before)

    def take(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch."""
        check_columns(self.plan, batch.schema.names)
        self.rows += batch.num_rows
        if self.keyed is None:
            self._tally(batch)
            return
        valid = None
        for name in self.plan.key:
            there = pc.is_valid(batch.column(name))
            valid = there if valid is None else pc.and_(valid, there)
        table = pa.Table.from_batches([batch]).select(self.plan.columns)
        self.keyed.take(table.filter(valid))
        for each in table.filter(pc.invert(valid)).combine_chunks().to_batches():
            self.keyless += each.num_rows
            self._tally(each)

    def settle(self) -> State:
        """Aggregate the rows that were kept by their key."""
        kept = self.keyed.kept() if self.keyed else None
        if kept is not None:
            self.duplicates, self.conflicts = kept.duplicates, kept.conflicts
            for batch in kept.table.to_batches(max_chunksize=2**20):
                self._tally(batch)
        self.keyed = None
        return self

    def _tally(self, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        columns = columns_of(batch, self.plan)
        self._see_zone(columns.zone)
        self._reach(columns)
        rows_of = self._locate(columns.dictionary)
        if self.periods is None:  # not one row has a time
            self.timeless += batch.num_rows
            return
        if self.plan.late is not None:
            found = self._late_rows(batch, columns, rows_of)
            self.late += int(found.sum())
            if self.plan.late.drop and found.any():
                batch = batch.filter(pa.array(~found))
                columns = columns_of(batch, self.plan)
        values = {n: numbers_of(batch.column(n), n) for n in self.plan.numeric}
        cells = np.empty(batch.num_rows, np.int32)
        self._count(columns, rows_of, values, cells)
        if self.distinct or self.digests:
            self._keep_aside(batch, cells, values)

    def _see_zone(self, zone: str | None) -> None:
        if self.zone == "":
            self.zone = zone
        elif self.zone != zone:
            raise EventTableInvalid(
                f"Column {self.plan.time!r} says its zone in some parts of the table and not in "
                f"others ({self.zone or 'none'}, {zone or 'none'}): bring its times to one zone."
            )

    def _reach(self, columns: Columns) -> None:
        """Make room for the times of a batch."""
        per, times = PER_SECOND[columns.unit], columns.times
        ends = pc.min_max(pa.array(times)).as_py()
        if ends["min"] // per < _FIRST or ends["max"] // per > _LAST or ends["min"] == NO_TIME:
            held = times != NO_TIME
            if per < PER_SECOND["ns"]:  # nanoseconds never leave the calendar
                held &= (times >= _FIRST * per) & (times <= _LAST * per)
            if not held.any():
                return
            ends = {"min": int(times[held].min()), "max": int(times[held].max())}
        first, last = ends["min"] // per, ends["max"] // per
        if self.periods is None:
            clock = self.plan.clock
            zone = clock.zone or self.zone or ""
            made = Periods.covering(
                first,
                last,
                self.plan.freq,
                zone="" if zone == "UTC" and self.zone is None else zone,
                is_wall=self.zone is None,
                ambiguous=clock.ambiguous,
            )
            self._lay(self.codes, made)
        elif not self.periods.holds(first, last):
            self._lay(self.codes, self.periods.extended(first, last))

    def _locate(self, dictionary: pa.Array) -> NDArray[np.int32]:
        """Find the rows of codes in the block, and those of codes that are new."""
        if self._dictionary is not None and self._dictionary.equals(dictionary):
            return self._rows_of
        found = pc.index_in(dictionary, value_set=self.codes)
        if self.plan.territories is None and found.null_count > dictionary.null_count:
            fresh = dictionary.filter(pc.and_(pc.is_null(found), pc.is_valid(dictionary))).unique()
            self._lay(pa.concat_arrays([self.codes, fresh]), self.periods)
            found = pc.index_in(dictionary, value_set=self.codes)
        rows_of = np.full(len(dictionary) + 1, -1, np.int32)
        rows_of[:-1] = np.asarray(found.fill_null(-1))
        if dictionary.null_count:
            rows_of[:-1][np.asarray(dictionary.is_null())] = -1
        self._dictionary, self._rows_of = dictionary, rows_of
        return rows_of

    def _lay(self, codes: pa.Array, periods: Periods | None) -> None:
        """Move what was counted to a larger block."""
        count = len(periods) if periods is not None else 0
        old_rows, old_count, lanes = self.block.shape
        room = old_rows
        if len(codes) > room:  # doubled, so that it is not moved at every new code
            room = len(codes) if not room or self.plan.territories is not None else 2 * len(codes)
        if room == old_rows and periods is self.periods:
            self.codes = codes
            return
        span = f" ({periods.labels[0]} to {periods.labels[-1]})" if count and periods else ""
        within(
            8 * room * count * lanes,
            self.plan.memory,
            f"Figures of {len(codes):,} territories by {count:,} periods{span}",
        )
        block = np.zeros((room, count, lanes))
        for name in self.plan.numeric:
            if self.plan.extremes(name):
                lane = self.lane(name)
                block[:, :, lane + 3], block[:, :, lane + 4] = np.inf, -np.inf
        if periods is not None and self.periods is not None:
            at = self.periods.place_in(periods)
            block[:old_rows, at : at + old_count] = self.block
        self.codes, self.periods, self.block = codes, periods, block

    def _adopt(self, other: State) -> NDArray[np.int64]:
        """Add the block of another state; tell at which row each of its territories is."""
        codes = self.codes
        if self.plan.territories is None:
            codes = pa.concat_arrays([codes, other.codes]).unique()
        periods = self.periods if self.periods is not None else other.periods
        if periods is not None and other.periods is not None:
            first, last = other.periods.span
            periods = periods if periods.holds(first, last) else periods.extended(first, last)
        self._lay(codes, periods)
        self._dictionary = None
        rows = np.asarray(pc.index_in(other.codes, value_set=codes)).astype(np.int64)
        if periods is None or other.periods is None:
            return rows
        at = other.periods.place_in(periods)
        mine = self.block[:, at : at + len(other.periods)]
        theirs = other.block[: len(rows)]
        same = np.array_equal(rows, np.arange(len(rows)))
        place: Any = slice(0, len(rows)) if same else rows
        held = mine[place]
        _add_cells(held, theirs, [(self.lane(n), self.plan.extremes(n)) for n in self.plan.numeric])
        if not same:
            mine[place] = held
        return rows

    def grant(self, plan: Plan) -> None:
        """Give it the memory of a plan."""
        self.plan = plan
        for distinct in self.distinct.values():
            distinct.memory = plan.memory
        for digest in self.digests.values():
            digest.memory = plan.memory
        if self.keyed is not None:
            self.keyed.memory = plan.memory

    def _count(
        self,
        columns: Columns,
        rows_of: NDArray[np.int32],
        values: dict[str, NDArray[np.float64]],
        cells: NDArray[np.int32],
    ) -> None:
        assert self.periods is not None  # noqa: S101 - `_reach` made them
        tally = kernels("tally")
        look = self.periods.lookup(columns.unit)
        flat = self.block.reshape(-1, self.lanes)
        misses, counts = np.zeros(len(rows_of), np.int64), np.zeros(2, np.int64)
        lanes = [(v, self.lane(n), self.plan.extremes(n)) for n, v in values.items()]
        for begin in range(0, len(cells), _AT_ONCE):
            at = slice(begin, begin + _AT_ONCE)
            here = cells[at]
            tally.place(
                columns.codes[at],
                rows_of,
                columns.times[at],
                look.bounds,
                look.of,
                look.table,
                look.shift,
                len(self.periods),
                flat,
                here,
                misses,
                counts,
            )
            for array, lane, extremes in lanes:
                tally.add(array[at], here, flat, lane, extremes)
        self.counted += int(counts[0])
        self.timeless += int(counts[1])
        self.nameless += int(misses[-1])
        for at_code in np.flatnonzero(misses[:-1]).tolist():
            code = columns.dictionary[at_code].as_py()
            if code is None:
                self.nameless += int(misses[at_code])
            else:
                self.unknown[code] += int(misses[at_code])
        self._see_ambiguous(columns)

    def _see_ambiguous(self, columns: Columns) -> None:
        """Count readings of an hour that the clock showed twice."""
        periods = self.periods
        if periods is None or not (periods.is_wall and periods.zone):
            return
        per, times = PER_SECOND[columns.unit], columns.times
        low, high = int(times.min()) // per, int(times.max()) // per
        for begin, end in periods.offsets.repeated:
            if begin <= high and end > low:
                self.ambiguous += int(((times >= begin * per) & (times < end * per)).sum())

    def _late_rows(
        self, batch: pa.RecordBatch, columns: Columns, rows_of: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        """Tell which of the rows that have a cell arrived once their period was closed."""
        late, periods = self.plan.late, self.periods
        assert late is not None  # noqa: S101 - asked before
        assert periods is not None  # noqa: S101
        arrived, unit, zone = times_of(batch.column(late.arrival), late.arrival)
        if (zone is None) != (columns.zone is None):
            raise EventTableInvalid(
                f"Column {late.arrival!r} and column {self.plan.time!r}: one says its zone and the "
                "other does not. Bring both to one zone."
            )
        ends = periods.starts[1:]
        if periods.is_wall:
            ends = periods.offsets.shown(ends)
        look = periods.lookup(columns.unit)
        times = columns.times
        timed = (times >= look.bounds[0]) & (times < look.bounds[-1])
        segment = np.searchsorted(look.bounds, times, side="right") - 1
        period = np.where(timed, look.of[np.where(timed, segment, 0)], -1)
        known = (period >= 0) & (rows_of[columns.codes] >= 0) & (arrived != NO_TIME)
        closed = ends[period] + late.seconds
        found: NDArray[np.bool_] = known & (arrived // PER_SECOND[unit] >= closed)
        return found

    def _keep_aside(
        self, batch: pa.RecordBatch, cells: NDArray[np.int32], values: dict[str, Any]
    ) -> None:
        """Give distinct values and quantiles the rows that are counted."""
        assert self.periods is not None  # noqa: S101
        at = np.flatnonzero(cells >= 0)
        rows, place = np.divmod(cells[at].astype(np.int64), len(self.periods))
        starts = self.periods.starts[place]
        for name, distinct in self.distinct.items():
            distinct.take(rows, starts, batch.column(name).take(pa.array(at)))
        for name, digests in self.digests.items():
            digests.take(rows, starts, values[name][at])


def _add_cells(
    held: NDArray[np.float64], other: NDArray[np.float64], lanes: Sequence[tuple[int, bool]]
) -> None:
    """Add cells to others, in place; see `tally` for what they hold."""
    held[..., 0] += other[..., 0]
    for lane, extremes in lanes:
        held[..., lane] += other[..., lane]
        high, more = held[..., lane + 1].copy(), other[..., lane + 1]
        total = high + more
        part = total - high
        held[..., lane + 1] = total
        held[..., lane + 2] += other[..., lane + 2]
        held[..., lane + 2] += (high - (total - part)) + (more - part)
        if extremes:
            held[..., lane + 3] = np.minimum(held[..., lane + 3], other[..., lane + 3])
            held[..., lane + 4] = np.maximum(held[..., lane + 4], other[..., lane + 4])


def merged(one: State, other: State) -> State:
    """Add a state to another one, which is changed."""
    if other.periods is not None:
        one._see_zone(other.zone)
    rows = one._adopt(other)
    for name in ("rows", "counted", "timeless", "nameless", "ambiguous", "keyless", "late"):
        setattr(one, name, getattr(one, name) + getattr(other, name))
    one.unknown.update(other.unknown)
    for column, distinct in other.distinct.items():
        one.distinct[column].merge(distinct, rows)
    for column, digests in other.digests.items():
        one.digests[column].merge(digests, rows)
    if one.keyed is not None and other.keyed is not None:
        one.keyed.merge(other.keyed)
    return one


def reduced(plan: Plan, pieces: Sequence[Batches], threads: int = 1) -> State:
    """Aggregate pieces of a table in some threads, then add up their states two by two.

    Each thread has its own state and takes the same pieces every time, so that the result does
    not depend on who comes first.
    """
    count = max(1, min(threads, len(pieces)))
    share = replace(plan, memory=plan.memory // count)

    def run(first: int) -> State:
        state = State(share)
        for piece in pieces[first::count]:
            for batch in piece():
                state.take(batch)
        return state

    if count == 1:
        return run(0).settle()
    with ThreadPoolExecutor(count) as pool:
        states = list(pool.map(run, range(count)))
    whole = paired(states, merged)
    whole.grant(plan)
    return whole.settle()


def paired(states: Sequence[T], add: Callable[[T, T], T]) -> T:
    """Add up states two by two: one remains."""
    while len(states) > 1:
        pairs = zip(states[::2], [*states[1::2], None], strict=False)
        states = [one if other is None else add(one, other) for one, other in pairs]
    return states[0]
