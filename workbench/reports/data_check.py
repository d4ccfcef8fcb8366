"""Tell what a check of a file found: a page for whoever works on it, a letter for its producer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from workbench.core.errors import DirectoryNotWritable
from workbench.core.i18n import format_number, translate
from workbench.figures.figure import write
from workbench.loaders.checking.record import Checked, Group, speak
from workbench.loaders.decided import told_decisions
from workbench.reports.assets import content_policy
from workbench.reports.rendering import html_environment, style_with

__all__ = ["render_letter", "render_page", "write_page"]

_EXAMPLES = 3  # of a group, in the letter
_FIRST = 6  # groups that a letter of one page has room for
_ROWS = 60  # values of a group, on the page; the JSON has more
_LINES = 12  # runs of lines that are named beside a value
_HEADS = ("lines", "column", "value", "reason", "repair")
_LONG = 80  # characters of a value that are shown


@dataclass(frozen=True, slots=True)
class _Item:
    """Hold what a letter says of a group."""

    title: str
    where: str
    reason: str
    examples: tuple[tuple[str, str], ...]
    repair: str


@dataclass(frozen=True, slots=True)
class _Value:
    """Hold what the page says of a value: once for all the lines that have it."""

    column: str
    value: str
    lines: str
    reason: str
    repair: str


@dataclass(frozen=True, slots=True)
class _Section:
    """Hold what the page says of a group; a reason, a repair, once when they are of all."""

    id: str
    title: str
    group: Group
    reason: str
    repair: str
    values: tuple[_Value, ...]
    more: int

    @property
    def heads(self) -> tuple[str, ...]:
        """Columns of its table."""
        shown = {name for each in self.values for name in _HEADS if getattr(each, name)}
        return tuple(name for name in _HEADS if name in shown)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return html_environment("check")


def _render(name: str, checked: Checked, **values: object) -> str:
    say = speak(checked.lang)
    style = style_with("check/check.css")

    def said(message: str, **words: Any) -> str:
        return say(f"check.{message}", **words)

    def digits(count: int) -> str:
        return format_number(count, 0, checked.lang)

    return (
        _environment()
        .get_template(name)
        .render(
            checked=checked,
            said=said,
            digits=digits,
            style=style,
            policy=content_policy(styles=[style]),
            decisions=told_decisions(checked.decisions, checked.told, checked.lang)[1],
            shown=_shown,
            **values,
        )
    )


def render_page(checked: Checked) -> str:
    """Write the page of a check: summary, each problem with its place, how the file was read.

    Parameters
    ----------
    checked : Checked

    Returns
    -------
    str
        HTML that needs no other file; what the file holds is escaped.

    Examples
    --------
    >>> page = render_page(Checked("<b>.csv", 2, 0, (), lang="en"))
    >>> "&lt;b&gt;.csv" in page, "<b>" in page
    (True, False)
    """
    sections = [
        _section(group, place, checked.lang) for place, group in enumerate(checked.groups, start=1)
    ]
    return _render("page.html.j2", checked, sections=sections)


def _section(group: Group, place: int, lang: str) -> _Section:
    reasons = {each.reason for each in group.problems}
    repairs = {each.repair for each in group.problems}
    one = len(reasons) == 1, len(repairs) == 1
    lines: dict[tuple[str, str, str, str], list[int]] = {}
    for each in group.problems:
        column = "" if each.column == group.column else each.column
        reason = "" if one[0] else each.reason
        key = (column, each.value, reason, "" if one[1] else each.repair)
        lines.setdefault(key, []).extend([each.row] if each.row is not None else [])
    values = [
        _Value(column, value, _runs(found, lang), reason, repair)
        for (column, value, reason, repair), found in lines.items()
    ]
    shown = {key: len(found) or 1 for key, found in list(lines.items())[:_ROWS]}
    title = f"{group.title[:1].upper()}{group.title[1:]}"
    said = reasons.pop() if one[0] else ""
    return _Section(
        f"p{place}",
        title,
        group,
        said if said and _says_more(group, said) else "",
        repairs.pop() if one[1] else "",
        tuple(values[:_ROWS]),
        group.count - sum(shown.values()),
    )


def _runs(lines: Sequence[int], lang: str) -> str:
    """Name lines, those that follow each other as one run.

    Examples
    --------
    >>> _runs([3, 5, 6, 7, 9], "en")
    '3, 5–7, 9'
    """
    runs: list[list[int]] = []
    for line in sorted(lines):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    shown = [f"{first}" if first == last else f"{first}–{last}" for first, last in runs[:_LINES]]
    left = sum(last - first + 1 for first, last in runs[_LINES:])
    if left:
        shown.append(speak(lang)("check.lines_more", count=left))
    return ", ".join(shown)


def render_letter(checked: Checked, *, day: date) -> str:
    """Write the letter to the producer of a file: what is right, and what to correct first.

    Parameters
    ----------
    checked : Checked
    day : date
        Of the letter.

    Returns
    -------
    str
        HTML of one printed page.
    """
    first = [_item(group, checked) for group in checked.groups if group.fatal]
    others = [_item(group, checked) for group in checked.groups if not group.fatal]
    shown = first[:_FIRST] or []
    room = _FIRST - len(shown)
    return _render(
        "letter.html.j2",
        checked,
        day=_day(day, checked.lang),
        first=shown,
        others=others[:room],
        left=len(first) + len(others) - len(shown) - len(others[:room]),
    )


def write_page(path: Path, text: str) -> None:
    """Write a page aside, then move it to its place.

    Raises
    ------
    DirectoryNotWritable
    """
    try:
        write(path, text)
    except OSError as error:
        raise DirectoryNotWritable(
            f"Cannot write {path}: {error.strerror}. Give the name of a file in a folder that "
            "exists and can be written."
        ) from error


def _shown(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def _day(day: date, lang: str) -> str:
    month = translate(f"history.month_{day.month}", lang)
    form = "first" if day.day == 1 else "other"
    words = {"day": str(day.day), "month": month, "year": str(day.year)}
    return translate("history.day", lang, form=form, **words)


def _item(group: Group, checked: Checked) -> _Item:
    say = speak(checked.lang)
    located = [each for each in group.problems if each.row is not None]
    columns = list(dict.fromkeys(each.column for each in group.problems if each.column))
    if located and columns:
        where = say("check.where_cells", count=group.count, column=", ".join(columns))
    elif located:
        where = say("check.where_rows", count=group.count)
    else:
        where = say("check.where_columns", count=len(columns), columns=_some(columns, checked))
    seen: dict[str, tuple[str, str]] = {}
    for each in located:
        seen.setdefault(each.value, (say("check.line", row=str(each.row)), _shown(each.value)))
    # What is not true of all of them is left to the page.
    repairs = list(dict.fromkeys(each.repair for each in group.problems))
    reasons = list(dict.fromkeys(each.reason for each in group.problems))
    return _Item(
        group.title[:1].upper() + group.title[1:],
        where,
        reasons[0] if len(reasons) == 1 and _says_more(group, reasons[0]) else "",
        tuple(seen.values())[:_EXAMPLES],
        repairs[0] if len(repairs) == 1 else "",
    )


def _says_more(group: Group, reason: str) -> bool:
    """Tell whether a reason names something, in place of saying again what the title does."""
    message = speak("en").entries.get(f"check.{group.rule}")
    return reason != group.title and (message is None or bool(message.placeholders))


def _some(names: list[str], checked: Checked) -> str:
    shown = ", ".join(names[:5])
    return f"{shown}…" if len(names) > 5 else shown
