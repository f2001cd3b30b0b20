"""The processes beside ``pare run`` that know scenarios: workers, and the one that reads the sweep file.

The supervisor itself imports no scenario, so that none can stop it.
"""

from __future__ import annotations

import sys
from typing import Any

from pare.cli.conducting import REFUSED
from pare.cli.sweep_file import with_limits


def prepare(setup: dict[str, Any]) -> None:
    """Make the scenarios known that the set-up names, also those written for others."""
    from pare.compat import install
    from pare.executors.worker import load_sources

    install()
    load_sources(setup)


def resolve(path: str) -> None:
    """Read a sweep file and print it resolved, as JSON; or what is wrong with it, with exit code 2."""
    import os
    from pathlib import Path

    import orjson

    from pare.compat import install
    from pare.errors import PareError
    from pare.sweep import load_sweep, resolved

    out = os.dup(1)
    os.dup2(2, 1)  # what scenario files print is no part of the answer
    install()
    try:
        answer, code = orjson.dumps(resolved(with_limits(load_sweep(Path(path)), None, None))), 0
    except PareError as error:
        answer, code = str(error).encode(), REFUSED
    with os.fdopen(out, "wb") as stream:
        stream.write(answer)
    sys.exit(code)


def main() -> None:
    """Read the sweep file that is named, or serve the supervisor at standard input and output."""
    if len(sys.argv) > 1:
        resolve(sys.argv[1])

    from pare.executors.worker import main as serve

    serve(prepare)


if __name__ == "__main__":
    main()
