"""The charts of a portrait: one or two a theme, chosen by what the theme's indicators are."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.core.i18n import format_quantity
from workbench.core.types import Kind, Quantity
from workbench.figures.bands import bands
from workbench.figures.bars import bars
from workbench.figures.figure import Figure
from workbench.figures.line import line
from workbench.figures.marks import Mark, Profile, Role, Series, indexed
from workbench.figures.strip import strip
from workbench.indicators import profile as profiles
from workbench.indicators.indicator import Chart
from workbench.indicators.levels import level_figures
from workbench.indicators.reading import Reading
from workbench.reports.portrait.climate import course, years
from workbench.reports.portrait.words import Formatter, Words

__all__ = ["theme_charts"]

# More references than this blur a chart; the table has them all.
_SHOWN = 3


def theme_charts(charts: Sequence[Chart], profile: profiles.Profile, words: Words) -> list[Figure]:
    """Draw the charts that a theme declares, those for which the territory has figures."""
    draw = {
        **{"line": _line, "strip": _strip, "bands": _shares, "bars": _shares},
        **{"course": course, "years": years},
    }
    figures = []
    for chart in charts:
        readings = [profile.readings[n] for n in chart.indicators if n in profile.readings]
        readings = [reading for reading in readings if reading.value.known]
        whole = chart.kind != "bands" or len(readings) == len(chart.indicators)
        if readings and whole and not _is_flag(readings[0], words):
            figure = draw[chart.kind](chart, readings, profile, words)
            if figure is not None:
                figures.append(figure)
    return figures


def _is_flag(reading: Reading, words: Words) -> bool:
    return words.is_flag(reading.indicator, reading.territory.level)


def _line(
    chart: Chart, readings: Sequence[Reading], profile: profiles.Profile, words: Words
) -> Figure | None:
    reading = readings[0]
    if len(reading.series) < 2 or reading.change is None or not reading.change.amount.known:
        return None
    name = reading.indicator.id
    series = [Series(profile.territory.name, _floats(reading.series), Role.TERRITORY)]
    for reference in profile.references[-_SHOWN:]:
        level = level_figures(words.pack, reference.level)
        figures = level.figures[name]
        points = figures.series(level.position(reference.code))
        series.append(Series(reference.name, _floats(points)))
    fmt = words.formatter(reading.indicator)
    since = reading.series[0][0]
    title = words.label(reading.indicator)
    level_line = None
    if len(series) > 1:
        series = list(indexed(series, float(since)))
        title, level_line = words.say("line_title", since=str(since), label=title), 100.0
        fmt = _index(words, 1)
    return line(
        series,
        key=f"{name}-line",
        title=title,
        fmt=fmt,
        axis_fmt=None if level_line is None else _index(words, 0),
        level=level_line,
        caption=words.say("line_caption"),
        wording=words.wording,
    )


def _index(words: Words, decimals: int) -> Formatter:
    return lambda quantity: format_quantity(quantity, "index", decimals, words.lang)


def _floats(series: Sequence[tuple[int, Quantity]]) -> tuple[tuple[float, Quantity], ...]:
    return tuple((float(period), quantity) for period, quantity in series)


def _strip(
    chart: Chart, readings: Sequence[Reading], profile: profiles.Profile, words: Words
) -> Figure | None:
    reading = readings[0]
    if len(reading.distribution) < 5:
        return None
    own = Mark(profile.territory.name, reading.value, Role.TERRITORY)
    references = [Mark(t.name, q) for t, q in reading.references if q.known][-_SHOWN:]
    peers = [Mark(t.name, q, Role.PEER) for t, q in reading.peers if q.known]
    many = words.noun(profile.territory.level, "many")
    return strip(
        reading.distribution,
        own,
        key=f"{reading.indicator.id}-strip",
        title=words.say("strip_title", label=words.label(reading.indicator), many=many),
        fmt=words.formatter(reading.indicator),
        others=(*references, *peers),
        caption=words.say("strip_caption", many=many, period=str(reading.period)),
        scale="log" if reading.indicator.kind is Kind.DENSITY else "auto",
        wording=words.wording,
    )


def _shares(
    chart: Chart, readings: Sequence[Reading], profile: profiles.Profile, words: Words
) -> Figure:
    """Draw several indicators side by side: shares of a whole (bands) or apart (bars)."""
    labels = [chart.labels.get(r.indicator.id, r.indicator.label)[words.lang] for r in readings]
    own = Profile(profile.territory.name, tuple(r.value for r in readings), Role.TERRITORY)
    others = []
    for position, reference in enumerate(profile.references):
        quantities = tuple(reading.references[position][1] for reading in readings)
        if any(quantity.known for quantity in quantities):
            others.append(Profile(reference.name, quantities))
    draw = bands if chart.kind == "bands" else bars
    return draw(
        labels,
        [own, *others[-_SHOWN:]],
        key=f"{readings[0].indicator.theme}-{chart.kind}",
        title=f"{chart.title[words.lang]}, {readings[0].period}",
        fmt=words.formatter(readings[0].indicator),
        wording=words.wording,
    )
