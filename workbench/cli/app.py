"""The ``workbench`` command: what it offers, how it ends, and how it tells an error.

Heavy libraries are imported inside commands, so that help is immediate.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

import workbench
from workbench.cli import (
    catalog,
    climate,
    compare,
    data,
    disclosure,
    doctor,
    indicators,
    pack,
    publish,
    report,
    territories,
    verify,
)
from workbench.core.allocation import keep_memory
from workbench.core.errors import WorkbenchError

__all__ = ["FAILED", "UNEXPECTED", "WRONG", "app", "main"]

# How a command ends; 0 is done.
FAILED, WRONG, UNEXPECTED = 1, 2, 3

_ENDS = """Examples

[bold]workbench report portrait[/bold]   the portraits of a whole country and its regions

[bold]workbench territories find lille[/bold]   the code of a territory

[bold]workbench doctor[/bold]   what this machine lacks

Ends with 0: done; 1: some reports or checks failed, or nothing was found; 2: the question is \
wrong; 3: unexpected error; 130: interrupted. WORKBENCH_DEBUG=1 shows where an error comes from."""

app = typer.Typer(
    name="workbench",
    help="Turn open local data into checked indicators and per-territory reports.",
    epilog=_ENDS,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("report", help=report.HELP, epilog=report.EXAMPLES)(report.report)
app.command("verify", help=verify.HELP, epilog=verify.EXAMPLES)(verify.verify)
app.command("compare", help=compare.HELP, epilog=compare.EXAMPLES)(compare.compare)
app.command("climate", help=climate.HELP, epilog=climate.EXAMPLES)(climate.climate)
app.add_typer(territories.app, name="territories")
app.add_typer(indicators.app, name="indicators")
app.add_typer(pack.app, name="pack")
app.add_typer(data.app, name="data")
app.add_typer(disclosure.app, name="disclosure")
app.command("publish", help=publish.HELP, epilog=publish.EXAMPLES)(publish.publish)
app.add_typer(catalog.app, name="catalog")
app.command("doctor", help=doctor.HELP, epilog=doctor.EXAMPLES)(doctor.doctor)


def _say_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"workbench {workbench.__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Say the version.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run the command; an error is a message on standard error and an exit code.

    With ``WORKBENCH_DEBUG`` set it is a traceback.
    """
    keep_memory()
    try:
        app(prog_name="workbench")
    except WorkbenchError as error:
        _end(error, str(error), WRONG)
    except Exception as error:
        told = f"unexpected {type(error).__name__}: {error}. WORKBENCH_DEBUG=1 shows where."
        _end(error, told, UNEXPECTED)


def _end(error: Exception, message: str, code: int) -> None:
    if os.environ.get("WORKBENCH_DEBUG"):
        raise error
    from workbench.cli.terminal import complain

    complain(message)
    sys.exit(code)
