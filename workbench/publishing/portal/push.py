"""Push a publication: look, plan, do what is lacking, look again after any doubt."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workbench.core.aside import written_aside
from workbench.core.errors import PortalRefused, PortalUnreachable
from workbench.publishing.portal.client import Ambiguous, Client
from workbench.publishing.portal.local import Local, LocalFile
from workbench.publishing.portal.plan import (
    MARK,
    Step,
    dataset_content,
    is_whole,
    plan,
    resource_content,
)

__all__ = ["Memory", "Pushed", "find_dataset", "push"]

_PAGE: Final = 100
_PAGES: Final = 1000


@dataclass(frozen=True, slots=True)
class Pushed:
    """Tell what a push did, or would do.

    Parameters
    ----------
    dataset : str
        Identifier on the portal; empty when it would be created.
    page : str
        Address of the data set.
    steps : tuple of Step
    done : bool
        False for a dry run.
    """

    dataset: str
    page: str
    steps: tuple[Step, ...]
    done: bool


@dataclass(frozen=True, slots=True)
class Memory:
    """Remember which data set was created for a publication: a portal may not list an empty one.

    Parameters
    ----------
    path : Path or None
        File that keeps it; None forgets.
    """

    path: Path | None = None

    def recall(self, portal: str, identifier: str) -> str:
        """Return the data set, or nothing."""
        return str(self._read().get(f"{portal} {identifier}", ""))

    def keep(self, portal: str, identifier: str, dataset: str) -> None:
        """Remember a data set."""
        if self.path is None:
            return
        known = {**self._read(), f"{portal} {identifier}": dataset}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with written_aside(self.path) as draft:
            draft.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")

    def _read(self) -> Mapping[str, str]:
        if self.path is None or not self.path.is_file():
            return {}
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def push(
    local: Local,
    client: Client,
    *,
    organization: str = "",
    dataset: str = "",
    really: bool = False,
    memory: Memory | None = None,
    tell: Callable[[Step], None] = lambda step: None,
) -> Pushed:
    """Send a publication to a portal, or say what would be sent.

    Parameters
    ----------
    local : Local
    client : Client
    organization : str
        Identifier of the organisation that publishes; the key's own user by default.
    dataset : str
        Identifier of a data set of the portal to write in, where it has one already.
    really : bool
        Send; by default the portal is only read.
    memory : Memory, optional
    tell : callable
        Called with each step once it is done.

    Returns
    -------
    Pushed

    Raises
    ------
    PortalRefused
        The key, the content or a file is refused.
    PortalUnreachable
        The portal does not answer. Run again: what is done is not done again.

    Notes
    -----
    Nothing on the portal is removed but a file that the same name and digest has there twice.
    """
    memory = memory or Memory()
    remote = find_dataset(local, client, organization, dataset, memory)
    steps = plan(local, remote, organization=organization)
    if not really:
        return Pushed(str(remote["id"]) if remote else "", _page(remote), tuple(steps), False)
    done = []
    for step in steps:
        if step.verb in ("create", "update"):
            remote = _describe_dataset(step, local, client, organization, memory)
        elif remote is not None:
            _do(step, local, client, str(remote["id"]))
        done.append(step)
        tell(step)
    if remote is None:
        raise PortalRefused(f"{client.url} gave no data set for {local.identifier}.")
    return Pushed(str(remote["id"]), _page(remote), tuple(done), True)


def _page(remote: Mapping[str, Any] | None) -> str:
    return str((remote or {}).get("page") or "")


def find_dataset(
    local: Local, client: Client, organization: str, dataset: str, memory: Memory
) -> Mapping[str, Any] | None:
    """Return the data set of a publication, by its identifier or by our mark; None without one."""
    if client.token is None:
        # What is private cannot be read, and nothing could be written: told as new.
        return None
    if dataset:
        return _object(client.get(f"/datasets/{dataset}/"))
    known = memory.recall(client.url, local.identifier)
    if known:
        try:
            return _object(client.get(f"/datasets/{known}/"))
        except PortalRefused as refusal:
            if "status 404" not in str(refusal) and "status 410" not in str(refusal):
                raise
    for each in _owned(client, organization):
        if (each.get("extras") or {}).get(MARK) == local.identifier:
            return _object(client.get(f"/datasets/{each['id']}/"))
    return None


def _owned(client: Client, organization: str) -> Iterator[Mapping[str, Any]]:
    """List the data sets of the organisation, or of the key's user."""
    if organization:
        whose: dict[str, str | int] = {"organization": organization}
    else:
        whose = {"owner": str(_object(client.get("/me/"))["id"])}
    for page in range(1, _PAGES):
        found = _object(client.get("/datasets/", **whose, page=page, page_size=_PAGE))
        yield from found.get("data", ())
        if not found.get("next_page"):
            return


def _object(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise PortalRefused("The portal does not answer as udata does: an object was expected.")
    return found


def _describe_dataset(
    step: Step, local: Local, client: Client, organization: str, memory: Memory
) -> Mapping[str, Any]:
    content = dataset_content(local, organization)
    if step.verb == "update":
        return _object(client.send("PUT", f"/datasets/{step.resource}/", content))
    for _ in range(client.patience.attempts):
        try:
            made = _object(client.send("POST", "/datasets/", content))
        except Ambiguous:
            # It may have been created all the same: a second one must not be.
            client.patience.sleep(client.patience.pause)
            found = find_dataset(local, client, organization, "", memory)
            if found is None:
                continue
            made = found
        memory.keep(client.url, local.identifier, str(made["id"]))
        return made
    raise PortalUnreachable(
        f"{client.url} cuts the line each time a data set is created. Run the same command later."
    )


def _do(step: Step, local: Local, client: Client, dataset: str) -> None:
    if step.file is None or step.verb in ("keep", "leave"):
        return
    place = f"/datasets/{dataset}/resources/{step.resource}/"
    if step.verb == "remove":
        client.send("DELETE", place, {})
    elif step.verb == "describe":
        client.send("PUT", place, resource_content(step.file))
    else:
        resource = _sent(step, local, client, dataset)
        place = f"/datasets/{dataset}/resources/{resource}/"
        client.send("PUT", place, resource_content(step.file))


def _sent(step: Step, local: Local, client: Client, dataset: str) -> str:
    """Upload a file until the portal holds it whole; return its resource."""
    file, resource = step.file, step.resource
    if file is None:
        raise PortalRefused(f"{step.name} is no file of {local.identifier}.")
    for _ in range(client.patience.attempts):
        tail = f"resources/{resource}/upload/" if resource else "upload/"
        try:
            told = _object(client.upload(f"/datasets/{dataset}/{tail}", file.path, file.media))
        except Ambiguous:
            client.patience.sleep(client.patience.pause)
            told = _there(file, local, client, dataset) or {}
        resource = str(told.get("id", "") or resource)
        if told and is_whole(told, file):
            return resource
    raise PortalUnreachable(
        f"{client.url} does not keep {file.name} whole ({client.patience.attempts} attempts). Run "
        "the same command later: what is done is not done again."
    )


def _there(file: LocalFile, local: Local, client: Client, dataset: str) -> Mapping[str, Any] | None:
    """Return the resource that an upload cut short may have left."""
    remote = _object(client.get(f"/datasets/{dataset}/"))
    for step in plan(local, remote):
        if step.file == file and step.resource:
            found = [each for each in remote["resources"] if str(each["id"]) == step.resource]
            return _object(found[0])
    return None
