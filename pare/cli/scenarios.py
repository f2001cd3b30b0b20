"""``pare scenarios``: which there are, what is in one, and what is wrong with them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pare.cli.terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pare.kernel.abstract_event import AbstractEvent
    from pare.scenarios.discovery import Failure
    from pare.scenarios.scenario import Scenario

app = typer.Typer(help="List, show and check scenarios.", no_args_is_help=True)

Directories = Annotated[
    list[Path] | None,
    typer.Option(
        "--scenarios-dir",
        "-d",
        help="Take the scenarios of this directory in place of the bundled ones; repeatable.",
        metavar="DIR",
    ),
]


@app.callback()
def _scenarios() -> None:
    """List, show and check scenarios."""


@app.command("list")
def list_scenarios(scenarios_dir: Directories = None) -> None:
    """Print each scenario: id, difficulty by the length of its oracle, first line of what it says of itself.

    Files that could not be imported are named on stderr; the exit code is then 1.
    """
    from pare.scenarios.overview import summary_of
    from pare.scenarios.utils.registry import registry

    ids, failures = loaded(scenarios_dir)
    width = max(map(len, ids), default=0)
    for scenario_id in ids:
        summary = summary_of(registry.get_scenario(scenario_id))
        say(f"{scenario_id:<{width}}  {_difficulty(scenario_id):<9}  {summary}".rstrip())
    say(f"{len(ids)} scenarios", err=True)
    if report(failures):
        sys.exit(1)


@app.command("show")
def show(
    scenario_id: Annotated[str, typer.Argument(help="The id of a scenario.", metavar="ID")],
    scenarios_dir: Directories = None,
) -> None:
    """Print a scenario: apps with the number of their tools, and the events in the order of the plan."""
    from pare.errors import UnknownScenarioError, nearest
    from pare.scenarios.utils.registry import registry

    ids, failures = loaded(scenarios_dir)
    report(failures)
    if scenario_id not in ids:
        raise UnknownScenarioError(f"there is no scenario {scenario_id!r}.{nearest(scenario_id, ids)}")
    scenario = registry.create(scenario_id)
    scenario.initialize()
    for line in description(scenario):
        say(line)


@app.command("check")
def check(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of scenarios. Default: all.", metavar="[ID]...")
    ] = None,
    scenarios_dir: Directories = None,
) -> None:
    """Look scenarios over: build them, play their oracles, ask their validators, read their source.

    Prints what is wrong with each; the exit code is 1 if anything is.
    """
    from functools import partial

    from pare.errors import UnknownScenarioError
    from pare.scenarios.utils.registry import registry
    from pare.testing.inspection import inspect_scenario, unregistered

    known, failures = loaded(scenarios_dir)
    count = report(failures + unregistered(files_of(known, scenarios_dir)))
    if unknown := [item for item in ids or () if item not in known]:
        raise UnknownScenarioError(f"there is no scenario {', '.join(map(repr, unknown))}")
    for scenario_id in ids or known:
        problems = inspect_scenario(partial(registry.create, scenario_id))
        count += len(problems)
        say(f"{scenario_id}: {'ok' if not problems else f'{len(problems)} problems'}")
        for problem in problems:
            say(f"  {problem}")
    say(f"{len(ids or known)} scenarios checked, {count} problems")
    if count:
        sys.exit(1)


@app.command("export")
def export(
    scenario_id: Annotated[str, typer.Argument(help="The id of a scenario.", metavar="ID")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write to this file, not to stdout.", metavar="FILE")
    ] = None,
    dump_format: Annotated[
        str, typer.Option("--format", help="hf, the whole; or lite, its name alone.", metavar="hf|lite")
    ] = "hf",
    scenarios_dir: Directories = None,
) -> None:
    """Write a scenario as JSON, which `--scenarios-dir` reads again.

    Conditions and validators in Python are named, as those of the registered scenario. What no file can hold
    or name is refused, with its place; what is left out is told on stderr.
    """
    from pare.compat.json_scenarios import export_json_scenario, left_out
    from pare.errors import ConfigError, UnknownScenarioError, nearest
    from pare.scenarios.utils.registry import registry
    from pare.traces.files import replace_file

    ids, failures = loaded(scenarios_dir)
    report(failures)
    if scenario_id not in ids:
        raise UnknownScenarioError(f"there is no scenario {scenario_id!r}.{nearest(scenario_id, ids)}")
    if dump_format not in ("hf", "lite"):
        raise ConfigError(f"--format is {dump_format!r}; it is hf or lite")
    scenario = registry.create(scenario_id)
    text = export_json_scenario(scenario, format="hf" if dump_format == "hf" else "lite")
    for item in left_out(scenario):
        say(f"left out: {item}", err=True)
    if out is None:
        sys.stdout.write(f"{text.decode()}\n")
    else:
        replace_file(out, text)


def loaded(directories: list[Path] | None) -> tuple[list[str], list[Failure]]:
    """Give the ids of the scenarios of `directories`, or of all that are found, and what went wrong."""
    from pare.scenarios.utils.registry import registry

    if directories:
        registry.load(directories)
    return registry.ids, registry.failures + registry.replaced


def files_of(ids: Iterable[str], directories: list[Path] | None) -> list[Path]:
    """Give the files that were looked at: those of `directories`, or those that the scenarios come from."""
    from pare.scenarios.discovery import scenario_files
    from pare.scenarios.utils.registry import registry

    if directories:
        return [file for item in directories if item.exists() for file in scenario_files(item.resolve())]
    modules = {registry.get_scenario(item).__module__ for item in ids}
    return [Path(sys.modules[name].__file__ or "") for name in sorted(modules & sys.modules.keys())]


def report(failures: Iterable[Failure]) -> int:
    """Print what could not be loaded on stderr, and count it."""
    count = 0
    for count, failure in enumerate(failures, 1):  # noqa: B007 - the last number is the count
        say(f"load: {failure}", fg=typer.colors.RED, err=True)
    if count:
        say(f"{count} problems while loading", fg=typer.colors.RED, err=True)
    return count


def _difficulty(scenario_id: str) -> str:
    """Give the difficulty of a scenario and the length of its oracle; a mark if it cannot be built."""
    from pare.scenarios.overview import difficulty, oracle_length
    from pare.scenarios.utils.registry import registry

    try:
        scenario = registry.create(scenario_id)
        scenario.initialize()
    except Exception:  # noqa: BLE001 - what is wrong with it is for `check` to say
        return "?"
    length = oracle_length(scenario)
    return f"{difficulty(length):<6} {length:>2}"


def description(scenario: Scenario) -> Iterator[str]:
    """Give the lines that describe an initialised scenario."""
    from pare.apps.base import format_time
    from pare.kernel.graph import EventGraph
    from pare.scenarios.overview import overview

    found = overview(scenario)
    yield scenario.scenario_id
    if found.summary:
        yield found.summary
    lasts = "without an end" if scenario.duration is None else f"for {scenario.duration:g} s"
    yield f"\nstart {format_time(scenario.start_time or 0)} UTC, {lasts}, {scenario.status.value}"
    yield f"oracle of {found.oracle_length} events, {found.difficulty}"
    if found.tags:
        yield f"tags {', '.join(found.tags)}"
    yield "\napps"
    for item in scenario.apps or ():
        counts = {"agent": item.get_tools(), "user": item.get_user_tools(), "env": item.get_env_tools()}
        tools = ", ".join(f"{len(tools)} {role}" for role, tools in counts.items() if tools)
        yield f"  {item.name} ({type(item).__name__}): {tools or 'no'} tools"
    yield "\nevents"
    for event in EventGraph(scenario.events, scenario.scenario_id).order:
        yield f"  {_line(event)}"


def _line(event: AbstractEvent) -> str:
    """Give an event in one line: when, who, which, what."""
    delay = f"+{event.event_relative_time or 0:g}"
    when = delay if event.event_time is None else f"at {event.event_time:g}"
    parents = ", ".join(parent.event_id for parent in event.dependencies) or "the start"
    kind = "ORACLE" if type(event).__name__ == "OracleEvent" else event.event_type.value
    return f"{kind:<10} {event.event_id}: {_call(event)} {when} s after {parents}"


def _call(event: AbstractEvent) -> str:
    action = getattr(getattr(event, "planned", None) or event, "action", None)
    if action is None:
        described = getattr(event, "action_desc", None)
        return f"{described.app}.{described.function}" if described else type(event).__name__
    app = getattr(action, "app_name", None)
    return f"{app}.{action.function_name}" if app else str(action.function_name)
