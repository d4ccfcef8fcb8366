"""The identity of a territory: code, map, parents, parts, postcodes, what it has absorbed."""

from __future__ import annotations

from workbench.core.i18n import format_number
from workbench.core.types import Status, Territory
from workbench.indicators.profile import Profile
from workbench.packs.pack import Pack
from workbench.reports.portrait.words import Words, escape

__all__ = ["identity_html", "own_caveats"]


def identity_html(profile: Profile, words: Words) -> str:
    """Write the identity as tiles (key figures) and a description list."""
    return _tiles(profile, words) + _facts(profile, words) + _notes(profile, words)


def _notes(profile: Profile, words: Words) -> str:
    """Say first what must be known before reading this territory's figures."""
    spec = words.pack.spec
    texts = [words.say("simulated")] if spec.simulated else []
    texts += [spec.caveats[name][words.lang] for name in own_caveats(profile, words.pack)]
    said = "".join(f"<p>{escape(text)}</p>" for text in texts)
    return f'<div class="wb-note wb-important" role="note">{said}</div>' if said else ""


def own_caveats(profile: Profile, pack: Pack) -> list[str]:
    """Name the caveats that only this territory has: a series kept constant, figures shared out."""
    own = [str(r["caveat"]) for r in pack.spec.constant if r["variable"] in profile.repeated]
    statuses = {reading.value.status for reading in profile.readings.values()}
    if Status.APPORTIONED in statuses and "apportioned" in pack.spec.caveats:
        own.append("apportioned")
    return own


def _tiles(profile: Profile, words: Words) -> str:
    tiles = []
    for name in ("population", "population_density", "population_change_relative"):
        reading = profile.readings.get(name)
        if reading is None:
            continue
        indicator = reading.indicator
        number = words.cell(indicator, profile.territory.level)(reading.value)
        unit = words.unit(indicator)
        shown = f"{escape(number)} <small>{escape(unit)}</small>" if unit else escape(number)
        tiles.append((words.label(indicator), shown, words.period(reading)))
    if (size := _parts(profile, words)) is not None:
        tiles.append((words.say("holds"), size, str(profile.territory.vintage)))
    cells = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{shown}</dd><dd>{escape(period)}</dd></div>"
        for label, shown, period in tiles
    )
    return f'<dl class="wb-tiles">{cells}</dl>'


def _parts(profile: Profile, words: Words) -> str | None:
    pack, territory = words.pack, profile.territory
    base = pack.spec.base_level
    if territory.level == base or pack.parts_level(territory.level) == territory.level:
        return None
    count = len(pack.territories.children(territory, base))
    number = format_number(count, 0, words.lang)
    return f"{escape(number)} <small>{escape(words.noun(base, 'many'))}</small>"


def _facts(profile: Profile, words: Words) -> str:
    pack, territory = words.pack, profile.territory
    facts = [
        *_other_names(words, territory),
        (words.say("code"), escape(territory.code)),
        (words.say("level"), escape(words.noun(territory.level))),
        (words.say("vintage"), escape(_map_date(words, territory))),
    ]
    levels = [
        name for name in pack.level(territory.level).parents if name != pack.spec.country_level
    ]
    parents = pack.territories.parents(territory, levels)
    if parents:
        named = (
            f"{escape(parent.name)} ({escape(words.noun(parent.level))} {escape(parent.code)})"
            for parent in parents
        )
        facts.append((words.say("belongs"), ", ".join(named)))
    if territory.postcodes:
        facts.append((words.say("postcodes"), escape(", ".join(territory.postcodes))))
    if territory.level == pack.spec.base_level and len(former := pack.former(territory.code)):
        listed = (
            f"{escape(name)} ({escape(', '.join([code, *_kind(words, kind)]))})"
            for code, name, kind in former.itertuples(index=False)
        )
        facts.append((words.say("former"), ", ".join(listed)))
    items = "".join(f"<div><dt>{escape(term)}</dt><dd>{fact}</dd></div>" for term, fact in facts)
    return f'<dl class="wb-facts">{items}</dl>'


def _map_date(words: Words, territory: Territory) -> str:
    """Say of when the map is: its year, or the day that the pack gives."""
    pattern = words.pack.spec.map_date.get(words.lang, "{year}")
    return pattern.replace("{year}", str(territory.vintage))


def _other_names(words: Words, territory: Territory) -> list[tuple[str, str]]:
    """Give the names in other languages, each marked with its language and direction."""
    return [
        (
            other.label[words.lang],
            f'<bdi lang="{escape(lang)}" dir="{escape(other.direction)}">'
            f"{escape(territory.names[lang])}</bdi>",
        )
        for lang, other in words.pack.spec.other_names.items()
        if lang in territory.names
    ]


def _kind(words: Words, kind: str) -> list[str]:
    """Say what became of a former territory, where the pack has a word for it."""
    known = words.pack.spec.former_kinds
    return [known[kind][words.lang]] if kind in known else []
