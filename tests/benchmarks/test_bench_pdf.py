"""The benchmark of PDF prints what it times."""

from __future__ import annotations

import pytest

from workbench.core.errors import MissingExtra
from workbench.reports.chromium import chromium_path
from workbench.reports.run import can_fork

from .bench_pdf import by_chromium, made_pages

try:
    chromium_path()
except MissingExtra as error:
    pytest.skip(str(error), allow_module_level=True)


@pytest.mark.skipif(not can_fork(), reason="forked reports need Linux")
def test_two_portraits_are_printed_and_timed(tmp_path) -> None:
    cost = by_chromium(made_pages(tmp_path, 2), jobs=2)
    assert cost.reports == 2
    assert cost.cpu > 0
    assert [path.stat().st_size for path in tmp_path.rglob("*.pdf")] != []
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.pdf")) == cost.bytes
