"""``pare noise``: look at noise before it costs anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pare.cli.terminal import say

if TYPE_CHECKING:
    from pare.kernel.calls import Event
    from pare.scenarios.scenario import Scenario

app = typer.Typer(help="Look at what noise would do.", no_args_is_help=True)

MARK, MANY, EMPTY = "•", "●", "·"
NARROWEST = 20


@app.callback()
def _noise() -> None:
    """Look at what noise would do."""


@app.command("preview")
def preview(
    scenario: Annotated[str, typer.Argument(help="Id of a scenario.", metavar="SCENARIO")],
    rate: Annotated[float, typer.Option("--rate", help="Events per simulated minute.")] = 10,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the events (env_events_seed).")] = 0,
    run: Annotated[int, typer.Option("--run", min=1, help="Number of the run.")] = 1,
    scope: Annotated[
        str, typer.Option("--scope", help="run: each run its own noise; sweep: all the same.")
    ] = "run",
    width: Annotated[
        int | None, typer.Option("--width", min=40, help="Columns; the terminal's by default.")
    ] = None,
) -> None:
    """Draw the environmental events that a run would have on the axis of simulated time."""
    import shutil
    import sys

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    found = prepared(scenario, (rate, seed), run, scope)
    for line in drawn(found, width or shutil.get_terminal_size().columns):
        say(line)


def prepared(scenario_id: str, noise: tuple[float, int], run: int, scope: str) -> Scenario:
    """Give a scenario, initialised with noise of a rate and a seed.

    Raises:
        PareError: there is no such scenario, or noise cannot be as asked for.
    """
    from pare.errors import ConfigError
    from pare.scenarios.utils.registry import registry
    from pare.scenarios.utils.scenario_expander import EnvEventsConfig

    if scope not in ("run", "sweep"):
        raise ConfigError(f"the scope of noise is run or sweep, not {scope!r}")
    scenario = registry.create(scenario_id)
    scenario.run_number, scenario.noise_seed_scope = run, "sweep" if scope == "sweep" else "run"
    scenario.env_events_config = EnvEventsConfig(num_env_events_per_minute=noise[0], env_events_seed=noise[1])
    scenario.initialize()
    return scenario


def drawn(scenario: Scenario, width: int) -> Iterator[str]:
    """Give the timeline of a scenario's noise in `width` columns, and the list of what comes."""
    from pare.kernel.calls import Event
    from pare.scenarios.utils.scenario_expander import horizon_of

    noise = [event for event in scenario.events if isinstance(event, Event) and event.is_noise]
    rows: dict[str, list[Event]] = {app.name: [] for app in scenario.apps or ()}
    for event in noise:
        rows[event.action.app_name].append(event)
    seconds = horizon_of(scenario)
    yield f"{scenario.scenario_id}: {len(noise)} events of noise in {seconds:g} seconds"
    label = max((len(name) for name, events in rows.items() if events), default=0)
    columns = max(width - label - 8, NARROWEST)
    for name, events in rows.items():
        if events:
            yield f"{name:>{label}} {_row(_times(events), seconds, columns)} {len(events):>4}"
    yield (
        f"{'':>{label}} {_axis(seconds, columns)}"
        if noise
        else "nothing comes: no app takes noise, or the rate is 0"
    )
    yield from (_shortened(_described(event), width) for event in noise)


def _times(events: Sequence[Event]) -> list[float]:
    return [event.event_relative_time or 0.0 for event in events]


def _row(times: Sequence[float], seconds: float, columns: int) -> str:
    """Mark a column in which something comes, and more strongly where it is more than one."""
    counts = [0] * columns
    for time in times:
        counts[min(int(time / seconds * columns), columns - 1)] += 1
    return "".join(EMPTY if not count else MARK if count == 1 else MANY for count in counts)


def _axis(seconds: float, columns: int) -> str:
    """Write the first, the middle and the last second below the columns."""
    first, middle, last = "0", f"{seconds / 2:g}", f"{seconds:g} s"
    return f"{first}{middle:^{columns - len(first) - len(last)}}{last}"


def _described(event: Event) -> str:
    arguments = {name: value for name, value in event.action.args.items() if name != "self"}
    told = (arguments.get(name) for name in ("subject", "content", "name", "options"))
    text = next((str(item) for item in told if item), "")
    return f"{event.event_relative_time:10.3f}  {event.action.app_name}.{event.action.function_name}  {text}"


def _shortened(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
