"""The same template makes the portraits of another country, with no line changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.packs.tiny_country import write_country
from workbench.reports.plan import make_plan, territories_of
from workbench.reports.run import Options, run_plan
from workbench.reports.templates import find_template


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the portrait of every territory of the country."""
    root = tmp_path_factory.mktemp("country")
    pack = write_country(root / "tiny")
    plan = make_plan(
        find_template("portrait"),
        pack,
        territories=territories_of(pack, pack.territories.levels),
        folder=root / "reports",
        languages=["en"],
    )
    result = run_plan(plan, Options(workers=2))
    assert [outcome.error for outcome in result.outcomes] == [""] * 9
    return root / "reports"


def test_a_county_is_told_in_its_own_words(pages):
    """2023: 1 000 + 2 100 + 500 people in county B, of 4 230."""
    page = (pages / "county" / "B.en.html").read_text("utf-8")
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "3,600 inhabitants in 2023" in text
    assert not re.search(r"INSEE|IGN|département", text)
