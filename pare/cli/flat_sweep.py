"""The sweep of one cell that the options of ``pare benchmark run`` and a flat file make.

As with ``pare run``, where worker processes know the scenarios, a process beside this one reads it: no
scenario file is imported here then.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pare.cli.conducting import REFUSED
from pare.cli.sweep_file import with_limits

if TYPE_CHECKING:
    from pare.sweep import Sweep

EXPERIMENT = "benchmark"

Options = dict[str, Any]
"""What was given on the command line, in the words of a flat file."""


def read_flat(options: Options, file: Path | None) -> Sweep:
    """Make the sweep that a flat file says, with `options` before what it says.

    Raises:
        ConfigError: it is refused, with all that is wrong; or it has more than one cell.
    """
    executor = options.get("executor_type") or ("async" if options.get("oracle") else "process")
    return _read_apart(options, file) if executor == "process" else read_sweep(options, file)


def _read_apart(options: Options, file: Path | None) -> Sweep:
    import subprocess

    import orjson

    from pare.errors import ConfigError
    from pare.sweep import from_resolved

    asked = orjson.dumps([options, None if file is None else str(file)])
    command = [sys.executable, "-m", "pare.cli.flat_sweep"]
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, check=False, start_new_session=True)
    if done.returncode == REFUSED:
        raise ConfigError(done.stdout.decode(errors="replace"))
    if done.returncode:
        raise ConfigError(
            f"the scenarios could not be read: a file of them ended its process ({done.returncode})"
        )
    return from_resolved(orjson.loads(done.stdout))


def main() -> None:
    """Read options and the name of a file from standard input, and print the sweep, or what is wrong."""
    import os

    import orjson

    from pare.compat import install
    from pare.errors import PareError
    from pare.sweep import resolved

    options, file = orjson.loads(sys.stdin.buffer.read())
    out = os.dup(1)
    os.dup2(2, 1)  # what scenario files print is no part of the answer
    install()
    try:
        sweep = read_sweep(options, None if file is None else Path(file))
        answer, code = orjson.dumps(resolved(sweep)), 0
    except PareError as error:
        answer, code = str(error).encode(), REFUSED
    with os.fdopen(out, "wb") as stream:
        stream.write(answer)
    sys.exit(code)


def read_sweep(options: Options, file: Path | None) -> Sweep:
    """Make the sweep of one cell that a flat file says, with `options` before what it says.

    Raises:
        SweepError: with all that is wrong.
        ConfigError: the file makes more than one cell.
    """
    from dataclasses import replace

    from pare.errors import ConfigError
    from pare.sweep import load_sweep

    if file is None:
        sweep = load_sweep("\n", overrides={"experiment_name": EXPERIMENT, **options})
        sweep = replace(sweep, text=_flat_yaml(options))
    else:
        named = {} if _is_named(file) else {"experiment_name": EXPERIMENT}
        sweep = load_sweep(file, overrides={**named, **options})
    if len(sweep.cells) != 1:
        raise ConfigError(f"{file} makes {len(sweep.cells)} cells: use it with pare run")
    is_set = "executor_type" in sweep.config.model_fields_set
    oracle = sweep.cells[0].config.oracle
    return with_limits(sweep, "async" if oracle and not is_set else None, None)


def _is_named(file: Path) -> bool:
    """Tell whether a file names the experiment."""
    from pare.sweep.document import read_document
    from pare.sweep.models import read_text

    root = read_document(read_text(file), str(file)).root.value
    return isinstance(root, dict) and not root.keys().isdisjoint(("name", "experiment_name"))


def _flat_yaml(options: Options) -> str:
    import yaml

    return str(yaml.safe_dump({"experiment_name": EXPERIMENT, **options}, sort_keys=False))


if __name__ == "__main__":
    main()
