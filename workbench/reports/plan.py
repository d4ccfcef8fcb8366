"""Decide which reports a run makes: one job a territory and language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.core.errors import LevelUnknown, ParameterError, nearest
from workbench.core.i18n import Lexicon, translate
from workbench.core.types import Territory
from workbench.packs.found import name_of
from workbench.packs.pack import Pack
from workbench.reports.parameters import Value, check_parameters
from workbench.reports.shared import check_shared
from workbench.reports.templates import Template

__all__ = ["Job", "Plan", "make_plan", "pack_name", "territories_of"]


@dataclass(frozen=True, slots=True)
class Job:
    """Describe one report to make.

    Parameters
    ----------
    template : Path
    parameters : mapping
        Checked, complete.
    territory : Territory
    lang : str
    title, subtitle : str
        Of the page.
    page : str
        Where the page goes, from the plan's folder (``"departement/59.fr.html"``).
    """

    template: Path
    parameters: Mapping[str, Value]
    territory: Territory
    lang: str
    title: str
    subtitle: str
    page: str


@dataclass(frozen=True)
class Plan:
    """List the jobs of a run and the folder they write to."""

    template: Template
    pack: Pack
    folder: Path
    languages: tuple[str, ...]
    jobs: tuple[Job, ...]
    command: str = ""
    given: Mapping[str, Value] = field(default_factory=dict)

    @property
    def pack_name(self) -> str:
        """What opens the pack again."""
        return pack_name(self.pack)


def pack_name(pack: Pack) -> str:
    """Return what opens a pack: its name if it has one, else its folder."""
    return name_of(pack.folder)


def territories_of(pack: Pack, levels: Sequence[str]) -> list[Territory]:
    """List all territories of some levels, in their order.

    Raises
    ------
    LevelUnknown
        When the pack has no such level at this vintage.
    """
    found = []
    for level in levels:
        if level not in pack.territories.levels:
            hint = nearest(level, pack.territories.levels)
            raise LevelUnknown(f"Level {level!r} is not in pack {pack.name} ({hint}).")
        found += [pack.territory(code, level) for code in pack.frame(level).index]
    return found


# What the plan itself says to each report.
_OWN = ("pack", "vintage", "level", "territory", "lang")


def make_plan(
    template: Template,
    pack: Pack,
    *,
    territories: Sequence[Territory],
    folder: Path,
    languages: Sequence[str] = ("fr",),
    given: Mapping[str, Value] | None = None,
    command: str = "",
) -> Plan:
    """Check every parameter of every report before any of them starts.

    Parameters
    ----------
    template : Template
    pack : Pack
    territories : sequence of Territory
    folder : Path
        Where pages are written.
    languages : sequence of str
    given : mapping, optional
        Other parameters of the template.
    command : str
        What would make the same run again; printed in reports.

    Raises
    ------
    ParameterError
        On an unknown parameter or a wrong value, or a language the pack lacks.
    LevelUnknown
        When the template does not work for the level of a territory.
    DeclarationError
        When the template has no title in a language.
    SharedCellRefused
        When a cell tagged ``shared`` depends on what differs from one report to the next.
    """
    for lang in languages:
        if lang not in pack.spec.languages:
            hint = nearest(lang, pack.spec.languages)
            raise ParameterError(f"Language {lang!r} is not one of pack {pack.name} ({hint}).")
    for name in _OWN:
        if name in (given or {}):
            raise ParameterError(
                f"Parameter {name!r} is set for each report of the plan; give `territories`, "
                "`languages` or another pack instead."
            )
    check_shared(template.notebook, template.parameters, where=template.path.name)
    for territory in territories:
        _check_level(template, territory.level)
    jobs = (
        _job(template, pack, territory, lang, given or {})
        for lang in languages
        for territory in territories
    )
    # A territory asked for twice has one page.
    once = tuple({job.page: job for job in jobs}.values())
    return Plan(template, pack, folder, tuple(languages), once, command, dict(given or {}))


def _check_level(template: Template, level: str) -> None:
    levels = template.declared.get("levels", [level])
    if level not in levels:
        raise LevelUnknown(
            f"Template {template.name} makes no report of a {level}; it makes those of: "
            f"{', '.join(levels)}."
        )


def _job(
    template: Template, pack: Pack, territory: Territory, lang: str, given: Mapping[str, Value]
) -> Job:
    values = (pack_name(pack), pack.vintage, territory.level, territory.code, lang)
    own: dict[str, Value] = dict(zip(_OWN, values, strict=True))
    # A template takes what it declares of what the run knows; the rest must be asked for.
    known = {name: value for name, value in own.items() if name in template.parameters}
    words = Lexicon(lang, pack.spec.level_names, pack.spec.type_names)
    return Job(
        template=template.path,
        parameters=check_parameters(template.parameters, {**known, **given}),
        territory=territory,
        lang=lang,
        title=template.title(lang, of=words.of(territory), name=territory.name),
        subtitle=_subtitle(pack, territory, lang),
        page=f"{territory.level}/{territory.code}.{lang}.html",
    )


def _subtitle(pack: Pack, territory: Territory, lang: str) -> str:
    """Say what the territory is and where: *Commune 59350, Nord, Hauts-de-France*."""
    noun = pack.level(territory.level).names[lang]["one"]
    noun = noun[0].upper() + noun[1:]
    levels = [
        name for name in pack.level(territory.level).references if name != pack.spec.country_level
    ]
    held = pack.territories.parents(territory, levels)
    told = [f"{noun} {territory.code}", *(parent.name for parent in held)]
    if pack.spec.simulated:
        told.append(translate("portrait.simulated_short", lang))
    return ", ".join(told)
