"""Each defect of French files is loaded right, or refused with a reason that says where."""

from __future__ import annotations

import pytest

from workbench.core.types import Status
from workbench.loaders.errors import LoadingError
from workbench.loaders.tabular import read

from .corpus.cases import CASES


def test_the_corpus_has_at_least_120_cases_of_different_names():
    assert len({(case.group, case.name) for case in CASES}) == len(CASES) >= 120


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.group}-{case.name}")
def test_a_case_is_loaded_right_or_refused_where_it_is_wrong(case, tmp_path):
    path = tmp_path / f"{case.name}.csv"
    path.write_bytes(case.content)
    if case.columns is None:
        with pytest.raises(LoadingError, match=case.refused):
            read(path)
        return
    table = read(path)
    assert {name: table.column(name) for name in case.columns} == case.columns
    told = {
        name: [Status(each) for each in table.column(f"{name}_status")] for name in case.statuses
    }
    assert told == case.statuses
    assert table.set_aside.column("line").to_pylist() == list(case.aside)
    stopped = [problem.row for problem in table.problems if problem.fatal]
    assert sorted(set(stopped)) == list(case.aside)
    kept = [(problem.row, problem.column) for problem in table.problems if not problem.fatal]
    assert kept == list(case.told)
