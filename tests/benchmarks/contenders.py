"""The ways to make reports that are compared, each as the commands that one would type."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
_IN_PROCESS = Path(__file__).with_name("in_process.py")


@dataclass(frozen=True)
class Asked:
    """Say which reports to make: of which template and territories, into which folder."""

    template: Path
    level: str
    codes: Sequence[str]
    folder: Path = Path()


Commands = list[list[str]]


@dataclass(frozen=True)
class Contender:
    """Name a way to make reports.

    Parameters
    ----------
    name : str
    commands : callable
        Gives the commands, run one after the other, that make what is asked for.
    slow : bool
        Whether it is given fewer reports to make.
    anew : bool
        Whether it starts again for each report: one more then costs as much as the first.
    """

    name: str
    commands: Callable[[Asked], Commands]
    slow: bool = False
    anew: bool = False


def pairs(asked: Asked) -> Commands:
    """Start papermill, then nbconvert, for each report."""
    commands = []
    for code in asked.codes:
        notebook = str(asked.folder / f"{code}.ipynb")
        given = ["-r", "territory", code, "-r", "level", asked.level]
        papermill = [str(BIN / "papermill"), str(asked.template), notebook, *given]
        commands.append([*papermill, "--kernel", "python3", "--no-progress-bar"])
        commands.append([str(BIN / "jupyter"), "nbconvert", "--to", "html", notebook])
    return commands


def in_process(way: str) -> Callable[[Asked], Commands]:
    """Make all reports in one process, in a way of ``in_process.py``."""

    def commands(asked: Asked) -> Commands:
        words = [way, str(asked.template), str(asked.folder), asked.level, *asked.codes]
        return [[sys.executable, str(_IN_PROCESS), *words]]

    return commands


def workbench(*options: str) -> Callable[[Asked], Commands]:
    """Make all reports with the package's command, one at a time."""

    def commands(asked: Asked) -> Commands:
        chosen = [word for code in asked.codes for word in ("--territory", code)]
        words = [*chosen, "--level", asked.level, "--to", str(asked.folder), "--jobs", "1"]
        return [[*report_command(asked.template), *words, *options]]

    return commands


def report_command(template: Path) -> list[str]:
    """Start the package's command, of this checkout."""
    return [sys.executable, "-m", "workbench.cli", "report", str(template)]


PAIRS = Contender("papermill + nbconvert, two commands a report", pairs, slow=True, anew=True)
LOOP = Contender("papermill + nbconvert, a loop in one process", in_process("loop"), slow=True)
LIMIT = Contender("the limit: the same code, a warm function", in_process("limit"))
FORKED = Contender("workbench report", workbench())
KERNEL = Contender("workbench report --engine kernel", workbench("--engine", "kernel"), slow=True)
# Makes a notebook and no page: it is compared, not timed.
ENGINE = Contender("engine of papermill", in_process("engine"))
