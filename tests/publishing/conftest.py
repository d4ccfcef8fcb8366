"""What the tests of publications share: one of each kind, and what the validators say of them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from workbench.publishing.catalogue.site import build

from .kinds import write_broken, write_kinds

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def kinds(tmp_path_factory) -> dict[str, Path]:
    """Give the folder of a publication of each kind."""
    return write_kinds(tmp_path_factory.mktemp("kinds"))


@pytest.fixture(scope="session")
def collection(kinds) -> Path:
    """Give the folder of all of them, with its catalogue."""
    folder = next(iter(kinds.values())).parent
    build(folder, title="Open data", publisher="Ville", url="https://data.example.org/")
    return folder


@pytest.fixture(scope="session")
def findings(kinds, collection, tmp_path_factory) -> dict[str, dict[str, list[str]]]:
    """Run the validators once on everything, in their own environment, or skip."""
    place = Path(os.environ.get("WORKBENCH_VALIDATORS", ROOT / ".venv-validators"))
    python = place / "bin" / "python"
    if not python.is_file():
        pytest.skip(f"no validators in {place}: run 'make validators'")
    shared = os.environ.get("WORKBENCH_SHARED_DATA", str(DATA))
    broken = write_broken(kinds["cube_of_a_pack"], tmp_path_factory.mktemp("broken") / "broken")
    script = Path(__file__).with_name("validate.py")
    ended = subprocess.run(
        [python, script, shared, *kinds.values(), collection, broken],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path_factory.mktemp("validators"),
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    found = json.loads(ended.stdout)
    return {**found, "catalogue": found.pop(collection.name)}
