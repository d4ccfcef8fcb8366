"""The order of reading: each cell is read once, and is still there when a row needs it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.plan import Plan, plan_of

ROWS = st.lists(st.sets(st.integers(0, 3000), max_size=9), max_size=12)


def planned(rows: list[set[int]]) -> Plan:
    starts = np.append(0, np.cumsum([len(row) for row in rows])).astype(np.int64)
    cells = np.array([cell for row in rows for cell in row], dtype=np.int32)
    return plan_of(starts, cells, 2.0 * cells)


@given(ROWS)
def test_a_row_finds_its_cells_in_the_window(rows: list[set[int]]) -> None:
    plan = planned(rows)
    window = np.full(plan.window, -1)
    read = 0
    for i, row in enumerate(plan.order):
        if read < plan.ready[i]:
            cells = np.arange(read, plan.ready[i])
            window[cells % plan.window] = plan.used[cells]
            read = plan.ready[i]
        entries = slice(plan.starts[i], plan.starts[i + 1])
        assert set(window[plan.slots[entries]]) == rows[row]
        assert set(plan.data[entries]) == {2.0 * cell for cell in rows[row]}


@given(ROWS)
def test_every_row_has_its_turn(rows: list[set[int]]) -> None:
    assert sorted(planned(rows).order) == list(range(len(rows)))


def test_the_window_holds_what_rows_have_in_common_and_no_more() -> None:
    bands = [{k, k + 1, k + 2} for k in range(5000)]
    assert planned(bands).window == 512
    assert planned([*bands, set(range(5000))]).window == 8192
