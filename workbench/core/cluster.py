"""Start or join a Dask cluster: the one place that does."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from workbench.core.errors import ClusterLost, MissingExtra, ParameterError, WorkerDiffers

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["cluster", "cores", "join", "version_differences"]

# Seconds to wait for the scheduler, and for its first worker.
_CONNECT, _FIRST_WORKER = 10.0, 30.0
# Packages whose versions must be the same here and there, or pickled tasks may not be read.
_SAME = ("dask", "distributed", "numpy", "pandas", "xarray", "numba")
_NAMED = 5


@contextmanager
def cluster(
    address: str = "",
    *,
    workers: int | None = None,
    threads: int = 1,
    memory: str = "",
    dashboard: bool = True,
) -> Iterator[Client]:
    """Start a Dask cluster on this machine, or join one that runs already.

    Parameters
    ----------
    address : str
        Of a scheduler to join (``"tcp://10.0.0.1:8786"``); empty to start one here.
    workers : int, optional
        Processes to start; by default as many as this process may use cores.
    threads : int
        Of each process.
    memory : str
        Most that each process may use (``"2GB"``); by default its part of the machine's.
    dashboard : bool
        Serve Dask's own pages, at ``client.dashboard_link``, on a port that is free.

    Yields
    ------
    distributed.Client
        Dask computes there by default as long as the block lasts. What was started is then
        ended; a cluster that was joined goes on.

    Raises
    ------
    ParameterError
        `workers`, `threads` or `memory` with an address, or one that makes no cluster.
    MissingExtra
        The package ``distributed`` is not installed.
    ClusterLost
        No scheduler answers at the address, or it has no worker.
    WorkerDiffers
        Workers have other versions of Dask or of what arrays are made of.

    Examples
    --------
    Heavy work goes between the two, and nothing is left behind::

        with wb.cluster(workers=4, memory="2GB") as client:
            print(client.dashboard_link)
            cube = wb.climate(grid, level="departement").compute()
    """
    if address:
        if workers is not None or threads != 1 or memory:
            raise ParameterError(
                "workers, threads and memory are for a cluster that is started here; the one at "
                f"{address} has its own. Leave them out, or the address."
            )
        client = join(address)
        try:
            _check_versions(client, address)
            yield client
        finally:
            client.close()
        return
    count = cores() if workers is None else workers
    if count < 1 or threads < 1:
        raise ParameterError(f"workers={count}, threads={threads}: at least one of each.")
    distributed = _distributed()
    with (
        distributed.LocalCluster(
            n_workers=count,
            threads_per_worker=threads,
            memory_limit=_memory(memory),
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0" if dashboard else None,
        ) as started,
        distributed.Client(started) as client,
    ):
        yield client


def join(
    address: str,
    *,
    connect: float = _CONNECT,
    first_worker: float = _FIRST_WORKER,
    as_default: bool = True,
) -> Client:
    """Return a client of a scheduler that runs already; closing it leaves the cluster as it was.

    Parameters
    ----------
    address : str
    connect, first_worker : float
        Seconds to wait for the scheduler, then for a worker.
    as_default : bool
        Whether Dask computes there from now on.

    Raises
    ------
    MissingExtra
        The package ``distributed`` is not installed.
    ClusterLost
        No scheduler answers at the address, or it has no worker.
    """
    distributed = _distributed()
    try:
        client: Client = distributed.Client(address, timeout=connect, set_as_default=as_default)
    except (OSError, ValueError) as error:
        raise ClusterLost(
            f"No Dask scheduler answers at {address} ({error}). Expected an address such as "
            "tcp://10.0.0.1:8786, which `dask scheduler` writes as it starts."
        ) from None
    try:
        client.wait_for_workers(1, timeout=first_worker)
    except TimeoutError:
        client.close()
        raise ClusterLost(
            f"The Dask scheduler at {address} has no worker. Start some with "
            f"`dask worker {address}`."
        ) from None
    return client


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise MissingExtra(
            "A cluster needs the package distributed: install territorial-workbench[cluster], "
            "with `pip install 'territorial-workbench[cluster]'` or `conda install -c conda-forge "
            "distributed`."
        ) from None
    return distributed


def _check_versions(client: Client, address: str) -> None:
    told: Any = client.get_versions()
    wrong = version_differences(told)
    if wrong:
        more = f"\n… and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise WorkerDiffers(
            f"The cluster at {address} has other versions than this machine:\n"
            + "\n".join(wrong[:_NAMED])
            + f"{more}\nInstall there what is installed here (the same lock file), then start its "
            "scheduler and workers again."
        )


def version_differences(told: Mapping[str, Any]) -> list[str]:
    """Say which versions differ between the client, the scheduler and the workers.

    Parameters
    ----------
    told : mapping
        What ``Client.get_versions`` returns.

    Returns
    -------
    list of str
        A line a machine: what is found there and what is expected.

    Examples
    --------
    >>> here = {"packages": {"dask": "2026.8.0", "python": "3.11.9.final.0"}}
    >>> there = {"packages": {"dask": "2026.1.0", "python": "3.11.2.final.0"}}
    >>> version_differences({"client": here, "scheduler": here, "workers": {"tcp://a": there}})
    ['tcp://a: dask is 2026.1.0, expected 2026.8.0']
    """
    here = _versions(told["client"])
    machines = {"scheduler": told["scheduler"], **told["workers"]}
    lines = []
    for name, machine in sorted(machines.items()):
        there = _versions(machine)
        odd = [
            f"{package} is {there.get(package) or 'missing'}, expected {version}"
            for package, version in here.items()
            if there.get(package) != version
        ]
        if odd:
            lines.append(f"{name}: {'; '.join(odd)}")
    return lines


def _versions(machine: Mapping[str, Any]) -> dict[str, str]:
    """List the versions that matter; of Python, the first two numbers."""
    packages = machine["packages"]
    found = {name: str(packages[name]) for name in _SAME if packages.get(name)}
    if python := packages.get("python"):
        found["python"] = ".".join(str(python).split(".")[:2])
    return found


def cores() -> int:
    """Count the cores given to this process: fewer than the machine's in a container."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory(text: str) -> int | str:
    if not text:
        return "auto"
    from dask.utils import parse_bytes

    try:
        size = int(parse_bytes(text))
    except ValueError:
        size = 0
    if size < 1:
        raise ParameterError(f"memory={text!r}: expected a size, such as '2GB' or '500MB'.")
    return size
