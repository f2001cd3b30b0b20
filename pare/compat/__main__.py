"""Run a Python file that imports the published names: ``python -m pare.compat FILE [ARGUMENT]...``."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from pare.compat.alias import install


def main() -> None:
    """Do what ``python FILE`` does, with the alias installed."""
    if len(sys.argv) < 2:
        sys.exit("usage: python -m pare.compat FILE [ARGUMENT]...")
    del sys.argv[0]
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    install()
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
