"""What makes the reports of a run, whichever way it does it: forks, kernels, a cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

from workbench.reports.report import Brief, Outcome

__all__ = ["Maker"]


class Maker(ABC):
    """Make reports; a context manager, that leaves nothing running at its end.

    Parameters
    ----------
    learned : mapping, optional
        What an earlier run learned of the template.

    Attributes
    ----------
    learned : dict
        What this run has learned, for the next one.
    caveats : list of str
        What made the run slower or less certain than it could be, each thing once.
    """

    def __init__(self, learned: Mapping[str, Any] | None = None) -> None:
        self.learned: dict[str, Any] = dict(learned or {})
        self.caveats: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def warn(self, caveat: str) -> None:
        """Keep a caveat that was not told yet."""
        if caveat not in self.caveats:
            self.caveats.append(caveat)

    @abstractmethod
    def make(self, briefs: Iterable[Brief]) -> Iterator[Outcome]:
        """Make reports, and give each outcome as it ends."""

    @abstractmethod
    def close(self) -> None:
        """End what still runs."""
