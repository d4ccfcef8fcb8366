"""``workbench indicators``: what is measured, and how."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    from workbench.indicators.indicator import Indicator

__all__ = ["app"]

app = typer.Typer(help="List the indicators and what each one measures.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]
_Pack = Annotated[str, typer.Option(help="Pack whose words, caveats and sources are told.")]
_Lang = Annotated[str, typer.Option(help="Language of labels: fr or en.")]


@app.command(
    "list",
    help="List the indicators, by theme.",
    epilog="""Examples

[bold]workbench indicators list[/bold]

[bold]workbench indicators list --theme dwellings --lang fr[/bold]

[bold]workbench indicators list --json[/bold]""",
)
def list_all(
    *,
    theme: Annotated[str | None, typer.Option(help="One theme only.")] = None,
    lang: _Lang = "en",
    pack: _Pack = DEFAULT_PACK,
    as_json: _Json = False,
) -> None:
    """Print one line an indicator."""
    from workbench.cli.terminal import print_json, print_table
    from workbench.core.i18n import language
    from workbench.indicators.registry import catalogue_of
    from workbench.packs.pack import open_pack

    language(lang)
    chosen = catalogue_of(open_pack(pack)).indicators(theme)
    if as_json:
        print_json(chosen)
        return
    rows = [(each.id, each.label[lang], each.unit, each.kind.value, each.theme) for each in chosen]
    print_table(("indicator", "label", "unit", "kind", "theme"), rows)


@app.command(
    "show",
    help="Tell an indicator: formula, unit, reading, caveats, sources.",
    epilog="""Examples

[bold]workbench indicators show share_under_20[/bold]

[bold]workbench indicators show population_density --lang fr[/bold]""",
)
def show(
    name: Annotated[str, typer.Argument(help="Identifier, such as share_under_20.")],
    *,
    lang: _Lang = "en",
    pack: _Pack = DEFAULT_PACK,
    as_json: _Json = False,
) -> None:
    """Print what the indicator declares."""
    from workbench.cli.terminal import print_facts, print_json
    from workbench.core.i18n import language
    from workbench.indicators.registry import catalogue_of
    from workbench.packs.pack import open_pack

    language(lang)
    opened = open_pack(pack)
    indicator = catalogue_of(opened).get(name)
    if as_json:
        print_json(indicator)
        return
    spec = opened.spec
    # A pack says where its own variables come from, whatever country the catalogue was made for.
    counted = [spec.variables[each] for each in _variables(indicator) if each in spec.variables]
    sources = dict.fromkeys(name for each in counted for name in each.sources)
    caveats = dict.fromkeys(
        name
        for name in (*indicator.caveats, *(name for each in counted for name in each.caveats))
        if name in spec.caveats
    )
    told = lang if lang in spec.languages else spec.default_language
    facts = {
        "description": indicator.description[lang],
        "formula": _formula(indicator),
        "unit": indicator.unit,
        "kind": indicator.kind.value,
        "reading": indicator.reading.replace("_", " "),
        "levels": ", ".join(indicator.levels),
        "suppressed": _suppressed(indicator),
        "caveats": "\n".join(spec.caveats[name][told] for name in caveats),
        "sources": "\n".join(
            f"{spec.sources[name].title[told]}, {spec.sources[name].producer}" for name in sources
        ),
    }
    print_facts(f"{indicator.label[lang]} ({indicator.id})", facts)


def _variables(indicator: Indicator) -> tuple[str, ...]:
    """Name the variables that the calculation reads, in the order of its formula."""
    first = (*indicator.numerator, *indicator.denominator)
    return tuple(dict.fromkeys((*first, *sorted(indicator.variables))))


def _formula(indicator: Indicator) -> str:
    """Write the calculation on one line."""
    text = " + ".join(indicator.numerator)
    if indicator.denominator:
        below = " + ".join(indicator.denominator)
        text = f"{_grouped(text)} / {_grouped(below)}"
    if indicator.scale != 1:
        text = f"{indicator.scale:g} × {text}"
    for rule in indicator.where:
        compared = f"{rule.variable} / {rule.per}" if rule.per else rule.variable
        least = f"{rule.at_least:g} ≤ " if math.isfinite(rule.at_least) else ""
        below = f" < {rule.below:g}" if math.isfinite(rule.below) else ""
        text += f", where {least}{compared}{below}"
    return f"{indicator.calculation}: {text}"


def _grouped(text: str) -> str:
    return f"({text})" if " + " in text else text


def _suppressed(indicator: Indicator) -> str:
    least = indicator.minimum_denominator
    return f"when the denominator is under {least:g}" if least else ""
