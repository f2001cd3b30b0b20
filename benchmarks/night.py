"""The night of a paper on a fast clock: 7 models, 143 scenarios, 4 runs of each, 600 requests a minute.

All is as in `pare run`, from the sweep's file to its report, but for two things. The clock jumps
(`pare.testing.fast_clock`), so waiting costs nothing; and the endpoints answer in this process: HTTP without
sockets, by the application of `pare endpoint`, one for each model, with a rate limit, 429s and Retry-After.
How long a call takes is drawn from a lognormal distribution, what is said is what the scripted oracle says.
Scenarios are the bundled ones under generated ids. An earlier sweep of one run with one model is in the
store: `pare plan` goes by it.

Held to marks: the night takes at most 5 % longer than limits and latencies need, `pare plan` foretold it to
within 20 %, and every run succeeds. A missed mark makes the exit code 1.

Run it as `make rehearsal`, or as `python benchmarks/night.py`.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import cycle, islice
from math import log
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
from figures import Figure, add_json_option, machine, report
from rich.console import Console

from pare.cli.conducting import Conductor
from pare.cli.plan import show_plan
from pare.cli.run import prepared_folder
from pare.llm.connect import Network
from pare.llm.endpoint import Endpoint, EndpointSettings
from pare.llm.transport import LeanClient, Timeouts
from pare.multi_scenario_runner import Workplace
from pare.rng import derive_rng
from pare.scenario_runner.garbage import rare_collections
from pare.scenario_runner.oracle_policy import oracle
from pare.scenarios.result_row import ResultRow
from pare.scenarios.store.place import VARIABLE
from pare.scenarios.utils.registry import registry
from pare.sweep import Sweep, load_sweep
from pare.testing.fast_clock import FastLoop

MARK_BOUND = 1.05
MARK_FORECAST = 20.0

MEAN_SECONDS, SPREAD = 3.0, 0.6
"""Of a call's latency: its mean, and the standard deviation of its logarithm."""

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Size:
    """How large a night is; `told` says whether pare is told the limit, or has to find it out."""

    models: int = 7
    scenarios: int = 143
    runs: int = 4
    per_minute: float = 600
    in_flight: int = 500
    told: bool = True

    @property
    def at_once(self) -> float:
        """How many requests need no time: an endpoint has a minute's worth in store, for who is not told."""
        return 0 if self.told else self.per_minute

    @property
    def aliases(self) -> list[str]:
        return [f"model-{number}" for number in range(1, self.models + 1)]


SMALL = Size(models=2, scenarios=6, runs=2, per_minute=30)


# --- what is run --------------------------------------------------------------------------------------------


def write_scenarios(size: Size, directory: Path) -> None:
    """Write a file for each scenario: a bundled one under an id of its own."""
    directory.mkdir()
    bundled = sorted(registry.get_all_scenarios().items())
    for number, (scenario_id, cls) in enumerate(islice(cycle(bundled), size.scenarios)):
        name = f"{scenario_id}_{number:03}"
        lines = (
            f"import {cls.__module__} as bundled",
            "from pare.scenarios.utils.registry import register_scenario",
            "",
            "",
            f'@register_scenario("{name}")',
            f"class Copy{number:03}(bundled.{cls.__name__}):",
            '    """A bundled scenario under another id."""',
        )
        (directory / f"{name}.py").write_text("\n".join(lines) + "\n", encoding="utf-8")


def sweep_of(size: Size, name: str, scenarios: Path) -> Sweep:
    """Read the sweep from a file: the "night" of all models, or a "trial", one run with one model."""
    limits = f", limits: {{requests_per_minute: {size.per_minute}}}" if size.told else ""
    models = [
        f"  {alias}: {{provider: vllm, model: {alias}, endpoints: ['http://{alias}.test/v1'], "
        f"label_headers: true{limits}}}"
        for alias in size.aliases
    ]
    aliases = ", ".join(size.aliases if name == "night" else size.aliases[:1])
    lines = [
        f"name: {name}",
        f"scenarios: {{dirs: ['{scenarios}']}}",
        f"runs: {size.runs if name == 'night' else 1}",
        "models:",
        *models,
        f"base: {{seed: {size.runs if name == 'night' else 0}}}",
        "zip:",
        f"  - {{user: [{aliases}], proactive: [{aliases}]}}",
        f"limits: {{executor_type: async, max_concurrent_scenarios: {size.in_flight}}}",
    ]
    file = scenarios.parent / f"{name}.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_sweep(file)


# --- the endpoints ------------------------------------------------------------------------------------------


class Model:
    """An endpoint on the clock of the loop: it takes its time, and refuses what is above its limit."""

    def __init__(self, alias: str, per_minute: float, clock: Callable[[], float]) -> None:
        self._rng: Random = derive_rng("night", alias)
        self._clock = clock
        settings = EndpointSettings(models={alias: oracle()}, requests_per_minute=per_minute)
        self.endpoint = Endpoint(settings, clock=clock, sleep=self._think)
        self.last_reply = 0.0

    async def _think(self, _seconds: float) -> None:
        await anyio.sleep(self._rng.lognormvariate(log(MEAN_SECONDS) - SPREAD**2 / 2, SPREAD))
        self.last_reply = self._clock()

    @property
    def refusals(self) -> int:
        return self.endpoint.counts.refused.total()


@dataclass
class Provider:
    """The models by alias, which is the first word of their host's name."""

    models: Mapping[str, Model]

    @asynccontextmanager
    async def open_client(self, url: str, *, timeouts: Timeouts, **_: Any) -> AsyncIterator[LeanClient]:
        model = self.models[(urlsplit(url).hostname or "").partition(".")[0]]
        yield LeanClient(httpx.ASGITransport(model.endpoint.app), timeouts)


# --- playing ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Played:
    """A sweep that was run: its rows, its models, and the seconds that it took on which clock."""

    code: int
    rows: list[ResultRow]
    models: Mapping[str, Model]
    simulated: float
    wall: float
    cpu: float


def played(sweep: Sweep, size: Size, place: Path, console: Console) -> Played:
    """Run a sweep on a clock that jumps, as `pare run` does on a real one."""
    folder = prepared_folder(sweep, place / "runs")

    async def main() -> tuple[int, Mapping[str, Model], float]:
        clock = asyncio.get_running_loop().time
        models = {alias: Model(alias, size.per_minute, clock) for alias in size.aliases}
        sources = [str(path) for path in sweep.sources]
        network = Network(Provider(models).open_client, clock)
        workplace = Workplace(folder=folder, sources=sources, network=network)
        code = await Conductor(sweep, folder, workplace, console).conduct()
        return code, models, clock()

    folder.lock()
    try:
        wall, cpu = perf_counter(), process_time()
        with rare_collections():
            code, models, simulated = anyio.run(main, backend_options={"loop_factory": FastLoop})
        wall, cpu = perf_counter() - wall, process_time() - cpu
        rows = list(folder.rows()[0].values())
    finally:
        folder.unlock()
    return Played(code, rows, models, simulated, wall, cpu)


@contextmanager
def place_apart(keep: Path | None) -> Iterator[Path]:
    """Give an empty directory, with the store in it."""
    with tempfile.TemporaryDirectory(prefix="night-") as directory:
        place = Path(directory) if keep is None else keep
        place.mkdir(exist_ok=True)
        before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = str(place / "store")
        try:
            yield place
        finally:
            del os.environ[VARIABLE]
            if before is not None:
                os.environ[VARIABLE] = before


# --- what it came to ----------------------------------------------------------------------------------------


@dataclass
class Line:
    """What a model had to do, in seconds of the fast clock; `longest` is the longest run's latencies."""

    alias: str
    runs: int = 0
    calls: int = 0
    refused: int = 0
    seconds: float = 0.0
    limited: float = 0.0
    longest: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def bound(self) -> float:
        """The least that it can take: at its rate, or because one run's calls follow each other."""
        return max(self.limited, self.longest)


def lines_of(night: Played, sweep: Sweep, size: Size) -> list[Line]:
    """Count what each model was asked and how its runs ended."""
    aliases = {cell.config_hash: cell.config.user_model_alias for cell in sweep.cells}
    lines = {alias: Line(alias) for alias in size.aliases}
    for row in night.rows:
        line = lines[aliases[row.config_hash]]
        line.runs += 1
        line.outcomes[row.outcome] += 1
        line.calls += sum(used.calls for used in row.usage.values())
        taken = sum(float(effort["latency_seconds"]) for effort in row.wall_effort.values())
        line.longest = max(line.longest, taken)
    for alias, line in lines.items():
        model = night.models[alias]
        line.refused, line.seconds = model.refusals, model.last_reply
        line.limited = 60 * (model.endpoint.counts.replied - size.at_once) / size.per_minute
    return list(lines.values())


def print_lines(lines: list[Line]) -> None:
    """Print a row for each model: simulated minutes to its last reply, beside those that it needs."""
    print(f"{'model':10}{'runs':>7}{'calls':>9}{'429s':>7}{'minutes':>10}{'bound':>9}{'ratio':>8}")
    for line in lines:
        minutes, bound = line.seconds / 60, line.bound / 60
        ratio = line.seconds / line.bound
        print(
            f"{line.alias:10}{line.runs:7,}{line.calls:9,}{line.refused:7,}{minutes:10.2f}{bound:9.2f}{ratio:8.3f}"
        )


def figures_of(night: Played, lines: list[Line], forecast: float, told: bool) -> Iterator[Figure]:
    """Give what the night is held to; a plan cannot foretell what a limit costs that nobody told of."""
    runs, calls = len(night.rows), sum(line.calls for line in lines)
    outcomes = sum((line.outcomes for line in lines), Counter())
    ratio = night.simulated / max(line.bound for line in lines)
    missed_by = 100 * abs(forecast / night.simulated - 1)
    others = runs - outcomes["success"] + night.code
    yield Figure(
        f"a night of {runs:,} runs and {calls:,} calls, beside its bound", ratio, "times", MARK_BOUND
    )
    yield Figure("what pare plan foretold, off by", missed_by, "%", MARK_FORECAST if told else None)
    yield Figure("runs that did not succeed", others, "", 0)
    yield Figure("requests that were refused", sum(line.refused for line in lines), "")
    yield Figure("the night on the machine's clock", night.wall, "s")
    yield Figure("a call, all of it and its endpoint, CPU", night.cpu / calls * 1000, "ms")


def rehearsed(size: Size, place: Path, console: Console) -> list[Figure]:
    """Run the trial, ask for the plan, run the night, and compare."""
    scenarios = place / "scenarios"
    write_scenarios(size, scenarios)
    trial = played(sweep_of(size, "trial", scenarios), size, place, console)
    assert trial.code == 0, trial
    sweep = sweep_of(size, "night", scenarios)
    forecast = anyio.run(show_plan, sweep, console, False)
    night = played(sweep, size, place, console)
    lines = lines_of(night, sweep, size)
    print_lines(lines)
    print(f"forecast {forecast / 60:.2f} minutes, measured {night.simulated / 60:.2f}")
    print(f"the night took {night.wall:.1f} s of real time and {night.cpu:.1f} s of CPU")
    return list(figures_of(night, lines, forecast, size.told))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="2 models, 6 scenarios, 2 runs, a low limit")
    parser.add_argument("--untold", action="store_true", help="let pare find out the limit by itself")
    parser.add_argument("--runs-in-flight", type=int, metavar="N", help="at a time; default: 500")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave store and results there")
    add_json_option(parser)
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}")
    size = SMALL if options.small else Size()
    size = replace(size, told=not options.untold, in_flight=options.runs_in_flight or size.in_flight)
    with place_apart(options.keep) as place:
        figures = rehearsed(size, place, Console(highlight=False))
    report("night", figures, options.json)
    sys.exit(any(figure.met is False for figure in figures))


if __name__ == "__main__":
    main()
