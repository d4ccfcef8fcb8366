"""``workbench doctor``: say whether this machine can do the work, and what to do if not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["EXAMPLES", "HELP", "doctor"]

HELP = "Look at what the workbench needs of this machine; ends with 1 when something is missing."
EXAMPLES = """Examples

[bold]workbench doctor[/bold]

[bold]workbench doctor --to /srv/reports --json[/bold]"""


def doctor(
    *,
    to: Annotated[Path, typer.Option(help="Folder where reports would go.")] = Path("reports"),
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Print one line a thing looked at."""
    from workbench.cli.machine import examine
    from workbench.cli.terminal import console, print_json

    findings = examine(to)
    if as_json:
        print_json(findings)
    else:
        styles = {"ok": "green", "warn": "yellow", "fail": "bold red"}
        for finding in findings:
            step = f" → {finding.step}" if finding.step else ""
            line = f"{finding.status:<5} {finding.subject}: {finding.found}{step}"
            console().print(line, style=styles[finding.status], soft_wrap=True)
    if any(finding.status == "fail" for finding in findings):
        raise typer.Exit(1)
