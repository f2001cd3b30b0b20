"""The results of many runs together; they live among the scenarios, where they are published."""

from pare.scenarios.multi_result import PAREMultiScenarioValidationResult, result_of
from pare.scenarios.published_rows import RunError

__all__ = ["PAREMultiScenarioValidationResult", "RunError", "result_of"]
