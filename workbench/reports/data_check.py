"""Tell what a check of a file found: a page for whoever works on it, a letter for its producer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from workbench.core.aside import written_aside
from workbench.core.errors import DirectoryNotWritable
from workbench.core.i18n import format_number, translate
from workbench.loaders.checking.record import Checked, Group, speak
from workbench.reports.assets import Assets, content_policy, templates_folder

__all__ = ["render_letter", "render_page", "write_page"]

_EXAMPLES = 3  # of a group, in the letter
_FIRST = 6  # groups that a letter of one page has room for
_ROWS = 200  # of a group, on the page; the JSON has more
_LONG = 80  # characters of a value that are shown


@dataclass(frozen=True, slots=True)
class _Item:
    """Hold what a letter says of a group."""

    title: str
    where: str
    examples: tuple[tuple[str, str], ...]
    repair: str
    count: int


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(templates_folder() / "check"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(name: str, checked: Checked, **values: object) -> str:
    say = speak(checked.lang)
    own = (templates_folder() / "check" / "check.css").read_text("utf-8")
    style = "".join(asset.text for asset in Assets.standalone().styles) + own

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
    return _render("page.html.j2", checked, rows=_ROWS)


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
        with written_aside(path) as aside:
            aside.write_text(text, "utf-8")
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
    reasons = list(dict.fromkeys(each.reason for each in located))
    title = reasons[0] if len(reasons) == 1 else group.title
    return _Item(
        title[:1].upper() + title[1:],
        where,
        tuple(seen.values())[:_EXAMPLES],
        repairs[0] if len(repairs) == 1 else "",
        group.count,
    )


def _some(names: list[str], checked: Checked) -> str:
    shown = ", ".join(names[:5])
    return f"{shown}…" if len(names) > 5 else shown
