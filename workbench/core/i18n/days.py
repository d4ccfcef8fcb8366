"""Days in words."""

from __future__ import annotations

from datetime import date

from workbench.core.i18n.catalogue import translate

__all__ = ["spell_day"]


def spell_day(day: date, lang: str) -> str:
    """Write a day in full.

    Examples
    --------
    >>> spell_day(date(1977, 4, 24), "fr"), spell_day(date(2026, 1, 1), "en")
    ('24 avril 1977', '1 January 2026')
    """
    month = translate(f"history.month_{day.month}", lang)
    form = "first" if day.day == 1 else "other"
    return translate(
        "history.day", lang, form=form, day=str(day.day), month=month, year=str(day.year)
    )
