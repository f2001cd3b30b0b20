"""``pare benchmark``: run the benchmark."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

app = typer.Typer(help="Run the benchmark.", no_args_is_help=True)


@app.callback()
def _benchmark() -> None:
    """Run the benchmark."""


@app.command("run")
def run(
    oracle: Annotated[bool, typer.Option("--oracle", help="Play each scenario's own oracle events.")] = False,
    scenarios: Annotated[
        str | None,
        typer.Option("--scenarios", "-s", help="Scenario ids, separated by commas. Default: all."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-l", min=1, help="Run only the first N scenarios.")
    ] = None,
) -> None:
    """Run scenarios and print a table of results; the exit code is 1 unless all succeed."""
    from pare.errors import ConfigError
    from pare.reporting.oracle_table import print_oracle_table
    from pare.scenario_runner import play_registered

    if not oracle:
        raise ConfigError("this version plays oracle events only; add --oracle")
    ids = selected_ids(scenarios, limit)
    if not print_oracle_table(map(play_registered, ids), len(ids)):
        sys.exit(1)


def selected_ids(scenarios: str | None, limit: int | None) -> list[str]:
    """Give the ids to run: those named, or all registered ones, up to `limit`.

    Raises:
        UnknownScenarioError: an id does not exist; all such ids are named.
        ConfigError: nothing is selected, or an id is named twice.
    """
    from pare.errors import ConfigError, UnknownScenarioError
    from pare.scenarios.utils.registry import registry

    if scenarios is None:
        ids = list(registry.get_all_scenarios())
    else:
        ids = [part.strip() for part in scenarios.split(",") if part.strip()]
        if twice := sorted({item for item in ids if ids.count(item) > 1}):
            raise ConfigError(f"--scenarios names {', '.join(twice)} more than once")
        problems = []
        for scenario_id in ids:
            try:
                registry.get_scenario(scenario_id)
            except UnknownScenarioError as error:
                problems.append(str(error))
        if problems:
            raise UnknownScenarioError("\n".join(problems))
    if not ids:
        raise ConfigError("no scenario is selected; name some with --scenarios, or leave it out for all")
    return ids[:limit]
