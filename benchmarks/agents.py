"""What a run with two agents costs for each call of a model, beside a bare aiohttp loop in the same run.

A thousand of two thousand scenarios are in flight, the bundled ones under many run numbers, with about 18
calls each. The endpoint is a process of its own on loopback and answers after a second, with what the
scripted oracle says. All is counted: setting up, simulation, prompts, HTTP with all policies, parsing,
journal, trace and verdict. The bare loop posts the same bodies with the same headers, and reads the replies.
They take turns; figures are medians of the rounds.

Run it as `python benchmarks/agents.py`.
"""

import argparse
import asyncio
import contextlib
import gc
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import aiohttp
import anyio
import orjson
from figures import Figure, add_json_option, report

from pare.llm.endpoint_wire import written_completion
from pare.llm.engine import AcceptedParameters, EngineConfig
from pare.llm.factory import CallPolicies, open_alias
from pare.llm.journal import Journal, RunKey
from pare.llm.labels import label_headers
from pare.llm.limiter import LimitSettings
from pare.llm.openai import OpenAIClient
from pare.llm.scripted import ScriptedModel
from pare.llm.types import Completion, CompletionRequest
from pare.scenario_runner.garbage import rare_collections
from pare.scenario_runner.oracle_policy import oracle
from pare.scenario_runner.play import play
from pare.scenarios.config import ROLES, ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry

IDS = sorted(registry.get_all_scenarios())
FEW = 143

MARK_MILLISECONDS = 1.0
MARK_THROUGHPUT = 0.9
MARK_IDEAL = 0.95
MARK_MEGABYTES = 0.5


@dataclass
class Script:
    """All calls of one run of each scenario: what is posted, and what the endpoint answers, by label."""

    posts: dict[str, list[tuple[dict[str, str], Any]]] = field(default_factory=lambda: defaultdict(list))
    replies: dict[str, Any] = field(default_factory=dict)

    def calls(self, ids: list[str]) -> int:
        return sum(len(self.posts[scenario_id]) for scenario_id in ids)


@dataclass(frozen=True)
class Load:
    """So many runs of the scenarios in turn, of which so many are in flight at a time."""

    runs: int
    in_flight: int

    @property
    def ids(self) -> list[str]:
        return list(islice(cycle(IDS), self.runs))


@dataclass(frozen=True)
class Figures:
    wall: float
    cpu: float
    megabytes: float


async def recorded(action_format: str) -> Script:
    """Play each scenario once, without HTTP, and note what is said."""
    script, model = Script(), ScriptedModel(oracle())
    client = OpenAIClient(None, AcceptedParameters(), sends_labels=True)

    async def complete(request: CompletionRequest) -> Completion:
        completion = await model(request)
        headers = dict(label_headers(request.label))
        key = " ".join(headers[f"x-pare-{name}"] for name in ("scenario", "role", "step"))
        script.replies[key] = written_completion(completion, 0)
        posted = headers | {"Content-Type": "application/json"}
        script.posts[request.label.scenario_id].append((posted, orjson.loads(client.encode(request))))
        return completion

    config = ScenarioRunnerConfig(format=action_format)
    for scenario_id in IDS:
        result = await play(config, registry.create(scenario_id), dict.fromkeys(ROLES, complete))
        assert result.outcome == "success", (scenario_id, result)
    return script


@contextlib.contextmanager
def server(latency: float, script: Script) -> Iterator[str]:
    program = Path(__file__).parent / "llm_server.py"
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(orjson.dumps(script.replies))
        file.flush()
        command = [sys.executable, program, "--latency", str(latency), "--replies", file.name]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
            assert process.stdin
            process.stdin.close()


# --- contestants --------------------------------------------------------------------------------------------


async def bare(script: Script, url: str, load: Load) -> None:
    slots = asyncio.Semaphore(load.in_flight)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:

        async def run(scenario_id: str) -> None:
            async with slots:
                for headers, body in script.posts[scenario_id]:
                    posting = session.post(
                        f"{url}/chat/completions", data=orjson.dumps(body), headers=headers
                    )
                    async with posting as response:
                        reply = orjson.loads(await response.read())
                    assert reply["choices"][0]["message"]

        for scenario_id in load.ids:
            group.create_task(run(scenario_id))


async def agents(config: ScenarioRunnerConfig, directory: Path, url: str, load: Load) -> None:
    engine = EngineConfig(provider="scripted", model="scripted", endpoints=(url,))
    limits = LimitSettings(initial_concurrency=load.in_flight, max_concurrency=load.in_flight)
    slots = anyio.Semaphore(load.in_flight)
    journal, traced = Journal(directory / "journal"), config.model_copy(update={"output_dir": directory})
    outcomes: Counter[str] = Counter()
    async with open_alias("scripted", engine, CallPolicies(limits=limits, journal=journal)) as complete:
        models = dict.fromkeys(ROLES, complete)

        async def run(scenario_id: str, number: int) -> None:
            async with slots:
                scenario = registry.create(scenario_id)
                scenario.run_number = number
                async with journal.run(RunKey(scenario_id, number, traced.get_config_hash())):
                    result = await play(traced, scenario, models)
                assert result.export_path
                outcomes[result.outcome] += 1

        async with anyio.create_task_group() as group:
            for number, scenario_id in enumerate(load.ids, 1):
                group.start_soon(run, scenario_id, number)
    assert outcomes == {"success": len(load.ids)}, outcomes


# --- measuring ----------------------------------------------------------------------------------------------


async def measure(contestant: Callable[..., Awaitable[None]], *args: object) -> Figures:
    gc.collect()
    before, wall, cpu = megabytes(), perf_counter(), process_time()
    most = before

    async def watch() -> None:
        nonlocal most
        while True:
            await anyio.sleep(0.1)
            most = max(most, megabytes())

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        await contestant(*args)
        group.cancel_scope.cancel()
    return Figures(perf_counter() - wall, process_time() - cpu, most - before)


def measured(config: ScenarioRunnerConfig, url: str, load: Load) -> Figures:
    """Measure the agents; what they wrote is removed afterwards."""
    with tempfile.TemporaryDirectory() as directory, rare_collections():
        return anyio.run(measure, agents, config, Path(directory), url, load)


def megabytes() -> float:
    """Give the memory of this process that is in RAM."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in-flight", type=int, default=1000, help="scenarios at a time")
    parser.add_argument("--runs", type=int, help="scenarios in all; default: two for each one in flight")
    parser.add_argument(
        "--few", type=int, default=FEW, help="scenarios at a time, for the share of the ideal"
    )
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--format", choices=("react_json", "tool_calls"), default="react_json")
    add_json_option(parser)
    options = parser.parse_args()
    script = anyio.run(recorded, options.format)
    many = Load(options.runs or 2 * options.in_flight, options.in_flight)
    few = Load(options.few, options.few)
    config = ScenarioRunnerConfig(format=options.format)
    ours: list[Figures] = []
    others: list[Figures] = []
    with server(options.latency, script) as url:
        for _ in range(options.rounds):
            ours.append(measured(config, url, many))
            others.append(anyio.run(measure, bare, script, url, many))
        alone = measured(config, url, few)
    calls = script.calls(many.ids)
    print(
        f"{many.in_flight} of {many.runs} scenarios in flight, {calls / many.runs:.1f} calls each, "
        f"{options.latency} s latency, {options.format}, median of {options.rounds} rounds"
    )
    print_costs({"bare aiohttp": others, "pare, two agents": ours}, calls)
    ideal = options.latency * max(len(script.posts[scenario_id]) for scenario_id in few.ids)
    cost = median(item.cpu for item in ours) / calls * 1000
    ratio = median(item.wall for item in others) / median(item.wall for item in ours)
    memory = ours[0].megabytes / many.in_flight  # later rounds reuse what the first one got
    in_flight, peer = f"{many.in_flight:,} in flight", "bare aiohttp"
    bare_cost = median(item.cpu for item in others) / calls * 1000
    rate, bare_rate = (calls / median(item.wall for item in each) for each in (ours, others))
    found = [
        Figure(f"a call, {in_flight}, CPU", cost, "ms", MARK_MILLISECONDS, peer=peer, peer_value=bare_cost),
        Figure(
            f"calls, {in_flight}, share of the bare loop's",
            100 * ratio,
            "%",
            100 * MARK_THROUGHPUT,
            more_is_better=True,
        ),
        Figure(f"calls, {in_flight}", rate, "/s", more_is_better=True, peer=peer, peer_value=bare_rate),
        Figure(
            f"wall time, {options.few} in flight, share of the ideal",
            100 * ideal / alone.wall,
            "%",
            100 * MARK_IDEAL,
            more_is_better=True,
        ),
        Figure(f"a scenario, {in_flight}, memory", memory, "MB", MARK_MEGABYTES),
    ]
    report("agents", found, options.json)


def print_costs(figures: dict[str, list[Figures]], calls: int) -> None:
    for name, values in figures.items():
        wall, cpu = median(item.wall for item in values), median(item.cpu for item in values)
        cost = f"{cpu / calls * 1000:8.3f} ms of CPU a call"
        print(f"{name:20}{cost} {calls / wall:8,.0f} calls/s {wall:7.1f} s")


if __name__ == "__main__":
    main()
