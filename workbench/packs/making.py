"""Build a pack: run the module that it declares, or read the CSV files of its folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from workbench.core.errors import PackInvalid
from workbench.packs.spec import read_spec
from workbench.packs.tabulate import build_from_csv

__all__ = ["build_pack"]


def build_pack(folder: Path) -> tuple[Path, ...]:
    """Build the tables of a pack again.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    tuple of Path
        The tables of the pack.

    Raises
    ------
    PackInvalid
        When the pack says no way to build it, or its script fails.

    Notes
    -----
    A pack that declares ``build: a.module`` has it run as ``python -m a.module``: code of the
    pack's author, which the user asks for by name.
    """
    module = read_spec(folder / "pack.yml").build
    if not module:
        if not (folder / "sources").is_dir():
            raise PackInvalid(
                f"{folder} says no way to build it: give CSV files in sources/, or the key build "
                "of pack.yml, a Python module that writes data/."
            )
        return build_from_csv(folder)
    done = subprocess.run([sys.executable, "-m", module], check=False)
    if done.returncode:
        raise PackInvalid(
            f"python -m {module} ended with {done.returncode}; what it says stands above. Its "
            "sources are fetched from the network."
        )
    return tuple(sorted((folder / "data").glob("*.parquet")))
