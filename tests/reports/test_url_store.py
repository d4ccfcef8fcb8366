"""Pages go to any URL that fsspec knows, each whole; one listing tells what is there."""

from __future__ import annotations

import importlib.util
import threading

import fsspec
import pytest

from workbench.core.errors import DirectoryNotWritable, MissingExtra, ParameterError
from workbench.reports.run import Options, run_plan
from workbench.reports.store import FolderStore
from workbench.reports.url_store import UrlStore, open_store

from .tiny_templates import plan_of, template


@pytest.fixture
def memory(tmp_path):
    """Give a store in memory that no other test uses, and what lists its files."""
    url = f"memory:/{tmp_path}"
    files = fsspec.filesystem("memory")
    yield (
        url,
        lambda: {
            path.removeprefix(f"{tmp_path}/"): files.cat(path) for path in files.find(str(tmp_path))
        },
    )
    files.rm(str(tmp_path), recursive=True)


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_a_reader_never_finds_half_a_page(tmp_path, kind):
    store = UrlStore(f"{kind}://{tmp_path}/place", tmp_path)
    files = fsspec.filesystem(kind)
    texts = [letter * 3_000_000 for letter in (b"a", b"b")]
    seen, ended = set(), threading.Event()

    def read():
        while not ended.is_set():
            seen.add(files.cat(f"{tmp_path}/place/commune/1.html"))

    def put(number):
        draft = tmp_path / "draft"
        draft.write_bytes(texts[number % 2])
        store.place(draft, "commune/1.html")

    with store.work():
        put(0)
        reader = threading.Thread(target=read)
        reader.start()
        for number in range(1, 30):
            put(number)
        ended.set()
        reader.join()
    assert seen <= set(texts)
    assert [path.rpartition("/")[2] for path in files.find(f"{tmp_path}/place")] == ["1.html"]


def test_a_run_goes_to_a_url_as_it_would_to_a_folder(tmp_path, france, memory):
    url, listed = memory
    made = template(tmp_path, 'print("code", territory)\nassert territory != "02"')
    plan = plan_of(made, france, tmp_path / "ledger", "59", "01", "02")
    folder = tmp_path / "folder"
    run_plan(plan_of(made, france, folder, "59", "01", "02"), Options())
    first = run_plan(plan, Options(url=url))
    here = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent != folder
    }
    # The cell that says the error has an identifier drawn at random.
    assert here.pop("failed/departement/02.fr.html.ipynb")
    put = listed()
    assert put.pop("failed/departement/02.fr.html.ipynb")
    assert put == here
    assert sorted(path.name for path in (tmp_path / "ledger").iterdir()) == [
        "ledger.sqlite",
        "log.jsonl",
    ]
    assert (first.summary.made, first.summary.failed) == (2, 1)
    fsspec.filesystem("memory").pipe(f"{tmp_path}/departement/59.fr.html", b"changed")
    second = run_plan(plan_of(made, france, tmp_path / "ledger", "59", "01"), Options(url=url))
    assert [outcome.unchanged for outcome in second.outcomes] == [False, True]
    assert listed()["departement/59.fr.html"] == here["departement/59.fr.html"]


def test_a_failure_takes_away_the_page_of_an_earlier_run(tmp_path, france, memory):
    url, listed = memory
    for source, name in (
        ("1", "departement/59.fr.html"),
        ("1/0", "failed/departement/59.fr.html.ipynb"),
    ):
        plan = plan_of(template(tmp_path, source), france, tmp_path / "ledger", "59")
        run_plan(plan, Options(url=url))
        assert [path for path in listed() if not path.startswith("assets/")] == [name]


def test_what_a_killed_run_left_is_removed(tmp_path, memory):
    url, listed = memory
    (tmp_path / "ledger" / ".work-killed").mkdir(parents=True)
    fsspec.filesystem("memory").pipe(f"{tmp_path}/.work-killed/1.html", b"half")
    fsspec.filesystem("memory").pipe(f"{tmp_path}/.work-another/1.html", b"of another run")
    with UrlStore(url, tmp_path / "ledger").work() as work:
        assert list(work.parent.iterdir()) == [work]
    assert list(listed()) == [".work-another/1.html"]


def test_a_store_that_cannot_be_opened_is_said(tmp_path):
    (tmp_path / "file").write_text("not a store")
    with pytest.raises(DirectoryNotWritable, match=r"Cannot write in zip::.*: BadZipFile: File is"):
        open_store(f"zip::file://{tmp_path}/file")


def test_a_url_that_nothing_knows_is_refused():
    with pytest.raises(
        ParameterError, match=r"Cannot write to zz://x: Protocol not known: zz.*s3://"
    ):
        open_store("zz://x")


@pytest.mark.skipif(importlib.util.find_spec("s3fs") is not None, reason="s3fs is installed")
def test_what_a_url_needs_is_said():
    with pytest.raises(MissingExtra, match=r"s3://x needs one more package: .*s3fs"):
        open_store("s3://x")


def test_a_path_is_a_folder(tmp_path):
    store = open_store(str(tmp_path))
    assert isinstance(store, FolderStore)
    assert store.address == str(tmp_path)
