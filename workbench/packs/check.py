"""Prove a pack: its declarations, files, totals, territories and boundaries agree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from workbench.core.declarations import problems_of, read_declaration
from workbench.core.errors import DeclarationError, UnknownName
from workbench.packs import check_events, check_shapes, check_territories, check_totals
from workbench.packs.declared import contradictions
from workbench.packs.finding import Check, some
from workbench.packs.licences import licence
from workbench.packs.pack import Pack, open_pack
from workbench.packs.spec import PARTS, PackSpec, pack_schema, spec_of

__all__ = ["Check", "check_folder", "check_pack"]

_SPEC = "pack.yml"
_README = "The keys of pack.yml are documented in workbench/packs/README.md."


def check_folder(folder: Path) -> tuple[Check, ...]:
    """Verify the pack of a folder, whatever state it is in.

    Parameters
    ----------
    folder : Path
        Holds ``pack.yml``.

    Returns
    -------
    tuple of Check
        Those that could be made: territories are not looked at before the declarations are right.

    Examples
    --------
    >>> from workbench.packs.found import find_pack
    >>> all(check.holds for check in check_folder(find_pack("france")))
    True
    """
    title = "pack.yml follows its schema"
    try:
        raw = read_declaration(folder / _SPEC)
    except DeclarationError as error:
        return (Check(title, (str(error),), step="Write it as a mapping of keys, in YAML."),)
    wrong = problems_of(raw, pack_schema(), _SPEC)
    shape = Check(title, some(wrong), f"{len(raw)} keys", f"Correct the key. {_README}")
    if wrong:
        return (shape,)
    declared = _declarations(spec_of(raw))
    files = _files(folder, raw["base_level"])
    if not (declared.holds and files.holds):
        return (shape, declared, files)
    return (shape, declared, files, *check_pack(open_pack(str(folder.resolve()))))


def check_pack(pack: Pack) -> tuple[Check, ...]:
    """Verify a pack, on its latest map and, for populations, on every map.

    Parameters
    ----------
    pack : Pack

    Returns
    -------
    tuple of Check
        All of them, whatever fails; nothing is raised for a pack that contradicts itself.
    """
    checks: tuple[Callable[[Pack], Check], ...] = (
        _licences,
        _tables,
        _variables,
        check_territories.codes,
        check_territories.names,
        check_territories.parents,
        check_territories.one_holder,
        check_territories.members,
        check_territories.hierarchy,
        check_totals.populations,
        check_totals.published,
        check_totals.finer,
        check_shapes.rings,
        check_shapes.nested,
        check_events.events,
    )
    done: list[Check] = []
    for check in checks:
        done.append(check(pack))
        # Nothing can be looked up, summed or nested by codes that are not sound.
        if check is check_territories.codes and not done[-1].holds:
            break
    return tuple(done)


def _declarations(spec: PackSpec) -> Check:
    """Look for what one key says against another, and for texts that are missing."""
    wrong = [f"{_SPEC}, {text}" for text in contradictions(spec)]
    title = "declarations agree, and texts are there in every language"
    return Check(title, some(wrong), ", ".join(spec.languages), _README)


def _files(folder: Path, base: str) -> Check:
    """Look for the tables without which there is no pack, and for their first columns."""
    needed = {"territories": ("level", "code", "name"), base: ("code",)}
    problems = []
    for name, columns in needed.items():
        path = folder / "data" / f"{name}.parquet"
        if not path.exists():
            problems.append(f"data/{path.name} is missing")
            continue
        try:
            schema = pq.read_schema(path)
        except OSError as error:
            problems.append(f"data/{path.name} is no Parquet file: {error}")
            continue
        for column in columns:
            if column not in schema.names:
                problems.append(f"data/{path.name} has no column {column!r}")
            elif str(schema.field(column).type) not in ("string", "large_string"):
                found = schema.field(column).type
                problems.append(f"data/{path.name}, column {column!r}: {found}, expected text")
    return Check(
        "the tables that every pack has are there",
        some(problems),
        step=f"Make them with `workbench pack build {folder}`.",
    )


def _licences(pack: Pack) -> Check:
    """Look each source's licence up among those that are known."""
    problems, known = [], []
    for source in pack.spec.sources.values():
        try:
            known.append(licence(source.licence).id)
        except UnknownName as error:
            problems.append(f"pack.yml, sources, {source.id}, licence: {error}")
    if not pack.spec.sources:
        problems.append("pack.yml, sources: none is named")
    return Check(
        "sources have a known licence",
        some(problems),
        ", ".join(dict.fromkeys(known)),
        "Give the licence under which the producer publishes the source.",
    )


def _tables(pack: Pack) -> Check:
    """Compute the sha256 of each table again."""
    title = "tables are those of the manifest (sha256)"
    step = f"Build the pack again: `workbench pack build {pack.folder}`."
    folder = pack.folder / "data"
    if not check_totals.has_manifest(pack):
        return Check(title, ("data/manifest.json is missing",), step=step)
    declared: Mapping[str, str] = pack.manifest["tables"]
    present = {path.name: path for path in sorted(folder.glob("*.parquet"))}
    problems = [f"{name} is missing" for name in declared if name not in present]
    problems += [f"{name} is not in the manifest" for name in present if name not in declared]
    size = 0
    for name, path in present.items():
        content = path.read_bytes()
        size += len(content)
        digest = hashlib.sha256(content).hexdigest()
        if name in declared and digest != declared[name]:
            problems.append(f"{name} is {digest[:12]}…, expected {declared[name][:12]}…")
    return Check(title, some(problems), f"{len(present)} tables, {size / 1e6:.1f} MB", step)


def _variables(pack: Pack) -> Check:
    """Compare declared variables with the columns of the base level's table."""
    base = pack.spec.base_level
    counted = [name for name in pack.spec.variables if name != PARTS]
    columns = pq.read_schema(pack.folder / "data" / f"{base}.parquet").names
    found = dict.fromkeys(name.partition("@")[0] for name in columns if name != "code")
    problems = [
        f"{name} is declared and in no column of {base}" for name in counted if name not in found
    ]
    problems += [
        f"column {name} of {base} is not declared"
        for name in found
        if name not in pack.spec.variables
    ]
    return Check(
        "declared variables are those of the tables",
        some(problems),
        f"{len(counted)} variables",
        "Declare the column under variables in pack.yml, or take one of the two away.",
    )
