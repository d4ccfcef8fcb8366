"""A portrait tells of the climate when it is given a grid, and is what it was without one."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.reports.portraits import words_of
from workbench.core.errors import FileUnreadable
from workbench.core.reads import listening
from workbench.indicators.climate.simulated import simulate
from workbench.indicators.levels import level_figures
from workbench.reports.grids import prepared, with_grid
from workbench.reports.plan import make_plan
from workbench.reports.portrait.portrait import portrait, sections
from workbench.reports.run import Options, run_plan
from workbench.reports.templates import find_template

from .figures import made_up

FRANCE = (-5.5, 41.0, 10.0, 51.5)
SAID = {"fr": "Données simulées", "en": "Simulated data"}


@pytest.fixture(scope="module")
def figures(tmp_path_factory, france):
    """Make up the climate of all of France."""
    return made_up(france, tmp_path_factory.mktemp("climate") / "climate.parquet")


@pytest.fixture(scope="module")
def told(figures):
    """Give the theme of Nord, by language."""
    return {
        lang: portrait("59", level="departement", lang=lang, grid=str(figures))
        .theme("climate")
        .html
        for lang in ("fr", "en")
    }


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_simulated_theme_says_so_everywhere(told, lang):
    """Heading, note, each caption, each row of the table, each sentence that names a figure."""
    html = told[lang]
    simulated = {"fr": "données simulées", "en": "simulated data"}[lang]
    word = {"fr": "(simulation)", "en": "(simulated)"}[lang]
    heading = re.search(r"<h2>(.*?)</h2>", html)[1]
    assert heading == {"fr": f"Climat ({simulated})", "en": f"Climate ({simulated})"}[lang]
    assert html.index('role="note"') < html.index("<p>", html.index("</div>"))
    captions = re.findall("<figcaption.*?</figcaption>", html, re.DOTALL)
    captions.append(re.search('id="table-climate".*?</caption>', html, re.DOTALL)[0])
    assert len(captions) == 5
    for caption in captions:
        assert SAID[lang] in words_of(caption)
    for title in re.findall(r"<title[^>]*>(.*?)</title>", html):
        assert word in title
    rows = re.findall(r'<th scope="row".*?</th>', html, re.DOTALL)
    climate = [words_of(row) for row in rows if "Nord" not in row]
    assert sum(word in row for row in climate) >= 9
    prose = re.findall(r"<p>(.*?)</p>", html.partition("<figure")[0])
    assert " ".join(prose).count(word) >= 5


def test_means_over_ten_years_are_told(told):
    assert "Moyennes annuelles sur 2011-2020, comparées à 2000-2009" in words_of(told["fr"])
    assert "Yearly means over 2011–2020, against 2000–2009:" in words_of(told["en"])
    assert "Température moyenne (simulation)\N{NO-BREAK SPACE}: " in words_of(told["fr"])
    assert "évolution" not in told["fr"].lower()


def test_data_sources_and_facts_say_so_too(figures):
    made = portrait("59", level="departement", lang="fr", grid=str(figures))
    lines = [line for line in made.csv().splitlines() if "_days" in line or "temperature" in line]
    assert len(lines) == 6
    assert all(line.startswith("simulated_") for line in lines)
    sources = made.sources().html
    assert "Grille climatique simulée By hand" in sources
    assert "CC0-1.0" in sources
    assert "inventé pour montrer" in words_of(sources)
    assert 'href=""' not in sources
    command = words_of(made.redo().html)
    assert f"-p grid={figures}" in command
    assert f'grid="{figures}"' in command


def test_what_the_pack_says_stays_as_it_was(france, figures):
    """One theme more, and the very same sections for all others."""
    with_it = portrait("59350", level="commune", lang="en", grid=str(figures))
    without = portrait("59350", level="commune", lang="en")
    ids = [theme.id for theme in without.themes()]
    assert [theme.id for theme in with_it.themes()] == [*ids, "climate"]
    for name in ids:
        assert with_it.theme(name).html == without.theme(name).html
    assert with_it.peers().html == without.peers().html
    # Ranks and peers of the pack are worked out once for both.
    more, own = level_figures(with_it.pack, "commune"), level_figures(france, "commune")
    assert more._placed is own._placed
    assert "climate" not in "".join(section.html for section in sections(without))


def test_a_territory_off_the_grid_says_that_it_has_no_figure(figures):
    made = portrait("974", level="departement", lang="fr", grid=str(figures))
    assert "température moyenne (simulation)" in words_of(made.absent().html).lower()
    assert "<svg" not in made.theme("climate").html.partition("<table")[0]


def test_what_is_read_is_noted(figures):
    with listening() as heard:
        portrait("59", level="departement", grid=str(figures)).theme("climate")
    assert ("grid", str(figures)) in heard.items


# --- Runs ----------------------------------------------------------------------------------------


def test_a_run_makes_the_figures_once_and_its_pages_tell_them(tmp_path, france, monkeypatch):
    """From the daily grid itself, kept in the cache; a grid that changed makes them again."""
    pytest.importorskip("xclim", reason="needs territorial-workbench[climate]")
    pytest.importorskip("numba", reason="needs territorial-workbench[grids]")
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "days.nc"
    simulate(FRANCE, step=3.0, first=2001, last=2002).to_netcdf(path)
    wanted = [france.territory(code, "departement") for code in ("59", "62")]
    plan = make_plan(
        find_template("portrait"),
        france,
        territories=wanted,
        folder=tmp_path / "out",
        given={"grid": str(path)},
    )
    result = run_plan(plan, Options(workers=1))
    assert [outcome.error for outcome in result.outcomes] == ["", ""]
    page = (tmp_path / "out" / "departement" / "59.fr.html").read_text("utf-8")
    assert "Climat (données simulées)" in page
    kept = list((tmp_path / "cache" / "climate").iterdir())
    assert [each.suffix for each in kept] == [".parquet"]
    made = kept[0].stat().st_mtime_ns
    again = run_plan(plan, Options(workers=1))
    assert again.summary.unchanged == 2
    assert kept[0].stat().st_mtime_ns == made
    simulate(FRANCE, step=3.0, first=2002, last=2003).to_netcdf(path)
    assert run_plan(plan, Options(workers=1)).summary.made == 2
    assert len(list((tmp_path / "cache" / "climate").iterdir())) == 2


def test_without_a_grid_nothing_of_the_climate_is_imported():
    code = (
        "import sys; import workbench as wb; from workbench.reports.portrait.portrait import "
        "sections; sections(wb.portrait('59', level='departement')); "
        "print([m for m in ('xclim', 'numba', 'workbench.compute.zonal', "
        "'workbench.indicators.climate.declared') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_with_figures_made_beforehand_neither_xclim_nor_numba_is_imported(figures):
    code = (
        "import sys; import workbench as wb; from workbench.reports.portrait.portrait import "
        f"sections; sections(wb.portrait('59', level='departement', grid={str(figures)!r})); "
        "print([m for m in ('xclim', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- Refusals ------------------------------------------------------------------------------------


def test_a_grid_that_is_not_there_or_is_none_is_told(tmp_path, france):
    with pytest.raises(FileUnreadable, match=r"Nothing is at .*x.nc: expected a daily grid"):
        prepared(str(tmp_path / "x.nc"), france)


def test_figures_of_another_map_are_refused(tmp_path, figures, france):
    with pytest.raises(FileUnreadable, match=r"holds the climate of pack france, map of 2026"):
        with_grid(france.at(2025), str(figures))
