"""Persons in records: who is named, and who is alone of a kind."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.core.errors import ColumnUnknown, DisclosureRefused, ParameterError
from workbench.disclosure.microdata import Anonymity, anonymity, dates, numbers, prefixes, propose
from workbench.disclosure.released import release_open
from workbench.loaders.persons import find_identifiers


def kinds(**columns: list[object]) -> dict[str, tuple[str, bool]]:
    return {each.column: (each.kind, each.sure) for each in find_identifiers(pd.DataFrame(columns))}


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("contact", ["a.b@exemple.fr", "c-d@mairie-x.fr"], "email"),
        ("joindre", ["01 23 45 67 89", "+33 6 12 34 56 78", "0612345678"], "phone"),
        ("assure", ["2 69 05 49 588 157 80", "1 84 12 2A 004 043 15"[:21]], "nir"),
        ("lieu", ["12 bis rue des Lilas", "3, avenue Foch", "Mairie"], "address"),
        ("qui", ["Mme Camille Martin", "M. Alix Durand"], "name"),
        ("demandeur", ["Camille MARTIN", "Alix DURAND-PETIT"], "name"),
        ("Prénom", ["Camille", "Alix"], "name"),
        ("date_naissance", ["1987-03-02", "02/03/1987"], "birth_date"),
        ("dateNaissance", ["1987-03-02", "1990-01-01"], "birth_date"),
    ],
)
def test_an_identifier_is_told_by_its_values_or_its_heading(
    heading: str, values: list[object], kind: str
) -> None:
    assert kinds(**{heading: values})[heading][0] == kind


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("code_commune", ["59350", "2A004", "01001"]),
        ("nom", ["Lille", "L'Abergement-Clémenciat", "Saint-Étienne"]),
        ("date", ["2024-01-01", "2024-02-01"]),
        ("population", [236234, 771, 12]),
        ("epci", ["200093201", "240100750"]),
        ("siren", ["217500016", "213501901"]),
        ("libelle", ["Rue piétonne", "Boulevard urbain"]),
        ("montant", ["1 234,50", "12 000"]),
        ("id", ["12345678901234", "98765432109876"]),
        ("geometry", [b"\x01\xcd", b"\x01\xe9"]),
    ],
)
def test_open_data_have_none(heading: str, values: list[object]) -> None:
    assert kinds(**{heading: values}) == {}


def test_a_siret_is_a_persons_where_sole_traders_are() -> None:
    """Legal category 1000; two numbers that satisfy Luhn's sum."""
    numbers_ = ["73282932000074", "552 100 554 00013"]
    assert kinds(siret=numbers_) == {"siret": ("company", False)}
    assert kinds(siret=numbers_, categorie_juridique=["1000", "5499"])["siret"] == ("company", True)


def test_open_release_refuses_persons_and_tells_the_rest() -> None:
    frame = pd.DataFrame({"prenom": ["Camille"], "mail": ["mairie@ville.fr"], "n": [3]})
    with pytest.raises(DisclosureRefused, match=r"prenom \(name\)\. .*public=\['prenom'\]"):
        release_open(frame)
    done = release_open(frame, public=["prenom"])
    assert done.report.identifiers == (("mail", "email"),)
    assert "Column mail may hold e-mail addresses" in " ".join(done.report.sentences("en"))


PEOPLE = pd.DataFrame(
    {
        "age": ["30", "31", "34", "38", "61", "62", "67", "69"],
        "commune": ["59350", "59350", "59512", "59512", "62041", "62041", "62119", "62119"],
        "ill": ["a", "b", "a", "b", "a", "a", "a", "a"],
    }
)


def test_records_are_counted_by_what_others_know() -> None:
    assert anonymity(PEOPLE, ["commune"], k=2) == Anonymity(2, 0, 4, 0)
    assert anonymity(PEOPLE, ["commune"], sensitive="ill", k=2) == Anonymity(2, 1, 4, 4)
    assert anonymity(PEOPLE, ["age"], k=2).exposed == 8
    with pytest.raises(ColumnUnknown, match="no column 'agee'; nearest: age"):
        anonymity(PEOPLE, ["agee"])


def test_the_proposal_that_loses_least_comes_first() -> None:
    """Ages by ten years and communes by département make two classes of four."""
    ladders = {"age": numbers(PEOPLE["age"], 5, 10), "commune": prefixes(PEOPLE["commune"], 2)}
    best = propose(PEOPLE, ladders, k=4)
    assert best[0].steps == {"age": 2, "commune": 1}
    assert best[0].anonymity == Anonymity(4, 0, 2, 0)
    assert [each.loss for each in best] == sorted(each.loss for each in best)
    # All of the second class have the same illness: only no class at all hides it.
    diverse = propose(PEOPLE, ladders, sensitive="ill", k=4)
    assert diverse[0].steps == {"age": 3, "commune": 2}


def test_some_records_may_be_withheld() -> None:
    ladders = {"commune": prefixes(PEOPLE["commune"], 2)}
    odd = pd.concat([PEOPLE, PEOPLE.iloc[[0]].assign(commune="75056")])
    ladders = {"commune": prefixes(odd["commune"], 2)}
    assert propose(odd, ladders, k=4)[0].steps == {"commune": 2}
    kept = propose(odd, ladders, k=4, withheld=0.2)[0]
    assert (kept.steps, kept.withheld) == ({"commune": 1}, 1)


def test_classes_hold_every_value() -> None:
    assert dates(pd.Series(["1987-03-02"]))[1] == {"1987-03-02": "1987"}
    with pytest.raises(ParameterError, match="age: the classes leave out 7 values, '31'"):
        propose(PEOPLE, {"age": [{"30": "young"}]})
