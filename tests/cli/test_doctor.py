"""The doctor tells what a machine lacks, and what to do."""

from __future__ import annotations

import sys
from importlib import metadata

import pytest

from workbench.cli import machine
from workbench.cli.machine import Finding, examine


@pytest.fixture
def installed(monkeypatch):
    """Say that the project is installed and asks for these."""

    def require(*wanted):
        monkeypatch.setattr(machine.metadata, "requires", lambda name: list(wanted))

    return require


def finding(subject, folder):
    return next(found for found in examine(folder) if found.subject == subject)


def test_everything_is_looked_at_once(tmp_path):
    subjects = [found.subject for found in examine(tmp_path)]
    assert len(set(subjects)) == len(subjects) == 12


def test_packages_as_required_are_well(installed, tmp_path):
    installed("rich>=1", "numpy", 'nothing>=1; extra == "test"')
    assert finding("packages", tmp_path) == Finding("packages", "ok", "2 as required")


def test_a_package_that_is_missing_or_too_old_is_named(installed, tmp_path):
    installed("no-such-package", "rich>=9999")
    found = finding("packages", tmp_path)
    version = metadata.version("rich")
    assert found.status == "fail"
    assert found.found == f"no-such-package is missing; rich is {version}, needs >=9999"
    assert found.step == "make setup"


def test_the_kernels_of_grids_are_compiled(tmp_path):
    found = finding("grids", tmp_path)
    assert (found.status, found.found[-8:]) in {("ok", "compiled"), ("ok", "iled now")}


def test_without_numba_there_are_said_to_be_no_grids(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "numba", None)
    for name in ("clip", "gather", "ranks", "sweep"):
        monkeypatch.delitem(sys.modules, f"workbench.compute.{name}", raising=False)
    found = finding("grids", tmp_path)
    assert (found.status, found.found) == ("warn", "numba is not installed")
    assert "[grids]" in found.step


def test_a_folder_that_does_not_exist_yet_can_be_written(tmp_path):
    assert finding("folder", tmp_path / "new" / "er").status == "ok"


def test_a_file_in_the_way_is_a_failure(tmp_path):
    (tmp_path / "taken").write_text("")
    found = finding("folder", tmp_path / "taken")
    assert (found.status, found.step) == ("fail", "choose another with --to")


def test_without_chromium_there_is_said_to_be_no_pdf(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = finding("Chromium", tmp_path)
    assert found.status == "warn"
    assert found.found == "not found: no PDF, and browser tests are skipped"
    assert found.step == "make chromium"


def test_little_memory_is_a_warning(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "available_memory", lambda: 2**30)
    assert finding("memory", tmp_path) == Finding(
        "memory", "warn", "1.0 GB available", "make fewer reports at once: --jobs 1"
    )


def test_a_library_that_cannot_be_imported_is_a_finding_and_not_a_crash(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "jupyter_client.kernelspec", None)
    found = finding("kernel", tmp_path)
    assert (found.status, found.step) == ("fail", "make setup")


def test_the_command_ends_with_1_when_something_fails(workbench, installed, tmp_path):
    installed("no-such-package")
    ended = workbench("doctor", "--to", tmp_path)
    assert ended.code == 1
    assert "fail  packages: no-such-package is missing → make setup" in ended.out


def test_the_command_ends_with_0_when_nothing_does(workbench, installed, tmp_path):
    installed("rich")
    ended = workbench("doctor", "--to", tmp_path, "--json")
    assert ended.code == 0
    assert {found["status"] for found in ended.json} <= {"ok", "warn"}
