"""Codes are text, names are found however they are typed, and an error says what was meant."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import AmbiguousTerritory, LevelUnknown, TerritoryUnknown
from workbench.geography.territories import Territories, plain
from workbench.packs.pack import open_pack


@pytest.fixture(scope="module")
def places():
    """The territories of France."""
    return open_pack("france").territories


# --- Codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("01001", "L'Abergement-Clémenciat"),
        ("2A004", "Ajaccio"),
        ("97411", "Saint-Denis"),
        ("98818", "Nouméa"),
        ("2A", "Corse-du-Sud"),
        ("976", "Mayotte"),
        ("FR", "France"),
        ("75111", "Paris 11e Arrondissement"),
        ("593500101", "Lille – IRIS 0101"),
    ],
)
def test_a_code_leads_to_its_territory_and_stays_text(places, code, name):
    """Leading zeros and letters included."""
    found = places.get(code)
    assert (found.code, found.name) == (code, name)


def test_a_territory_knows_its_vintage_article_and_parents(places):
    """Enough to write sentences about it."""
    nord = places.get("59")
    assert (nord.level, nord.article, nord.article_in_name) == ("departement", "le", False)
    assert places.get("76351").article_in_name
    assert places.get("59350").parents == {
        "epci": "200093201",
        "departement": "59",
        "region": "32",
        "country": "FR",
    }
    assert places.get("98818").parents == {"collectivite": "988"}
    assert nord.vintage == 2026


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (1001, "Code 1001 is of type int; a territory code is text: write '01001'"),
        (59350, "a territory code is text: write '59350'"),
        (None, "Code None is of type NoneType; a territory code is text, such as '01001'"),
        (1001.0, "of type float"),
    ],
)
def test_a_number_is_refused_with_the_text_to_write(places, code, said):
    """1001 never becomes a territory."""
    with pytest.raises(TerritoryUnknown, match=said):
        places.get(code)


@pytest.mark.parametrize(
    ("code", "level", "said"),
    [
        ("1001", None, "it lost its leading zero, write '01001'"),
        ("1", "departement", "it lost its leading zero, write '01'"),
        ("4", "region", "it lost its leading zero, write '04'"),
        ("59350", "region", r"at level region; nearest: 59350 \(Lille, commune\)"),
        ("2a004", None, r"nearest: 2A004 \(Ajaccio, commune\)"),
        ("Lille", None, r"at any level; nearest: 59350 \(Lille, commune\)"),
        ("5935O", None, r"\(nearest: 59350, "),
        ("99999", None, "not in vintage 2026 .* Search with `workbench territories find`"),
    ],
)
def test_an_unknown_code_names_what_was_meant(places, code, level, said):
    """Zero lost, wrong level, a name, a letter for a digit."""
    with pytest.raises(TerritoryUnknown, match=said):
        places.get(code, level=level)


def test_a_code_of_two_levels_needs_the_level(places):
    """11 is Aude and Île-de-France."""
    with pytest.raises(AmbiguousTerritory, match=r"several levels: departement, region\. Give the"):
        places.get("11")
    assert places.get("11", level="departement").name == "Aude"
    assert places.get("11", level="region").name == "Île-de-France"


def test_an_unknown_level_names_the_nearest(places):
    """Whether a code or a name is looked for."""
    with pytest.raises(LevelUnknown, match=r"'comune' is unknown \(nearest: commune"):
        places.get("59350", level="comune")
    with pytest.raises(LevelUnknown, match=r"'comune' is unknown \(nearest: commune"):
        places.find("Lille", level="comune")


def test_several_territories_are_those_of_their_codes(places):
    """In the order asked for, at every level."""
    for level in places.levels:
        codes = list(reversed(places.frame(level).index[:20]))
        assert places.several(codes, level=level) == [places.get(c, level=level) for c in codes]


def test_several_codes_with_one_unknown_are_refused(places):
    with pytest.raises(TerritoryUnknown, match="'59999' is not in vintage 2026 at level commune"):
        places.several(["59350", "59999"], level="commune")


def test_none_of_several_is_none(places):
    assert places.several([], level="commune") == []


# --- Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "Saint-Étienne",
        "saint etienne",
        "ST ETIENNE",
        "st-étienne",
        " Saint  Etienne ",
        "ＳＴ étienne",
    ],
)
def test_a_name_is_found_however_it_is_typed(places, typed):
    """Case, accents, hyphens, blanks and the usual abbreviation."""
    assert places.find(typed)[0].code == "42218"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("l hay les roses", "94038"),
        ("L’Haÿ", "94038"),  # the typographic apostrophe
        ("oeting", "57521"),  # Œting
        ("ste-marie-aux-mines", "68298"),
        ("ille et vilaine", "35"),
        ("nord", "59"),
        ("hauts-de-f", "32"),
        ("metropole europeenne de lille", "200093201"),
        ("paris 11e", "75111"),
        ("2a004", "2A004"),
        ("59000", "59350"),  # a postcode
        ("lille", "59350"),
    ],
)
def test_what_was_meant_comes_first(places, typed, first):
    """A code or a whole name before a beginning, before a word, before a postcode."""
    assert first == places.find(typed)[0].code


def test_results_are_limited_and_stable(places):
    """Shorter names first, then codes in order."""
    found = places.find("sainte marie", limit=4)
    assert [place.code for place in found] == ["08390", "15198", "25523", "32388"]
    assert found == places.find("STE MARIE", limit=4)


def test_a_level_can_be_asked_for(places):
    """IRIS only then: they bear the name of their commune."""
    assert {place.level for place in places.find("lille", limit=100)}.isdisjoint({"iris"})
    assert {place.level for place in places.find("lille", level="iris")} == {"iris"}
    assert places.find("lille", level="region") == []


@pytest.mark.parametrize("typed", ["", "  ", "--", "xyzzy", "0"])
def test_nothing_is_found_for_nothing(places, typed):
    """Nor for one digit, which half of the postcodes hold."""
    assert places.find(typed) == []


def test_names_are_found_on_an_older_map_too():
    """Communes are its finest level."""
    older = open_pack("france", vintage=2019).territories
    assert [place.code for place in older.find("saline")][:1] == ["14712"]
    with pytest.raises(TerritoryUnknown, match=r"'5935O' is not in vintage 2019.*nearest: 59350"):
        older.get("5935O")


@given(st.text())
def test_law_folding_twice_is_folding_once(text):
    """Folded names are their own search text."""
    assert plain(plain(text)) == plain(text)


@given(st.text())
def test_law_case_does_not_count(text):
    """Nor do blanks around."""
    assert plain(f"  {text.upper().lower()} ") == plain(text.upper())


# --- Parents and children -----------------------------------------------------------------------


@pytest.fixture
def tiny():
    """Two villages of a land, and one outside of it."""
    rows = [
        ("village", "01", "Haut", "L"),
        ("village", "02", "Bas", "L"),
        ("village", "03", "Loin", ""),
        ("land", "L", "Pays", ""),
    ]
    table = pd.DataFrame(rows, columns=["level", "code", "name", "land"])
    return Territories(table.assign(article="", article_in_name=False), 2026, ["village", "land"])


def test_children_and_parents_are_each_other_s(tiny):
    """A territory is the only child of itself at its own level."""
    land = tiny.get("L")
    assert [*tiny.children(land, "village")] == ["01", "02"]
    assert [*tiny.children(land, "land")] == ["L"]
    assert [place.code for place in tiny.parents(tiny.get("01"), ["land"])] == ["L"]
    assert tiny.parents(tiny.get("03"), ["land"]) == []


def test_a_territory_may_hold_nothing(tiny):
    """The land without its two villages."""
    left = Territories(tiny.table.iloc[2:], 2026, tiny.levels)
    assert [*left.children(tiny.get("L"), "village")] == []


def test_a_territory_has_its_postcodes(places, tiny):
    """Several for a city; none where the table has no such column."""
    assert places.get("59350").postcodes == ("59000", "59160", "59260", "59777", "59800")
    assert tiny.get("01").postcodes == ()


def test_siblings_keep_their_own_names(tiny):
    """They share what holds them, nothing else."""
    first, second = tiny.get("01"), tiny.get("02")
    assert (first.name, second.name) == ("Haut", "Bas")
    assert first.parents == second.parents == {"land": "L"}


def test_all_territories_are_walked_finest_first(tiny):
    """In the order of codes."""
    assert [place.code for place in tiny] == ["01", "02", "03", "L"]
    assert len(tiny) == 4
