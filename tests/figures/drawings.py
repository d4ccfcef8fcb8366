"""What the tests of drawings share: formats, figures of every kind, and ways to read an SVG."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np

from workbench.core.types import Quantity, Status
from workbench.figures import (
    Area,
    Figure,
    Frames,
    Inset,
    Mark,
    Outline,
    Profile,
    Role,
    Series,
    bands,
    bars,
    choropleth,
    line,
    strip,
)
from workbench.figures.text import text_width

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '<script>alert("1")</script>&'
SUPPRESSED = Quantity.absent(Status.SUPPRESSED)
MISSING = Quantity.absent(Status.MISSING)
NOT_APPLICABLE = Quantity.absent(Status.NOT_APPLICABLE)


def percent(quantity: Quantity) -> str:
    """Format as 12.4 %; an absent quantity is an error, as for real formatters."""
    assert quantity.known, "a figure formats only what is known"
    return f"{quantity.value:.1f} %"


def parse(figure: Figure) -> ElementTree.Element:
    """Read a drawing as strict XML."""
    return ElementTree.fromstring(figure.svg)


def texts(figure: Figure) -> list[str]:
    """Give all printed texts."""
    return ["".join(node.itertext()) for node in parse(figure).iter(f"{SVG}text")]


def boxes(figure: Figure) -> list[tuple[str, float, float, float, float]]:
    """Give each printed text with the box it takes on a screen: left, top, right, bottom."""
    found = []

    def visit(node: ElementTree.Element, size: float, dx: float) -> None:
        size = float(node.get("font-size", size))
        moved = re.match(r"translate\(([\d.]+)\)", node.get("transform", ""))
        dx += float(moved[1]) if moved else 0.0
        if node.tag == f"{SVG}text":
            said = "".join(node.itertext())
            # Room is kept for enlarged texts: on a screen they take a fifth less, at least.
            width = text_width(said, size, bold=node.get("font-weight") == "600") / 1.25
            x, y = float(node.get("x", "0")) + dx, float(node.get("y", "0"))
            left = (
                x
                - {"start": 0, "middle": width / 2, "end": width}[node.get("text-anchor", "start")]
            )
            found.append((said, left, y - size / 2, left + width, y + size / 2))
        for child in node:
            visit(child, size, dx)

    visit(parse(figure), 16.0, 0.0)
    return found


def overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Name the pairs of texts that cover one another."""
    placed = boxes(figure)
    return [
        (one[0], other[0])
        for i, one in enumerate(placed)
        for other in placed[i + 1 :]
        if min(one[3], other[3]) - max(one[1], other[1]) > 0.5
        and min(one[4], other[4]) - max(one[2], other[2]) > 0.5
    ]


def square(west: float, south: float, side: float = 10.0) -> np.ndarray:
    """Make a square ring, in kilometres."""
    corners = np.array([[0, 0], [side, 0], [side, side], [0, side], [0, 0]])
    return corners + np.array([west, south])


def a_line(name: str = "Lille", key: str = "line") -> Figure:
    own = ((2016, Quantity(8.0)), (2019, MISSING), (2020, SUPPRESSED), (2021, Quantity(9.5)))
    other = (
        (2016, Quantity(8.1)),
        (2019, Quantity(8.2)),
        (2020, Quantity(8.4)),
        (2021, Quantity(9.4)),
    )
    series = [Series(name, own, Role.TERRITORY), Series("Nord", other), Series("France", other)]
    return line(series, key=key, title="Vacant dwellings", fmt=percent)


def a_strip(name: str = "Lille", key: str = "strip") -> Figure:
    values = np.sort(np.random.default_rng(7).gamma(4, 2.2, 35_000))
    others = [Mark("Nord", Quantity(7.4)), Mark("France", Quantity(8.1)), Mark("Mayotte", MISSING)]
    others += [Mark(n, Quantity(v), Role.PEER) for n, v in (("Rennes", 6.6), ("Bordeaux", 8.6))]
    own = Mark(name, Quantity(11.6), Role.TERRITORY)
    return strip(values, own, key=key, title="Vacant dwellings", fmt=percent, others=others)


def a_profile(label: str, *values: float | Quantity, role: Role = Role.REFERENCE) -> Profile:
    return Profile(
        label, tuple(v if isinstance(v, Quantity) else Quantity(v) for v in values), role
    )


def a_stack(name: str = "Lille", key: str = "stack") -> Figure:
    profiles = [
        a_profile(name, 26.0, 56.0, 18.0, role=Role.TERRITORY),
        a_profile("France", 24.0, 55.0, 21.0),
        a_profile("Mayotte", SUPPRESSED, 41.0, 4.0),
    ]
    return bands(["0-19", "20-64", "65+"], profiles, key=key, title="Ages", fmt=percent)


def a_pyramid(name: str = "Lille", key: str = "pyramid") -> Figure:
    one = tuple(Quantity(v) for v in (14.0, 27.0, 11.0))
    two = (Quantity(13.0), Quantity(28.0), MISSING)
    profiles = [Profile(name, one, Role.TERRITORY, two), Profile("France", two, opposite=one)]
    return bands(
        ["0-19", "20-64", "65+"],
        profiles,
        key=key,
        title="Ages",
        fmt=percent,
        sides=("Women", "Men"),
    )


def some_bars(name: str = "Lille", key: str = "bars") -> Figure:
    profiles = [
        a_profile(name, 3.0, 97.0, SUPPRESSED, role=Role.TERRITORY),
        a_profile("France", 20.0, 80.0, 5.0),
    ]
    return bars(["small", "large", "very large"], profiles, key=key, title="Sizes", fmt=percent)


def a_map(name: str = "Lille", key: str = "map", link: str | None = "59.html") -> Figure:
    areas = [
        Area("59", name, (square(0, 0),), Quantity(7.0), link=link),
        Area("62", "Pas-de-Calais", (square(10, 0),), Quantity(9.0), link=link),
        Area("80", "Somme", (square(0, 10),), SUPPRESSED),
        Area("02", "Aisne", (square(10, 10),), MISSING),
        Area("60", "Oise", (square(20, 10),), NOT_APPLICABLE),
        Area("974", "La Réunion", (square(5000, -900, 3),), Quantity(12.0), frame="974"),
    ]
    return choropleth(
        areas,
        key=key,
        title="Vacant dwellings",
        fmt=percent,
        breaks=[8, 10],
        frames=Frames("main", (Inset("974", "La Réunion"),)),
        outlines=[Outline((square(0, 0, 20),))],
        highlight="59",
        unit="Share",
    )


EVERY: dict[str, Callable[..., Figure]] = {
    "line": a_line,
    "strip": a_strip,
    "stack": a_stack,
    "pyramid": a_pyramid,
    "bars": some_bars,
    "map": a_map,
}
