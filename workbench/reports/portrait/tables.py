"""The tables of a portrait: indicators of a theme, peers, absent figures, sources."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Sequence

from workbench.core.i18n import format_number
from workbench.core.types import Quantity, Status
from workbench.figures.figure import TableFigure
from workbench.figures.table import Columns, Row, table
from workbench.indicators.profile import Profile
from workbench.indicators.reading import Position, Reading
from workbench.indicators.registry import catalogue_of
from workbench.reports.portrait.identity import own_caveats
from workbench.reports.portrait.words import Words, escape

__all__ = ["absent_html", "peers_html", "sources_html", "theme_table"]


def theme_table(
    readings: Sequence[Reading],
    profile: Profile,
    words: Words,
    *,
    key: str,
    title: str,
    told: Collection[str] = (),
    note: str = "",
) -> TableFigure:
    """Write one row an indicator: value, references, peers, change, rank and trend.

    The rows `told` in sentences also give the range of the peers, which sentences quote.
    `note` ends the caption.
    """
    has_peers = bool(profile.peers)
    has_change = any(reading.change for reading in readings)
    has_position = any(reading.positions for reading in readings)
    names = [reference.name for reference in profile.references]
    columns = Columns(
        subject=words.say("indicator"),
        value=profile.territory.name,
        references=(*names, *((words.say("peers_median"),) if has_peers else ())),
        change=words.say("change") if has_change else "",
        position=words.say("position") if has_position else "",
        trend=words.say("trend") if has_change else "",
    )
    rows = [
        _row(reading, words, has_peers=has_peers, told=reading.indicator.id in told)
        for reading in readings
    ]
    caption = ""
    if has_position:
        level = profile.territory.level
        of = max(r.positions[0].of for r in readings if r.positions)
        caption = words.say(
            "table_caption" if has_peers else "table_caption_alone",
            of=format_number(of, 0, words.lang),
            levels=words.noun(level, "many"),
        )
    caption = " ".join(filter(None, (caption, note)))
    return table(
        rows, key=key, title=title, columns=columns, caption=caption, wording=words.wording
    )


def _row(reading: Reading, words: Words, *, has_peers: bool, told: bool) -> Row:
    indicator, change = reading.indicator, reading.change
    references = [quantity for _, quantity in reading.references]
    if has_peers:
        references.append(_median([quantity for _, quantity in reading.peers]))
    level = reading.territory.level
    ranked = not indicator.classes and not words.is_flag(indicator, level)
    national = next((p for p in reading.positions if ranked and p.among == "country"), None)
    return Row(
        label=words.label(indicator),
        value=reading.value,
        fmt=words.cell(indicator, level),
        references=tuple(references),
        # A town hall has a site or has none; those it is compared with have a share of them.
        reference_fmt=words.cell(indicator, ""),
        reference_note=_range(reading, words) if has_peers and told else "",
        note=", ".join(filter(None, [words.unit(indicator), words.period(reading)])),
        change=change.amount if change else None,
        change_fmt=words.amount(change.unit, change.decimals) if change else None,
        change_note=f"{change.since}–{change.until}" if change else "",
        quantile=national.quantile if national else None,
        position=_ranks(reading.positions, words) if national else "",
        series=reading.series if change else (),
    )


def _ranks(positions: Sequence[Position], words: Words) -> str:
    """Write the rank in the country, then among the siblings of a parent level."""
    texts = []
    for place in positions:
        rank, of = (format_number(number, 0, words.lang) for number in (place.rank, place.of))
        if place.among == "country":
            texts.append(words.say("rank", rank=rank, of=of))
        else:
            holder = words.noun(place.among)
            texts.append(words.say("rank_within", rank=rank, of=of, holder=holder))
    # A line may break between the two ranks, not inside one.
    return ", ".join(text.replace(" ", "\N{NO-BREAK SPACE}") for text in texts)


def _range(reading: Reading, words: Words) -> str:
    """Write the lowest and highest of the peers, which sentences may quote."""
    known = [quantity for _, quantity in reading.peers if quantity.known]
    if reading.indicator.classes or not known:
        return ""
    write = words.cell(reading.indicator, reading.territory.level)
    low, high = (pick(known, key=lambda q: q.value) for pick in (min, max))
    return words.say("peers_range", low=write(low), high=write(high))


def _median(quantities: Sequence[Quantity]) -> Quantity:
    """Return the middle one of the peers' figures: it summarises a list, it is no aggregate."""
    known = [quantity.value for quantity in quantities if quantity.known]
    if not known:
        return Quantity.absent(Status.MISSING)
    return Quantity(statistics.median_low(known))


def peers_html(profile: Profile, words: Words) -> str:
    """Name the peers and say why they are: what is most and least alike."""
    variables = [str(v["indicator"]) for v in words.pack.spec.peers["variables"]]
    known = [
        words.label(catalogue_of(words.pack).get(name))
        for name in variables
        if name in profile.readings
    ]
    intro = words.say(
        "peers_intro",
        count=str(len(profile.peers)),
        many=words.noun(profile.territory.level, "many"),
        variables=words.lexicon.grammar.join([text[0].lower() + text[1:] for text in known]),
    )
    heads = ("peers_name", "peers_alike", "peers_unlike", "peers_distance")
    head = "".join(f'<th scope="col">{escape(words.say(name))}</th>' for name in heads)
    lines = []
    for peer, resemblance in zip(profile.peers, profile.resemblances, strict=True):
        gaps = [words.label(catalogue_of(words.pack).get(gap.variable)) for gap in resemblance.gaps]
        distance = format_number(resemblance.distance, 2, words.lang)
        lines.append(
            f'<tr><th scope="row">{escape(peer.name)} <span class="wb-muted">{escape(peer.code)}'
            f"</span></th><td>{escape(', '.join(gaps[:2]))}</td><td>{escape(gaps[-1])}</td>"
            f'<td class="wb-num">{escape(distance)}</td></tr>'
        )
    caption = words.say("peers_caption")
    return f"<p>{escape(intro)}</p>" + _scroll(
        words.say("title_peers"), caption, head, "".join(lines)
    )


def absent_html(profile: Profile, words: Words) -> str:
    """List the indicators without a value, with the reason."""
    absent = [reading for reading in profile.readings.values() if not reading.value.known]
    if not absent:
        return f"<p>{escape(words.say('absent_none'))}</p>"
    head = "".join(
        f'<th scope="col">{escape(words.say(name))}</th>' for name in ("indicator", "absent_reason")
    )
    lines = "".join(
        f'<tr><th scope="row">{escape(words.label(reading.indicator))}</th>'
        f"<td>{escape(words.say(f'reason_{reading.value.status.name.lower()}'))}</td></tr>"
        for reading in absent
    )
    return _scroll(words.say("absent_table"), "", head, lines)


def sources_html(profile: Profile, words: Words) -> str:
    """List the sources in use, each with its producer, period and licence, and the caveats."""
    spec = words.pack.spec
    indicators = [reading.indicator for reading in profile.readings.values()]
    variables = dict.fromkeys(name for each in indicators for name in sorted(each.variables))
    used = words.pack.sources(variables)
    # Those of no variable made the map, the names and the boundaries.
    always = [source for source in spec.sources.values() if source not in used]
    heads = ("source", "producer", "reference", "licence")
    head = "".join(f'<th scope="col">{escape(words.say(name))}</th>' for name in heads)
    lines = []
    for source in (*used, *always):
        title = escape(source.title[words.lang])
        if source.url:
            title = f'<a href="{escape(source.url)}">{title}</a>'
        cells = (source.producer, source.reference[words.lang], source.licence)
        data = "".join(f"<td>{escape(text)}</td>" for text in cells)
        lines.append(f'<tr><th scope="row">{title}</th>{data}</tr>')
    table_html = _scroll(
        words.say("title_sources"), words.say("sources_caption"), head, "".join(lines)
    )
    names = [name for each in indicators for name in each.caveats if name in spec.caveats]
    names += [c for v in variables if v in spec.variables for c in spec.variables[v].caveats]
    names += own_caveats(profile, words.pack)
    texts = [spec.caveats[name][words.lang] for name in dict.fromkeys(names)]
    if not texts:
        return table_html
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    title = escape(words.say("caveats"))
    return f'{table_html}<div class="wb-note" role="note"><h3>{title}</h3><ul>{items}</ul></div>'


def _scroll(title: str, caption: str, head: str, body: str) -> str:
    said = f"<span>{escape(caption)}</span>" if caption else ""
    return (
        f'<div class="wb-scroll" role="region" tabindex="0" aria-label="{escape(title)}">'
        f'<table class="wb-table"><caption><strong>{escape(title)}</strong>{said}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
