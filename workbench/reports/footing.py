"""Say, on each page, how it was made, and lead to the gallery and to what holds the territory.

Nothing here depends on the clock or the machine: the same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Mapping

import workbench
from workbench.core.defaults import DEFAULT_PACK
from workbench.core.i18n import translate
from workbench.packs.pack import Pack
from workbench.reports.assets import templates_folder
from workbench.reports.plan import Job, Plan
from workbench.reports.templates import Template

__all__ = ["command_of", "edition_of", "footer_of", "making_of", "template_mark"]


def template_mark(template: Template) -> str:
    """Name a template and the exact file it was: ``"portrait 3f2a9c01"``."""
    digest = hashlib.sha256(template.path.read_bytes()).hexdigest()
    return f"{template.name} {digest[:8]}"


def edition_of(pack: Pack) -> str:
    """Return the first digits of the hash of the pack's manifest, which names every table."""
    manifest = pack.folder / "data" / "manifest.json"
    return hashlib.sha256(manifest.read_bytes()).hexdigest()[:8] if manifest.exists() else ""


def making_of(plan: Plan) -> dict[str, str]:
    """Say what the pages of a plan are made from, by the facts that they print at their foot."""
    facts = {
        "template": template_mark(plan.template),
        "version": workbench.__version__,
        "pack": f"{plan.pack.name} {plan.pack.vintage}",
        "edition": edition_of(plan.pack),
    }
    return {name: fact for name, fact in facts.items() if fact}


def footer_of(
    plan: Plan, galleries: Mapping[str, str]
) -> Callable[[Job], tuple[Mapping[str, str], list[dict[str, str]]]]:
    """Return what gives, for each job, how its page is made and the links above it.

    Parameters
    ----------
    plan : Plan
    galleries : mapping of str to str
        File name of the gallery of each language.

    Returns
    -------
    callable
        The links lead to the gallery, then to the parents whose report is of the same run,
        widest first.
    """
    facts = making_of(plan)
    pages = {job.page for job in plan.jobs}

    def footer(job: Job) -> tuple[Mapping[str, str], list[dict[str, str]]]:
        gallery = translate("gallery.all", job.lang)
        links = [{"label": gallery, "href": f"../{galleries[job.lang]}"}]
        levels = plan.pack.level(job.territory.level).references
        for parent in reversed(plan.pack.territories.parents(job.territory, levels)):
            page = f"{parent.level}/{parent.code}.{job.lang}.html"
            if page in pages:
                links.append({"label": parent.name, "href": f"../{page}"})
        return {"command": command_of(plan, job), **facts}, links

    return footer


def command_of(plan: Plan, job: Job) -> str:
    """Write the command that makes this one report again."""
    template, pack = plan.template, plan.pack
    own = template.path.parent == templates_folder()
    words = ["workbench", "report", template.name if own else str(template.path)]
    words += ["--territory", job.territory.code, "--level", job.territory.level]
    words += ["--lang", job.lang]
    if (given := str(job.parameters.get("pack", pack.name))) != DEFAULT_PACK:
        words += ["--pack", given]
    if not pack.is_latest:
        words += ["--vintage", str(pack.vintage)]
    for name, value in plan.given.items():
        words += ["-p", f"{name}={value}"]
    return shlex.join(words)
