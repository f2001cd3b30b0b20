"""The results of many runs together, as published; `pare.scenarios.validation_result` gives it as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pare.scenarios.config import MultiScenarioRunnerConfig
from pare.scenarios.metrics.published_text import Weights, published_text
from pare.scenarios.published_rows import PublishedRow, RunError, frame_of, published_row
from pare.scenarios.result_row import ResultRow
from pare.scenarios.validation_result import PAREScenarioValidationResult


@dataclass
class PAREMultiScenarioValidationResult:
    """Results by scenario id and run number, and their counts."""

    run_config: MultiScenarioRunnerConfig
    scenario_results: dict[tuple[str, int | None], PAREScenarioValidationResult] = field(default_factory=dict)
    duration: float = 0.0
    successful_count: int = 0
    failed_count: int = 0
    exception_count: int = 0
    no_validation_count: int = 0

    @classmethod
    def of(
        cls, config: MultiScenarioRunnerConfig, rows: Iterable[ResultRow]
    ) -> PAREMultiScenarioValidationResult:
        """Give the results that rows tell of."""
        made = cls(config)
        for row in rows:
            made.add_result(result_of(row), row.scenario_id, row.run_number)
        return made

    def add_result(
        self, result: PAREScenarioValidationResult, scenario_id: str, run_number: int | None = None
    ) -> None:
        """Add a result, and count it."""
        self.scenario_results[scenario_id, run_number] = result
        if result.success is not None:
            self.successful_count += result.success
            self.failed_count += not result.success
        elif result.exception is not None:
            self.exception_count += 1
        else:
            self.no_validation_count += 1

    @property
    def total_proposals(self) -> int:
        """All proposals."""
        return sum(item.proposal_count for item in self.scenario_results.values())

    @property
    def total_acceptances(self) -> int:
        """All proposals that were accepted."""
        return sum(item.acceptance_count for item in self.scenario_results.values())

    @property
    def total_turns(self) -> int:
        """All turns."""
        return sum(item.number_of_turns for item in self.scenario_results.values())

    @property
    def total_read_only_actions(self) -> int:
        """All actions that only looked."""
        return sum(item.read_only_actions for item in self.scenario_results.values())

    @property
    def total_write_actions(self) -> int:
        """All actions that changed something."""
        return sum(item.write_actions for item in self.scenario_results.values())

    @property
    def aggregate_proposal_rate(self) -> float:
        """Proposals a turn; 0 without turns."""
        return self.total_proposals / self.total_turns if self.total_turns else 0.0

    @property
    def aggregate_acceptance_rate(self) -> float:
        """Accepted proposals among all; 0 without any."""
        return self.total_acceptances / self.total_proposals if self.total_proposals else 0.0

    @property
    def success_rate(self) -> float:
        """Successes among all results, from 0 to 1; 0 without any."""
        counts = (self.failed_count, self.exception_count, self.no_validation_count)
        total = self.successful_count + sum(counts)
        return self.successful_count / total if total else 0.0

    def success_rate_updated(self) -> float:
        """Give `success_rate`."""
        return self.success_rate

    # --- as published

    def rows(self) -> list[PublishedRow]:
        """Give a row for each result, in the published columns."""
        return [
            published_row(scenario_id, run_number, result, self.run_config, self.duration)
            for (scenario_id, run_number), result in self.scenario_results.items()
        ]

    def to_polars(self, extra_columns: Mapping[str, str] | None = None) -> Any:
        """Give the rows as a DataFrame, with columns of text that are the same in all rows.

        Raises:
            ConfigError: polars is missing.
        """
        return frame_of(self.rows(), extra_columns)

    def description(self, split: str = "unknown", weight_per_app_class: Weights = None) -> str:
        """Give the published report as text."""
        return published_text(self.rows(), split, weight_per_app_class)


_SHARED = {item.name for item in fields(PAREScenarioValidationResult)} & set(ResultRow.model_fields)


def result_of(row: ResultRow) -> PAREScenarioValidationResult:
    """Give the result that a row tells of."""
    plain = row.model_dump(include=_SHARED)
    plain["end_message"] = plain["end_message"] or ""
    plain["events_unfired"] = list(row.events_unfired)
    told = row.error or (row.outcome if row.outcome in ("defect", "infrastructure") else None)
    error = None if told is None else RunError(told)
    return PAREScenarioValidationResult(**plain, exception=error, export_path=row.trace)
