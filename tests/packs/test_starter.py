"""A pack that is just started is complete, sound, and says that its figures are made up."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import DirectoryNotWritable, PackInvalid, UnknownName
from workbench.packs.check import check_folder
from workbench.packs.making import build_pack
from workbench.packs.pack import open_pack
from workbench.packs.starter import ROLES, start_pack
from workbench.reports.portrait.portrait import portrait, sections

NAMES = ("plot", "village", "county", "region", "country")


@pytest.mark.parametrize("count", sorted(ROLES))
@pytest.mark.parametrize("languages", [("en",), ("fr", "en")])
def test_a_new_pack_passes_every_check(tmp_path, count, languages):
    """Whatever its levels and languages."""
    start_pack(tmp_path / "p", name="p", languages=languages, levels=NAMES[-count:])
    assert [check.problems for check in check_folder(tmp_path / "p")] == [()] * 18
    spec = open_pack(str(tmp_path / "p")).spec
    assert (spec.simulated, spec.languages) == (True, languages)


def test_a_new_pack_makes_a_portrait_at_each_level(tmp_path):
    """One a level, in both languages, each saying that its figures are simulated."""
    start_pack(tmp_path / "p", name="p", languages=("en", "fr"), levels=NAMES)
    pack = open_pack(str(tmp_path / "p"))
    said = {"en": "Simulated data", "fr": "Données simulées"}
    for level in NAMES:
        code = pack.frame(level).index[0]
        for lang, words in said.items():
            made = portrait(code, level=level, lang=lang, pack=pack)
            assert words in "".join(section.html for section in sections(made))


def test_its_figures_are_those_of_its_csv_files(tmp_path):
    """Nine villages of 100 to 700 people: 3 counties of 3."""
    start_pack(tmp_path / "p", name="p", languages=("en",), levels=("village", "county", "country"))
    table = pd.read_csv(tmp_path / "p" / "sources" / "village.csv")
    assert table["population@2015"].tolist() == [100, 200, 300, 400, 500, 600, 700, 100, 200]
    pack = open_pack(str(tmp_path / "p"))
    assert pack.variable("population", "village").sel(period=2015).sum().compute().item() == 3100


def test_a_change_of_a_csv_file_is_built_and_checked(tmp_path):
    """A figure that no longer adds up to the published total is told."""
    folder = tmp_path / "p"
    start_pack(folder, name="p", languages=("en",), levels=("village", "country"))
    path = folder / "sources" / "village.csv"
    path.write_text(path.read_text("utf-8").replace("A1,100.0", "A1,101.0"), "utf-8")
    build_pack(folder)
    problems = [text for check in check_folder(folder) for text in check.problems]
    assert problems == [
        "map of 2025, 2015: 601, published 600",
        "country B1, population@2015: 601, published 600",
    ]


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"name": "My Country"}, PackInvalid, "'My Country': expected small letters.*my_country"),
        ({"levels": ("Ville", "pays")}, PackInvalid, "'Ville': expected .*such as ville"),
        ({"levels": ("country",)}, PackInvalid, "expected two to five different ones"),
        ({"levels": ("a", "a")}, PackInvalid, "Levels a, a: expected two to five different ones"),
        ({"languages": ("ar",)}, UnknownName, "No report is written in 'ar'.*other_names"),
    ],
)
def test_what_cannot_be_a_pack_is_refused(tmp_path, change, error, said):
    """Before anything is written."""
    asked = {"name": "p", "languages": ("en",), "levels": ("village", "country"), **change}
    with pytest.raises(error, match=said):
        start_pack(tmp_path / "p", **asked)
    assert not (tmp_path / "p").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    """Nothing is written over."""
    (tmp_path / "mine.txt").write_text("kept", "utf-8")
    with pytest.raises(DirectoryNotWritable, match=r"is not empty\. Choose another folder"):
        start_pack(tmp_path, name="p", languages=("en",), levels=("village", "country"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_pack_runs_the_module_that_it_declares(tmp_path, monkeypatch):
    """What fails there is told as the pack's."""
    folder = tmp_path / "p"
    start_pack(folder, name="p", languages=("en",), levels=("village", "country"))
    declared = (folder / "pack.yml").read_text("utf-8")
    (folder / "pack.yml").write_text(declared + "build: makes_p\n", "utf-8")
    script = tmp_path / "makes_p.py"
    script.write_text("from pathlib import Path\nPath('done').write_text('yes')\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert "village.parquet" in [path.name for path in build_pack(folder)]
    assert (tmp_path / "done").read_text("utf-8") == "yes"
    script.write_text("raise SystemExit(4)", "utf-8")
    with pytest.raises(PackInvalid, match="python -m makes_p ended with 4"):
        build_pack(folder)


def test_a_pack_without_sources_nor_script_says_so(tmp_path):
    """Both ways are named."""
    folder = tmp_path / "p"
    start_pack(folder, name="p", languages=("en",), levels=("village", "country"))
    (folder / "sources").rename(folder / "elsewhere")
    with pytest.raises(PackInvalid, match="CSV files in sources/, or the key build"):
        build_pack(folder)
