"""A cluster is started or joined in one place, and nothing that was joined is closed."""

from __future__ import annotations

import sys

import dask
import dask.array as da
import pytest

from workbench.core.cluster import cluster, join, version_differences
from workbench.core.errors import ClusterLost, MissingExtra, ParameterError, WorkerDiffers
from workbench.core.progress import progress

distributed = pytest.importorskip("distributed", reason="needs territorial-workbench[cluster]")


@pytest.fixture(scope="module")
def running():
    """Start a worker of one thread in this process, as if somebody else had."""
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0"
    ) as made:
        yield made


def test_a_cluster_is_started_and_ended():
    """Two processes of one thread and 300 MB; Dask computes there, then here again."""
    with cluster(workers=2, memory="300MB", dashboard=False) as client:
        client.wait_for_workers(2, timeout=120)
        workers = client.scheduler_info()["workers"].values()
        assert [(each["nthreads"], each["memory_limit"]) for each in workers] == [
            (1, 300_000_000)
        ] * 2
        assert distributed.get_client() is client
        assert da.ones(10, chunks=5).sum().compute() == 10
    assert client.status == "closed"
    assert client.cluster.status.name == "closed"
    with pytest.raises(ValueError, match="No global client"):
        distributed.get_client()


def test_a_cluster_that_is_joined_goes_on(running):
    with cluster(running.scheduler_address) as client:
        assert da.ones(10, chunks=5).sum().compute() == 10
    assert client.status == "closed"
    assert running.status.name == "running"
    with cluster(running.scheduler_address):
        assert da.ones(10, chunks=5).sum().compute() == 10


def test_an_error_inside_leaves_nothing_behind(running):
    with pytest.raises(RuntimeError, match="mine"), cluster(running.scheduler_address) as client:
        raise RuntimeError("mine")
    assert client.status == "closed"


def test_what_is_told_of_progress_on_a_cluster(running, capsys):
    with cluster(running.scheduler_address), progress("Counting"):
        assert da.ones(10, chunks=5).sum().compute() == 10
    assert capsys.readouterr().err.startswith("Counting on the cluster: ")


def test_progress_in_a_log_is_some_lines(capsys, monkeypatch):
    monkeypatch.setattr("workbench.core.progress._MOMENT", 0.0)
    with progress("Counting"), dask.config.set(scheduler="synchronous"):
        da.ones(40, chunks=1).sum().compute()
    lines = capsys.readouterr().err.splitlines()
    assert 5 <= len(lines) <= 10
    assert lines[-1] == "Counting: 100 %"


# --- Refusals ------------------------------------------------------------------------------------


def test_an_address_where_nothing_answers_is_said():
    with pytest.raises(ClusterLost, match=r"No Dask scheduler answers at tcp://127.0.0.1:9 "):
        join("tcp://127.0.0.1:9", connect=0.5)
    with (
        pytest.raises(ClusterLost, match=r"at nothing://x .* Expected an address such as tcp"),
        cluster("nothing://x"),
    ):
        pass


def test_a_scheduler_without_a_worker_is_said():
    with (
        distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as empty,
        pytest.raises(ClusterLost, match=r"has no worker. Start some with `dask worker"),
    ):
        join(empty.scheduler_address, first_worker=0.2)


def test_other_versions_are_told(running, monkeypatch):
    told = {"packages": {"dask": "1.0", "numpy": "2.0", "python": "3.12.1.final.0"}}
    other = {"packages": {"dask": "1.1", "numpy": "2.0", "python": "3.13.0.final.0"}}
    assert version_differences({"client": told, "scheduler": told, "workers": {}}) == []
    found = {"client": told, "scheduler": told, "workers": {"tcp://b": other, "tcp://a": told}}
    assert version_differences(found) == [
        "tcp://b: dask is 1.1, expected 1.0; python is 3.13, expected 3.12"
    ]

    def altered(told):
        packages = {**told["client"]["packages"], "dask": "1999.1.0"}
        return version_differences({**told, "client": {"packages": packages}})

    monkeypatch.setattr("workbench.core.cluster.version_differences", altered)
    with (
        pytest.raises(WorkerDiffers, match=r"(?s)scheduler: dask is .*, expected 1999.1.0.*lock"),
        cluster(running.scheduler_address),
    ):
        pass


@pytest.mark.parametrize(
    ("address", "options", "error"),
    [
        ("tcp://a:1", {"workers": 2}, r"one at tcp://a:1 has its own"),
        ("tcp://a:1", {"memory": "2GB"}, r"workers, threads and memory are for a cluster"),
        ("", {"workers": 0}, r"workers=0, threads=1: at least one of each"),
        ("", {"memory": "plenty"}, r"memory='plenty': expected a size, such as '2GB'"),
    ],
)
def test_options_that_make_no_cluster_are_told(address, options, error):
    with pytest.raises(ParameterError, match=error), cluster(address, **options):
        pass


def test_what_a_cluster_needs_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(MissingExtra, match=r"pip install 'territorial-workbench\[cluster\]'"),
        cluster(),
    ):
        pass
