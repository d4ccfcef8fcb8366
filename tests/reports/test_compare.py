"""Two editions are compared: which figures changed, and what they are put down to."""

from __future__ import annotations

import shutil

import pytest

from tests.packs.tiny_country import counts, territories, write_country
from workbench.core.errors import (
    LedgerInvalid,
    NothingToCompare,
    RunUnknown,
    TerritoryUnknown,
    UnknownName,
)
from workbench.reports.changes import Told
from workbench.reports.compare import compare
from workbench.reports.editions import open_edition
from workbench.reports.run import can_fork

from .tiny_editions import run, template, write_run

A, B = "county/A.en.html", "county/B.en.html"
TOWNS = ("variable", "town", "population")


def compared(before, after):
    """Compare two editions by name."""
    return compare(open_edition(str(before)), open_edition(str(after)))


def changes(found):
    """List each change: territory, indicator, kind, values and causes."""
    return [
        (
            change.code,
            change.indicator,
            change.kind,
            change.before and change.before.value,
            change.after and change.after.value,
            change.causes,
        )
        for change in found.changes
    ]


# --- Real runs ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Make the two counties, then again from other data, another map and another template.

    Ash, 190 people in 2023, moves to county B; Alder has 111 people in place of 110.
    """
    if not can_fork():
        pytest.skip("forked reports need Linux")
    root = tmp_path_factory.mktemp("editions")
    counted = counts()
    counted.loc[0, "population@2023"] = 111
    moved = territories()
    moved.loc[moved["code"] == "A-002", "county"] = "B"
    packs = {
        "first": write_country(root / "first" / "tiny"),
        "counted": write_country(root / "counted" / "tiny", figures=counted),
        "moved": write_country(root / "moved" / "tiny", places=moved),
    }
    told = template(root, "population")
    for name, pack in packs.items():
        run(told, pack, root / "reports" / name)
    shutil.copytree(root / "reports" / "first", root / "reports" / "edited")
    run(template(root, "population", "area"), packs["first"], root / "reports" / "edited")
    return root / "reports"


def test_a_value_changed_in_a_table_changes_one_county_by_its_data(root):
    """110 + 190 + 330 people, then 111; the page of B only says where the pack is."""
    found = compared(root / "first", root / "counted")
    assert changes(found) == [("A", "population", "value", 630.0, 631.0, ("data",))]
    assert found.changes[0].difference == 1.0
    assert found.reasons["data"] == ("variable population (town)",)


def test_a_town_moved_to_another_county_changes_both_by_their_perimeter(root):
    """190 people leave A for B; the table of territories is what says so, and is not the data."""
    assert changes(compared(root / "first", root / "moved")) == [
        ("A", "population", "value", 630.0, 440.0, ("perimeter",)),
        ("B", "population", "value", 3600.0, 3790.0, ("perimeter",)),
    ]


def test_both_causes_are_named_when_both_changed(root):
    """Of B, whose own towns have the same figures in a table that changed."""
    found = compared(root / "counted", root / "moved")
    assert {change.causes for change in found.changes} == {("data", "perimeter")}
    assert found.by_cause() == {"data": 2, "perimeter": 2}


def test_a_template_that_tells_more_makes_figures_appear(root):
    """In the second run of the same folder."""
    edited = root / "edited"
    found = compared(f"{edited}@1", edited)
    assert found.after.run == 2
    assert changes(found) == [
        ("A", "area", "appeared", None, 40.0, ("template",)),
        ("B", "area", "appeared", None, 110.0, ("template",)),
    ]
    assert changes(compared(edited, f"{edited}@1"))[0][2] == "vanished"


def test_an_edition_is_equal_to_itself(root):
    """And to a copy: nothing is told."""
    found = compared(f"{root / 'edited'}@1", root / "first")
    assert (found.changes, found.pages, found.by_cause()) == ((), {}, {})
    assert found.territories == (("county", "A"), ("county", "B"))


# --- Figures ------------------------------------------------------------------------------------


def both(tmp_path, before, after, **more):
    """Compare two editions of county A written by hand; only the data changed."""
    write_run(tmp_path / "1", {A: before}, read={TOWNS: "1"})
    write_run(tmp_path / "2", {A: after}, **{"read": {TOWNS: "2"}, **more})
    return compared(tmp_path / "1", tmp_path / "2")


def test_a_new_latest_period_is_one_change(tmp_path):
    """Not a figure that vanished and another that appeared."""
    found = both(
        tmp_path,
        {"population@2022": ("100.0", "observed")},
        {"population@2023": ("110.0", "observed")},
    )
    (change,) = found.changes
    assert change.kind == "period"
    assert (change.before, change.after) == (
        Told(2022, 100.0, "observed"),
        Told(2023, 110.0, "observed"),
    )
    assert (change.difference, change.relative) == (10.0, 0.1)
    assert found.by_indicator()[0].periods == ("2022 → 2023",)


def test_a_status_is_a_change_with_a_value_or_without(tmp_path):
    """Two absences may have two reasons; without two values there is no difference."""
    found = both(
        tmp_path,
        {"a@1": ("", "missing"), "b@1": ("1.0", "observed"), "c@1": ("1.0", "observed")},
        {"a@1": ("", "suppressed"), "b@1": ("1.0", "estimated"), "c@1": ("", "missing")},
    )
    assert [change.kind for change in found.changes] == ["status"] * 3
    assert [change.difference for change in found.changes] == [None, 0.0, None]


def test_the_last_digits_of_a_quotient_are_no_change(tmp_path):
    """Another library may sum in another order."""
    found = both(
        tmp_path, {"a@1": ("0.3", "observed")}, {"a@1": ("0.30000000000000004", "observed")}
    )
    assert found.changes == ()


def test_a_value_that_was_zero_has_no_relative_difference(tmp_path):
    """Its difference says enough."""
    (change,) = both(tmp_path, {"a@1": ("0.0", "observed")}, {"a@1": ("2.0", "observed")}).changes
    assert (change.difference, change.relative) == (2.0, None)


def test_a_territory_in_two_languages_counts_once(tmp_path):
    """Even an absent figure; and one of another language alone is compared."""
    before = {"a@1": ("", "missing"), "b@1": ("1.0", "observed")}
    after = {"a@1": ("", "suppressed"), "b@1": ("2.0", "observed")}
    fr, en = "county/A.fr.html", "county/A.en.html"
    write_run(tmp_path / "1", {fr: before, en: before}, read={TOWNS: "1"})
    write_run(tmp_path / "2", {fr: after, en: after}, read={TOWNS: "2"})
    write_run(tmp_path / "3", {"county/A.de.html": after}, read={TOWNS: "2"})
    assert len(compared(tmp_path / "1", tmp_path / "2").changes) == 2
    found = compared(tmp_path / "1", tmp_path / "3")
    assert len(found.changes) == 2
    assert (found.only_before, found.only_after) == ((en, fr), ("county/A.de.html",))


def test_indicators_are_summed_up_with_the_largest_change(tmp_path):
    """The most touched first; the largest is that of the largest share."""
    figures = [
        {"a@1": (one, "observed"), "b@1": (other, "observed")}
        for one, other in (("1000.0", "1.0"), ("1100.0", "1.0"), ("10.0", "1.0"), ("20.0", "2.0"))
    ]
    write_run(tmp_path / "1", {A: figures[0], B: figures[2]}, read={TOWNS: "1"})
    write_run(tmp_path / "2", {A: figures[1], B: figures[3]}, read={TOWNS: "2"})
    first, second = compared(tmp_path / "1", tmp_path / "2").by_indicator()
    assert (first.indicator, first.territories, first.kinds) == ("a", 2, {"value": 2})
    assert first.largest.code == "B"
    assert (second.indicator, second.territories) == ("b", 1)


# --- Causes -------------------------------------------------------------------------------------

ONE, TWO = {"population@1": ("1.0", "observed")}, {"population@1": ("2.0", "observed")}
DECLARED = ("indicator", "county", "population")


@pytest.mark.parametrize(
    ("more", "causes"),
    [
        ({"read": {TOWNS: "1"}, "template_digest": "x"}, ("template",)),
        ({"read": {TOWNS: "1"}, "package": "x"}, ("code",)),
        ({"read": {TOWNS: "1"}, "environment": "x"}, ("environment",)),
        ({"read": {TOWNS: "1"}, "perimeters": {A: "x"}}, ("perimeter",)),
        ({"package": "x", "perimeters": {A: "x"}}, ("data", "perimeter", "code")),
        ({"read": {TOWNS: "1"}}, ("unexplained",)),
    ],
)
def test_a_figure_is_put_down_to_all_that_changed(tmp_path, more, causes):
    """In a fixed order."""
    assert both(tmp_path, ONE, TWO, **more).changes[0].causes == causes


@pytest.mark.parametrize(
    ("item", "causes"),
    [
        (("indicator", "county", "population"), ("code",)),
        (("variable", "town", "population"), ("data",)),
        # Nothing that the figure rests on: named since nothing else explains it.
        (("variable", "town", "dwellings"), ("data",)),
        (("words",), ("pack",)),
        (("source", "count"), ("pack",)),
        (("catalogue",), ("code",)),
        (("file", "/counts.csv"), ("data",)),
        # The template has a cause of its own.
        (("file", "t.ipynb"), ("unexplained",)),
    ],
)
def test_what_was_read_is_a_cause_by_its_kind(tmp_path, item, causes):
    """Data, code, or what the pack says."""
    write_run(tmp_path / "1", {A: ONE}, read={item: "1"})
    write_run(tmp_path / "2", {A: TWO}, read={item: "2"})
    assert compared(tmp_path / "1", tmp_path / "2").changes[0].causes == causes


def test_what_another_indicator_rests_on_does_not_explain_a_figure(tmp_path):
    """Once something else does."""
    others = {("variable", "town", "dwellings"): "1", ("words",): "1"}
    write_run(tmp_path / "1", {A: ONE}, read={TOWNS: "1", **others})
    changed = dict.fromkeys((TOWNS, *others), "2")
    write_run(tmp_path / "2", {A: TWO}, read=changed)
    found = compared(tmp_path / "1", tmp_path / "2")
    assert found.changes[0].causes == ("data",)
    assert found.reasons == {"data": ("variable population (town)",)}


def test_a_page_that_changed_though_no_figure_did_has_its_causes_too(tmp_path):
    """All that its report read may be one."""
    write_run(tmp_path / "1", {A: ONE, B: ONE}, read={("words",): "1", TOWNS: "1"})
    write_run(tmp_path / "2", {A: ONE, B: TWO}, read={("words",): "2", TOWNS: "1"}, question="x")
    found = compared(tmp_path / "1", tmp_path / "2")
    assert found.pages == {A: ("pack", "question")}
    assert found.pages_by_cause() == {"pack": 1, "question": 1}
    assert found.by_cause() == {"pack": 1}


# --- Editions -----------------------------------------------------------------------------------


def test_an_edition_is_what_a_run_left_earlier_reports_included(tmp_path):
    """The second run made B alone."""
    write_run(tmp_path, {A: ONE, B: ONE})
    write_run(tmp_path, {B: TWO})
    write_run(tmp_path, {A: TWO})
    last = open_edition(str(tmp_path))
    assert (last.run, last.entries[A].run, last.entries[B].run) == (3, 3, 2)
    second = open_edition(f"{tmp_path}@2")
    assert (second.run, second.entries[A].run, second.entries[B].run) == (2, 1, 2)
    assert [change.code for change in compare(second, last).changes] == ["A"]


def test_a_report_that_failed_has_no_page_in_its_edition(tmp_path):
    """It is of the other edition alone."""
    write_run(tmp_path, {A: ONE, B: ONE})
    write_run(tmp_path, {B: TWO}, errors={B: "cell 2: no figure"})
    found = compared(f"{tmp_path}@1", tmp_path)
    assert (found.only_before, found.only_after, found.changes) == ((B,), (), ())


def test_a_folder_may_have_a_sign_in_its_name(tmp_path):
    """It is a folder before it is a run."""
    write_run(tmp_path / "r@2", {A: ONE})
    assert open_edition(str(tmp_path / "r@2")).run == 1


def test_an_unknown_run_names_those_there_are(tmp_path):
    """Or says that there is none."""
    write_run(tmp_path, {A: ONE})
    write_run(tmp_path, {A: TWO})
    with pytest.raises(RunUnknown, match=r"has no run 7 \(its runs: 1, 2\)"):
        open_edition(f"{tmp_path}@7")
    with pytest.raises(RunUnknown, match="has no run last"):
        open_edition(f"{tmp_path}@last")


def test_a_folder_without_a_ledger_is_refused(tmp_path):
    """It was written by no run."""
    with pytest.raises(LedgerInvalid, match="expected a folder written by `workbench report`"):
        open_edition(str(tmp_path))


def test_editions_of_no_common_territory_are_refused(tmp_path):
    """With what each is."""
    write_run(tmp_path / "1", {A: ONE})
    write_run(tmp_path / "2", {B: ONE}, template="other.ipynb")
    with pytest.raises(NothingToCompare, match=r"template t, pack tiny 2023.*template other"):
        compared(tmp_path / "1", tmp_path / "2")


def test_changes_are_kept_by_territory_and_indicator(tmp_path):
    """An unknown one names the nearest; a known one may have changed nowhere."""
    write_run(tmp_path / "1", {A: ONE, B: ONE})
    write_run(tmp_path / "2", {A: TWO, B: TWO})
    found = compared(tmp_path / "1", tmp_path / "2")
    assert [change.code for change in found.only(territory="B").changes] == ["B"]
    assert len(found.only(indicator="population").changes) == 2
    assert found.only(indicator="area").changes == ()
    with pytest.raises(TerritoryUnknown, match=r"'C' \(choose from: A, B\)"):
        found.only(territory="C")
    with pytest.raises(UnknownName, match="nearest: population"):
        found.only(indicator="populaton")
