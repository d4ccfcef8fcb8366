"""Lines: a true time axis, gaps with their reasons, names at the ends."""

from __future__ import annotations

import re

import pytest

from workbench.core.types import Quantity, Status
from workbench.figures import FigureError, Role, Series, Wording, indexed, line

from .drawings import MISSING, SUPPRESSED, SVG, a_line, overlaps, parse, percent, texts


def known(*pairs: tuple[float, float]) -> tuple[tuple[float, Quantity], ...]:
    return tuple((period, Quantity(value)) for period, value in pairs)


def test_periods_unevenly_spaced_are_drawn_so() -> None:
    """2016, 2019, 2020: three years take three times the room of one."""
    figure = line(
        [Series("Lille", known((2016, 1), (2019, 2), (2020, 3)), Role.TERRITORY)],
        key="k",
        title="t",
        fmt=percent,
    )
    (path,) = re.findall(r'd="(M[\d. ]+L[^"]*)" stroke-width="3.2"', figure.svg)
    x = [float(point.split()[0]) for point in re.split("[ML]", path)[1:]]
    assert (x[1] - x[0]) / (x[2] - x[1]) == pytest.approx(3, abs=0.01)


def test_absent_values_break_the_line() -> None:
    """Lille has 2016 and 2021, nothing between: two pieces, no stroke across the gap."""
    (path,) = re.findall(r'd="(M[^"]*)" stroke-width="3.2"', a_line().svg)
    assert path.count("M") == 2
    assert "L" not in path


def test_absent_values_print_sign_and_reason() -> None:
    said = texts(a_line())
    assert "s" in said
    assert "…" in said
    assert "s suppressed: Lille 2020" in said
    assert "… missing: Lille 2019" in said


def test_values_are_at_the_end_of_their_lines() -> None:
    assert {"Lille 9.5 %", "Nord 9.4 %", "France 9.4 %"} <= set(texts(a_line()))


def test_equal_lines_have_names_apart() -> None:
    same = known((2016, 5), (2021, 5))
    figure = line(
        [Series(name, same) for name in ("Nord", "Aisne", "Oise", "Somme", "Pas-de-Calais")],
        key="k",
        title="t",
        fmt=percent,
    )
    assert overlaps(figure) == []


def test_lines_are_told_apart_without_colour() -> None:
    """Each line has a dash of its own, the territory none."""
    same = known((2016, 5), (2021, 6))
    series = [Series("own", same, Role.TERRITORY), *(Series(n, same) for n in "abcd")]
    figure = line(series, key="k", title="t", fmt=percent)
    lines = [
        (node.get("stroke"), node.get("stroke-dasharray"))
        for node in parse(figure).iter(f"{SVG}path")
        if node.get("stroke-linejoin")
    ]
    assert len(lines) == len(set(lines)) == 5
    assert len({dash for _, dash in lines}) == 5


def test_finding_is_derived_from_the_ends() -> None:
    assert a_line().alternative.startswith("Lille: 8.0 % in 2016, 9.5 % in 2021.")


def test_finding_of_a_series_without_values_is_the_reason() -> None:
    own = Series("Lille", ((2016, SUPPRESSED), (2020, SUPPRESSED)), Role.TERRITORY)
    figure = line([own], key="k", title="t", fmt=percent)
    assert figure.alternative == "Lille: suppressed."


def test_finding_given_is_kept() -> None:
    figure = line(
        [Series("a", known((2016, 1)))], key="k", title="t", fmt=percent, alternative="It grows."
    )
    assert figure.alternative == "It grows."


def test_rows_give_reasons_in_place_of_absent_values() -> None:
    assert a_line().data[:3] == (
        ("Period", "Lille", "Nord", "France"),
        ("2016", "8.0 %", "8.1 %", "8.1 %"),
        ("2019", "… missing", "8.2 %", "8.2 %"),
    )


def test_words_are_those_given() -> None:
    own = Series("Lille", ((2016, MISSING), (2020, Quantity(1.0))), Role.TERRITORY)
    words = Wording(missing="non disponible", labelled="{label} : {value}")
    figure = line([own], key="k", title="t", fmt=percent, wording=words)
    assert "… non disponible : Lille 2016" in texts(figure)


def test_many_periods_are_named_without_collision() -> None:
    long = known(*((year, year % 7) for year in range(1968, 2024)))
    assert overlaps(line([Series("a", long)], key="k", title="t", fmt=percent)) == []


def test_index_is_a_hundred_at_its_base() -> None:
    (one,) = indexed([Series("a", known((2016, 50), (2020, 60)))], 2016)
    assert [q.value for _, q in one.points] == [100, 120]


def test_index_on_an_absent_base_is_missing_throughout() -> None:
    """A suppressed base stays suppressed; what follows has no index."""
    points = ((2016, SUPPRESSED), (2020, Quantity(60.0)))
    (one,) = indexed([Series("a", points)], 2016)
    assert [q.status for _, q in one.points] == [Status.SUPPRESSED, Status.MISSING]


def test_index_on_zero_is_missing() -> None:
    (one,) = indexed([Series("a", known((2016, 0), (2020, 60)))], 2016)
    assert not any(q.known for _, q in one.points)


def test_periods_out_of_order_are_refused() -> None:
    with pytest.raises(FigureError, match="expected each once, oldest first"):
        Series("a", known((2020, 1), (2016, 2)))


def test_no_period_is_refused() -> None:
    with pytest.raises(FigureError, match="has no period to draw"):
        line([], key="k", title="t", fmt=percent)
