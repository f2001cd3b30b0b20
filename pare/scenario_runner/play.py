"""Play one scenario from its start to a result, whatever happens on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import anyio

from pare.agents.seat import Record, record_nothing
from pare.kernel.environment import Environment
from pare.llm.client import EndpointError
from pare.llm.journal import JournalError
from pare.llm.usage import Metered, UsageLedger
from pare.llm.working_time import Waiting, WorkingTime
from pare.logs import get_logger
from pare.noise import ToolFailures
from pare.scenario_runner.oracle import oracle_environment
from pare.scenario_runner.recording import Recording
from pare.scenario_runner.table import Models, Table, agent_environment, play_turns, set_table, unfired
from pare.scenario_runner.verdicts import outcome_of, states_for_strict_verdict, strictly_validated, validated
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.scenario import Scenario
from pare.scenarios.validation_result import ErrorStage, Outcome, PAREScenarioValidationResult
from pare.traces.files import TraceError

USED = {
    *("calls", "estimated_calls", "prompt_tokens", "cached_tokens"),
    *("completion_tokens", "reasoning_tokens", "cost"),
}
"""What a run has used, whatever the load of the endpoint; the rest of a role's usage depends on it."""


async def play(
    config: ScenarioRunnerConfig,
    scenario: Scenario,
    models: Models,
    record: Record = record_nothing,
    work: WorkingTime | None = None,
) -> PAREScenarioValidationResult:
    """Play a scenario with its agents, or by its oracle; an exception becomes the outcome that it stands for.

    `work` limits the working time. A run that is cancelled from outside leaves no trace: it is to be taken up
    from its journal.
    """
    return await _Run(config, scenario, models, record, work or WorkingTime()).play()


@dataclass
class _Run:
    """A run on its way to `result`; `stage` says how far it is."""

    config: ScenarioRunnerConfig
    scenario: Scenario
    models: Models
    record: Record
    work: WorkingTime
    ledger: UsageLedger = field(default_factory=UsageLedger)
    result: PAREScenarioValidationResult = field(default_factory=lambda: PAREScenarioValidationResult(None))
    stage: ErrorStage = "initialize"
    table: Table | None = None
    failures: ToolFailures | None = None

    async def play(self) -> PAREScenarioValidationResult:
        started, result = anyio.current_time(), self.result
        environment = oracle_environment() if self.config.oracle else agent_environment()
        recording = Recording(self.config, self.scenario, environment)
        try:
            with self.work.limited():
                await self._steps(environment, recording)
        except EndpointError as error:
            self._fail("infrastructure", error, error.kind)
        except JournalError as error:
            self._fail("infrastructure", error, "journal")
        except Exception as error:  # noqa: BLE001 - the border of the runner
            self._fail("defect", error)
        if self.work.has_expired:
            self._fail("infrastructure", TimeoutError("the time limit of the run was reached"), "timeout")
        self._count(environment)
        result.duration = anyio.current_time() - started
        await self._write(recording)
        return result

    async def _steps(self, environment: Environment, recording: Recording) -> None:
        self.scenario.set_noise(self.config)
        self.scenario.initialize()
        if self.config.oracle:
            self.stage = "play"
            await environment.run_async(self.scenario)
            self.result.end_reason = environment.end_reason
        else:
            environment.load_scenario(self.scenario)
            await self._play_agents(environment, recording)
        self.stage = "validate"
        self._judge(environment)

    async def _play_agents(self, environment: Environment, recording: Recording) -> None:
        self.stage = "agents"
        config, scenario = self.config, self.scenario
        self.failures = scenario.noise_hook()
        noted, watched = recording.beside(self.record), recording.watched(self.failures)
        self.table = set_table(config, scenario, environment, self._metered(), noted, watched)
        self.stage = "play"
        turns = await play_turns(config, scenario, self.table, recording.turn)
        result = self.result
        result.end_reason, result.end_role, result.end_message = turns.ended, turns.role, turns.message
        if turns.ended in ("idle", "duration") and environment.end_reason == "condition_never_met":
            result.end_reason = environment.end_reason
        result.number_of_turns = turns.number
        result.proposal_count, result.acceptance_count = turns.proposals, turns.acceptances

    def _metered(self) -> Models:
        aliases = {role: getattr(self.config, f"{role}_model_alias") for role in self.models}
        return {
            role: Waiting(Metered(complete, self.ledger), self.work, aliases[role])
            for role, complete in self.models.items()
        }

    def _judge(self, environment: Environment) -> None:
        """Take both verdicts; no verdict after a model ended the run is a failure."""
        result = self.result
        states = states_for_strict_verdict(environment)
        published = validated(self.scenario, environment)
        result.success, result.exception = published.success, published.exception
        result.rationale = published.rationale
        if published.success is None and published.exception is None and result.end_role is not None:
            result.success = False
        result.outcome = outcome_of(result)
        if result.outcome == "defect":
            result.error_stage = self.stage
        result.strict_success = strictly_validated(self.scenario, environment, published, states)

    def _fail(self, outcome: Outcome, error: Exception, kind: str | None = None) -> None:
        result = self.result
        result.success, result.outcome, result.exception = None, outcome, error
        result.error_kind, result.error_stage = kind, self.stage

    def _count(self, environment: Environment) -> None:
        """Add what was done, and what it took."""
        result = self.result
        if self.table is not None:
            counts = self.table.counts
            result.read_only_actions = sum(item.reads for item in counts.values())
            result.write_actions = sum(item.writes for item in counts.values())
            if "user" in counts:
                result.user_format_errors = counts["user"].malformed
                result.user_invalid_taps = counts["user"].invalid
            result.events_unfired = unfired(self.scenario, environment)
        result.noise_events_fired = environment.event_log.count_noise()
        result.injected_failures = self.failures.failures if self.failures else 0
        result.simulated_seconds = environment.current_time - environment.start_time
        for role, usage in self.ledger.by_role(self.config.prices).items():
            result.usage[role] = usage.model_dump(include=USED)
            result.wall_effort[role] = usage.model_dump(exclude=USED)
        result.fingerprint = self.ledger.served()

    async def _write(self, recording: Recording) -> None:
        """Write the trace; a disk that refuses costs the trace, not the result."""
        try:
            await recording.finish(self.result)
        except TraceError as error:
            get_logger().error("trace.write_failed", scenario=self.scenario.scenario_id, error=str(error))
