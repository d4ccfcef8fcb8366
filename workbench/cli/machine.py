"""What the workbench needs of a machine, looked at one thing at a time."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from workbench.core.cluster import cores

__all__ = ["Finding", "available_memory", "examine"]

DISTRIBUTION = "territorial-workbench"
_INSTALL = "make setup"
_GIGABYTE = 2**30
# A process that draws a report of the largest région stays well under this.
_COMFORT = 2 * _GIGABYTE


@dataclass(frozen=True, slots=True)
class Finding:
    """Tell one thing about the machine.

    Parameters
    ----------
    subject : str
    status : {"ok", "warn", "fail"}
        ``"warn"`` takes something away, ``"fail"`` stops the work.
    found : str
    step : str
        What to do about it; empty when all is well.

    Examples
    --------
    >>> Finding("fork", "ok", "available").step
    ''
    """

    subject: str
    status: Literal["ok", "warn", "fail"]
    found: str
    step: str = ""


def examine(folder: Path) -> tuple[Finding, ...]:
    """Look at everything, in the order in which it would be missed.

    Parameters
    ----------
    folder : Path
        Where reports would be written.
    """
    looks: Mapping[str, Callable[[], Finding]] = {
        "Python": _python,
        "packages": _packages,
        "papermill engine": _engine,
        "kernel": _kernel,
        "fork": _fork,
        "cores": _cores,
        "memory": _memory,
        "folder": lambda: _writable(folder),
        "matplotlib": _matplotlib,
        "grids": _grids,
        "Chromium": _browser,
        "fonts": _fonts,
    }
    return tuple(_looked(subject, look) for subject, look in looks.items())


def _looked(subject: str, look: Callable[[], Finding]) -> Finding:
    """Look at one thing; a library that is missing is a finding, not the end."""
    try:
        return look()
    except ImportError as error:
        return Finding(subject, "fail", str(error), _INSTALL)


def _python() -> Finding:
    found = sys.version.split()[0]
    if sys.version_info < (3, 11):  # noqa: UP036 (an old Python gets this far, and is told)
        return Finding("Python", "fail", found, "Python 3.11 or later is needed: make PYTHON=…")
    return Finding("Python", "ok", found)


def _packages() -> Finding:
    """Compare the installed packages with those that the project asks for."""
    try:
        wanted = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return Finding("packages", "fail", f"{DISTRIBUTION} is not installed", _INSTALL)
    needed = [
        r for r in map(Requirement, wanted) if r.marker is None or r.marker.evaluate({"extra": ""})
    ]
    wrong = [problem for requirement in needed if (problem := _lacking(requirement))]
    if wrong:
        return Finding("packages", "fail", "; ".join(wrong), _INSTALL)
    return Finding("packages", "ok", f"{len(needed)} as required")


def _lacking(requirement: Requirement) -> str:
    """Say what is wrong with one package; nothing when it is as required."""
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"{requirement.name} is missing"
    if not requirement.specifier.contains(version, prereleases=True):
        return f"{requirement.name} is {version}, needs {requirement.specifier}"
    return ""


def _engine() -> Finding:
    """Look for the papermill engine that the package registers."""
    names = {point.name for point in metadata.entry_points(group="papermill.engine")}
    if "workbench" in names:
        return Finding("papermill engine", "ok", "workbench")
    return Finding(
        "papermill engine",
        "warn",
        "not registered: `papermill --engine workbench` will not find it",
        "pip install --no-deps --no-build-isolation -e .",
    )


def _kernel() -> Finding:
    """Look for the Python kernel that notebooks ask for."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding("kernel", "warn", "python3 is missing", "python -m ipykernel install --user")
    command = Path(spec.argv[0])
    if command.is_absolute() and not command.exists():
        step = f"remove {spec.resource_dir}, which leads to a Python that is gone"
        return Finding("kernel", "warn", json.dumps(spec.argv[0]), step)
    return Finding("kernel", "ok", "python3")


def _fork() -> Finding:
    from workbench.reports.run import can_fork

    if can_fork():
        return Finding("fork", "ok", "a process a report")
    return Finding("fork", "warn", "not here", "reports use kernels: slower (--engine kernel)")


def _cores() -> Finding:
    return Finding("cores", "ok", str(cores()))


def _memory() -> Finding:
    free = available_memory()
    if free is None:
        return Finding("memory", "ok", "unknown here")
    found = f"{free / _GIGABYTE:.1f} GB available"
    if free < _COMFORT:
        return Finding("memory", "warn", found, "make fewer reports at once: --jobs 1")
    return Finding("memory", "ok", found)


def available_memory() -> int | None:
    """Read what Linux says could be used without swapping."""
    path = Path("/proc/meminfo")
    if not path.exists():
        return None
    rows = dict(line.split(":", 1) for line in path.read_text("utf-8").splitlines())
    return int(rows["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in rows else None


def _writable(folder: Path) -> Finding:
    """Try to write where the folder is, or would be made."""
    nearest = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return Finding("folder", "ok", f"{folder} can be written")
    except OSError as error:
        found = f"{nearest} cannot be written: {error.strerror}"
        return Finding("folder", "fail", found, "choose another with --to")


def _matplotlib() -> Finding:
    try:
        return Finding("matplotlib", "ok", metadata.version("matplotlib"))
    except metadata.PackageNotFoundError:
        step = "pip install 'territorial-workbench[plots]' for templates that use it"
        return Finding("matplotlib", "warn", "not installed", step)


def _grids() -> Finding:
    """Compile what gridded data need, so that no report waits for it."""
    from workbench.compute.compiling import prepare
    from workbench.core.errors import MissingExtra

    try:
        made = prepare()
    except MissingExtra:
        step = "pip install 'territorial-workbench[grids]' for climate and other gridded data"
        return Finding("grids", "warn", "numba is not installed", step)
    return Finding("grids", "ok", f"{made} kernels compiled now" if made else "kernels compiled")


def _browser() -> Finding:
    from workbench.core.errors import MissingExtra
    from workbench.reports.chromium import chromium_path

    try:
        return Finding("Chromium", "ok", str(chromium_path()))
    except MissingExtra:
        found = "not found: no PDF, and browser tests are skipped"
        return Finding("Chromium", "warn", found, "make chromium")


def _fonts() -> Finding:
    """Look for any font: without one a browser prints empty pages."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    if sys.platform != "linux" or any(
        True for folder in folders for _ in folder.rglob("*.[ot]t[fc]")
    ):
        return Finding("fonts", "ok", "found")
    return Finding("fonts", "warn", "none found: printed pages would be empty", "make chromium")
