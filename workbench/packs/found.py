"""Find packs: those of the workbench, of installed distributions, and folders.

A distribution carries a pack when it names, in the entry point group ``workbench.packs``, the
package whose folder holds ``pack.yml``::

    [project.entry-points."workbench.packs"]
    narnia = "narnia_pack"
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from workbench.core.errors import PackInvalid, PackNotFound, nearest

__all__ = ["GROUP", "find_pack", "known_packs", "name_of"]

GROUP = "workbench.packs"
_HERE = Path(__file__).parent
_SPEC = "pack.yml"


def known_packs() -> Mapping[str, Path]:
    """Return the folder of each pack that has a name, the workbench's own first.

    Raises
    ------
    PackInvalid
        When two installed distributions give different packs one name.

    Examples
    --------
    >>> known_packs()["france"].name
    'france'
    """
    own = {path.parent.name: path.parent.resolve() for path in sorted(_HERE.glob(f"*/{_SPEC}"))}
    others: dict[str, Path] = {}
    for point in entry_points(group=GROUP):
        folder = _folder_of(point.value)
        if folder is None:
            continue
        if others.setdefault(point.name, folder) != folder:
            raise PackInvalid(
                f"Two installed distributions carry a pack named {point.name!r}, in "
                f"{others[point.name]} and {folder}. Uninstall one of them."
            )
    return {**others, **own}


def find_pack(name: str) -> Path:
    """Return the folder of a pack, by name or by its own path.

    Raises
    ------
    PackNotFound
        When there is no such pack; the known ones are named.

    Examples
    --------
    >>> find_pack("frnace")
    Traceback (most recent call last):
    ...
    workbench.core.errors.PackNotFound: No pack is named 'frnace' (nearest: france). ...
    """
    path = Path(name)
    # Own packs are found without a look at what is installed.
    own = _HERE / name
    if path.name == name and (own / _SPEC).exists():
        return own.resolve()
    if (path / _SPEC).exists():
        return path.resolve()
    known = known_packs()
    if name in known:
        return known[name]
    if path.is_dir():
        raise PackNotFound(
            f"Folder {name} holds no {_SPEC}. Make a pack with `workbench pack new FOLDER`, "
            "or name the folder of one."
        )
    raise PackNotFound(
        f"No pack is named {name!r} ({nearest(name, known)}). "
        "A folder that holds a pack.yml can be given too."
    )


@lru_cache(maxsize=32)
def name_of(folder: Path) -> str:
    """Return what opens a pack again from anywhere: its name if it has one, else its path.

    Examples
    --------
    >>> name_of(find_pack("france"))
    'france'
    """
    folder = folder.resolve()
    return next((name for name, path in known_packs().items() if path == folder), str(folder))


def _folder_of(package: str) -> Path | None:
    """Return the folder of a package that holds a pack, without importing it."""
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        return None
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(place) / _SPEC).exists():
            return Path(place).resolve()
    return None
