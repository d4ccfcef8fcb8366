"""Tables and sparklines: headings, absences with their reason, small drawings."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from workbench.core.types import Quantity
from workbench.figures import Columns, FigureError, LinkRefused, Row, mini_strip, sparkline, table
from workbench.figures.figure import data_table

from .drawings import EVIL, MISSING, NOT_APPLICABLE, SUPPRESSED, percent

COLUMNS = Columns("Indicator", "Lille", ("Nord", "France"), "Change", "Position", "Trend")
SERIES = ((2016, Quantity(8.0)), (2019, MISSING), (2021, Quantity(9.5)))


def a_row(**more: object) -> Row:
    given = {
        "label": "Vacancy",
        "value": Quantity(9.5),
        "fmt": percent,
        "references": (Quantity(7.4), Quantity(8.1)),
        "note": "2021",
        "change": Quantity(1.5),
        "change_note": "2016–2021",
        "quantile": 0.75,
        "position": "12th of 101",
        "series": SERIES,
    }
    return Row(**{**given, **more})


def a_table(*rows: Row, columns: Columns = COLUMNS):
    return table(rows or (a_row(),), key="t", title="Dwellings", columns=columns, caption="Source")


class Cells(HTMLParser):
    """Gather the tags and attributes of an HTML text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_headings_say_their_scope() -> None:
    scopes = [attrs.get("scope") for tag, attrs in Cells(a_table().html).found if tag == "th"]
    assert scopes == ["col"] * 7 + ["row"]


def test_caption_names_the_region_that_scrolls() -> None:
    found = dict(Cells(a_table().html).found)
    assert found["caption"]["id"] == found["div"]["aria-labelledby"] == "t-t"
    assert (found["div"]["role"], found["div"]["tabindex"]) == ("region", "0")


@pytest.mark.parametrize(
    ("quantity", "cell"),
    [
        (SUPPRESSED, '<abbr title="suppressed">s</abbr>'),
        (MISSING, '<abbr title="missing">…</abbr>'),
        (NOT_APPLICABLE, '<abbr title="not applicable">–</abbr>'),
        (Quantity(0.0), "0.0 %"),
    ],
)
def test_zero_and_three_absences_are_four_things(quantity: Quantity, cell: str) -> None:
    assert f'<td class="wb-own">{cell}</td>' in a_table(a_row(value=quantity)).html


def test_no_change_is_an_empty_cell() -> None:
    assert "<td></td>" in a_table(a_row(change=None)).html


def test_columns_left_empty_are_not_drawn() -> None:
    html = a_table(a_row(references=()), columns=Columns("Indicator", "Lille")).html
    assert html.count("<td") == 1
    assert "<svg" not in html


def test_rows_as_text() -> None:
    assert a_table(a_row(value=SUPPRESSED)).data == (
        ("Indicator", "Lille", "Nord", "France", "Change", "Position"),
        ("Vacancy", "s suppressed", "7.4 %", "8.1 %", "1.5 %", "12th of 101"),
    )


def test_text_from_data_is_escaped() -> None:
    row = a_row(label=EVIL, note=EVIL, position=EVIL, change_note=EVIL)
    html = a_table(row, columns=Columns(EVIL, EVIL, (EVIL, EVIL), EVIL, EVIL, EVIL)).html
    assert "<script" not in html


def test_no_inline_style() -> None:
    assert all("style" not in attrs for _, attrs in Cells(a_table().html).found)


def test_link_out_of_the_report_is_refused() -> None:
    with pytest.raises(LinkRefused, match="'javascript:x' is refused"):
        a_table(a_row(link="javascript:x"))


def test_link_within_the_report_is_kept() -> None:
    assert '<a href="#vacancy">Vacancy</a>' in a_table(a_row(link="#vacancy")).html


def test_reference_without_a_column_is_refused() -> None:
    with pytest.raises(FigureError, match="'Vacancy' has 1 references for 2 columns"):
        a_table(a_row(references=(Quantity(1.0),)))


def test_sparkline_says_its_ends() -> None:
    assert 'role="img" aria-label="2016: 8.0 % → 2021: 9.5 %"' in sparkline(SERIES, fmt=percent)


def test_sparkline_breaks_where_a_value_is_absent() -> None:
    drawn = sparkline((*SERIES, (2022, Quantity(9.0))), fmt=percent)
    path = drawn.split('d="')[1].split('"')[0]
    assert path.count("M") == 2
    assert path.count("L") == 1


def test_sparkline_of_one_value_is_nothing() -> None:
    assert sparkline(SERIES[:2], fmt=percent) == ""


def test_mini_strip_of_the_median_is_in_the_middle() -> None:
    assert 'cx="42"' in mini_strip(0.5)


def test_thirty_five_rows_are_light() -> None:
    """A whole report has a row for each indicator, within its 150 kB."""
    assert len(a_table(*[a_row()] * 35).html) < 60_000


def test_table_is_saved_as_a_fragment(tmp_path: Path) -> None:
    figure = a_table()
    assert figure.save(tmp_path / "t.html").read_text(encoding="utf-8") == figure.html + "\n"


def test_no_rows_make_no_table() -> None:
    assert data_table((), caption="c") == ""
