"""``pare plan``: what a sweep would run, and what that takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from pare.multi_scenario_runner.plan import CellPlan, Forecast, Planner
    from pare.sweep import Sweep

MOST_NAMED = 20
"""So many scenarios are named in a note; of further ones only the number is said."""


def plan(
    sweep: Annotated[Path, typer.Argument(help="A sweep file (YAML).", metavar="SWEEP")],
    why: Annotated[
        bool, typer.Option("--why", help="Name what keeps stored runs from being served.")
    ] = False,
) -> None:
    """Show cells and runs: stored, to be scored anew, begun before, missing; and what the rest takes.

    Nothing is asked or run. A forecast follows stored runs of the same scenarios.
    """
    import anyio

    from pare.cli.terminal import unbreakable_console
    from pare.sweep import load_sweep

    anyio.run(show_plan, load_sweep(sweep), unbreakable_console(), why)


async def show_plan(sweep: Sweep, console: Console, why: bool) -> float:
    """Print the plan of a sweep; give the seconds that the rest will take, as far as that is known."""
    from pare.executors.job_runner import hashes_of
    from pare.multi_scenario_runner.plan import Forecast, Planner
    from pare.multi_scenario_runner.served import Hashes
    from pare.scenarios.utils.caching import ResultStore

    hashes = {}
    for scenario_id in sweep.scenario_ids:
        found = hashes_of(scenario_id)
        hashes[scenario_id] = Hashes(found["scenario"], found["validator"], found["parts"])
    with ResultStore() as store:
        planner = Planner(store, hashes)
        plans = await planner.plan(sweep.jobs())
        print_cells(plans, console)
        total = sum((item.forecast for item in plans), Forecast())
        seconds = print_forecast(sweep, sum(item.to_run for item in plans), total, console)
        print_unreached(sweep, console)
        if why:
            print_reasons(planner, sweep, console)
    return seconds


def print_cells(plans: list[CellPlan], console: Console) -> None:
    """Print a row for each cell, and one for all."""
    from rich.table import Table
    from rich.text import Text

    from pare.reporting.untrusted import safe

    table = Table("cell", "stored", "to score anew", "begun before", "missing", title="Plan")
    for column in table.columns[1:]:
        column.justify = "right"
    rows = [(item.cell.name, item.served, item.rescored, item.begun, item.missing) for item in plans]
    totals = [sum(row[place] for row in rows) for place in range(1, 5)]  # type: ignore[misc]
    for name, *counts in [*rows, ("all", *totals)]:
        table.add_row(Text(safe(str(name))), *(f"{count:,}" for count in counts))
    console.print(table)


def print_forecast(sweep: Sweep, runs: int, total: Forecast, console: Console) -> float:
    """Print what the missing runs will take, as far as that is known; give the seconds."""
    if not runs:
        console.print("nothing is left to run", markup=False)
        return 0.0
    known = runs - total.unknown
    console.print(f"{runs:,} runs to make; {known:,} of them have stored runs like them:", markup=False)
    if not known:
        return 0.0
    cost = "unknown (no prices)" if total.cost is None else f"{total.cost:,.2f}"
    lanes = min(sweep.config.concurrency, max(runs, 1))
    console.print(
        f"  calls {total.calls:,.0f} · prompt tokens {total.prompt_tokens:,.0f} · completion tokens "
        f"{total.completion_tokens:,.0f} · cost {cost}",
        markup=False,
    )
    seconds, megabytes = total.seconds(lanes), total.disk_bytes / 1e6
    told = f"  time {seconds / 3600:.2f} h with {lanes} in flight · disk {megabytes:,.1f} MB"
    console.print(told, markup=False)
    return seconds


def print_unreached(sweep: Sweep, console: Console) -> None:
    """Name the scenarios that stay quiet where environmental events come: no app of theirs takes any."""
    from pare.sweep import unreached

    found = unreached(sweep.cells, sweep.scenario_ids)
    everywhere = set.intersection(*map(set, found.values())) if found else set()
    quiet = {"": [name for name in sweep.scenario_ids if name in everywhere]}
    quiet |= {
        f" in {cell}": [name for name in names if name not in everywhere] for cell, names in found.items()
    }
    for where, names in quiet.items():
        if names:
            more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
            told = f"no noise{where} for: {', '.join(names[:MOST_NAMED])}{more}"
            console.print(told, markup=False, soft_wrap=True)


def print_reasons(planner: Planner, sweep: Sweep, console: Console) -> None:
    """Print what keeps stored runs from being served."""
    reasons = list(planner.why(sweep.jobs()))
    if not reasons:
        console.print("no stored run is kept from being served", markup=False)
    for reason in reasons:
        console.print(
            f"{reason.cell.name}: {reason.runs} runs miss by {', '.join(reason.parts)}", markup=False
        )
