"""A territory's life is told whole, in order, in both languages, and safely."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given

from tests.geography.histories import VINTAGE, histories
from workbench import geography
from workbench.core.errors import TerritoryUnknown, UnknownName
from workbench.core.i18n.lexicon import Lexicon
from workbench.core.types import Territory
from workbench.geography.event import COLUMNS, Events
from workbench.geography.threads import lives_of, steps_of, thread_of
from workbench.geography.timeline import history_of


class Words:
    """Words of a country with one type of part, in English."""

    lexicon = Lexicon("en", {"county": {"en": {"one": "county", "the": "the county"}}})

    def part(self, status, form="one"):
        return {"one": "old town", "a": "an old town", "many": "old towns"}[form]

    def holder(self, code, day):
        name = {"1": "Oldshire" if day.year < 2008 else "Newshire", "2": "Othershire"}.get(code)
        return Territory(code, "county", name, day.year) if name else None


def row(day, kind, before, after, parents=("", "")):
    """Write a row; states are (code, name) or (code, name, status)."""
    (a, b), (left, right) = ((*before, "", "")[:3], (*after, "", "")[:3]), parents
    return (day, kind, *a, left, *b, right)


NONE = ("", "")
# Alba takes Bor, which it keeps as a part, and is called Alba-Bor; it gives it back. The code
# of Cor goes to Dun when Dun changes county.
ROWS = pd.DataFrame(
    [
        row("2003-05-02", "merger", ("A", "Alba"), ("A", "Alba-Bor")),
        row("2003-05-02", "merger", ("B", "Bor"), ("A", "Alba-Bor")),
        row("2003-05-02", "part_created", NONE, ("B", "Bor", "old"), ("", "A")),
        row("2005-01-01", "merger", ("C", "Cor"), ("A", "Alba-Bor")),
        row("2005-01-01", "merger", ("A", "Alba-Bor"), ("A", "Alba-Bor")),
        row("2006-01-01", "parent_change", ("D", "Dun"), ("C", "Dun"), ("1", "2")),
        row("2009-01-01", "restoration", ("A", "Alba-Bor"), ("A", "Alba")),
        row("2009-01-01", "restoration", ("A", "Alba-Bor"), ("B", "Bor")),
        row("2009-01-01", "part_ended", ("B", "Bor", "old"), NONE, ("A", "")),
    ],
    columns=list(COLUMNS),
)
LATEST = pd.Index(["A", "B", "C", "E"])


@pytest.fixture
def events():
    """The tiny country."""
    names = pd.Series({"A": "Alba", "B": "Bor", "C": "Dun", "E": "Eld"})
    return Events(ROWS, LATEST, 2020, names)


def told(events, code):
    return [(str(m.date), m.text) for m in history_of(events, code, Words()).moments]


# --- What is told -------------------------------------------------------------------------------


def test_a_territory_that_took_others_and_gave_one_back(events):
    """Each event in its own words, from the side of the territory."""
    assert told(events, "A") == [
        ("2003-01-01", "Alba, code A."),
        (
            "2003-05-02",
            "Merges with Bor (B), which becomes an old town. The whole is called Alba-Bor.",
        ),
        ("2005-01-01", "Merges with Cor (C)."),
        ("2009-01-01", "Bor (B) stands on its own again. Is called Alba from then on."),
        ("2020-01-01", "Alba, code A."),
    ]


def test_a_territory_that_was_part_of_another_for_a_time(events):
    """One life, through the years it was a part."""
    assert told(events, "B") == [
        ("2003-01-01", "Bor, code B."),
        ("2003-05-02", "Forms Alba-Bor (A) with Alba (A). Becomes an old town."),
        ("2009-01-01", "Leaves Alba-Bor (A) and stands on its own again."),
        ("2020-01-01", "Bor, code B."),
    ]


def test_a_change_of_code_and_county_is_followed_and_the_other_use_of_the_code_is_told(events):
    """The last territory that had the code is told; the other one in a note."""
    history = history_of(events, "C", Words())
    assert [moment.text for moment in history.moments] == [
        "Dun, code D.",
        "Leaves Oldshire (1) for Othershire (2). Its code changes: D becomes C.",
        "Dun, code C.",
    ]
    assert history.notes == ("Code C also meant Cor, from 1 January 2003 to 1 January 2005.",)
    assert told(events, "D") == told(events, "C")


def test_a_territory_without_event_says_so(events):
    """From the first day covered."""
    assert told(events, "E") == [
        ("2003-01-01", "Eld, code E."),
        ("2020-01-01", "Eld, code E. No change since 2003."),
    ]


def test_a_day_that_is_not_known_is_told_so(events):
    """The map that shows it first, and a note."""
    rows = ROWS.assign(since=pd.NaT)
    rows.loc[rows["kind"] == "parent_change", "since"] = pd.Timestamp(2005, 1, 1)
    history = history_of(Events(rows, LATEST, 2020), "C", Words())
    assert history.lines[1][0] == "by 1 January 2006"
    assert "the exact day is not known" in history.notes[-1]
    assert history.to_frame()["exact"].tolist() == [True, False, True]


@pytest.mark.parametrize("code", ["Z", 12, ""])
def test_an_unknown_code_names_the_nearest(events, code):
    """Codes that were once in force included."""
    with pytest.raises(TerritoryUnknown, match=r"never in force.*A, B, C, D, E|is text"):
        history_of(events, code, Words())


# --- How it is shown ----------------------------------------------------------------------------


def test_printed_it_is_a_timeline(events):
    """Days on the left, aligned."""
    assert str(history_of(events, "C", Words())) == (
        "Dun (C)\n"
        "  Map of 2003     Dun, code D.\n"
        "  1 January 2006  Leaves Oldshire (1) for Othershire (2). Its code changes: D becomes C.\n"
        "  Map of 2020     Dun, code C.\n"
        "  Code C also meant Cor, from 1 January 2003 to 1 January 2005."
    )


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def test_in_a_notebook_it_is_a_table_with_headings_and_hostile_names_stay_text():
    """Language, caption, scopes and machine-readable days; no colour of its own."""
    rows = ROWS.replace("Cor", "<script>alert('x')</script>")
    page = history_of(Events(rows, LATEST, 2020), "A", Words())._repr_html_()
    seen = _Tags()
    seen.feed(page)
    assert "script" not in {tag for tag, _ in seen.tags}
    assert "Merges with <script>alert('x')</script> (C)." in seen.text
    assert ("div", {"class": "workbench-history", "lang": "en"}) in seen.tags
    assert ("time", {"datetime": "2003-05-02"}) in seen.tags
    assert [a["scope"] for tag, a in seen.tags if tag == "th"] == ["col"] * 2 + ["row"] * 5
    style = page[page.index("<style>") : page.index("</style>")]
    assert "#" not in style
    assert "color:inherit" in style


def test_as_a_frame_it_has_a_row_a_moment(events):
    """Dates are dates, codes text."""
    frame = history_of(events, "C", Words()).to_frame()
    assert frame.columns.tolist() == ["date", "exact", "kind", "code", "name", "text"]
    assert frame["code"].tolist() == ["D", "C", "C"]
    assert frame["kind"].tolist() == ["start", "parent_change", "now"]
    assert frame["date"].dt.year.tolist() == [2003, 2006, 2020]


# --- Laws ---------------------------------------------------------------------------------------


@given(histories())
def test_every_code_that_ever_was_has_a_life_that_ends_on_the_map_or_in_what_holds_it(history):
    """Nothing raises, and moments come in order."""
    rows, maps = history
    latest = pd.Index(maps[max(maps)])
    events = Events(rows, latest, VINTAGE)
    for code in events.codes:
        told = history_of(events, code, Words())
        days = [moment.date for moment in told.moments]
        assert days == sorted(days)
        assert all(moment.text for moment in told.moments)
        assert (thread_of(events, code)[-1].end is None) == (told.code in latest)


@given(histories())
def test_lives_are_the_days_a_code_is_in_force(history):
    """As the maps of those days say."""
    rows, maps = history
    events = Events(rows, pd.Index(maps[max(maps)]), VINTAGE)
    for code in events.codes:
        lives = lives_of(events, code)
        for day, codes in maps.items():
            open_then = [
                life
                for life in lives
                if (life.begin is None or life.begin.date <= day)
                and (life.end is None or day < life.end.date)
            ]
            assert len(open_then) == (code in codes)


@given(histories())
def test_a_thread_has_one_code_at_a_time(history):
    """Its lives follow one another."""
    rows, maps = history
    events = Events(rows, pd.Index(maps[max(maps)]), VINTAGE)
    for code in events.codes:
        thread = thread_of(events, code)
        for earlier, later in pairwise(thread):
            assert earlier.end.date <= later.begin.date
        assert {event.date for event, _ in steps_of(events, thread)} >= {
            life.begin.date for life in thread if life.begin
        }


# --- France -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "days", "said"),
    [
        ("59350", "1977-04-24 2000-02-27", "avec Lomme (59355), qui devient commune associée."),
        ("93001", "1968-01-01", "Quitte la Seine (75) pour la Seine-Saint-Denis (93)."),
        ("2A004", "1976-01-01", "Change de code : 20004 devient 2A004."),
        ("27701", "1981-09-28 1984-11-19", "Création : Vaudreuil-Ex-Ensemble Urbain"),
        ("55138", "1973-01-01 2014-01-01", "Quitte Loisey-Culey (55298) et retrouve"),
        ("14764", "1947-08-27", "Création par fusion : Ouilly-le-Basset (14485) et"),
        ("14010", "1973-01-01 1990-02-01 2014-01-07 2017-01-01", "partie de L'Oudon (14697)."),
        ("75056", "", "Aucun changement depuis 1943."),
        ("44225", "2018-01-01", "Commune déléguée, dans Vallons-de-l'Erdre (44180)."),
        ("14697", "1973-01-01 1990-02-01 2014-01-07 2017-01-01", "14697 devient 14472."),
    ],
)
def test_communes_of_france_are_told(code, days, said):
    """Well-known ones, in the language of the pack."""
    found = geography.history(code)
    told = [str(m.date) for m in found.moments if m.kind not in ("start", "now")]
    assert told == days.split()
    text = " ".join(moment.text for moment in found.moments)
    # Typography apart.
    assert said in re.sub(r"\s", " ", text).replace("’", "'")


def test_every_commune_that_ever_was_can_be_told_in_both_languages():
    """One in two hundred of them; every type of part has its words."""
    for code in geography.open_atlas("france").events.codes[::200]:
        french, english = (geography.history(code, lang=lang) for lang in ("fr", "en"))
        assert [m.date for m in french.moments] == [m.date for m in english.moments]
        assert all(m.name and m.text for m in (*french.moments, *english.moments)), code


def test_a_language_that_is_not_spoken_is_refused():
    """The known ones are named."""
    with pytest.raises(UnknownName, match="'xx' is not spoken here"):
        geography.history("59350", lang="xx")


def test_a_lost_zero_is_given_back():
    """The commonest mistake."""
    with pytest.raises(TerritoryUnknown, match="'1001' lost its leading zero: write '01001'"):
        geography.history("1001")
