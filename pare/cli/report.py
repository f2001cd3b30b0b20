"""``pare report``: what a sweep found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pare.cli.run import Runs


def report(
    run_name: Annotated[str, typer.Argument(help="A run folder, or its name.", metavar="RUN")],
    runs_dir: Runs = Path("runs"),
    failures: Annotated[
        bool, typer.Option("--failures", help="Group what went wrong, with a run of each to look at.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    parquet: Annotated[
        Path | None, typer.Option(help="Write the rows as Parquet, too (pare[tables]).", metavar="FILE")
    ] = None,
) -> None:
    """Print the report of a sweep, also of one that is under way; the files of it are written anew."""
    import sys

    from pare.cli.conducting import report_on
    from pare.cli.run import sweep_of
    from pare.cli.terminal import unbreakable_console
    from pare.multi_scenario_runner.folder import RunFolder, find_folder
    from pare.reporting.failures import failure_groups
    from pare.reporting.sweep_files import write_parquet
    from pare.reporting.sweep_render import print_failures, print_report
    from pare.reporting.sweep_report import json_of

    folder = RunFolder(find_folder(run_name, runs_dir))
    console = unbreakable_console()
    rows = list(folder.rows()[0].values())
    if failures:
        print_failures(failure_groups(rows, folder.path), console)
        return
    found = report_on(folder, sweep_of(folder))
    if as_json:
        sys.stdout.buffer.write(json_of(found) + b"\n")
    else:
        print_report(found, console)
    if parquet is not None:
        write_parquet(parquet, rows)
