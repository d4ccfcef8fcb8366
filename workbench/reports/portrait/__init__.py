"""The portrait of a territory: what its template puts on the page, section by section."""

from workbench.reports.portrait.portrait import Portrait, Section, portrait

__all__ = ["Portrait", "Section", "portrait"]
