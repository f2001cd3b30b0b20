"""The results of oracle runs, as a table in the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from time import process_time
from typing import TYPE_CHECKING
from unicodedata import category

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:  # 0.4 s that a reader of traces need not wait for
    from pare.scenario_runner import Outcome, ScenarioRun

STYLES: dict[Outcome, str] = {
    "success": "green",
    "failure": "red",
    "defect": "bold red",
    "no_validation": "yellow",
    "infrastructure": "magenta",
}


def print_oracle_table(runs: Iterable[ScenarioRun], count: int, console: Console | None = None) -> bool:
    """Run and show `count` runs, one a row, and a summary; tell whether all succeeded."""
    console = console or Console()
    table = _empty_table(count)
    outcomes: list[Outcome] = []
    started = process_time()
    for run in runs:
        outcomes.append(run.outcome)
        table.add_row(*_row(run))
    seconds = process_time() - started
    console.print(table)
    console.print(_summary(outcomes, seconds))
    return all(outcome == "success" for outcome in outcomes)


def _empty_table(count: int) -> Table:
    table = Table(title=f"Oracle runs of {count} scenario{'s' * (count != 1)}", title_justify="left")
    table.add_column("scenario", overflow="fold")
    table.add_column("outcome")
    table.add_column("events", justify="right")
    table.add_column("simulated", justify="right")
    table.add_column("why", overflow="fold")
    return table


def _row(run: ScenarioRun) -> tuple[Text, ...]:
    environment = run.environment
    passed = environment.current_time - environment.start_time
    return (
        Text(printable(run.scenario.scenario_id)),
        Text(run.outcome, STYLES[run.outcome]),
        Text(str(len(environment.event_log))),
        Text(duration(passed)),
        Text(printable(_why(run))),
    )


def _why(run: ScenarioRun) -> str:
    """Give the validator's words, or what was raised; nothing for a success."""
    if run.outcome == "success":
        return ""
    error = run.result.exception
    raised = [] if error is None else [type(error).__name__, str(error)]
    return str(run.result.rationale or ": ".join(filter(None, raised)))


def printable(text: str) -> str:
    """Write what a terminal would obey (control characters) and what cannot be encoded as escapes."""
    return "".join(
        character.encode("unicode_escape").decode()
        if category(character) in ("Cc", "Cs") and character != "\n"
        else character
        for character in text
    )


def duration(seconds: float) -> str:
    """Give a time span as days and hours:minutes:seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return (f"{days} d " if days else "") + f"{hours:d}:{minutes:02d}:{rest:02d}"


def _summary(outcomes: list[Outcome], seconds: float) -> str:
    counted = ", ".join(f"{outcomes.count(kind)} {kind}" for kind in STYLES if outcomes.count(kind))
    return f"{counted}; {seconds * 1000 / max(len(outcomes), 1):.1f} ms of CPU a scenario"
