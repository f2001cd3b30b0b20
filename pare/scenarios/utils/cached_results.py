"""Results in the store by the published calls: those of one scenario in one configuration at a time.

What counts is what counts for a sweep: a result is found under the hashes of its scenario and its
configuration, and only verdicts are kept.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from pydantic import ValidationError

from pare.kernel.run_context import RunContext
from pare.llm.journal_lines import RunKey
from pare.logs import get_logger
from pare.scenarios.config import ScenarioRunnerConfig
from pare.scenarios.hashing import ScenarioHashes, scenario_hashes
from pare.scenarios.job import Cell
from pare.scenarios.multi_result import result_of
from pare.scenarios.published_rows import RunError, error_words
from pare.scenarios.result_row import JobFacts, ResultRow, row_of
from pare.scenarios.scenario import Scenario
from pare.scenarios.store.entry import StoredResult
from pare.scenarios.store.errors import StoreError
from pare.scenarios.store.store import ResultStore
from pare.scenarios.validation_result import (
    Outcome,
    PAREScenarioValidationResult,
    ScenarioValidationResult,
)

_KEPT = ("success", "failure", "no_validation")
_OF_THE_RUN = ("seed", "start_time", "duration", "nb_turns", "time_increment_in_seconds")
_OF_A_SWEEP = {"cell", "settings", "cached", "trace"}


def get_run_id(scenario: Scenario, runner_config: ScenarioRunnerConfig | None) -> str:
    """Name a run: id, run number if there is one, and the hash of the configuration if it is given."""
    number = "" if scenario.run_number is None else f"_run_{scenario.run_number}"
    config = "" if runner_config is None else f"_{runner_config.get_config_hash()}"
    return f"{scenario.scenario_id}{number}{config}"


@dataclass
class CachedScenarioResult:
    """A result as published caches hold it, in plain values."""

    success: bool | None
    exception_type: str | None
    exception_message: str | None
    export_path: str | None
    rationale: str | None
    duration: float | None
    proposal_count: int
    acceptance_count: int
    read_only_actions: int
    write_actions: int
    number_of_turns: int
    cache_key: str
    scenario_id: str
    run_number: int | None
    config_hash: str
    scenario_hash: str

    @classmethod
    def from_scenario_result(
        cls,
        scenario_result: ScenarioValidationResult,
        scenario: Scenario,
        runner_config: ScenarioRunnerConfig,
    ) -> Self:
        """Take over a result."""
        full, (kind, message) = _full(scenario_result), error_words(scenario_result.exception)
        told = {item.name: getattr(full, item.name) for item in fields(cls) if hasattr(full, item.name)}
        return cls(
            **told,
            exception_type=kind,
            exception_message=message,
            cache_key=get_run_id(scenario, runner_config),
            scenario_id=scenario.scenario_id,
            run_number=scenario.run_number,
            config_hash=runner_config.get_config_hash(),
            scenario_hash=_hashes(scenario).scenario,
        )

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        """Read what `to_json` wrote."""
        return cls(**json.loads(json_str))

    def to_json(self) -> str:
        """Give it as JSON."""
        return json.dumps(asdict(self), indent=2)

    def to_scenario_result(self) -> PAREScenarioValidationResult:
        """Give the result; an exception comes back as its type and message."""
        plain = asdict(self)
        names = {item.name for item in fields(PAREScenarioValidationResult)} & set(plain)
        known = {name: plain[name] for name in names}
        error = None
        if self.exception_type is not None:
            error = RunError(f"{self.exception_type}: {self.exception_message}")
        return _full(PAREScenarioValidationResult(**known, exception=error))


def maybe_load_cached_result(
    runner_config: ScenarioRunnerConfig, scenario: Scenario
) -> PAREScenarioValidationResult | None:
    """Give the stored result of a scenario as it is now; None if there is none, or no store to be used."""
    hashes = _hashes(scenario)
    try:
        with ResultStore() as store:
            entry = store.get(_key(runner_config, scenario), hashes.scenario)
    except StoreError as error:
        get_logger().warning("result.not_looked_up", scenario=scenario.scenario_id, reason=str(error))
        return None
    if entry is None or entry.validator_hash != hashes.validator:
        return None
    try:
        row = ResultRow.model_validate(entry.result)
    except ValidationError:
        return None
    told: Any = entry.result.get("export_path")
    return result_of(row.model_copy(update={"trace": told}))


def write_cached_result(
    runner_config: ScenarioRunnerConfig, scenario: Scenario, result: ScenarioValidationResult
) -> None:
    """Store a result, if it is a verdict; a run that died of something else says nothing for next time."""
    full = _full(result)
    if full.outcome not in _KEPT:
        return
    hashes, cell = _hashes(scenario), Cell(runner_config)
    facts = JobFacts(
        scenario.scenario_id,
        scenario.run_number or 1,
        tags=tuple(tag.value for tag in scenario.tags or ()),
        config_hash=cell.config_hash,
        scenario_hash=f"{hashes.scenario}.{hashes.validator}",
    )
    row = row_of(full, facts).model_dump(mode="json", exclude=_OF_A_SWEEP)
    more: dict[str, Any] = {"scenario_parts": hashes.parts, "identity": cell.identity}
    more["export_path"] = result.export_path
    entry = StoredResult(
        **_key(runner_config, scenario)._asdict(),
        scenario_hash=hashes.scenario,
        validator_hash=hashes.validator,
        fingerprint=row["fingerprint"],
        result={**row, **more},
    )
    try:
        with ResultStore() as store:
            store.put(entry)
    except StoreError as error:
        get_logger().warning("result.not_kept", scenario=scenario.scenario_id, reason=str(error))


def clear_cache() -> None:
    """Delete all results; the recorded replies of their runs stay.

    Raises:
        StoreError: the store cannot be used.
    """
    with ResultStore() as store:
        store.invalidate(everything=True)


def get_cache_stats() -> dict[str, Any]:
    """Tell where results are, how many there are, and how much room they take.

    Raises:
        StoreError: the store cannot be used.
    """
    with ResultStore() as store:
        status = store.status()
    return {
        "cache_dir": str(status.path),
        "file_count": status.entries,
        "total_size": status.bytes,
        "total_size_mb": round(status.bytes / 2**20, 2),
    }


def _key(config: ScenarioRunnerConfig, scenario: Scenario) -> RunKey:
    return RunKey(scenario.scenario_id, scenario.run_number or 1, config.get_config_hash())


def _hashes(scenario: Scenario) -> ScenarioHashes:
    """Hash a scenario, which may have been run: one that is made anew, with the settings of this one."""
    with RunContext(f"constructing {scenario.scenario_id}").active():
        made = type(scenario)()
    made.scenario_id = scenario.scenario_id
    for name in _OF_THE_RUN:
        setattr(made, name, getattr(scenario, name))
    return scenario_hashes(made)


def _full(result: ScenarioValidationResult) -> PAREScenarioValidationResult:
    """Give a result with its outcome, which a result that was made by hand leaves open."""
    plain = {item.name: getattr(result, item.name) for item in fields(result)}
    full = PAREScenarioValidationResult(**plain)
    if full.outcome == "defect":
        full.outcome = _outcome(result)
    return full


def _outcome(result: ScenarioValidationResult) -> Outcome:
    if result.success is None:
        return "no_validation" if result.exception is None else "defect"
    return "success" if result.success else "failure"
