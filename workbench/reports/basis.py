"""What the reports of a run are made from, in the terms of the ledger."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import workbench
from workbench.core.reads import Item
from workbench.core.types import Territory
from workbench.reports.digests import (
    Digests,
    digest,
    environment_digest,
    file_digest,
    package_digest,
    perimeter_digest,
)
from workbench.reports.footing import edition_of
from workbench.reports.ledger import Ledger, RunFacts
from workbench.reports.plan import Plan
from workbench.reports.report import Brief

__all__ = ["Bases", "facts_of", "question_of"]

# Facts at the foot of a page that have a digest of their own: what was read, template, package.
_DIGESTED = frozenset({"edition", "template", "version", "pack"})


def facts_of(plan: Plan) -> RunFacts:
    """Say what all the reports of a plan are made from.

    Examples
    --------
    >>> from pathlib import Path
    >>> from workbench.packs.pack import open_pack
    >>> from workbench.reports.plan import make_plan
    >>> from workbench.reports.templates import find_template
    >>> plan = make_plan(
    ...     find_template("portrait"), open_pack("france"), territories=[], folder=Path("r")
    ... )
    >>> facts_of(plan).vintage
    2026
    """
    now = datetime.datetime.now(datetime.UTC)
    return RunFacts(
        template=str(plan.template.path.absolute()),
        template_digest=file_digest(plan.template.path),
        package=package_digest(),
        environment=environment_digest(),
        pack=plan.pack_name,
        vintage=plan.pack.vintage,
        version=workbench.__version__,
        edition=edition_of(plan.pack),
        command=plan.command,
        started=now.isoformat(timespec="seconds"),
    )


def question_of(brief: Brief, *, standalone: bool) -> str:
    """Hash what is asked of one report: its parameters, titles, links and form."""
    generated = {name: fact for name, fact in brief.generated.items() if name not in _DIGESTED}
    return digest(
        [
            dict(brief.parameters),
            [brief.lang, brief.title, brief.subtitle],
            generated,
            [dict(link) for link in brief.navigation],
            standalone,
        ]
    )


class Bases:
    """Name what reports read by one digest, and tell whether it is still so.

    Parameters
    ----------
    plan : Plan
    ledger : Ledger
        Whose bases are looked at.
    """

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self._pack = plan.pack
        self._digests = Digests(plan.pack)
        self._known = ledger.bases()
        self._held: dict[str, bool] = {}
        self._named: dict[frozenset[Item], dict[Item, str]] = {}

    def digests(self, items: Iterable[Item]) -> dict[Item, str]:
        """Hash what one report read; most reports of a run read the same."""
        read = frozenset(items)
        if read not in self._named:
            self._named[read] = self._digests.of_all(read)
        return self._named[read]

    def name(self, digests: Mapping[Item, str]) -> str:
        """Name what was read."""
        return digest([[list(item), value] for item, value in digests.items()])

    def hold(self, basis: str) -> bool:
        """Tell whether all that was read is still the same."""
        if basis not in self._held:
            known = self._known.get(basis)
            self._held[basis] = known is not None and known == self._digests.of_all(known)
        return self._held[basis]

    def perimeter(self, territory: Territory) -> str:
        """Name the ground of a territory."""
        return perimeter_digest(self._pack, territory)
