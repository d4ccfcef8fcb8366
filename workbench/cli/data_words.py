"""The words that the commands of data share: what is read, with which reader, from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workbench.loaders.transport import Limits

__all__ = [
    "Allow",
    "As",
    "Header",
    "Member",
    "Offline",
    "Option",
    "Reader",
    "Set",
    "What",
    "limits",
    "pairs",
    "typed",
]

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


def typed(name: str, text: str) -> str | int | bool:
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
