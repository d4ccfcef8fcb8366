"""``workbench verify``: say whether reports are as written, and would be written so now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workbench.reports.verify import Finding, Verification

__all__ = ["EXAMPLES", "HELP", "verify"]

HELP = """Verify that reports are as written, and that what they were made from is unchanged.

Every hash of the folder's ledgers is made again, offline. A page or a file it needs that is not \
the one written is altered; a page whose template, data, code or Python has changed since is out \
of date, and the command that renews it is told. Either ends with 1, nothing but notes with 0. \
The gallery is made again by each run and is in no ledger: only the files it needs are verified."""
EXAMPLES = """Examples

[bold]workbench verify[/bold]   every folder of reports/

[bold]workbench verify reports/portrait --json[/bold]"""

# Lines of one kind shown on a terminal; --json gives all.
_SHOWN = 20
_STYLES = {"altered": "bold red", "out of date": "yellow", "note": "dim"}


def verify(
    folder: Annotated[
        Path, typer.Argument(help="A folder of reports, or one that holds several.")
    ] = Path("reports"),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Print one line a finding."""
    from workbench.cli.terminal import print_json
    from workbench.reports.verify import verify as verify_folder

    verified = verify_folder(folder)
    if as_json:
        print_json(
            {
                "holds": verified.holds,
                "folders": verified.folders,
                "pages": verified.pages,
                "findings": verified.findings,
            }
        )
    else:
        _tell(verified)
    if not verified.holds:
        raise typer.Exit(1)


def _tell(verified: Verification) -> None:
    from itertools import groupby

    from workbench.cli.terminal import console

    out = console()
    for (folder, state), group in groupby(
        verified.findings, lambda each: (each.folder, each.state)
    ):
        findings = list(group)
        for finding in findings[:_SHOWN]:
            line = f"{state:<12} {folder}: {finding.subject} {finding.found}{_concerned(finding)}"
            out.print(line, style=_STYLES[state], soft_wrap=True)
        if len(findings) > _SHOWN:
            out.print(f"{state:<12} {folder}: {len(findings) - _SHOWN} more (--json lists all)")
    steps = dict.fromkeys(step for finding in verified.findings for step in finding.steps)
    if steps:
        out.print("To set it right:")
        for step in steps:
            out.print(f"  {step}", soft_wrap=True)
    noun = "page" if verified.pages == 1 else "pages"
    said = "all as written, from what there is now" if verified.holds else "not all as written"
    out.print(f"{verified.pages} {noun} verified in {', '.join(verified.folders)}: {said}")


def _concerned(finding: Finding) -> str:
    """Count the pages that rest on what changed; a page that is itself altered says enough."""
    if finding.pages in ((), (finding.subject,)):
        return ""
    return f" ({len(finding.pages)} page{'s' if len(finding.pages) > 1 else ''})"
