"""Word-sized drawings for the cells of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.core.types import Quantity
from workbench.figures.palette import paint
from workbench.figures.scale import Scale
from workbench.figures.svg import escape, num, tag

__all__ = ["mini_rail", "mini_strip", "sparkline"]

_SPARK = (76.0, 24.0)
_STRIP = (84.0, 16.0)


def sparkline(
    points: Sequence[tuple[float, Quantity]],
    *,
    fmt: Callable[[Quantity], str],
    period_fmt: Callable[[float], str] = lambda period: f"{period:g}",
) -> str:
    """Draw a small line, a dot at its end, on a true time axis.

    Parameters
    ----------
    points : sequence of (float, Quantity)
        Periods, oldest first; an absent value breaks the line.
    fmt, period_fmt : callable

    Returns
    -------
    str
        SVG whose name says the first and last values; nothing with fewer than two.

    Examples
    --------
    >>> 'aria-label="2016: 1 → 2020: 2"' in sparkline(
    ...     [(2016, Quantity(1.0)), (2020, Quantity(2.0))], fmt=lambda q: f"{q.value:.0f}")
    True
    """
    known = [(period, q) for period, q in points if q.known]
    if len(known) < 2:
        return ""
    width, height = _SPARK
    along = Scale(points[0][0], points[-1][0], 3, width - 5)
    across = Scale.around((q.value for _, q in known), height - 4, 4, margin=0.0)
    path, pen = "", "M"
    for period, q in points:
        if q.known:
            path += f"{pen}{num(along(period))} {num(across(q.value))}"
        pen = "L" if q.known else "M"
    (since, first), (until, last) = known[0], known[-1]
    said = f"{period_fmt(since)}: {fmt(first)} → {period_fmt(until)}: {fmt(last)}"
    stroke = f'stroke-width="1.8" stroke-linejoin="round" {paint(fill="none", stroke="muted")}'
    dot = f'cx="{num(along(until))}" cy="{num(across(last.value))}" r="3.2"'
    body = tag("path", f'd="{path}" {stroke}') + tag("circle", f"{dot} {paint(fill='territory')}")
    return _tiny(body, _SPARK, f'role="img" aria-label="{escape(said)}"')


def mini_rail(name: str) -> str:
    """Draw, once a table, the ground of its small strips; it is not seen where it stands."""
    width, height = (num(v) for v in _STRIP)
    symbol = tag("symbol", f'id="{name}" viewBox="0 0 {width} {height}"', _rail())
    return f'<svg class="wb-hidden" width="0" height="0" aria-hidden="true">{symbol}</svg>'


def _rail() -> str:
    width, height = _STRIP
    along = Scale(0, 1, 5, width - 5)
    y = height / 2
    rail = f'd="M5 {num(y)}H{num(width - 5)}" stroke-width="2"'
    half = f'd="M{num(along(0.25))} {num(y)}H{num(along(0.75))}" stroke-width="6"'
    middle = f'd="M{num(along(0.5))} {num(y - 5)}v10" stroke-width="1.5"'
    return (
        tag("path", f"{rail} {paint(stroke='mass')}")
        + tag("path", f"{half} {paint(stroke='mass')}")
        + tag("path", f"{middle} {paint(stroke='axis')}")
    )


def mini_strip(quantile: float, *, rail: str = "") -> str:
    """Draw a place between the lowest and the highest, the middle half darker.

    The cell says the place in words: the drawing is hidden from assistive technologies.

    Parameters
    ----------
    quantile : float
        Share of the others below, from 0 to 1.
    rail : str
        Name of the ground drawn by `mini_rail`; the strip draws its own when empty.

    Examples
    --------
    >>> 'aria-hidden="true"' in mini_strip(0.9)
    True
    """
    width, height = _STRIP
    x, y = Scale(0, 1, 5, width - 5)(quantile), height / 2
    dot = f'cx="{num(x)}" cy="{num(y)}" r="4.5"'
    ground = tag("use", f'href="#{rail}"') if rail else _rail()
    body = ground + tag("circle", f"{dot} {paint(fill='territory', stroke='paper')}")
    return _tiny(body, _STRIP, 'aria-hidden="true"')


def _tiny(body: str, size: tuple[float, float], role: str) -> str:
    width, height = (num(v) for v in size)
    box = f'width="{width}" height="{height}"'
    return tag("svg", f'class="wb-tiny" {role} {box}', body)
