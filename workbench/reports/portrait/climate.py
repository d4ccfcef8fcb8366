"""What a portrait says of figures that have one value a year, such as those of the climate.

One year tells its weather: sentences give means over ten years, charts show every year.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from workbench.core.types import Quantity
from workbench.figures import comparison
from workbench.figures.figure import Figure, TableFigure
from workbench.figures.line import line
from workbench.figures.marks import Mark, Role, Series
from workbench.figures.strip import strip
from workbench.indicators import profile as profiles
from workbench.indicators.indicator import Chart, Theme
from workbench.indicators.levels import level_figures
from workbench.indicators.reading import Reading
from workbench.reports.portrait.words import Words, escape

__all__ = ["captioned", "course", "mean_sentences", "simulated_note", "years"]

_FEW, _DECADE = 5, 10
# Lines of a year each cross all the time: one reference is enough to compare with.
_REFERENCES = 1
Shown = TypeVar("Shown", Figure, TableFigure)


def mean_sentences(readings: Sequence[Reading], words: Words) -> list[str]:
    """Give the means over the last ten years, and over the first ten when there are twenty.

    Parameters
    ----------
    readings : sequence of Reading
        Only those that have one figure a year are told.
    words : Words

    Returns
    -------
    list of str
        One paragraph, or none.
    """
    told = [_mean_sentence(each, words) for each in readings if _is_yearly(each)]
    text = " ".join(sentence for sentence in told if sentence)
    return [text] if text else []


def _is_yearly(reading: Reading) -> bool:
    return reading.indicator.noise.model == "yearly"


def _mean_sentence(reading: Reading, words: Words) -> str:
    known = [(period, quantity.value) for period, quantity in reading.series if quantity.known]
    late, early = known[-_DECADE:], known[:_DECADE]
    if len(late) < _DECADE:
        return ""

    def write(points: Sequence[tuple[int, float]]) -> str:
        mean = Quantity(statistics.fmean(value for _, value in points))
        return comparison.figure(reading, mean, words.lexicon)

    values = {
        "phrase": comparison.phrase(reading, words.lexicon),
        "late": write(late),
        "late_since": str(late[0][0]),
        "late_until": str(late[-1][0]),
    }
    if len(known) < 2 * _DECADE:
        return words.lexicon.say("climate.decade", **values)
    values |= {
        "early": write(early),
        "early_since": str(early[0][0]),
        "early_until": str(early[-1][0]),
    }
    return words.lexicon.say("climate.decades", **values)


def simulated_note(theme: Theme, words: Words) -> str:
    """Say first, under the heading of a theme, that its figures are simulated."""
    if not _is_simulated(theme, words):
        return ""
    text = escape(words.lexicon.say("climate.simulated_caveat"))
    return f'<div class="wb-note wb-important" role="note"><p>{text}</p></div>'


def captioned(figure: Shown, theme: Theme, words: Words) -> Shown:
    """Say under a figure or a table that its data are simulated, where they are."""
    if not _is_simulated(theme, words):
        return figure
    said = words.lexicon.say("climate.simulated_caption")
    return replace(figure, caption=f"{figure.caption} {said}".strip())


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
