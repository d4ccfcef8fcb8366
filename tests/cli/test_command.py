"""The command as a whole: help, version, start, exit codes, errors."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import workbench as package
from workbench.core.errors import PackNotFound

COMMANDS = [
    [],
    ["report"],
    ["territories", "find"],
    ["territories", "show"],
    ["indicators", "list"],
    ["indicators", "show"],
    ["pack", "info"],
    ["pack", "check"],
    ["doctor"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_examples(workbench, words):
    ended = workbench(*words, "--help")
    assert ended.code == 0
    assert "Examples" in ended.out
    assert " ".join(["workbench", *words]) in ended.out


def test_version_is_that_of_the_package(workbench):
    assert workbench("--version").out == f"workbench {package.__version__}\n"


@pytest.mark.parametrize("words", [["bogus"], ["report"], ["report", "portrait", "--jobs", "0"]])
def test_a_wrong_question_ends_with_2_on_standard_error(workbench, words):
    ended = workbench(*words)
    assert (ended.code, ended.out) == (2, "")
    assert "Usage: workbench" in ended.err


def test_an_error_is_one_line_without_a_traceback(workbench):
    ended = workbench("pack", "info", "frane")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "Error: No pack is named 'frane' (nearest: france). "
        "A folder that holds a pack.yml can be given too.\n"
    )


def test_an_unexpected_error_ends_with_3_and_says_how_to_see_more(workbench, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("workbench.packs.pack.open_pack", fail)
    ended = workbench("pack", "info")
    assert ended.code == 3
    assert ended.err == (
        "Error: unexpected RuntimeError: disk on fire. WORKBENCH_DEBUG=1 shows where.\n"
    )


def test_debugging_shows_where_an_error_comes_from(workbench, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DEBUG", "1")
    with pytest.raises(PackNotFound, match="frane"):
        workbench("pack", "info", "frane")


def test_help_loads_no_heavy_library():
    code = (
        "import sys; sys.argv = ['workbench', '--help']\n"
        "from workbench.cli.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'xarray', 'dask', 'pyarrow', 'IPython', 'nbformat', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stderr == "[]\n"
