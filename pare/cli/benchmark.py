"""``pare benchmark``: run the benchmark."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="Run the benchmark.", no_args_is_help=True)


@app.callback()
def _benchmark() -> None:
    """Run the benchmark."""


@app.command("run")
def run(  # noqa: PLR0913 - each is an option of the command
    oracle: Annotated[bool, typer.Option("--oracle", help="Play each scenario's own oracle events.")] = False,
    scenarios: Annotated[
        str | None,
        typer.Option("--scenarios", "-s", help="Scenario ids, separated by commas. Default: all."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-l", min=1, help="Run only the first N scenarios.")
    ] = None,
    user_model: Annotated[str, typer.Option("--user-model", "-um")] = "gpt-5-mini",
    observe_model: Annotated[str, typer.Option("--observe-model", "-om")] = "gpt-5",
    execute_model: Annotated[str, typer.Option("--execute-model", "-em")] = "gpt-5",
    user_provider: Annotated[str, typer.Option("--user-provider", "-up")] = "openai",
    observe_provider: Annotated[str, typer.Option("--observe-provider", "-op")] = "openai",
    execute_provider: Annotated[str, typer.Option("--execute-provider", "-ep")] = "openai",
    user_endpoint: Annotated[str | None, typer.Option("--user-endpoint", "-ue")] = None,
    observe_endpoint: Annotated[str | None, typer.Option("--observe-endpoint", "-oe")] = None,
    execute_endpoint: Annotated[str | None, typer.Option("--execute-endpoint", "-ee")] = None,
    max_turns: Annotated[int, typer.Option("--max-turns", "-mt", min=1)] = 10,
    action_format: Annotated[str, typer.Option("--format", help="react_json or tool_calls.")] = "react_json",
    max_concurrent: Annotated[int, typer.Option("--max-concurrent", "-c", min=1)] = 100,
    output_dir: Annotated[
        Path | None, typer.Option(help="Write each run's trace here, for `pare show`.")
    ] = None,
    export: Annotated[bool, typer.Option(help="Beside each trace, write it in a published format.")] = False,
    export_format: Annotated[str, typer.Option(help="hf, lite or both.")] = "hf",
) -> None:
    """Run scenarios and print a table of results; the exit code is 1 unless all succeed.

    With --oracle there are no models. The provider `scripted` needs no key: its models are oracle, wait
    and random.
    """
    ids = selected_ids(scenarios, limit)
    if oracle:
        succeeded = run_oracles(ids)
    else:
        engines: dict[str, Any] = {
            "user": engine(user_provider, user_model, user_endpoint),
            "observe": engine(observe_provider, observe_model, observe_endpoint),
            "execute": engine(execute_provider, execute_model, execute_endpoint),
        }
        settings: dict[str, Any] = {f"{role}_engine_config": value for role, value in engines.items()}
        settings |= {"max_turns": max_turns, "format": action_format, "output_dir": output_dir}
        settings |= {"export": export, "trace_dump_format": export_format}
        succeeded = run_agents(ids, max_concurrent, **settings)
    if not succeeded:
        sys.exit(1)


def run_oracles(ids: list[str]) -> bool:
    """Play the oracles of scenarios, show the results, and tell whether all succeeded."""
    from pare.reporting.oracle_table import print_oracle_table
    from pare.scenario_runner import play_registered

    return print_oracle_table(map(play_registered, ids), len(ids))


def run_agents(ids: list[str], max_concurrent: int, **settings: Any) -> bool:
    """Play scenarios with two agents, show the results, and tell whether all succeeded.

    Raises:
        ConfigError: a setting is refused, or a model cannot be reached as configured.
    """
    from pydantic import ValidationError

    from pare.cli.loop import run_on_loop
    from pare.errors import ConfigError
    from pare.reporting.agent_table import print_agent_table
    from pare.scenario_runner.many import play_many
    from pare.scenarios.config import ScenarioRunnerConfig

    try:
        config = ScenarioRunnerConfig(**settings)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise ConfigError("; ".join(problems)) from None
    return print_agent_table(run_on_loop(play_many, config, ids, max_concurrent))


def engine(provider: str, model: str, endpoint: str | None) -> dict[str, Any]:
    """Give the configuration of an engine from three options."""
    return {"provider": provider, "model": model, "endpoints": [endpoint] if endpoint else []}


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
