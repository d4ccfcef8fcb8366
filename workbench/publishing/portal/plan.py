"""What a push would do: the publication on this disk beside the data set of the portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from workbench.core.folding import fold
from workbench.publishing.portal.local import Local, LocalFile

__all__ = ["MARK", "Step", "dataset_content", "is_whole", "plan", "resource_content"]

MARK: Final = "workbench:identifier"
_NAME: Final = "workbench:name"
_DIGEST: Final = "workbench:sha256"

Verb = Literal["create", "update", "keep", "upload", "replace", "describe", "remove", "leave"]

# Identifiers of licences in udata.
_LICENCES: Final = {
    "etalab-2.0": "lov2",
    "ODbL-1.0": "odc-odbl",
    "ODC-By-1.0": "odc-by",
    "PDDL-1.0": "odc-pddl",
    "CC0-1.0": "cc-zero",
    "CC-BY-4.0": "cc-by",
    "CC-BY-SA-4.0": "cc-by-sa",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Tell one thing to do.

    Parameters
    ----------
    verb : str
        ``create``, ``update`` or ``keep`` the data set; ``upload``, ``replace``, ``describe`` or
        ``keep`` a file; ``remove`` one that is there twice; ``leave`` one that is not ours.
    name : str
    resource : str
        Identifier of the resource, where it is there.
    file : LocalFile or None
    """

    verb: Verb
    name: str
    resource: str = ""
    file: LocalFile | None = None


def plan(local: Local, remote: Mapping[str, Any] | None, *, organization: str = "") -> list[Step]:
    """Compare a publication with what the portal has of it.

    Parameters
    ----------
    local : Local
    remote : mapping or None
        The data set as the portal tells it; None when it has none.
    organization : str

    Returns
    -------
    list of Step
        The data set first, then each file, then what is on the portal only.
    """
    content = dataset_content(local, organization)
    if remote is None:
        steps = [Step("create", local.identifier)]
    else:
        same = _same(content, remote)
        steps = [Step("keep" if same else "update", local.identifier, str(remote["id"]))]
    there = list(remote.get("resources", ())) if remote else []
    seen: set[str] = set()
    for file in local.files:
        found = [each for each in there if _is_of(each, file)]
        found.sort(key=lambda each: (not _is_described(each, file), not is_whole(each, file)))
        seen |= {str(each["id"]) for each in found}
        steps.append(_step(file, found[0] if found else None))
        # Only what is there twice is taken away; nothing else ever is.
        steps += [Step("remove", file.name, str(each["id"]), file) for each in found[1:]]
    steps += [
        Step("leave", str(each.get("title", "")), str(each["id"]))
        for each in there
        if str(each["id"]) not in seen
    ]
    return steps


def _step(file: LocalFile, found: Mapping[str, Any] | None) -> Step:
    if found is None:
        return Step("upload", file.name, file=file)
    resource = str(found["id"])
    if not is_whole(found, file):
        return Step("replace", file.name, resource, file)
    verb: Verb = "keep" if _is_described(found, file) else "describe"
    return Step(verb, file.name, resource, file)


def _is_of(resource: Mapping[str, Any], file: LocalFile) -> bool:
    """Tell whether a resource is that file: by our mark, else by the name it was uploaded under."""
    marked = (resource.get("extras") or {}).get(_NAME)
    return marked == file.name if marked else resource.get("title") == file.name


def is_whole(resource: Mapping[str, Any], file: LocalFile) -> bool:
    """Tell whether the portal holds all the bytes of a file, by its digest, else by its size."""
    checksum = resource.get("checksum") or {}
    kind, value = checksum.get("type"), str(checksum.get("value", "")).lower()
    if kind == "sha256":
        return value == file.sha256
    if kind == "sha1":
        return value == file.sha1()
    size = resource.get("filesize")
    marked = (resource.get("extras") or {}).get(_DIGEST)
    return size == file.bytes and marked in (None, file.sha256)


def _is_described(resource: Mapping[str, Any], file: LocalFile) -> bool:
    return _same(resource_content(file), resource)


def _same(content: Mapping[str, Any], remote: Mapping[str, Any]) -> bool:
    """Tell whether the portal says all that we would; it may say more."""
    for key, value in content.items():
        told = remote.get(key)
        if isinstance(value, Mapping):
            if not isinstance(told, Mapping) or not _same(value, told):
                return False
        elif key == "organization":
            identifier = told.get("id") if isinstance(told, Mapping) else told
            if identifier != value:
                return False
        elif isinstance(value, list):
            if sorted(value) != sorted(told or []):
                return False
        elif told != value:
            return False
    return True


def dataset_content(local: Local, organization: str = "") -> dict[str, Any]:
    """Return what the portal is told of the data set."""
    content: dict[str, Any] = {
        "title": local.title,
        "description": local.description,
        "license": _LICENCES.get(local.licence, "other-open"),
        "tags": sorted({_tag(each) for each in local.keywords} - {""}),
        "frequency": "unknown",
        "extras": {MARK: local.identifier},
    }
    if local.periods:
        content["temporal_coverage"] = {
            "start": f"{local.periods[0]:04}-01-01",
            "end": f"{local.periods[-1]:04}-12-31",
        }
    if organization:
        content["organization"] = organization
    return content


def _tag(text: str) -> str:
    """Write a keyword as portals do: lower case, hyphens, 3 to 96 characters."""
    made = "-".join("".join(c if c.isalnum() else " " for c in fold(text)).split())[:96]
    return made if len(made) >= 3 else ""


def resource_content(file: LocalFile) -> dict[str, Any]:
    """Return what the portal is told of a file, once it is there."""
    return {
        "title": file.title,
        "type": "main" if file.is_data else "documentation",
        "extras": {_NAME: file.name, _DIGEST: file.sha256},
    }
