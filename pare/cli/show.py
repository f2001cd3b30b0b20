"""``pare show``: read a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from pare.reporting.trajectory import View

SECONDS_BETWEEN_LOOKS = 0.2


def show(
    trace: Annotated[Path, typer.Argument(help="A trace of a run (.jsonl).", metavar="TRACE")],
    turn: Annotated[int | None, typer.Option("--turn", "-t", min=0, help="Show this turn only.")] = None,
    prompts: Annotated[
        bool, typer.Option("--prompts", "-p", help="Show what was new in each prompt, too.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Show texts in full, not shortened.")] = False,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Wait for more until the run has ended; Ctrl-C ends it.")
    ] = False,
) -> None:
    """Print a run: user, agent and world on the axis of simulated time, and the verdict."""
    import sys

    from rich.console import Console

    from pare.reporting.trajectory import View, show_trace
    from pare.traces.reader import read_trace

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    console, view = Console(highlight=False), View(turn, prompts, full)
    if follow:
        watch(trace, view, console)
        return
    found = read_trace(trace)
    check_turn(turn, {record.turn for record in found.records})
    show_trace(found, view, console)


def check_turn(turn: int | None, turns: set[int]) -> None:
    """Refuse a turn that a trace does not have.

    Raises:
        ConfigError: it is not there.
    """
    from pare.errors import ConfigError

    if turn is not None and turn not in turns:
        there = f"turns {min(turns)} to {max(turns)}" if turns else "no turns"
        raise ConfigError(f"there is no turn {turn}; the trace has {there}")


def watch(path: Path, view: View, console: Console) -> None:
    """Print a trace as it grows, until there is a result or the user has seen enough."""
    import anyio

    try:
        anyio.run(watch_async, path, view, console)
    except KeyboardInterrupt:
        console.print()


async def watch_async(path: Path, view: View, console: Console) -> None:
    """Do what `watch` does on the event loop."""
    import anyio

    from pare.reporting.trajectory import TrajectoryPrinter
    from pare.traces.reader import RESULT, GrowingTrace

    growing, printer = GrowingTrace(path), TrajectoryPrinter(view, console)
    try:
        result, has_waited = None, False
        while result is None:
            for record in growing.read():
                if record.kind == RESULT:
                    result = record
                else:
                    printer.add(record)
            if not (growing.is_there or has_waited):
                console.print(f"waiting for {path}", style="dim", markup=False)
                has_waited = True
            await anyio.sleep(0 if result else SECONDS_BETWEEN_LOOKS)
        printer.end(result)
    finally:
        growing.close()
