"""A plan says how long the rest of a sweep takes: as long as the engine does that is busy longest."""

from pathlib import Path
from typing import Any

import anyio
import pytest
from rich.console import Console

from pare.cli.plan import print_forecast
from pare.executors.job_runner import hashes_of
from pare.llm.engine import EngineConfig
from pare.multi_scenario_runner import MultiScenarioRunner, SweepEnd, Workplace
from pare.multi_scenario_runner.plan import CellPlan, Forecast, Load, Planner
from pare.multi_scenario_runner.served import Hashes
from pare.scenarios.config import MultiScenarioRunnerConfig
from pare.scenarios.job import Cell, Job
from pare.scenarios.utils.caching import ResultStore
from pare.sweep import load_sweep

IDS = ("dentist_moves_appointment", "price_falls_below_the_note")
ORACLE = {"provider": "scripted", "model": "oracle"}


def engine(model: str = "m", urls: int = 1, **limits: float) -> EngineConfig:
    endpoints = tuple(f"http://{model}-{number}.test/v1" for number in range(urls))
    return EngineConfig.model_validate({
        "provider": "vllm", "model": model, "endpoints": endpoints, "limits": limits,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "urls", "seconds"),
    [
        ({}, 1, 0),
        ({"requests_per_minute": 600}, 1, 120),
        ({"requests_per_minute": 600}, 2, 60),
        ({"tokens_per_minute": 30_000}, 1, 4_800),
        ({"concurrency": 10}, 1, 360),
        ({"requests_per_minute": 600, "tokens_per_minute": 30_000, "concurrency": 10}, 2, 2_400),
    ],
)
def test_an_engine_is_busy_as_long_as_its_tightest_limit_says(
    limits: dict[str, float], urls: int, seconds: float
) -> None:
    load = Load(calls=1_200, tokens=2_400_000, latency_seconds=3_600)
    assert load.seconds_at(engine(urls=urls, **limits)) == seconds


def test_the_slowest_engine_decides_and_not_the_sum_of_all_rates() -> None:
    slow, quick = engine("slow", requests_per_minute=60), engine("quick", requests_per_minute=6_000)
    both = Forecast(latency_seconds=300, loads={slow: Load(600), quick: Load(600)})
    assert both.seconds(lanes=10) == 600
    assert Forecast(latency_seconds=300, loads={quick: Load(600)}).seconds(lanes=10) == 30
    assert (both + both).seconds(lanes=10) == 1_200
    assert (both + both).loads == {slow: Load(1_200), quick: Load(1_200)}


def test_without_limits_the_runs_in_flight_decide() -> None:
    assert Forecast(latency_seconds=300, loads={engine(): Load(600)}).seconds(lanes=10) == 30
    assert Forecast().seconds(lanes=0) == 0


def stored(path: Path) -> SweepEnd:
    """Run the scenarios into a store, with scripted models of this process."""
    engines = {f"{role}_engine_config": ORACLE for role in ("user", "observe", "execute")}
    config = MultiScenarioRunnerConfig(executor_type="async", **engines)
    jobs = [Job(name, Cell(config.scenario_config()), 1) for name in IDS]
    return anyio.run(MultiScenarioRunner(Workplace(store=path)).run_async, config, jobs)


async def planned(path: Path, cell: Cell, runs: int) -> CellPlan:
    hashes = {}
    for name in IDS:
        found = hashes_of(name)
        hashes[name] = Hashes(found["scenario"], found["validator"], found["parts"])
    with ResultStore(path) as store:
        jobs = [Job(name, cell, number) for name in IDS for number in range(1, runs + 1)]
        (plan,) = await Planner(store, hashes).plan(jobs)
        return plan


def test_each_engine_is_foretold_what_its_roles_asked_before(tmp_path: Path) -> None:
    before = stored(tmp_path).rows
    user, other = engine("user", requests_per_minute=60), engine("other", requests_per_minute=600)
    chosen: dict[str, Any] = {"user_engine_config": user, "user_model_alias": "user"}
    for role in ("observe", "execute"):
        chosen |= {f"{role}_engine_config": other, f"{role}_model_alias": "other"}
    cell = Cell(MultiScenarioRunnerConfig(**chosen).scenario_config())
    forecast = anyio.run(planned, tmp_path, cell, 3).forecast
    assert forecast.unknown == 0
    asked = {
        role: sum(row.usage[role].calls for row in before if role in row.usage)
        for role in ("user", "observe", "execute")
    }
    assert min(asked.values()) > 0
    assert forecast.loads[user].calls == pytest.approx(3 * asked["user"])
    assert forecast.loads[other].calls == pytest.approx(3 * (asked["observe"] + asked["execute"]))
    assert forecast.calls == pytest.approx(3 * sum(asked.values()))
    busy = max(3 * asked["user"], 3 * (asked["observe"] + asked["execute"]) / 10)
    assert forecast.seconds(lanes=500) == pytest.approx(busy)


def test_what_is_printed_is_what_is_given() -> None:
    sweep = load_sweep("runs: 2\nbase: {max_turns: 5}\n", catalogue={"dentist_moves_appointment": ()})
    console = Console(record=True, width=200)
    slow = engine("slow", requests_per_minute=1)
    total = Forecast(calls=120, cost=None, latency_seconds=10, loads={slow: Load(120)})
    assert print_forecast(sweep, 2, total, console) == 7_200
    assert "time 2.00 h with 2 in flight" in console.export_text()
    assert print_forecast(sweep, 0, total, console) == 0
    assert print_forecast(sweep, 2, Forecast(unknown=2), console) == 0
