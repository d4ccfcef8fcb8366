"""Maps: classes, absences, insets, borders in common, links that stay in the report."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.types import Quantity
from workbench.figures import (
    Area,
    FigureError,
    Frames,
    Inset,
    LinkRefused,
    choropleth,
    quantile_breaks,
)
from workbench.figures.frames import Extent
from workbench.figures.outline import compact, ring_paths

from .drawings import MISSING, SVG, a_map, parse, percent, square, texts


def grid_of_areas(across: int, down: int, *, points: int = 8) -> list[Area]:
    """Make a grid of areas whose borders wander, the same from both sides."""
    rng = np.random.default_rng(1)
    shake = rng.normal(0, 0.12, (down * points + 1, across * points + 1, 2))
    shake[0], shake[-1], shake[:, 0], shake[:, -1] = 0, 0, 0, 0
    y, x = np.mgrid[0 : down * points + 1, 0 : across * points + 1]
    nodes = np.dstack((x, y)) + shake
    areas = []
    for j in range(down):
        for i in range(across):
            cell = nodes[j * points : (j + 1) * points + 1, i * points : (i + 1) * points + 1]
            ring = np.concatenate((cell[0], cell[1:, -1], cell[-1, -2::-1], cell[-2::-1, 0]))
            name = f"Saint-Martin-du-Bois-{i}-{j}"
            areas.append(Area(f"{i:02}{j:03}", name, (ring,), Quantity(float(rng.normal(8, 2)))))
    return areas


def draw(areas: list[Area], **more: object):
    values = np.array([area.value.value for area in areas])
    breaks = more.pop("breaks", quantile_breaks(values, classes=5, decimals=1))
    return choropleth(areas, key="m", title="t", fmt=percent, breaks=breaks, **more)


def test_each_area_says_its_name_and_value() -> None:
    said = [node.text for node in parse(a_map()).iter(f"{SVG}title")][1:]
    assert sorted(said) == [
        "Aisne: missing",
        "La Réunion: 12.0 %",
        "Lille: 7.0 %",
        "Oise: not applicable",
        "Pas-de-Calais: 9.0 %",
        "Somme: suppressed",
    ]


def test_three_absences_have_three_patterns() -> None:
    """Suppressed, missing and not applicable differ by more than colour."""
    drawn = {
        node.get("id"): node.find(f"{SVG}path").get("d")
        for node in parse(a_map()).iter(f"{SVG}pattern")
    }
    assert set(drawn) == {f"map{part}-h{status}" for part in ("", "-l") for status in (4, 5, 6)}
    assert len(set(drawn.values())) == 3


def test_legend_counts_areas_by_class_and_absence() -> None:
    """Highest first; then suppressed, missing and not applicable, each once."""
    said = texts(a_map())
    at = said.index("10.0 % or more")
    assert said[at : at + 12] == [
        "10.0 % or more",
        "1",
        "8.0 % to 10.0 %",
        "1",
        "under 8.0 %",
        "1",
        "s suppressed",
        "1",
        "… missing",
        "1",
        "– not applicable",
        "1",
    ]


def test_area_in_two_frames_is_counted_once() -> None:
    ring = square(0, 0)
    areas = [
        Area("75", "Paris", (ring,), Quantity(7.0)),
        Area("75", "Paris", (ring,), Quantity(7.0), frame="near"),
    ]
    frames = Frames("main", (Inset("near", "Petite couronne"),))
    figure = draw(areas, breaks=[8], frames=frames)
    assert figure.data == (("Territory", "Value"), ("Paris", "7.0 %"))
    assert len(re.findall("<title>Paris", figure.svg)) == 2


def test_value_on_a_break_is_in_the_class_above() -> None:
    areas = [Area("1", "a", (square(0, 0),), Quantity(8.0))]
    figure = draw(areas, breaks=[8])
    assert texts(figure)[texts(figure).index("8.0 % or more") + 1] == "1"


def test_insets_are_framed_and_named() -> None:
    said = texts(a_map())
    assert "La Réunion" in said
    assert len(re.findall(r'rx="2"', a_map().svg)) == 1


def test_scale_bar_is_a_round_length() -> None:
    """A main frame 30 km across has a bar of 5 km."""
    assert "5 km" in texts(a_map())


def test_map_of_all_absent_is_drawable() -> None:
    figure = draw([Area("1", "a", (square(0, 0),), MISSING)], breaks=[])
    assert figure.alternative == "missing"
    assert "… missing" in texts(figure)


def test_finding_names_the_ends() -> None:
    assert a_map().alternative == ("From Lille: 7.0 % to La Réunion: 12.0 %; 3 areas are mapped.")


def test_neighbours_keep_their_borders_in_common() -> None:
    """Every drawn side between two areas is drawn by both, from end to end."""
    areas = grid_of_areas(6, 6, points=12)
    rings = [ring for area in areas for ring in area.rings]
    kept = compact(np.concatenate(rings) * 8, [len(r) for r in rings], step=0.5, budget=200)
    assert kept.x.size < 0.7 * sum(map(len, rings))
    _, after = kept.neighbours()
    ends = np.column_stack((kept.x, kept.y, kept.x[after], kept.y[after]))
    sides = [frozenset(((a, b), (c, d))) for a, b, c, d in ends.tolist()]
    edge = 6 * 12 * 16
    inside = [
        s
        for s in sides
        if not any(
            len({p[k] for p in s} & {0, edge}) and len({p[k] for p in s}) == 1 for k in (0, 1)
        )
    ]
    assert all(inside.count(side) == 2 for side in set(inside))


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 400)), min_size=3, max_size=30))
def test_outline_returns_where_it_started(points: list[tuple[float, float]]) -> None:
    """Moves never lead out of the box of the ring, and no move is null."""
    ring = np.array(points)
    (path,) = ring_paths(compact(ring, [len(ring)], step=0.5, budget=10))
    if path:
        numbers = [int(n) for n in re.findall(r"-?\d+", path)]
        walk = np.cumsum(np.array(numbers).reshape(-1, 2), axis=0)
        assert (walk >= np.rint(ring.min(axis=0) / 0.5)).all()
        assert (walk <= np.rint(ring.max(axis=0) / 0.5)).all()
        assert (np.abs(np.diff(walk, axis=0)).sum(axis=1) > 0).all()


def test_area_too_small_for_its_outline_is_still_there() -> None:
    """A hundred metres on a map of a thousand kilometres: a dot, with its name."""
    areas = [
        Area("1", "large", (square(0, 0, 1000),), Quantity(1.0)),
        Area("2", "tiny", (square(500, 500, 0.1),), Quantity(2.0)),
    ]
    assert "<title>tiny: 2.0 %</title>" in draw(areas, breaks=[1.5]).svg
    assert 'd="M' in draw(areas, breaks=[1.5]).svg.split("<title>tiny")[0][-60:]


def test_five_hundred_communes_are_light() -> None:
    areas = grid_of_areas(25, 20)
    assert len(draw(areas, highlight=areas[7].code).svg) < 60_000


def test_departements_with_links_are_light() -> None:
    areas = [
        Area(a.code, f"Département {i}", a.rings, a.value, link=f"departement/{i:03}.html")
        for i, a in enumerate(grid_of_areas(10, 10, points=40))
    ]
    assert len(draw(areas).svg) < 30_000


@pytest.mark.parametrize(
    "link", ["59.html", "../reports/59.html?lang=fr#top", "#59", "/59", "a/b:c"]
)
def test_links_within_the_report_are_kept(link: str) -> None:
    hrefs = {node.get("href") for node in parse(a_map(link=link)).iter(f"{SVG}a")}
    assert hrefs == {link}


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "https://example.org",
        "//example.org",
        "\\\\example.org",
        "/\\example.org",
        "a b.html",
        "",
    ],
)
def test_links_out_of_the_report_are_refused(link: str) -> None:
    with pytest.raises(LinkRefused, match="is refused: expected a relative address"):
        a_map(link=link)


def test_quantile_breaks_share_areas_out() -> None:
    values = np.arange(100.0)
    counts = np.bincount(np.searchsorted(quantile_breaks(values), values, side="right"))
    assert counts.tolist() == [20] * 5


def test_quantile_breaks_of_repeated_values_are_fewer() -> None:
    """Nine zeros in ten: no break stands apart from the lowest value."""
    assert quantile_breaks(np.array([0.0] * 9 + [5.0]), classes=5) == ()


@given(
    st.lists(st.floats(-1e6, 1e6), max_size=40), st.integers(2, 7), st.sampled_from([None, 0, 1])
)
def test_quantile_breaks_are_increasing_and_leave_no_class_out_of_reach(
    values: list[float], classes: int, decimals: int | None
) -> None:
    breaks = quantile_breaks(np.array(values), classes=classes, decimals=decimals)
    assert list(breaks) == sorted(set(breaks))
    assert len(breaks) < classes
    assert all(min(values) < b <= max(values) for b in breaks)


def test_unknown_frame_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        FigureError, match="frame 'maim' is not declared on this map; nearest: main"
    ):
        draw([Area("1", "a", (square(0, 0),), Quantity(1.0), frame="maim")], breaks=[])


def test_map_without_a_main_frame_is_refused() -> None:
    frames = Frames("main", (Inset("974", "La Réunion"),))
    with pytest.raises(FigureError, match="no area is in the main frame 'main'"):
        frames.place({"974": Extent(0, 0, 1, 1)}, column=180, legend=100)


def test_unknown_highlight_is_refused() -> None:
    with pytest.raises(
        FigureError, match="area '5' to highlight is not on the map; choose from: 1"
    ):
        draw([Area("1", "a", (square(0, 0),), Quantity(1.0))], breaks=[], highlight="5")


@pytest.mark.parametrize("breaks", [[2, 1], [1, 1], [1, np.nan], [1, 2, 3, 4, 5, 6, 7]])
def test_breaks_out_of_order_are_refused(breaks: list[float]) -> None:
    with pytest.raises(FigureError, match="expected at most six finite values, each above"):
        draw([Area("1", "a", (square(0, 0),), Quantity(1.0))], breaks=breaks)


def test_area_without_a_ring_is_refused() -> None:
    with pytest.raises(FigureError, match=r"area '1' \(a\) has rings of shapes \[\]"):
        Area("1", "a", (), Quantity(1.0))


def test_coordinates_must_be_finite() -> None:
    ring = square(0, 0)
    ring[1, 1] = np.nan
    with pytest.raises(FigureError, match="coordinates that are not finite"):
        draw([Area("1", "a", (ring,), Quantity(1.0))], breaks=[])


def test_drawing_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw([Area("1", "a", (square(0, 0, 1e-9),), Quantity(1.0))], breaks=[]).svg
