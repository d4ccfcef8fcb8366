"""Run the command in this process, as a shell would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from workbench.cli.app import main


@dataclass(frozen=True)
class Ended:
    """Hold how a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Read the standard output as a program would."""
        return json.loads(self.out)


def runner(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Return what runs ``workbench`` with some words."""

    def run(*words: object) -> Ended:
        monkeypatch.setattr("sys.argv", ["workbench", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return run
