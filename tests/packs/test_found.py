"""A pack is found by its name, in an installed distribution, or by its folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.core.errors import PackInvalid, PackNotFound
from workbench.packs.found import find_pack, known_packs, name_of

from .archipelago import archipelago

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "{name}"
version = "1.0"
[project.entry-points."workbench.packs"]
archipelago = "{package}"
[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""


def install(root: Path, name: str, target: Path) -> Path:
    """Install a real distribution that carries the realm's pack, in a folder of its own."""
    package = name.replace("-", "_")
    archipelago(root / name / package)
    (root / name / package / "__init__.py").write_text(
        "raise RuntimeError('a pack is data: nothing of it is imported')\n", "utf-8"
    )
    (root / name / "pyproject.toml").write_text(PROJECT.format(name=name, package=package), "utf-8")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--disable-pip-version-check", "--target", str(target)]
    subprocess.run([*command, str(root / name)], check=True, capture_output=True)
    return target


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Give the folder where the distribution is installed."""
    root = tmp_path_factory.mktemp("distribution")
    return install(root, "quay-pack", root / "site")


def run(installed: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as someone who has installed the distribution."""
    paths = os.pathsep.join([str(ROOT), str(installed)])
    return subprocess.run(
        [sys.executable, "-m", "workbench.cli", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
        cwd=installed,
        check=False,
    )


def test_an_installed_pack_opens_by_its_name(installed):
    """From anywhere, without an import of its code."""
    done = run(installed, "territories", "find", "Coral", "--pack", "archipelago")
    assert (done.returncode, done.stderr) == (0, "")
    assert "IS.1 a" in done.stdout
    checked = run(installed, "pack", "check", "archipelago")
    assert checked.returncode == 0, checked.stdout


def test_an_installed_pack_is_named_when_another_is_not_found(installed):
    """Its name is one of those that can be meant."""
    done = run(installed, "pack", "info", "archipelagoo")
    assert done.returncode == 2
    assert "nearest: archipelago" in done.stderr


def test_it_is_known_by_its_name_and_not_by_its_path(installed, monkeypatch):
    """So that the command on a page makes it again on another machine."""
    monkeypatch.syspath_prepend(str(installed))
    folder = known_packs()["archipelago"]
    assert folder == (installed / "quay_pack").resolve()
    name_of.cache_clear()
    assert name_of(folder) == "archipelago"
    name_of.cache_clear()


def test_two_packs_of_one_name_are_refused(installed, tmp_path, monkeypatch):
    """Which of them was meant cannot be guessed."""
    other = install(tmp_path, "other-pack", tmp_path / "site")
    monkeypatch.syspath_prepend(str(installed))
    monkeypatch.syspath_prepend(str(other))
    with pytest.raises(PackInvalid, match=r"named 'archipelago', in .*Uninstall one of them"):
        known_packs()


def test_the_packs_of_the_workbench_are_known(tmp_path):
    """With their folder; a folder of one's own is given as a path."""
    assert list(known_packs())[-2:] == ["france", "morocco"]
    folder = archipelago(tmp_path / "france").folder
    assert find_pack(str(folder)) == folder
    assert name_of(folder) == str(folder)
    assert name_of(find_pack("morocco")) == "morocco"


def test_a_name_of_the_workbench_is_not_taken_by_a_folder(tmp_path, monkeypatch):
    """``--pack france`` means the same wherever it is typed."""
    archipelago(tmp_path / "france")
    monkeypatch.chdir(tmp_path)
    assert find_pack("france") == known_packs()["france"]
    assert find_pack("./france") == (tmp_path / "france").resolve()


def test_a_folder_without_a_pack_says_how_to_make_one(tmp_path):
    """Rather than that no pack has this name."""
    with pytest.raises(PackNotFound, match=r"holds no pack\.yml.*workbench pack new"):
        find_pack(str(tmp_path))
