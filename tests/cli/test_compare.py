"""``workbench compare`` sums up what changed between two editions, or lists it."""

from __future__ import annotations

import pytest

from ..reports.tiny_editions import write_run

TOWNS = ("variable", "town", "population")


@pytest.fixture
def editions(tmp_path):
    """Give two editions: people of 2022 then 2023, and one more page that only says so."""
    for number, (year, alder, ash) in enumerate(((2022, "100.0", "50.0"), (2023, "110.0", "")), 1):
        figures = {
            "town/A-001.en.html": {f"population@{year}": (alder, "observed")},
            "town/A-002.en.html": {
                f"population@{year}": (ash, "observed" if ash else "missing"),
                "area@2023": ("20.0", "observed"),
            },
            "town/A-003.en.html": {},
        }
        write_run(tmp_path / str(number), figures, read={TOWNS: str(number)})
    return tmp_path / "1", tmp_path / "2"


def test_changes_are_summed_up_by_cause_and_by_indicator(workbench, editions):
    """Two populations of a later year; the third page has another cause to change: none told."""
    ended = workbench("compare", *editions)
    assert ended.code == 0
    lines = [" ".join(line.split()) for line in ended.out.splitlines() if line]
    assert lines == [
        f"{editions[0]}@1 → {editions[1]}@1",
        "3 territories in both: 2 figures changed, of 2 territories; 1 other page changed",
        "cause figures other pages what changed",
        "data 2 1 variable population (town)",
        "indicator territories changes causes largest change",
        "population 2 2 2022 → 2023 data town A-001: 100 → 110 (+10, +10 %), 2022 → 2023",
    ]


def test_the_changes_of_a_territory_or_an_indicator_are_listed(workbench, editions):
    """A figure without a value tells its status."""
    ended = workbench("compare", *editions, "--territory", "A-002", "--indicator", "population")
    assert " ".join(ended.out.splitlines()[-1].split()) == (
        "town A-002 population 50 → missing, 2022 → 2023 data"
    )
    assert workbench("compare", *editions, "--limit", 1, "-i", "population").out.endswith(
        "1 more: --limit 2, or --json for all\n"
    )


def test_a_program_reads_every_change(workbench, editions):
    """With both editions, and what is not a number as null."""
    told = workbench("compare", *editions, "--json").json
    assert (told["before"]["folder"], told["after"]["run"]) == (str(editions[0]), 1)
    assert told["figures_by_cause"] == {"data": 2}
    assert told["what_changed"] == {"data": ["variable population (town)"]}
    assert told["other_pages"] == {"town/A-003.en.html": ["data"]}
    assert [each["relative"] for each in told["changes"]] == [0.1, None]
    assert told["changes"][1]["after"] == {"period": 2023, "value": None, "status": "missing"}
    assert told["indicators"][0]["largest"] == told["changes"][0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{1}@4", "{1}"], "has no run 4 (its runs: 1)"),
        (["{1}", "{1}", "-t", "A-01"], "nearest: A-001"),
        (["{1}", "{1}", "-i", "populaton"], "nearest: population"),
        (["{1}", "nowhere"], "nowhere holds no ledger.sqlite"),
    ],
)
def test_a_wrong_question_is_refused(workbench, editions, words, said):
    """It names what there is."""
    ended = workbench("compare", *(word.replace("{1}", str(editions[0])) for word in words))
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
