"""What a portrait says of figures that have one value a year, such as those of the climate.

One year tells its weather: a list gives means over ten years, charts show every year.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from workbench.core.types import Quantity
from workbench.figures.figure import Figure
from workbench.figures.line import line
from workbench.figures.marks import Mark, Role, Series
from workbench.figures.strip import strip
from workbench.indicators import profile as profiles
from workbench.indicators.indicator import Chart, Theme
from workbench.indicators.levels import level_figures
from workbench.indicators.reading import Reading
from workbench.reports.portrait.words import Words, escape, list_of

__all__ = ["caption_note", "captioned", "course", "means_html", "simulated_note", "years"]

_FEW, _DECADE = 5, 10
# Lines of a year each cross all the time: one reference is enough to compare with.
_REFERENCES = 1


def means_html(readings: Sequence[Reading], words: Words) -> str:
    """List the means over the last ten years, and over the first ten when there are twenty.

    Parameters
    ----------
    readings : sequence of Reading
        Only those that have one figure a year are told.
    words : Words

    Returns
    -------
    str
        HTML; empty when no reading has ten years.
    """
    lists: dict[str, list[str]] = {}
    for reading in readings:
        known = [point for point in reading.series if point[1].known]
        if reading.indicator.noise.model == "yearly" and len(known) >= _DECADE:
            lead, item = _means(known, reading, words)
            lists.setdefault(lead, []).append(escape(item))
    return "".join(f"<p>{escape(lead)}</p>{list_of(items)}" for lead, items in lists.items())


def _means(
    known: Sequence[tuple[int, Quantity]], reading: Reading, words: Words
) -> tuple[str, str]:
    """Say over which years means are, and what they are."""
    spans, means = [], []
    for points in (known[-_DECADE:], known[:_DECADE]):
        since, until = str(points[0][0]), str(points[-1][0])
        spans.append(words.say("since_until", since=since, until=until))
        mean = Quantity(statistics.fmean(quantity.value for _, quantity in points))
        means.append(words.formatter(reading.indicator)(mean))
    say, label = words.lexicon.say, words.label(reading.indicator)
    if len(known) < 2 * _DECADE:
        return say("climate.means", late=spans[0]), say("climate.mean", label=label, late=means[0])
    return (
        say("climate.means_since", late=spans[0], early=spans[1]),
        say("climate.mean_since", label=label, late=means[0], early=means[1]),
    )


def simulated_note(theme: Theme, words: Words) -> str:
    """Say first, under the heading of a theme, that its figures are simulated."""
    if not _is_simulated(theme, words):
        return ""
    text = escape(words.lexicon.say("climate.simulated_caveat"))
    return f'<div class="wb-note wb-important" role="note"><p>{text}</p></div>'


def caption_note(theme: Theme, words: Words) -> str:
    """Return what ends the caption of each figure and table of simulated data; empty elsewhere."""
    return words.lexicon.say("climate.simulated_caption") if _is_simulated(theme, words) else ""


def captioned(figure: Figure, note: str) -> Figure:
    """End the caption of a figure with a note, if there is one."""
    return replace(figure, caption=f"{figure.caption} {note}".strip()) if note else figure


def _is_simulated(theme: Theme, words: Words) -> bool:
    more = words.pack.supplement
    return more is not None and bool(more.simulated) and theme.id == more.theme.id


def course(
    chart: Chart, readings: Sequence[Reading], profile: profiles.Profile, words: Words
) -> Figure | None:
    """Draw the figures of all years beside those of the widest reference, in their own unit."""
    del chart
    reading = readings[0]
    name = reading.indicator.id
    known = [period for period, quantity in reading.series if quantity.known]
    if len(known) < 2:
        return None
    series = [Series(profile.territory.name, _floats(reading.series), Role.TERRITORY)]
    for reference in profile.references[-_REFERENCES:]:
        level = level_figures(words.pack, reference.level)
        if name in level.figures:
            points = level.figures[name].series(level.position(reference.code))
            series.append(Series(reference.name, _floats(points)))
    return line(
        series,
        key=f"{name}-course",
        title=words.lexicon.say("climate.course_title", label=words.label(reading.indicator)),
        fmt=words.formatter(reading.indicator),
        axis_fmt=words.cell(reading.indicator, ""),
        unit=words.unit(reading.indicator),
        caption=_span("climate.course_caption", known, words),
        wording=words.wording,
    )


def years(
    chart: Chart, readings: Sequence[Reading], profile: profiles.Profile, words: Words
) -> Figure | None:
    """Draw the latest year among all the years of the same territory."""
    del chart, profile
    reading = readings[0]
    known = [(period, quantity) for period, quantity in reading.series if quantity.known]
    if len(known) < _FEW:
        return None
    ordered = sorted(known, key=lambda point: point[1].value)
    period, quantity = known[-1]
    extremes = [
        Mark(str(year), value) for year, value in (ordered[0], ordered[-1]) if year != period
    ]
    label = words.label(reading.indicator)
    return strip(
        np.array([value.value for _, value in ordered]),
        Mark(str(period), quantity, Role.TERRITORY),
        key=f"{reading.indicator.id}-years",
        title=words.lexicon.say("climate.years_title", label=label, period=str(period)),
        fmt=words.formatter(reading.indicator),
        others=extremes,
        caption=_span("climate.years_caption", [year for year, _ in known], words),
        scale="linear",
        wording=words.wording,
    )


def _span(message: str, periods: Sequence[int], words: Words) -> str:
    return words.lexicon.say(message, since=str(periods[0]), until=str(periods[-1]))


def _floats(series: Sequence[tuple[int, Quantity]]) -> tuple[tuple[float, Quantity], ...]:
    return tuple((float(period), quantity) for period, quantity in series)
