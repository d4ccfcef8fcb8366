"""``workbench compare``: which figures changed between two editions, and why."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Mapping, Sequence, Sized
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workbench.reports.changes import Change, Told, Touched
    from workbench.reports.compare import Comparison

__all__ = ["EXAMPLES", "HELP", "compare"]

HELP = """Tell which figures changed between two editions of reports, and what made them change.

An edition is a folder as its last run left it, or FOLDER@N as its run number N did. Causes: \
data (what was read), perimeter (the ground of the territory), template (the notebook), code (the \
package, the declaration of an indicator), environment (Python, its packages), pack (its words, \
levels, sources), question (parameters, titles, links). Several are named when several changed."""
EXAMPLES = """Examples

[bold]workbench compare reports/portrait@1 reports/portrait[/bold]   what changed since run 1

[bold]workbench compare old new --territory 59[/bold]   the figures of one territory

[bold]workbench compare old new --indicator share_flats --limit 50[/bold]

[bold]workbench compare old new --json[/bold]   every change, one a line"""

# What changed is named up to here for each cause.
_NAMED = 3


def compare(
    before: Annotated[str, typer.Argument(metavar="RUN_A", help="Folder, or FOLDER@N.")],
    after: Annotated[str, typer.Argument(metavar="RUN_B", help="Folder, or FOLDER@N.")],
    *,
    territory: Annotated[
        str, typer.Option("--territory", "-t", metavar="CODE", help="One territory only.")
    ] = "",
    indicator: Annotated[
        str, typer.Option("--indicator", "-i", metavar="NAME", help="One indicator only.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="Lines shown at most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Print a summary, or the changes of one territory or indicator."""
    from workbench.reports.compare import compare as compare_editions
    from workbench.reports.editions import open_edition

    # A million small records without a cycle: to look for one would double the time.
    gc.disable()
    try:
        found = compare_editions(open_edition(before), open_edition(after))
        if territory or indicator:
            found = found.only(territory=territory, indicator=indicator)
        if as_json:
            _write(found)
        elif territory or indicator:
            _tell(found)
            _list(found.changes, limit)
        else:
            _tell(found)
            _sum_up(found.by_indicator(), limit)
    finally:
        gc.enable()


def _write(found: Comparison) -> None:
    """Write JSON a change a line: there may be two million."""
    said = json.dumps(_plain(found), ensure_ascii=False)
    sys.stdout.write(f'{said[:-1]}, "changes": [')
    for number, change in enumerate(found.changes):
        sys.stdout.write(",\n" if number else "\n")
        sys.stdout.write(json.dumps(_row(change), ensure_ascii=False))
    sys.stdout.write("]}\n")


def _plain(found: Comparison) -> Mapping[str, Any]:
    editions = {
        name: {"folder": each.folder, "run": each.run, **asdict(each.facts)}
        for name, each in (("before", found.before), ("after", found.after))
    }
    return {
        **editions,
        "territories": len(found.territories),
        "figures_by_cause": found.by_cause(),
        "other_pages_by_cause": found.pages_by_cause(),
        "what_changed": found.reasons,
        "only_before": found.only_before,
        "only_after": found.only_after,
        "indicators": [
            {**asdict(each), "largest": each.largest and _row(each.largest)}
            for each in found.by_indicator()
        ],
        "other_pages": found.pages,
    }


def _row(change: Change) -> dict[str, Any]:
    was, now = change.before, change.after
    return {
        "level": change.level,
        "territory": change.code,
        "indicator": change.indicator,
        "kind": change.kind,
        "before": was and was._asdict(),
        "after": now and now._asdict(),
        "difference": change.difference,
        "relative": change.relative,
        "causes": change.causes,
    }


def _tell(found: Comparison) -> None:
    """Say what was compared, then count by cause."""
    from workbench.cli.terminal import console, print_table
    from workbench.reports.causes import CAUSES

    out = console()
    places = {(change.level, change.code) for change in found.changes}
    out.print(f"{found.before.name} → {found.after.name}", style="bold", soft_wrap=True)
    out.print(
        f"{_count(found.territories, 'territory', 'territories')} in both: "
        f"{_count(found.changes, 'figure')} changed, of "
        f"{_count(places, 'territory', 'territories')}; "
        f"{_count(found.pages, 'other page')} changed"
    )
    for edition, pages in ((found.before, found.only_before), (found.after, found.only_after)):
        if pages:
            out.print(f"only in {edition.name}: {_count(pages, 'page')}, {_some(pages)}")
    figures, pages_of = found.by_cause(), found.pages_by_cause()
    rows = [
        (
            cause,
            f"{figures.get(cause, 0):,}",
            f"{pages_of.get(cause, 0):,}",
            _some(found.reasons.get(cause, ())),
        )
        for cause in CAUSES
        if cause in figures or cause in pages_of
    ]
    if rows:
        out.print()
        print_table(("cause", "figures", "other pages", "what changed"), rows, right=1)


def _count(things: Sized, one: str, many: str = "") -> str:
    return f"{len(things):,} {one if len(things) == 1 else many or f'{one}s'}"


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED:,} more" if len(names) > _NAMED else shown


def _sum_up(touched: Sequence[Touched], limit: int) -> None:
    """Print the indicators most touched."""
    from workbench.cli.terminal import console, print_table

    if not touched:
        return
    rows = [
        (
            each.indicator,
            f"{each.territories:,}",
            ", ".join(_counted(each)),
            ", ".join(each.causes),
            f"{each.largest.level} {each.largest.code}: {_said(each.largest)}"
            if each.largest
            else "",
        )
        for each in touched[:limit]
    ]
    console().print()
    print_table(("indicator", "territories", "changes", "causes", "largest change"), rows, right=1)
    _rest(len(touched), limit)


def _counted(each: Touched) -> list[str]:
    """Count the changes of an indicator by kind: *118 value*, *3 2022 → 2023*."""
    periods = "; ".join(each.periods)
    return [
        f"{count:,} {periods if kind == 'period' else kind}" for kind, count in each.kinds.items()
    ]


def _list(changes: Sequence[Change], limit: int) -> None:
    """Print some changes, the largest first."""
    from workbench.cli.terminal import console, print_table
    from workbench.reports.changes import size_of

    if not changes:
        return
    rows = [
        (f"{each.level} {each.code}", each.indicator, _said(each), ", ".join(each.causes))
        for each in sorted(changes, key=size_of, reverse=True)[:limit]
    ]
    console().print()
    print_table(("territory", "indicator", "change", "causes"), rows)
    _rest(len(changes), limit)


def _rest(count: int, limit: int) -> None:
    from workbench.cli.terminal import console

    if count > limit:
        console().print(f"{count - limit:,} more: --limit {count}, or --json for all")


def _said(change: Change) -> str:
    """Write a change: *2,604,361 → 2,615,635 (+11,274, +0.4 %), 2022 → 2023*."""
    was, now = change.before, change.after
    if was is None or now is None:
        known = was or now
        return f"{change.kind}: {_figure(known)} in {known.period}" if known else change.kind
    text = f"{_figure(was)} → {_figure(now)}"
    if change.difference:
        relative = change.relative
        share = "" if relative is None else f", {_number(100 * relative, sign='+', decimals=1)} %"
        text += f" ({_number(change.difference, sign='+')}{share})"
    return f"{text}, {was.period} → {now.period}" if change.kind == "period" else text


def _figure(told: Told) -> str:
    return told.status if told.value is None else _number(told.value)


def _number(value: float, *, sign: str = "", decimals: int = 4) -> str:
    """Write a number with some decimals at most; one too small for them by its first digits."""
    if value and abs(value) < 10**-decimals:
        return f"{value:{sign}.1e}"
    return f"{value:{sign},.{decimals}f}".rstrip("0").rstrip(".")
