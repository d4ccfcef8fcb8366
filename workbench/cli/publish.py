"""``workbench publish``: a data set with its metadata and its page, on this disk or on a portal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.core.defaults import DEFAULT_PACK

if TYPE_CHECKING:
    from workbench.publishing.notebook import Recipe
    from workbench.publishing.origins import Data
    from workbench.publishing.portal.push import Pushed
    from workbench.publishing.publish import Published

__all__ = ["EXAMPLES", "HELP", "publish"]

HELP = """Publish a data set: files, metadata in every usual vocabulary, a page, a notebook.

WHAT is indicators (names joined by commas), or a file: CSV, Parquet, netCDF, Zarr… With --portal, \
it may be a folder that was published. The same data give the same bytes."""
EXAMPLES = """Examples

[bold]workbench publish population,share_65_plus -l departement --to out/ages[/bold]

[bold]workbench publish sales.csv --open --about sales.yml --to out/sales[/bold]

[bold]workbench publish out/ages --portal https://www.data.gouv.fr[/bold]   say what would be sent

[bold]workbench publish out/ages --portal https://www.data.gouv.fr --send[/bold]   send it

The key of the portal is read from WORKBENCH_PORTAL_TOKEN, or from the keyring."""


def publish(
    what: Annotated[str, typer.Argument(help="Indicators, a file, or a published folder.")],
    *,
    to: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Folder to write.")] = None,
    level: Annotated[
        str, typer.Option("--level", "-l", help="Level of the territories; the pack's base level.")
    ] = "",
    period: Annotated[
        list[int] | None, typer.Option("--period", help="Year; all if not given. May be repeated.")
    ] = None,
    pack: Annotated[str, typer.Option(help="Territory pack: a name, or a folder.")] = DEFAULT_PACK,
    vintage: Annotated[
        int | None, typer.Option(help="Year of the map; the latest if not given.")
    ] = None,
    is_open: Annotated[
        bool, typer.Option("--open", help="No rule of confidentiality applies to this file.")
    ] = False,
    about: Annotated[
        Path | None, typer.Option(metavar="FILE", help="YAML that describes the data set.")
    ] = None,
    title: Annotated[str, typer.Option(help="Title of the data set.")] = "",
    date: Annotated[str, typer.Option(help="Day of the data, as 2026-01-31.")] = "",
    publisher: Annotated[
        str, typer.Option(envvar="WORKBENCH_PUBLISHER", help="Organisation that publishes.")
    ] = "",
    url: Annotated[str, typer.Option(help="Address of the folder once it is on line.")] = "",
    licence: Annotated[
        str, typer.Option(help="SPDX identifier; that of the sources if not given.")
    ] = "",
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", help="csv, parquet, geoparquet, netcdf, zarr; repeatable."),
    ] = None,
    spreadsheet_safe: Annotated[
        bool,
        typer.Option("--spreadsheet-safe", help="Neutralise cells that a spreadsheet would run."),
    ] = False,
    portal: Annotated[
        str, typer.Option(metavar="URL", help="udata portal to send to; nothing is sent yet.")
    ] = "",
    send: Annotated[bool, typer.Option("--send", help="Send to the portal.")] = False,
    organization: Annotated[
        str, typer.Option(metavar="ID", help="Organisation on the portal; yourself if not given.")
    ] = "",
    dataset: Annotated[
        str, typer.Option(metavar="ID", help="Data set of the portal to write in.")
    ] = "",
    lang: Annotated[
        str, typer.Option(help="Language of the portal; the pack's own if not given.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Write the outcome as JSON.")] = False,
) -> None:
    """Write the folder, then say what the portal lacks or send it."""
    from workbench.cli.terminal import print_json
    from workbench.core.errors import ParameterError

    folder = Path(what)
    is_published = (folder / "datapackage.json").is_file()
    if send and not portal:
        raise ParameterError("--send needs the portal to send to: --portal https://….")
    if is_published and to is None and not portal:
        raise ParameterError(f"{folder} is published already. Send it to a portal with --portal.")
    if not is_published and to is None:
        raise ParameterError("Give the folder to write: --to out/name.")
    outcome: dict[str, Any] = {}
    if to is not None:
        asked = {"title": title, "date": date, "publisher": publisher, "url": url}
        data, recipe = _data(what, level, period, pack, vintage, is_open=is_open)
        done = _written(
            data,
            to,
            _about(about, asked, what, data),
            licence,
            formats or [],
            recipe,
            spreadsheet_safe=spreadsheet_safe,
        )
        folder, outcome["published"] = to, _record(done)
        if not as_json:
            _tell(done)
    if portal:
        pushed = _push(
            folder,
            portal,
            organization,
            dataset,
            lang or _language(pack),
            really=send,
            quiet=as_json,
        )
        outcome["portal"] = {
            "dataset": pushed.dataset,
            "page": pushed.page,
            "sent": pushed.done,
            "steps": [{"verb": each.verb, "name": each.name} for each in pushed.steps],
        }
    if as_json:
        print_json(outcome)


def _data(
    what: str,
    level: str,
    periods: list[int] | None,
    pack: str,
    vintage: int | None,
    *,
    is_open: bool,
) -> tuple[Data, Recipe | None]:
    """Read a file, or make the cube of some indicators."""
    from workbench.core.errors import NotReleased
    from workbench.indicators.cubes import cube

    path = Path(what)
    if not path.exists() and "/" not in what and "." not in what:
        names = [each.strip() for each in what.split(",") if each.strip()]
        return cube(names, level, periods, pack=pack, vintage=vintage).compute(), None
    if not is_open:
        raise NotReleased(
            f"Nothing says that {what} may be published. If no rule of confidentiality applies to "
            "it, say so with --open; else release it by its rules from Python "
            "(disclosure.release), then wb.publish."
        )
    from workbench.publishing.notebook import Recipe
    from workbench.publishing.reading import read_data

    return read_data(what), Recipe.of_file(path.name)


def _about(path: Path | None, asked: dict[str, str], what: str, data: Data) -> dict[str, Any]:
    """Put together what the options and the file of --about say; options come first."""
    from workbench.publishing.about import read_about
    from workbench.publishing.origins import origins_of

    said = read_about(path) if path is not None else {}
    for key in ("title", "date", "url"):
        if asked[key]:
            said[key] = asked[key]
    if asked["publisher"]:
        told = said.get("publisher", {})
        known = told if isinstance(told, dict) else {}
        said["publisher"] = {**known, "name": asked["publisher"]}
    file = Path(what)
    if "sources" not in said and not origins_of(data) and said.get("licence") and file.is_file():
        from workbench.core.digests import sha256_of

        source = {"title": file.name, "licence": said["licence"], "sha256": sha256_of(file)}
        said["sources"] = [source]
    return said


def _written(
    data: Data,
    to: Path,
    about: dict[str, Any],
    licence: str,
    formats: list[str],
    recipe: Recipe | None,
    *,
    spreadsheet_safe: bool,
) -> Published:
    from workbench.core.progress import progress
    from workbench.disclosure.released import release_open
    from workbench.publishing.publish import publish as write

    with progress("Publishing"):
        return write(
            release_open(data),
            to,
            about=about,
            licence=licence,
            formats=formats,
            spreadsheet_safe=spreadsheet_safe,
            recipe=recipe,
        )


def _record(done: Published) -> dict[str, Any]:
    return {
        "folder": str(done.folder),
        "identifier": done.about.identifier,
        "title": dict(done.about.title),
        "licence": done.about.licence.id,
        "files": [
            {"name": each.name, "bytes": each.bytes, "sha256": each.sha256}
            for each in (*done.data, *done.others)
        ],
        "formulas": [
            {"column": each.column, "count": each.count, "row": each.row} for each in done.formulas
        ],
    }


def _tell(done: Published) -> None:
    from workbench.cli.terminal import console, print_facts
    from workbench.publishing.page import said_size

    files = {each.format: f"{each.name} ({said_size(each.bytes, 'en')})" for each in done.data}
    facts = {
        "licence": done.about.licence.name,
        "date": done.about.date,
        **files,
        "page": str(done.folder / "index.html"),
    }
    print_facts(done.about.title["en"], facts)
    for each in done.formulas:
        console().print(
            f"Column {each.column}: {each.count} cells that a spreadsheet would run (first: row "
            f"{each.row}). Neutralise them with --spreadsheet-safe.",
            style="yellow",
        )


def _language(pack: str) -> str:
    from workbench.packs.pack import open_pack

    return open_pack(pack).spec.default_language


def _push(
    folder: Path,
    portal: str,
    organization: str,
    dataset: str,
    lang: str,
    *,
    really: bool,
    quiet: bool,
) -> Pushed:
    import platformdirs

    from workbench.cli.terminal import console
    from workbench.core.errors import PortalRefused
    from workbench.publishing.portal.client import Client
    from workbench.publishing.portal.local import read_publication
    from workbench.publishing.portal.push import Memory, push
    from workbench.publishing.portal.token import VARIABLE, find_token

    local = read_publication(folder, lang=lang)
    host = Client(portal, None).host
    token = find_token(host)
    if really and token is None:
        raise PortalRefused(
            f"No key for {host}: put that of your profile in {VARIABLE}, or in the keyring "
            f"(keyring set territorial-workbench {host})."
        )
    state = Path(platformdirs.user_state_dir("workbench"), "portals.json")
    pushed = push(
        local,
        Client(portal, token),
        organization=organization,
        dataset=dataset,
        really=really,
        memory=Memory(state),
        tell=lambda step: None if quiet else console().print(f"{step.verb:<9} {step.name}"),
    )
    if not really and not quiet:
        for step in pushed.steps:
            console().print(f"would {step.verb:<9} {step.name}")
        console().print(
            "Nothing was sent: add --send."
            + ("" if token else f" Without a key ({VARIABLE}) the portal was not read either.")
        )
    elif not quiet and pushed.page:
        console().print(pushed.page)
    return pushed
