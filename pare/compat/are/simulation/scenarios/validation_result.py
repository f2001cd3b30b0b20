"""The names of ``are.simulation.scenarios.validation_result``."""

from pare.compat.published import ScenarioMetadata
from pare.compat.results import MultiScenarioValidationResult
from pare.scenarios.validation_result import ScenarioValidationResult

__all__ = [
    "MultiScenarioValidationResult",
    "ScenarioMetadata",
    "ScenarioValidationResult",
]
