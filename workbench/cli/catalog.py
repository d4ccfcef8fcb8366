"""``workbench catalog``: the site of a collection of publications and reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Make and show the site of a folder of publications.", no_args_is_help=True)

_Folder = Annotated[Path, typer.Argument(help="Folder whose folders are publications or reports.")]


@app.command(
    "build",
    help="Write the catalogue in the folder: pages with search, DCAT-AP, Atom feeds.",
    epilog="""Examples

[bold]workbench catalog build out[/bold]

[bold]workbench catalog build out --url https://data.example.org/ --title "Our data"[/bold]""",
)
def build(
    folder: _Folder,
    *,
    title: Annotated[str, typer.Option(help="Title of the catalogue.")] = "",
    publisher: Annotated[str, typer.Option(help="Organisation that keeps the catalogue.")] = "",
    url: Annotated[str, typer.Option(help="Address of the site once it is on line.")] = "",
    lang: Annotated[str, typer.Option(help="Language of the first page.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Write the outcome as JSON.")] = False,
) -> None:
    """Write the site, and say what it lists."""
    from workbench.cli.terminal import print_facts, print_json
    from workbench.publishing.catalogue.site import build as write

    site = write(folder, title=title, publisher=publisher, url=url, first=lang)
    if as_json:
        print_json(
            {
                "page": str(site.page),
                "publications": [each.identifier for each in site.entries],
                "reports": [each.title for each in site.galleries],
                "files": [str(each) for each in site.files],
            }
        )
        return
    facts = {
        "publications": str(len(site.entries)),
        "reports": ", ".join(each.title for each in site.galleries),
        "page": str(site.page),
    }
    print_facts("Catalogue", facts)


@app.command(
    "serve",
    help="Write the catalogue, then show it on this machine until Ctrl-C.",
    epilog="""Examples

[bold]workbench catalog serve out[/bold]

[bold]workbench catalog serve out --port 8080[/bold]""",
)
def serve(
    folder: _Folder,
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8000,
    title: Annotated[str, typer.Option(help="Title of the catalogue.")] = "",
    publisher: Annotated[str, typer.Option(help="Organisation that keeps the catalogue.")] = "",
    lang: Annotated[str, typer.Option(help="Language of the first page.")] = "",
) -> None:
    """Build, then answer on the loopback address."""
    from workbench.cli.terminal import console
    from workbench.publishing.catalogue.serve import serving
    from workbench.publishing.catalogue.site import build as write

    write(folder, title=title, publisher=publisher, first=lang)
    with serving(folder, port) as server:
        console().print(f"http://127.0.0.1:{server.server_port}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console().print("Stopped.")
