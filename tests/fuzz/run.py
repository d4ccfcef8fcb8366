"""Fuzz one target until it breaks: ``python -m tests.fuzz.run archives [libFuzzer options]``.

Needs ``atheris`` (``pip install atheris``), which guides the bytes by the branches that they reach.
"""

from __future__ import annotations

import importlib
import sys


def main(words: list[str]) -> None:
    """Run the target that is named."""
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is not installed: pip install atheris (Linux, or macOS with clang).")
    # The libraries beneath are left as they are: watching them would take minutes.
    with atheris.instrument_imports(include=["workbench.loaders", "workbench.geography"]):
        targets = importlib.import_module("tests.fuzz.targets").TARGETS
    if len(words) < 2 or words[1] not in targets:
        sys.exit(f"Name a target: {', '.join(targets)}.")
    atheris.Setup([words[0], *words[2:]], targets[words[1]])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
