"""The results of runs with agents, as a table in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pare.reporting.oracle_table import STYLES, duration, printable
from pare.scenarios.validation_result import PAREScenarioValidationResult

COLUMNS = ("scenario", "outcome", "turns", "accepted", "writes", "simulated")


def print_agent_table(
    results: Sequence[tuple[str, PAREScenarioValidationResult]], console: Console | None = None
) -> bool:
    """Show (scenario id, result), one a row, and a summary; tell whether all succeeded."""
    console = console or Console()
    table = Table(title=f"Runs of {len(results)} scenarios with two agents", title_justify="left")
    for name in COLUMNS:
        is_text = name in ("scenario", "outcome")
        table.add_column(name, overflow="fold", justify="left" if is_text else "right")
    for scenario_id, result in results:
        table.add_row(*_row(scenario_id, result))
    console.print(table)
    for scenario_id, result in results:
        if result.outcome != "success":
            reason = Text(printable(f"{scenario_id}: {_why(result)}"))
            console.print(Text(f"{result.outcome} ", STYLES[result.outcome]) + reason)
    outcomes = [result.outcome for _, result in results]
    console.print(", ".join(f"{outcomes.count(kind)} {kind}" for kind in STYLES if kind in outcomes))
    return all(outcome == "success" for outcome in outcomes)


def _row(scenario_id: str, result: PAREScenarioValidationResult) -> tuple[Text, ...]:
    return (
        Text(printable(scenario_id)),
        Text(result.outcome, STYLES[result.outcome]),
        Text(str(result.number_of_turns)),
        Text(f"{result.acceptance_count} of {result.proposal_count}"),
        Text(str(result.write_actions)),
        Text(duration(result.simulated_seconds)),
    )


def _why(result: PAREScenarioValidationResult) -> str:
    raised = "" if result.exception is None else f"{type(result.exception).__name__}: {result.exception}"
    return result.rationale or raised or (result.end_reason or "")
