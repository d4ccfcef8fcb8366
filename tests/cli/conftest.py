"""What the tests of the command share."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..packs.tiny_country import write_country
from .running import runner


@pytest.fixture
def workbench(monkeypatch, capfd):
    """Give what runs the command and returns code, output and complaints."""
    monkeypatch.delenv("WORKBENCH_DEBUG", raising=False)
    return runner(monkeypatch, capfd)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """Give the folder of a country of six towns."""
    folder = tmp_path_factory.mktemp("tiny")
    write_country(folder / "tiny")
    return folder / "tiny"
