"""The results of many runs under the published name of those with an agent alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pare.compat.config import MultiScenarioRunnerConfig
from pare.scenarios.published_rows import error_words, polars_module
from pare.scenarios.validation_result import ScenarioValidationResult


@dataclass
class MultiScenarioValidationResult:
    """Results by scenario id and run number, and their counts."""

    run_config: MultiScenarioRunnerConfig
    scenario_results: dict[tuple[str, int | None], ScenarioValidationResult] = field(default_factory=dict)
    duration: float = 0.0
    successful_count: int = 0
    failed_count: int = 0
    exception_count: int = 0
    no_validation_count: int = 0

    def add_result(
        self, result: ScenarioValidationResult, scenario_id: str, run_number: int | None = None
    ) -> None:
        """Add a result, and count it."""
        self.scenario_results[scenario_id, run_number] = result
        status = _status(result)
        self.successful_count += status == "success"
        self.failed_count += status == "failed"
        self.exception_count += status == "exception"
        self.no_validation_count += status == "no_validation"

    def success_rate(self) -> float:
        """Give the share of successes among all results, from 0 to 100; 0 without any."""
        counts = (self.failed_count, self.exception_count, self.no_validation_count)
        total = self.successful_count + sum(counts)
        return 100 * self.successful_count / total if total else 0.0

    def rows(self) -> list[dict[str, Any]]:
        """Give a row for each result, in the published columns."""
        return [
            _row(scenario_id, number, result) | self._of_all()
            for (scenario_id, number), result in self.scenario_results.items()
        ]

    def _of_all(self) -> dict[str, Any]:
        config = self.run_config
        known = {"model": config.model, "model_provider": config.model_provider, "agent": config.agent}
        return known | {"job_duration": self.duration}

    def to_polars(self, extra_columns: dict[str, str] | None = None) -> Any:
        """Give the rows as a DataFrame, with columns of text that are the same in all rows.

        Raises:
            ConfigError: polars is missing.
        """
        more = {name: str(value) for name, value in (extra_columns or {}).items()}
        return polars_module().DataFrame([row | more for row in self.rows()], infer_schema_length=None)

    def description(self) -> str:
        """Give the counts in words."""
        config = self.run_config
        return (
            f"model {config.model} ({config.model_provider}), agent {config.agent}\n"
            f"{len(self.scenario_results)} results: {self.successful_count} successful, "
            f"{self.failed_count} failed, {self.exception_count} with an exception, "
            f"{self.no_validation_count} without a verdict\n"
            f"success rate {self.success_rate():.1f}%\n"
        )


def _status(result: ScenarioValidationResult) -> str:
    if result.success is not None:
        return "success" if result.success else "failed"
    return "no_validation" if result.exception is None else "exception"


def _row(scenario_id: str, run_number: int | None, result: ScenarioValidationResult) -> dict[str, Any]:
    kind, message = error_words(result.exception)
    return {
        "base_scenario_id": scenario_id,
        "run_number": run_number,
        "success_numeric": None if result.success is None else float(result.success),
        "success_bool": result.success,
        "status": _status(result),
        "has_exception": result.exception is not None,
        "exception_type": kind,
        "exception_message": message,
        "rationale": result.rationale,
        "export_path": result.export_path,
        "run_duration": result.duration,
    }
