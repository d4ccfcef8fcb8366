"""Say in words what a column of codes is, and what is wrong with a code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from workbench.core.i18n import Messages, format_number, language
from workbench.geography.code_years import Fate

if TYPE_CHECKING:
    from workbench.geography.code_check import Verdict
    from workbench.geography.code_kinds import CodeBook
    from workbench.geography.vintage import VintageFit, VintageGuess

__all__ = ["told", "told_fate", "told_html", "told_reason", "typeset", "years"]

# What is shown at most: the rest is counted.
_FITS, _MISFITS, _OTHERS = 5, 5, 4


def told(guess: VintageGuess, lang: str) -> list[str]:
    """Say a guess, a line a statement, then the best years and what does not fit."""
    say = Messages(lang)
    lines = [*_statements(guess, say)]
    if guess.kind and guess.best is not None:
        lines += ["", f"{say('codes.table_title')}"]
        rows = [_heads(guess, say), *(_cells(guess, fit, say) for fit in guess.fits[:_FITS])]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            lines.append("  " + "  ".join(cells).rstrip())
        title, told_misfits = _misfits(guess, say)
        lines += ["", title, *(f"  {text}" for text in told_misfits)] if told_misfits else []
    return lines


def told_html(guess: VintageGuess, lang: str) -> str:
    """Say a guess as HTML that takes the colours of the page it is in; values are escaped."""
    say = Messages(lang)
    first, *others = _statements(guess, say)
    parts = [Markup("<p><strong>{}</strong></p>").format(first)]
    parts.append(_html_list(others))
    if guess.kind and guess.best is not None:
        heads = Markup("").join(
            Markup('<th scope="col" style="text-align:left">{}</th>').format(head)
            for head in _heads(guess, say)
        )
        rows = Markup("").join(
            Markup("<tr>{}</tr>").format(
                Markup("").join(
                    Markup('<td style="text-align:left">{}</td>').format(cell)
                    for cell in _cells(guess, fit, say)
                )
            )
            for fit in guess.fits[:_FITS]
        )
        table = Markup("<table><caption>{}</caption><tr>{}</tr>{}</table>")
        parts.append(table.format(say("codes.table_title"), heads, rows))
        title, misfits = _misfits(guess, say)
        if misfits:
            parts.append(Markup("<p>{}</p>").format(title))
            parts.append(_html_list(misfits))
    return str(Markup('<div lang="{}">{}</div>').format(lang, Markup("").join(parts)))


def _html_list(lines: list[str]) -> Markup:
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup("<ul>{}</ul>").format(items)


def _statements(guess: VintageGuess, say: Messages) -> Iterator[str]:
    size = [say("codes.rows", count=guess.rows)]
    size += [say("codes.without_code", count=guess.empty)] if guess.empty else []
    yield ", ".join([*size, say("codes.values", count=guess.distinct)])
    if not guess.distinct:
        yield say("codes.kind_empty")
        return
    if not guess.kind:
        yield say("codes.kind_none")
        return
    kind = guess.book.kinds[guess.kind]
    many = typeset(kind.many, say)
    if guess.unread:
        yield say("codes.kind_most", many=many, others=say("codes.others", count=guess.unread))
    else:
        alone = guess.distinct == 1
        one = _one(guess.book, guess.kind, say)
        yield say("codes.kind_one", one=one) if alone else say("codes.kind_all", many=many)
    for rival in guess.rivals:
        yield say("codes.kind_rival", many=typeset(guess.book.kinds[rival].many, say))
    if kind.advice:
        yield typeset(kind.advice, say)
    if guess.best is not None:
        yield from _year_statements(guess, guess.best, say)
    yield say(f"codes.confidence_{guess.confidence.value}")


def _year_statements(guess: VintageGuess, best: VintageFit, say: Messages) -> Iterator[str]:
    if best.misfits:
        yield say("codes.year_most", years=years(best, say), count=best.misfits)
    else:
        yield say("codes.year_all", years=years(best, say))
    if best.first != best.last:
        yield say("codes.year_tied")
    if len(guess.ties) > 1:
        yield say("codes.year_ties", years=", ".join(years(fit, say) for fit in guess.ties[1:]))
    if guess.changed:
        yield say("codes.year_changed", count=guess.changed)
    if guess.complete:
        yield say("codes.year_complete")
    if guess.mixed:
        yield say("codes.year_mixed")


def typeset(text: Mapping[str, str], say: Messages) -> str:
    """Return a text of the pack in a language, or in its own, with the spaces it asks for."""
    lang = say.lang if say.lang in text else next(iter(text))
    return language(lang).typeset(text[lang])


def years(fit: VintageFit, say: Messages) -> str:
    """Write the years of a fit: *2014 to 2015*, or the only one."""
    if fit.first == fit.last:
        return say("codes.years_one", first=str(fit.first))
    return say("codes.years_range", first=str(fit.first), last=str(fit.last))


def _heads(guess: VintageGuess, say: Messages) -> tuple[str, ...]:
    named = ("years", "fit", "misfit", *(("missing",) if guess.complete else ()))
    return tuple(say(f"codes.table_{name}") for name in named)


def _cells(guess: VintageGuess, fit: VintageFit, say: Messages) -> tuple[str, ...]:
    figures = (fit.distinct, fit.misfits, *((fit.missing,) if guess.complete else ()))
    return (years(fit, say), *(format_number(figure, 0, say.lang) for figure in figures))


def _misfits(guess: VintageGuess, say: Messages) -> tuple[str, list[str]]:
    """Say what became of the codes that are not on the best map, or on the next best without."""
    fits = [fit for fit in guess.fits if fit.misfits]
    if not fits:
        return "", []
    year = fits[0].last
    found = guess.misfits(year)
    lines = [told_fate(fate, say) for fate in found[:_MISFITS]]
    if len(found) > _MISFITS:
        lines.append(say("codes.more", count=len(found) - _MISFITS))
    return say("codes.misfits_title", year=str(year)), lines


def told_fate(fate: Fate, say: Messages) -> str:
    """Say why a code is not on a map: *14697 became 14472 on 2014-01-01*."""
    text = _told_alone(fate, say)
    # What is the same as what it became that day needs no second word.
    if fate.then and fate.then != fate.others:
        return say("codes.fate_now", fate=text, then=_listed(fate.then, say))
    return text


def _told_alone(fate: Fate, say: Messages) -> str:
    others = _listed(fate.others, say)
    if fate.day is None:
        return say(f"codes.fate_{'ended' if fate.past else 'later'}", code=fate.code)
    day = fate.day.isoformat()
    if not fate.past:
        if not others:
            return say("codes.fate_began", code=fate.code, day=day)
        return say("codes.fate_came", code=fate.code, day=day, others=others)
    if not others:
        return say("codes.fate_ended_on", code=fate.code, day=day)
    name = "codes.fate_became" if len(fate.others) == 1 else "codes.fate_shared"
    return say(name, code=fate.code, day=day, others=others)


def _listed(codes: tuple[str, ...], say: Messages) -> str:
    shown = ", ".join(codes[:_OTHERS])
    left = len(codes) - _OTHERS
    return f"{shown} {say('codes.more', count=left)}" if left > 0 else shown


def told_reason(verdict: Verdict, book: CodeBook, lang: str, *, expected: str = "") -> str:
    """Say what is wrong with a value, in words.

    Parameters
    ----------
    verdict : Verdict
    book : CodeBook
    lang : str
    expected : str
        Kind of code expected; that of the base level by default.
    """
    say = Messages(lang)
    reason = verdict.reason.value
    others = _named(verdict.others, book, say)
    if reason == "not_in_force":
        fate = verdict.fate
        told = told_fate(fate, say) if fate else say("codes.reason_unknown")
        if not verdict.kind:
            return told
        one = _one(book, verdict.kind, say)
        either = say("codes.reason_stands_for", one=one, others=others) if others else one
        return say("codes.reason_either", told=told, either=either)
    if reason == "damaged":
        return say("codes.reason_damaged", damage=_damage(verdict, say))
    if reason == "former":
        return say("codes.reason_former", others=", ".join(verdict.others))
    if reason == "part":
        return say("codes.reason_part", one=_one(book, verdict.kind, say), others=others)
    if reason == "other_kind":
        one = _one(book, verdict.kind, say)
        if others:
            return say("codes.reason_stands_for", one=one, others=others)
        return say("codes.reason_other_kind", one=one)
    if reason == "malformed":
        return say("codes.reason_malformed", one=_one(book, expected or book.base, say))
    return say(f"codes.reason_{reason}")


def _one(book: CodeBook, kind: str, say: Messages) -> str:
    return typeset(book.kinds[kind].one, say)


def _named(codes: tuple[str, ...], book: CodeBook, say: Messages) -> str:
    """List base codes with their names."""
    shown = [f"{code} {book.name(book.base, code)}".strip() for code in codes[:_OTHERS]]
    left = len(codes) - _OTHERS
    return ", ".join(shown) + (f" {say('codes.more', count=left)}" if left > 0 else "")


def _damage(verdict: Verdict, say: Messages) -> str:
    return ", ".join(say(f"codes.damage_{damage.value}") for damage in verdict.damage)
