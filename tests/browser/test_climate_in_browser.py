"""The climate theme of a portrait, from a simulated grid, in a reader's browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.climate.figures import made_up

PAGES = (("fr", "departement/59"), ("en", "country/FR"), ("fr", "departement/974"))


@pytest.fixture(scope="module")
def climate_portraits(tmp_path_factory, france) -> Path:
    """Make some portraits that tell of a simulated climate, as a user would."""
    folder = tmp_path_factory.mktemp("climate")
    path = made_up(france, folder / "climate.parquet")
    command = [sys.executable, "-m", "workbench.cli", "report", "portrait", "--to", str(folder)]
    command += ["--lang", "fr,en", "--jobs", "2", "-p", f"grid={path}"]
    for code in ("59", "974", "FR"):
        command += ["--territory", code]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    return folder


@pytest.mark.parametrize(("lang", "report"), PAGES)
def test_axe_finds_no_violation_in_the_climate(lang, report, climate_portraits, visit, violations):
    page = visit((climate_portraits / f"{report}.{lang}.html").as_uri(), color_scheme="dark").page
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")
    assert violations(page) == []


def test_a_reader_sees_that_the_climate_is_simulated(climate_portraits, visit):
    """In the list of sections, the heading, and under each of the four charts."""
    page = visit((climate_portraits / "departement/59.fr.html").as_uri()).page
    headings = [text.strip() for text in page.locator("h2").all_inner_texts()]
    assert "Climat (données simulées)" in headings
    charts = page.locator("figure[id^=simulated_]")
    assert charts.count() == 4
    for text in charts.locator("figcaption").all_inner_texts():
        assert "Données simulées" in text
    assert page.locator("#table-climate tbody tr").count() == 9
