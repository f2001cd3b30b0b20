"""``pare run`` and ``pare resume``: a sweep, from its file or from where it was left."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pare.cli.sweep_file import read_apart, with_limits
from pare.cli.terminal import say

if TYPE_CHECKING:
    from pare.cli.terminal import Unbreakable
    from pare.multi_scenario_runner.folder import RunFolder
    from pare.sweep import Sweep

Runs = Annotated[
    Path, typer.Option("--runs-dir", "--results-dir", help="Where run folders are.", metavar="DIR")
]
AcceptDrift = Annotated[
    bool,
    typer.Option("--accept-drift", help="Take stored results of other models than the aliases name today."),
]
Detach = Annotated[
    bool, typer.Option("--detach", help="Go on in the background, and give the terminal back.")
]
OnFinish = Annotated[
    str | None,
    typer.Option(
        "--on-finish", help="Run this at the end; PARE_RUN and PARE_EXIT_CODE are set.", metavar="CMD"
    ),
]
ExecutorOption = Annotated[
    str | None, typer.Option("--executor-type", help="process (the default), async or sequential.")
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Worker processes; default: one a core.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print what is left at the end only.")]


def run(  # noqa: PLR0913 - each is an option of the command
    sweep: Annotated[Path, typer.Argument(help="A sweep file (YAML).", metavar="SWEEP")],
    runs_dir: Runs = Path("runs"),
    executor_type: ExecutorOption = None,
    workers: Workers = None,
    accept_drift: AcceptDrift = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Draw all replies anew: no stored result, no recorded reply.")
    ] = False,
    detach: Detach = False,
    on_finish: OnFinish = None,
) -> None:
    """Run a sweep and keep every result; what is in the store already is not run again.

    Exit codes: 0 complete, 1 complete with infrastructure failures or defects, 2 bad input, 3 stopped
    by a limit, 130 interrupted, 143 terminated. What is missing can be had with `pare resume`.
    """
    loaded = with_limits(read_apart(sweep), executor_type, workers)
    folder = prepared_folder(loaded, loaded.results_dir or runs_dir)
    start(loaded, folder, {"accept_drift": accept_drift, "fresh": fresh}, detach=detach, on_finish=on_finish)


def resume(  # noqa: PLR0913 - each is an option of the command
    run_name: Annotated[str, typer.Argument(help="A run folder, or its name.", metavar="RUN")],
    sweep: Annotated[
        Path | None, typer.Argument(help="The sweep file, where something else than identity changed.")
    ] = None,
    runs_dir: Runs = Path("runs"),
    executor_type: ExecutorOption = None,
    workers: Workers = None,
    accept_drift: AcceptDrift = False,
    fresh: Annotated[bool, typer.Option("--fresh", hidden=True)] = False,
    detach: Detach = False,
    on_finish: OnFinish = None,
) -> None:
    """Go on with a sweep that was stopped, killed, or could not have all results."""
    from pare.multi_scenario_runner.folder import RunFolder, find_folder

    folder = RunFolder(find_folder(run_name, runs_dir))
    loaded = with_limits(sweep_of(folder, sweep), executor_type, workers)
    start(loaded, folder, {"accept_drift": accept_drift, "fresh": fresh}, detach=detach, on_finish=on_finish)


def prepared_folder(sweep: Sweep, runs: Path) -> RunFolder:
    """Make the folder of a new sweep, and write down what it is.

    Raises:
        FolderError: the disk refuses.
    """
    from pare.multi_scenario_runner.folder import RunFolder, new_folder
    from pare.sweep import resolved

    folder = RunFolder(new_folder(runs, sweep.name))
    folder.write_json("sweep.json", resolved(sweep))
    if sweep.text:
        (folder.path / "sweep.yaml").write_text(sweep.text, encoding="utf-8")
    return folder


def sweep_of(folder: RunFolder, changed: Path | None = None) -> Sweep:
    """Give the sweep of a folder; `changed` may differ in what is no identity.

    Raises:
        ConfigError: there is none, or the identity of something was changed: all that is named.
    """
    from pare.errors import ConfigError
    from pare.sweep import differences, from_resolved, resolved

    stored = folder.read_json("sweep.json")
    if stored is None:
        raise ConfigError(f"{folder.path} has no sweep.json that can be read; it is no run folder of a sweep")
    if changed is None:
        return from_resolved(stored)
    loaded = read_apart(changed)
    found = differences(stored, resolved(loaded))
    refused = [item for item in found if item.kind not in ("transport", "display")]
    if refused:
        listed = "\n".join(f"  {item}" for item in refused)
        raise ConfigError(
            f"{changed} is another sweep than the one in {folder.path}:\n{listed}\n"
            "Run it as a sweep of its own: what both share comes from the store."
        )
    folder.write_json("sweep.json", resolved(loaded))
    return loaded


def start(
    sweep: Sweep, folder: RunFolder, chosen: dict[str, Any], *, detach: bool, on_finish: str | None
) -> None:
    """Conduct a sweep here or in the background, and exit with its code.

    Raises:
        PareError: something is refused before anything runs.
    """
    if detach:
        detached(folder, sweep, chosen, on_finish)
        return
    from pare.cli.conducting import REFUSED, run_afterwards
    from pare.cli.terminal import unbreakable_streams

    code = REFUSED
    try:
        with unbreakable_streams() as out:
            code = conducted(sweep, folder, chosen, out)
    finally:
        run_afterwards(on_finish, folder, code)
    sys.exit(code)


def conducted(sweep: Sweep, folder: RunFolder, chosen: dict[str, Any], out: Unbreakable) -> int:
    """Conduct a sweep that is told about on `out`, and give its exit code.

    Raises:
        PareError: something is refused before anything runs.
    """
    import os

    from pare.cli.conducting import Conductor
    from pare.cli.loop import run_on_loop
    from pare.cli.terminal import unbreakable_console
    from pare.multi_scenario_runner import Workplace

    console = unbreakable_console()
    folder.lock()
    try:
        known, broken = folder.rows()
        for line in broken:
            console.print(f"{folder.results}, line {line.number}: {line.reason}", style="dim", markup=False)
        place = Workplace(
            folder=folder,
            sources=[str(path) for path in sweep.sources],
            command=(sys.executable, "-m", "pare.cli.worker"),
            known=known,
            **chosen,
        )
        conductor = Conductor(sweep, folder, place, console)
        out.on_break = conductor.lose_reader
        told = f"{sweep.name}: {len(sweep):,} runs in {os.path.relpath(folder.path)}"
        console.print(told, markup=False, soft_wrap=True)
        code: int = run_on_loop(conductor.conduct)
        return code
    finally:
        folder.unlock()


def detached(folder: RunFolder, sweep: Sweep, chosen: dict[str, Any], on_finish: str | None) -> None:
    """Start ``pare resume`` for a folder in a session of its own."""
    import os
    import subprocess

    command = [sys.executable, "-m", "pare", "resume", str(folder.path)]
    command += ["--executor-type", sweep.config.executor_type]
    command += ["--workers", str(sweep.config.workers)] if sweep.config.workers else []
    for name in ("accept_drift", "fresh"):
        command += [f"--{name.replace('_', '-')}"] if chosen.get(name) else []
    command += ["--on-finish", on_finish] if on_finish else []
    with (folder.path / "console.log").open("ab") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    path = os.path.relpath(folder.path)
    say(f"process {process.pid} runs {sweep.name} in {path}")
    say(f"look at it with: pare status {path}")
