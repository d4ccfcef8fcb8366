"""The words that the commands of data share: what is read, with which reader, from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from workbench.loaders.transport import Limits

__all__ = [
    "Allow",
    "As",
    "Dates",
    "Decimal",
    "Encoding",
    "Header",
    "HeaderLine",
    "Marker",
    "Member",
    "Offline",
    "Option",
    "Reader",
    "Role",
    "Separator",
    "Set",
    "Sheet",
    "Thousands",
    "What",
    "limits",
    "pairs",
    "reading",
]

_PANEL = "How the file is written"
_SEPARATORS = {"tab": "\t", "\\t": "\t"}

What = Annotated[str, typer.Argument(help="A source of the catalogue, a URL, or a file.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="NAME=VALUE", help="A parameter of the source's URL."),
]
As = Annotated[
    str,
    typer.Option("--as", metavar="SOURCE", help="Source that tells how a URL or a file is read."),
]
Reader = Annotated[str, typer.Option(help="Reader; found by the file's ending if not given.")]
Member = Annotated[str, typer.Option(help="Pattern of the file to read in an archive.")]
Option = Annotated[
    list[str] | None,
    typer.Option("--option", "-o", metavar="NAME=VALUE", help="An option of the reader."),
]
Offline = Annotated[bool, typer.Option("--offline", help="Take what was fetched before.")]
Allow = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="HOST", help="A host or network read though it is not public."),
]
Header = Annotated[
    list[str] | None,
    typer.Option("--header", metavar="NAME:VALUE", help="A header to send, such as a key."),
]

# How the file is written, where what was found of it is wrong.
Encoding = Annotated[str, typer.Option(help="Such as utf-8 or cp1252.", rich_help_panel=_PANEL)]
Separator = Annotated[
    str, typer.Option(help="Between cells: one character, or tab.", rich_help_panel=_PANEL)
]
Decimal = Annotated[str, typer.Option(help="Decimal mark: , or .", rich_help_panel=_PANEL)]
Thousands = Annotated[
    str,
    typer.Option(help="Between thousands, beside spaces: . or , or none.", rich_help_panel=_PANEL),
]
Dates = Annotated[
    str, typer.Option(help="Order of dates: dmy, mdy or ymd.", rich_help_panel=_PANEL)
]
HeaderLine = Annotated[
    int | None,
    typer.Option(min=0, help="Line of the column names; 0 if none.", rich_help_panel=_PANEL),
]
Sheet = Annotated[str, typer.Option(help="Sheet of a workbook.", rich_help_panel=_PANEL)]
Role = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN=ROLE",
        help="What a column is: code, text, integer, number, date or datetime.",
        rich_help_panel=_PANEL,
    ),
]
Marker = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CELL=MEANING",
        help="What a sign is: suppressed, missing, not_applicable or zero.",
        rich_help_panel=_PANEL,
    ),
]


def pairs(given: list[str] | None, mark: str = "=") -> dict[str, str]:
    """Read NAME=VALUE pairs, as they are given on a command line."""
    from workbench.core.errors import ParameterError

    pairs = {}
    for text in given or ():
        name, found, value = text.partition(mark)
        if not found or not name.strip():
            raise ParameterError(f"{text!r} is no pair: write NAME{mark}VALUE.")
        pairs[name.strip()] = value.strip() if mark == ":" else value
    return pairs


def reading(
    option: list[str] | None,
    *,
    encoding: str = "",
    separator: str = "",
    decimal: str = "",
    thousands: str = "",
    dates: str = "",
    header_line: int | None = None,
    sheet: str = "",
    role: list[str] | None = None,
    marker: list[str] | None = None,
) -> dict[str, Any]:
    """Return the options of the reader, those that say how the file is written among them."""
    given: dict[str, Any] = {key: _typed(key, text) for key, text in pairs(option).items()}
    said = {
        "encoding": encoding,
        "separator": _SEPARATORS.get(separator, separator),
        "decimal": decimal,
        "thousands": thousands,
        "date_order": dates,
        "sheet": sheet,
        "roles": pairs(role),
        "markers": pairs(marker),
    }
    given |= {key: value for key, value in said.items() if value}
    if thousands == "none":
        given["thousands"] = ""
    if header_line is not None:
        given["header"] = header_line
    return given


def _typed(name: str, text: str) -> str | int | bool:
    """Read the value of an option: a number or a flag, where it is not a name."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdecimal() and name != "sheet" else text


def limits(allow: list[str] | None) -> Limits:
    """Return the limits of what is fetched, with the hosts that are allowed."""
    from dataclasses import replace

    from workbench.loaders.addresses import Allowed
    from workbench.loaders.transport import LIMITS

    return replace(LIMITS, allowed=Allowed.of(allow or ()))
