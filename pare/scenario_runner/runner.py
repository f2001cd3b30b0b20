"""The runner: one scenario, from its start to a result, whatever happens on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from contextvars import copy_context
from time import perf_counter
from typing import Any, TypeVar

import anyio

from pare.agents.seat import Record, record_nothing
from pare.llm.client import EndpointError
from pare.llm.usage import Metered, UsageLedger
from pare.scenario_runner.agents import Models, Table, agent_environment, play_turns, set_table, unfired
from pare.scenario_runner.models import open_models
from pare.scenario_runner.oracle import play_oracle, play_oracle_async
from pare.scenario_runner.recording import Recording
from pare.scenario_runner.verdicts import outcome_of, states_for_strict_verdict, strictly_validated, validated
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.validation_result import PAREScenarioValidationResult, ScenarioValidationResult
from pare.tools.toolbox import NoiseHook

Result = TypeVar("Result")

USED = {
    *("calls", "estimated_calls", "prompt_tokens", "cached_tokens"),
    *("completion_tokens", "reasoning_tokens", "cost"),
}
"""What a run has used, whatever the load of the endpoint; the rest of a role's usage depends on it."""

OpenModels = Callable[[ScenarioRunnerConfig], AbstractAsyncContextManager[Models]]
"""Opens the models that a configuration names, by role, for the length of a run."""


class TwoAgentScenarioRunner:
    """Run a scenario that has been initialised: with two agents, or by its oracle.

    `open_with` opens the models that a configuration names; by default as they are configured.
    """

    def __init__(self, open_with: OpenModels = open_models) -> None:
        self._open_models = open_with

    def run(self, config: ScenarioRunnerConfig, scenario: Scenario) -> ScenarioValidationResult:
        """Run to the end and give the result, also inside a running loop, as in a notebook.

        Raises:
            ConfigError: a model cannot be reached as configured.
        """
        if config.oracle:
            return play_oracle(scenario).result
        return in_a_loop_of_its_own(self.run_async, config, scenario)

    async def run_async(
        self, config: ScenarioRunnerConfig, scenario: Scenario, record: Record = record_nothing
    ) -> ScenarioValidationResult:
        """Do what `run` does on the event loop.

        Raises:
            ConfigError: a model cannot be reached as configured.
        """
        if config.oracle:
            return (await play_oracle_async(scenario)).result
        async with self._open_models(config) as models:
            return await play(config, scenario, models, record)


async def play(
    config: ScenarioRunnerConfig,
    scenario: Scenario,
    models: Models,
    record: Record = record_nothing,
    noise: NoiseHook | None = None,
) -> PAREScenarioValidationResult:
    """Play a scenario with two agents; an exception becomes the outcome that it stands for.

    `noise` looks at every call of an agent or of the user before it is made, and may let it fail.
    """
    started = perf_counter()
    result = PAREScenarioValidationResult(success=None)
    ledger = UsageLedger()
    metered: Models = {role: Metered(complete, ledger) for role, complete in models.items()}
    table: Table | None = None
    recording: Recording | None = None
    try:
        scenario.initialize()
        environment = agent_environment(scenario)
        recording = Recording(config, scenario, environment)
        noted, watched = recording.beside(record), recording.watched(noise)
        table = set_table(config, scenario, environment, metered, noted, watched)
        turns = await play_turns(config, scenario, table, recording.turn)
        result.end_reason, result.end_role = turns.ended, turns.role
        result.number_of_turns, result.proposal_count = turns.number, turns.proposals
        result.acceptance_count, result.end_message = turns.acceptances, turns.message
        _judge(scenario, table, result)
    except EndpointError as error:
        result.outcome, result.exception, result.error_kind = "infrastructure", error, error.kind
    except Exception as error:  # noqa: BLE001 - the border of the runner
        result.outcome, result.exception = "defect", error
    if table is not None:
        _count(scenario, table, result)
    for role, usage in ledger.by_role().items():
        result.usage[role] = usage.model_dump(include=USED)
        result.wall_effort[role] = usage.model_dump(exclude=USED)
    result.duration = perf_counter() - started
    if recording is not None:
        await recording.finish(result)
    return result


def _judge(scenario: Scenario, table: Table, result: PAREScenarioValidationResult) -> None:
    """Take both verdicts; no verdict after a model ended the run is a failure."""
    states = states_for_strict_verdict(table.environment)
    published = validated(scenario, table.environment)
    result.success, result.exception = published.success, published.exception
    result.rationale = published.rationale
    if published.success is None and published.exception is None and result.end_role is not None:
        result.success = False
    result.outcome = outcome_of(result)
    result.strict_success = strictly_validated(scenario, table.environment, published, states)


def _count(scenario: Scenario, table: Table, result: PAREScenarioValidationResult) -> None:
    """Add what was done, and what it took."""
    counts = table.counts
    environment = table.environment
    result.read_only_actions = sum(item.reads for item in counts.values())
    result.write_actions = sum(item.writes for item in counts.values())
    result.user_format_errors = counts["user"].malformed
    result.user_invalid_taps = counts["user"].invalid
    result.simulated_seconds = environment.current_time - environment.start_time
    result.events_unfired = unfired(scenario, environment)


def in_a_loop_of_its_own(function: Callable[..., Awaitable[Result]], *args: Any) -> Result:
    """Await ``function(*args)`` from synchronous code; beside a running loop, on a thread of its own."""

    def run() -> Result:
        return anyio.run(function, *args)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, run).result()
