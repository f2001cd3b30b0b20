"""``pare status``: how far a sweep is, from another shell, also when it is dead."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pare.cli.run import Runs
from pare.cli.terminal import say

if TYPE_CHECKING:
    from pare.multi_scenario_runner.folder import RunFolder


def status(
    run_name: Annotated[str, typer.Argument(help="A run folder, or its name.", metavar="RUN")],
    runs_dir: Runs = Path("runs"),
    running: Annotated[bool, typer.Option("--running", help="Name every run under way.")] = False,
) -> None:
    """Say how far a sweep is, and what its running scenarios wait for."""
    import time

    from pare.cli.progress import line_of, waiting
    from pare.multi_scenario_runner.folder import RunFolder, find_folder

    folder = RunFolder(find_folder(run_name, runs_dir))
    told, holder = folder.read_json("status.json"), folder.holder
    say(f"{folder.path}: {_life(told, holder)}")
    if told is None:
        rows, _ = folder.rows()
        say(f"{len(rows)} results are written")
        return
    if holder is None:
        told["running"] = []
        if "exit_code" not in told:
            _count_again(told, folder)
    say(line_of(told))
    if told["running"]:
        say(f"waiting: {waiting(told)}")
    if running:
        for scenario_id, number, cell, doing in told["running"]:
            say(f"  {scenario_id} (run {number}, {cell}): {doing}")
    age = time.time() - told["written"]
    if holder is not None and age > 30:
        say(f"it wrote this {age:.0f} s ago: it may be suspended")
    if holder is None and told["done"] < told["total"]:
        say(f"go on with: pare resume {folder.path}")


def _count_again(told: dict[str, Any], folder: RunFolder) -> None:
    """Take the counts of a sweep that was cut off from its rows: it wrote its status some time before."""
    from collections import Counter

    rows, _ = folder.rows()
    told["outcomes"] = Counter(row.outcome for row in rows.values())
    told["done"], told["state"] = len(rows), "cut off"


def _life(told: dict[str, Any] | None, holder: int | None) -> str:
    if holder is not None:
        return f"process {holder} is at work"
    if told is None:
        return "nobody is at work"
    if "exit_code" in told:
        return f"ended with exit code {told['exit_code']} ({told['state']})"
    return f"process {told.get('pid')} is dead; it was {told['state']}"
