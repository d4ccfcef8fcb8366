"""The project's own files agree with each other and keep its rules."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import nbformat
import pytest
import typer
import yaml
from nbclient import NotebookClient
from packaging.requirements import Requirement

from workbench.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NOTEBOOKS = sorted([*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "templates").glob("*.ipynb")])
# conda splits some packages: the part that the project needs.
CONDA_NAMES = {"dask-core": "dask"}
# Written in two parts, so that this file does not hold what it forbids.
REGISTRIES = [
    f"{name}.{end}"
    for name, end in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("anaconda", "org"),
        ("conda.anaconda", "org"),
    )
]
OWN_FILES = (
    "*.md",
    "*.toml",
    "*.lock",
    "*.yml",
    "Makefile",
    ".ci/*",
    "workbench/**/*",
    "tests/**/*",
    "templates/**/*",
    "notebooks/*",
)


def own_files():
    """List the project's text files."""
    found = {path for pattern in OWN_FILES for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(
        path
        for path in found
        if path.suffix != ".parquet"
        and not any(part.endswith(("_cache", "__pycache__")) for part in path.parts)
    )


def requirements(texts):
    """Index requirements by name, with their versions."""
    parsed = [Requirement(text) for text in texts]
    return {each.name: str(each.specifier) for each in parsed}


def locked():
    """Read the versions of the lock, those of this Python."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    lines = [line.removesuffix("\\").strip() for line in text.splitlines() if line[:1].isalnum()]
    pins = [Requirement(line) for line in lines]
    here = (pin for pin in pins if pin.marker is None or pin.marker.evaluate())
    return {pin.name: str(pin.specifier).removeprefix("==") for pin in here}


def test_conda_installs_the_same_packages():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    listed = [each for each in environment["dependencies"] if isinstance(each, str)]
    conda = {CONDA_NAMES.get(n, n): v for n, v in requirements(listed).items()}
    assert conda.pop("python") == PROJECT["requires-python"]
    assert conda.pop("pip") == ""
    tests = requirements(PROJECT["optional-dependencies"]["test"])
    assert conda.pop("pytest") == tests["pytest"]
    assert conda == requirements(PROJECT["dependencies"])


def test_the_lock_holds_every_package_at_a_version_that_will_do():
    pins = locked()
    # The libraries that read GRIB weigh 180 MB: who has such files asks for them.
    extras = {
        name: each for name, each in PROJECT["optional-dependencies"].items() if name != "grib"
    }
    wanted = [*PROJECT["dependencies"], *(text for texts in extras.values() for text in texts)]
    for requirement in map(Requirement, wanted):
        if requirement.name != PROJECT["name"]:
            assert requirement.specifier.contains(pins[requirement.name]), requirement


def test_every_package_of_the_lock_has_hashes_and_none_has_an_address():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    blocks = re.split(r"\n(?=\w)", text.strip())
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_no_file_names_the_host_of_a_package_registry():
    files = own_files()
    assert len(files) > 100
    found = [
        (path.relative_to(ROOT).as_posix(), host)
        for path in files
        for host in REGISTRIES
        if host in path.read_text("utf-8")
    ]
    assert found == []


def test_the_test_command_of_a_clone_is_the_one_of_a_user():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text("utf-8").splitlines()[-1] == "make test"


def test_every_target_of_the_makefile_is_explained():
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split()
    told = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [line.split()[1] for line in told.splitlines()] == targets


def documented_commands():
    """Give the ``workbench`` commands of the documents' shell blocks."""
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text("utf-8")
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
            for line in block.splitlines():
                words = shlex.split(line, comments=True)
                if words and words[0].endswith("workbench"):
                    yield words[1:]


@pytest.mark.parametrize("words", list(documented_commands()), ids=" ".join)
def test_every_documented_command_is_understood(words):
    command = typer.main.get_command(app)
    rest = list(words)
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    with command.make_context("workbench", rest) as context:
        assert context.args == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_short_and_holds_no_output(path):
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert len(cells) < 25
    assert [cell.source for cell in code if cell.outputs or cell.execution_count] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_no_function_over_five_lines(path):
    cells = nbformat.read(path, as_version=4).cells
    functions = [
        node
        for cell in cells
        if cell.cell_type == "code"
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.FunctionDef)
    ]
    assert [f.name for f in functions if f.end_lineno - f.lineno >= 5] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path):
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, kernel_name="python3", timeout=120, resources=resources).execute()
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    assert [output.output_type for output in last.outputs] == ["execute_result"]
