"""What was decided of figures, units and dates is told, and can be said otherwise."""

from __future__ import annotations

import pytest

from workbench.loaders.load import load
from workbench.loaders.tabular import read


@pytest.fixture
def told(tmp_path):
    """Give what reads a text and returns its values and what was decided of it."""

    def run(text, **options):
        path = tmp_path / "a.csv"
        path.write_text(text, "utf-8")
        found = load(str(path), options=options)
        return found.data.to_pydict(), found.decisions

    return run


@pytest.mark.parametrize(
    ("cells", "unit", "values"),
    [
        (["12 %", "3,5 %"], "%", [12.0, 3.5]),
        (["3,5 km", "800"], "km", [3.5, 800.0]),
        (["1 234 €", "5 euros", "7 EUR"], "€", [1234, 5, 7]),
        (["12 m2", "3 m²"], "m²", [12, 3]),
        (["5 k€", "6 k€"], "k€", [5, 6]),
    ],
)
def test_a_unit_taken_off_is_told(told, cells, unit, values):
    rows = "".join(f"{n};{cell}\n" for n, cell in enumerate(cells))
    data, decisions = told(f"rang;valeur\n{rows}")
    assert data["valeur"] == values
    assert decisions["unit of valeur"].startswith(f"{unit} (taken off, such as {cells[0]!r}")


def test_two_units_in_a_column_are_never_mixed(tmp_path):
    """800 m is no 800 km: the row is set aside, and says why."""
    path = tmp_path / "a.csv"
    rows = "".join(f"{n};{n},5 km\n" for n in range(12))
    path.write_text(f"rang;distance\n{rows}12;800 m\n", "utf-8")
    table = read(path)
    assert table.data.num_rows == 12
    assert [(each.row, each.value, each.reason) for each in table.problems] == [
        (14, "800 m", "the unit is not that of the rest of the column")
    ]
    assert table.counts == {("distance", "tabular.other_unit"): 1}


def test_marks_of_figures_and_orders_of_dates_are_told_once(told):
    text = "nom;a;b;jour\nx;1 234,5;12,5;31/01/2024\ny;2 000,25;7,25;01/02/2024\n"
    _, decisions = told(text)
    assert decisions["decimal"] == "',' (such as '1 234,5', in a, b)"
    assert decisions["thousands"] == "' ' (such as '1 234,5', in a)"
    assert decisions["date order"] == "dmy (such as '31/01/2024', in jour)"


def test_two_decimal_marks_in_a_file_are_told_apart(told):
    _, decisions = told("nom;a;b\nx;1,5;2.5\ny;3,5;4.5\n")
    assert decisions["decimal"] == (
        "',' or '.' (',' such as '1,5', in a; '.' such as '2.5', in b, 80% sure)"
    )


def test_what_is_given_is_told_so(told):
    data, decisions = told("nom;a\nx;1.234\ny;5.678\n", thousands=".", decimal=",")
    assert data["a"] == [1234, 5678]
    assert decisions["thousands"] == "'.' (given)"


def test_flags_after_figures_are_told(told):
    data, decisions = told("code;population\n01001;12 (e)\n01002;13 (p)\n01004;14\n")
    assert data["population"] == [12, 13, 14]
    assert decisions["marker '(e)'"].startswith("estimated (in population")
    assert decisions["marker '(p)'"].startswith("provisional (in population")


def test_notes_around_the_table_are_told(told):
    _, decisions = told("Population légale\n\ncode;n\n01001;5\n01002;6\n\nSource : INSEE\n")
    assert decisions["notes"].startswith("2 (above or under the table, such as 'Population")
