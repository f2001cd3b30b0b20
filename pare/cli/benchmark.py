"""``pare benchmark``: run the benchmark with one configuration, and report on such runs together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pare.cli.terminal import say, say_error

if TYPE_CHECKING:
    from rich.console import Console

    from pare.multi_scenario_runner.folder import RunFolder
    from pare.reporting.published_files import PublishedPlace
    from pare.scenarios.result_row import ResultRow
    from pare.sweep import Sweep

app = typer.Typer(help="Run the benchmark.", no_args_is_help=True)

RESULTS = Path("results")
SIGNALLED = 128
"""From this exit code on a signal has ended the run."""

MOST_LISTED = 40
"""Up to so many runs are listed one by one."""


@app.callback()
def _benchmark() -> None:
    """Run the benchmark."""


def _model(role: str, default: str) -> Any:
    letter = role[0]
    return typer.Option(
        f"--{role}-model",
        f"-{letter}m",
        help=f"Alias or name on the wire; default {default}.",
        metavar="MODEL",
    )


def _place(role: str, what: str, text: str) -> Any:
    return typer.Option(f"--{role}-{what}", f"-{role[0]}{what[0]}", help=text, metavar=what.upper())


def _iterations(role: str, default: int) -> Any:
    letters = f"-{role[0]}mi"
    return typer.Option(
        f"--{role}-max-iterations", letters, min=1, help=f"Steps of a turn; default {default}."
    )


Provider = "Where the model is served; an alias knows it."
Url = "URL of a server of your own."


@app.command("run")
def run(  # noqa: PLR0913 - each is an option of the command
    scenarios: Annotated[
        str | None,
        typer.Option("--scenarios", "-s", help="Ids, joined by commas, or a file of ids.", metavar="IDS"),
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", help="full (the default), ablation, or a split of your own.")
    ] = None,
    observe_model: Annotated[str | None, _model("observe", "gpt-5")] = None,
    execute_model: Annotated[str | None, _model("execute", "gpt-5")] = None,
    user_model: Annotated[str | None, _model("user", "gpt-5-mini")] = None,
    observe_provider: Annotated[str | None, _place("observe", "provider", Provider)] = None,
    execute_provider: Annotated[str | None, _place("execute", "provider", Provider)] = None,
    user_provider: Annotated[str | None, _place("user", "provider", Provider)] = None,
    observe_endpoint: Annotated[str | None, _place("observe", "endpoint", Url)] = None,
    execute_endpoint: Annotated[str | None, _place("execute", "endpoint", Url)] = None,
    user_endpoint: Annotated[str | None, _place("user", "endpoint", Url)] = None,
    max_turns: Annotated[
        int | None, typer.Option("--max-turns", "-mt", min=1, help="Turns of a run; default 10.")
    ] = None,
    observe_max_iterations: Annotated[int | None, _iterations("observe", 5)] = None,
    execute_max_iterations: Annotated[int | None, _iterations("execute", 10)] = None,
    user_max_iterations: Annotated[int | None, _iterations("user", 1)] = None,
    action_format: Annotated[
        str | None, typer.Option("--format", help="react_json (the default) or tool_calls.")
    ] = None,
    tool_failure_probability: Annotated[
        float | None,
        typer.Option("--tool-failure-probability", "-tfp", help="How often a call of a tool fails."),
    ] = None,
    env_events_per_min: Annotated[
        int | None, typer.Option("--env-events-per-min", "-epm", help="Unrelated events a minute.")
    ] = None,
    env_events_seed: Annotated[int | None, typer.Option(help="Their seed; default 42.")] = None,
    runs: Annotated[
        int | None, typer.Option("--runs", "-r", min=1, help="Runs of each scenario; default 1.")
    ] = None,
    max_concurrent: Annotated[
        int | None, typer.Option("--max-concurrent", "-c", min=1, help="Runs in flight; default 500.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", "-t", help="Seconds that a run may work; default: no limit.")
    ] = None,
    executor_type: Annotated[
        str | None,
        typer.Option(
            "--executor-type",
            help="process (the default with models), async (the default with --oracle), thread (the same) "
            "or sequential.",
        ),
    ] = None,
    results_dir: Annotated[
        Path | None, typer.Option(help="Where results and run folders go; default results.")
    ] = None,
    output_dir: Annotated[Path | None, typer.Option(help="Put traces and exports here as well.")] = None,
    export: Annotated[
        bool | None, typer.Option("--export/--no-export", help="Write traces in a published format, too.")
    ] = None,
    export_format: Annotated[
        str | None, typer.Option(help="hf (the default), lite or both.", metavar="FORMAT")
    ] = None,
    experiment_name: Annotated[
        str | None, typer.Option("--experiment-name", "-n", help="Begins all names; default benchmark.")
    ] = None,
    log_level: Annotated[str | None, typer.Option(help="DEBUG, INFO (the default), WARNING, ERROR.")] = None,
    no_cache: Annotated[
        bool | None, typer.Option("--no-cache", help="Neither stored results nor recorded replies.")
    ] = None,
    oracle: Annotated[
        bool | None, typer.Option("--oracle", help="Play each scenario's own oracle, without models.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-l", min=1, help="The first N scenarios.")] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="A flat YAML file with these options, under their names with _.", metavar="FILE"),
    ] = None,
    accept_drift: Annotated[
        bool, typer.Option("--accept-drift", help="Take stored results of other models under these aliases.")
    ] = False,
) -> None:
    """Run scenarios with one configuration, and write the published result files.

    An option goes before the file, the file before the default. Results are kept as with `pare run`, in a
    run folder below --results-dir. The provider `scripted` needs no key: its models are oracle, wait and
    random. The exit code is 0 if all runs succeed.
    """
    given = {"format" if name == "action_format" else name: value for name, value in locals().items()}
    own = ("config", "accept_drift")
    options = {name: _plain(value) for name, value in given.items() if name not in own and value is not None}
    if scenarios is not None and split is not None:
        raise typer.BadParameter("name scenarios by --scenarios or by --split, not by both")
    from pare.cli.flat_sweep import read_flat

    code = _run(read_flat(options, config), accept_drift=accept_drift)
    if code:
        sys.exit(code)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def _run(sweep: Sweep, *, accept_drift: bool) -> int:
    """Conduct a sweep of one cell in its run folder, and give the exit code."""
    from pare.cli.run import conducted, prepared_folder
    from pare.cli.terminal import unbreakable_console, unbreakable_streams
    from pare.reporting.published_files import mark, place_of

    directory = sweep.results_dir or RESULTS
    folder = prepared_folder(sweep, directory)
    place = place_of(directory, sweep.name, _split_of(sweep), sweep.cells[0].config)
    mark(folder, place)
    chosen = {"accept_drift": accept_drift, "fresh": not sweep.config.enable_caching}
    with unbreakable_streams() as out:
        code = conducted(sweep, folder, chosen, out)
        if code < SIGNALLED:
            told = _tell(sweep, folder, place, unbreakable_console())
            code = code or told
        return code


def _split_of(sweep: Sweep) -> str:
    """Give what published names call the selection."""
    selection = sweep.selection
    is_whole = selection.ids is None and selection.tags is None and not selection.exclude
    return selection.split or ("full" if is_whole and not sweep.sources else "custom")


def _tell(sweep: Sweep, folder: RunFolder, place: PublishedPlace, console: Console) -> int:
    """Print runs and totals, put traces where they are wanted, and tell by the code whether all succeeded."""
    from pare.cli.publishing import export_traces, print_totals
    from pare.reporting.published_files import published_rows
    from pare.reporting.run_list import runs_section
    from pare.reporting.sweep_render import print_sections

    config = sweep.cells[0].config
    rows = _in_order(sweep, folder)
    if 0 < len(rows) <= MOST_LISTED:
        print_sections([runs_section(rows, oracle=config.oracle)], console)
    if missing := export_traces(folder, sweep, place, config.output_dir):
        console.print(f"{missing} runs could not be exported: their replies are not recorded", markup=False)
    print_totals(place, published_rows(folder, place, config), console)
    return int(any(row.outcome != "success" for row in rows))


def _in_order(sweep: Sweep, folder: RunFolder) -> list[ResultRow]:
    """Give the rows of a run in the order in which its scenarios were named."""
    places = {scenario_id: place for place, scenario_id in enumerate(sweep.scenario_ids)}
    rows = folder.rows()[0].values()
    return sorted(rows, key=lambda row: (places.get(row.scenario_id, len(places)), row.run_number))


@app.command("report")
def report(
    results_dir: Annotated[
        Path, typer.Option("--results-dir", "-d", help="Result files are in or below it.", metavar="DIR")
    ],
    split: Annotated[str, typer.Option("--split", "-s", help="What the report says it is of.")] = "full",
) -> None:
    """Put all result files in and below a directory together, and print and write their report.

    Exit code 1 if the directory or its result files are missing.
    """
    from pare.errors import ConfigError
    from pare.reporting.published_files import COMBINED, PublishedPlace, combined, write_published

    try:
        rows = combined(results_dir)
    except ConfigError as error:
        say_error(error)
        sys.exit(1)
    say(write_published(PublishedPlace(results_dir, ".", COMBINED, split), rows), nl=False)
