"""Two agents over real HTTP: every bundled scenario, both formats, under load, from a journal, with noise."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import cycle, islice
from typing import Any

import anyio
import pytest

from pare.agents.formats import FormatName
from pare.llm.client import Complete
from pare.llm.engine import EngineConfig
from pare.llm.factory import CallPolicies, open_alias
from pare.llm.journal import Journal, RunKey
from pare.llm.limiter import LimitSettings
from pare.llm.scripted import ScriptedPolicy, random, wait
from pare.llm.types import Completion, CompletionRequest
from pare.scenario_runner.oracle_policy import oracle
from pare.scenario_runner.play import play
from pare.scenarios.augmentation import ToolAugmentationConfig
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.utils.registry import registry
from pare.scenarios.validation_result import PAREScenarioValidationResult
from pare.testing.endpoint import ServedEndpoint, serve

IDS = sorted(registry.get_all_scenarios())
ROLES = ("user", "observe", "execute")
FORMATS: tuple[FormatName, FormatName] = ("react_json", "tool_calls")


@dataclass(frozen=True)
class Job:
    """A run to be made: scenario, number, and format of the actions."""

    scenario_id: str
    number: int
    format: FormatName
    max_turns: int = 10

    @property
    def config(self) -> ScenarioRunnerConfig:
        engines: dict[str, Any] = {f"{role}_engine_config": ENGINE for role in ROLES}
        return ScenarioRunnerConfig(format=self.format, max_turns=self.max_turns, **engines)

    @property
    def key(self) -> RunKey:
        return RunKey(self.scenario_id, self.number, self.config.get_config_hash())


ENGINE = EngineConfig(provider="scripted", model="scripted")


@dataclass
class Played:
    """What came of a job: the result, the recorded lines without wall times, and the event log."""

    result: PAREScenarioValidationResult
    lines: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def digest(self) -> str:
        text = json.dumps([self.score, self.lines, self.log], sort_keys=True)
        return blake2b(text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def score(self) -> tuple[object, ...]:
        """The result as it can be compared: without the wall time."""
        return tuple(
            repr(value)
            for name, value in vars(self.result).items()
            if name not in ("duration", "wall_effort")
        )


@dataclass
class Fleet:
    """Plays jobs against an endpoint, so many at a time."""

    complete: Complete
    endpoint: ServedEndpoint
    journal: Journal | None
    played: dict[Job, Played] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)

    async def play_all(
        self, jobs: Iterable[Job], concurrency: int = 1000, changes: Mapping[str, Any] | None = None
    ) -> dict[Job, Played]:
        self.changes = dict(changes or {})
        slots = anyio.Semaphore(concurrency)
        async with anyio.create_task_group() as group:
            for job in jobs:
                group.start_soon(self._play, job, slots)
        return self.played

    async def _play(self, job: Job, slots: anyio.Semaphore) -> None:
        async with slots, AsyncExitStack() as stack:
            if self.journal is not None:
                await stack.enter_async_context(self.journal.run(job.key))
            self.played[job] = await self._played(job)

    async def _played(self, job: Job) -> Played:
        scenario = registry.create(job.scenario_id)
        scenario.run_number = job.number
        lines: list[tuple[str, str, dict[str, Any]]] = []

        def record(kind: str, role: str, data: Mapping[str, Any]) -> None:
            kept = {name: value for name, value in data.items() if not name.startswith("wall")}
            lines.append((kind, role, kept))

        models = dict.fromkeys(ROLES, self.complete)
        result = await play(job.config.model_copy(update=self.changes), scenario, models, record)
        host: Any = scenario.apps[0].host if scenario.apps else None
        return Played(result, lines, host.event_log.lines())


@asynccontextmanager
async def fleet(
    policy: ScriptedPolicy,
    *,
    latency: float = 0.0,
    journal: Journal | None = None,
) -> AsyncIterator[Fleet]:
    """Serve `policy` over HTTP, and open the way to it."""
    async with serve(policy, latency_seconds=latency) as endpoint:
        engine = ENGINE.model_copy(update={"endpoints": (endpoint.url,)})
        limits = LimitSettings(concurrency=1000)
        async with open_alias("scripted", engine, CallPolicies(limits=limits, journal=journal)) as complete:
            yield Fleet(complete, endpoint, journal)


def jobs_of(count: int) -> list[Job]:
    """Give jobs of all scenarios, in turn, in both formats."""
    numbered = enumerate(islice(cycle(IDS), count))
    return [Job(name, 1 + place // len(IDS), FORMATS[place % 2]) for place, name in numbered]


def outcomes(played: Mapping[Job, Played]) -> dict[Job, str]:
    return {job: item.result.outcome for job, item in played.items()}


# --- outcomes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action_format", FORMATS)
@pytest.mark.parametrize(("policy", "outcome"), [(oracle, "success"), (wait, "failure")])
async def test_what_the_oracle_does_succeeds_and_waiting_fails(policy, outcome, action_format):
    jobs = [Job(name, 1, action_format) for name in IDS]
    async with fleet(policy()) as crew:
        played = await crew.play_all(jobs)
    assert outcomes(played) == dict.fromkeys(jobs, outcome)
    calls = sum(usage["calls"] for item in played.values() for usage in item.result.usage.values())
    assert crew.endpoint.counts.replied == calls > 3 * len(jobs)


async def check_random(runs: int, concurrency: int) -> None:
    jobs = jobs_of(runs)
    async with fleet(random()) as crew:
        played = await crew.play_all(jobs, concurrency)
    wrong = {
        job: item.result.exception
        for job, item in played.items()
        if item.result.outcome not in ("success", "failure", "no_validation")
    }
    assert wrong == {}
    assert len(played) == runs


async def test_random_calls_never_break_a_run():
    await check_random(40, 40)


@pytest.mark.long
async def test_random_calls_never_break_a_run_in_two_thousand():
    await check_random(2000, 100)


# --- load, journal and noise --------------------------------------------------------------------------------

FOLLOW, TRY = oracle(), random(seed=1)


def mixed(request: CompletionRequest) -> Completion:
    """Follow the oracle in runs with an odd number, and call anything in the others."""
    return (FOLLOW if request.label.run_number % 2 else TRY)(request)


def mixed_jobs(count: int) -> list[Job]:
    """Give jobs of all scenarios with either policy in either format; those at random are short."""
    turns = (10, 3)
    jobs = enumerate(islice(cycle(IDS), count))
    return [Job(name, n + 1, FORMATS[n // 2 % 2], turns[n % 2]) for n, name in jobs]


async def courses(jobs: list[Job], concurrency: int, latency: float) -> dict[Job, str]:
    """Give the whole course of each job, as a digest."""
    async with fleet(mixed, latency=latency) as crew:
        played = await crew.play_all(jobs, concurrency)
    assert crew.endpoint.counts.most_in_flight <= concurrency
    assert {outcome for job, outcome in outcomes(played).items() if job.number % 2} == {"success"}
    return {job: item.digest for job, item in played.items()}


async def check_load(jobs: list[Job], loads: list[tuple[int, float, int]]) -> None:
    """Check that jobs run one by one and those under other loads (concurrency, latency, jobs) are equal."""
    alone = await courses(jobs, 1, 0.0)
    for concurrency, latency, count in loads:
        crowded = await courses(jobs[:count], concurrency, latency)
        differing = [job for job in jobs[:count] if crowded[job] != alone[job]]
        assert differing == [], (concurrency, latency)


async def test_neither_load_nor_latency_changes_a_run():
    await check_load(mixed_jobs(30), [(30, 0.0, 30), (30, 0.1, 30), (1, 0.05, 1)])


@pytest.mark.long
async def test_neither_load_nor_latency_changes_a_thousand_runs():
    loads = [(100, 0.0, 1000), (1000, 0.0, 1000), (100, 2.0, 300), (1000, 2.0, 1000), (1, 2.0, 2)]
    await check_load(mixed_jobs(1000), loads)


async def test_a_run_that_is_replayed_makes_no_calls_and_is_the_same(tmp_path):
    jobs = mixed_jobs(24)
    async with fleet(mixed, journal=Journal(tmp_path)) as crew:
        first = await crew.play_all(jobs)
    async with fleet(mixed, journal=Journal(tmp_path)) as crew:
        second = await crew.play_all(jobs)
    assert crew.endpoint.counts.received == 0
    assert [(item.score, item.lines, item.log) for item in map(second.get, jobs)] == [
        (item.score, item.lines, item.log) for item in map(first.get, jobs)
    ]


@pytest.mark.parametrize("action_format", FORMATS)
async def test_no_run_succeeds_if_every_call_fails(action_format):
    jobs = [Job(name, 1, action_format) for name in IDS]
    async with fleet(oracle()) as crew:
        played = await crew.play_all(jobs, changes={"tool_augmentation_config": ToolAugmentationConfig(1.0)})
    assert outcomes(played) == dict.fromkeys(jobs, "failure")
    assert all(item.result.injected_failures for item in played.values())
