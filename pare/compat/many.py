"""Run many scenarios, or one unless its result is stored, by the published calls for an agent alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import anyio
from anyio import CapacityLimiter, to_thread

from pare.compat.cached import has_settings, maybe_load_cached_result, write_cached_result
from pare.compat.config import MultiScenarioRunnerConfig, ScenarioRunnerConfig
from pare.compat.config import runner_config as ours_of
from pare.compat.conveniences import save_jsonl
from pare.compat.json_scenarios import load_json_scenario
from pare.compat.results import MultiScenarioValidationResult
from pare.compat.running import ScenarioRunner, judged, play_alone, refuse_builders
from pare.errors import ConfigError
from pare.kernel.calls import CompletedEvent
from pare.multi_scenario_runner.cached import ScenarioTimeoutError
from pare.scenario_runner import ScenarioRunner as SingleAgentRunner
from pare.scenario_runner import play_oracle_async
from pare.scenario_runner.runner import in_a_loop_of_its_own
from pare.scenarios.scenario import Scenario
from pare.scenarios.validation_result import ScenarioValidationResult

IN_FLIGHT = 100
"""How many scenarios are under way at once unless `max_concurrent_scenarios` is set."""

Run = tuple[Scenario, list[CompletedEvent] | None]


class MultiScenarioRunner:
    """Run scenarios side by side on one event loop, and give all results; for sweeps there is ``pare run``.

    Agents of your own are named in the configuration (`agent`), so builders are refused.
    """

    def __init__(self, *builders: Any, **named_builders: Any) -> None:
        refuse_builders(*builders, **named_builders)

    def run(
        self, config: MultiScenarioRunnerConfig, scenarios: Iterable[Scenario]
    ) -> MultiScenarioValidationResult:
        """Run scenarios; with `output_dir`, their results are written to ``output.jsonl`` in it.

        Raises:
            ConfigError: there are none, or the runs are refused before they begin.
        """
        return self.run_with_events(config, ((scenario, None) for scenario in scenarios))

    def run_with_events(
        self,
        config: MultiScenarioRunnerConfig,
        scenarios_with_events: Iterable[Run | str],
        progress_description: str | None = None,  # noqa: ARG002 - `pare run` is what shows progress
    ) -> MultiScenarioValidationResult:
        """Run scenarios, or judge the events that stand beside them; a text is the JSON of a scenario.

        Raises:
            ConfigError: there are none, or the runs are refused before they begin.
        """
        runs = [_loaded(item) for item in scenarios_with_events]
        if not runs:
            raise ConfigError("there are no scenarios to run")
        if has_settings(config):
            ours_of(config)
        started = perf_counter()
        results = in_a_loop_of_its_own(_run_all, config, runs)
        found = MultiScenarioValidationResult(config, duration=perf_counter() - started)
        for (scenario, _), result in zip(runs, results, strict=True):
            found.add_result(result, scenario.scenario_id, scenario.run_number)
        if config.output_dir is not None:
            _write(found, Path(config.output_dir))
        return found


def maybe_run_scenario(
    scenario_runner: ScenarioRunner,
    runner_config: ScenarioRunnerConfig,
    scenario: Scenario,
    completed_events: list[CompletedEvent] | None = None,
    enable_caching: bool = True,
) -> ScenarioValidationResult:
    """Give the stored result of `scenario`, or run it and store what it came to.

    Raises:
        ConfigError: the run is refused before it begins.
    """
    is_kept = enable_caching and completed_events is None
    known = maybe_load_cached_result(runner_config, scenario) if is_kept else None
    if known is not None:
        return known
    result = scenario_runner.run(runner_config, scenario, completed_events)
    if is_kept:
        write_cached_result(runner_config, scenario, result)
    return result


def process_scenario(
    scenario_with_events: Run | str,
    config: MultiScenarioRunnerConfig,
    agent_config_builder: Any = None,
    agent_builder: Any = None,
) -> ScenarioValidationResult:
    """Run one scenario with the settings of many.

    Raises:
        ConfigError: the run is refused before it begins.
    """
    runner = MultiScenarioRunner(agent_config_builder, agent_builder)
    (result,) = runner.run_with_events(config, [scenario_with_events]).scenario_results.values()
    return result


def extract_scenario_id_and_run_number(scenario_with_events: Run | str) -> tuple[str, int | None]:
    """Give the id and the run number of a scenario, or of its JSON."""
    scenario, _ = _loaded(scenario_with_events)
    return scenario.scenario_id, scenario.run_number


# --- side by side -------------------------------------------------------------------------------------------


async def _run_all(config: MultiScenarioRunnerConfig, runs: Sequence[Run]) -> list[ScenarioValidationResult]:
    results: dict[int, ScenarioValidationResult] = {}
    limiter = CapacityLimiter(_at_once(config))

    async def run(place: int, scenario: Scenario, events: list[CompletedEvent] | None) -> None:
        async with limiter:
            results[place] = await _run_in_time(config, scenario, events)

    async with anyio.create_task_group() as group:
        for place, (scenario, events) in enumerate(runs):
            group.start_soon(run, place, scenario, events)
    return [results[place] for place in range(len(runs))]


def _at_once(config: MultiScenarioRunnerConfig) -> int:
    return 1 if config.executor_type == "sequential" else config.max_concurrent_scenarios or IN_FLIGHT


async def _run_in_time(
    config: MultiScenarioRunnerConfig, scenario: Scenario, events: list[CompletedEvent] | None
) -> ScenarioValidationResult:
    own = config if scenario.nb_turns is None else config.model_copy(update={"max_turns": scenario.nb_turns})
    started = perf_counter()
    with anyio.move_on_after(config.timeout_seconds):
        return await _run_one(own, scenario, events)
    error = ScenarioTimeoutError(f"{scenario.scenario_id} took longer than {config.timeout_seconds} s")
    return ScenarioValidationResult(None, error, duration=perf_counter() - started)


async def _run_one(
    config: MultiScenarioRunnerConfig, scenario: Scenario, events: list[CompletedEvent] | None
) -> ScenarioValidationResult:
    if events is not None:
        return judged(scenario, events)
    is_kept = config.enable_caching and has_settings(config)
    if is_kept and (known := await to_thread.run_sync(maybe_load_cached_result, config, scenario)):
        return known
    result = await _played(config, scenario)
    if is_kept:
        await to_thread.run_sync(write_cached_result, config, scenario, result)
    return result


async def _played(config: MultiScenarioRunnerConfig, scenario: Scenario) -> ScenarioValidationResult:
    if config.oracle:
        return (await play_oracle_async(scenario)).result
    if config.agent is None:
        return play_alone(scenario)
    return await SingleAgentRunner().run_async(ours_of(config), scenario)


def _loaded(item: Run | str) -> Run:
    if not isinstance(item, str):
        return item
    return load_json_scenario(item.encode()), None


def _write(found: MultiScenarioValidationResult, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    lines = []
    for row in found.rows():
        about = {name: value for name, value in row.items() if value is not None}
        about["scenario_id"] = about.pop("base_scenario_id")
        score, trace = row["success_numeric"], row["export_path"]
        lines.append({"task_id": about["scenario_id"], "trace_id": trace, "score": score, "metadata": about})
    save_jsonl(lines, directory / "output.jsonl")
