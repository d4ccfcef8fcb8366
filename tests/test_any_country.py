"""Nothing outside a country's own pack names that country: the model travels.

What may name France, and why:

- docstrings and comments: an example that runs is worth more than one that is made up;
- help texts of commands (``epilog=``, the constants ``EXAMPLES`` and ``_ENDS``): their examples are
  typed by those who read them, on the pack that is opened when none is named;
- ``core/defaults.py``: the name of that pack, in one place;
- ``french_names.yml`` and the lists of the French grammar: they are about the language;
- packs of a country, and the loaders of files that one country publishes.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "workbench"
COUNTRIES = sorted(path.parent for path in PACKAGE.glob("packs/*/pack.yml"))
OWN = (*COUNTRIES, PACKAGE / "loaders", PACKAGE / "core/i18n/french_names.yml")
DEFAULT = PACKAGE / "core/defaults.py"
FRANCE = re.compile(
    r"commune|epci\b|d[eé]partement|arrondissement|insee|\biris\b|\bfrance\b|\bept\b|mayotte"
    r"|hexagone|\bcorse\b|\bdgcl\b|\bign\b|\bdila\b|\bsiren\b|\bsiret\b|\bcog\b"
    r"|\[0-9\]\{5\}|\\d\{5\}",
    re.IGNORECASE,
)
EXAMPLES = {"EXAMPLES", "_ENDS", "epilog"}


def files(*patterns):
    """List the files of the package and of its templates that are no country's own."""
    found = (path for root in (PACKAGE, ROOT / "templates") for path in root.rglob("*"))
    return [
        path
        for path in sorted(found)
        if any(path.match(pattern) for pattern in patterns)
        and not any(path == own or own in path.parents for own in OWN)
    ]


def literals(path):
    """Yield the names and texts of a module that are neither docstrings nor examples of help."""
    tree = ast.parse(path.read_text("utf-8"))
    passed = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(node.value)
        shown = node.value if isinstance(node, ast.keyword) and node.arg in EXAMPLES else None
        if isinstance(node, ast.Assign):
            names = {each.id for each in node.targets if isinstance(each, ast.Name)}
            shown = node.value if names & EXAMPLES else None
        passed |= set(ast.walk(shown)) if shown is not None else set()
    for node in ast.walk(tree):
        if node in passed:
            continue
        for field in ("id", "attr", "name", "arg", "value"):
            text = getattr(node, field, None)
            if isinstance(text, str):
                yield node.lineno if hasattr(node, "lineno") else 0, text


@pytest.mark.parametrize("path", files("*.py"), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_names_a_country(path):
    """Neither in its identifiers nor in its texts."""
    named = [(line, text[:70]) for line, text in literals(path) if FRANCE.search(text)]
    assert named == ([(named[0][0], "france")] if path == DEFAULT else []), (
        f"{path.relative_to(ROOT)} names France: put it in a pack, or read it from one"
    )


@pytest.mark.parametrize(
    "path",
    files("*.yml", "*.json", "*.css", "*.js", "*.j2", "*.ipynb"),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_message_nor_template_names_a_country(path):
    """Comments apart."""
    lines = path.read_text("utf-8").splitlines()
    lines = [line for line in lines if not line.lstrip().startswith(("#", "//", "/*", "*", "{#"))]
    assert [line.strip()[:90] for line in lines if FRANCE.search(line)] == []


def test_the_rule_would_see_a_name():
    """In an identifier, a text or a default; not in a docstring."""
    assert FRANCE.search("def communes_of(): ...")
    assert FRANCE.search('pack: str = "france"')
    assert not FRANCE.search("population")
    assert {path.name for path in COUNTRIES} >= {"france", "morocco"}
    assert DEFAULT in files("*.py")
