"""A line figure: one territory through time, beside its references."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.core.errors import FigureError
from workbench.core.types import Quantity
from workbench.figures.figure import Figure
from workbench.figures.labels import spread
from workbench.figures.marks import Role, Series, Style, marker, styles
from workbench.figures.notes import absences, note_lines, printed
from workbench.figures.palette import paint
from workbench.figures.scale import Scale, labelled_ticks
from workbench.figures.svg import BASE, SMALL, WIDTH, document, haloed, label, num, small, tag
from workbench.figures.text import line_height, text_width, wrap
from workbench.figures.wording import Wording

__all__ = ["line"]

_LABEL_ROOM = 230.0  # the widest that labels at line ends may be
_TOP = 14.0


def line(
    series: Sequence[Series],
    *,
    key: str,
    title: str,
    fmt: Callable[[Quantity], str],
    caption: str = "",
    alternative: str | None = None,
    unit: str = "",
    level: float | None = None,
    period_fmt: Callable[[float], str] = lambda period: f"{period:g}",
    axis_fmt: Callable[[Quantity], str] | None = None,
    wording: Wording | None = None,
    height: float = 270.0,
) -> Figure:
    """Draw values through time on a true time axis, each line named at its end.

    A period without a value breaks the line; its sign stands on the time axis and the reason
    is given under the figure.

    Parameters
    ----------
    series : sequence of Series
        Drawn in the order given, the territory on top.
    key : str
        Prefix of identifiers, unique in the page.
    title : str
        The subject.
    fmt : callable
        Formats a known quantity.
    caption : str
    alternative : str or None
        The finding; derived from first and last values when None.
    unit : str
        Printed above the axis.
    level : float or None
        A value to mark with a line (100 for an index).
    period_fmt, axis_fmt : callable
        Format a period; a value of the axis (`fmt` when None).
    wording : Wording or None
        English when None.
    height : float
        Height of the plot, in view box units.

    Returns
    -------
    Figure

    Examples
    --------
    >>> lille = Series("Lille", ((2016, Quantity(232.0)), (2020, Quantity(236.0))), Role.TERRITORY)
    >>> line([lille], key="pop", title="Population", fmt=lambda q: f"{q.value:.0f}").alternative
    'Lille: 232 in 2016, 236 in 2020.'
    """
    wording = wording or Wording()
    periods = sorted({period for one in series for period, _ in one.points})
    if not periods:
        message = f"figure {key!r} has no period to draw: expected at least one series with one."
        raise FigureError(message)
    values = [q.value for one in series for _, q in one.points if q.known]
    looks = styles(series)
    top = _TOP + (line_height(SMALL) if unit else 0.0)
    bottom = top + height
    across = Scale.around([*values, *([] if level is None else [level])], bottom - 6, top + 4)
    ticks = labelled_ticks(across, axis_fmt or fmt, count=5)
    left = max((text_width(text, SMALL) for _, text in ticks), default=0.0) + 10
    names = _names(series, fmt)
    room = max(
        text_width(text, BASE, bold=one.role is Role.TERRITORY)
        for one, lines in zip(series, names, strict=True)
        for text in lines
    )
    right = WIDTH - room - 22
    if periods[0] == periods[-1]:
        along = Scale(periods[0] - 1, periods[0] + 1, left + 6, right)
    else:
        along = Scale(periods[0], periods[-1], left + 6, right)

    body = [_grid(across, ticks, left, right, level=level)]
    if unit:
        body.append(label(0, _TOP, unit, size=SMALL, colour="muted"))
    body.append(_time_axis(periods, along, bottom, period_fmt))
    order = sorted(range(len(series)), key=lambda i: series[i].role is Role.TERRITORY)
    body.extend(_line(series[i], looks[i], along, across, bottom, wording) for i in order)
    body.append(_ends(series, looks, names, along, across, right, top=top, bottom=bottom))

    absent = [
        (f"{one.label} {period_fmt(period)}", q) for one in series for period, q in one.points
    ]
    notes, taken = note_lines(absences(absent, wording), bottom + 34)
    return Figure(
        svg=document(
            "".join(body) + notes,
            key=key,
            title=title,
            alternative=(said := alternative or _finding(series, fmt, period_fmt, wording)),
            height=bottom + 32 + (taken + 6 if taken else 0),
        ),
        title=title,
        alternative=said,
        caption=caption,
        key=key,
        data=_data(series, periods, fmt, period_fmt, wording),
        data_label=wording.data,
    )


def _names(series: Sequence[Series], fmt: Callable[[Quantity], str]) -> tuple[tuple[str, ...], ...]:
    """Write what stands at the end of each line: its name, then its last value."""
    names: list[tuple[str, ...]] = []
    for one in series:
        known = [q for _, q in one.points if q.known]
        value = fmt(known[-1]) if known else ""
        whole = f"{one.label} {value}".strip()
        bold = one.role is Role.TERRITORY
        if text_width(whole, BASE, bold=bold) <= _LABEL_ROOM:
            names.append((whole,))
            continue
        lines = wrap(one.label, BASE, _LABEL_ROOM, bold=bold)
        last = f"{lines[-1]} {value}"
        fits = text_width(last, BASE, bold=bold) <= _LABEL_ROOM
        names.append((*lines[:-1], last) if fits else (*lines, value))
    return tuple(names)


def _grid(
    across: Scale,
    ticks: Sequence[tuple[float, str]],
    left: float,
    right: float,
    *,
    level: float | None,
) -> str:
    lines = "".join(f"M{num(left)} {num(across(value))}H{num(right)}" for value, _ in ticks)
    parts = [tag("path", f'd="{lines}" stroke-width="1" {paint(fill="none", stroke="rule")}')]
    texts = (label(left - 8, across(v), text, size=None, anchor="end") for v, text in ticks)
    parts.append(small("".join(texts)))
    if level is not None:
        y = num(across(level))
        path = f'd="M{num(left)} {y}H{num(right)}" stroke-width="1.2"'
        parts.append(tag("path", f"{path} {paint(fill='none', stroke='axis')}"))
    return "".join(parts)


def _time_axis(
    periods: Sequence[float], along: Scale, bottom: float, period_fmt: Callable[[float], str]
) -> str:
    """Draw a notch at each period, and name as many as fit: the ends first, then the latest."""
    notches = "".join(f"M{num(along(period))} {num(bottom)}v6" for period in periods)
    ends = f"M{num(along.start)} {num(bottom)}H{num(along.end)}{notches}"
    parts = [tag("path", f'd="{ends}" stroke-width="1.2" {paint(fill="none", stroke="axis")}')]
    texts = ""
    taken: list[tuple[float, float]] = []
    for period in [periods[-1], periods[0], *reversed(periods[1:-1])]:
        text, x = period_fmt(period), along(period)
        half = text_width(text, SMALL) / 2
        if any(x - half < end + 4 and start - 4 < x + half for start, end in taken):
            continue
        taken.append((x - half, x + half))
        texts += label(x, bottom + 18, text, size=None, anchor="middle")
    return "".join(parts) + small(texts)


def _line(
    one: Series, look: Style, along: Scale, across: Scale, bottom: float, wording: Wording
) -> str:
    path, pen = [], "M"
    marks, gaps = [], []
    for period, q in one.points:
        x = along(period)
        if not q.known:
            pen = "M"
            gaps.append(_gap(x, bottom, q, one, wording))
            continue
        y = across(q.value)
        path.append(f"{pen}{num(x)} {num(y)}")
        pen = "L"
        marks.append(marker(look, x, y, size=5.0 if one.role is Role.TERRITORY else 3.8))
    stroke = paint(fill="none", stroke=look.colour)
    drawn = tag(
        "path",
        f'd="{"".join(path)}" stroke-width="{num(look.width)}" stroke-linejoin="round"'
        f"{look.dashed} {stroke}",
    )
    return (drawn if path else "") + "".join(marks) + "".join(gaps)


def _gap(x: float, bottom: float, q: Quantity, one: Series, wording: Wording) -> str:
    """Stand the sign of an absent value on the time axis, for the territory only."""
    if one.role is not Role.TERRITORY:
        return ""
    sign = wording.sign(q)
    return haloed(label(x, bottom - 10, sign, anchor="middle", colour="territory", bold=True))


def _ends(
    series: Sequence[Series],
    looks: Sequence[Style],
    names: Sequence[tuple[str, ...]],
    along: Scale,
    across: Scale,
    right: float,
    *,
    top: float,
    bottom: float,
) -> str:
    """Name the lines at their ends, moved apart, with a thin lead where moved far."""
    ends = []
    for i, one in enumerate(series):
        known = [(along(period), across(q.value)) for period, q in one.points if q.known]
        if known:
            ends.append((i, *known[-1]))
    step = line_height(BASE)
    sizes = [step * len(names[i]) for i, _, _ in ends]
    centres = spread([y for _, _, y in ends], sizes, low=top - step / 2, high=bottom + step / 2)
    parts = []
    for (i, x, y), centre, size in zip(ends, centres, sizes, strict=True):
        if abs(centre - y) > 3 or x < right - 1:
            path = f'd="M{num(x + 7)} {num(y)}L{num(right + 16)} {num(centre)}" stroke-width="1"'
            parts.append(tag("path", f"{path} {paint(fill='none', stroke='axis')}"))
        for k, text in enumerate(names[i]):
            parts.append(
                label(
                    right + 19,
                    centre - size / 2 + step * (k + 0.5),
                    text,
                    colour=looks[i].colour,
                    bold=series[i].role is Role.TERRITORY,
                )
            )
    return "".join(parts)


def _finding(
    series: Sequence[Series],
    fmt: Callable[[Quantity], str],
    period_fmt: Callable[[float], str],
    wording: Wording,
) -> str:
    sentences = []
    for one in series:
        known = [(period, q) for period, q in one.points if q.known]
        if known:
            (since, first), (until, last) = known[0], known[-1]
            sentences.append(
                wording.evolution.format(
                    label=one.label,
                    first=fmt(first),
                    since=period_fmt(since),
                    last=fmt(last),
                    until=period_fmt(until),
                )
            )
        elif one.points:
            reason = wording.reason(one.points[-1][1])
            sentences.append(wording.labelled.format(label=one.label, value=reason) + ".")
    return " ".join(sentences)


def _data(
    series: Sequence[Series],
    periods: Sequence[float],
    fmt: Callable[[Quantity], str],
    period_fmt: Callable[[float], str],
    wording: Wording,
) -> tuple[tuple[str, ...], ...]:
    head = (wording.period, *(one.label for one in series))
    columns = [dict(one.points) for one in series]
    rows = [
        (
            period_fmt(period),
            *(
                printed(
                    column[period], fmt(column[period]) if column[period].known else "", wording
                )
                if period in column
                else ""
                for column in columns
            ),
        )
        for period in periods
    ]
    return (head, *rows)
