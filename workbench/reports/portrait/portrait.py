"""The portrait of a territory, section by section; the template only calls it."""

from __future__ import annotations

import base64
import csv
import io
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.core.defaults import DEFAULT_PACK
from workbench.core.types import Quantity, Territory
from workbench.figures.figure import Figure, TableFigure
from workbench.figures.narrative import paragraphs
from workbench.figures.salience import facts, rule
from workbench.indicators.indicator import Theme
from workbench.indicators.profile import Profile, profile
from workbench.indicators.reading import Reading
from workbench.indicators.registry import catalogue_of
from workbench.packs.found import name_of
from workbench.packs.pack import Pack, open_pack
from workbench.reports.portrait.charts import theme_charts
from workbench.reports.portrait.climate import caption_note, captioned, means_html, simulated_note
from workbench.reports.portrait.identity import identity_html
from workbench.reports.portrait.maps import draw_map, map_extent
from workbench.reports.portrait.tables import (
    absent_html,
    peers_html,
    sources_html,
    theme_table,
)
from workbench.reports.portrait.words import Words, escape, list_of

__all__ = ["Portrait", "Section", "portrait"]

# Indicators worth a map, in order; the first two that vary over the parts are drawn.
_MAPPED = ("population_change_relative", "population_density", "share_65_plus")
_MAPS = 2
# Areas beyond which one map is enough: two would weigh more than the rest of the page.
_MANY = 150


@dataclass(frozen=True)
class Section:
    """Hold one section of the page, shown as HTML in a notebook."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True)
class Portrait:
    """Tell a territory: identity, facts, themes, maps, peers, sources.

    Made by :func:`portrait`. Each method returns a section that shows itself in a notebook.
    """

    pack: Pack
    territory: Territory
    lang: str
    grid: str = ""

    @cached_property
    def profile(self) -> Profile:
        """All readings of the territory."""
        return profile(self.pack, self.territory)

    @cached_property
    def words(self) -> Words:
        """Words, formats and grammar."""
        return Words(self.pack, self.lang)

    def _section(self, title: str, *parts: str) -> Section:
        return Section(f"<h2>{escape(self.words.say(title))}</h2>" + "".join(parts))

    def identity(self) -> Section:
        """Say what the territory is and where it belongs."""
        return self._section("title_identity", identity_html(self.profile, self.words))

    def front(self) -> Section:
        """Box the most salient facts, with the rule that chose them."""
        lexicon = self.words.lexicon
        told = [r for t in self.themes() for r in self._highlights(t)]
        found = facts(told, lexicon)
        body = list_of([escape(fact.sentence) for fact in found], "ol")
        if not found:
            body = f"<p>{escape(self.words.say('no_facts'))}</p>"
        note = (
            f"<details><summary>{escape(self.words.say('rule'))}</summary>"
            f"<p>{escape(rule(lexicon))}</p></details>"
        )
        title = f'<h2 id="front">{escape(self.words.say("title_front"))}</h2>'
        return Section(
            f'<aside class="wb-front" aria-labelledby="front">{title}{body}{note}</aside>'
        )

    def themes(self) -> tuple[Theme, ...]:
        """Return the themes that have figures for this territory."""
        known = catalogue_of(self.pack).themes
        return tuple(theme for theme in known if self.profile.theme(theme.id))

    def theme(self, name: str) -> Section:
        """Tell one theme: sentences, charts, table."""
        theme = next((theme for theme in self.themes() if theme.id == name), None)
        if theme is None:
            return Section("")
        readings = self.profile.theme(name)
        note = caption_note(theme, self.words)
        charts = theme_charts(theme.charts, self.profile, self.words)
        shown: list[Figure | TableFigure] = [captioned(chart, note) for chart in charts]
        highlights = self._highlights(theme)
        title = theme.label[self.lang]
        shown.append(
            theme_table(
                readings,
                self.profile,
                self.words,
                key=f"table-{name}",
                title=self.words.say("table_title", theme=title),
                told=[reading.indicator.id for reading in highlights],
                note=note,
            )
        )
        told = paragraphs(highlights, self.words.lexicon)
        prose = "".join(f"<p>{escape(text)}</p>" for text in told)
        prose += means_html(highlights, self.words)
        warning = simulated_note(theme, self.words)
        drawn = "".join(figure._repr_html_() for figure in shown)
        return Section(f"<h2>{escape(title)}</h2>{warning}{prose}{drawn}")

    def _highlights(self, theme: Theme) -> list[Reading]:
        """Return the readings that sentences tell, in the order of their importance."""
        readings = self.profile.readings
        names = theme.highlights or [r.indicator.id for r in self.profile.theme(theme.id)]
        return [readings[n] for n in names if n in readings and self._is_told(readings[n])]

    def _is_told(self, reading: Reading) -> bool:
        """Leave out of sentences classes and yes/no figures, which tables show as words."""
        indicator = reading.indicator
        return not indicator.classes and not self.words.is_flag(indicator, self.territory.level)

    def maps(self) -> Section:
        """Map the parts of the territory, or the territory among its neighbours."""
        extent = map_extent(self.pack, self.territory)
        if extent is None:
            return Section("")
        room = _MAPS if len(extent.codes) <= _MANY else 1
        drawn: list[Figure] = []
        for name in _MAPPED:
            if len(drawn) < room:
                figure = draw_map(self.pack, extent, name, self.words)
                drawn += [figure] if figure else []
        if not drawn:
            return Section("")
        return self._section("title_maps", *(figure._repr_html_() for figure in drawn))

    def peers(self) -> Section:
        """Name the comparable territories and say why they are; nothing when it has none."""
        if not self.profile.peers:
            return Section("")
        return self._section("title_peers", peers_html(self.profile, self.words))

    def absent(self) -> Section:
        """List the figures that are not shown, with their reasons."""
        return self._section("title_absent", absent_html(self.profile, self.words))

    def sources(self) -> Section:
        """List sources, licences and caveats."""
        return self._section("title_sources", sources_html(self.profile, self.words))

    def redo(self) -> Section:
        """Say how to make this portrait again, and give its data."""
        t = self.territory
        command = (
            f"workbench report portrait --territory {shlex.quote(t.code)} --level {t.level} "
            f"--lang {self.lang}"
        )
        asked = f'"{t.code}", level="{t.level}", lang="{self.lang}"'
        name = name_of(self.pack.folder)
        if name != DEFAULT_PACK:
            command += f" --pack {shlex.quote(name)}"
            asked += f", pack={json.dumps(name, ensure_ascii=False)}"
        if not self.pack.is_latest:
            command += f" --vintage {self.pack.vintage}"
            asked += f", vintage={self.pack.vintage}"
        if self.grid:
            command += f" -p {shlex.quote(f'grid={self.grid}')}"
            asked += f", grid={json.dumps(self.grid, ensure_ascii=False)}"
        code = f"import workbench as wb\nportrait = wb.portrait({asked})\nportrait.front()"
        data = base64.b64encode(("\ufeff" + self.csv()).encode()).decode()
        download = (
            f'<p><a class="wb-download" download="portrait-{escape(t.level)}-{escape(t.code)}.csv" '
            f'href="data:text/csv;charset=utf-8;base64,{data}">'
            f"{escape(self.words.say('redo_download'))}</a></p>"
        )
        return self._section(
            "title_redo",
            f"<p>{escape(self.words.say('redo_command'))}</p>",
            f'<pre class="wb-command" tabindex="0">{escape(command)}</pre>',
            f"<p>{escape(self.words.say('redo_python'))}</p>",
            f'<pre class="wb-command" tabindex="0">{escape(code)}</pre>',
            download,
        )

    def csv(self) -> str:
        """Return every reading as CSV: a line an indicator, a column a territory compared."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        territories = (self.territory, *self.profile.references)
        names = [f"{territory.level} {territory.code}" for territory in territories]
        writer.writerow(["indicator", "unit", "period", "status", *names])
        for reading in self.profile.readings.values():
            quantities = [reading.value, *(quantity for _, quantity in reading.references)]
            values = [_plain_number(quantity) for quantity in quantities]
            status = reading.value.status.name.lower()
            indicator = reading.indicator
            writer.writerow([indicator.id, indicator.unit, reading.period, status, *values])
        return out.getvalue()


def _plain_number(quantity: Quantity) -> str:
    """Write a number for other programs: whole ones in full, others to seven digits."""
    if not quantity.known:
        return ""
    whole = quantity.value == round(quantity.value)
    return str(round(quantity.value)) if whole else format(quantity.value, ".7g")


def portrait(
    territory: str,
    *,
    level: str | None = None,
    lang: str | None = None,
    pack: str | Pack = DEFAULT_PACK,
    vintage: int | None = None,
    grid: str = "",
) -> Portrait:
    """Open the portrait of a territory.

    Parameters
    ----------
    territory : str
        Official code; the country when empty.
    level : str, optional
        Needed when several levels use the code.
    lang : str, optional
        A language of the pack; its own by default.
    pack : str or Pack
    vintage : int, optional
        Year of the map; the latest when there is none, or 0.
    grid : str
        Path of a daily grid, or of figures made of it by `workbench climate`: the portrait then
        has a theme more, the climate.

    Returns
    -------
    Portrait

    Examples
    --------
    >>> portrait("59", level="departement", lang="en").territory.name
    'Nord'
    """
    opened = pack if isinstance(pack, Pack) else open_pack(pack, vintage=vintage or None)
    if grid:
        from workbench.reports.grids import with_grid

        opened = with_grid(opened, grid)
    found = opened.territory(territory or opened.spec.country, level or None)
    return Portrait(opened, found, lang or opened.spec.default_language, grid)


def sections(portrait: Portrait) -> Sequence[Section]:
    """Return all the sections, in the order of the template."""
    return (
        portrait.identity(),
        portrait.front(),
        *(portrait.theme(theme.id) for theme in portrait.themes()),
        portrait.maps(),
        portrait.peers(),
        portrait.absent(),
        portrait.sources(),
        portrait.redo(),
    )
