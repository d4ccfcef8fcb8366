"""What commands write: tables and JSON on standard output, complaints on standard error."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import IO, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["complain", "console", "print_facts", "print_json", "print_table"]

# A pipe has no width: wide enough for a line to stay a line.
_PIPE_WIDTH = 240


def console(stream: IO[str] | None = None) -> Console:
    """Return a console on a stream (standard output by default); data is never markup."""
    chosen = stream or sys.stdout
    width = None if chosen.isatty() else _PIPE_WIDTH
    return Console(file=chosen, width=width, highlight=False, markup=False, emoji=False)


def complain(message: str) -> None:
    """Write an error on standard error, on one line that a script can find."""
    text = Text.assemble(("Error: ", "bold red"), message)
    console(sys.stderr).print(text, soft_wrap=True)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: int = -1) -> None:
    """Write rows under headings; the column `right` holds numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for position, heading in enumerate(headings):
        table.add_column(
            heading,
            justify="right" if position == right else "left",
            overflow="fold",
            no_wrap=position == 0,
        )
    for row in rows:
        table.add_row(*map(Text, row))
    console().print(table)


def print_facts(title: str, facts: Mapping[str, str]) -> None:
    """Write a heading and, under it, each fact that there is beside its name."""
    out = console()
    out.print(Text(title, style="bold"))
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, fact in facts.items():
        if fact:
            table.add_row(Text(name), Text(fact))
    out.print(table)


def print_json(value: object) -> None:
    """Write a value as JSON: records become objects, infinities and absent numbers null."""
    text = json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write(text + "\n")


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, str):  # bytes that a text could not be read from
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
